//! Responses of a service other than the emulator, over a real socket.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Stdio;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::{Run, drs, run, stable};

/// Starts a server that responds to the next request; returns its address.
pub(crate) fn respond_once(status: &str, body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let head = format!("HTTP/1.1 {status}\r\nX-Request-Id: r-1\r\nContent-Length: {}\r\n\r\n", body.len());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        read_request(&mut stream);
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).unwrap();
    });
    endpoint
}

/// Responds once, with what `respond` makes of the request: status, further headers, body.
pub(crate) fn respond_with(respond: impl FnOnce(&str) -> (u16, String, String) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let (status, headers, body) = respond(&read_request(&mut stream));
        let length = body.len();
        write!(stream, "HTTP/1.1 {status} X\r\n{headers}Content-Length: {length}\r\n\r\n{body}").unwrap();
    });
    endpoint
}

/// Reads a request to the end of its body, or of the connection.
pub(crate) fn read_request(stream: &mut impl Read) -> String {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !is_whole(&request) {
        match stream.read(&mut buffer) {
            Ok(count @ 1..) => request.extend_from_slice(&buffer[..count]),
            _ => break,
        }
    }
    String::from_utf8(request).unwrap()
}

/// Whether a request is complete.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}

/// Creates a command `drs precheck results a b` with a server that responds once.
pub(crate) fn asking(status: &str, body: &str, more: &[&str]) -> assert_cmd::Command {
    asking_by(&["precheck", "results", "a", "b"], status, body, more)
}

/// Creates a command with a server that responds once.
fn asking_by(command: &[&str], status: &str, body: &str, more: &[&str]) -> assert_cmd::Command {
    let endpoint = respond_once(status, body.to_owned());
    let arguments = [command, &["--endpoint", &endpoint, "--project-id", "p"], more].concat();
    let mut command = drs(&arguments);
    command.env("OS_TOKEN", "s3cr3t");
    command
}

fn against(status: &str, body: &str, more: &[&str]) -> Run {
    let shown = run(&mut asking(status, body, more));
    assert!(!format!("{}{}", shown.stdout, shown.stderr).contains("s3cr3t"), "the token leaked");
    shown
}

fn with_results(results: &Value) -> Run {
    against("200 OK", &json!({ "results": results }).to_string(), &[])
}

fn passed(id: &str) -> Value {
    json!({ "precheck_id": id, "process": "100%", "result": true })
}

#[test]
fn a_failed_item_comes_first_with_its_details_and_exit_is_1() {
    let items = json!([
        { "item": "fine", "result": "PASSED", "group": "network" },
        { "item": "hm", "result": "ALARM", "failed_reason": "LOOK_AT_IT" },
        { "item": "new", "result": "SKIPPED" },
        { "item": "broken", "result": "FAILED", "group": "db_params", "failed_reason": "BINLOG_OFF",
          "raw_error_msg": "log_bin = OFF\u{1b}[31m", "data": "{'log_bin': 'OFF'}",
          "failed_sub_jobs": [{ "id": "7", "name": "shard-7", "check_result": "FAILED" }] },
    ]);
    let task = json!({ "precheck_id": "a", "process": "100%", "total_passed_rate": "50%", "result": false, "precheck_result": items });
    let shown = with_results(&json!([task, passed("b")]));
    assert_eq!(shown.code, 1);
    let _stable = stable();
    assert_snapshot!(shown.stdout);
}

#[test]
fn an_unfinished_pre_check_is_running() {
    let shown = with_results(&json!([{ "precheck_id": "a", "process": "62%", "result": true }, passed("b")]));
    assert_eq!(shown.code, 4);
    let _stable = stable();
    assert_snapshot!(shown.stdout);
}

#[test]
fn a_missing_task_and_one_that_was_not_requested_are_shown() {
    let shown = with_results(&json!([passed("b"), { "precheck_id": "stranger", "error_code": "DRS.M05004" }]));
    assert_eq!(shown.code, 3);
    let _stable = stable();
    assert_snapshot!(shown.stdout);
}

#[test]
fn a_report_without_progress_is_unclear() {
    let shown = with_results(&json!([{ "precheck_id": "a", "result": true }, passed("b")]));
    assert_eq!(shown.code, 3);
    assert!(shown.stdout.starts_with("UNCLEAR  a\n"), "{}", shown.stdout);
}

