//! Whether a text may hold a secret beside its name.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use drs_types::__private::SECRET_WORDS;
use drs_types::SECRET_FIELDS;

/// Whether a text mentions a field that holds a secret, or has an escape that may hide its name.
pub(crate) fn is_mentioned(text: &[u8]) -> bool {
    static MENTIONS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        let patterns = SECRET_FIELDS.iter().copied().chain(SECRET_WORDS).chain(["\\u00"]);
        let mut builder = AhoCorasick::builder();
        builder.ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA));
        builder.build(patterns).ok()
    });
    MENTIONS.as_ref().is_none_or(|mentions| mentions.is_match(text))
}

/// Whether a string may hold a secret, as JSON in a string does: a name needs a sign before its value.
pub(crate) fn may_be_in(string: &str) -> bool {
    string.contains([':', '=']) && is_mentioned(string.as_bytes())
}
