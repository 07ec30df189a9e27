//! Every line of `docs/captures.md` that names a sample finds the one mistake in it.

use std::path::Path;
use std::process::Command;

#[test]
fn every_line_of_the_page_finds_the_mistake_in_its_sample() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = std::fs::read_to_string(root.join("docs/captures.md")).unwrap();
    let blocks = page.split("```sh\n").skip(1).map(|block| block.split_once("```").unwrap().0);
    let lines: Vec<&str> = blocks.flat_map(str::lines).collect();
    assert!(lines.len() > 20, "{lines:?}");
    let drs = assert_cmd::cargo::cargo_bin!("drs").parent().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let is_there = |tool: &str| std::env::split_paths(&path).any(|folder| folder.join(tool).is_file());
    // A machine without one of these tools cannot run its lines.
    let needs = |line: &str| ["jq", "zcat"].into_iter().find(|tool| line.starts_with(tool));
    for line in lines.into_iter().filter(|line| needs(line).is_none_or(is_there)) {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(line).current_dir(root.join("crates/drs-validate/tests/captures"));
        let output = shell.env("PATH", format!("{}:{path}", drs.display())).output().unwrap();
        let shown = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(1), "{line}: {shown}{}", String::from_utf8_lossy(&output.stderr));
        assert!(shown.contains("1  DRS-V011  wrong type"), "{line}: {shown}");
    }
}
