//! The callers of the emulator: its access key, its user, and the tokens that it has issued.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use axum::http::request::Parts;
use drs_auth::iam::PasswordLogin;
use drs_auth::{AccessKey, SignatureError, is_signed, verify};
use drs_types::AUTH_TOKEN;

/// The key pair of the published test vectors of the signature: `crates/drs-auth/tests/signatures.json`.
const DEMO_KEY: (&str, &str) = ("AKEXAMPLE000000000000", "sk-example-not-a-real-secret-0123456789");

/// The beginning of every token that an emulator issues. Any other token is accepted without a look.
const TOKEN_PREFIX: &str = "emulator-token-";

/// The words that the gateway of the vendor puts before every reason.
const REFUSED: &str = "Incorrect IAM authentication information: ";

/// The reason against a token that is not valid any more.
pub(crate) const EXPIRED: &str = "Incorrect IAM authentication information: the token is expired or revoked";

/// Returns the access key that an emulator knows, unless [`Builder::access_key`](crate::Builder::access_key) sets
/// another.
#[must_use]
pub fn demo_access_key() -> AccessKey {
    AccessKey::new(DEMO_KEY.0, DEMO_KEY.1)
}

/// Returns the user to whom an emulator issues tokens.
#[must_use]
pub fn demo_login() -> PasswordLogin {
    PasswordLogin { user: "demo".to_owned(), password: "demo-password".into(), domain: "demo-domain".to_owned() }
}

/// The credentials that an emulator accepts.
#[derive(Debug)]
pub(crate) struct Identity {
    access_key: AccessKey,
    token_lifetime: Duration,
    tokens: Mutex<Tokens>,
}

/// The issued tokens.
#[derive(Debug, Default)]
struct Tokens {
    /// The end of each valid token.
    valid: BTreeMap<String, SystemTime>,
    issued: u64,
}

/// A request without valid credentials.
#[derive(Debug, PartialEq)]
pub(crate) enum Unauthenticated {
    /// It has no credentials.
    Missing,
    /// Its credentials are refused, for the reason that the gateway gives.
    Refused(String),
}

impl Identity {
    pub(crate) fn new(access_key: AccessKey, token_lifetime: Duration) -> Self {
        Self { access_key, token_lifetime, tokens: Mutex::default() }
    }

    /// Verifies the signature of a request, or the token of one that is not signed.
    pub(crate) fn authenticate(&self, head: &Parts, body: &[u8], now: SystemTime) -> Result<(), Unauthenticated> {
        if is_signed(&head.headers) {
            let key = |access: &str| (access == self.access_key.access).then(|| self.access_key.clone());
            return verify(head, body, key, now).map(drop).map_err(|error| Unauthenticated::of_signature(&error));
        }
        match head.headers.get(AUTH_TOKEN).map(|token| token.as_bytes().trim_ascii()) {
            None | Some([]) => Err(Unauthenticated::Missing),
            Some(token) if !token.starts_with(TOKEN_PREFIX.as_bytes()) => Ok(()),
            Some(token) => {
                let expires_at = str::from_utf8(token).ok().and_then(|token| self.tokens().valid.get(token).copied());
                match expires_at {
                    Some(end) if now < end => Ok(()),
                    _ => Err(Unauthenticated::Refused(EXPIRED.to_owned())),
                }
            }
        }
    }

    /// Issues a token; returns it with the time of its end.
    pub(crate) fn issue(&self, now: SystemTime) -> (String, SystemTime) {
        let mut tokens = self.tokens();
        tokens.valid.retain(|_, end| now < *end);
        tokens.issued += 1;
        let token = format!("{TOKEN_PREFIX}{:08}", tokens.issued);
        let end = now + self.token_lifetime;
        tokens.valid.insert(token.clone(), end);
        (token, end)
    }

    /// Refuses every token that was issued so far.
    pub(crate) fn revoke_tokens(&self) {
        self.tokens().valid.clear();
    }

    fn tokens(&self) -> MutexGuard<'_, Tokens> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Unauthenticated {
    fn of_signature(error: &SignatureError) -> Self {
        Self::Refused(match error {
            SignatureError::Mismatch { canonical_request } => {
                format!("{REFUSED}verify aksk signature fail, canonicalRequest:{}", canonical_request.echo())
            }
            other => format!("{REFUSED}{other}"),
        })
    }
}
