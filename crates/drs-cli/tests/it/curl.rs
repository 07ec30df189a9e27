//! `drs call --dry-run=curl`: the command line is the request, as a shell reads it.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;

use drs_emulator::{demo_access_key, project_id};
use insta::assert_snapshot;
use tempfile::TempDir;

use crate::serve::Serving;
use crate::{MYSQL, drs, run};

/// Returns the arguments that a shell gives to curl.
fn arguments(line: &str, folder: &TempDir) -> Vec<String> {
    let script = format!("curl() {{ printf '%s\\0' \"$@\"; }}\n{line}");
    let output =
        Command::new("sh").args(["-c", &script]).env("OS_TOKEN", "t0ken").current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{line}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_terminator('\0').map(str::to_owned).collect()
}

/// Sends what curl would send; returns the response.
fn sent(line: &str, folder: &TempDir) -> String {
    let arguments = arguments(line, folder);
    let [flag, method, url, ..] = arguments.as_slice() else { panic!("{line}") };
    assert_eq!(flag, "-X");
    let (address, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let of = |flag: &str| {
        let pairs = arguments[3..].chunks(2).filter(|pair| pair[0] == flag);
        pairs.map(|pair| pair[1].clone()).collect::<Vec<_>>()
    };
    let body = of("--data-binary").pop().unwrap_or_default();
    let body = match body.strip_prefix('@') {
        Some(file) => fs::read_to_string(folder.path().join(file)).unwrap(),
        None => body,
    };
    let mut stream = TcpStream::connect(address).unwrap();
    let headers = of("-H").join("\r\n");
    let length = body.len();
    write!(stream, "{method} /{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n").unwrap();
    write!(stream, "Content-Length: {length}\r\n{headers}\r\n\r\n{body}").unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response
}

#[test]
fn a_signed_command_line_is_accepted_with_the_body_in_it_or_in_a_file() {
    let (emulator, folder, key) = (Serving::start(), TempDir::new().unwrap(), demo_access_key());
    let endpoint = format!("http://{}", emulator.address);
    let body = format!("{{\n  \"jobs\": [\"{MYSQL}\"]\n}}\n");
    fs::write(folder.path().join("it's plain.json"), &body).unwrap();
    fs::write(folder.path().join("commented.json"), format!("// é 'quoted'\n{body}")).unwrap();
    for (file, is_file) in [("it's plain.json", true), ("commented.json", false)] {
        let mut command = drs(&["call", "batch_check_results", "--dry-run=curl", "--endpoint", &endpoint]);
        command.args(["--project-id", project_id(), "--json", file]).current_dir(&folder);
        let shown = run(command.env("HW_ACCESS_KEY", &key.access).env("HW_SECRET_KEY", key.secret.expose()));
        assert_eq!(shown.code, 0, "{}", shown.stderr);
        assert_eq!(shown.stdout.contains("--data-binary '@"), is_file, "{}", shown.stdout);
        assert!(shown.stderr.contains("the signature is valid for 15 minutes"), "{}", shown.stderr);
        let response = sent(&shown.stdout, &folder);
        assert!(response.starts_with("HTTP/1.1 200"), "{}\n{response}", shown.stdout);
    }
}

#[test]
fn a_token_is_a_variable_of_the_shell() {
    let (emulator, folder) = (Serving::start(), TempDir::new().unwrap());
    let endpoint = format!("http://{}", emulator.address);
    let field = format!("jobs:=[\"{MYSQL}\"]");
    let mut command = drs(&["call", "batch_check_results", "--dry-run=curl", "--endpoint", &endpoint]);
    let shown = run(command.args(["--project-id", project_id(), "--field", &field]).env("OS_TOKEN", "t0ken"));
    let _stable = crate::stable();
    assert_snapshot!(shown.stdout, @r#"
    curl -X POST 'http://127.0.0.1:PORT/v3/054ba152d480d55b2f5dc0069e7ddef0/jobs/batch-precheck-result' \
      -H 'content-type: application/json' \
      -H "X-Auth-Token: $OS_TOKEN" \
      --data-binary '{"jobs":["140b5236-88ad-43c8-811c-1268453jb101"]}'
    "#);
    assert_snapshot!(shown.stderr, @"
    note: nothing was sent; secrets are masked
    note: $OS_TOKEN stands for the token
    ");
    assert!(arguments(&shown.stdout, &folder).contains(&"X-Auth-Token: t0ken".to_owned()), "{}", shown.stdout);
    assert!(sent(&shown.stdout, &folder).starts_with("HTTP/1.1 200"));
}

#[test]
fn secrets_of_the_body_are_masked_unless_a_file_has_them() {
    let folder = TempDir::new().unwrap();
    let example = run(&mut drs(&["example", "batch_validate_connections"])).stdout;
    let secret = serde_json::from_str::<serde_json::Value>(&example).unwrap()["jobs"][0]["db_password"].clone();
    fs::write(folder.path().join("body.json"), &example).unwrap();
    let command = ["call", "batch_validate_connections", "--dry-run=curl", "--embedded", "--json"];
    let inline = run(drs(&command).arg("-").write_stdin(example));
    let file = run(drs(&command).arg("body.json").current_dir(&folder));
    for shown in [&inline, &file] {
        assert_eq!(shown.code, 0, "{}", shown.stderr);
        assert!(!shown.stdout.contains(secret.as_str().unwrap()), "{}", shown.stdout);
    }
    assert!(inline.stderr.contains("this command cannot be used"), "{}", inline.stderr);
    assert!(file.stdout.ends_with("'@body.json'\n"), "{}", file.stdout);
}

#[test]
fn an_unknown_endpoint_and_project_are_placeholders() {
    let mut command = drs(&["call", "switch_vip", "--dry-run=curl", "--field", "job_id=x", "--field", "mode=target"]);
    let shown = run(command.env("OS_USERNAME", "u").env("OS_PASSWORD", "s3cr3t").env("OS_DOMAIN_NAME", "d"));
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    assert_snapshot!(shown.stdout, @r#"
    curl -X POST 'https://ENDPOINT/v3/PROJECT_ID/jobs/x/switch-vip' \
      -H 'content-type: application/json' \
      -H "X-Auth-Token: $OS_TOKEN" \
      --data-binary '{"mode":"target"}'
    "#);
    assert_snapshot!(shown.stderr, @r#"
    note: the id "x" has another form than the documented ids, such as a281f62f-4631-45d6-a2d3-679a9f4jb105
    note: nothing was sent; secrets are masked
    note: ENDPOINT is a placeholder; --region or --endpoint replaces it
    note: PROJECT_ID is a placeholder; --project-id replaces it
    note: $OS_TOKEN stands for the token
    "#);
}
