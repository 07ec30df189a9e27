//! The words of two schemas that differ, as texts.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Version;
use super::sentences::Difference;
use super::subset::Relation;
use crate::codegen::shape;

/// Words for people, and words that are compared by a rule of their own.
const NOT_LIMITS: [&str; 16] = [
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "default",
    "deprecated",
    "description",
    "enum",
    "items",
    "properties",
    "readOnly",
    "required",
    "title",
    "type",
    "writeOnly",
    "x-drs",
];

/// What differs in the type and the limits of two pieces of schemas; `None` when nothing does.
pub(super) fn of_texts(versions: [&Version; 2], pieces: [&Value; 2]) -> Option<String> {
    let mut words = Vec::new();
    let [before, after] = pieces.map(kind);
    if before == after {
        limits(pieces, "", &mut words);
    } else {
        words.push(format!("{before} became {after}"));
        let [old, new] = versions;
        limits([&with_limits_of_its_name(old, pieces[0]), &with_limits_of_its_name(new, pieces[1])], "", &mut words);
    }
    (!words.is_empty()).then(|| words.join(", "))
}

/// What a value is, in a few words.
fn kind(piece: &Value) -> String {
    let or_null = if shape::is_nullable(piece) { " or null" } else { "" };
    let named = shape::named(piece).map(|name| format!("`{name}`"));
    let types = || {
        let types = shape::types(piece).into_iter().map(|kind| match kind {
            "array" => format!("list of {}", kind_of(piece, "items")),
            "object" if piece["additionalProperties"].is_object() => {
                format!("map of {}", kind_of(piece, "additionalProperties"))
            }
            other => other.to_owned(),
        });
        types.collect::<Vec<_>>().join(" or ")
    };
    format!("{}{or_null}", named.unwrap_or_else(types))
}

fn kind_of(piece: &Value, key: &str) -> String {
    piece.get(key).map_or_else(String::new, kind)
}

/// A text with a name has its own limits besides those of the field.
fn with_limits_of_its_name(version: &Version, piece: &Value) -> Value {
    let definition = shape::named(piece).and_then(|name| version.model.definition(&name));
    let mut written = definition.map_or_else(|| json!({}), |definition| definition.schema.clone());
    for (key, value) in piece.as_object().into_iter().flatten() {
        written[key] = value.clone();
    }
    written
}

fn limits(pieces: [&Value; 2], of: &str, words: &mut Vec<String>) {
    let keys: BTreeSet<&String> =
        pieces.iter().filter_map(|piece| piece.as_object()).flat_map(|piece| piece.keys()).collect();
    for key in keys.into_iter().filter(|key| !NOT_LIMITS.contains(&key.as_str())) {
        match pieces.map(|piece| piece.get(key)) {
            [Some(before), Some(after)] if before != after => {
                words.push(format!("{of}{key} was {before}, is {after}"));
            }
            [Some(before), None] => words.push(format!("{of}{key} {before} is gone")),
            [None, Some(after)] => words.push(format!("{of}{key} {after} is new")),
            _ => {}
        }
    }
    for (key, of) in [("items", "elements: "), ("additionalProperties", "values: ")] {
        if let [Some(before), Some(after)] = pieces.map(|piece| piece.get(key)) {
            limits([before, after], of, words);
        }
    }
}

/// The listed values that differ; a list that comes or goes as a whole is another type of text.
pub(super) fn of_values(pieces: [&Value; 2], relation: impl Fn() -> Relation) -> Vec<Difference> {
    let [before, after] = pieces.map(|piece| {
        let values = piece["enum"].as_array().into_iter().flatten();
        values.filter_map(Value::as_str).collect::<BTreeSet<_>>()
    });
    match (before.is_empty(), after.is_empty()) {
        (true, false) => {
            return vec![Difference::Words(format!("any text became one of {}", either(&after)), relation())];
        }
        (false, true) => {
            return vec![Difference::Words(format!("one of {} became any text", either(&before)), relation())];
        }
        _ => {}
    }
    let gone = before.difference(&after).map(|value| Difference::ValueIsGone((*value).to_owned()));
    gone.chain(after.difference(&before).map(|value| Difference::ValueIsNew((*value).to_owned()))).collect()
}

/// Another default for a field that had one.
pub(super) fn default([before, after]: [&Value; 2]) -> Option<Difference> {
    let (before, after) = (before.get("default")?, after.get("default"));
    match after {
        Some(after) if after == before => None,
        Some(after) => Some(Difference::Default(format!("the default was {before}, is {after}"))),
        None => Some(Difference::Default(format!("the default {before} is gone"))),
    }
}

/// The obligations of a shape, as sentences.
pub(super) fn obligations(shape: &Value) -> BTreeSet<String> {
    let rules = shape["allOf"].as_array().into_iter().flatten();
    rules
        .map(|rule| {
            let then = rule["then"]["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let then = then.map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ");
            format!("{then} must be there when {}", condition(&rule["if"]["properties"]))
        })
        .collect()
}

/// The values that some fields must have, as words; empty for no condition.
pub(super) fn condition(fields: &Value) -> String {
    let fields = fields.as_object().into_iter().flatten().map(|(field, allowed)| {
        let values = allowed.get("enum").unwrap_or(allowed).as_array().into_iter().flatten();
        let values = values.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        format!("`{field}` is {}", either(values))
    });
    fields.collect::<Vec<_>>().join(" and ")
}

fn either(values: impl IntoIterator<Item = impl std::fmt::Display>) -> String {
    values.into_iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(" or ")
}

/// The pairs of shapes that stand in the same place of two fields. Texts of different names are compared in the field.
pub(super) fn shapes_below([before, after]: [&Value; 2]) -> Option<[String; 2]> {
    if let [Some(before), Some(after)] = [before, after].map(shape::named) {
        return Some([before, after]);
    }
    let below = ["items", "additionalProperties"];
    below.into_iter().find_map(|key| shapes_below([before.get(key)?, after.get(key)?]))
}
