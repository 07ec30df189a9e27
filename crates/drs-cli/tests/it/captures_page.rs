//! Every line of `docs/captures.md` finds the one mistake in its sample, as far as the machine has the tools.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::json;

const PATH: &str = "/v3/0123456789abcdef0123456789abcdef/jobs/batch-precheck-result";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn page() -> String {
    fs::read_to_string(root().join("docs/captures.md")).unwrap()
}

/// Whether the machine has every tool of a line, each of which comes first or after a pipe.
fn is_possible(line: &str) -> bool {
    const TOOLS: [&str; 10] = ["jq", "zcat", "cut", "sed", "grep", "tr", "ruby", "mitmdump", "mlr", "tshark"];
    let path = std::env::var("PATH").unwrap_or_default();
    let is_there = |tool: &str| std::env::split_paths(&path).any(|folder| folder.join(tool).is_file());
    let used = |tool: &str| line.starts_with(&format!("{tool} ")) || line.contains(&format!("| {tool} "));
    TOOLS.into_iter().filter(|tool| used(tool)).all(is_there)
}

/// Runs a line and asserts that it finds the mistake.
fn find_mistake(line: &str, folder: &Path) {
    let drs = assert_cmd::cargo::cargo_bin!("drs").parent().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(line).current_dir(folder).env("PATH", format!("{}:{path}", drs.display()));
    let output = shell.output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{line}: {shown}{}", String::from_utf8_lossy(&output.stderr));
    assert!(shown.contains("1  DRS-V011  wrong type"), "{line}: {shown}");
}

#[test]
fn every_line_of_the_page_finds_the_mistake_in_its_sample() {
    let page = page();
    let blocks = page.split("```sh\n").skip(1).map(|block| block.split_once("```").unwrap().0);
    let lines: Vec<&str> = blocks.flat_map(str::lines).collect();
    assert!(lines.len() > 20, "{lines:?}");
    for line in lines.into_iter().filter(|line| is_possible(line)) {
        find_mistake(line, &root().join("crates/drs-validate/tests/captures"));
    }
}

#[test]
fn every_conversion_of_the_page_keeps_the_mistake() {
    let page = page();
    let (_, section) = page.split_once("## Converted first").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| ") && line.contains('`'));
    let folder = converted();
    let mut run = 0;
    for row in rows {
        // The first cell may name a program.
        let cell = row.replace("\\|", "\u{1}").split('|').nth(2).unwrap().replace('\u{1}', "|");
        let (_, rest) = cell.split_once('`').unwrap();
        let (line, rest) = rest.split_once('`').unwrap();
        // The samples of these three are what the programs write.
        let is_ours = !["mitmdump", "mlr", "tshark"].iter().any(|tool| line.starts_with(tool));
        if is_ours && is_possible(line) {
            let kind = if rest.contains("--as") { " --as batch_check_results.response" } else { "" };
            find_mistake(&format!("{line} | drs validate{kind}"), folder.path());
            run += 1;
        }
    }
    // Every machine with these tests has the tools of these lines, but for jq.
    assert!(run >= 5, "{run}");
}

/// The files that the conversions name, each with a clean response and one with a mistake.
fn converted() -> tempfile::TempDir {
    let request = json!({ "jobs": ["11111111-2222-4333-8444-5555555jb101"] }).to_string();
    let response = |count: serde_json::Value| {
        let task = json!({ "precheck_id": "11111111-2222-4333-8444-5555555jb101", "process": "100%" });
        json!({ "count": count, "results": [task] }).to_string()
    };
    let both = [response(json!(1)), response(json!("1"))];
    let lines = |prefix: &str| both.iter().map(|body| format!("{prefix}{body}\n")).collect::<String>();
    let sent = |body: &str| json!({ "method": "POST", "url": { "path": PATH[1..].split('/').collect::<Vec<_>>() }, "body": { "raw": body } });
    let executions = both.iter().map(
        |body| json!({ "request": sent(&request), "response": { "code": 200, "stream": { "data": body.as_bytes() } } }),
    );
    let header = |key: &str, value: &str| json!({ "key": key, "value": value });
    let bytes = |body: &str| json!({ "as_bytes": BASE64_STANDARD.encode(body) });
    let taps = both.iter().map(|body| {
        let request = json!({ "headers": [header(":path", PATH), header(":method", "POST")], "body": bytes(&request) });
        let response = json!({ "headers": [header(":status", "200")], "body": bytes(body) });
        json!({ "http_buffered_trace": { "request": request, "response": response } }).to_string()
    });
    let folder = tempfile::TempDir::new().unwrap();
    for (name, text) in [
        ("cri.log", lines("2026-01-01T00:00:00.000000000Z stdout F ")),
        (
            "github.log",
            format!("2026-01-01T00:00:00.0000000Z ##[group]Run\n{}", lines("2026-01-01T00:00:00.0000000Z ")),
        ),
        ("terraform-in-github.log", terraform_in_github()),
        ("koocli.txt", format!("[debug info] POST {PATH}\n{}", lines(""))),
        ("openstack.txt", format!("REQ: curl -g -i -X POST\n{}\n", lines("RESP BODY: "))),
        ("curl-i.txt", format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}\r\n", both[1])),
        ("newman.json", json!({ "run": { "executions": executions.collect::<Vec<_>>() } }).to_string()),
        ("tap.json", taps.collect::<Vec<_>>().join("\n")),
        (
            "cassette.yml",
            format!("http_interactions:\n{}", both.iter().map(|body| cassette(&request, body)).collect::<String>()),
        ),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// The sample of a log of Terraform, with a time before each line.
fn terraform_in_github() -> String {
    let log = root().join("crates/drs-validate/tests/captures/terraform-huaweicloud.log");
    let log = fs::read_to_string(log).unwrap();
    log.lines().map(|line| format!("2026-01-01T00:00:00.0000000Z {line}\n")).collect()
}

/// An interaction in YAML.
fn cassette(request: &str, response: &str) -> String {
    format!(
        "- request: {{method: post, uri: 'https://drs.example{PATH}', body: {{string: '{request}'}}}}\n  \
         response: {{status: {{code: 200}}, body: {{string: '{response}'}}}}\n"
    )
}
