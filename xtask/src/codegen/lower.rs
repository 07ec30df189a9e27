//! The tolerant reading: from a schema as written to what the types are made from.
//!
//! What a server may do without breaking a reader is forgiven here, and only here: a missing or null member, a value
//! that no list has, a text that breaks its pattern, a field that nobody documented.

use serde_json::{Map, Value, json};

use super::model::{Definition, target};

/// Whether a type must forgive what a server sends, or hold what we send.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Side {
    /// Only requests reach the type: a mandatory field is mandatory.
    Sent,
    /// An answer reaches the type: every field may be missing.
    Received,
}

impl Side {
    /// The side of a definition; one that is both sent and received must forgive.
    #[must_use]
    pub fn of(definition: &Definition) -> Self {
        if definition.received { Self::Received } else { Self::Sent }
    }
}

/// The name that a secret text has for typify; replaced by our own type.
pub const REDACTED: &str = "Redacted";

/// The lowered copy of a definition, for typify.
///
/// A text with a name becomes a plain string here, because its type is not made by typify: see `types.rs`.
#[must_use]
pub fn lower(definition: &Definition) -> Value {
    if definition.schema["type"] == "string" {
        return json!({ "type": "string" });
    }
    let side = Side::of(definition);
    let required: Vec<&Value> = match side {
        Side::Sent => definition.schema["required"].as_array().into_iter().flatten().collect(),
        Side::Received => Vec::new(),
    };
    let properties: Map<String, Value> = definition.schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, property)| {
            let mandatory = required.iter().any(|required| *required == name);
            (name.clone(), lower_property(property, mandatory))
        })
        .collect();
    json!({ "type": "object", "properties": properties, "required": required })
}

fn lower_property(property: &Value, mandatory: bool) -> Value {
    if property["format"] == "password" {
        return reference(REDACTED);
    }
    if let Some(name) = property["$ref"].as_str() {
        return reference(&target(name));
    }
    let kind = &property["type"];
    let mut lowered = json!({ "type": if mandatory { kind.clone() } else { json!([kind, "null"]) } });
    for key in ["items", "additionalProperties"] {
        if let Some(element) = property.get(key) {
            lowered[key] = lower_property(element, true);
        }
    }
    lowered
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}
