//! The schema of an answer as other validators get it: what it needs, and nothing else.

use serde_json::{Map, Value, json};

const BUNDLE: &str = include_str!("../../drs-validate/src/generated/bundle.json");

/// The schema of what `batch_check_results` answers.
#[must_use]
pub fn of_answer() -> Value {
    let bundle: Value = serde_json::from_str(BUNDLE).unwrap_or_default();
    let mut needed = Map::new();
    let root = json!({ "$ref": "#/$defs/BatchCheckResultsResponse" });
    collect(&root, &bundle["$defs"], &mut needed);
    json!({ "$schema": bundle["$schema"], "$ref": root["$ref"], "$defs": needed })
}

/// The definitions that a schema refers to, however far away.
fn collect(schema: &Value, all: &Value, needed: &mut Map<String, Value>) {
    if let Some(name) = schema["$ref"].as_str().and_then(|target| target.rsplit('/').next())
        && !needed.contains_key(name)
    {
        needed.insert(name.to_owned(), all[name].clone());
        collect(&all[name], all, needed);
    }
    match schema {
        Value::Object(members) => members.values().for_each(|value| collect(value, all, needed)),
        Value::Array(elements) => elements.iter().for_each(|value| collect(value, all, needed)),
        _ => {}
    }
}
