//! Folders: which of their files are read, and what a file without any call of this API comes to.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{Run, drs, run};

const FORMATS: [&str; 7] = ["text", "json", "ndjson", "sarif", "junit", "github", "html"];

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../drs-validate/tests/captures").join(name)
}

fn validated(folder: &TempDir, arguments: &[&str]) -> Run {
    run(drs(&["validate", "."]).args(arguments).current_dir(folder.path()))
}

fn document(folder: &TempDir, arguments: &[&str]) -> Value {
    let shown = validated(folder, &[&["--output", "json"], arguments].concat());
    serde_json::from_str(&shown.stdout).unwrap()
}

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

/// Files of other programs, as they lie about in any folder.
fn files_of_others() -> Vec<(&'static str, &'static [u8])> {
    vec![
        ("app.log", b"{\"id\":1}\n{\"status\":\"success\"}\n{\"level\":30,\"msg\":\"started\"}\n"),
        ("broken.zip", b"PK\x03\x04xxxx"),
        ("build.out", b"2026-01-26 15:20:00 INFO started\n"),
        ("cut.log", b"{\"msg\":\"a\"}\n{\"msg\": \n"),
        ("empty.log", b""),
        ("nourl.log", b"{\"method\":\"GET\",\"url\":5,\"status\":200}\n"),
        ("other.log", b"{\"method\":\"GET\",\"url\":\"https://other.example/\",\"status\":200}\n"),
        ("quoted.txt", b"\"a word\" { and more }\n"),
        ("todo.txt", b"[x] buy milk\n[ ] sell milk\n"),
    ]
}

#[test]
fn a_folder_reads_logs_and_archives_as_if_they_were_named() {
    let logs = [
        ("terraform-huaweicloud.log", "a.log"),
        ("terraform-huaweicloud-old.log", "b.out"),
        ("terraform-opentelekomcloud.log", "c.txt"),
        ("terraform-huaweicloud-json.log", "d.LOG"),
        ("har-attached.zip", "e.zip"),
    ];
    for (file, name) in logs {
        let folder = TempDir::new().unwrap();
        fs::copy(sample(file), folder.path().join(name)).unwrap();
        let named = run(drs(&["validate", name, "--output", "ndjson"]).current_dir(folder.path()));
        for path in [&[][..], &["--no-fast-path"]] {
            let found = validated(&folder, &[&["--output", "ndjson"], path].concat());
            assert_eq!((found.code, found.stdout.replace("./", "")), (1, named.stdout.clone()), "{file}");
        }
    }
    let folder = folder(&[]);
    let log = fs::read(sample("terraform-huaweicloud.log")).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&log).unwrap();
    fs::write(folder.path().join("a.log.gz"), gzip.finish().unwrap()).unwrap();
    assert_eq!(validated(&folder, &[]).code, 1);
}

#[test]
fn a_file_of_any_program_without_a_call_fails_nothing_and_is_named() {
    let folder = folder(&files_of_others());
    let names: Vec<String> = files_of_others().iter().map(|(name, _)| format!("./{name}")).collect();
    for format in FORMATS {
        assert_eq!(validated(&folder, &["--output", format]).code, 2, "{format}: nothing was validated");
    }
    for path in [&[][..], &["--no-fast-path"]] {
        let document = document(&folder, path);
        assert_eq!(document["findings"], json!([]));
        assert_eq!((&document["summary"]["validated"], &document["summary"]["skipped"]), (&json!(0), &json!(10)));
        assert_eq!(document["summary"]["without_payload"], json!(names));
    }
    fs::write(folder.path().join("clean.json"), r#"{"mode":"target"}"#).unwrap();
    for format in FORMATS {
        let shown = validated(&folder, &["--output", format]);
        assert_eq!((shown.code, shown.stderr.as_str()), (0, ""), "{format}: {}", shown.stdout);
    }
    let shown = validated(&folder, &["--all"]).stdout;
    assert!(shown.contains(&format!("9  inputs without a payload: {}\n", names.join(", "))), "{shown}");
    let junit = validated(&folder, &["--output", "junit"]).stdout;
    assert!(junit.contains("tests=\"10\" failures=\"0\" errors=\"0\" skipped=\"9\""), "{junit}");
}

#[test]
fn a_file_of_any_program_is_validated_from_its_first_call_on_and_no_damaged_record_is_lost() {
    let captures = fs::read_to_string(sample("nested-captures.ndjson")).unwrap();
    let text = format!("{{\"cut\": \n{{\"id\":1}}\n{captures}{{\"cut\": \n{{\"status\":\"success\"}}\nstopped\n");
    for folder in [folder(&[("app.log", text.as_bytes())]), folder(&[("in/app.out", text.as_bytes())])] {
        for path in [&[][..], &["--no-fast-path"], &["--threads", "2"]] {
            let document = document(&folder, path);
            let places =
                document["findings"].as_array().unwrap().iter().map(|finding| finding["line"].as_u64().unwrap());
            assert_eq!(places.collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>(), [1, 4, 5]);
            let summary = &document["summary"];
            assert_eq!((&summary["skipped"], &summary["validated"]), (&json!(3), &json!(4)), "{summary}");
        }
    }
}

#[test]
fn with_strict_every_file_of_a_folder_is_validated_as_if_it_was_named() {
    let folder = folder(&[("build.out", b"2026-01-26 15:20:00 INFO started\n")]);
    assert_eq!((validated(&folder, &[]).code, validated(&folder, &["--strict"]).code), (2, 1));
}

#[test]
fn the_bodies_of_a_har_are_read_once_whatever_the_endings_are() {
    let folder = TempDir::new().unwrap();
    for file in fs::read_dir(sample("har-attached")).unwrap().map(Result::unwrap) {
        let text = fs::read_to_string(file.path()).unwrap().replace(".json", ".txt");
        let name = file.file_name().into_string().unwrap().replace(".json", ".txt");
        fs::write(folder.path().join(name), text).unwrap();
    }
    let summary = |folder: &TempDir| document(folder, &[])["summary"].clone();
    let before = summary(&folder);
    assert_eq!((&before["inputs"], &before["codes"]["DRS-V011"]), (&json!(1), &json!(1)), "{before}");
    // A compressed HAR names its bodies as well.
    let har = folder.path().join("session.har");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&fs::read(&har).unwrap()).unwrap();
    fs::write(folder.path().join("session.har.gz"), gzip.finish().unwrap()).unwrap();
    fs::remove_file(&har).unwrap();
    let after = summary(&folder);
    assert_eq!((&after["inputs"], &after["validated"]), (&json!(1), &before["validated"]), "{after}");
}

