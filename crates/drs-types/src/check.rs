//! Checks of requests before they are sent.

use std::collections::HashMap;
use std::fmt;
use std::ops::{Bound, RangeBounds};

use serde::Serialize;

use crate::OperationInfo;
use crate::pattern::Pattern;
use crate::pointer;
use crate::text::one_of;

/// A documented limit that a request breaks.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Violation {
    /// The location in the body, as a JSON Pointer; empty for the body itself, and for a parameter.
    pub pointer: String,
    /// The parameter that breaks the limit, such as `query parameter limit`; `None` when the body breaks it.
    pub parameter: Option<String>,
    /// The kind of limit.
    pub limit: Limit,
    /// The message: what was expected and what was found.
    pub message: String,
}

/// The kind of a limit.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub enum Limit {
    /// The type of a value.
    Type,
    /// The listed values of an enum.
    Values,
    /// The length of a string, or of an array.
    Length,
    /// The pattern of a string.
    Pattern,
    /// The range of a number.
    Range,
    /// An item appears twice.
    Unique,
    /// A required field is missing.
    Missing,
    /// A field or parameter is not documented.
    Unknown,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match &self.parameter {
            Some(parameter) => parameter,
            None if self.pointer.is_empty() => "the body",
            None => &self.pointer,
        };
        write!(f, "{place}: {}", self.message)
    }
}

/// A location in a body, built on the way down.
#[derive(Clone, Copy, Debug)]
pub enum Pointer<'a> {
    /// The body itself.
    Root,
    /// A member of an object.
    Key(&'a Pointer<'a>, &'a str),
    /// An item of an array.
    Index(&'a Pointer<'a>, usize),
}

impl<'a> Pointer<'a> {
    /// The location of a member of the object here.
    #[must_use]
    pub fn key(&'a self, key: &'a str) -> Self {
        Self::Key(self, key)
    }

    /// The location of an item of the array here.
    #[must_use]
    pub fn index(&'a self, index: usize) -> Self {
        Self::Index(self, index)
    }
}

impl fmt::Display for Pointer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Key(parent, key) => write!(f, "{parent}/{}", pointer::escape(key)),
            Self::Index(parent, index) => write!(f, "{parent}/{index}"),
        }
    }
}

/// A request, or a part of one, that can be checked.
pub(crate) trait Check {
    /// Adds every limit that this value or a value inside it breaks.
    fn check(&self, at: &Pointer<'_>, found: &mut Vec<Violation>);
}

/// Returns every limit that a body breaks.
#[must_use]
pub(crate) fn all(body: &impl Check) -> Vec<Violation> {
    let mut found = Vec::new();
    body.check(&Pointer::Root, &mut found);
    found
}

/// Returns every limit that the parameters of a typed call break, except for enums: an unlisted value may be
/// sent, as in a body, because a user can know one that is newer than the documentation.
#[must_use]
pub(crate) fn parameters(info: &OperationInfo, given: &[(&'static str, Option<String>)]) -> Vec<Violation> {
    let given = given.iter().filter_map(|(name, value)| Some((None, *name, value.as_deref()?)));
    let mut found = info.check_parameters(given);
    found.retain(|violation| violation.limit != Limit::Values);
    found
}

fn report(at: &Pointer<'_>, limit: Limit, message: String, found: &mut Vec<Violation>) {
    found.push(Violation { pointer: at.to_string(), parameter: None, limit, message });
}

/// Reports a value of another type.
pub(crate) fn type_of(value: &str, expected: &str, at: &Pointer<'_>, found: &mut Vec<Violation>) {
    report(at, Limit::Type, format!("expected {expected}, found {value:?}"), found);
}

/// Reports a value that is not listed.
pub(crate) fn listed(value: &str, values: &[&str], at: &Pointer<'_>, found: &mut Vec<Violation>) {
    let expected = one_of(values.iter().map(|value| format!("{value:?}")));
    report(at, Limit::Values, format!("expected {expected}, found {value:?}"), found);
}

/// Reports an array with more or fewer items than `bounds` allows.
pub(crate) fn items<T>(array: &[T], bounds: impl RangeBounds<u64>, at: &Pointer<'_>, found: &mut Vec<Violation>) {
    let count = array.len() as u64;
    if !bounds.contains(&count) {
        report(at, Limit::Length, format!("expected {}, found {count}", counted(&bounds, "item")), found);
    }
}

/// Reports each item of an array that an earlier item equals.
pub(crate) fn unique<T: Serialize>(array: &[T], at: &Pointer<'_>, found: &mut Vec<Violation>) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (index, item) in array.iter().enumerate() {
        let Ok(json) = serde_json::to_string(item) else { continue };
        if let Some(first) = seen.get(&json) {
            report(&at.index(index), Limit::Unique, format!("{json} is a duplicate of {at}/{first}"), found);
        } else {
            seen.insert(json, index);
        }
    }
}

/// Reports a missing field that the value of another field requires.
pub(crate) fn obliged(is_there: bool, at: &Pointer<'_>, why: &str, found: &mut Vec<Violation>) {
    if !is_there {
        report(at, Limit::Missing, format!("required because {why}"), found);
    }
}

/// Reports a string with more or fewer characters than `bounds` allows.
pub(crate) fn length(text: &str, bounds: impl RangeBounds<u64>, at: &Pointer<'_>, found: &mut Vec<Violation>) {
    let count = text.chars().count() as u64;
    if !bounds.contains(&count) {
        report(at, Limit::Length, format!("expected {}, found {count}", counted(&bounds, "character")), found);
    }
}

/// Reports a string that does not match the documented pattern.
pub(crate) fn form(text: &str, pattern: &Pattern, at: &Pointer<'_>, found: &mut Vec<Violation>) {
    if !pattern.matches(text.as_bytes()) {
        report(at, Limit::Pattern, format!("{text:?} does not match {}", pattern.source), found);
    }
}

/// Reports a number outside `bounds`.
pub(crate) fn range(number: i64, bounds: impl RangeBounds<i64>, at: &Pointer<'_>, found: &mut Vec<Violation>) {
    if !bounds.contains(&number) {
        report(at, Limit::Range, format!("expected {}, found {number}", shown(&bounds)), found);
    }
}

/// A range with its noun, such as `1 to 20 items`.
fn counted(bounds: &impl RangeBounds<u64>, noun: &str) -> String {
    let last = match (bounds.start_bound(), bounds.end_bound()) {
        (_, Bound::Included(last)) | (Bound::Included(last), _) => *last,
        _ => 0,
    };
    let plural = if last == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", shown(bounds))
}

fn shown<T: fmt::Display + PartialEq>(bounds: &impl RangeBounds<T>) -> String {
    match (bounds.start_bound(), bounds.end_bound()) {
        (Bound::Included(min), Bound::Included(max)) if min == max => format!("{min}"),
        (Bound::Included(min), Bound::Included(max)) => format!("{min} to {max}"),
        (Bound::Included(min), _) => format!("at least {min}"),
        (_, Bound::Included(max)) => format!("at most {max}"),
        _ => "any number".to_owned(),
    }
}
