//! `drs ops`, `drs call`, `drs schema`, `drs example` and `drs new`, for every documented call.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use drs_types::{OPERATIONS, OperationInfo, Side};
use insta::assert_snapshot;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{drs, run};

const TASK: &str = "140b5236-88ad-43c8-811c-1268453jb101";

/// Returns the output of a command that succeeds.
fn said(arguments: &[&str]) -> String {
    let shown = run(&mut drs(arguments));
    assert_eq!(shown.code, 0, "{arguments:?}: {}", shown.stderr);
    shown.stdout
}

/// Sends a documented call that changes a task, with these fields.
fn delete(fields: &[&str], more: &[&str]) -> crate::Run {
    let fields: Vec<&str> = fields.iter().flat_map(|field| ["--field", field]).collect();
    run(&mut drs(&[&["call", "batch_delete_jobs", "--embedded"], more, &fields].concat()))
}

#[test]
fn every_call_is_listed_for_people_and_for_programs() {
    let table = said(&["ops"]);
    let list: Vec<Value> = serde_json::from_str(&said(&["ops", "--output", "json"])).unwrap();
    assert_eq!(list.len(), OPERATIONS.len());
    for info in OPERATIONS {
        let line = table.lines().find(|line| line.split_whitespace().next() == Some(info.id)).unwrap();
        assert!(line.contains(info.path) && line.contains(info.page), "{line}");
    }
    assert_snapshot!(format!("{:#}", list[4]), @r#"
    {
      "batch": "/jobs",
      "deprecated": true,
      "method": "DELETE",
      "operation": "batch_delete_jobs",
      "page": "Stopping or Deleting Tasks in Batches",
      "path": "/v3/{project_id}/jobs/batch-jobs",
      "retry_safe": false,
      "status": 202,
      "summary": "Stop or delete tasks"
    }
    "#);
}

#[test]
fn deprecated_calls_are_marked_in_every_list() {
    let table = run(&mut drs(&["ops"]));
    let list: Vec<Value> = serde_json::from_str(&said(&["ops", "--output", "json"])).unwrap();
    let openapi: Value =
        serde_json::from_str(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json"))).unwrap();
    for (info, listed) in OPERATIONS.iter().zip(&list) {
        let deprecated = info.deprecated;
        assert_eq!(listed["deprecated"], deprecated, "{}", info.id);
        let line = table.stdout.lines().find(|line| line.split_whitespace().next() == Some(info.id)).unwrap();
        assert_eq!(line.contains(" deprecated "), deprecated, "{line}");
        let operation = &openapi["paths"][info.path][info.method.as_str().to_lowercase()];
        assert_eq!(operation["deprecated"] == true, deprecated, "{}", info.id);
        if info.bodies().next().is_none() {
            continue;
        }
        let schema: Value = serde_json::from_str(&said(&["schema", info.id])).unwrap();
        assert_eq!(schema["deprecated"] == true, deprecated, "{}", info.id);
        let why = schema["$comment"].as_str().is_some_and(|why| why.contains("API Explorer") && why.contains("v3"));
        assert_eq!(why, deprecated, "{}", info.id);
    }
    assert!(OPERATIONS.iter().any(|info| info.deprecated) && OPERATIONS.iter().any(|info| !info.deprecated));
    assert!(table.stderr.contains("API Explorer of 2026-10-16"), "{}", table.stderr);
    assert!(table.stderr.contains("still recommend v3"), "{}", table.stderr);
}

#[test]
fn every_schema_accepts_the_documented_payloads_of_its_call() {
    for info in OPERATIONS.iter().filter(|info| info.bodies().next().is_some()) {
        for (side, _) in info.bodies() {
            let is_request = side == Side::Request;
            let name = format!("{}.{}", info.id, if is_request { "request" } else { "response" });
            let schema: Value = serde_json::from_str(&said(&["schema", &name])).unwrap();
            let validator = jsonschema::draft202012::new(&schema).unwrap();
            let first = if is_request { info.request_examples().next() } else { info.response_examples().next() };
            let Some(first) = first else { continue };
            let example = said(&["example", &name]);
            assert_eq!(example.trim_end(), first.json.trim_end(), "{name}");
            assert!(validator.is_valid(&serde_json::from_str(&example).unwrap()), "{name}");
        }
        let all: Value = serde_json::from_str(&said(&["schema", info.id])).unwrap();
        assert_eq!(all["anyOf"].as_array().unwrap().len(), info.bodies().count(), "{}", info.id);
    }
}

#[test]
fn every_documented_request_can_be_sent_unchanged() {
    for info in OPERATIONS.iter().filter(|info| info.request_examples().next().is_some()) {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("body.json");
        fs::write(&file, said(&["example", info.id])).unwrap();
        let job = format!("job_id={TASK}");
        let mut command = drs(&["call", info.id, "--dry-run", "--json"]);
        command.arg(&file);
        if info.path.contains("{job_id}") {
            command.args(["--field", &job]);
        }
        let shown = run(&mut command);
        assert_eq!(shown.code, 0, "{}: {}", info.id, shown.stderr);
        assert!(shown.stdout.starts_with(&format!("{} /v", info.method)), "{}", shown.stdout);
    }
}

#[test]
fn a_skeleton_is_accepted_unchanged_and_with_all_optional_fields() {
    for info in OPERATIONS.iter().filter(|info| info.request.is_some()) {
        let skeleton = said(&["new", info.id]);
        let uncommented: Vec<String> = skeleton.lines().map(uncommented).collect();
        for text in [skeleton.clone(), uncommented.join("\n")] {
            let mut command = drs(&["call", info.id, "--dry-run", "--json", "-"]);
            if info.parameters.iter().any(|parameter| parameter.name == "job_id") {
                command.args(["--field", "job_id=x"]);
            }
            let shown = run(command.write_stdin(text));
            let is_schema_error = shown.stderr.contains(&format!("does not match the schema of {} (", info.id));
            assert_eq!(shown.code, if is_schema_error { 2 } else { 0 }, "{}: {}", info.id, shown.stderr);
            // The values are placeholders, but every required field is present, known, and of its type.
            for code in ["DRS-V00", "DRS-V011", "DRS-V012", "DRS-V013"] {
                assert!(!shown.stderr.contains(code), "{}: {}", info.id, shown.stderr);
            }
        }
    }
    assert_snapshot!(said(&["new", "batch_start_jobs"]));
}

/// Uncomments the field in a line.
fn uncommented(line: &str) -> String {
    let is_field = |rest: &str| (rest.starts_with('"') && rest.contains("\": ")) || rest.starts_with('}');
    let (indent, rest) = line.split_at(line.len() - line.trim_start().len());
    match rest.strip_prefix("// ").filter(|rest| is_field(rest)) {
        Some(rest) => format!("{indent}{rest}"),
        None => line.to_owned(),
    }
}

#[test]
fn a_dry_run_needs_no_endpoint_project_or_token_and_shows_placeholders() {
    let shown = run(&mut drs(&[
        "call",
        "batch_delete_jobs",
        "--dry-run",
        "--field",
        "jobs.0.job_id=x",
        "--field",
        "jobs.0.delete_type=delete",
    ]));
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    assert_snapshot!(shown.stdout);
    let notes: Vec<&str> = shown.stderr.lines().filter(|line| line.contains("placeholder")).collect();
    assert_snapshot!(notes.join("\n"), @"
    note: ENDPOINT is a placeholder; --region or --endpoint replaces it
    note: PROJECT_ID is a placeholder; --project-id replaces it
    note: TOKEN is a placeholder; --token-file replaces it
    ");
    let mut command = drs(&["call", "switch_vip", "--dry-run", "--field", "job_id=x", "--field", "mode=target"]);
    let shown = run(command.args(["--region", "eu-de", "--project-id", "p"]).env("OS_TOKEN", "s3cr3t"));
    assert!(shown.stdout.contains("host: drs.eu-de.otc.t-systems.com\n"), "{}", shown.stdout);
    assert!(shown.stdout.contains(" /v3/p/jobs/x/") && !shown.stdout.contains("s3cr3t"), "{}", shown.stdout);
    assert!(!shown.stderr.contains("placeholder"), "{}", shown.stderr);
}

#[test]
fn an_invalid_body_is_not_sent() {
    let shown = delete(&["jobs.0.delete_type=x", "limit:=3"], &[]);
    assert_eq!((shown.code, shown.stdout.as_str()), (2, ""));
    assert_snapshot!(shown.stderr, @r#"
    error: the body does not match the schema of batch_delete_jobs (3 errors); nothing was sent
      DRS-V012 /jobs/0/job_id: missing field `job_id`
      DRS-V014 /jobs/0/delete_type: unlisted value: expected "terminate", "force_terminate", "delete" or "roll_back_upgrade_active_standby", found "x"
      DRS-V013 /limit: unknown field `limit`
      The schema: drs schema batch_delete_jobs.request
    "#);
}

#[test]
fn a_refusal_of_one_item_sets_the_exit_code() {
    let task = format!("jobs.0.job_id={TASK}");
    let shown = delete(&[&task, "jobs.0.delete_type=delete"], &[]);
    assert_eq!(shown.code, 1, "{}", shown.stderr);
    let response: Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!(response["results"][0]["error_code"], "DRS.M00304");
    let shown = delete(&[&task, "jobs.0.delete_type=terminate"], &["--raw"]);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    let response: Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!(response, json!({ "count": 1, "results": [{ "id": TASK, "status": "success" }] }));
}

#[test]
fn a_dry_run_shows_the_request_without_its_secrets() {
    let example = said(&["example", "batch_validate_connections"]);
    let secret =
        serde_json::from_str::<Value>(&example).unwrap()["jobs"][0]["db_password"].as_str().unwrap().to_owned();
    let mut command = drs(&["call", "batch_validate_connections", "--embedded", "--dry-run", "--json", "-"]);
    let output = command.write_stdin(example).output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert!(shown.contains("\"db_password\": \"•••\"") && shown.contains("X-Auth-Token: •••"), "{shown}");
    assert!(!shown.contains(&secret), "{shown}");
}

#[test]
fn an_invalid_parameter_is_not_sent() {
    let call = ["call", "show_switch_vip_status", "--embedded", "--field", "job_id=", "--field", "X-Language=de-de"];
    let shown = run(&mut drs(&call));
    assert_eq!((shown.code, shown.stdout.as_str()), (2, ""));
    assert_snapshot!(shown.stderr, @r#"
    error: 2 parameters of show_switch_vip_status cannot be sent as given; nothing was sent
      path parameter job_id: expected at least 1 character, found 0
      header X-Language: expected "en-us" or "zh-cn", found "de-de"
    "#);
    let dry = run(&mut drs(&[&call[..], &["--dry-run"]].concat()));
    assert_eq!((dry.code, dry.stderr), (2, shown.stderr));
    let shown = run(&mut drs(&["precheck", "results", TASK, "--embedded", "--language", "de-de"]));
    assert_eq!((shown.code, shown.stdout.as_str()), (2, ""));
    assert!(shown.stderr.contains("\"de-de\" is not a listed Language; expected en-us, zh-cn"), "{}", shown.stderr);
}

#[test]
fn impossible_arguments_are_explained() {
    let refused = |arguments: &[&str]| {
        let shown = run(&mut drs(arguments));
        assert_eq!(shown.code, 2, "{arguments:?}");
        shown.stderr
    };
    assert!(refused(&["call", "batch_dlete_jobs"]).contains("did you mean batch_delete_jobs?"));
    assert!(refused(&["call", "batch_delete_jobs", "--embedded"]).contains("drs new batch_delete_jobs"));
    assert!(refused(&["call", "switch_vip", "--embedded", "--field", "mode=target"]).contains("--field job_id=VALUE"));
    let without_body = ["call", "show_switch_vip_status", "--embedded", "--field", "job_id=x", "--field", "y=1"];
    assert!(refused(&without_body).contains("has no parameter \"y\""));
    assert!(refused(&["new", "show_switch_vip_status"]).contains("the request of show_switch_vip_status has no body"));
    assert!(refused(&["example", "batch_delete_jobs", "--number", "9"]).contains("The documentation has 2"));
    let info: &OperationInfo = OPERATIONS[0];
    assert!(refused(&["schema", &format!("{}.both", info.id)]).contains("neither request nor response"));
}

/// The verdict of a connection test is `true` or `false` in the API Explorer, and `success` or `failed` on the page.
#[test]
fn a_failed_connection_test_exits_with_1_in_both_spellings() {
    for (status, code) in [("failed", 1), ("false", 1), ("success", 0), ("true", 0)] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let body =
            format!(r#"{{"count":1,"results":[{{"id":"140b5236-88ad-43c8-811c-1268453jb101","status":"{status}"}}]}}"#);
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"]}") {
                let mut buffer = [0; 4096];
                let count = stream.read(&mut buffer).unwrap();
                request.extend_from_slice(&buffer[..count]);
            }
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            stream.write_all((head + &body).as_bytes()).unwrap();
        });
        let request =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/v3/batch_validate_connections/examples/request.1.json");
        let arguments =
            ["call", "batch_validate_connections", "--json", request, "--endpoint", &endpoint, "--project-id", "p"];
        let shown = run(drs(&arguments).env("OS_TOKEN", "s3cr3t"));
        server.join().unwrap();
        assert_eq!(shown.code, code, "{status}: {}", shown.stderr);
    }
}
