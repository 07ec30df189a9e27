//! A difference: what is expected and what was found, and the rule that says so.

use std::fmt;

use drs_types::Redacted;
use drs_types::outline::Type;
use drs_types::text::{count, one_of};
use serde_json::Value;

use crate::finding::{Code, secret};

/// What differs, before it is known what that means.
#[derive(Debug)]
pub(crate) struct Difference {
    pub(crate) code: Code,
    pub(crate) pointer: String,
    pub(crate) expected: Option<Expected>,
    pub(crate) found: Option<Found>,
    pub(crate) rule: Option<Rule>,
    /// The place, in bytes from the start of the payload; `None` when the pointer says it.
    pub(crate) at: Option<usize>,
}

impl Difference {
    /// One whose code and place say everything.
    pub(crate) fn bare(code: Code, pointer: impl Into<String>) -> Self {
        Self { code, pointer: pointer.into(), expected: None, found: None, rule: None, at: None }
    }

    /// One that says what is expected and what was found.
    pub(crate) fn new(
        code: Code,
        pointer: impl Into<String>,
        expected: impl Into<Expected>,
        found: impl Into<Found>,
    ) -> Self {
        Self { expected: Some(expected.into()), found: Some(found.into()), ..Self::bare(code, pointer) }
    }
}

/// What the documentation, or JSON itself, expects.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Expected {
    /// A value of one of these JSON types.
    Types(Vec<Type>),
    /// One of these values, each written as JSON.
    OneOf(Vec<String>),
    /// At least this many.
    AtLeast(String, Unit),
    /// At most this many.
    AtMost(String, Unit),
    /// A string that matches this pattern.
    Pattern(String),
    /// Anything else, in words.
    Words(String),
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Unit {
    /// Nothing: the limit is a number itself.
    Value,
    /// Characters of a string.
    Character,
    /// Items of an array.
    Item,
}

impl Unit {
    fn of(self, number: &str) -> String {
        match (self, number.parse()) {
            (Self::Character, Ok(number)) => count(number, "character"),
            (Self::Item, Ok(number)) => count(number, "item"),
            _ => number.to_owned(),
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Types(types) => f.write_str(&one_of(types.iter().map(|one| one.name()))),
            Self::OneOf(values) => f.write_str(&one_of(values)),
            Self::AtLeast(number, unit) => write!(f, "at least {}", unit.of(number)),
            Self::AtMost(number, unit) => write!(f, "at most {}", unit.of(number)),
            Self::Pattern(pattern) => write!(f, "a string that matches {pattern}"),
            Self::Words(words) => f.write_str(words),
        }
    }
}

impl From<&str> for Expected {
    fn from(words: &str) -> Self {
        Self::Words(words.to_owned())
    }
}

impl From<String> for Expected {
    fn from(words: String) -> Self {
        Self::Words(words)
    }
}

/// What was found: a JSON value, or something else in words.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Found {
    shown: String,
    json_type: Option<Type>,
    value: Option<Value>,
    masked: bool,
}

impl Found {
    /// A value. An array or an object is not shown, and a long string only in part.
    pub(crate) fn value_of(value: &Value) -> Self {
        let (json_type, shown) = match value {
            Value::Array(items) => (Type::Array, format!("array of {}", count(items.len() as u64, "item"))),
            // The number of members is unknown when the fast path has skipped some.
            Value::Object(_) => (Type::Object, "object".to_owned()),
            Value::Null => (Type::Null, "null".to_owned()),
            Value::Bool(_) => (Type::Boolean, value.to_string()),
            Value::Number(number) => {
                let shown = number.to_string();
                (if shown.contains(['.', 'e', 'E']) { Type::Number } else { Type::Integer }, shown)
            }
            Value::String(_) => (Type::String, value.to_string()),
        };
        let short = short(shown.clone());
        if value.is_string() && secret::may_be_in(&short) {
            return Self::masked();
        }
        let is_whole = short == shown && !value.is_array() && !value.is_object();
        Self { shown: short, json_type: Some(json_type), value: is_whole.then(|| value.clone()), masked: false }
    }

    /// A secret, of which nothing is known any more.
    pub(crate) fn masked() -> Self {
        Self { masked: true, ..Self::from(Redacted::MASK) }
    }

    /// What people read.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.shown
    }

    /// The JSON type of the value; `None` for a secret, and for what is not a JSON value.
    #[must_use]
    pub fn json_type(&self) -> Option<Type> {
        self.json_type
    }

    /// The value, when it is a scalar that is shown in full.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        self.value.as_ref()
    }

    /// Whether the value is a secret.
    #[must_use]
    pub fn is_masked(&self) -> bool {
        self.masked
    }

    /// A scalar with the name of its type.
    pub(crate) fn with_type(&self) -> String {
        match self.json_type {
            Some(scalar @ (Type::Boolean | Type::Integer | Type::Number | Type::String)) => {
                format!("{} {}", scalar.name(), self.shown)
            }
            _ => self.shown.clone(),
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.shown)
    }
}

impl From<&str> for Found {
    fn from(words: &str) -> Self {
        Self::from(words.to_owned())
    }
}

impl From<String> for Found {
    fn from(words: String) -> Self {
        Self { shown: words, json_type: None, value: None, masked: false }
    }
}

/// A string, or the start of it when it is long.
pub(crate) fn short(text: String) -> String {
    const LONGEST: usize = 80;
    let length = text.chars().count();
    if length <= LONGEST {
        return text;
    }
    let start: String = text.chars().take(LONGEST).collect();
    format!("{start}… ({length} characters)")
}

/// A rule of the schemas.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Rule {
    /// The definition that it is a part of.
    pub definition: String,
    /// The keyword, as a path below the definition, such as `properties/jobs/minItems`.
    pub path: String,
}

impl Rule {
    /// A rule below a definition.
    pub(crate) fn new(definition: &str, path: impl Into<String>) -> Self {
        Self { definition: definition.to_owned(), path: path.into() }
    }

    /// The rule at a JSON Pointer into a document of definitions; `None` outside of them.
    pub(crate) fn at(pointer: &str) -> Option<Self> {
        let (definition, path) = pointer.strip_prefix("/$defs/")?.split_once('/')?;
        Some(Self::new(definition, path))
    }

    /// The JSON Pointer of the schema that has the rule.
    pub(crate) fn schema(&self) -> String {
        let parent = self.path.rsplit_once('/').map(|(parent, _)| format!("/{parent}")).unwrap_or_default();
        format!("/$defs/{}{parent}", self.definition)
    }
}

/// A JSON Pointer into the document of all definitions.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/$defs/{}/{}", self.definition, self.path)
    }
}
