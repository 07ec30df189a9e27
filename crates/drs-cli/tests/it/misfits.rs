//! Responses that do not fit the documentation: the readable part is shown, and the rest is named.

use std::io::{Read, Write};
use std::net::TcpListener;

use drs_types::{OPERATIONS, OperationInfo};
use serde_json::{Value, json};

use crate::{Run, drs, run};

const JOB: &str = "140b5236-88ad-43c8-811c-1268453jb101";

/// Whether a request is complete.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    body.len() >= length.unwrap_or(0)
}

/// Runs `drs` with a server that sends this response to one request.
fn against(status: u16, body: &str, arguments: &[&str]) -> Run {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let response = format!("HTTP/1.1 {status} OK\r\nX-Request-Id: r-1\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        while !is_whole(&request) {
            let mut buffer = [0; 4096];
            let count = stream.read(&mut buffer).unwrap();
            request.extend_from_slice(&buffer[..count]);
        }
        stream.write_all(response.as_bytes()).unwrap();
    });
    let arguments = [arguments, &["--endpoint", &endpoint, "--project-id", "p"]].concat();
    let shown = run(drs(&arguments).env("OS_TOKEN", "s3cr3t"));
    server.join().unwrap();
    assert!(!format!("{}{}", shown.stdout, shown.stderr).contains("s3cr3t"), "the token leaked");
    shown
}

fn example(name: &str) -> String {
    let shown = run(&mut drs(&["example", name]));
    assert_eq!(shown.code, 0, "{name}: {}", shown.stderr);
    shown.stdout
}

/// Sends the documented request of a call to a server with this response.
fn call(info: &OperationInfo, body: &str, more: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("request.json");
    let mut arguments = vec!["call", info.id];
    if info.request_examples().next().is_some() {
        std::fs::write(&file, example(info.id)).unwrap();
        arguments.extend(["--json", file.to_str().unwrap()]);
    }
    let fields: Vec<String> = info
        .parameters
        .iter()
        .filter(|parameter| parameter.required && parameter.name != "project_id")
        .filter(|parameter| parameter.location != drs_types::operation::Location::Header)
        .map(|parameter| format!("{}={}", parameter.name, parameter.example.unwrap_or(JOB)))
        .collect();
    arguments.extend(fields.iter().flat_map(|field| ["--field", field]));
    arguments.extend(more);
    against(info.success().unwrap().status, body, &arguments)
}

fn results(body: &str, more: &[&str]) -> Run {
    against(200, body, &[&["precheck", "results", "a", "b"], more].concat())
}

fn passed(id: &str) -> Value {
    json!({ "precheck_id": id, "process": "100%", "result": true, "precheck_result": [{ "result": "PASSED" }] })
}

