//! One thing in a payload that the documentation does not say.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::found::Found;
use crate::tree::escaped;

/// One thing in a payload that the documentation does not say.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// Which rule is broken.
    pub code: Code,
    /// What that means for whoever sends or reads the payload.
    pub severity: Severity,
    /// Where in the payload, in bytes from its start; 0 when only the value is known.
    pub offset: usize,
    /// Where in the payload, as a JSON Pointer.
    pub pointer: String,
    /// What the documentation says.
    pub expected: String,
    /// What is there.
    pub found: String,
    /// The rule, as a JSON Pointer into the schema; empty when the rule is not one of a schema.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub schema_pointer: String,
    /// The table of the documentation that the rule comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
}

/// What a finding means.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Readable, but not what is documented.
    Drift,
    /// The service refuses the request, or the answer cannot be read.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Drift => "drift",
            Self::Error => "error",
        })
    }
}

/// Defines the codes: each has a number that never changes, a name, and what it means.
macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $title:literal;)*) => {
        /// The kinds of findings. A code never changes its meaning.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[doc = $doc])+ $name,)*
        }

        impl Code {
            /// Every code, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable form, such as `DRS-V011`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// What the code means, in a sentence.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($doc),+).trim_ascii(),)*
                }
            }

            /// What the code means, in a few words.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self {
                    $(Self::$name => $title,)*
                }
            }
        }
    };
}

codes! {
    /// The text is not JSON.
    Syntax = "DRS-V001", "not JSON";
    /// The text ends too early.
    Truncated = "DRS-V002", "cut off";
    /// Something follows the value.
    Trailing = "DRS-V003", "text after the value";
    /// A text holds bytes that are not UTF-8.
    InvalidUtf8 = "DRS-V004", "not UTF-8";
    /// A payload starts with a byte order mark, which JSON must not have. The mark of a file is no finding.
    ByteOrderMark = "DRS-V005", "byte order mark";
    /// A member of an object stands in it twice.
    DuplicateKey = "DRS-V006", "name twice";
    /// The nesting is deeper than any reader accepts.
    TooDeep = "DRS-V007", "nested too deep";
    /// A number is too large for any reader.
    NumberRange = "DRS-V008", "number out of range";
    /// A text holds half a character.
    LoneSurrogate = "DRS-V009", "half a character";
    /// The payload is larger than it may be; it was not looked at.
    TooLarge = "DRS-V010", "too large";
    /// A value has another JSON type.
    WrongType = "DRS-V011", "wrong type";
    /// A mandatory field is missing.
    MissingField = "DRS-V012", "missing field";
    /// A field is not documented.
    UnknownField = "DRS-V013", "unknown field";
    /// A value is not among the listed ones.
    UnlistedValue = "DRS-V014", "unlisted value";
    /// An element stands in a list twice.
    RepeatedElement = "DRS-V015", "element twice";
    /// A text does not match its documented form.
    Pattern = "DRS-V016", "other form";
    /// A text is too short or too long.
    Length = "DRS-V017", "other length";
    /// A number is too small or too large.
    Range = "DRS-V018", "out of range";
    /// A list has too few or too many elements.
    Count = "DRS-V019", "other number of elements";
    /// A value breaks a rule that has no code of its own.
    Other = "DRS-V020", "other rule";
    /// No documented operation or body fits the payload; it was not judged.
    UnknownPayload = "DRS-V021", "unknown payload";
    /// Several documented bodies fit the payload; it was not judged.
    AmbiguousPayload = "DRS-V022", "ambiguous payload";
    /// The status is not documented for the operation; the body was not judged.
    UndocumentedStatus = "DRS-V023", "undocumented status";
    /// The payload has more findings than can be listed; it was read no further.
    More = "DRS-V024", "more findings";
    /// An integer is written with a fraction or an exponent.
    IntegerForm = "DRS-V025", "integer with a fraction or an exponent";
    /// A number that should count the elements of a list does not.
    WrongCount = "DRS-V031", "wrong count";
    /// Two answers of a batch are about the same thing.
    RepeatedId = "DRS-V032", "answered twice";
    /// The request asks for something that the answer does not mention.
    Unanswered = "DRS-V033", "not answered";
    /// The answer is about something that the request does not ask for.
    Unasked = "DRS-V034", "not asked for";
    /// A verdict that needs a reason comes without one.
    NoReason = "DRS-V035", "no reason";
    /// A text has none of the forms that are documented or known for it.
    UnknownForm = "DRS-V036", "unknown form";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Finding {
    /// A finding that no schema is the source of.
    pub(crate) fn new(code: Code, severity: Severity, pointer: impl Into<String>, expected: &str, found: &str) -> Self {
        Self {
            code,
            severity,
            offset: 0,
            pointer: pointer.into(),
            expected: expected.to_owned(),
            found: found.to_owned(),
            schema_pointer: String::new(),
            table: None,
        }
    }

    /// Adds the findings behind one error of the validator: one for each unknown member, one for each repeated element.
    /// All count as drift until someone who knows the side says otherwise.
    pub(crate) fn add(error: &ValidationError<'_>, found: &mut Found) {
        let at = error.instance_path().as_str();
        let instance = error.instance();
        let mut add = |code, pointer: String, expected: String, seen: String| {
            found.push(Self {
                schema_pointer: error.schema_path().as_str().to_owned(),
                ..Self::new(code, Severity::Drift, pointer, &expected, &seen)
            });
            !found.is_full()
        };
        let (code, expected) = match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                unexpected.iter().all(|key| {
                    let pointer = format!("{at}/{}", escaped(key));
                    let seen = instance.get(key).map(shown).unwrap_or_default();
                    add(Code::UnknownField, pointer, "no such field".to_owned(), seen)
                });
                return;
            }
            ValidationErrorKind::UniqueItems => {
                repeated(instance).all(|(first, second, value)| {
                    let expected = format!("a value that is not already at {at}/{first}");
                    add(Code::RepeatedElement, format!("{at}/{second}"), expected, shown(value))
                });
                return;
            }
            ValidationErrorKind::Required { property } => {
                let name = escaped(property.as_str().unwrap_or_default());
                add(Code::MissingField, format!("{at}/{name}"), "a value".into(), "nothing".into());
                return;
            }
            // A named shape or null: what is not null is held to the shape.
            ValidationErrorKind::AnyOf { context } if !context.is_empty() => {
                return context[0].iter().for_each(|error| Self::add(error, found));
            }
            ValidationErrorKind::Type { kind } => (Code::WrongType, type_names(kind)),
            ValidationErrorKind::Enum { options } => (Code::UnlistedValue, one_of(options)),
            ValidationErrorKind::MinItems { limit } => (Code::Count, format!("at least {limit} element(s)")),
            ValidationErrorKind::MaxItems { limit } => (Code::Count, format!("at most {limit} element(s)")),
            ValidationErrorKind::MinLength { limit } => (Code::Length, format!("at least {limit} character(s)")),
            ValidationErrorKind::MaxLength { limit } => (Code::Length, format!("at most {limit} character(s)")),
            ValidationErrorKind::Minimum { limit } => (Code::Range, format!("at least {limit}")),
            ValidationErrorKind::Maximum { limit } => (Code::Range, format!("at most {limit}")),
            ValidationErrorKind::Pattern { pattern } => (Code::Pattern, format!("a text that matches {pattern}")),
            other => (Code::Other, format!("what `{}` allows", other.keyword())),
        };
        let seen = match (code, instance.as_ref()) {
            (Code::Count, Value::Array(list)) => list.len().to_string(),
            _ => shown(instance),
        };
        add(code, at.to_owned(), expected, seen);
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() { "the body" } else { &self.pointer };
        write!(f, "{place}: expected {}, found {}", self.expected, self.found)
    }
}

