//! One difference between a payload and the documentation.

pub(crate) mod difference;
pub(crate) mod excerpt;
pub(crate) mod list;
pub(crate) mod secret;
pub(crate) mod show;
pub(crate) mod summary;

use std::fmt;

use drs_types::pointer;
use serde::{Serialize, Serializer};

use crate::finding::difference::{Expected, Found, Rule};

/// One difference between a payload and the documentation.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The kind of difference.
    pub code: Code,
    /// Whether it is an error or drift.
    pub severity: Severity,
    /// The place in the payload, in bytes from its start; 0 when only the value is known.
    pub offset: usize,
    /// The place in the payload, as a JSON Pointer. For a missing field, the place where it belongs.
    pub pointer: String,
    /// What is expected; `None` when the code says it.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "displayed")]
    pub expected: Option<Expected>,
    /// What was found; `None` when nothing is there.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "displayed")]
    pub found: Option<Found>,
    /// The rule of the schemas; `None` when the schemas have none. Written as a JSON Pointer into all definitions.
    #[serde(rename = "schema_pointer", skip_serializing_if = "Option::is_none", serialize_with = "displayed")]
    pub rule: Option<Rule>,
    /// The table of the documentation that the rule comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
}

/// What a finding means.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The payload can be read, but differs from the documentation.
    Drift,
    /// The service refuses the request, or the response cannot be read.
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

/// Defines the codes: each has a number that never changes, a meaning and a title.
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

            /// The name of the code, in a few words.
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
    /// The input is not JSON.
    SyntaxError = "DRS-V001", "syntax error";
    /// The input ends inside a value.
    UnexpectedEnd = "DRS-V002", "unexpected end of input";
    /// Something follows the value.
    TrailingCharacters = "DRS-V003", "trailing characters";
    /// A string has bytes that are not UTF-8.
    InvalidUtf8 = "DRS-V004", "invalid UTF-8";
    /// A payload starts with a byte order mark, which JSON must not have. The mark of a file is not a finding.
    ByteOrderMark = "DRS-V005", "byte order mark";
    /// An object has two members with the same key.
    DuplicateKey = "DRS-V006", "duplicate key";
    /// Arrays and objects are nested deeper than a reader accepts.
    NestingTooDeep = "DRS-V007", "nesting too deep";
    /// A number is too large for a reader.
    NumberRange = "DRS-V008", "number out of range";
    /// A string has one half of a surrogate pair.
    UnpairedSurrogate = "DRS-V009", "unpaired surrogate";
    /// The payload is larger than the limit; it was not validated.
    TooLarge = "DRS-V010", "payload too large";
    /// A value has another JSON type.
    WrongType = "DRS-V011", "wrong type";
    /// A required field is missing.
    MissingField = "DRS-V012", "missing field";
    /// A field is not documented.
    UnknownField = "DRS-V013", "unknown field";
    /// A value is not one of the listed values.
    UnlistedValue = "DRS-V014", "unlisted value";
    /// An array has the same item twice.
    DuplicateItem = "DRS-V015", "duplicate item";
    /// A string does not match its documented pattern.
    Pattern = "DRS-V016", "pattern mismatch";
    /// A string is too short or too long.
    Length = "DRS-V017", "length out of range";
    /// A number is too small or too large.
    ValueRange = "DRS-V018", "value out of range";
    /// An array has too few or too many items.
    ItemCount = "DRS-V019", "too few or too many items";
    /// A value breaks a rule that has no code of its own.
    UnmetCondition = "DRS-V020", "unmet condition";
    /// No documented operation or body matches the payload; it was not validated.
    UnknownPayload = "DRS-V021", "unknown payload";
    /// Several documented bodies match the payload; it was not validated.
    AmbiguousPayload = "DRS-V022", "ambiguous payload";
    /// The status is not documented for the operation; the body was not validated.
    UndocumentedStatus = "DRS-V023", "undocumented status";
    /// The payload has more findings than are listed; the rest of it was not validated.
    MoreFindings = "DRS-V024", "more findings";
    /// An integer is written with a fraction or an exponent.
    IntegerForm = "DRS-V025", "integer with a fraction or an exponent";
    /// A number that counts the items of an array differs from their number.
    WrongCount = "DRS-V031", "wrong count";
    /// Two items of a batch response have the same id.
    DuplicateId = "DRS-V032", "duplicate id";
    /// The request has an id that the response omits.
    NotAnswered = "DRS-V033", "not answered";
    /// The response has an id that the request omits.
    NotRequested = "DRS-V034", "not requested";
    /// A verdict that needs a reason has none.
    MissingReason = "DRS-V035", "missing reason";
    /// A string has none of the forms that are documented or known for it.
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
    /// A finding that says what is expected and what was found.
    pub(crate) fn new(
        code: Code,
        severity: Severity,
        pointer: impl Into<String>,
        expected: impl Into<Expected>,
        found: impl Into<Found>,
    ) -> Self {
        let (expected, found) = (Some(expected.into()), Some(found.into()));
        Self { expected, found, ..Self::bare(code, severity, pointer) }
    }

    /// A finding whose code and place say everything.
    pub(crate) fn bare(code: Code, severity: Severity, pointer: impl Into<String>) -> Self {
        let pointer = pointer.into();
        Self { code, severity, offset: 0, pointer, expected: None, found: None, rule: None, table: None }
    }

    /// The place in any payload of its kind: the pointer, with `*` for each index of an array.
    #[must_use]
    pub fn place(&self) -> String {
        let is_index = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let any = |part: &str| if is_index(part) { "/*".into() } else { format!("/{part}") };
        self.pointer.split('/').skip(1).map(any).collect()
    }

    /// What is wrong, in one clause, such as ``unknown field `extra` ``.
    #[must_use]
    pub fn message(&self) -> String {
        let title = match (self.code, &self.expected) {
            (Code::ItemCount, Some(Expected::AtLeast(..))) => "too few items",
            (Code::ItemCount, Some(Expected::AtMost(..))) => "too many items",
            (code, _) => code.title(),
        };
        let name = || pointer::last(&self.pointer);
        match (self.code, &self.expected, &self.found) {
            (Code::UnknownField | Code::MissingField | Code::DuplicateKey, ..) => format!("{title} `{}`", name()),
            (Code::WrongType, Some(expected), Some(found)) => {
                format!("{title}: expected {expected}, found {}", found.with_type())
            }
            (_, Some(expected), Some(found)) => format!("{title}: expected {expected}, found {found}"),
            (_, Some(expected), None) => format!("{title}: expected {expected}"),
            (_, None, Some(found)) => format!("{title}: {found}"),
            (_, None, None) => title.to_owned(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() { "the body" } else { &self.pointer };
        write!(f, "{place}: {}", self.message())
    }
}

/// Writes what has a display form as a string.
#[allow(clippy::ref_option, reason = "serde calls it")]
fn displayed<T: fmt::Display, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}
