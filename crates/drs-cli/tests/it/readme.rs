//! The README shows the real output. `cargo xtask bless` updates it.

use std::path::Path;

use crate::{drs, run};

#[test]
fn the_readme_shows_the_output_of_drs_validate() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once("```sh\necho '").unwrap();
    let (payload, rest) = rest.split_once("' | drs validate\n```\n\n```text\n").unwrap();
    let (shown, after) = rest.split_once("```\n").unwrap();
    let said = run(drs(&["validate"]).write_stdin(format!("{payload}\n"))).stdout;
    if std::env::var_os("XTASK_BLESS").is_some() {
        let text = format!("{before}```sh\necho '{payload}' | drs validate\n```\n\n```text\n{said}```\n{after}");
        std::fs::write(&path, text).unwrap();
    } else {
        assert_eq!(shown, said, "to accept: cargo xtask bless");
    }
}
