//! Finds the recorded deviation that explains a difference.

use serde_json::Value;

use crate::schema::JsonType;
use crate::schema::source::{Deviation, Evidence, Says};

use super::ours::Said;

/// The subject of a difference.
#[derive(Clone, Copy, Debug)]
pub(super) enum Matter<'a> {
    /// The page does not have the field.
    Absent,
    /// The page gives the field this type; ours has another one, too or instead.
    Type { page: JsonType, ours: JsonType },
    /// The value is listed on one side only.
    Value { value: &'a str, on_page: bool },
    /// The page states this limit, format or default.
    Limit { key: &'a str, page: &'a Value },
    /// The page requires the field.
    Required { field: &'a str },
}

/// The note of the first deviation that explains the matter. Each comes with what it says about the field.
pub(super) fn explain(deviations: &[Said<'_>], matter: Matter<'_>) -> Option<String> {
    let explains = |says: &Says| match matter {
        Matter::Absent => says.is_absence(),
        Matter::Type { page, ours } => {
            says.is_type(page.name()) || ours == JsonType::Null && says.excludes_type(JsonType::Null.name())
        }
        Matter::Value { value, on_page } => {
            says.listed().is_some_and(|listed| listed.iter().any(|other| other == value) == on_page)
        }
        Matter::Limit { key, page } => says.keyword(key) == Some(page),
        Matter::Required { field } => says.requires(field),
    };
    let mut found = deviations.iter().filter(|(says, _)| says.as_ref().is_some_and(explains));
    found.next().map(|(_, deviation)| deviation.note.clone())
}

/// The note of a deviation of the operation that contains this word: such a deviation is in words only.
pub(super) fn explain_in_words(deviations: &[Deviation], word: &str) -> Option<String> {
    let contains = |deviation: &&Deviation| {
        let evidence = deviation.evidence.iter().map(|evidence| match evidence {
            Evidence::Example(value) => &value.example,
            Evidence::Sdk(evidence) => &evidence.sdk,
            Evidence::Page(evidence) => &evidence.page,
            Evidence::Explorer(evidence) => &evidence.explorer,
        });
        std::iter::once(&deviation.note).chain(evidence).any(|text| has_word(text, word))
    };
    deviations.iter().find(contains).map(|deviation| deviation.note.clone())
}

/// Whether a text contains this word or number, not as a part of another one.
pub(super) fn has_word(text: &str, word: &str) -> bool {
    let part = |sign: char| sign.is_alphanumeric() || sign == '_';
    !word.is_empty()
        && text.match_indices(word).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let after = text[at + word.len()..].chars().next();
            !before.is_some_and(part) && !after.is_some_and(part)
        })
}
