//! `drs validate`: its input, its output and its exit codes.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::Stdio;

use assert_cmd::Command;
use insta::assert_snapshot;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{Run, drs, run};

const URL: &str = "https://drs.example/v3/p/jobs/batch-precheck-result";
const RESPONSE: &str = "batch_check_results.response";
const ID: &str = "140b5236-88ad-43c8-811c-1268453jb101";

/// Captures with findings of many kinds, one per line.
fn captures() -> String {
    let response =
        json!({ "count": 1, "results": [{ "precheck_id": ID, "is_skipped": true, "job_direction": "sideways" }] });
    let lines = [
        json!({ "key": "r1", "url": URL, "status": 200, "request": { "jobs": [ID] }, "response": response })
            .to_string(),
        json!({ "key": "r2", "url": URL, "request": "{\"jobs\":[]}", "response": "{\"count\":\"one\"}" }).to_string(),
        json!({ "key": "r3", "url": "https://other.example/", "request": {}, "response": {} }).to_string(),
        "{\"key\":\"r4\",\"count\":1".to_owned(),
        json!({ "key": "r5", "what": "ever" }).to_string(),
    ];
    lines.join("\n") + "\n"
}

fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("captures.ndjson"), captures()).unwrap();
    folder
}

/// Creates a command in a folder, so that the output has no path of this machine.
fn validate(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = drs(&["validate"]);
    command.args(arguments).current_dir(folder);
    command
}

fn validated(folder: &TempDir, arguments: &[&str]) -> Run {
    run(&mut validate(folder.path(), arguments))
}