#[test]
fn the_bodies_of_a_har_are_read_once_also_when_they_are_named_beside_it() {
    let names: Vec<String> = fs::read_dir(sample("har-attached"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    let summary = |arguments: &[&str]| {
        let shown = run(drs(&["validate", "--output", "json"]).args(arguments).current_dir(sample("har-attached")));
        let document: Value = serde_json::from_str(&shown.stdout).unwrap();
        json!([
            document["summary"]["inputs"],
            document["summary"]["validated"],
            document["summary"]["codes"]["DRS-V011"]
        ])
    };
    let all: Vec<&str> = names.iter().map(String::as_str).collect();
    let bodies: Vec<&str> = all.iter().copied().filter(|name| *name != "session.har").collect();
    for arguments in [&all[..], &["*"], &["."], &["session.har"]] {
        assert_eq!(summary(arguments), json!([1, 4, 1]), "{arguments:?}");
    }
    assert_eq!(summary(&bodies), json!([4, 4, 1]), "without the HAR, they are inputs of their own");
}

#[test]
fn an_archive_may_hold_the_folder_of_a_har_and_what_macos_adds() {
    let folder = TempDir::new().unwrap();
    let mut archive = zip::ZipWriter::new(fs::File::create(folder.path().join("session.zip")).unwrap());
    let mut add = |name: String, bytes: &[u8]| {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    };
    for file in fs::read_dir(sample("har-attached")).unwrap().map(Result::unwrap) {
        let name = file.file_name().into_string().unwrap();
        add(format!("session/{name}"), &fs::read(file.path()).unwrap());
        add(format!("__MACOSX/session/._{name}"), b"\0\x05\x16\x07");
    }
    archive.finish().unwrap();
    let document = document(&folder, &[]);
    let codes = &document["summary"]["codes"];
    assert_eq!((codes, &document["summary"]["validated"]), (&json!({ "DRS-V011": 1 }), &json!(4)), "{document}");
}

#[test]
fn the_file_that_the_findings_go_to_is_no_input() {
    let folder = folder(&[("clean.json", br#"{"mode":"target"}"#)]);
    for name in ["found.json", "found.txt"] {
        let output = fs::File::create(folder.path().join(name)).unwrap();
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("drs"));
        command.args(["validate", ".", "--output", "json"]).current_dir(folder.path()).stdout(output);
        assert_eq!(command.status().unwrap().code(), Some(0), "{name}");
        let document: Value = serde_json::from_slice(&fs::read(folder.path().join(name)).unwrap()).unwrap();
        assert_eq!(document["summary"]["inputs"], 1, "{name}");
        fs::remove_file(folder.path().join(name)).unwrap();
    }
}

#[test]
fn with_as_a_folder_names_the_files_of_any_program_and_reads_none() {
    let clean: &[u8] = b"{\"count\":0,\"results\":[]}";
    let log = fs::read(sample("terraform-huaweicloud.log")).unwrap();
    let folder = folder(&[("a.json", clean), ("b.log", &log), ("c.txt", b"[x] buy milk\n")]);
    let shown = validated(&folder, &["--as", "batch_check_results.response"]);
    assert_eq!(shown.code, 0, "{}", shown.stdout);
    for name in ["./b.log", "./c.txt"] {
        assert!(shown.stdout.contains(name), "{}", shown.stdout);
    }
}
