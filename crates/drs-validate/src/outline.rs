//! The names and types of everything in a body, without its rules.

use drs_types::redacted::is_secret;

use crate::tree::{Kind, Node};

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
    fn of(value: &Node) -> Self {
        match &value.kind {
            Kind::Null => Self::Null,
            Kind::Bool(_) => Self::Boolean,
            Kind::Number(_) => Self::Number,
            Kind::Text(_) => Self::String,
            Kind::List(_) => Self::Array,
            Kind::Object(_) | Kind::Clean => Self::Object,
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

    /// How many of the documented members a value has.
    pub(crate) fn shared(&self, value: &Node) -> usize {
        self.members.iter().filter(|(name, _)| value.get(name).is_some()).count()
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
    pub(crate) fn fit(&self, value: &Node) -> usize {
        let below: usize = match &value.kind {
            Kind::Object(members) => {
                let known = |name: &str| self.member(name).or(self.others);
                let known = members.iter().filter_map(|member| Some((known(&member.key)?, &member.value)));
                known.map(|(outline, member)| 1 + outline.fit(member)).sum()
            }
            Kind::List(elements) => {
                let outline = self.elements.into_iter();
                outline.flat_map(|outline| elements.iter().map(|element| outline.fit(element))).sum()
            }
            _ => 0,
        };
        below + usize::from(self.types.contains(&Type::of(value)))
    }
}
