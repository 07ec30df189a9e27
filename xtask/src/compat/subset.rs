//! Whether one schema accepts what another one accepts.

use jsonschema::Draft;
use jsonschema::canonical::{self, CanonicalSchema, CanonicalizationError, Containment};
use serde_json::{Map, Value, json};

use super::Version;
use super::report::Part;
use crate::schema::references::target;

/// How the accepted values of two schemas differ.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Relation {
    /// The new schema may refuse what the old one accepted. `false` is proven.
    pub(super) refuses: bool,
    /// The new schema may accept what the old one refused. `false` is proven.
    pub(super) adds: bool,
}

/// Compares two pieces of schemas by themselves: an object inside them counts as unchanged, and so does a string with
/// the same name on both sides. Those are pairs of their own. In responses, only types count, and null is always read.
pub(super) fn relation(versions: [&Version; 2], part: Part, pieces: [&Value; 2]) -> Relation {
    let mut schemas = [0, 1].map(|version| alone(versions, version, pieces[version]));
    if part == Part::Response {
        schemas = schemas.map(|schema| only_types(&schema));
    }
    let [old, new] = schemas;
    if old == new {
        return Relation::default();
    }
    let reads = if part == Part::Response { json!({ "anyOf": [&new, { "type": "null" }] }) } else { new.clone() };
    let canonical = |schema| canonical::options().with_draft(Draft::Draft202012).offline().canonicalize(schema);
    let covers = |one: &Result<CanonicalSchema, CanonicalizationError>, other: &Result<_, _>| match (one, other) {
        (Ok(one), Ok(other)) => matches!(one.covers(other), Ok(Containment::Yes)),
        _ => false,
    };
    let (old, new, reads) = (canonical(&old), canonical(&new), canonical(&reads));
    Relation { refuses: !covers(&reads, &old), adds: !covers(&old, &new) }
}

/// A schema without limits, as responses are read.
fn only_types(schema: &Value) -> Value {
    const TYPES: [&str; 8] = ["$ref", "allOf", "additionalProperties", "anyOf", "const", "items", "oneOf", "type"];
    match schema {
        Value::Object(object) => {
            let kept = object.iter().filter(|(key, _)| TYPES.contains(&key.as_str()));
            Value::Object(kept.map(|(key, below)| (key.clone(), only_types(below))).collect())
        }
        Value::Array(array) => array.iter().map(only_types).collect(),
        other => other.clone(),
    }
}

fn alone(versions: [&Version; 2], version: usize, piece: &Value) -> Value {
    match piece {
        Value::Object(object) => {
            let mut written: Map<String, Value> =
                object.iter().map(|(key, below)| (key.clone(), alone(versions, version, below))).collect();
            if let Some(Value::String(reference)) = object.get("$ref") {
                written.remove("$ref");
                written.insert("allOf".into(), json!([referred(versions, version, &target(reference))]));
            }
            Value::Object(written)
        }
        Value::Array(array) => array.iter().map(|below| alone(versions, version, below)).collect(),
        other => other.clone(),
    }
}

fn referred(versions: [&Version; 2], version: usize, name: &str) -> Value {
    let string = |version: &Version| {
        let definition = version.model.definition(name)?;
        definition.string().map(|_| definition.written.clone())
    };
    match versions.map(string) {
        [Some(_), Some(new)] => new,
        [old, new] => [old, new][version].clone().unwrap_or_else(|| json!({ "type": "object" })),
    }
}
