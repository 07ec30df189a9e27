//! The parts of `x-drs`, the key for facts that JSON Schema and OpenAPI have no keyword for.

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
    /// The field that gives the reason for the value of another field.
    pub reason: Option<Reason>,
    /// The source of the object, if it is not its page.
    pub source: Option<Source>,
    /// The points where the documentation says something else.
    #[serde(default)]
    pub deviations: Vec<Deviation>,
}

/// `x-drs` of a named string.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StringNotes {
    /// The meaning of each enum value, in the order of the file.
    #[serde(default)]
    pub values: IndexMap<String, EnumValue>,
    /// The enum values after which no other follows.
    #[serde(rename = "final")]
    pub last: Option<Final>,
    /// The unit of the number that the string holds.
    pub unit: Option<String>,
    /// The source of the string, if it is not its page.
    pub source: Option<Source>,
    /// The points where the documentation says something else.
    #[serde(default)]
    pub deviations: Vec<Deviation>,
}

/// The enum values after which no other follows.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Final {
    /// The values.
    pub values: Vec<String>,
    /// The source of the fact.
    pub source: String,
}

/// `x-drs` of a property.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PropertyNotes {
    /// The unit of a number.
    pub unit: Option<String>,
    /// The name of the field in Rust, where the name derived from the wire name is already taken.
    pub rust_name: Option<String>,
    /// The array in the same object whose items this number counts.
    pub counts: Option<String>,
    /// The format of a string that holds structured data.
    pub form: Option<Form>,
    /// The source of the property, if it is not its page.
    pub source: Option<Source>,
    /// The points where the documentation says something else.
    #[serde(default)]
    pub deviations: Vec<Deviation>,
}

/// The format of a string that holds structured data.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// The data of a check item, which `drs-types` parses with `ItemData`.
    ItemData,
}

/// The rule that one of `fields` gives the reason when the string field `of` has one of the `values`.
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

/// The meaning of an enum value.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum EnumValue {
    /// A sentence.
    Meaning(String),
    /// For an error code, also how the service uses it.
    Code(CodeFacts),
}

/// The known facts about an error code.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeFacts {
    /// The meaning of the code.
    pub text: String,
    /// The HTTP status that it comes with.
    pub status: u16,
    /// Whether the same request may be sent again, and after what.
    pub retry: String,
}

impl EnumValue {
    /// Returns the meaning of the value, as a sentence.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Meaning(text) => text,
            Self::Code(facts) => &facts.text,
        }
    }

    /// Returns the known facts about the value as an error code.
    #[must_use]
    pub fn code(&self) -> Option<&CodeFacts> {
        match self {
            Self::Meaning(_) => None,
            Self::Code(facts) => Some(facts),
        }
    }
}

/// A string or a boolean: a value that a condition or an outcome names.
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

/// `x-drs` of an operation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperationNotes {
    /// The title of the vendor's page.
    pub page: String,
    /// The stable label of that page.
    pub label: Option<String>,
    /// The source that calls the operation deprecated.
    pub deprecated_by: Option<String>,
    /// Whether it is safe to send the same request twice.
    pub retry_safe: bool,
    /// How the response reports on each item of a batch request.
    pub batch: Option<Batch>,
    /// How the request selects a page of the response.
    pub pages: Option<Pages>,
    /// How to wait for what the operation reports on.
    pub polling: Option<Polling>,
    /// The id of the task in the body, as a JSON Pointer.
    pub job: Option<String>,
    /// The states in which a task accepts the operation, and the effects on the task.
    #[serde(default)]
    pub task: Vec<TaskRule>,
    /// The reason why a side of the operation has no documented payload.
    #[serde(default)]
    pub no_payload: NoPayload,
    /// The points where the sources contradict each other about the operation.
    #[serde(default)]
    pub deviations: Vec<Deviation>,
}

/// The reasons why a side has no documented payload.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoPayload {
    /// The reason for the request.
    pub request: Option<String>,
    /// The reason for the response.
    pub response: Option<String>,
}

/// How the response reports on each item of a batch request. Strings are JSON Pointers.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// The array of items, in the request.
    pub request: String,
    /// The id in an item of that array; without it, the item is the id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<String>,
    /// The array of item responses, in the response.
    pub response: String,
    /// The id in an item response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Whether one item may be requested, and returned, more than once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repeats: bool,
    /// The error code of an item, in an item response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// The error message of an item, in an item response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_msg: Option<String>,
    /// Other values of the `outcome` field that mean success.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_accepted: Vec<Literal>,
    /// Other values of the `outcome` field that mean failure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_refused: Vec<Literal>,
    /// The field of an item response that says whether the item succeeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// How a request selects a page, and the lists of a page. Strings are JSON Pointers.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Pages {
    /// The number of the page, in the request.
    pub number: String,
    /// The number of items on a page, in the request.
    pub size: String,
    /// The number of the first page.
    pub first: u32,
    /// The arrays that are cut into pages, the main one first.
    pub lists: Vec<List>,
    /// The source of the facts.
    #[serde(skip_serializing)]
    pub source: String,
}

/// An array of the response that is cut into pages. Strings are JSON Pointers.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// The array; `*` stands for each item or member on the way to it.
    pub items: String,
    /// The number of items on all pages together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<String>,
    /// The id in an item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// How to wait for what an operation reports on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Polling {
    /// The field that says how far it is, as a JSON Pointer into an item response, or into the response of no batch.
    pub at: String,
    /// The time between two calls, in seconds.
    pub interval: Option<u32>,
    /// The time after which to give up, in seconds.
    pub limit: Option<u32>,
    /// The source of the facts.
    pub source: String,
}

/// The field of an item response that says whether the item succeeded, and its two values.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// The field, as a JSON Pointer.
    pub at: String,
    /// Its value on success.
    pub accepted: Literal,
    /// Its value on failure.
    pub refused: Literal,
}

/// Returns the facts of a batch, or of pages, by key; none where there are none.
#[must_use]
pub fn members(facts: Option<&impl Serialize>) -> BTreeMap<String, Value> {
    match serde_json::to_value(facts) {
        Ok(Value::Object(members)) => members.into_iter().collect(),
        _ => BTreeMap::new(),
    }
}

/// The states in which a task accepts an operation, and the effects on the task.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskRule {
    /// The values of request fields for which the rule holds; without any, it always holds.
    #[serde(default)]
    pub when: BTreeMap<String, Vec<String>>,
    /// The values of `JobStatus` in which the operation is accepted; without them, any.
    pub states: Option<Vec<String>>,
    /// The operations that the task must have accepted before; one of each array is enough.
    #[serde(default)]
    pub after: Vec<Vec<String>>,
    /// The `JobStatus` after the operation.
    pub becomes: Option<String>,
    /// Whether the operation removes the task.
    #[serde(default)]
    pub removes: bool,
    /// Whether the operation starts the pre-check of the task.
    #[serde(default)]
    pub starts_precheck: bool,
    /// Whether the task adopts the values of the request.
    #[serde(default)]
    pub updates: bool,
    /// The source of the rule.
    pub source: String,
}
