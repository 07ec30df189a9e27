//! A closed pipe does not change the exit code.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use crate::MYSQL;

/// Returns the exit code of `drs` when the reader has closed its output.
fn unread(arguments: &[&str], input: &str) -> Option<i32> {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("drs"));
    command.env_clear().args(arguments).stdin(Stdio::piped()).stdout(writer).stderr(Stdio::null());
    let mut process = command.spawn().unwrap();
    // A command without input may end before the input is written.
    let _ = process.stdin.take().unwrap().write_all(input.as_bytes());
    process.wait().unwrap().code()
}

#[test]
fn findings_fail_a_run_in_every_format_when_the_pipe_is_closed() {
    let response = ["--as", "batch_check_results.response"];
    for format in ["text", "json", "ndjson", "sarif", "junit", "github"] {
        let exit = |input: &str, more: &[&str]| {
            unread(&[&["validate", "-", "--output", format], &response[..], more].concat(), input)
        };
        assert_eq!(exit(r#"{"count":"1"}"#, &[]), Some(1), "{format}");
        assert_eq!(exit(r#"{"count":1}"#, &[]), Some(0), "{format}");
        assert_eq!(exit(r#"{"count":1,"new":1}"#, &["--fail-on", "drift"]), Some(1), "{format}");
        assert_eq!(exit(r#"{"count":"1"}"#, &["no/such/file.json"]), Some(2), "{format}");
        // The input is larger than every buffer, and its only error is at the end.
        let lines = "{\"count\":1,\"new\":1}\n".repeat(2000) + "{\"count\":\"1\"}\n";
        assert_eq!(exit(&lines, &["--all"]), Some(1), "{format}");
    }
}

#[test]
fn the_exit_code_of_every_command_is_the_same_with_a_closed_pipe() {
    let unknown = "00000000-0000-0000-0000-0000000jb000";
    for format in ["text", "json", "ndjson"] {
        let asked = |id| unread(&["precheck", "results", id, "--embedded", "--output", format], "");
        assert_eq!((asked(MYSQL), asked(unknown)), (Some(0), Some(3)), "{format}");
    }
    let job = format!("jobs.0.job_id={unknown}");
    let deleted =
        ["call", "batch_delete_jobs", "--field", &job, "--field", "jobs.0.delete_type=terminate", "--embedded"];
    assert_eq!(unread(&deleted, ""), Some(1));
    assert_eq!(unread(&[&deleted[..], &["--raw"]].concat(), ""), Some(1));
    for arguments in [
        &["ops"][..],
        &["ops", "--output", "json"],
        &["schema", "batch_check_results"],
        &["example", "batch_check_results"],
        &["new", "batch_start_jobs"],
        &["--help"],
        &["--version"],
    ] {
        assert_eq!(unread(arguments, ""), Some(0), "{arguments:?}");
    }
    assert_eq!(unread(&["schema", "nothing"], ""), Some(2));
}

#[test]
fn an_open_input_pipe_is_not_read_for_ever_after_the_output_is_closed() {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("drs"));
    command.args(["validate", "--as", "batch_check_results.response", "--output", "ndjson"]);
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut pipe = process.stdin.take().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap());
    writeln!(pipe, "{{\"count\":\"x\"}}").unwrap();
    lines.read_line(&mut String::new()).unwrap();
    drop(lines);
    while writeln!(pipe, "{{\"count\":\"x\"}}").is_ok() {}
    assert_eq!(process.wait().unwrap().code(), Some(1));
}
