//! Formats for programs: JUnit is valid XML, SARIF passes its own tools, and every character is kept.

use std::fs;
use std::path::Path;

use quick_junit::{NonSuccessKind, TestCaseStatus};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{drs, run};

const RESPONSE: [&str; 2] = ["--as", "batch_check_results.response"];

fn shown(folder: &Path, output: &str, arguments: &[&str]) -> String {
    run(drs(&["validate", "--output", output]).args(arguments).current_dir(folder)).stdout
}

/// Parses a JUnit report, and asserts that XML 1.0 allows each of its characters.
fn junit(text: &str) -> quick_junit::Report {
    let is_xml = |character: char| matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(text.chars().all(is_xml), "{text:?}");
    let (_, head) = text.split_once("<testsuites").unwrap();
    assert!(!head.split_once('>').unwrap().0.contains("skipped"), "Jenkins takes no such attribute: {head}");
    quick_junit::Report::deserialize_from_str(text).unwrap()
}

/// Returns the name and the outcome of each case of a report.
fn cases(report: &quick_junit::Report) -> Vec<(String, &'static str)> {
    let ended = |status: &TestCaseStatus| match status {
        TestCaseStatus::Success { .. } => "passed",
        TestCaseStatus::NonSuccess { kind: NonSuccessKind::Failure, .. } => "failed",
        TestCaseStatus::NonSuccess { kind: NonSuccessKind::Error, .. } => "unreadable",
        TestCaseStatus::Skipped { .. } => "skipped",
    };
    let cases = &report.test_suites[0].test_cases;
    cases.iter().map(|case| (case.name.to_string(), ended(&case.status))).collect()
}

#[test]
fn junit_is_valid_xml_with_every_value_key_and_file_name() {
    let folder = TempDir::new().unwrap();
    let odd = "<&>\"']]>\u{fffe}\u{ffff}\u{1}\u{b}\u{1b}[2J\u{7f}\u{85}\u{9b}\u{2028}\u{1fffe}\n\r\t";
    let text = json!({ (odd): odd, "count": odd, "results": [{ (odd): odd, "result": odd }] }).to_string();
    let name = format!("{odd}.json").replace('/', "");
    fs::write(folder.path().join(&name), &text).unwrap();
    fs::write(folder.path().join("raw.json"), text.replace("\\u001b", "\u{1b}")).unwrap();
    fs::write(folder.path().join("bytes.json"), b"{\"count\":\"\xff\xfe\0\"}").unwrap();
    for fail_on in ["error", "drift", "never"] {
        let missing = format!("missing{}", odd.replace(['[', '/'], ""));
        let arguments = [&name, "raw.json", "bytes.json", missing.as_str(), "--fail-on", fail_on, "--all"];
        let text = shown(folder.path(), "junit", &[&arguments[..], &RESPONSE].concat());
        let report = junit(&text);
        assert_eq!((report.tests, report.errors), (4, 1), "{text}");
        assert!(text.contains("\\u{fffe}\\u{ffff}\\u{1}"), "{text}");
    }
}

#[test]
fn junit_fails_where_the_run_fails() {
    let folder = TempDir::new().unwrap();
    for (name, text) in
        [("clean", "{\"count\":1}"), ("drift", "{\"count\":1,\"new\":1}"), ("error", "{\"count\":\"1\"}"), ("none", "")]
    {
        fs::write(folder.path().join(format!("{name}.ndjson")), text).unwrap();
    }
    for (fail_on, drift, error) in
        [("error", "passed", "failed"), ("drift", "failed", "failed"), ("never", "passed", "passed")]
    {
        let text = shown(folder.path(), "junit", &[&[".", "--fail-on", fail_on], &RESPONSE[..]].concat());
        let ends: Vec<&str> = cases(&junit(&text)).into_iter().map(|(_, end)| end).collect();
        assert_eq!(ends, ["passed", drift, error, "skipped"], "{fail_on}: {text}");
        // Findings that do not fail the run are shown too.
        assert!(text.contains("DRS-V013 /new") && text.contains("DRS-V011 /count"), "{text}");
    }
}

