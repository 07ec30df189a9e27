//! Whether what one schema takes, another one takes too.

use jsonschema::Draft;
use jsonschema::canonical::{self, CanonicalSchema, CanonicalizationError, Containment};
use serde_json::{Map, Value, json};

use super::Version;
use crate::schema::references::target;

/// How the values of two schemas lie to each other.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Relation {
    /// The new schema may refuse what the old one took. `false` is proven.
    pub(super) refuses: bool,
    /// The new schema may take what the old one refused. `false` is proven.
    pub(super) adds: bool,
}

/// Compares two pieces of schemas by themselves: a shape inside them counts as unchanged, and so does a text with the
/// same name on both sides. Those are pairs of their own.
pub(super) fn relation(versions: [&Version; 2], pieces: [&Value; 2]) -> Relation {
    let [old, new] = [0, 1].map(|side| alone(versions, side, pieces[side]));
    if old == new {
        return Relation::default();
    }
    let canonical = |schema| canonical::options().with_draft(Draft::Draft202012).offline().canonicalize(schema);
    let covers = |one: &Result<CanonicalSchema, CanonicalizationError>, other: &Result<_, _>| match (one, other) {
        (Ok(one), Ok(other)) => matches!(one.covers(other), Ok(Containment::Yes)),
        _ => false,
    };
    let (old, new) = (canonical(&old), canonical(&new));
    Relation { refuses: !covers(&new, &old), adds: !covers(&old, &new) }
}

fn alone(versions: [&Version; 2], side: usize, piece: &Value) -> Value {
    match piece {
        Value::Object(object) => {
            let mut written: Map<String, Value> =
                object.iter().map(|(key, below)| (key.clone(), alone(versions, side, below))).collect();
            if let Some(Value::String(reference)) = object.get("$ref") {
                written.remove("$ref");
                written.insert("allOf".into(), json!([referred(versions, side, &target(reference))]));
            }
            Value::Object(written)
        }
        Value::Array(array) => array.iter().map(|below| alone(versions, side, below)).collect(),
        other => other.clone(),
    }
}

fn referred(versions: [&Version; 2], side: usize, name: &str) -> Value {
    let text = |version: &Version| {
        let definition = version.model.definition(name)?;
        definition.string().map(|_| definition.written.clone())
    };
    let texts = versions.map(text);
    match texts {
        [Some(_), Some(new)] => new,
        [old, new] => [old, new][side].clone().unwrap_or_else(|| json!({ "type": "object" })),
    }
}
