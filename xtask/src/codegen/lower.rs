//! The tolerant reading: from a schema as written to what the types are made from.
//!
//! What a server may do without breaking a reader is forgiven here, and only here: a missing or null member, a value
//! that no list has, a text that breaks its pattern, a field that nobody documented.

use serde_json::{Map, Value, json};

use super::rust_names;
use crate::schema::{Definition, Property, Shape, Type};

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
    let Shape::Object(object) = &definition.shape else {
        return json!({ "type": "string" });
    };
    let is_mandatory = |name: &str| Side::of(definition) == Side::Sent && definition.requires(name);
    let properties: Map<String, Value> = definition
        .properties()
        .map(|(name, property)| (rust_names::wire_or_own(name, property), lower_property(property, is_mandatory(name))))
        .collect();
    let required = object.required.iter().filter(|name| is_mandatory(name));
    let required = required.filter_map(|name| Some(rust_names::wire_or_own(name, definition.property(name)?)));
    let required: Vec<String> = required.collect();
    json!({ "type": "object", "properties": properties, "required": required })
}

fn lower_property(property: &Property, mandatory: bool) -> Value {
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
    let mut lowered = json!({ "type": if mandatory { json!(kind) } else { json!([kind, "null"]) } });
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

/// The function that reads a field otherwise than serde does, if one has to.
///
/// JSON Schema calls `1.0` an integer, so a field of integers reads that too. What may be an integer or a text does so
/// by its own type. `keeps_null` says that null is a value of the field, not its absence; serde would take an optional
/// one for missing, and a mandatory one that is missing for null.
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
        // What may be an array or a map.
        Type::OneOf(alternatives) => {
            alternatives.iter().any(|one| matches!(one, Type::Array(_) | Type::Map(_)) && holds_integers(one))
        }
        _ => false,
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}
