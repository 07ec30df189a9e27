//! The parts of `x-drs`: what JSON Schema and OpenAPI have no keyword for.

use std::collections::BTreeMap;
use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::source::{Deviation, Source};

/// `x-drs` of an object.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectNotes {
    /// The table of the page.
    pub table: Option<String>,
    /// Fields that only the SDK has; they are not part of the schema.
    #[serde(default)]
    pub sdk_only: Vec<String>,
    /// Which field says why another one has its value.
    pub reason: Option<Reason>,
    /// Where the object is from, if not from its page.
    pub source: Option<Source>,
    /// Where the documentation says something else.
    #[serde(default)]
    pub deviations: Vec<Deviation>,
}

/// `x-drs` of a string with a name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StringNotes {
    /// What each listed value means, in the order of the file.
    #[serde(default)]
    pub values: IndexMap<String, EnumValue>,
    /// The unit of the number that the string holds.
    pub unit: Option<String>,
    /// Where the string is from, if not from its page.
    pub source: Option<Source>,
    /// Where the documentation says something else.
    #[serde(default)]
    pub deviations: Vec<Deviation>,
}

/// `x-drs` of a property.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PropertyNotes {
    /// The unit of a number.
    pub unit: Option<String>,
    /// The name of the field in Rust, where the one made from the name on the wire is taken.
    pub rust_name: Option<String>,
    /// The array beside this number whose elements it counts.
    pub counts: Option<String>,
    /// What a string holds that is more than a string.
    pub form: Option<Form>,
    /// Where the property is from, if not from its page.
    pub source: Option<Source>,
    /// Where the documentation says something else.
    #[serde(default)]
    pub deviations: Vec<Deviation>,
}

/// What a string holds that is more than a string.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// What `drs-types` reads with `ItemData`.
    ItemData,
}

/// When the string field `of` has one of the `values`, one of the string fields `fields` says why.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// The field whose value is explained.
    pub of: String,
    /// The values that need a reason.
    pub values: Vec<String>,
    /// The fields of which one gives the reason.
    #[serde(rename = "in")]
    pub fields: Vec<String>,
}

/// What a listed value means.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum EnumValue {
    /// A sentence.
    Meaning(String),
    /// For an error code, also how the service uses it.
    Code(CodeFacts),
}

/// What is known of an error code.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeFacts {
    /// What it means.
    pub text: String,
    /// The HTTP status that it comes with.
    pub status: u16,
    /// Whether the same request may be sent again, and after what.
    pub retry: String,
}

impl EnumValue {
    /// What the value means, as a sentence.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Meaning(text) => text,
            Self::Code(facts) => &facts.text,
        }
    }

    /// What is known of it as an error code.
    #[must_use]
    pub fn code(&self) -> Option<&CodeFacts> {
        match self {
            Self::Meaning(_) => None,
            Self::Code(facts) => Some(facts),
        }
    }
}

/// A string or a flag: a value that a condition or an outcome names.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Literal {
    /// `true` or `false`.
    Flag(bool),
    /// A string.
    Text(String),
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => flag.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

/// `x-drs` of a call.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperationNotes {
    /// The title of the vendor's page.
    pub page: String,
    /// The stable label of that page.
    pub label: Option<String>,
    /// Who calls the call deprecated.
    pub deprecated_by: Option<String>,
    /// Whether sending the same request twice does no harm.
    pub retry_safe: bool,
    /// How a request for many things is answered thing by thing.
    pub batch: Option<Batch>,
    /// The id of the task in the body, as a JSON Pointer.
    pub job: Option<String>,
    /// In which states a task takes the call, and what becomes of it.
    #[serde(default)]
    pub task: Vec<TaskRule>,
    /// Why a side of the call has no documented payload.
    #[serde(default)]
    pub no_payload: NoPayload,
    /// Where the sources contradict each other about the call.
    #[serde(default)]
    pub deviations: Vec<Deviation>,
}

/// Why no payload of a side is documented.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoPayload {
    /// The reason for the request.
    pub request: Option<String>,
    /// The reason for the response.
    pub response: Option<String>,
}

/// How a request for many things is answered thing by thing. Strings are JSON Pointers.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// The array of things, in the request.
    pub request: String,
    /// The id in an element of that array; without it, the element is the id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<String>,
    /// The array of answers, in the response.
    pub answers: String,
    /// The id in an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The part of the request that asks for a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paged: Option<String>,
    /// Whether one thing may be asked for, and answered, more than once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repeats: bool,
    /// The code of an error of one thing, in an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// The message of that error, in an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_msg: Option<String>,
    /// Further values of the field of `outcome` that say that the thing was done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_accepted: Vec<Literal>,
    /// Further values of the field of `outcome` that say that the thing was not done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_refused: Vec<Literal>,
    /// The field of an answer that says whether the thing was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// The field of an answer that says whether the thing was done, and its two values.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// The field, as a JSON Pointer.
    pub at: String,
    /// Its value when the thing was done.
    pub accepted: Literal,
    /// Its value when it was not.
    pub refused: Literal,
}

impl Batch {
    /// What the schema says of the batch, by key.
    #[must_use]
    pub fn members(&self) -> BTreeMap<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(members)) => members.into_iter().collect(),
            _ => BTreeMap::new(),
        }
    }
}

/// In which states a task takes a call, and what becomes of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskRule {
    /// Values of fields of the thing that is asked for; without any, the rule always holds.
    #[serde(default)]
    pub when: BTreeMap<String, Vec<String>>,
    /// The values of `JobStatus` in which the call is taken; without them, any.
    pub states: Option<Vec<String>>,
    /// Calls that the task must have taken before; of those in one array, any will do.
    #[serde(default)]
    pub after: Vec<Vec<String>>,
    /// The `JobStatus` that the call leads to.
    pub becomes: Option<String>,
    /// Whether the task is gone afterwards.
    #[serde(default)]
    pub removes: bool,
    /// Whether the pre-check of the task starts.
    #[serde(default)]
    pub starts_precheck: bool,
    /// Whether the task takes over what the request says of it.
    #[serde(default)]
    pub updates: bool,
    /// Where the rule comes from.
    pub source: String,
}
