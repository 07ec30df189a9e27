//! An access key: the pair that signs requests.

use drs_types::Redacted;

/// An access key (AK/SK). `Debug` shows its id only.
///
/// ```
/// let key = drs_auth::AccessKey::new("AKEXAMPLE", "hunter2");
/// assert_eq!(format!("{key:?}"), r#"AccessKey { access: "AKEXAMPLE", secret: •••, security_token: None }"#);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct AccessKey {
    /// The id of the key (AK). It is not a secret: every signed request carries it.
    pub access: String,
    /// The secret of the key (SK).
    pub secret: Redacted,
    /// The token that goes with a temporary key.
    pub security_token: Option<Redacted>,
}

impl AccessKey {
    /// A permanent key.
    pub fn new(access: impl Into<String>, secret: impl Into<Redacted>) -> Self {
        Self { access: access.into(), secret: secret.into(), security_token: None }
    }

    /// The key with the security token of a temporary key. An empty token counts as none.
    #[must_use]
    pub fn with_security_token(mut self, token: impl Into<Redacted>) -> Self {
        self.security_token = Some(token.into()).filter(|token| !token.expose().is_empty());
        self
    }
}
