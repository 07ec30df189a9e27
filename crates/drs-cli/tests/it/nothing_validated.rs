//! A run that validates nothing differs from a clean run in every format.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{Run, drs, run};

const URL: &str = "https://drs.example/v3/p/jobs/batch-precheck-result";

/// Files with nothing to validate, each for a different reason.
fn empty_inputs() -> Vec<(&'static str, String)> {
    let har = |entries: Value| json!({ "log": { "version": "1.2", "entries": entries } }).to_string();
    let unrecorded = json!({
        "request": { "method": "POST", "url": URL, "bodySize": -1 },
        "response": { "status": 200, "content": { "size": 9 } },
    });
    let foreign = json!({ "url": "https://other.example/", "status": 200, "response": { "a": 1 } }).to_string();
    vec![
        ("foreign.json", foreign.clone()),
        ("foreign.ndjson", (foreign + "\n").repeat(3)),
        ("foreign.har", har(json!([{ "request": { "method": "GET", "url": "https://other.example/" } }]))),
        ("unrecorded.har", har(json!([unrecorded]))),
        ("no-answer.har", har(json!([{ "request": { "method": "POST", "url": URL }, "response": null }]))),
        ("no-entries.har", har(json!([]))),
        ("null-bodies.json", json!({ "url": URL, "request": null, "response": null }).to_string()),
        ("empty.ndjson", String::new()),
        ("empty.jsonl", String::new()),
        ("blank.ndjson", "\n\r\n  \n".to_owned()),
    ]
}

fn validated(folder: &Path, arguments: &[&str]) -> Run {
    run(drs(&["validate"]).args(arguments).current_dir(folder))
}

#[test]
fn every_empty_input_exits_with_2_unless_it_is_allowed() {
    let folder = TempDir::new().unwrap();
    for (name, text) in empty_inputs() {
        fs::write(folder.path().join(name), text).unwrap();
        for format in ["text", "json", "ndjson", "sarif", "junit", "github"] {
            let arguments = [name, "--output", format];
            let shown = validated(folder.path(), &arguments);
            assert_eq!(shown.code, 2, "{name} {format}: {}{}", shown.stdout, shown.stderr);
            assert!(shown.stderr.contains("nothing was validated: "), "{name} {format}: {}", shown.stderr);
            assert!(shown.stderr.contains("--allow-empty"), "{name} {format}: {}", shown.stderr);
            let allowed = validated(folder.path(), &[&arguments[..], &["--allow-empty"]].concat());
            assert_eq!((allowed.code, allowed.stderr.as_str()), (0, ""), "{name} {format}");
            assert_eq!(validated(folder.path(), &[&arguments[..], &["--fail-on", "never"]].concat()).code, 2, "{name}");
        }
    }
}

