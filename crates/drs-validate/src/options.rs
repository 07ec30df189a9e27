//! What the caller knows of the records of an input.

use crate::attached::Attached;
use crate::identify::BodyKind;
use crate::input::KNOWN;
use crate::mapping::{Mapping, Pairing};

/// What the caller knows of the records.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// What every payload is; without it, each is recognised by URL or by shape.
    pub body_kind: Option<BodyKind>,
    /// A JSON Pointer to the record's own key, to find a record again.
    pub key: Option<String>,
    /// Where the records have what an exchange is made of; without it, the names of their members say it.
    pub mapping: Option<Mapping>,
    /// Whether a record that is no exchange of this API is an error in every input.
    pub strict: bool,
    /// Whether only calls count: a body by itself is a record of something else, and so is what cannot be read in an input
    /// without any call of this API.
    pub only_calls: bool,
    /// Where the bodies are that a HAR only names.
    pub attached: Option<Attached>,
}

impl Options {
    /// Every payload is this; nothing is guessed.
    #[must_use]
    pub fn body_kind(mut self, known: BodyKind) -> Self {
        self.body_kind = Some(known);
        self
    }

    /// The arrays whose items are records, as JSON Pointers.
    pub(crate) fn arrays(&self) -> Vec<String> {
        match self.body_kind {
            // A payload that is known is never taken for a HAR.
            Some(_) => vec![String::new()],
            None => {
                let own = self.mapping.as_ref().map(|mapping| mapping.records.clone()).unwrap_or_default();
                if own.is_empty() { KNOWN.map(str::to_owned).into() } else { own }
            }
        }
    }

    /// How requests and responses find each other, when each is a record of its own.
    pub(crate) fn pairing(&self) -> Option<Pairing> {
        self.mapping.as_ref().filter(|_| self.body_kind.is_none()).and_then(Mapping::pairing)
    }

    /// The records are those of a known program, or have their parts at known places.
    #[must_use]
    pub fn mapping(mut self, mapping: Mapping) -> Self {
        self.mapping = Some(mapping);
        self
    }

    /// A record that is no exchange of this API is an error, also beside others that are.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// The input may be of any program, so that nothing but a call says that it is of this API.
    #[must_use]
    pub fn only_calls(mut self) -> Self {
        self.only_calls = true;
        self
    }

    /// The bodies that a HAR only names are there.
    #[must_use]
    pub fn attached(mut self, attached: Attached) -> Self {
        self.attached = Some(attached);
        self
    }

    /// The place of the record's own key.
    #[must_use]
    pub fn key(mut self, pointer: impl Into<String>) -> Self {
        self.key = Some(pointer.into());
        self
    }
}