#[test]
fn every_input_has_one_case_with_its_own_name() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.json"), "{\"count\":1}").unwrap();
    fs::write(folder.path().join("a.json (2)"), "{\"count\":1}").unwrap();
    let broken = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1];
    fs::write(folder.path().join("broken.json.gz"), broken).unwrap();
    let inputs = ["a.json", "a.json (2)", "a.json", "broken.json.gz", "missing.json", "missing.json", "*.har"];
    let text = shown(folder.path(), "junit", &[&inputs[..], &RESPONSE].concat());
    let expected = [
        ("a.json", "passed"),
        ("a.json (2)", "passed"),
        ("a.json (3)", "passed"),
        ("broken.json.gz", "unreadable"),
        ("missing.json", "unreadable"),
        ("missing.json (2)", "unreadable"),
        ("*.har", "unreadable"),
    ];
    assert_eq!(cases(&junit(&text)), expected.map(|(name, end)| (name.to_owned(), end)), "{text}");
}

#[test]
fn machine_formats_keep_every_character() {
    let folder = TempDir::new().unwrap();
    let odd = "a\u{7f}\u{1b}[31m\u{9b}\u{feff}\u{200b}\u{202e}z";
    let name = format!("{odd}.json");
    fs::write(folder.path().join(&name), json!({ (odd): odd }).to_string()).unwrap();
    let check = |source: &Value, pointer: &Value, found: &Value, output: &str| {
        assert_eq!(source, &name, "{output}");
        assert_eq!(pointer, &format!("/{odd}"), "{output}");
        assert_eq!(found, &json!(odd).to_string(), "{output}");
    };
    let arguments = [&[name.as_str()][..], &RESPONSE].concat();
    let line: Value = serde_json::from_str(&shown(folder.path(), "ndjson", &arguments)).unwrap();
    check(&line["source"], &line["pointer"], &line["found"], "ndjson");
    let document: Value = serde_json::from_str(&shown(folder.path(), "json", &arguments)).unwrap();
    let row = &document["findings"][0];
    check(&row["source"], &row["pointer"], &row["found"], "json");
    let drift = &document["summary"]["drift"][0];
    check(&drift["first"]["source"], &drift["pointer"], &drift["found"], "summary");
    let sarif: Value = serde_json::from_str(&shown(folder.path(), "sarif", &arguments)).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    let message = format!("/{odd}: unknown field `{odd}`.");
    assert_eq!(result["message"]["text"], message);
    assert_eq!(result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"], format!("/{odd}"));
}

/// The rules of Microsoft's SARIF Multitool that are errors (SARIF1001 to SARIF1012), and its warning SARIF2005.
#[test]
fn sarif_follows_the_rules_of_the_multitool() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("a b")).unwrap();
    fs::write(folder.path().join("a b/c%.json"), "{\"count\":\"1\",\"new\":1}").unwrap();
    let absolute = folder.path().join("a b/../a b/./c%.json");
    let missing = folder.path().join("missing.json");
    let inputs = [absolute.to_str().unwrap(), "a b/c%.json", "./a b", missing.to_str().unwrap()];
    let text = shown(folder.path(), "sarif", &[&inputs[..], &RESPONSE].concat());
    let document: Value = serde_json::from_str(&text).unwrap();
    let run = &document["runs"][0];
    let driver = &run["tool"]["driver"];
    assert!(driver["informationUri"].as_str().unwrap().starts_with("https://"), "{driver}");
    for rule in driver["rules"].as_array().unwrap() {
        assert_ne!(rule["id"], rule["name"]);
        for text in ["shortDescription", "fullDescription", "help"] {
            assert!(rule[text]["text"].as_str().unwrap().ends_with('.'), "{rule}");
        }
    }
    let place = folder.path().to_str().unwrap();
    let uris = [&format!("file://{place}/a%20b/c%25.json"), "a%20b/c%25.json", "./a%20b/c%25.json"];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 6);
    for (index, result) in results.iter().enumerate() {
        let location = &result["locations"][0]["physicalLocation"];
        assert_eq!(location["artifactLocation"]["uri"], *uris[index / 2]);
        assert!(location["region"]["startLine"].as_u64().unwrap() > 0);
        assert!(result["message"]["text"].as_str().unwrap().ends_with('.'));
        let rule = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(driver["rules"][rule]["id"], result["ruleId"]);
    }
}
