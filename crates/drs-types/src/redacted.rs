//! Secrets, and where they stand.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A secret text. Only the wire sees it: `Debug` and `Display` show `•••`.
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
    /// What stands in the place of a secret wherever people look.
    pub const MASK: &'static str = "•••";

    /// The secret itself. Whoever calls this answers for where it goes.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Words that tell of a secret in the name of a member, in lower case, whoever has documented it.
pub const SECRET_WORDS: [&str; 7] = ["password", "passwd", "pwd", "secret", "token", "authorization", "credential"];

/// Whether a member of this name holds a secret: a documented one, or one whose name tells.
///
/// ```
/// assert!(drs_types::redacted::is_secret("db_password") && drs_types::redacted::is_secret("X-Auth-Token"));
/// assert!(!drs_types::redacted::is_secret("db_user"));
/// ```
#[must_use]
pub fn is_secret(name: &str) -> bool {
    let tells = |word: &str| name.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()));
    crate::SECRET_FIELDS.contains(&name) || SECRET_WORDS.into_iter().any(tells)
}

/// Masks every text in a body that is the value of a secret member.
pub fn mask(body: &mut Value) {
    match body {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if is_secret(name) => Redacted::MASK.clone_into(text),
                    other => mask(other),
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(mask),
        _ => {}
    }
}

/// The texts in a body that are secrets.
#[must_use]
pub fn secrets(body: &Value) -> Vec<&str> {
    match body {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, member)| match member {
                Value::String(text) if is_secret(name) => vec![text.as_str()],
                other => secrets(other),
            })
            .collect(),
        Value::Array(elements) => elements.iter().flat_map(secrets).collect(),
        _ => Vec::new(),
    }
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
