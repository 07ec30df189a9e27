//! Whether a recorded deviation says the same about the page as the page itself.

use serde_json::Value;

/// What the page and our schema do not agree on.
#[derive(Clone, Copy, Debug)]
pub(super) enum Matter<'a> {
    /// The page does not have the field.
    Absent,
    /// The page gives the field this type; ours has another one, too or instead.
    Type { page: &'a str, ours: &'a str },
    /// The value is listed on one side only.
    Value { value: &'a str, on_page: bool },
    /// The page states this limit, format or default.
    Limit { key: &'a str, page: &'a Value },
    /// The page makes the field mandatory.
    Mandatory { field: &'a str },
}

/// The note of the first deviation that explains the matter. Each comes with what it says about the field.
pub(super) fn explain(deviations: &[(&Value, &Value)], matter: Matter<'_>) -> Option<String> {
    let explains = |says: &Value| match matter {
        Matter::Absent => says["not"].as_object().is_some_and(serde_json::Map::is_empty),
        Matter::Type { page, ours } => says["type"] == page || ours == "null" && says["not"]["type"] == "null",
        Matter::Value { value, on_page } => {
            says["enum"].as_array().is_some_and(|listed| listed.iter().any(|other| other == value) == on_page)
        }
        Matter::Limit { key, page } => says[key] == *page,
        Matter::Mandatory { field } => {
            says["required"].as_array().is_some_and(|names| names.iter().any(|name| name == field))
        }
    };
    let found = deviations.iter().find(|(says, _)| explains(says));
    found.and_then(|(_, deviation)| deviation["note"].as_str()).map(str::to_owned)
}

/// The note of a deviation of the call that speaks of this word: such a deviation is written in words only.
pub(super) fn explain_in_words(call: &Value, word: &str) -> Option<String> {
    let deviations = call["x-drs"]["deviations"].as_array().into_iter().flatten();
    let mut notes = deviations.filter(|deviation| has_word(&deviation.to_string(), word));
    notes.next().and_then(|deviation| deviation["note"].as_str()).map(str::to_owned)
}

/// Whether a text has this word, or this number, on its own.
pub(super) fn has_word(text: &str, word: &str) -> bool {
    let part = |sign: char| sign.is_alphanumeric() || sign == '_';
    !word.is_empty()
        && text.match_indices(word).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let after = text[at + word.len()..].chars().next();
            !before.is_some_and(part) && !after.is_some_and(part)
        })
}