#[test]
fn a_count_of_1_0_is_an_integer_and_the_new_task_is_shown() {
    let info = OperationInfo::find("batch_create_jobs").unwrap();
    let shown = call(info, &format!(r#"{{"count":1.0,"results":[{{"id":"{JOB}","status":"success"}}]}}"#), &[]);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    let response: Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!(response, json!({ "count": 1, "results": [{ "id": JOB, "status": "success" }] }));
    assert!(!shown.stderr.contains("note:"), "{}", shown.stderr);
}

#[test]
fn a_call_prints_the_readable_part_of_its_response_and_names_the_rest() {
    let info = OperationInfo::find("batch_create_jobs").unwrap();
    let body = format!(r#"{{"count":"1","results":[{{"id":"{JOB}","status":7}}]}}"#);
    let shown = call(info, &body, &[]);
    assert_eq!(shown.code, 1, "{}", shown.stderr);
    let response: Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!(response, json!({ "results": [{ "id": JOB }] }));
    for line in [
        r#"/count: expected an integer, found "1""#,
        "/results/0/status: expected a string, found 7",
        "carried out the operation; do not send the request again",
    ] {
        assert!(shown.stderr.contains(line), "{line} is not in {}", shown.stderr);
    }
    let raw = call(info, &body, &["--raw"]);
    assert_eq!((raw.code, raw.stdout.trim_end()), (1, body.as_str()));
    assert!(raw.stderr.contains("carried out the operation; do not send the request again"), "{}", raw.stderr);
}

#[test]
fn a_call_with_an_unreadable_response_must_not_be_sent_again() {
    let info = OperationInfo::find("batch_create_jobs").unwrap();
    let shown = call(info, r#"{"count":"1"}"#, &[]);
    assert_eq!((shown.code, shown.stdout.as_str()), (3, ""));
    assert!(shown.stderr.contains("carried out the operation; do not send the request again"), "{}", shown.stderr);
    assert!(!shown.stderr.contains("try again"), "{}", shown.stderr);
}

/// One field of the response of every call has a wrong type; all others are printed.
#[test]
fn one_value_of_a_wrong_type_does_not_hide_the_rest_of_a_response() {
    for info in OPERATIONS {
        let Some(documented) = info.response_examples().next() else { continue };
        let mut response: Value = serde_json::from_str(documented.json).unwrap();
        let members = response.as_object_mut().unwrap();
        let Some(name) = members.keys().next().cloned() else { continue };
        if members.len() < 2 {
            continue;
        }
        let wrong = if members[&name].is_object() { json!([null]) } else { json!({ "no": "value" }) };
        members[&name] = wrong;
        let shown = call(info, &response.to_string(), &[]);
        assert_eq!(shown.code, 1, "{}: {}", info.id, shown.stderr);
        assert!(shown.stderr.contains(&format!("/{name}: expected ")), "{}: {}", info.id, shown.stderr);
        let printed: Value = serde_json::from_str(&shown.stdout).unwrap();
        assert!(printed.get(&name).is_none() && !printed.as_object().unwrap().is_empty(), "{}: {printed}", info.id);
        assert_eq!(
            shown.stderr.contains("do not send the request again"),
            !info.retry_safe,
            "{}: {}",
            info.id,
            shown.stderr
        );
    }
}

#[test]
fn a_wrong_count_does_not_hide_a_pre_check_report() {
    let body = json!({ "count": "1", "results": [passed("a"), passed("b")] }).to_string();
    let shown = results(&body, &[]);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    assert!(shown.stdout.contains("PASSED  a") && shown.stdout.contains("PASSED  b"), "{}", shown.stdout);
    assert!(shown.stdout.contains(r#"/count: expected an integer, found "1""#), "{}", shown.stdout);
}

#[test]
fn a_count_of_other_entries_than_the_response_has_is_no_pass() {
    let body = json!({ "count": 3, "results": [passed("a"), passed("b")] }).to_string();
    let shown = results(&body, &[]);
    assert_eq!(shown.code, 3, "{}", shown.stderr);
    assert!(shown.stdout.contains("count is 3, but the response has 2 entries"), "{}", shown.stdout);
}

#[test]
fn a_null_entry_does_not_hide_the_others() {
    let body = json!({ "count": 4, "results": [null, passed("a"), [], passed("b")] }).to_string();
    let shown = results(&body, &[]);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    for line in ["/results/0: expected an object, found null", "/results/2: expected an object, found an array"] {
        assert!(shown.stdout.contains(line), "{line} is not in {}", shown.stdout);
    }
}

#[test]
fn a_misfit_inside_an_entry_makes_that_task_unclear_unless_an_item_failed() {
    let mut damaged = passed("b");
    damaged["precheck_result"] = json!([{ "item": "x", "result": 1 }, { "item": "y", "result": "PASSED" }]);
    let shown = results(&json!({ "results": [null, passed("a"), damaged] }).to_string(), &[]);
    assert_eq!(shown.code, 3, "{}", shown.stdout);
    assert!(shown.stdout.contains("PASSED  a") && shown.stdout.contains("UNCLEAR  b"), "{}", shown.stdout);
    assert!(shown.stdout.contains("/results/2/precheck_result/0/result: expected a string, found 1"));

    damaged["precheck_result"][1]["result"] = json!("FAILED");
    let shown = results(&json!({ "results": [passed("a"), damaged] }).to_string(), &[]);
    assert_eq!(shown.code, 1, "{}", shown.stdout);
    assert!(shown.stdout.contains("FAILED  b"), "{}", shown.stdout);
}

#[test]
fn a_duplicate_result_is_not_passed() {
    let body = r#"{"results":[{"precheck_id":"a","process":"100%","result":false,"result":true},
        {"precheck_id":"b","process":"100%","result":true}]}"#;
    let shown = results(body, &[]);
    assert_eq!(shown.code, 3, "{}", shown.stdout);
    assert!(shown.stdout.contains("UNCLEAR  a") && shown.stdout.contains("PASSED  b"), "{}", shown.stdout);
    let twice = r#"{"results":[{"precheck_id":"a","process":"100%","result":false}],
        "results":[{"precheck_id":"a","process":"100%","result":true}]}"#;
    let shown = results(twice, &[]);
    assert_eq!(shown.code, 3, "{}", shown.stdout);
    assert!(shown.stdout.contains("UNCLEAR  a"), "{}", shown.stdout);
}

#[test]
fn misfits_are_in_the_json_of_a_pre_check() {
    let mut damaged = passed("b");
    damaged["process"] = json!(100);
    let body = json!({ "count": "1", "results": [passed("a"), damaged] }).to_string();
    let shown = results(&body, &["--output", "json"]);
    assert_eq!(shown.code, 3, "{}", shown.stderr);
    let document: Value = serde_json::from_str(&shown.stdout).unwrap();
    let of_count = json!({ "pointer": "/count", "expected": "an integer", "found": "\"1\"" });
    let of_process = json!({ "pointer": "/results/1/process", "expected": "a string", "found": "100" });
    assert_eq!(document["misfits"], json!([of_count, of_process]));
    assert_eq!(
        (&document["tasks"][0]["verdict"], &document["tasks"][1]["verdict"]),
        (&json!("passed"), &json!("unclear"))
    );
    assert_eq!(document["tasks"][1]["report"]["misfits"], json!([of_process]));
    assert_eq!(document["tasks"][1]["doubts"][0]["message"], "/results/1/process: expected a string, found 100");
    assert!(document["tasks"][0]["report"].get("misfits").is_none());

    let shown = results(&body, &["--output", "ndjson"]);
    let lines: Vec<Value> = shown.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        (lines.len(), &lines[1]["report"]["misfits"], &lines[2]["misfits"]),
        (3, &json!([of_process]), &document["misfits"])
    );
}
