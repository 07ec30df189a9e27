//! Credentials as a client uses them, and where it gets them from.

use std::fmt;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::time::SystemTime;

use drs_types::{AUTH_TOKEN, Redacted};
use http::{HeaderName, Request};
use thiserror::Error;

use crate::iam::{IamError, TransportError};
use crate::sign::value;
use crate::{AccessKey, Secrets, SignError, Signer};

/// A boxed future, as methods of a trait object return it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The proof of the caller's identity. `Debug` masks the secrets.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Credentials {
    /// A token from IAM, sent with every request.
    Token(Redacted),
    /// An access key that signs every request.
    AccessKey(Arc<AccessKey>),
}

impl Credentials {
    /// A token from IAM.
    pub fn token(token: impl Into<Redacted>) -> Self {
        Self::Token(token.into())
    }

    /// Adds the headers to a request that prove who asks: `X-Auth-Token`, or a signature. This comes last before a
    /// request is sent, because a signature is of all that matters. Secret headers are marked as sensitive.
    ///
    /// # Errors
    /// A value is not valid in a header, or the request cannot be signed.
    pub fn authorize(
        &self,
        request: Request<Vec<u8>>,
        project_id: Option<&str>,
        now: SystemTime,
    ) -> Result<Request<Vec<u8>>, SignError> {
        let (mut head, body) = request.into_parts();
        match self {
            Self::Token(token) => {
                let name = HeaderName::from_bytes(AUTH_TOKEN.as_bytes()).expect("the name of a header");
                let token = value(&name, token.expose(), true)?;
                head.headers.insert(name, token);
            }
            Self::AccessKey(key) => {
                let signer = Signer::new(key);
                let signer = project_id.map_or(signer, |id| signer.project_id(id));
                signer.sign(&head, &body, now)?.apply(&mut head);
            }
        }
        Ok(Request::from_parts(head, body))
    }

    /// Returns the parts that must not be shown.
    #[must_use]
    pub fn secrets(&self) -> Secrets {
        match self {
            Self::Token(token) => Secrets::new([token.expose()]),
            Self::AccessKey(key) => {
                Secrets::new([&key.secret].into_iter().chain(&key.security_token).map(Redacted::expose))
            }
        }
    }
}

impl From<AccessKey> for Credentials {
    fn from(key: AccessKey) -> Self {
        Self::AccessKey(Arc::new(key))
    }
}

/// A source of credentials that a client asks before each request. [`Credentials`] provide themselves; [`IamToken`] asks
/// IAM for a token and keeps it.
///
/// [`IamToken`]: crate::IamToken
///
/// ```
/// use drs_auth::{BoxFuture, Credentials, CredentialsError, ProvideCredentials};
///
/// /// Reads a token from a file that another program keeps up to date.
/// #[derive(Debug)]
/// struct TokenFile(std::path::PathBuf);
///
/// impl ProvideCredentials for TokenFile {
///     fn credentials(&self) -> BoxFuture<'_, Result<Credentials, CredentialsError>> {
///         Box::pin(async {
///             let token = std::fs::read_to_string(&self.0).map_err(CredentialsError::other)?;
///             Ok(Credentials::token(token.trim()))
///         })
///     }
/// }
/// ```
pub trait ProvideCredentials: fmt::Debug + Send + Sync {
    /// The credentials for the next request.
    ///
    /// # Errors
    /// There are none at the moment.
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, CredentialsError>>;

    /// Says that the service rejected these credentials. Returns whether others may follow, so that it makes sense to try
    /// once more.
    fn invalidate(&self, rejected: &Credentials) -> bool {
        let _ = rejected;
        false
    }
}

impl ProvideCredentials for Credentials {
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, CredentialsError>> {
        Box::pin(ready(Ok(self.clone())))
    }
}

/// The reason why there are no credentials.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// IAM gave no token.
    #[error("IAM gave no token")]
    Iam(#[from] IamError),
    /// Another source has none.
    #[error("there are no credentials")]
    Other(#[source] Arc<dyn std::error::Error + Send + Sync>),
}

impl CredentialsError {
    /// Any other error.
    pub fn other(error: impl Into<TransportError>) -> Self {
        Self::Other(error.into().into())
    }
}
