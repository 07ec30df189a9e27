//! What a difference of two shapes does to whoever sends and to whoever reads, and how it reads.

use super::report::{Effect, Who};
use super::subset::Relation;

/// One difference of two shapes.
#[derive(Clone, Debug)]
pub(super) enum Difference {
    FieldIsNew {
        mandatory: bool,
    },
    FieldIsGone,
    BecameMandatory,
    BecameOptional,
    ValueIsNew(String),
    ValueIsGone(String),
    ObligationIsNew(String),
    ObligationIsGone(String),
    /// What another default does is not in the schema: what it was and is.
    Default(String),
    /// Other types or limits: what they were and are, and what that does on the wire.
    Words(String, Relation),
    /// Nothing on the wire.
    OnlyRust,
}

impl Difference {
    /// `refuses` tells whether the new shape around it may refuse what the old one took: a difference that does so by
    /// itself may do nothing there. `rust` tells that our types differ in this place.
    pub(super) fn effect(&self, who: Who, refuses: bool, rust: bool) -> Effect {
        let by_itself = self.relation();
        match (self, who) {
            (Self::Default(_), Who::Sends) | (Self::FieldIsGone | Self::ValueIsGone(_), Who::Reads) => Effect::Breaking,
            (_, Who::Sends) if by_itself.refuses && refuses => Effect::Breaking,
            (_, Who::Sends) if by_itself.adds => Effect::Additive,
            (_, _) if rust => Effect::Breaking,
            (_, Who::Reads) if by_itself.adds => Effect::Additive,
            _ => Effect::None,
        }
    }

    /// Whether its place is in the old schema only.
    pub(super) fn is_about_what_is_gone(&self) -> bool {
        matches!(self, Self::FieldIsGone | Self::ValueIsGone(_) | Self::ObligationIsGone(_))
    }

    /// What it does on the wire by itself.
    pub(super) fn relation(&self) -> Relation {
        let (refuses, adds) = match self {
            Self::FieldIsNew { mandatory } => (*mandatory, true),
            Self::FieldIsGone | Self::BecameMandatory | Self::ValueIsGone(_) | Self::ObligationIsNew(_) => {
                (true, false)
            }
            Self::BecameOptional | Self::ValueIsNew(_) | Self::ObligationIsGone(_) => (false, true),
            Self::Words(_, relation) => return *relation,
            Self::Default(_) | Self::OnlyRust => (false, false),
        };
        Relation { refuses, adds }
    }

    /// What comes after the name of the field or shape: the fact, what follows from it if anything does, and what
    /// became of our types.
    pub(super) fn sentence(&self, who: Who, effect: Effect, rust: Option<&str>) -> String {
        let sends = who == Who::Sends;
        let fact = match self {
            Self::FieldIsNew { mandatory: true } if sends => " is new and mandatory".into(),
            Self::FieldIsNew { .. } => " is new".into(),
            Self::FieldIsGone => " is gone".into(),
            Self::BecameMandatory if sends => " became mandatory".into(),
            Self::BecameMandatory => " is promised now".into(),
            Self::BecameOptional if sends => " is no longer mandatory".into(),
            Self::BecameOptional => " is no longer promised".into(),
            Self::ValueIsNew(value) if sends => format!(" takes `{value}` too"),
            Self::ValueIsNew(value) => format!(" may be `{value}` too"),
            Self::ValueIsGone(value) if sends => format!(" no longer takes `{value}`"),
            Self::ValueIsGone(value) => format!(" is never `{value}` any more"),
            Self::ObligationIsNew(rule) => format!(": {rule}, which is new"),
            Self::ObligationIsGone(rule) => format!(": it is no longer so that {rule}"),
            Self::Default(was_is) | Self::Words(was_is, _) => format!(": {was_is}"),
            Self::OnlyRust => String::new(),
        };
        let fact = format!("{fact}{}", self.consequence(sends, effect));
        match rust {
            Some(rust) if fact.is_empty() => format!(": {rust}"),
            Some(rust) => format!("{fact}; {rust}"),
            None => fact,
        }
    }

    fn consequence(&self, sends: bool, effect: Effect) -> &'static str {
        match (self, effect) {
            (Self::OnlyRust, _) | (_, Effect::None) => "",
            (Self::FieldIsNew { .. } | Self::BecameMandatory, Effect::Breaking) => {
                ": callers that leave it out are refused"
            }
            (Self::FieldIsGone | Self::ValueIsGone(_), _) if sends => ": callers that send it are refused",
            (Self::FieldIsGone, _) => ": readers of it find nothing",
            (Self::ValueIsGone(_), _) => ": code that names it does not compile",
            (Self::ObligationIsNew(_), _) => ": callers that do not know it are refused",
            (Self::Default(_), _) => ": callers that leave it out get something else",
            (Self::BecameOptional, _) if sends => ": callers may leave it out",
            (Self::BecameOptional, _) => ": answers may lack it",
            (Self::FieldIsNew { .. } | Self::ValueIsNew(_), _) if sends => ": callers may send it",
            (Self::FieldIsNew { .. }, _) => ": readers may use it",
            (Self::Words(_, words), Effect::Breaking) if sends && words.refuses => ": callers may be refused",
            (Self::Words(_, words), _) if sends && words.adds => ": callers may send more",
            (Self::Words(_, words), _) if words.adds && words.refuses => ": answers may hold something else",
            (Self::Words(_, words), _) if words.adds => ": answers may hold more",
            _ => "",
        }
    }
}
