//! The settings of a client.

use std::sync::Arc;
use std::time::Duration;

use drs_auth::ProvideCredentials;
use drs_types::common::{Language, ProjectId};
use thiserror::Error as ThisError;

use crate::client::Client;
use crate::endpoint::endpoint;
#[cfg(feature = "reqwest")]
use crate::http_transport::HttpTransport;
use crate::limits::LIMITS;
use crate::request::Target;
use crate::retry::{Budget, RetryPolicy};
#[cfg(feature = "tls")]
use crate::tls;
use crate::transport::{Source, Transport};

/// The error of settings from which no client can be created.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum BuildError {
    /// The endpoint is not the address of a server.
    #[error("the endpoint {endpoint:?} {problem}")]
    Endpoint {
        /// The endpoint as given; empty when it may hold a secret.
        endpoint: String,
        /// The problem, and what to give instead.
        problem: String,
    },
    /// There is no transport: the feature `reqwest` is off, and no other one is given.
    #[error("there is no transport; give one, or enable the feature `reqwest` of drs-client")]
    NoTransport,
    /// The HTTP library cannot be set up.
    #[error("the HTTP library cannot be set up")]
    Http(#[source] Source),
    /// This machine has no trusted certificate authorities, so no secure connection is possible.
    #[error(
        "this machine has no trusted certificate authorities ({0}); install the package ca-certificates, or name a PEM \
        file in SSL_CERT_FILE"
    )]
    NoTrust(String),
    /// The certificate authorities of [`ClientBuilder::certificate_authorities`] cannot be used.
    #[error("expected certificate authorities as PEM, with `-----BEGIN CERTIFICATE-----`, but {0}")]
    Authorities(String),
}

/// The settings of a [`Client`].
#[derive(Clone, Debug)]
#[must_use]
pub struct ClientBuilder {
    endpoint: String,
    project_id: ProjectId,
    credentials: Arc<dyn ProvideCredentials>,
    language: Option<Language>,
    timeout: Duration,
    deadline: Option<Duration>,
    max_response_bytes: usize,
    retry: RetryPolicy,
    transport: Option<Arc<dyn Transport>>,
    #[cfg(feature = "tls")]
    authorities: Option<tls::RootCertStore>,
}

impl ClientBuilder {
    /// Sets the language of the service's messages. Without it, the service uses its own default.
    pub fn language(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }

    /// Sets the longest time of one attempt, from the first byte sent to the last byte received. 60 seconds by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the size of the largest body that is read, in bytes. 64 MiB by default.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// Sets the longest time of one call with all its attempts and the waits between them. Without it, only the number of
    /// attempts is limited.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Sets when a call is sent again. See [`RetryPolicy`] for the default.
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// Sets another transport than the one of the feature `reqwest`. The timeout is the transport's matter then.
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Sets the certificate authorities, as PEM, that are trusted instead of those of this machine.
    ///
    /// # Errors
    /// A certificate is invalid, or there is none.
    #[cfg(feature = "tls")]
    pub fn certificate_authorities(mut self, pem: &[u8]) -> Result<Self, BuildError> {
        self.authorities = Some(tls::authorities(pem)?);
        Ok(self)
    }

    /// Creates the transport that the client would have, so that another one can wrap it.
    ///
    /// # Errors
    /// The endpoint is not a usable address, or the HTTP library cannot be set up.
    #[cfg(feature = "reqwest")]
    pub fn http_transport(&self) -> Result<HttpTransport, BuildError> {
        HttpTransport::new(
            &endpoint(&self.endpoint)?,
            self.timeout,
            self.max_response_bytes,
            #[cfg(feature = "tls")]
            self.authorities.clone(),
        )
    }

    /// Checks the settings and creates the client. Nothing is sent.
    ///
    /// # Errors
    /// The endpoint is not a usable address, or the HTTP library cannot be set up.
    pub fn build(self) -> Result<Client, BuildError> {
        let endpoint = endpoint(&self.endpoint)?;
        #[cfg(feature = "reqwest")]
        let default = || -> Result<Arc<dyn Transport>, BuildError> { Ok(Arc::new(self.http_transport()?)) };
        #[cfg(not(feature = "reqwest"))]
        let default = || -> Result<Arc<dyn Transport>, BuildError> { Err(BuildError::NoTransport) };
        let transport = self.transport.clone().map_or_else(default, Ok)?;
        Ok(Client {
            transport,
            target: Target { endpoint, project_id: self.project_id, language: self.language },
            credentials: self.credentials,
            deadline: self.deadline,
            max_response_bytes: self.max_response_bytes,
            budget: Arc::new(Budget::new(self.retry.budget)),
            known: Arc::default(),
            retry: self.retry,
        })
    }

    pub(crate) fn new(endpoint: &str, project_id: ProjectId, credentials: Arc<dyn ProvideCredentials>) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            project_id,
            credentials,
            language: None,
            timeout: LIMITS.timeout,
            deadline: None,
            max_response_bytes: LIMITS.response_bytes,
            retry: RetryPolicy::default(),
            transport: None,
            #[cfg(feature = "tls")]
            authorities: None,
        }
    }
}
