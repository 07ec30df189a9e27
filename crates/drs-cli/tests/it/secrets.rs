//! Marked secrets in every source are in no output, also when service and IAM send back all that they receive.

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use drs_auth::sources::{Setting, variables};
use serde_json::json;
use tempfile::TempDir;

use crate::service::{read_request, respond_with};
use crate::{MYSQL, drs, run};

/// The beginning of every secret. The rest has characters that formats escape.
const MARK: &str = "m4rk3d";

/// A server that sends back all that it receives, a secret also as the id of the request. As IAM it issues a marked token,
/// or refuses.
fn echoing(issues_tokens: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let request = read_request(&mut stream);
            let is_login = request.starts_with("POST /v3/auth/tokens");
            let head = request.split("\r\n\r\n").next().unwrap();
            let message = format!("{request} {}", BASE64_STANDARD.encode(&request));
            let body = json!({ "error_code": "APIGW.0301", "error_msg": message, "detail": request }).to_string();
            let (status, token) = if is_login && issues_tokens {
                ("201 Created", format!("X-Subject-Token: {MARK}-issued\r\n"))
            } else {
                ("401 Unauthorized", String::new())
            };
            let secret =
                head.lines().find_map(|line| line.split_once(": ").filter(|(_, value)| value.starts_with(MARK)));
            let id = secret.map_or("r-1", |(_, value)| value);
            let (id, length) = (format!("X-Request-Id: {id}\r\n"), body.len());
            let head = format!("HTTP/1.1 {status}\r\n{token}{id}Connection: close\r\nContent-Length: {length}\r\n\r\n");
            let _ = stream.write_all((head + &body).as_bytes());
        }
    });
    endpoint
}

/// Fails when a secret is in the output, whole or encoded.
fn assert_clean(output: &str, context: &str) {
    let encoded = BASE64_STANDARD.encode(MARK);
    for form in [MARK, encoded.trim_end_matches('=')] {
        assert!(!output.contains(form), "{context}: {output}");
    }
}

/// Runs every command that uses credentials.
fn assert_no_output_has_secrets(environment: &[(&str, &str)], folder: &TempDir, more: &[&str], context: &str) {
    let jobs = format!("jobs:=[\"{MYSQL}\"]");
    let call = ["call", "batch_check_results", "--field", &jobs];
    let commands: [&[&str]; 8] = [
        &["config", "show"],
        &["config", "show", "--output", "json"],
        &["config", "check", "-v"],
        &["precheck", "results", MYSQL, "-v"],
        &["precheck", "results", MYSQL, "--output", "json"],
        &[&call[..], &["-v"]].concat(),
        &[&call[..], &["--dry-run"]].concat(),
        &[&call[..], &["--dry-run=curl"]].concat(),
    ];
    for command in commands {
        let mut process = drs(&[command, more].concat());
        let shown = run(process.envs(environment.iter().copied()).env("HOME", folder.path()).current_dir(folder));
        assert!(matches!(shown.code, 0 | 2 | 3), "{context}: {}", shown.stderr);
        assert_clean(&(shown.stdout + &shown.stderr), &format!("{context}, {command:?}"));
    }
}

fn secret(setting: Setting) -> String {
    format!("{MARK}-{}-\"+/%", setting.name().replace(' ', "-"))
}

#[test]
fn secrets_of_variables_are_in_no_output() {
    let folder = TempDir::new().unwrap();
    for issues_tokens in [true, false] {
        let endpoint = echoing(issues_tokens);
        let place = ["--endpoint", &endpoint, "--iam-endpoint", &endpoint, "--region", "eu-de"];
        for prefix in ["HUAWEICLOUD_SDK_", "HW_", "OS_"] {
            let of = |setting| variables(setting).find(|name| name.starts_with(prefix)).map(|name| (name, setting));
            let kinds: [&[Setting]; 3] = [
                &[Setting::Token],
                &[Setting::AccessKey, Setting::SecretKey, Setting::SecurityToken],
                &[Setting::User, Setting::Password, Setting::Domain],
            ];
            for settings in kinds {
                let named: Vec<(&str, Setting)> = settings.iter().copied().filter_map(of).collect();
                let value = |setting: Setting| if setting.is_secret() { secret(setting) } else { "name".to_owned() };
                let values: Vec<(&str, String)> =
                    named.into_iter().map(|(name, setting)| (name, value(setting))).collect();
                let all: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
                assert_no_output_has_secrets(&all, &folder, &place, &format!("{all:?}"));
                // Half of the credentials.
                for one in all.iter().filter(|(_, value)| value.starts_with(MARK)) {
                    assert_no_output_has_secrets(&[*one], &folder, &place, &format!("only {one:?}"));
                }
            }
        }
    }
}

