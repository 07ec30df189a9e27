//! From an error of the JSON Schema validator to findings.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use drs_types::outline::Type;
use drs_types::pointer;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;

use crate::finding::Code;
use crate::finding::difference::{Difference, Expected, Found, Rule, Unit};
use crate::schema::builder::Builder;

/// Adds the findings of one error: one for each unknown field, one for each duplicate item.
pub(crate) fn add(error: &ValidationError<'_>, builder: &mut Builder<'_>) {
    let at = error.instance_path().as_str();
    let instance = error.instance();
    let rule = Rule::at(error.schema_path().as_str());
    let mut push = |code, pointer: String, expected: Option<Expected>, found: Option<Found>| {
        builder.add(Difference { code, pointer, expected, found, rule: rule.clone(), at: None });
        !builder.found().is_full()
    };
    let (code, expected) = match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            unexpected.iter().all(|key| {
                let found = instance.get(key).map(Found::value_of);
                push(Code::UnknownField, pointer::join(at, key), None, found)
            });
            return;
        }
        ValidationErrorKind::UniqueItems => {
            duplicates(instance).all(|(first, second, value)| {
                let found = format!("{} is already at {at}/{first}", Found::value_of(value));
                push(Code::DuplicateItem, format!("{at}/{second}"), None, Some(found.into()))
            });
            return;
        }
        ValidationErrorKind::Required { property } => {
            push(Code::MissingField, pointer::join(at, property.as_str().unwrap_or_default()), None, None);
            return;
        }
        // A definition or null: what is not null has to match the definition.
        ValidationErrorKind::AnyOf { context } if !context.is_empty() => {
            return context[0].iter().for_each(|error| add(error, builder));
        }
        ValidationErrorKind::Type { kind } => (Code::WrongType, Expected::Types(types(kind))),
        ValidationErrorKind::Enum { options } => {
            (Code::UnlistedValue, one_of(options.as_array().map(Vec::as_slice).unwrap_or_default()))
        }
        ValidationErrorKind::MinItems { limit } => (Code::ItemCount, Expected::AtLeast(limit.to_string(), Unit::Item)),
        ValidationErrorKind::MaxItems { limit } => (Code::ItemCount, Expected::AtMost(limit.to_string(), Unit::Item)),
        ValidationErrorKind::MinLength { limit } => {
            (Code::Length, Expected::AtLeast(limit.to_string(), Unit::Character))
        }
        ValidationErrorKind::MaxLength { limit } => {
            (Code::Length, Expected::AtMost(limit.to_string(), Unit::Character))
        }
        ValidationErrorKind::Minimum { limit } => (Code::ValueRange, Expected::AtLeast(limit.to_string(), Unit::Value)),
        ValidationErrorKind::Maximum { limit } => (Code::ValueRange, Expected::AtMost(limit.to_string(), Unit::Value)),
        ValidationErrorKind::Pattern { pattern } => (Code::Pattern, Expected::Pattern(pattern.clone())),
        other => (Code::UnmetCondition, format!("what `{}` allows", other.keyword()).into()),
    };
    let found = match (code, instance.as_ref()) {
        (Code::ItemCount, Value::Array(items)) => items.len().to_string().into(),
        (_, value) => Found::value_of(value),
    };
    push(code, at.to_owned(), Some(expected), Some(found));
}

/// The listed values; only their number when there are many.
fn one_of(values: &[Value]) -> Expected {
    const MOST: usize = 8;
    if values.len() > MOST {
        return format!("one of {} listed values", values.len()).into();
    }
    Expected::OneOf(values.iter().map(|value| Found::value_of(value).to_string()).collect())
}

/// The pairs of equal items: the index of the first, that of the second, and the value.
fn duplicates(array: &Value) -> impl Iterator<Item = (usize, usize, &Value)> {
    let mut first_seen = HashMap::new();
    array.as_array().into_iter().flatten().enumerate().filter_map(move |(index, item)| {
        match first_seen.entry(item.to_string()) {
            Entry::Occupied(first) => Some((*first.get(), index, item)),
            Entry::Vacant(slot) => {
                slot.insert(index);
                None
            }
        }
    })
}

fn types(kind: &TypeKind) -> Vec<Type> {
    let of = |kind: JsonType| match kind {
        JsonType::Array => Type::Array,
        JsonType::Boolean => Type::Boolean,
        JsonType::Integer => Type::Integer,
        JsonType::Null => Type::Null,
        JsonType::Number => Type::Number,
        JsonType::Object => Type::Object,
        JsonType::String => Type::String,
    };
    match kind {
        TypeKind::Single(kind) => vec![of(*kind)],
        TypeKind::Multiple(kinds) => kinds.iter().map(of).collect(),
    }
}