#[test]
fn text_names_the_empty_inputs_and_the_reasons() {
    let folder = TempDir::new().unwrap();
    for (name, text) in empty_inputs() {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let shown = validated(folder.path(), &["."]);
    assert_snapshot!(shown.stdout, @r"
           5  records of other calls
           4  bodies that were not recorded
          10  inputs without a payload: ./blank.ndjson, ./empty.jsonl, ./empty.ndjson, and 7 more
    8 records in 10 inputs, 823 B: nothing was validated
    ");
    assert_snapshot!(shown.stderr, @r"
    error: nothing was validated: 8 records in 10 inputs, 5 records of other calls, 4 bodies that were not recorded
      With --allow-empty, this is not a failure.
    ");
}

#[test]
fn junit_skips_sarif_and_github_give_a_notice_and_json_counts() {
    let folder = TempDir::new().unwrap();
    for (name, text) in empty_inputs() {
        fs::write(folder.path().join(name), text).unwrap();
        let shown = |format: &str| validated(folder.path(), &[name, "--output", format]).stdout;
        let junit = shown("junit");
        assert!(junit.contains("tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"1\""), "{junit}");
        assert!(junit.contains("<skipped message=\"nothing was validated\"/>"), "{junit}");
        let sarif: Value = serde_json::from_str(&shown("sarif")).unwrap();
        let invocation = &sarif["runs"][0]["invocations"][0];
        let notification = &invocation["toolExecutionNotifications"][0];
        assert_eq!(notification["level"], "note", "{sarif}");
        assert!(notification["message"]["text"].as_str().unwrap().starts_with("nothing was validated: "), "{sarif}");
        assert_eq!((&invocation["executionSuccessful"], &invocation["exitCode"]), (&json!(false), &json!(2)));
        assert!(shown("github").starts_with("::notice::nothing was validated: "), "{}", shown("github"));
        let document: Value = serde_json::from_str(&shown("json")).unwrap();
        assert_eq!((&document["summary"]["validated"], &document["findings"]), (&json!(0), &json!([])));
        assert_eq!(document["summary"]["without_payload"], json!([name]));
    }
}

#[test]
fn a_folder_without_an_input_exits_with_2() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    for format in ["text", "json", "ndjson", "sarif", "junit", "github"] {
        assert_eq!(validated(folder.path(), &["empty", "--output", format]).code, 2, "{format}");
        assert_eq!(validated(folder.path(), &["empty", "--output", format, "--allow-empty"]).code, 0, "{format}");
    }
    let junit = validated(folder.path(), &["empty", "--output", "junit"]).stdout;
    assert!(junit.contains("<testcase classname=\"drs.validate\" name=\"empty\">\n            <skipped"), "{junit}");
    fs::write(folder.path().join("clean.json"), "{\"count\":0,\"results\":[]}").unwrap();
    let shown = validated(folder.path(), &["empty", "clean.json", "--as", "batch_check_results.response"]);
    assert_eq!((shown.code, shown.stderr.as_str()), (0, ""));
    assert!(shown.stdout.contains("1  input without a payload: empty\n"), "{}", shown.stdout);
}

#[test]
fn an_input_without_a_payload_is_skipped_beside_one_that_was_validated() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("empty.ndjson"), "").unwrap();
    fs::write(folder.path().join("clean.json"), "{\"mode\":\"target\"}").unwrap();
    let shown = validated(folder.path(), &["empty.ndjson", "clean.json"]);
    assert_eq!((shown.code, shown.stderr.as_str()), (0, ""));
    assert!(shown.stdout.contains("1  input without a payload: empty.ndjson\n"), "{}", shown.stdout);
    let junit = validated(folder.path(), &["empty.ndjson", "clean.json", "--output", "junit"]).stdout;
    assert!(junit.contains("tests=\"2\" failures=\"0\" errors=\"0\" skipped=\"1\""), "{junit}");
    assert!(junit.contains("<testcase classname=\"drs.validate\" name=\"clean.json\"/>"), "{junit}");
}

#[test]
fn an_unknown_payload_is_not_clean_with_fail_on_never() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("unknown.json"), "{\"what\":\"ever\"}").unwrap();
    assert_eq!(validated(folder.path(), &["unknown.json"]).code, 1);
    let shown = validated(folder.path(), &["unknown.json", "--fail-on", "never"]);
    assert_eq!(shown.code, 2);
    assert!(shown.stderr.contains("1 payload that could not be validated"), "{}", shown.stderr);
    assert_eq!(validated(folder.path(), &["unknown.json", "--fail-on", "never", "--allow-empty"]).code, 0);
}

#[test]
fn an_empty_pipe_has_no_records_but_an_empty_document_is_incomplete() {
    let folder = TempDir::new().unwrap();
    let piped = |arguments: &[&str]| run(drs(&["validate"]).args(arguments).write_stdin("")).code;
    assert_eq!((piped(&[]), piped(&["--allow-empty"])), (2, 0));
    assert_eq!((piped(&["--format", "ndjson"]), piped(&["--format", "ndjson", "--allow-empty"])), (2, 0));
    fs::write(folder.path().join("empty.json"), "").unwrap();
    let shown = validated(folder.path(), &["empty.json", "--allow-empty"]);
    assert_eq!(shown.code, 1);
    assert!(shown.stdout.contains("DRS-V002"), "{}", shown.stdout);
}