fn ndjson(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn findings_are_shown_with_their_source_and_a_summary() {
    let shown = validated(&folder(), &["captures.ndjson", "--key", "/key"]);
    assert_eq!((shown.code, shown.stderr.as_str()), (1, ""));
    assert_snapshot!(shown.stdout);
}

#[test]
fn the_documented_payloads_are_clean() {
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/**/examples");
    for fast in [&[][..], &["--no-fast-path"]] {
        let shown = run(drs(&["validate", examples, "--fail-on", "drift"]).args(fast));
        assert_eq!(shown.code, 0, "{}", shown.stdout);
        assert!(shown.stdout.ends_with(": 0 errors, 0 drift\n"), "{}", shown.stdout);
    }
}

#[test]
fn fail_on_selects_the_findings_that_fail() {
    let folder = folder();
    let drift = r#"{"count":1,"is_new":1}"#;
    for (text, fail_on, code) in
        [(drift, "error", 0), (drift, "drift", 1), (r#"{"count":"1"}"#, "error", 1), (r#"{"count":"1"}"#, "never", 0)]
    {
        fs::write(folder.path().join("one.json"), text).unwrap();
        assert_eq!(
            validated(&folder, &["one.json", "--as", RESPONSE, "--fail-on", fail_on]).code,
            code,
            "{text} {fail_on}"
        );
    }
}

#[test]
fn an_unreadable_input_does_not_hide_findings_in_the_others() {
    let folder = folder();
    let shown = validated(&folder, &["missing.json", "captures.ndjson", "--output", "ndjson"]);
    assert_eq!(shown.code, 2);
    let error: Value = serde_json::from_str(&shown.stderr).unwrap();
    let message = error["error"]["message"].as_str().unwrap();
    assert!(message.starts_with("missing.json cannot be read: "), "{message}");
    assert_eq!(ndjson(&shown.stdout).len(), 5);
}

#[test]
fn a_pipe_is_validated_as_the_arguments_say() {
    let folder = folder();
    let codes = |arguments: &[&str], text: &str| {
        let output =
            validate(folder.path(), arguments).args(["--output", "ndjson"]).write_stdin(text).output().unwrap();
        let found = ndjson(&String::from_utf8(output.stdout).unwrap());
        found.iter().map(|row| format!("{} {}", row["source"], row["code"])).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(codes(&[], r#"{"results":[{"total_passed_rate":"most"}]}"#), r#""-" "DRS-V016""#);
    assert_eq!(codes(&[], r#"{"jobs":[7]}"#), r#""-" "DRS-V011""#);
    assert_eq!(codes(&[], r#"{"error_code":"XX.0001","error_msg":"no"}"#), r#""-" "DRS-V014""#);
    assert_eq!(codes(&["-", "--as", "batch_check_results.request"], "{}"), r#""-" "DRS-V012""#);
    assert_eq!(
        codes(&["--as", "batch_check_results.response", "--status", "400"], r#"{"error_code":1}"#),
        r#""-" "DRS-V011""#
    );
    assert_eq!(codes(&["--as", "batch_check_results.response", "--status", "302"], "{}"), r#""-" "DRS-V023""#);
    assert_eq!(codes(&["--format", "ndjson"], "{\"jobs\":\n"), r#""-" "DRS-V002""#);
}

#[test]
fn folders_patterns_and_compressed_files_are_read() {
    let folder = folder();
    fs::create_dir_all(folder.path().join("a/b")).unwrap();
    let captures = captures();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(captures.as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    let zstd = ruzstd::encoding::compress_to_vec(captures.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
    fs::write(folder.path().join("a/b/c.ndjson.gz"), &gzip).unwrap();
    fs::write(folder.path().join("a/named-by-nobody"), &zstd).unwrap();
    fs::write(folder.path().join("a/d.json.zst"), &zstd).unwrap();
    let sources = |arguments: &[&str]| {
        let shown = validated(&folder, &[arguments, &["--output", "ndjson"]].concat());
        let mut sources: Vec<String> = ndjson(&shown.stdout).iter().map(|row| row["source"].to_string()).collect();
        sources.dedup();
        sources.join(" ")
    };
    assert_eq!(sources(&["a"]), r#""a/b/c.ndjson.gz" "a/d.json.zst""#);
    assert_eq!(sources(&["**/*.gz", "a/named-by-nobody"]), r#""a/b/c.ndjson.gz" "a/named-by-nobody""#);
    fs::write(folder.path().join("a/b/c.ndjson.gz"), &gzip[..gzip.len() - 9]).unwrap();
    let shown = validated(&folder, &["a/b"]);
    assert_eq!(shown.code, 2, "a file that breaks off is reported");
    assert!(shown.stderr.contains("c.ndjson.gz cannot be read"), "{}", shown.stderr);
    assert_eq!(validated(&folder, &["nothing/**/*.json"]).code, 2);
}

#[test]
fn threads_and_the_fast_path_do_not_change_the_findings() {
    let folder = TempDir::new().unwrap();
    let clean = json!({ "count": 0, "results": [], "filler": "x".repeat(2000) }).to_string() + "\n";
    fs::write(folder.path().join("large.ndjson"), (captures() + &clean.repeat(20)).repeat(100)).unwrap();
    let shown = |arguments: &[&str]| validated(&folder, &[&["large.ndjson", "--all"], arguments].concat()).stdout;
    let one = shown(&["--threads", "1"]);
    assert!(one.contains("2500 records"), "{}", &one[one.len() - 300..]);
    assert_eq!(one, shown(&["--threads", "3"]));
    assert_eq!(one, shown(&["--no-fast-path"]));
}

#[test]
fn a_folder_may_have_broken_links_links_to_itself_and_pipes() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    std::os::unix::fs::symlink(".", path("itself")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(path("pipe.json")).status().unwrap();
    assert!(made.success());
    let shown = validated(&folder, &["."]);
    assert_eq!((shown.code, shown.stderr.as_str()), (1, ""));
    assert!(shown.stdout.contains("1  skipped file with another name: "), "{}", shown.stdout);
    std::os::unix::fs::symlink("nowhere", path("broken.json")).unwrap();
    let shown = validated(&folder, &["."]);
    assert_eq!(shown.code, 2, "an input that is not there is reported");
    assert_eq!(shown.stderr, "error: ./broken.json cannot be read: No such file or directory (os error 2)\n");
}

#[test]
fn a_run_that_validates_nothing_is_not_clean() {
    let folder = TempDir::new().unwrap();
    let entry = json!({ "request": { "method": "POST", "url": URL, "bodySize": -1 }, "response": { "status": 200, "content": { "size": 9 } } });
    let foreign = json!({ "request": { "url": "https://other.example/" } });
    let har = json!({ "log": { "entries": [entry, foreign] } });
    fs::write(folder.path().join("a.har"), har.to_string()).unwrap();
    let shown = validated(&folder, &["a.har"]);
    assert_eq!(shown.code, 2);
    assert_snapshot!(shown.stdout, @"
           1  record of another call
           2  bodies that were not recorded
           1  input without a payload: a.har
    2 records in 1 input, 217 B: nothing was validated
    ");
}

#[test]
fn findings_of_ever_new_fields_are_shown_up_to_a_limit() {
    let folder = TempDir::new().unwrap();
    let lines: String = (0..1200).map(|number| format!("{{\"count\":1,\"x{number}\":1}}\n")).collect();
    fs::write(folder.path().join("many.ndjson"), lines).unwrap();
    let shown = |all: &[&str]| {
        validated(&folder, &[&["many.ndjson", "--as", "batch_check_results.response"], all].concat()).stdout
    };
    assert_eq!(shown(&[]).matches("drift[DRS-V013]").count(), 1000);
    assert!(shown(&[]).contains("200 more findings like these; --all shows them."));
    assert_eq!(shown(&["--all"]).matches("drift[DRS-V013]").count(), 1200);
}

#[test]
fn arguments_that_contradict_each_other_are_refused() {
    let refused = |arguments: &[&str]| {
        let shown = validated(&folder(), arguments);
        assert_eq!((shown.code, shown.stdout.as_str()), (2, ""));
        shown.stderr.lines().next().unwrap_or_default().to_owned()
    };
    assert_snapshot!(refused(&["captures.ndjson", "--key", "id"]), @"error: invalid value 'id' for '--key <POINTER>': a JSON Pointer starts with a slash; write /id");
    assert_snapshot!(refused(&["captures.ndjson", "--status", "400", "--as", "batch_check_results.request"]), @"error: --status is the status of a response, but --as names a request");
}

#[test]
fn an_unknown_body_is_refused() {
    for (name, message) in [
        ("batch_check_result.response", r#"unknown operation "batch_check_result"; did you mean batch_check_results?"#),
        ("nothing.response", r#"unknown operation "nothing"; known are "#),
        ("batch_check_results.answer", r#""answer" is neither request nor response"#),
    ] {
        let shown = validated(&folder(), &["captures.ndjson", "--as", name]);
        assert_eq!(shown.code, 2);
        assert!(shown.stderr.contains(message), "{}", shown.stderr);
    }
}

#[test]
fn a_pipe_that_stays_open_is_validated_line_by_line() {
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("drs"));
    command.args(["validate", "--as", RESPONSE, "--output", "ndjson"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut process = command.spawn().unwrap();
    let mut pipe = process.stdin.take().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    for number in 1..=3 {
        writeln!(pipe, "{{\"count\":\"x\"}}").unwrap();
        let finding: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        assert_eq!((&finding["line"], &finding["code"]), (&json!(number), &json!("DRS-V011")));
    }
    drop(pipe);
    assert_eq!(process.wait().unwrap().code(), Some(1));
}
