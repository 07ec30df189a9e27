//! Control and invisible characters in input never reach a terminal.

use serde_json::{Value, json};

use crate::service::{asking, respond_once};
use crate::{Run, drs, run};

/// A text that clears the screen, sets the title, conceals, and more.
const HOSTILE: &str =
    "a\u{1b}[2Jb\u{1b}]0;t\u{7}c\u{9b}31md\u{7f}e\u{200b}f\u{feff}g\u{202e}h\u{2066}i\u{e0041}j\u{85}k\rl\nm\u{1b}[8mn";

/// Returns the control and invisible characters of a text, without our own colours.
fn unsafe_characters(text: &str) -> Vec<char> {
    let colours = ["\u{1b}[31m", "\u{1b}[33m", "\u{1b}[32m", "\u{1b}[1m", "\u{1b}[0m", "\u{1b}[39m"];
    let plain = colours.iter().fold(text.to_owned(), |text, colour| text.replace(colour, ""));
    plain.chars().filter(|character| drs_types::text::is_invisible(*character) && *character != '\n').collect()
}

/// Runs a command with colours.
fn against(status: &str, body: &str, more: &[&str]) -> Run {
    run(asking(status, body, more).env("CLICOLOR_FORCE", "1"))
}

fn assert_seen(shown: &Run) {
    for text in [&shown.stdout, &shown.stderr] {
        assert!(unsafe_characters(text).is_empty(), "{text:?}");
    }
}

#[test]
fn an_error_of_the_service_cannot_write_to_the_terminal() {
    for field in ["error_code", "error_msg", "request_id"] {
        let mut body = json!({ "error_code": "DRS.X", "error_msg": "m" });
        body[field] = HOSTILE.into();
        let shown = against("500 Internal Server Error", &body.to_string(), &[]);
        assert_seen(&shown);
        // One line is for the ids, and one for the error.
        assert_eq!(shown.stderr.lines().count(), 2, "a line feed of the service makes no line: {}", shown.stderr);
        let shown = against("500 Internal Server Error", &body.to_string(), &["--output", "json"]);
        assert_seen(&shown);
        assert!(serde_json::from_str::<Value>(&shown.stderr).is_ok(), "{}", shown.stderr);
    }
    assert_seen(&against("500 Internal Server Error", HOSTILE, &[]));
    assert_seen(&against("200 OK", HOSTILE, &[]));
}

#[test]
fn a_report_cannot_write_to_the_terminal() {
    let item = json!({
        "item": HOSTILE, "result": HOSTILE, "group": HOSTILE, "failed_reason": HOSTILE, "raw_error_msg": HOSTILE,
        "data": HOSTILE,
        "failed_sub_jobs": [{ "id": HOSTILE, "name": HOSTILE, "check_result": HOSTILE }],
    });
    let passed = json!({ "item": HOSTILE, "result": "PASSED", "group": HOSTILE, "data": HOSTILE });
    let results = json!([
        { "precheck_id": "a", "process": HOSTILE, "total_passed_rate": HOSTILE, "job_direction": HOSTILE,
          "rds_instance_id": HOSTILE, "precheck_result": [item, passed] },
        { "precheck_id": "b", "error_code": HOSTILE, "error_msg": HOSTILE },
        { "precheck_id": HOSTILE, "error_code": HOSTILE },
    ]);
    let body = json!({ "results": results }).to_string();
    for more in [&[][..], &["--all"], &["--output", "json"], &["--output", "ndjson"]] {
        assert_seen(&against("200 OK", &body, more));
    }
    let shown = against("200 OK", &body, &["--output", "json"]);
    let document: Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!(document["tasks"][0]["report"]["progress"], HOSTILE, "JSON is the same document");
}

#[test]
fn a_captured_payload_cannot_write_to_the_terminal() {
    let payload = json!({ HOSTILE: HOSTILE, "count": HOSTILE, "results": [{ "job_direction": HOSTILE }] }).to_string();
    // A capture may hold raw characters that JSON forbids.
    let raw = payload.replace("\\u001b", "\u{1b}");
    for output in ["text", "json", "ndjson", "sarif", "github"] {
        for text in [&payload, &raw] {
            let mut command = drs(&["validate", "--as", "batch_check_results.response", "--all", "--output", output]);
            let shown = run(command.env("CLICOLOR_FORCE", "1").write_stdin(text.as_bytes()));
            assert_ne!(shown.code, 0);
            assert_seen(&shown);
        }
    }
    let shown = run(&mut drs(&["validate", "--key", HOSTILE]));
    assert_seen(&shown);
}

#[test]
fn the_response_of_a_call_is_the_same_json_and_cannot_write_to_the_terminal() {
    let endpoint = respond_once("200 OK", json!({ "count": 1, "jobs": [{ "id": "x", "name": HOSTILE }] }).to_string());
    let example = run(&mut drs(&["example", "show_job_list"])).stdout;
    let mut command = drs(&["call", "show_job_list", "--project-id", "p", "--endpoint", &endpoint, "--json", "-"]);
    let shown = run(command.env("OS_TOKEN", "s3cr3t").write_stdin(example));
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    assert_seen(&shown);
    let document: Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!(document["jobs"][0]["name"], HOSTILE, "JSON is the same document");
}

/// An argument may come from a file name or a foreign script.
#[test]
fn an_argument_cannot_write_to_the_terminal() {
    let hostile = HOSTILE.replace('\n', " ");
    for arguments in [
        ["call", &hostile, "", ""],
        ["validate", &hostile, "", ""],
        ["precheck", "results", "a b", &hostile],
        ["precheck", "results", "--region", &hostile],
    ] {
        let arguments: Vec<&str> = arguments.into_iter().filter(|argument| !argument.is_empty()).collect();
        assert_seen(&run(drs(&arguments).env("CLICOLOR_FORCE", "1")));
    }
}
