//! Secrets, and how to find and mask them.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A secret string. It is sent, but never shown: `Debug` and `Display` show `•••`.
///
/// ```
/// let password = drs_types::Redacted::from("hunter2");
/// assert_eq!(format!("{password:?} {password}"), "••• •••");
/// assert_eq!(password.expose(), "hunter2");
/// ```
#[derive(Clone, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(inline))]
#[serde(transparent)]
pub struct Redacted(String);

impl Redacted {
    /// The mask that is shown instead of a secret.
    pub const MASK: &'static str = "•••";

    /// The secret itself. The caller must not show it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Words that mark a member as a secret when its name contains one, in lower case, documented or not.
pub const SECRET_WORDS: [&str; 7] = ["password", "passwd", "pwd", "secret", "token", "authorization", "credential"];

/// Whether a member of this name holds a secret: a documented one, or one whose name contains a secret word.
///
/// ```
/// assert!(drs_types::redacted::is_secret("db_password") && drs_types::redacted::is_secret("X-Auth-Token"));
/// assert!(!drs_types::redacted::is_secret("db_user"));
/// ```
#[must_use]
pub fn is_secret(name: &str) -> bool {
    let is_in = |word: &str| name.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()));
    crate::SECRET_FIELDS.contains(&name) || SECRET_WORDS.into_iter().any(is_in)
}

/// Masks every string and number in the secret members of a body, at any depth.
///
/// ```
/// let mut body = serde_json::json!({ "db_password": "p", "tokens": ["t", 1], "is_secret": true, "user": "u" });
/// drs_types::redacted::mask(&mut body);
/// assert_eq!(body, serde_json::json!({ "db_password": "•••", "tokens": ["•••", "•••"], "is_secret": true, "user": "u" }));
/// ```
pub fn mask(body: &mut Value) {
    fn below(body: &mut Value, is_below_secret: bool) {
        match body {
            Value::String(_) | Value::Number(_) if is_below_secret => *body = Redacted::MASK.into(),
            Value::Object(members) => {
                members.iter_mut().for_each(|(name, member)| below(member, is_below_secret || is_secret(name)));
            }
            Value::Array(elements) => elements.iter_mut().for_each(|element| below(element, is_below_secret)),
            _ => {}
        }
    }
    below(body, false);
}

/// Returns the strings in a body that are secrets.
#[must_use]
pub fn secrets(body: &Value) -> Vec<&str> {
    fn collect<'a>(body: &'a Value, below_secret: bool, found: &mut Vec<&'a str>) {
        match body {
            Value::String(text) if below_secret => found.push(text),
            Value::Object(members) => {
                members.iter().for_each(|(name, member)| collect(member, below_secret || is_secret(name), found));
            }
            Value::Array(elements) => elements.iter().for_each(|element| collect(element, below_secret, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    collect(body, false, &mut found);
    found
}

impl<T: Into<String>> From<T> for Redacted {
    fn from(secret: T) -> Self {
        Self(secret.into())
    }
}

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::MASK)
    }
}

impl fmt::Display for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(Self::MASK)
    }
}
