//! The schema derived from the types covers the schema that they were generated from.
//!
//! "Covers" is proved, not sampled: the derived schema accepts every value that the written schema accepts.

use std::collections::{BTreeMap, BTreeSet};

use drs_types::operation::BodyInfo;
use drs_types::{OPERATIONS, OperationInfo};
use jsonschema::canonical::Containment;
use jsonschema::canonicalize;
use serde_json::{Map, Value, json};

/// The written definitions, by name.
fn written() -> Map<String, Value> {
    let bundle = include_str!("../../../drs-validate/src/generated/bundle.json");
    let bundle: Value = serde_json::from_str(bundle).unwrap();
    bundle["$defs"].as_object().unwrap().clone()
}

/// The derived definitions of a body, by name; the body is one of them.
fn derived(body: &BodyInfo) -> Map<String, Value> {
    let mut schema = (body.json_schema)().to_value();
    let definitions = schema["$defs"].take();
    let mut definitions = definitions.as_object().cloned().unwrap_or_default();
    definitions.insert(body.schema.to_owned(), schema);
    definitions
}

fn bodies() -> impl Iterator<Item = &'static BodyInfo> {
    let responses = |info: &'static OperationInfo| info.responses.iter().filter_map(|response| response.body.as_ref());
    OPERATIONS.iter().flat_map(move |info| info.request.iter().chain(responses(info)))
}

/// Replaces each reference by one constant value: the definitions are proved one by one, so it is enough that both
/// schemas refer to the same one. The vendor writes `VO` where Rust writes `Vo`.
fn closed(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => match members.get("$ref").and_then(Value::as_str) {
            Some(reference) => json!({ "const": reference.rsplit('/').next().map(str::to_lowercase) }),
            None => members.iter().map(|(key, below)| (key.clone(), closed(below))).collect::<Map<_, _>>().into(),
        },
        Value::Array(elements) => elements.iter().map(closed).collect(),
        other => other.clone(),
    }
}

fn covers(wide: &Value, narrow: &Value) -> Containment {
    canonicalize(&closed(wide)).unwrap().covers(&canonicalize(&closed(narrow)).unwrap()).unwrap()
}

/// The schema of each property; empty for a type that is not an object.
fn properties(schema: &Value) -> BTreeMap<&String, &Value> {
    schema["properties"].as_object().into_iter().flatten().collect()
}

#[test]
fn every_derived_definition_covers_the_written_one_and_has_its_properties_and_no_other() {
    let written = written();
    let mut seen = BTreeSet::new();
    for body in bodies() {
        for (name, wide) in derived(body) {
            let Some((source, narrow)) = written.iter().find(|(source, _)| source.eq_ignore_ascii_case(&name)) else {
                panic!("{name} has no schema");
            };
            let (ours, theirs) = (properties(&wide), properties(narrow));
            assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>(), "{name}");
            for (property, wide) in &ours {
                assert_eq!(covers(wide, theirs[property]), Containment::Yes, "{name}.{property}: {wide:#}");
            }
            let required = |schema: &Value| -> BTreeSet<String> {
                let required = schema["required"].as_array().into_iter().flatten();
                required.filter_map(Value::as_str).map(str::to_owned).collect()
            };
            assert!(required(&wide).is_subset(&required(narrow)), "{name} requires more than its schema");
            if ours.is_empty() {
                assert_eq!(covers(&wide, narrow), Containment::Yes, "{name}");
            }
            seen.insert(source.clone());
        }
    }
    // An enum has no definition in a derived schema; it is an inline string.
    for (name, schema) in written.iter().filter(|(name, _)| !seen.contains(*name)) {
        assert_eq!(schema["type"], "string", "{name} is in no body");
    }
}

#[test]
fn a_narrower_type_does_not_cover() {
    let written = &written()["PrecheckFailSubJobVO"];
    let narrower = json!({ "type": "object", "properties": { "id": { "type": "integer" } } });
    assert!(covers(&narrower, written) != Containment::Yes);
    let required = json!({ "type": "object", "required": ["id"] });
    assert!(covers(&required, written) != Containment::Yes);
}