fn one_of(options: &Value) -> String {
    let values: Vec<String> = options.as_array().into_iter().flatten().map(shown).collect();
    match values.as_slice() {
        [first @ .., last] if values.len() <= 8 && !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => format!("one of {} listed values", values.len()),
    }
}

/// The pairs of equal elements: where the value first stood, where it stands again.
fn repeated(list: &Value) -> impl Iterator<Item = (usize, usize, &Value)> {
    let mut first_seen = HashMap::new();
    list.as_array().into_iter().flatten().enumerate().filter_map(move |(index, element)| {
        match first_seen.entry(element.to_string()) {
            Entry::Occupied(first) => Some((*first.get(), index, element)),
            Entry::Vacant(slot) => {
                slot.insert(index);
                None
            }
        }
    })
}

fn type_names(kind: &TypeKind) -> String {
    let name = |kind: &jsonschema::JsonType| match kind.to_string().as_str() {
        "array" => "a list",
        "boolean" => "true or false",
        "integer" => "a whole number",
        "null" => "null",
        "number" => "a number",
        "object" => "an object",
        _ => "a text",
    };
    match kind {
        TypeKind::Single(kind) => name(kind).to_owned(),
        TypeKind::Multiple(kinds) => kinds.iter().map(|kind| name(&kind)).collect::<Vec<_>>().join(" or "),
    }
}

/// A value in few words.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::Array(list) => format!("a list of {}", list.len()),
        // How many members it has is not known of one that was passed over.
        Value::Object(_) => "an object".to_owned(),
        other => short(other.to_string()),
    }
}

/// A text, or the start of it when it is long.
pub(crate) fn short(text: String) -> String {
    const LONGEST: usize = 80;
    let length = text.chars().count();
    if length <= LONGEST {
        return text;
    }
    let start: String = text.chars().take(LONGEST).collect();
    format!("{start}… ({length} characters)")
}
