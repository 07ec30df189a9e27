//! The tolerant reading: lowers a schema as written to the schema that the types are made from.
//!
//! Only this module relaxes the schema for responses: a missing or null member, an unlisted value, a string that breaks
//! its pattern and an unknown field are accepted.

use serde_json::{Map, Value, json};

use super::rust_names;
use crate::schema::{Definition, Property, Shape, Type};

/// How much a type forgives.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reading {
    /// Only requests reach the type: a required field is required.
    Strict,
    /// A response reaches the type: every field may be missing.
    Tolerant,
}

impl Reading {
    /// Returns the reading of a definition; one that is both sent and received is tolerant.
    #[must_use]
    pub fn of(definition: &Definition) -> Self {
        if definition.received { Self::Tolerant } else { Self::Strict }
    }
}

/// The name of a secret string for typify, which is replaced by our own type.
pub const REDACTED: &str = "Redacted";

/// Returns the lowered copy of a definition, for typify.
///
/// A named string becomes a plain string here, because typify does not make its type. The same holds for a property of
/// several JSON types: see `types.rs`.
#[must_use]
pub fn lower(definition: &Definition) -> Value {
    let Shape::Object(object) = &definition.shape else {
        return json!({ "type": "string" });
    };
    let is_required = |name: &str| Reading::of(definition) == Reading::Strict && definition.requires(name);
    let properties: Map<String, Value> = definition
        .properties()
        .map(|(name, property)| (rust_names::wire_or_own(name, property), lower_property(property, is_required(name))))
        .collect();
    let required = object.required.iter().filter(|name| is_required(name));
    let required = required.filter_map(|name| Some(rust_names::wire_or_own(name, definition.property(name)?)));
    let required: Vec<String> = required.collect();
    json!({ "type": "object", "properties": properties, "required": required })
}

fn lower_property(property: &Property, required: bool) -> Value {
    if property.is_secret() {
        return reference(REDACTED);
    }
    if property.ty.is_union() {
        return json!({ "type": "string" });
    }
    if let Some(name) = property.ty.named() {
        return reference(name);
    }
    let kind = property.ty.json_type();
    let mut lowered = json!({ "type": if required { json!(kind) } else { json!([kind, "null"]) } });
    let below = match &property.ty {
        Type::Array(element) => Some(("items", element)),
        Type::Map(value) => Some(("additionalProperties", value)),
        _ => None,
    };
    if let (Some((key, below)), Some(lowered)) = (below, lowered.as_object_mut()) {
        lowered.insert(key.to_owned(), lower_property(below, true));
    }
    lowered
}

/// Returns the function that deserialises a field, where serde's default does not suffice.
///
/// JSON Schema calls `1.0` an integer, so an integer field reads it too; the type of an integer or a string does so by
/// itself. `keeps_null` means that null is a value of the field, not its absence: by default, serde reads null in an
/// optional field as missing, and a missing required field as null.
#[must_use]
pub fn reader(ty: &Type, keeps_null: bool, is_optional: bool) -> Option<&'static str> {
    match (holds_integers(ty), keeps_null, is_optional) {
        (true, true, true) => Some("crate::integer::read_nullable"),
        (true, _, _) => Some("crate::integer::read"),
        (false, true, true) => Some("crate::unions::null_is_a_value"),
        (false, true, false) => Some("crate::unions::null_or_value"),
        (false, false, _) => None,
    }
}

fn holds_integers(ty: &Type) -> bool {
    match ty {
        Type::Integer => true,
        Type::Nullable(inner) => holds_integers(inner),
        Type::Array(inner) | Type::Map(inner) => holds_integers(&inner.ty),
        // The type is an array or a map.
        Type::OneOf(alternatives) => {
            alternatives.iter().any(|one| matches!(one, Type::Array(_) | Type::Map(_)) && holds_integers(one))
        }
        _ => false,
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}