#[test]
fn secrets_of_files_are_in_no_output() {
    let folder = TempDir::new().unwrap();
    let endpoint = echoing(true);
    let place = ["--endpoint", &endpoint, "--iam-endpoint", &endpoint, "--region", "eu-de"];
    let token = folder.path().join("token");
    fs::write(&token, secret(Setting::Token)).unwrap();
    let with_token = [&place[..], &["--token-file", token.to_str().unwrap()]].concat();
    assert_no_output_has_secrets(&[], &folder, &with_token, "the token file");

    let sk = secret(Setting::SecretKey);
    let credentials = folder.path().join("credentials");
    let variable = [("HUAWEICLOUD_SDK_CREDENTIALS_FILE", credentials.to_str().unwrap())];
    for text in [
        format!("[basic]\nak = AK\nsk = {sk}\nsecurity_token = {}\n", secret(Setting::SecurityToken)),
        format!("[basic]\nsk = {sk}\n"),
        format!("[basic\nsk = {sk}\n"),
        format!("[basic]\n{sk}\n"),
    ] {
        fs::write(&credentials, &text).unwrap();
        assert_no_output_has_secrets(&variable, &folder, &place, &text);
    }

    let password = serde_json::to_string(&secret(Setting::Password)).unwrap();
    for text in [
        format!("clouds: {{ c: {{ auth: {{ username: u, password: {password}, domain_name: d }} }} }}"),
        format!("clouds: {{ c: {{ auth: {{ ak: k, sk: {password} }} }} }}"),
        format!("clouds: {{ c: {{ auth: {{ token: {password} }} }} }}"),
        format!("clouds: {{ c: {{ auth: {{ password: {password} }} }} }}"),
        format!("clouds: {{ c: {{ auth: {password} }} }}"),
        format!("clouds: [ {password}"),
    ] {
        fs::write(folder.path().join("clouds.yaml"), &text).unwrap();
        assert_no_output_has_secrets(&[("OS_CLOUD", "c")], &folder, &place, &text);
    }
}

/// The service sends back the head of the request inside a result, in each string that reports show.
#[test]
fn secrets_that_come_back_in_results_are_in_no_report() {
    let respond = |request: &str| {
        let head = request.split("\r\n\r\n").next().unwrap();
        let item = json!({ "item": "dstDbDiskSize", "result": "FAILED", "failed_reason": "NO_SPACE",
            "raw_error_msg": head, "data": head });
        let failed = json!({ "precheck_id": "failed", "process": "100%", "result": false, "total_passed_rate": "0%",
            "precheck_result": [item] });
        let refused = json!({ "precheck_id": "refused", "error_code": "DRS.M00289", "error_msg": head });
        (200, String::new(), json!({ "count": 2, "results": [failed, refused] }).to_string())
    };
    let folder = TempDir::new().unwrap();
    let kinds: [&[Setting]; 2] = [&[Setting::Token], &[Setting::AccessKey, Setting::SecretKey, Setting::SecurityToken]];
    for settings in kinds {
        let formats = ["text", "json", "ndjson", "junit", "sarif", "markdown", "html"];
        let reports: Vec<_> = formats.iter().map(|format| folder.path().join(format)).collect();
        let mut command = drs(&["precheck", "gate", "failed", "refused", "--all", "-v", "--project-id", "p"]);
        command.args(["--endpoint", &respond_with(respond)]);
        for setting in settings {
            let name = variables(*setting).find(|name| name.starts_with("HW_")).unwrap();
            command.env(name, if setting.is_secret() { secret(*setting) } else { "name".to_owned() });
        }
        for (format, file) in formats.iter().zip(&reports) {
            command.arg("--report").arg(format!("{format}={}", file.display()));
        }
        let shown = run(&mut command);
        assert_eq!(shown.code, 3, "{}", shown.stderr);
        assert_clean(&(shown.stdout + &shown.stderr), "the output");
        for file in &reports {
            let report = fs::read_to_string(file).unwrap();
            assert!(report.contains("refused") && report.contains('•'), "{}: {report}", file.display());
            assert_clean(&report, &file.display().to_string());
        }
    }
}
