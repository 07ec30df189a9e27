//! Captures as other programs hold them: each sample has one mistake, and is found at its place by the real binary.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{Run, drs, run};

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../drs-validate/tests/captures")
}

fn validated(folder: &Path, arguments: &[&str]) -> Run {
    run(drs(&["validate"]).args(arguments).current_dir(folder))
}

/// The arguments that a sample needs.
fn arguments(file: &str) -> &'static [&'static str] {
    match file {
        "docker-json-file.log" => &["--body", "/log"],
        "ecs.ndjson" => &["--preset", "ecs"],
        "cts-obs.json.gz" | "cts-list-traces.json" => &["--preset", "cts"],
        "postman-collection.json" => &["--preset", "postman"],
        _ => &[],
    }
}

/// What is not read: pairs of lines have a conversion, a wrapper and an undecided body are doubts.
const NOT_READ: [&str; 3] = ["logbook.ndjson", "wrapper-with-one-known-name.ndjson", "undecided-body.json"];

fn expected() -> Vec<(String, Option<[u64; 3]>)> {
    let table = fs::read_to_string(samples().join("expected.tsv")).unwrap();
    let rows = table.lines().skip(1).map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        let number = |index: usize| cells[index].parse().ok();
        let place = number(1).zip(number(2)).zip(number(3)).map(|((line, column), offset)| [line, column, offset]);
        (cells[0].to_owned(), place)
    });
    rows.collect()
}

#[test]
fn the_mistake_in_every_sample_is_found_at_its_place_on_both_paths() {
    for (file, place) in expected().into_iter().filter(|(file, _)| !NOT_READ.contains(&file.as_str())) {
        for path in [&[][..], &["--no-fast-path"]] {
            let shown = validated(&samples(), &[&[&*file, "--output", "json"], arguments(&file), path].concat());
            let document: Value = serde_json::from_str(&shown.stdout).unwrap();
            let findings = document["findings"].as_array().unwrap();
            if file == "har-response-null.har" {
                assert_eq!((findings.len(), &document["summary"]["unrecorded"]), (0, &1.into()), "{file}");
                continue;
            }
            assert_eq!(findings.len(), 1, "{file}: {}{}", shown.stdout, shown.stderr);
            assert_eq!((&findings[0]["code"], shown.code), (&"DRS-V011".into(), 1), "{file}");
            let found = ["line", "column", "offset"].map(|key| findings[0][key].as_u64().unwrap());
            assert!(place.is_none_or(|place| place == found), "{file}: {found:?}, expected {place:?}");
        }
    }
}

#[test]
fn every_sample_is_clean_without_its_mistake() {
    let folder = tempfile::TempDir::new().unwrap();
    for (file, place) in expected() {
        let is_plain = !file.ends_with(".gz") && !file.starts_with("utf16");
        let Some([_, _, offset]) = place.filter(|_| is_plain && !NOT_READ.contains(&file.as_str())) else { continue };
        let mut bytes = fs::read(samples().join(&file)).unwrap();
        let offset = usize::try_from(offset).unwrap();
        let length = bytes[offset..].iter().position(|byte| *byte == b'1').unwrap();
        // From `"1"`, in a string or in a string of a string, to `1`.
        bytes.splice(offset..=offset + 2 * length, *b"1");
        fs::write(folder.path().join(&file), bytes).unwrap();
        let shown = validated(folder.path(), &[&[&*file], arguments(&file)].concat());
        assert_eq!((shown.code, shown.stderr.as_str()), (0, ""), "{file}: {}", shown.stdout);
    }
}

#[test]
fn the_bodies_beside_a_har_are_validated_once_and_only_plain_names_are_read() {
    let shown = validated(&samples(), &["har-attached", "--output", "json"]);
    let document: Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!((document["findings"].as_array().unwrap().len(), &document["summary"]["inputs"]), (1, &1.into()));
    assert_eq!(document["summary"]["validated"], 4);

    let folder = tempfile::TempDir::new().unwrap();
    fs::write(folder.path().join("outside.json"), "{\"count\":\"1\"}").unwrap();
    fs::create_dir(folder.path().join("in")).unwrap();
    let text = fs::read_to_string(samples().join("har-attached/session.har")).unwrap();
    for name in ["../outside.json", "/etc/hosts", "..", "in\\\\x", "missing.json"] {
        let har = text.replace("fd0d7304ab85c1badccfdde81986f48d5946b093.json", name);
        fs::write(folder.path().join("in/session.har"), har).unwrap();
        let shown = validated(folder.path(), &["in/session.har"]);
        assert_eq!(shown.code, 1, "{name}");
        assert!(shown.stdout.contains("expected a file beside the HAR that can be read"), "{name}: {}", shown.stdout);
        assert!(!shown.stdout.contains("wrong type"), "{name}: {}", shown.stdout);
    }
}

#[test]
fn a_record_of_another_call_is_counted_beside_exchanges_and_an_error_when_it_is_asked_for() {
    let folder = tempfile::TempDir::new().unwrap();
    let sample = fs::read_to_string(samples().join("nested-captures.ndjson")).unwrap();
    let clean = sample.lines().next().unwrap();
    let log = format!("{{\"level\":\"info\",\"msg\":\"started\"}}\n{clean}\nlistening on port 80\n{clean}\n");
    fs::write(folder.path().join("app.ndjson"), &log).unwrap();
    let shown = validated(folder.path(), &["app.ndjson"]);
    assert_eq!(shown.code, 0, "{}", shown.stdout);
    assert!(shown.stdout.contains("2  records of other calls, skipped"), "{}", shown.stdout);
    let strict = validated(folder.path(), &["app.ndjson", "--strict"]);
    assert_eq!(strict.code, 1, "{}", strict.stdout);
    assert!(strict.stdout.contains("app.ndjson:1:1") && strict.stdout.contains("app.ndjson:3:1"), "{}", strict.stdout);
    // A damaged record is never one of something else.
    fs::write(folder.path().join("app.ndjson"), log + "{\"url\": \n").unwrap();
    assert_eq!(validated(folder.path(), &["app.ndjson"]).code, 1);
}

#[test]
fn an_unknown_preset_and_a_pointer_that_is_none_say_what_there_is() {
    let shown = validated(&samples(), &["ecs.ndjson", "--preset", "x"]);
    assert_eq!(shown.code, 2);
    assert!(shown.stderr.contains("fluent-bit"), "{}", shown.stderr);
    let shown = validated(&samples(), &["ecs.ndjson", "--capture", "url=x"]);
    assert!(shown.stderr.contains("url=/url"), "{}", shown.stderr);
}
