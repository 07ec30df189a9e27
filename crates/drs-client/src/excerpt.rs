//! A body as it may stand in an error: bounded, and without secrets.

use std::borrow::Cow;
use std::fmt;

use drs_types::text::printable;
use drs_types::{Redacted, redacted};
use serde_json::Value;

/// The beginning of a body, with secrets masked and invisible characters shown as codes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Excerpt {
    text: String,
    total: usize,
}

impl Excerpt {
    /// No excerpt is longer than this many characters.
    pub const LONGEST: usize = 2000;

    pub(crate) fn new(body: &[u8], secrets: &Secrets<'_>) -> Self {
        let masked = match serde_json::from_slice::<Value>(body) {
            Ok(mut value) => {
                redacted::mask(&mut value);
                value.to_string()
            }
            Err(_) => String::from_utf8_lossy(body).into_owned(),
        };
        // Masked before it is cut, so that no half of a secret remains at the end.
        let text = secrets.mask(&masked).chars().take(Self::LONGEST).collect();
        Self { text, total: body.len() }
    }

    /// The text; may be empty.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.total == 0 {
            return f.write_str("an empty body");
        }
        f.write_str(&printable(&self.text))?;
        if self.text.chars().count() == Self::LONGEST {
            write!(f, "… ({} bytes)", self.total)?;
        }
        Ok(())
    }
}

/// The secrets that a client knows; none of them may stand in an error, even when a server sends it back.
pub(crate) struct Secrets<'a>(pub(crate) Vec<Cow<'a, str>>);

impl Secrets<'_> {
    pub(crate) fn mask(&self, text: &str) -> String {
        let secrets = self.0.iter().filter(|secret| !secret.is_empty());
        secrets.fold(text.to_owned(), |text, secret| text.replace(secret.as_ref(), Redacted::MASK))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(body: &str) -> String {
        Excerpt::new(body.as_bytes(), &Secrets(vec!["s3cr3t".into()])).to_string()
    }

    #[test]
    fn secrets_are_masked_wherever_they_come_back() {
        assert_eq!(excerpt("token s3cr3t is no good"), "token ••• is no good");
        assert_eq!(excerpt(r#"{"a":[{"db_password":"x","n":1}]}"#), r#"{"a":[{"db_password":"•••","n":1}]}"#);
        assert_eq!(excerpt(r#"{"msg":"s3cr3t"}"#), r#"{"msg":"•••"}"#);
    }

    #[test]
    fn a_secret_at_the_cut_leaves_no_half_behind() {
        let body = format!("{}s3cr3t", "x".repeat(Excerpt::LONGEST - 3));
        assert!(!excerpt(&body).contains("s3c"), "half a secret is left");
    }

    #[test]
    fn terminal_codes_and_rubbish_are_made_harmless() {
        assert_eq!(excerpt("\u{1b}[31mred"), "\\u{1b}[31mred");
        assert_eq!(Excerpt::new(b"\xff\xfe", &Secrets(Vec::new())).to_string(), "\u{fffd}\u{fffd}");
        assert_eq!(excerpt(""), "an empty body");
    }
}
