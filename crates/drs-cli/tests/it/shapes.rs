//! `drs validate` for payloads without a URL, and for files that are not payloads.

use std::fs;
use std::path::Path;

use serde_json::json;
use tempfile::TempDir;

use crate::{Run, drs, run};

const ID: &str = "140b5236-88ad-43c8-811c-1268453jb101";

fn validate(text: &str, arguments: &[&str]) -> Run {
    run(drs(&["validate"]).args(arguments).write_stdin(text))
}

#[test]
fn a_payload_that_is_valid_as_one_of_two_bodies_is_undecided_without_as() {
    let text = json!({ "count": "1", "results": [{ "id": ID, "status": "success" }] }).to_string();
    let shown = validate(&text, &[]);
    assert_eq!(shown.code, 1);
    assert!(shown.stdout.contains("DRS-V022"), "{}", shown.stdout);
    assert!(shown.stdout.contains("name it with --as"), "{}", shown.stdout);
    assert!(shown.stdout.contains("matches batch_change_data.response, but not"), "{}", shown.stdout);
    assert_eq!(validate(&text, &["--as", "batch_change_data.response"]).code, 0);
    assert_eq!(validate(&text, &["--as", "batch_start_jobs.response"]).code, 1);
}

#[test]
fn a_payload_that_fits_several_bodies_names_the_first_and_counts_the_others() {
    let shown = validate(r#"{"error_code":"DRS.M00101","error_msg":"x"}"#, &[]);
    assert_eq!(shown.code, 0);
    let (_, more) = shown.stdout.split_once("1  batch_change_data.response, and ").unwrap();
    let (more, rest) = more.split_once(' ').unwrap();
    assert!(more.parse::<usize>().unwrap() >= drs_types::OPERATIONS.len() - 1, "every operation has it: {more}");
    assert!(rest.starts_with("more fit: 0 findings\n"), "{rest}");
}

#[test]
fn a_foreign_object_with_one_common_field_is_not_validated() {
    for text in
        [r#"{"success":true,"response":"{\"count\":\"1\"}"}"#, r#"{"name":"x","version":"1.0.0","private":true}"#]
    {
        let shown = validate(text, &[]);
        assert_eq!(shown.code, 1);
        assert!(shown.stdout.contains("DRS-V021") && !shown.stdout.contains("DRS-V013"), "{}", shown.stdout);
    }
}

#[test]
fn a_call_of_another_service_of_the_vendor_is_skipped() {
    let body = json!({ "count": "1" });
    let capture = |url: &str| json!({ "url": url, "status": 200, "response": body }).to_string();
    for foreign in [
        "https://rds.eu-de.otc.t-systems.com/v3/p/jobs?id=x",
        "https://rds.eu-de.otc.t-systems.com/v3/p/jobs/batch-status",
    ] {
        let shown = validate(&capture(foreign), &[]);
        assert!(shown.stdout.contains("1  record of another call"), "{}", shown.stdout);
    }
    for ours in [
        "https://drs.eu-de.otc.t-systems.com/v3/p/jobs/batch-status",
        "https://gateway.example/drs/v3/p/jobs/batch-status",
        "http://127.0.0.1:8080/v3/p/jobs/batch-status",
        "/v3/p/jobs/batch-status",
    ] {
        let shown = validate(&capture(ours), &[]);
        assert!(shown.stdout.contains("1  batch_list_job_status.response: 1 finding"), "{ours}: {}", shown.stdout);
    }
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Creates a folder with one payload and files of tools.
fn project() -> TempDir {
    let folder = TempDir::new().unwrap();
    write(folder.path(), "captures/start.json", r#"{"jobs":[]}"#);
    write(folder.path(), "captures/.hidden.json", r#"{"jobs":[]}"#);
    for name in
        [".git/x.json", ".cache/deep/x.json", "node_modules/a/package.json", "captures/node_modules/b/package.json"]
    {
        write(folder.path(), name, r#"{"name":"x","version":"1.0.0"}"#);
    }
    folder
}

fn inputs(folder: &TempDir, arguments: &[&str]) -> (u64, u64) {
    let mut command = drs(&["validate", "--output", "json", "--as", "batch_start_jobs.request", "--fail-on", "never"]);
    let shown = run(command.args(arguments).current_dir(folder.path()));
    let report: serde_json::Value = serde_json::from_str(&shown.stdout).unwrap_or_else(|_| panic!("{}", shown.stderr));
    let summary = report.get("summary").unwrap_or(&report);
    (summary["inputs"].as_u64().unwrap(), summary["folders_passed_over"].as_u64().unwrap())
}

#[test]
fn hidden_folders_and_node_modules_are_skipped_without_hidden() {
    let folder = project();
    assert_eq!(inputs(&folder, &["."]), (2, 4));
    assert_eq!(inputs(&folder, &[".", "--hidden"]), (6, 0));
    assert_eq!(inputs(&folder, &["captures", "node_modules", ".git"]), (4, 1), "what is named is read");
    assert_eq!(inputs(&folder, &["**/*.json"]), (2, 4));
    assert_eq!(inputs(&folder, &["node_modules/**/*.json"]), (1, 0));
    assert_eq!(inputs(&folder, &["**/*.json", "--hidden"]), (6, 0));
}

#[test]
fn skipped_folders_are_counted_with_advice() {
    let folder = project();
    let shown = run(drs(&["validate", "."]).current_dir(folder.path()));
    assert!(
        shown.stdout.contains("4  skipped folders (hidden or node_modules; --hidden reads them)"),
        "{}",
        shown.stdout
    );
    fs::remove_dir_all(folder.path().join("captures")).unwrap();
    let shown = run(drs(&["validate", "."]).current_dir(folder.path()));
    assert_eq!(shown.code, 2);
    assert!(shown.stdout.contains("3  skipped folders (hidden"), "{}", shown.stdout);
    let shown = run(drs(&["validate", "**/*.json"]).current_dir(folder.path()));
    assert_eq!(shown.code, 2);
    assert!(shown.stderr.contains("--hidden reads them"), "{}", shown.stderr);
}
