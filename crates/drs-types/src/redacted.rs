//! Secrets.

use std::fmt;

use serde::{Deserialize, Serialize};

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
