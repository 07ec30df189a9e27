//! One thing in a payload that the documentation does not say.

use std::fmt;

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde::Serialize;
use serde_json::Value;

/// One thing in a payload that the documentation does not say.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// Which kind of rule is broken.
    pub rule: Rule,
    /// Where in the payload, as a JSON Pointer.
    pub pointer: String,
    /// What the documentation says.
    pub expected: String,
    /// What is there.
    pub found: String,
    /// The rule, as a JSON Pointer into the schema.
    pub schema_pointer: String,
}

/// The kinds of rules that a payload can break.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rule {
    /// A value has another JSON type.
    Type,
    /// A mandatory member is missing.
    Missing,
    /// A member is not documented.
    UnknownField,
    /// A value is not among the listed ones.
    UnlistedValue,
    /// An element stands in a list twice.
    Duplicate,
    /// A text, a number or a list breaks its limits: length, range, pattern.
    Limit,
}

impl Finding {
    /// The findings behind one error of the validator: one for each unknown member, one for each repeated element.
    pub(crate) fn of(error: &ValidationError<'_>) -> Vec<Self> {
        let at = error.instance_path().as_str();
        let instance = error.instance();
        let finding = |rule, pointer: String, expected: String, found: String| Self {
            rule,
            pointer,
            expected,
            found,
            schema_pointer: error.schema_path().as_str().to_owned(),
        };
        let here = |rule, expected: String| vec![finding(rule, at.to_owned(), expected, shown(instance))];
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => unexpected
                .iter()
                .map(|key| {
                    let pointer = format!("{at}/{}", escaped(key));
                    let found = instance.get(key).map(shown).unwrap_or_default();
                    finding(Rule::UnknownField, pointer, "no such field".to_owned(), found)
                })
                .collect(),
            ValidationErrorKind::UniqueItems => repeated(instance)
                .into_iter()
                .map(|(first, second, value)| {
                    let pointer = format!("{at}/{second}");
                    finding(
                        Rule::Duplicate,
                        pointer,
                        format!("a value that is not already at {at}/{first}"),
                        shown(value),
                    )
                })
                .collect(),
            ValidationErrorKind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                vec![finding(Rule::Missing, format!("{at}/{}", escaped(name)), "a value".into(), "nothing".into())]
            }
            ValidationErrorKind::Type { kind } => here(Rule::Type, type_names(kind)),
            ValidationErrorKind::Enum { options } => {
                let values: Vec<String> = options.as_array().into_iter().flatten().map(shown).collect();
                let list = match values.as_slice() {
                    [first @ .., last] if values.len() <= 8 && !first.is_empty() => {
                        format!("{} or {last}", first.join(", "))
                    }
                    _ => format!("one of {} listed values", values.len()),
                };
                here(Rule::UnlistedValue, list)
            }
            ValidationErrorKind::MinItems { limit } => {
                let count = instance.as_array().map_or(0, Vec::len);
                vec![finding(Rule::Limit, at.into(), format!("at least {limit} element(s)"), count.to_string())]
            }
            ValidationErrorKind::MaxItems { limit } => {
                let count = instance.as_array().map_or(0, Vec::len);
                vec![finding(Rule::Limit, at.into(), format!("at most {limit} element(s)"), count.to_string())]
            }
            ValidationErrorKind::MinLength { limit } => here(Rule::Limit, format!("at least {limit} character(s)")),
            ValidationErrorKind::MaxLength { limit } => here(Rule::Limit, format!("at most {limit} character(s)")),
            ValidationErrorKind::Minimum { limit } => here(Rule::Limit, format!("at least {limit}")),
            ValidationErrorKind::Maximum { limit } => here(Rule::Limit, format!("at most {limit}")),
            ValidationErrorKind::Pattern { pattern } => here(Rule::Limit, format!("a text that matches {pattern}")),
            other => here(Rule::Limit, format!("what `{}` allows", other.keyword())),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() { "the body" } else { &self.pointer };
        write!(f, "{place}: expected {}, found {}", self.expected, self.found)
    }
}

/// The pairs of equal elements: where the value first stood, where it stands again.
fn repeated(list: &Value) -> Vec<(usize, usize, &Value)> {
    let elements = list.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut first_seen = std::collections::HashMap::new();
    let mut pairs = Vec::new();
    for (index, element) in elements.iter().enumerate() {
        match first_seen.entry(element.to_string()) {
            std::collections::hash_map::Entry::Occupied(first) => pairs.push((*first.get(), index, element)),
            std::collections::hash_map::Entry::Vacant(slot) => drop(slot.insert(index)),
        }
    }
    pairs
}

fn type_names(kind: &TypeKind) -> String {
    let name = |kind: &jsonschema::JsonType| {
        match kind.to_string().as_str() {
            "array" => "a list",
            "boolean" => "true or false",
            "integer" => "a whole number",
            "null" => "null",
            "number" => "a number",
            "object" => "an object",
            _ => "a text",
        }
        .to_owned()
    };
    match kind {
        TypeKind::Single(kind) => name(kind),
        TypeKind::Multiple(kinds) => kinds.iter().map(|kind| name(&kind)).collect::<Vec<_>>().join(" or "),
    }
}

/// A value in few words.
fn shown(value: &Value) -> String {
    const LONGEST: usize = 80;
    let text = match value {
        Value::Array(list) => format!("a list of {}", list.len()),
        Value::Object(object) => format!("an object with {} member(s)", object.len()),
        other => other.to_string(),
    };
    if text.chars().count() <= LONGEST {
        return text;
    }
    let start: String = text.chars().take(LONGEST).collect();
    format!("{start}… ({} characters)", text.chars().count())
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
