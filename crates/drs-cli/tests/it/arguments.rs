//! Unusable arguments and input: an explanation, exit code 2, and nothing is sent.

use std::fs;

use insta::assert_snapshot;
use serde_json::Value;

use crate::{DDS, MYSQL, drs, run};

/// Returns the messages of a refused run.
fn refused(arguments: &[&str]) -> String {
    let shown = run(&mut drs(arguments));
    assert_eq!((shown.code, shown.stdout.as_str()), (2, ""), "{}", shown.stderr);
    shown.stderr
}

#[test]
fn a_missing_endpoint_project_and_credentials_are_reported_at_once() {
    assert_snapshot!(refused(&["precheck", "results", MYSQL]), @"
    error: the service cannot be reached without: endpoint, credentials, project
      endpoint: give --region NAME or --endpoint URL (or HW_REGION_NAME)
      credentials: give an access key (HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK), a user with a password (HW_USER_NAME, HW_USER_PASSWORD and HW_DOMAIN_NAME), or --token-file FILE (or HW_AUTH_TOKEN)
      project: give --project-id ID (or HUAWEICLOUD_SDK_PROJECT_ID), or --region NAME to have it looked up
      drs config show lists what is found, and drs config --help where it is looked for.
      To try it without an account, add --embedded for an emulator with the documented tasks.
    ");
}

#[test]
fn missing_credentials_are_reported_alone() {
    let shown = refused(&["precheck", "results", MYSQL, "--region", "eu-de"]);
    assert!(shown.starts_with("error: the service cannot be reached without: credentials\n"), "{shown}");
    assert!(!shown.contains("project:"), "{shown}");
}

#[test]
fn an_undocumented_region_needs_an_endpoint() {
    let shown = refused(&["precheck", "results", MYSQL, "--region", "atlantis"]);
    let expected =
        "error: no address is known for the region \"atlantis\" (--region); give the endpoint, or one of: cn-";
    assert!(shown.starts_with(expected), "{shown}");
}

#[test]
fn a_duplicate_task_is_refused_before_anything_is_sent() {
    assert_snapshot!(
        refused(&["precheck", "results", MYSQL, DDS, MYSQL, "--endpoint", "http://127.0.0.1:9", "--project-id", "p", "--token-file", token().path().to_str().unwrap()]),
        @r#"error: batch_check_results was not sent: /jobs/2: "140b5236-88ad-43c8-811c-1268453jb101" is a duplicate of /jobs/0"#
    );
}

#[test]
fn a_missing_task_is_refused_with_advice() {
    assert_snapshot!(refused(&["precheck", "results", "--embedded"]), @"
    error: no task is given
      Give the ids of tasks, or --from FILE with one id per line.
      The emulator has these tasks: a281f62f-4631-45d6-a2d3-679a9f4jb105, 140b5236-88ad-43c8-811c-1268453jb101
    ");
}

#[test]
fn an_unencrypted_endpoint_is_refused() {
    let token = token();
    let shown = refused(&[
        "precheck",
        "results",
        MYSQL,
        "--endpoint",
        "http://drs.example",
        "--project-id",
        "p",
        "--token-file",
        token.path().to_str().unwrap(),
    ]);
    assert_snapshot!(shown, @r#"error: the endpoint from --endpoint cannot be used: the endpoint "http://drs.example" would send credentials unencrypted (http is for this machine only); expected an address such as https://drs.eu-de.otc.t-systems.com"#);
}

#[test]
fn errors_are_json_when_the_output_is_json() {
    for arguments in [
        ["precheck", "results", MYSQL, "--output", "json"].as_slice(),
        &["precheck", "results", "--output=ndjson", "--no-such-flag"],
        &["precheck", "results", "", "--output", "json"],
    ] {
        let error: Value = serde_json::from_str(&refused(arguments)).unwrap();
        assert_eq!(error["error"]["exit"], 2);
        assert!(!error["error"]["message"].as_str().unwrap().is_empty());
    }
}

#[test]
fn ids_are_read_from_files_and_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jobs.txt");
    fs::write(&file, format!("\u{feff}# the MySQL one\r\n{MYSQL}\r\n\r\n")).unwrap();
    let shown = run(&mut drs(&["precheck", "results", DDS, "--from", file.to_str().unwrap(), "--embedded"]));
    assert!(shown.stdout.contains("\n2 tasks: 1 passed, 1 passed with alarms\n"), "{}", shown.stdout);
    let shown = run(drs(&["precheck", "results", "--from", "-", "--embedded"]).write_stdin(format!("{MYSQL}\n")));
    assert!(shown.stdout.contains("\n1 task: 1 passed\n"), "{}", shown.stdout);
}

#[test]
fn a_line_without_a_valid_id_is_reported_with_its_number() {
    let shown = run(drs(&["precheck", "results", "--from", "-", "--embedded"]).write_stdin(format!("{MYSQL}\na b\n")));
    assert_eq!(shown.code, 2);
    assert_snapshot!(shown.stderr, @r#"error: standard input, line 2: expected one id, found "a b""#);
    assert!(refused(&["precheck", "results", "--from", "no/such/file", "--embedded"]).contains("no/such/file"));
}

#[test]
fn the_embedded_emulator_and_an_endpoint_exclude_each_other() {
    let shown = refused(&["precheck", "results", MYSQL, "--embedded", "--endpoint", "https://drs.example"]);
    assert!(shown.contains("cannot be used with"), "{shown}");
}

/// A change of the command tree shows in review.
#[test]
fn the_help_of_every_command_is_unchanged() {
    for (name, arguments) in [
        ("help", [].as_slice()),
        ("help_precheck", &["precheck"]),
        ("help_precheck_results", &["precheck", "results"]),
        ("help_validate", &["validate"]),
        ("help_explain", &["explain"]),
        ("help_ops", &["ops"]),
        ("help_call", &["call"]),
        ("help_schema", &["schema"]),
        ("help_example", &["example"]),
        ("help_new", &["new"]),
        ("help_config", &["config"]),
        ("help_config_show", &["config", "show"]),
        ("help_config_check", &["config", "check"]),
        ("help_serve", &["serve"]),
    ] {
        let shown = run(drs(arguments).arg("--help").env("COLUMNS", "100"));
        assert_eq!(shown.code, 0);
        assert_snapshot!(name, shown.stdout);
    }
}

fn token() -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), "s3cr3t\n").unwrap();
    file
}
