//! Messages before a call is sent: about its body, its ids, its endpoint and its files.

use std::fs::{self, File};
use std::process::Stdio;

use insta::assert_snapshot;
use serde_json::Value;
use tempfile::TempDir;

use crate::service::{read_request, respond_once};
use crate::{MYSQL, drs, run};

/// Encodes a text as PowerShell and Notepad do.
fn in_utf16(text: &str) -> Vec<u8> {
    [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

#[test]
fn ten_findings_of_a_kind_are_listed_and_the_rest_is_counted() {
    let unknown: String = (0..25).map(|n| format!(", \"a{n}\": {n}")).collect();
    let body = format!(r#"{{"jobs": [{{"job_id": "{MYSQL}", "delete_type": "x"}}]{unknown}}}"#);
    let shown = run(drs(&["call", "batch_delete_jobs", "--embedded", "--json", "-"]).write_stdin(body));
    assert_eq!(shown.code, 2);
    let first = "error: standard input does not match the schema of batch_delete_jobs (26 errors); nothing was sent\n";
    assert!(shown.stderr.starts_with(first), "{}", shown.stderr);
    assert_eq!(shown.stderr.matches("error[DRS-V013] ").count(), 10, "{}", shown.stderr);
    assert!(shown.stderr.contains("\n  DRS-V013 and 15 more\n"), "{}", shown.stderr);
    assert!(shown.stderr.contains("error[DRS-V014] "), "{}", shown.stderr);
}

#[test]
fn a_body_that_is_not_json_is_refused_with_the_location_of_the_mistake() {
    let refused = |body: &str, fields: &[&str]| {
        let mut command = drs(&[&["call", "batch_delete_jobs", "--dry-run", "--json", "-"], fields].concat());
        let shown = run(command.write_stdin(body));
        assert_eq!((shown.code, shown.stdout.as_str()), (2, ""));
        shown.stderr
    };
    assert_snapshot!(refused("{\n  // é\n  \"jobs\": [1 2],\n}", &[]), @r#"
    error: standard input is not valid JSON; nothing was sent
      error[DRS-V001] syntax error: expected a comma or a closing bracket, found "2] \n}"
        --> standard input:3:14, /jobs of batch_delete_jobs.request (Table 3)
         |   "jobs": [1 2] 
         |              ^
    "#);
    let twice = "{ \"jobs\": [],\n  /* again */ \"jobs\": [] }";
    assert_snapshot!(refused(twice, &["--field", "jobs.0.job_id=x"]), @r#"
    error: standard input is not valid JSON; nothing was sent
      error[DRS-V006] duplicate key `jobs`
        --> standard input:2:15, /jobs of batch_delete_jobs.request (Table 3)
         |               "jobs": [] }
         |               ^^^^^^
      error[DRS-V019] too few items: expected at least 1 item, found 0
        --> standard input:2:23, /jobs of batch_delete_jobs.request (Table 3)
         |               "jobs": [] }
         |                       ^
    "#);
    assert_snapshot!(refused("// nothing\n", &[]), @"
    error: standard input is not valid JSON; nothing was sent
      error[DRS-V002] unexpected end of input: expected a value
        --> standard input:2:1, the body of batch_delete_jobs.request (Table 3)
         | 
         | ^
    ");
}

#[test]
fn an_integer_with_a_fraction_of_zero_is_drift_and_is_sent() {
    let body = format!(r#"{{"jobs": ["{MYSQL}"], "page_req": {{"cur_page": 1.0, "per_page": 5}}}}"#);
    let call = ["call", "batch_list_job_status", "--embedded", "--dry-run", "--json", "-"];
    let shown = run(drs(&call).write_stdin(body));
    assert_eq!(shown.code, 0, "{}", shown.stderr);
}

#[test]
fn a_finding_in_a_file_has_its_line_and_column() {
    let folder = TempDir::new().unwrap();
    let body =
        "{\n  // é: comments stay\n  \"jobs\": [\n    { \"job_id\": \"é\", \"delete_type\": \"x\" },\n    {}\n  ]\n}\n";
    let utf8 = [b"\xef\xbb\xbf", body.as_bytes()].concat();
    let said = |bytes: &[u8]| {
        fs::write(folder.path().join("body.json"), bytes).unwrap();
        let mut command = drs(&["call", "batch_delete_jobs", "--embedded", "--json", "body.json"]);
        run(command.current_dir(folder.path())).stderr
    };
    assert_eq!(said(&utf8), said(body.as_bytes()));
    assert_eq!(said(&in_utf16(body)), said(body.as_bytes()));
    assert_snapshot!(said(body.as_bytes()), @r#"
    error: body.json does not match the schema of batch_delete_jobs (3 errors); nothing was sent
      error[DRS-V014] unlisted value: expected "terminate", "force_terminate", "delete" or "roll_back_upgrade_active_standby", found "x"
        --> body.json:4:37, /jobs/0/delete_type of batch_delete_jobs.request (Table 4, DeleteJobReq)
         |     { "job_id": "é", "delete_type": "x" },
         |                                     ^^^
      error[DRS-V012] missing field `delete_type`
        --> body.json:5:5, /jobs/1/delete_type of batch_delete_jobs.request (Table 4, DeleteJobReq)
         |     {}
         |     ^
      error[DRS-V012] missing field `job_id`
        --> body.json:5:5, /jobs/1/job_id of batch_delete_jobs.request (Table 4, DeleteJobReq)
         |     {}
         |     ^
      The schema: drs schema batch_delete_jobs.request
    "#);
}

#[test]
fn files_are_read_with_a_byte_order_mark_and_in_utf16() {
    let folder = TempDir::new().unwrap();
    let (token, ids) = (folder.path().join("token"), folder.path().join("ids"));
    let marked = |text: &str| format!("\u{feff}{text}").into_bytes();
    for write in [marked, in_utf16 as fn(&str) -> Vec<u8>] {
        fs::write(&token, write("t0ken\r\n")).unwrap();
        fs::write(&ids, write(&format!("# one\r\n{MYSQL}\r\n"))).unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || read_request(&mut listener.accept().unwrap().0));
        let mut command = drs(&["precheck", "results", "--endpoint", &endpoint, "--project-id", "p"]);
        run(command.arg("--from").arg(&ids).arg("--token-file").arg(&token));
        let request = server.join().unwrap();
        assert!(request.to_lowercase().contains("\r\nx-auth-token: t0ken\r\n"), "{request}");
        assert!(request.ends_with(&format!(r#"{{"jobs":["{MYSQL}"]}}"#)), "{request}");
    }
    fs::write(&ids, b"caf\xe9\n").unwrap();
    let shown = run(drs(&["precheck", "results", "--embedded", "--from"]).arg(&ids));
    assert_eq!(shown.code, 2);
    assert!(shown.stderr.contains("invalid UTF-8 at byte 3; expected UTF-8, or UTF-16 with"), "{}", shown.stderr);
}

#[test]
fn an_id_of_another_form_than_the_documented_ones_is_noted_and_sent() {
    let noted = |ids: &[&str]| {
        let endpoint = respond_once("200 OK", r#"{"results":[]}"#.to_owned());
        let mut command = drs(&["precheck", "results", "--endpoint", &endpoint, "--project-id", "p"]);
        run(command.args(ids).env("OS_TOKEN", "t0ken")).stderr
    };
    assert_eq!(noted(&[MYSQL, crate::DDS, "0ABCdef1-88ad-43c8-811c-12684533jb9f"]), "");
    assert_snapshot!(noted(&["140b5236-88ad-43c8-811c-1268453ab101", MYSQL]), @r#"note: the id "140b5236-88ad-43c8-811c-1268453ab101" has another form than the documented ids, such as a281f62f-4631-45d6-a2d3-679a9f4jb105"#);
    assert_snapshot!(noted(&["1", "2", "3", "4", "5"]), @r#"note: the ids "1", "2", "3" and 2 more have another form than the documented ids, such as a281f62f-4631-45d6-a2d3-679a9f4jb105"#);
    let arguments = ["call", "show_switch_vip_status", "--embedded", "--dry-run", "--field", "job_id=x"];
    assert!(run(&mut drs(&arguments)).stderr.contains("note: the id \"x\" has another form"));
    let arguments = ["call", "batch_delete_jobs", "--embedded", "--dry-run"];
    let fields = ["--field", "jobs.0.job_id=y", "--field", "jobs.0.delete_type=delete"];
    assert!(run(drs(&arguments).args(fields)).stderr.contains("note: the id \"y\" has another form"));
}

#[test]
fn an_endpoint_with_version_and_project_is_refused() {
    let shown =
        run(drs(&["precheck", "results", MYSQL, "--endpoint", "https://drs.example/v3/p", "--project-id", "p"])
            .env("OS_TOKEN", "t0ken"));
    assert_eq!(shown.code, 2);
    assert_snapshot!(shown.stderr, @r#"error: the endpoint "https://drs.example/v3/p" ends in "/v3/p", which every call adds; omit it"#);
}

#[test]
fn a_secret_in_a_response_is_masked() {
    let example = run(&mut drs(&["example", "batch_validate_connections"])).stdout;
    let mut body: Value = serde_json::from_str(&example).unwrap();
    body["jobs"][0]["db_password"] = r#"p"w"#.into();
    let against = |status: &str, response: Value| {
        let endpoint = respond_once(status, response.to_string());
        let mut command = drs(&["call", "batch_validate_connections", "--endpoint", &endpoint, "--project-id", "p"]);
        let shown = run(command.args(["--json", "-"]).env("OS_TOKEN", "t0k3n").write_stdin(body.to_string()));
        let all = shown.stdout + &shown.stderr;
        assert!(all.contains("using •••") && all.contains("with •••"), "{all}");
        assert!(!all.contains("t0k3n") && !all.contains("p\"w") && !all.contains("p\\\"w"), "{all}");
    };
    let said = r#"using p"w with t0k3n"#;
    against("500 Internal Server Error", serde_json::json!({ "msg": said }));
    against("400 Bad Request", serde_json::json!({ "error_code": "DRS.M00202", "error_msg": said }));
    against("202 Accepted", serde_json::json!({ "count": 1, "results": [{ "id": "1", "error_msg": said }] }));
}

#[test]
fn the_reason_for_an_unsent_call_is_printed_once() {
    let shown = run(&mut drs(&["call", "show_switch_vip_status", "--embedded", "--field", "job_id=."]));
    assert_eq!(shown.code, 2);
    assert_eq!(shown.stderr.matches("needs a usable value").count(), 1, "{}", shown.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_written_is_an_error_in_the_requested_format() {
    let full = |arguments: &[&str]| {
        let output = std::process::Command::new(assert_cmd::cargo::cargo_bin!("drs"))
            .args(arguments)
            .stdout(Stdio::from(File::options().write(true).open("/dev/full").unwrap()))
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(3), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    for arguments in [["ops", "--output", "json"].as_slice(), &["validate", "--output", "sarif", "Cargo.toml"]] {
        let said = full(arguments);
        let error: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
        let message = error["error"]["message"].as_str().unwrap();
        assert!(message.starts_with("the result cannot be written: No space left"), "{message}");
    }
    assert!(full(&["ops"]).starts_with("error: the result cannot be written: No space left"));
    assert!(full(&["--help"]).starts_with("error: the result cannot be written: No space left"));
}
