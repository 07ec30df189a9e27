//! The formats of findings for other tools.

use insta::assert_snapshot;
use serde_json::Value;
use tempfile::TempDir;

use crate::{drs, run};

/// Returns the output for one request, one response, and a missing file.
fn shown(output: &str) -> String {
    let folder = TempDir::new().unwrap();
    std::fs::write(
        folder.path().join("a, b:%.json"),
        r#"{"count":1.5,"new":"50 % <off>","results":[{"total_passed_rate":"9%"}]}"#,
    )
    .unwrap();
    std::fs::write(folder.path().join("request.json"), r#"{"mode":"sideways"}"#).unwrap();
    std::fs::write(folder.path().join("clean.json"), r#"{"count":1}"#).unwrap();
    let mut command = drs(&["validate", ".", "none.json", "--output", output]);
    let shown = run(command.current_dir(folder.path()));
    assert_eq!(shown.code, 2);
    shown.stdout
}

#[test]
fn json_is_one_document() {
    let document: Value = serde_json::from_str(&shown("json")).unwrap();
    assert_eq!(document["findings"].as_array().unwrap().len(), 3);
    assert_snapshot!("json_finding", serde_json::to_string_pretty(&document["findings"][1]).unwrap());
    assert_snapshot!("json_summary", serde_json::to_string_pretty(&document["summary"]).unwrap());
}

#[test]
fn junit_has_a_test_case_for_each_input() {
    assert_snapshot!(shown("junit"));
}

/// The payload and the file name need escaping in every format.
#[test]
fn every_format_escapes_payloads_and_names() {
    let folder = TempDir::new().unwrap();
    let name = "]]><a>%0A::error::\u{1b}[2J\n.json";
    let key = "]]></testcase>\\u001b[2J\\n::error::owned\\u202e";
    std::fs::write(folder.path().join(name), format!(r#"{{"count":1.5,"{key}":"{key}"}}"#)).unwrap();
    let shown = |output: &str| {
        let mut command = drs(&["validate", name, "--output", output, "--all", "--as", "batch_check_results.response"]);
        run(command.current_dir(folder.path())).stdout
    };
    let report = quick_junit::Report::deserialize_from_str(&shown("junit")).unwrap();
    assert_eq!((report.tests, report.failures), (1, 1));
    let sarif: Value = serde_json::from_str(&shown("sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 2);
    for output in ["github", "text", "ndjson", "json"] {
        let text = shown(output);
        assert!(!text.contains('\u{1b}'), "{output}: {text:?}");
    }
    let commands = shown("github");
    assert_eq!(commands.lines().count(), 3, "{commands}");
    assert!(commands.lines().all(|line| line.matches("::").count() >= 2 && line.starts_with("::")), "{commands}");
}

#[test]
fn annotations_of_github_are_escaped() {
    assert_snapshot!(shown("github"), @r#"
    ::error file=./a%2C b%3A%25.json,line=1,col=10,title=DRS-V011::/count: wrong type: expected integer, found number 1.5
    ::warning file=./a%2C b%3A%25.json,line=1,col=14,title=DRS-V013::/new: unknown field `new`
    ::error file=./request.json,line=1,col=9,title=DRS-V014::/mode: unlisted value: expected "source" or "target", found "sideways"
    ::error file=none.json::cannot be read: No such file or directory (os error 2)
    ::notice::3 records: 2 errors, 1 drift
    "#);
}

#[test]
fn sarif_keeps_its_schema() {
    let text = shown("sarif");
    let document: Value = serde_json::from_str(&text).unwrap();
    let validator = jsonschema::options().build(&sarif_schema()).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert_snapshot!(serde_json::to_string_pretty(&document["runs"][0]["results"][1]).unwrap());
    assert_eq!(document["runs"][0]["invocations"][0]["executionSuccessful"], false);
}

/// The schema of SARIF 2.1.0, as OASIS publishes it.
fn sarif_schema() -> Value {
    let mut schema: Value =
        serde_json::from_str(include_str!("../../../drs-report/tests/schemas/sarif-2.1.0.json")).unwrap();
    // The pattern of the language is not a valid regular expression, and our output has no language.
    for definition in ["run", "toolComponent"] {
        schema["definitions"][definition]["properties"]["language"] = true.into();
    }
    schema
}
