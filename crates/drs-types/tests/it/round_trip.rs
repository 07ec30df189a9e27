//! Every documented payload survives its type.
//!
//! The rule for a response: decoded and encoded again, it equals the file without its null members; arrays keep their
//! order and empty ones stay, numbers compare by value. A request is encoded exactly as it was.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::path::Path;

use drs_types::operation::BodyInfo;
use drs_types::{OPERATIONS, OperationInfo, Side};
use serde_json::{Value, json};

/// A value without the differences that the rule for responses ignores.
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

fn equal_responses(file: &Value, encoded: &Value) -> bool {
    without_nulls(file) == without_nulls(encoded)
}

/// The body that a payload of `common/examples` is named after.
fn shared(file: &str) -> Option<&'static BodyInfo> {
    let name = file.split('.').next()?;
    let bodies = OPERATIONS.iter().flat_map(|info| info.responses).filter_map(|response| response.body.as_ref());
    bodies.into_iter().find(|body| body.schema == name)
}

/// The operation of a folder. Its id starts with the version, except in v3.
fn operation(version: &str, name: &str) -> &'static OperationInfo {
    let id = if version == "v3" { name.to_owned() } else { format!("{version}.{name}") };
    OperationInfo::find(&id).unwrap_or_else(|| panic!("{id} is not generated"))
}

/// The `Debug` output of a value without fields that are `None`, the `Some` around values, and the lines that only hold
/// the parentheses of an id.
fn compact(value: &impl Debug) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut wrappers: Vec<(usize, &str)> = Vec::new();
    let mut is_inside = false;
    for line in format!("{value:#?}").lines().filter(|line| !line.ends_with(": None,")) {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        if let Some((_, end)) = wrappers.pop_if(|(opened, _)| *opened == indent) {
            if let Some(last) = lines.last_mut().filter(|_| !end.is_empty()) {
                last.pop();
                last.push_str(end);
            }
            continue;
        }
        let depth = (indent - 4 * wrappers.len()) / 2;
        let (text, wrapper) = match text.strip_suffix("Some(") {
            Some(field) => (field, Some("")),
            None => (text, text.ends_with('(').then_some("),")),
        };
        match lines.last_mut() {
            Some(last) if is_inside => last.push_str(text),
            _ => lines.push(format!("{:1$}{text}", "", depth)),
        }
        is_inside = wrapper.is_some();
        wrappers.extend(wrapper.map(|end| (indent, end)));
    }
    lines.join("\n")
}

#[test]
fn documented_payloads_survive_their_types() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    let mut files = BTreeSet::new();
    for entry in walkdir::WalkDir::new(&root).sort_by_file_name() {
        let path = entry.unwrap().into_path();
        let relative = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        let (name, is_request, body) = match relative.split('/').collect::<Vec<_>>()[..] {
            ["common", "examples", file] => (file.to_owned(), false, shared(file)),
            [version, folder, "examples", file] => {
                let info = operation(version, folder);
                let is_request = file.starts_with("request.");
                let side = info.bodies().map(|(side, _)| side).find(|side| (*side == Side::Request) == is_request);
                (format!("{}__{file}", info.id), is_request, info.body(side.unwrap()))
            }
            _ => continue,
        };
        let text = std::fs::read(&path).unwrap();
        let written: Value = serde_json::from_slice(&text).unwrap();
        let typed = body.unwrap().decode(&text).unwrap_or_else(|error| panic!("{relative}: {error}"));
        let encoded = typed.to_json().unwrap();
        let survived = if is_request { written == encoded } else { equal_responses(&written, &encoded) };
        assert!(survived, "{relative} does not survive:\n{written:#}\nbecame\n{encoded:#}");
        insta::assert_snapshot!(name.trim_end_matches(".json"), compact(&typed));
        files.insert(String::from_utf8(text).unwrap());
    }
    let examples = OPERATIONS.iter().flat_map(|info| info.request_examples().chain(info.response_examples()));
    let examples: Vec<&str> = examples.map(|example| example.json).collect();
    assert!(!examples.is_empty());
    for example in examples {
        assert!(files.contains(example), "no file of schemas/ has the example\n{example}");
    }
}

#[test]
fn the_rule_ignores_null_and_the_form_of_a_number() {
    let file = json!({ "a": null, "b": [], "c": [{ "d": null, "e": 1.0 }], "f": "" });
    assert!(equal_responses(&file, &json!({ "b": [], "c": [{ "e": 1 }], "f": "" })));
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
        assert!(!equal_responses(&file, &changed), "{changed}");
    }
}
