//! The names and types of everything in a body, without its rules.

use drs_types::redacted::is_secret;
use serde_json::{Map, Value};

/// So deep no documented body is.
const MOST_LEVELS: usize = 32;

/// A schema without its rules. The tables are made from `schemas/` by `cargo xtask codegen`.
#[derive(Debug)]
pub(crate) struct Outline {
    /// The types that a value may have.
    pub(crate) types: &'static [Type],
    /// The documented members of an object.
    pub(crate) members: &'static [(&'static str, &'static Outline)],
    /// The elements of a list.
    pub(crate) elements: Option<&'static Outline>,
    /// The members of a map.
    pub(crate) others: Option<&'static Outline>,
}

/// The type of a value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(dead_code, reason = "not every set of schemas has all of them")]
pub(crate) enum Type {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

impl Type {
    fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }
}

#[allow(dead_code, reason = "not every set of schemas has all of them")]
impl Outline {
    pub(crate) const NOTHING: Self = Self::leaf(&[]);
    pub(crate) const BOOLEAN: Self = Self::leaf(&[Type::Boolean]);
    pub(crate) const NUMBER: Self = Self::leaf(&[Type::Number]);
    pub(crate) const STRING: Self = Self::leaf(&[Type::String]);

    const fn leaf(types: &'static [Type]) -> Self {
        Self { types, members: &[], elements: None, others: None }
    }
}

impl Outline {
    /// The documented member of this name.
    fn member(&self, name: &str) -> Option<&'static Self> {
        self.members.iter().find(|(member, _)| *member == name).map(|(_, outline)| *outline)
    }

    /// How many members of an object are documented.
    pub(crate) fn shared(&self, members: &Map<String, Value>) -> usize {
        members.keys().filter(|name| self.member(name).is_some()).count()
    }

    /// Whether a member that holds a secret may stand somewhere in it, at this depth: a documented one, or any in a map.
    pub(crate) fn may_hold_secrets(&self, depth: usize) -> bool {
        // What leads back to itself is no reason to follow it for ever.
        depth > MOST_LEVELS
            || self.others.is_some()
            || self.elements.is_some_and(|outline| outline.may_hold_secrets(depth + 1))
            || self.members.iter().any(|(name, outline)| is_secret(name) || outline.may_hold_secrets(depth + 1))
    }

    /// In how many places a value agrees in name or type.
    pub(crate) fn fit(&self, value: &Value) -> usize {
        let below: usize = match value {
            Value::Object(members) => {
                let known = |name: &str| self.member(name).or(self.others);
                let known = members.iter().filter_map(|(name, member)| Some((known(name)?, member)));
                known.map(|(outline, member)| 1 + outline.fit(member)).sum()
            }
            Value::Array(elements) => {
                let outline = self.elements.into_iter();
                outline.flat_map(|outline| elements.iter().map(|element| outline.fit(element))).sum()
            }
            _ => 0,
        };
        below + usize::from(self.types.contains(&Type::of(value)))
    }
}
