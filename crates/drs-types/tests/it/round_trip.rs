//! Every documented payload survives its type.
//!
//! The rule for an answer: decoded and encoded again, it equals the file after dropping members that are null, and
//! nothing else; lists keep order and emptiness, numbers compare by value. A request comes out exactly as it went in.

use std::path::Path;

use drs_types::operation::BodyInfo;
use drs_types::{OPERATIONS, OperationInfo};
use serde_json::{Value, json};

/// A value as the rule for answers sees it.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.iter().filter(|(_, value)| !value.is_null());
            kept.map(|(name, value)| (name.clone(), without_nulls(value))).collect()
        }
        Value::Array(elements) => elements.iter().map(without_nulls).collect(),
        // `1.0` and `1` are the same number.
        Value::Number(number) => number.as_f64().map_or(value.clone(), |number| json!(number)),
        other => other.clone(),
    }
}

fn equal_answers(file: &Value, encoded: &Value) -> bool {
    without_nulls(file) == without_nulls(encoded)
}

/// The body that a payload of `common/examples` is named after.
fn shared(file: &str) -> Option<&'static BodyInfo> {
    let name = file.split('.').next()?;
    let mut answers = OPERATIONS.iter().flat_map(|info| info.responses);
    answers.find(|answer| answer.body.schema == name).map(|answer| &answer.body)
}

#[test]
fn documented_payloads_survive_their_types() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    let mut seen = 0;
    for entry in walkdir::WalkDir::new(&root).sort_by_file_name() {
        let path = entry.unwrap().into_path();
        let relative = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        let (name, is_request, body) = match relative.split('/').collect::<Vec<_>>()[..] {
            ["common", "examples", file] => (file.to_owned(), false, shared(file)),
            ["v3", operation, "examples", file] => {
                let info = OperationInfo::find(operation).unwrap_or_else(|| panic!("{operation} is not generated"));
                let is_request = file.starts_with("request.");
                let answer = || info.success().map(|response| &response.body);
                let body = if is_request { info.request.as_ref() } else { answer() };
                (format!("{operation}__{file}"), is_request, body)
            }
            _ => continue,
        };
        let text = std::fs::read(&path).unwrap();
        let written: Value = serde_json::from_slice(&text).unwrap();
        let typed = (body.unwrap().decode)(&text).unwrap_or_else(|error| panic!("{relative}: {error}"));
        let encoded = typed.to_json().unwrap();
        let survived = if is_request { written == encoded } else { equal_answers(&written, &encoded) };
        assert!(survived, "{relative} does not survive:\n{written:#}\nbecame\n{encoded:#}");
        insta::assert_snapshot!(name.trim_end_matches(".json"), format!("{typed:#?}"));
        seen += 1;
    }
    let folders = std::fs::read_dir(root.join("v3")).unwrap().count();
    assert_eq!(folders, OPERATIONS.len(), "a folder without an operation, or the reverse");
    assert!(seen >= 2 * folders, "only {seen} payloads for {folders} operations");
}

#[test]
fn the_rule_forgives_null_and_the_form_of_a_number() {
    let file = json!({ "a": null, "b": [], "c": [{ "d": null, "e": 1.0 }], "f": "" });
    assert!(equal_answers(&file, &json!({ "b": [], "c": [{ "e": 1 }], "f": "" })));
}

#[test]
fn the_rule_notices_everything_else() {
    let file = json!({ "a": [1, 2], "b": [], "c": "", "d": true });
    for changed in [
        json!({ "a": [2, 1], "b": [], "c": "", "d": true }),
        json!({ "a": [1, 2], "c": "", "d": true }),
        json!({ "a": [1, 2], "b": [], "d": true }),
        json!({ "a": [1, 2], "b": [], "c": "", "d": false }),
        json!({ "a": [1, 2], "b": [], "c": "", "d": true, "e": 0 }),
        json!({ "a": [1, null, 2], "b": [], "c": "", "d": true }),
    ] {
        assert!(!equal_answers(&file, &changed), "{changed}");
    }
}