/// Returns the exit code for a finished, passed report with an item of this result.
fn exit_with(result: &str) -> i32 {
    let items = json!([{ "item": "fine", "result": "PASSED" }, { "item": "other", "result": result }]);
    let task = json!({ "precheck_id": "a", "process": "100%", "result": true, "precheck_result": items });
    with_results(&json!([task, passed("b")])).code
}

#[test]
fn a_failed_item_is_found_in_every_case_and_with_white_space() {
    for result in ["failed", "FAILED ", "\tFailed\r\n"] {
        assert_eq!(exit_with(result), 1, "{result:?}");
    }
    for result in ["passed", " Alarm"] {
        assert_eq!(exit_with(result), 0, "{result:?}");
    }
}

#[test]
fn an_unlisted_result_is_unclear() {
    for result in ["", "SKIPPED", "FAIL"] {
        assert_eq!(exit_with(result), 3, "{result:?}");
    }
    let items = json!([
        { "item": "new", "result": "SKIPPED", "group": "g" },
        { "item": "fine", "result": "PASSED", "group": "g" },
        { "item": "two-faced", "result": "PASSED", "failed_sub_jobs": [{ "name": "shard-7", "check_result": "FAILED" }] },
    ]);
    let task = json!({ "precheck_id": "a", "process": "100%", "result": true, "precheck_result": items });
    let body = json!({ "results": [task, passed("b")] }).to_string();
    let shown = against("200 OK", &body, &[]);
    assert_eq!(shown.code, 3);
    let _stable = stable();
    assert_snapshot!(shown.stdout);
    let document: Value = serde_json::from_str(&against("200 OK", &body, &["--output", "json"]).stdout).unwrap();
    assert_eq!(document["tasks"][0]["verdict"], "unclear");
    let doubt = json!({ "kind": "item_result_unlisted", "item": "new", "message": r#"item new: the result is "SKIPPED", which is not documented"# });
    assert_eq!(document["tasks"][0]["doubts"][0], doubt);
    assert_eq!(document["tasks"][1].get("doubts"), None);
}

#[test]
fn different_entries_about_one_task_are_unclear() {
    let shown =
        with_results(&json!([passed("a"), passed("b"), { "precheck_id": "a", "process": "100%", "result": false }]));
    assert_eq!(shown.code, 3);
    assert!(shown.stdout.starts_with("UNCLEAR  a\n"), "{}", shown.stdout);
}

#[test]
fn a_batch_call_reads_each_outcome_in_every_case_and_an_unknown_one_is_not_a_success() {
    let exit = |row: Value| {
        let field = "jobs:=[{\"job_id\":\"a\",\"delete_type\":\"delete\"}]";
        let command = ["call", "batch_delete_jobs", "--field", field];
        let body = json!({ "count": 1, "results": [row] }).to_string();
        let shown = run(&mut asking_by(&command, "202 Accepted", &body, &[]));
        (shown.code, shown.stderr)
    };
    for (status, code) in
        [("success", 0), (" Success", 0), ("failed", 1), ("FAILED", 1), ("failed ", 1), ("", 3), ("queued", 3)]
    {
        assert_eq!(exit(json!({ "id": "a", "status": status })).0, code, "{status:?}");
    }
    let (code, said) = exit(json!({ "id": "a" }));
    assert!(code == 3 && said.contains("1 of the results have no documented outcome"), "{said}");
    assert_eq!(exit(json!({ "id": "a", "status": "success", "error_code": "DRS.M01504" })).0, 1);
}

#[test]
fn a_token_in_a_report_is_masked() {
    let item = json!({ "item": "x", "result": "ALARM", "raw_error_msg": "token s3cr3t", "data": "{'t': 's3cr3t'}" });
    let results = json!([
        { "precheck_id": "a", "process": "100%", "result": true, "precheck_result": [item] },
        { "precheck_id": "b", "error_code": "DRS.M05003", "error_msg": "s3cr3t" },
        { "precheck_id": "c", "error_msg": "s3cr3t" },
    ]);
    let body = json!({ "results": results }).to_string();
    for output in ["text", "json", "ndjson"] {
        let shown = against("200 OK", &body, &["--output", output, "--all"]);
        assert!(shown.stdout.contains("token •••"), "{}", shown.stdout);
    }
}

#[test]
fn a_refused_call_explains_itself_in_text_and_in_json() {
    let body = r#"{"error_code":"DRS.M00100","error_msg":"token s3cr3t has expired"}"#;
    let shown = against("403 Forbidden", body, &[]);
    assert_eq!((shown.code, shown.stdout.as_str()), (3, ""));
    assert_snapshot!(shown.stderr, @r#"
    note: the ids "a", "b" have another form than the documented ids, such as a281f62f-4631-45d6-a2d3-679a9f4jb105
    error: batch_check_results: refused with DRS.M00100: token ••• has expired [status 403 Forbidden] (request r-1) — The token is missing, expired or not valid.
      drs config check finds out what is wrong with the credentials.
    "#);
    let shown = against("403 Forbidden", body, &["--output", "json"]);
    let error: Value = serde_json::from_str(&shown.stderr).unwrap();
    assert_eq!(error["error"]["error_code"], "DRS.M00100");
    assert_eq!((&error["error"]["status"], &error["error"]["request_id"]), (&json!("403"), &json!("r-1")));
}

#[test]
fn a_service_that_cannot_be_reached_is_exit_3() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let shown =
        run(drs(&["precheck", "results", "a", "--endpoint", &endpoint, "--project-id", "p"]).env("OS_TOKEN", "s3cr3t"));
    assert_eq!(shown.code, 3);
    assert!(shown.stderr.contains("cannot be reached"), "{}", shown.stderr);
}

#[test]
fn a_closed_pipe_is_not_a_failure() {
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin!("drs"))
        .args(["precheck", "results", crate::DDS, "--embedded", "--all"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Starts a server that reports on the tasks of the first request, and breaks the connection for every other one.
fn respond_to_the_first() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let request = read_request(&mut stream);
            if number > 0 || request.is_empty() {
                continue;
            }
            let (_, body) = request.split_once("\r\n\r\n").unwrap();
            let body: Value = serde_json::from_str(body).unwrap();
            let rows = body["jobs"].as_array().unwrap().iter().map(|id| passed(id.as_str().unwrap()));
            let body = json!({ "results": rows.collect::<Vec<_>>() }).to_string();
            let length = body.len();
            let head = format!(
                "HTTP/1.1 200 OK\r\nX-Request-Id: r-1\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
            );
            stream.write_all((head + &body).as_bytes()).unwrap();
        }
    });
    endpoint
}

