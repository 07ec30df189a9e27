//! Whether a string may hold a secret beside its name.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use drs_types::__private::SECRET_WORDS;
use drs_types::SECRET_FIELDS;

/// Finds the names of fields that hold a secret, and an escape that may hide such a name.
static NAMES: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let patterns = SECRET_FIELDS.iter().copied().chain(SECRET_WORDS).chain(["\\u00"]);
    let mut builder = AhoCorasick::builder();
    builder.ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA));
    builder.build(patterns).ok()
});

/// Whether a source mentions a field that holds a secret.
pub(crate) fn is_mentioned(source: &[u8]) -> bool {
    NAMES.as_ref().is_none_or(|names| names.is_match(source))
}

/// Whether a string may hold a secret, as JSON in a string does: a sign comes between a name and its value.
pub(crate) fn may_be_in(string: &str) -> bool {
    let Some(names) = NAMES.as_ref() else { return true };
    names.find(string).is_some_and(|name| memchr::memchr2(b':', b'=', &string.as_bytes()[name.end()..]).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_follows_its_name_and_a_sign() {
        for string in ["{\"db_password\":\"x\"}", "user=a&password=x", "{\\\"DB_PASSWORD\\\":1}"] {
            assert!(may_be_in(string), "{string}");
        }
        for string in ["https://drs.example/v3/p/jobs/batch-modify-pwd", "the password is wrong", "{\"count\":1}"] {
            assert!(!may_be_in(string), "{string}");
        }
    }
}
