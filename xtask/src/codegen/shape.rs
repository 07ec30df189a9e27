//! What a property holds: the questions that several stages ask of the same few keywords.

use serde_json::Value;

use super::model::target;

/// The name of the definition that a property is, even where it may be null or an empty text instead.
#[must_use]
pub fn named(property: &Value) -> Option<String> {
    property["$ref"].as_str().or_else(|| property["anyOf"][0]["$ref"].as_str()).map(target)
}

/// The JSON types of a property without a name, without null.
#[must_use]
pub fn types(property: &Value) -> Vec<&str> {
    match &property["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").collect(),
        _ => Vec::new(),
    }
}

/// The definition of the vendor's API Explorer that a piece of a schema is from, when the page does not have it.
#[must_use]
pub fn explorer(piece: &Value) -> Option<&str> {
    piece["x-drs"]["source"]["explorer"].as_str()
}

/// Whether null is documented in the place of a value.
#[must_use]
pub fn is_nullable(property: &Value) -> bool {
    property["anyOf"][1]["type"] == "null"
        || property["type"].as_array().is_some_and(|types| types.iter().any(|t| t == "null"))
}

/// Whether it takes more than one JSON type to describe a property, or what it holds.
#[must_use]
pub fn is_union(property: &Value) -> bool {
    property["type"].is_array()
        || property["anyOf"].is_array()
        || ["items", "additionalProperties"].iter().any(|key| property.get(*key).is_some_and(is_union))
}