#[test]
fn the_tasks_of_a_call_that_fails_have_its_error_and_the_others_their_report() {
    let ids: Vec<String> = (0..51).map(|number| format!("t{number}")).collect();
    let shown = |output: &str| {
        let endpoint = respond_to_the_first();
        let mut arguments = vec!["precheck", "results", "--endpoint", &endpoint, "--project-id", "p", "--retries", "0"];
        arguments.extend(["--output", output]);
        arguments.extend(ids.iter().map(String::as_str));
        let shown = run(drs(&arguments).env("OS_TOKEN", "s3cr3t"));
        assert_eq!(shown.code, 3, "{}", shown.stderr);
        shown.stdout
    };
    // Either of the two calls may be the first.
    let text = shown("text");
    assert!(text.contains("- the call failed: batch_check_results was sent to 127.0.0.1"), "{text}");
    assert!(
        text.contains("51 tasks: 50 passed, 1 unclear") || text.contains("51 tasks: 1 passed, 50 unclear"),
        "{text}"
    );
    let document: Value = serde_json::from_str(&shown("json")).unwrap();
    let failed = document["tasks"].as_array().unwrap().iter().filter(|task| task["verdict"] == "unclear");
    let failed: Vec<&Value> = failed.collect();
    assert!(failed.len() == 1 || failed.len() == 50, "{document}");
    for task in failed {
        assert!(task["error"]["message"].as_str().unwrap().contains("was sent to"), "{task}");
        assert_eq!((&task["decision"], &task["report"]), (&json!("unclear"), &json!(null)));
    }
    assert_eq!(document["source"]["request_ids"], json!(["r-1"]));
    let lines = shown("ndjson");
    assert_eq!(lines.lines().count(), 52);
    assert!(lines.lines().any(|line| line.contains(r#""error":{"message":"#)), "{lines}");
}
