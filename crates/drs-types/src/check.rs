//! Checks of what we send, before it leaves.

use std::collections::HashMap;
use std::fmt;
use std::ops::{Bound, RangeBounds};

use serde::Serialize;

use crate::OperationInfo;
use crate::pattern::Pattern;
use crate::pointer;
use crate::text::one_of;

/// One limit of the documentation that a request breaks.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Violation {
    /// Where in the body, as a JSON Pointer; empty for the body itself, and for a parameter.
    pub pointer: String,
    /// The parameter that breaks the limit, such as `query parameter limit`; `None` when it is the body.
    pub parameter: Option<String>,
    /// What kind of limit it is.
    pub limit: Limit,
    /// What was expected and what was found.
    pub message: String,
}

/// What kind of limit is broken.
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

/// A place in a body on the way down.
#[derive(Clone, Copy, Debug)]
pub enum Place<'a> {
    /// The body itself.
    Root,
    /// A member of an object.
    Key(&'a Place<'a>, &'a str),
    /// An element of an array.
    Index(&'a Place<'a>, usize),
}

impl<'a> Place<'a> {
    /// A member of the object here.
    #[must_use]
    pub fn key(&'a self, key: &'a str) -> Self {
        Self::Key(self, key)
    }

    /// An element of the array here.
    #[must_use]
    pub fn index(&'a self, index: usize) -> Self {
        Self::Index(self, index)
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Key(parent, key) => write!(f, "{parent}/{}", pointer::escape(key)),
            Self::Index(parent, index) => write!(f, "{parent}/{index}"),
        }
    }
}

/// What a request, or a part of it, can be held to.
pub(crate) trait Check {
    /// Adds every limit that is broken here or below.
    fn check(&self, at: &Place<'_>, found: &mut Vec<Violation>);
}

/// Every limit that a body breaks.
#[must_use]
pub(crate) fn all(body: &impl Check) -> Vec<Violation> {
    let mut found = Vec::new();
    body.check(&Place::Root, &mut found);
    found
}

/// Every limit that the parameters of a typed call break, except for enums: an unlisted value may be
/// sent, as in a body, because a user can know one that is newer than the documentation.
#[must_use]
pub(crate) fn parameters(info: &OperationInfo, given: &[(&'static str, Option<String>)]) -> Vec<Violation> {
    let given = given.iter().filter_map(|(name, value)| Some((None, *name, value.as_deref()?)));
    let mut found = info.check_parameters(given);
    found.retain(|violation| violation.limit != Limit::Values);
    found
}

fn report(at: &Place<'_>, limit: Limit, message: String, found: &mut Vec<Violation>) {
    found.push(Violation { pointer: at.to_string(), parameter: None, limit, message });
}

/// A value must be of a type.
pub(crate) fn type_of(value: &str, expected: &str, at: &Place<'_>, found: &mut Vec<Violation>) {
    report(at, Limit::Type, format!("expected {expected}, found {value:?}"), found);
}

/// A value must be one of those that are listed.
pub(crate) fn listed(value: &str, values: &[&str], at: &Place<'_>, found: &mut Vec<Violation>) {
    let expected = one_of(values.iter().map(|value| format!("{value:?}")));
    report(at, Limit::Values, format!("expected {expected}, found {value:?}"), found);
}

/// An array must have as many items as `bounds` allows.
pub(crate) fn items<T>(list: &[T], bounds: impl RangeBounds<u64>, at: &Place<'_>, found: &mut Vec<Violation>) {
    let count = list.len() as u64;
    if !bounds.contains(&count) {
        report(at, Limit::Length, format!("expected {}, found {count}", counted(&bounds, "item")), found);
    }
}

/// No item of an array may appear in it twice.
pub(crate) fn unique<T: Serialize>(list: &[T], at: &Place<'_>, found: &mut Vec<Violation>) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (index, element) in list.iter().enumerate() {
        let Ok(text) = serde_json::to_string(element) else { continue };
        if let Some(first) = seen.get(&text) {
            report(&at.index(index), Limit::Unique, format!("{text} is a duplicate of {at}/{first}"), found);
        } else {
            seen.insert(text, index);
        }
    }
}

/// A field that another field requires must be there.
pub(crate) fn obliged(is_there: bool, at: &Place<'_>, why: &str, found: &mut Vec<Violation>) {
    if !is_there {
        report(at, Limit::Missing, format!("required because {why}"), found);
    }
}

/// A string must have as many characters as `bounds` allows.
pub(crate) fn length(text: &str, bounds: impl RangeBounds<u64>, at: &Place<'_>, found: &mut Vec<Violation>) {
    let count = text.chars().count() as u64;
    if !bounds.contains(&count) {
        report(at, Limit::Length, format!("expected {}, found {count}", counted(&bounds, "character")), found);
    }
}

/// A string must match the documented pattern.
pub(crate) fn form(text: &str, pattern: &Pattern, at: &Place<'_>, found: &mut Vec<Violation>) {
    if !pattern.matches(text.as_bytes()) {
        report(at, Limit::Pattern, format!("{text:?} does not match {}", pattern.source), found);
    }
}

/// A number must lie within `bounds`.
pub(crate) fn range(number: i64, bounds: impl RangeBounds<i64>, at: &Place<'_>, found: &mut Vec<Violation>) {
    if !bounds.contains(&number) {
        report(at, Limit::Range, format!("expected {}, found {number}", shown(&bounds)), found);
    }
}

/// A range of numbers of something, such as `1 to 20 items`.
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
