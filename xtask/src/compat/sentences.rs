//! What a difference of two definitions does on the wire, and the sentence about it.

use super::report::{Effect, Part};
use super::subset::Relation;

/// One difference of two definitions.
#[derive(Clone, Debug)]
pub(super) enum Difference {
    FieldAdded {
        required: bool,
    },
    FieldRemoved,
    BecameRequired,
    BecameOptional,
    ValueAdded(String),
    ValueRemoved(String),
    RuleAdded(String),
    RuleRemoved(String),
    /// Another default. The schema does not tell what it does.
    Default(String),
    /// Other types or limits: what they were and are, and what that does on the wire.
    Keywords(String, Relation),
    /// Nothing on the wire.
    OnlyRust,
}

impl Difference {
    /// The effect on the wire. `refuses` tells whether the new definition around it may refuse what the old one
    /// accepted: a difference that does so by itself may do nothing there.
    pub(super) fn wire(&self, part: Part, refuses: bool) -> Effect {
        let Relation { refuses: by_itself, adds } = self.relation();
        let breaks = match (part, self) {
            (_, Self::Default(_)) | (Part::Response, Self::FieldRemoved) => true,
            (Part::Response, Self::Keywords(..)) => by_itself,
            // Responses are read without their limits: what is missing, not listed or out of range does no harm.
            (Part::Response, _) => false,
            _ => by_itself && refuses,
        };
        match (breaks, adds) {
            (true, _) => Effect::Breaking,
            (false, true) => Effect::Additive,
            (false, false) => Effect::None,
        }
    }

    /// Whether its place is in the old version only.
    pub(super) fn is_removal(&self) -> bool {
        matches!(self, Self::FieldRemoved | Self::ValueRemoved(_) | Self::RuleRemoved(_))
    }

    /// What it does on the wire by itself.
    pub(super) fn relation(&self) -> Relation {
        let (refuses, adds) = match self {
            Self::FieldAdded { required } => (*required, true),
            Self::FieldRemoved | Self::BecameRequired | Self::ValueRemoved(_) | Self::RuleAdded(_) => (true, false),
            Self::BecameOptional | Self::ValueAdded(_) | Self::RuleRemoved(_) => (false, true),
            Self::Keywords(_, relation) => return *relation,
            Self::Default(_) | Self::OnlyRust => (false, false),
        };
        Relation { refuses, adds }
    }

    /// What comes after the name of the field or definition: the fact, and what breaks on the wire and in Rust.
    pub(super) fn sentence(&self, part: Part, wire: Effect, rust: Option<&str>) -> String {
        let fact = match self {
            Self::FieldAdded { required: true } if part == Part::Request => " was added as required".into(),
            Self::FieldAdded { .. } => " was added".into(),
            Self::FieldRemoved => " was removed".into(),
            Self::BecameRequired => " became required".into(),
            Self::BecameOptional => " became optional".into(),
            Self::ValueAdded(value) => format!(" gained the value `{value}`"),
            Self::ValueRemoved(value) => format!(" lost the value `{value}`"),
            Self::RuleAdded(rule) => format!(": the rule was added that {rule}"),
            Self::RuleRemoved(rule) => format!(": the rule was removed that {rule}"),
            Self::Default(changes) | Self::Keywords(changes, _) => format!(": {changes}"),
            Self::OnlyRust => String::new(),
        };
        let breaks = if wire == Effect::Breaking { self.breaks(part) } else { "" };
        let rust = rust.map(|rust| format!("{} in Rust, {rust}", if fact.is_empty() { ":" } else { ";" }));
        format!("{fact}{breaks}{}", rust.unwrap_or_default())
    }

    fn breaks(&self, part: Part) -> &'static str {
        match self {
            Self::FieldRemoved if part == Part::Response => ": it is no longer read from captures",
            Self::Keywords(..) if part == Part::Response => ": captured values may not be read",
            Self::FieldAdded { .. } | Self::BecameRequired => ": requests without it are rejected",
            Self::FieldRemoved | Self::ValueRemoved(_) => ": requests with it are rejected",
            Self::RuleAdded(_) => ": requests that break it are rejected",
            Self::Default(_) => ": requests without it mean something else",
            Self::Keywords(..) => ": some requests may be rejected",
            _ => "",
        }
    }
}
