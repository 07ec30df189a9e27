//! The tolerant reading: from a schema as written to what the types are made from.
//!
//! What a server may do without breaking a reader is forgiven here, and only here: a missing or null member, a value
//! that no list has, a text that breaks its pattern, a field that nobody documented.

use serde_json::{Map, Value, json};

use super::model::Definition;
use super::rust_names;
use super::shape;

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
/// A text with a name becomes a plain string here, because its type is not made by typify, and so does a property of
/// several JSON types: see `types.rs`.
#[must_use]
pub fn lower(definition: &Definition) -> Value {
    if definition.schema["type"] == "string" {
        return json!({ "type": "string" });
    }
    let name = |property: &str| rust_names::wire_or_own(property, &definition.schema["properties"][property]);
    let required: Vec<&str> = match Side::of(definition) {
        Side::Sent => definition.required().collect(),
        Side::Received => Vec::new(),
    };
    let properties: Map<String, Value> = definition
        .fields
        .iter()
        .map(|field| {
            let property = &definition.schema["properties"][field];
            (name(field), lower_property(property, required.contains(&field.as_str())))
        })
        .collect();
    let required: Vec<String> = required.into_iter().map(name).collect();
    json!({ "type": "object", "properties": properties, "required": required })
}

fn lower_property(property: &Value, mandatory: bool) -> Value {
    if property["format"] == "password" {
        return reference(REDACTED);
    }
    if shape::is_union(property) {
        return json!({ "type": "string" });
    }
    if let Some(name) = shape::named(property) {
        return reference(&name);
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

/// The function that reads a field otherwise than serde does, if one has to.
///
/// JSON Schema calls `1.0` an integer, so a field of integers reads that too. What may be an integer or a text does so
/// by its own type. `keeps_null` says that null is a value of the field, not its absence; serde would take an optional
/// one for missing, and a mandatory one that is missing for null.
#[must_use]
pub fn reader(property: &Value, keeps_null: bool, is_optional: bool) -> Option<&'static str> {
    match (holds_integers(property), keeps_null, is_optional) {
        (true, true, true) => Some("crate::integer::read_nullable"),
        (true, _, _) => Some("crate::integer::read"),
        (false, true, true) => Some("crate::unions::null_is_a_value"),
        (false, true, false) => Some("crate::unions::null_or_value"),
        (false, false, _) => None,
    }
}

fn holds_integers(property: &Value) -> bool {
    shape::types(property) == ["integer"]
        || ["items", "additionalProperties"].iter().any(|key| property.get(*key).is_some_and(holds_integers))
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}
