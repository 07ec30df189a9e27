//! The client and its settings.

use std::sync::Arc;
use std::time::Duration;

use drs_auth::Secrets;
use drs_auth::endpoint::is_loopback;
use drs_types::common::{Language, ProjectId};
use drs_types::operation::Location;
use drs_types::{
    AUTH_TOKEN, Limit, Operation, OperationInfo, PROJECT_ID, Parts, Reading, Redacted, Violation, X_LANGUAGE, reading,
    redacted,
};
use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, Request};
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::redirect::Policy;
use serde_json::{Map, Value};
use thiserror::Error as ThisError;
use url::Url;

use crate::Reply;
use crate::body::{Deadline, Received};
use crate::connect::{Resolver, Route, Source};
use crate::endpoint::endpoint;
use crate::error::{Error, no_response};
use crate::limits::LIMITS;
#[cfg(feature = "tls")]
use crate::tls;

/// Sends operations to one endpoint, for one project. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    route: Route,
    endpoint: Url,
    project_id: ProjectId,
    language: Option<Language>,
    credentials: Credentials,
    timeout: Duration,
    max_response_bytes: usize,
}

/// The credentials of a client.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Credentials {
    /// A user token from IAM, sent with every call.
    Token(Redacted),
}

impl Credentials {
    /// Creates credentials from a user token of IAM.
    pub fn token(token: impl Into<Redacted>) -> Self {
        Self::Token(token.into())
    }
}

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
    /// The token cannot be sent in a header.
    #[error("the token is empty or holds characters that an HTTP header cannot have, such as a line feed")]
    Token,
    /// The HTTP library cannot be set up.
    #[error("the HTTP library cannot be set up")]
    Http(#[source] Source),
    /// This machine has no trusted certificate authorities, so no secure connection is possible.
    #[error(
        "this machine has no trusted certificate authorities ({0}); install the package ca-certificates, or name a PEM \
        file in SSL_CERT_FILE"
    )]
    NoTrust(String),
}

/// The settings of a [`Client`].
#[derive(Clone, Debug)]
#[must_use]
pub struct ClientBuilder {
    endpoint: String,
    project_id: ProjectId,
    credentials: Credentials,
    language: Option<Language>,
    timeout: Duration,
    max_response_bytes: usize,
}

impl ClientBuilder {
    /// Sets the language of the service's messages. Without it, the service uses its own default.
    pub fn language(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }

    /// Sets the longest time of one call, from the first byte sent to the last byte received. 60 seconds by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the size of the largest body that is read, in bytes. 64 MiB by default.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// Checks the settings and creates the client. Nothing is sent.
    ///
    /// # Errors
    /// The endpoint is not a usable address, or the token cannot be sent.
    pub fn build(self) -> Result<Client, BuildError> {
        let endpoint = endpoint(&self.endpoint)?;
        let Credentials::Token(token) = &self.credentials;
        if token.expose().trim().is_empty() || HeaderValue::from_str(token.expose()).is_err() {
            return Err(BuildError::Token);
        }
        let route = Route {
            resolver: Resolver::new(),
            proxies: (!is_loopback(&endpoint)).then(|| Arc::new(Matcher::from_env())),
        };
        let mut http = reqwest::Client::builder()
            // A redirect would carry the token elsewhere.
            .redirect(Policy::none())
            // The caller decides what is sent again.
            .retry(reqwest::retry::never())
            .http1_max_headers(LIMITS.response_headers)
            .connect_timeout(self.timeout)
            .dns_resolver(route.resolver.clone());
        #[cfg(feature = "tls")]
        {
            http = http.tls_backend_preconfigured(tls::settings(&endpoint)?);
        }
        if route.proxies.is_none() {
            // A proxy on another machine cannot reach a server on this one.
            http = http.no_proxy();
        }
        Ok(Client {
            http: http.build().map_err(|error| BuildError::Http(error.without_url().into()))?,
            route,
            endpoint,
            project_id: self.project_id,
            language: self.language,
            credentials: self.credentials,
            timeout: self.timeout,
            max_response_bytes: self.max_response_bytes,
        })
    }
}

impl Client {
    /// Starts the settings of a client for one endpoint, such as `https://drs.eu-de.otc.t-systems.com`, and one
    /// project.
    ///
    /// An endpoint without a scheme gets `https`.
    pub fn builder(endpoint: &str, project_id: ProjectId, credentials: Credentials) -> ClientBuilder {
        ClientBuilder {
            endpoint: endpoint.to_owned(),
            project_id,
            credentials,
            language: None,
            timeout: LIMITS.timeout,
            max_response_bytes: LIMITS.response_bytes,
        }
    }

    /// Returns the address of the service, as a URL.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        self.endpoint.as_str()
    }

    /// Sends one call and reads its response.
    ///
    /// # Errors
    /// See [`Error`]: the call is invalid or could not be sent; it was sent and its outcome is unknown; the service
    /// refused it; or its response cannot be read.
    pub async fn send<O: Operation>(&self, operation: &O) -> Result<Reply<O::Response>, Error> {
        valid(O::INFO, operation.check())?;
        let parts = operation.parts().map_err(|source| Error::Encode { operation: O::INFO.id, source })?;
        let read = |json: &[u8]| {
            let reading = reading::read::<O::Response>(json)?;
            let is_empty = reading.body == O::Response::default();
            Ok((reading, is_empty))
        };
        self.exchange(O::INFO, parts, read).await
    }

    /// Sends a call that is built at run time, for tools that treat all operations alike. Only its parameters are
    /// checked, including enum values: validate the body before, for example with `drs-validate`. The body of the reply
    /// is the whole response; its misfits are the values that do not fit the documented type.
    ///
    /// # Errors
    /// See [`Error`]; the same as for [`send`](Self::send), except for an invalid body.
    pub async fn send_unchecked(&self, info: &OperationInfo, parts: Parts) -> Result<Reply<Value>, Error> {
        valid(info, info.check_parts(&parts))?;
        let read = |json: &[u8]| {
            let body: Value = serde_json::from_slice(json)?;
            let Some(documented) = info.success().and_then(|success| success.body.as_ref()) else {
                return Ok((Reading::whole(body), false));
            };
            let reading = documented.read(json)?;
            let is_empty = reading.body.to_json()?.as_object().is_some_and(Map::is_empty);
            Ok((reading.with(body), is_empty))
        };
        self.exchange(info, parts, read).await
    }

    /// Returns the request of a call without sending it. Its token is marked as sensitive.
    ///
    /// # Errors
    /// A parameter has no usable value, or breaks the documentation.
    pub fn dry_run(&self, info: &OperationInfo, parts: Parts) -> Result<Request<Vec<u8>>, Error> {
        valid(info, info.check_parts(&parts))?;
        self.request(info, parts)
    }

    /// Masks the secrets in a response: the token, the secrets of the body that was sent, and every value under the
    /// name of a secret.
    pub fn mask(&self, sent: Option<&[u8]>, response: &mut Value) {
        self.secrets(sent).mask_value(response);
    }

    async fn exchange<T>(
        &self,
        info: &OperationInfo,
        parts: Parts,
        read: impl FnOnce(&[u8]) -> Result<(Reading<T>, bool), serde_json::Error>,
    ) -> Result<Reply<T>, Error> {
        let secrets = self.secrets(parts.body.as_deref());
        let request = self.request(info, parts)?;
        self.receive(info, request).await?.decode(info, &secrets, read)
    }

    fn request(&self, info: &OperationInfo, parts: Parts) -> Result<Request<Vec<u8>>, Error> {
        let value = |name: &str| parts.parameter(name).or_else(|| self.known(name));
        let path = info.fill_path(value)?;
        let mut url = self.endpoint.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}{path}"));
        let mut request = Request::new(Vec::new());
        *request.method_mut() = info.method.clone();
        for parameter in info.parameters {
            let Some(value) = value(parameter.name) else {
                if parameter.required {
                    return Err(info.missing(parameter.name).into());
                }
                continue;
            };
            if parts.parameter(parameter.name).is_none() {
                // A parameter of the client. A language may be newer than the documented ones.
                let broken = parameter.check(value).into_iter();
                valid(info, broken.filter(|violation| violation.limit != Limit::Values).collect())?;
            }
            match parameter.location {
                Location::Path => {}
                Location::Query => drop(url.query_pairs_mut().append_pair(parameter.name, value)),
                Location::Header => {
                    let header = HeaderValue::from_str(value).map_err(|_| info.missing(parameter.name))?;
                    set_header(&mut request, parameter.name, header);
                }
            }
        }
        *request.uri_mut() = url.as_str().parse().map_err(|_| info.missing(PROJECT_ID))?;
        let Credentials::Token(token) = &self.credentials;
        if let Ok(mut token) = HeaderValue::from_str(token.expose()) {
            token.set_sensitive(true);
            set_header(&mut request, AUTH_TOKEN, token);
        }
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static("*/*"));
        let agent = HeaderValue::from_static(concat!("drs-client/", env!("CARGO_PKG_VERSION")));
        request.headers_mut().insert(USER_AGENT, agent);
        if let Some(body) = parts.body {
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *request.body_mut() = body;
        }
        Ok(request)
    }

    /// Sends a request, and reads the response before the deadline.
    async fn receive(&self, info: &OperationInfo, request: Request<Vec<u8>>) -> Result<Received, Error> {
        let (operation, host, after) = (info.id, self.host(), self.timeout);
        let deadline = tokio::time::Instant::now() + after;
        let request = reqwest::Request::try_from(request)
            .map_err(|error| no_response(operation, host.clone(), &error.without_url()))?;
        let response = self.http.execute(request);
        let error = match tokio::time::timeout_at(deadline + LIMITS.connector_grace, response).await {
            Err(_) => return Err(Error::TimedOut { operation, host, after, head: None }),
            Ok(Ok(response)) => {
                let until = Deadline { at: deadline, after, host };
                return Ok(Received::read(response, self.max_response_bytes, &until).await);
            }
            Ok(Err(error)) => error.without_url(),
        };
        if !error.is_connect() {
            return Err(no_response(operation, host, &error));
        }
        let failed = if error.is_timeout() {
            self.route.too_slow(&self.endpoint, after)
        } else {
            self.route.not_connected(&self.endpoint, &error).await
        };
        Err(Error::NotSent { operation, stage: failed.stage, problem: failed.problem, source: failed.source })
    }

    /// Returns the value of a parameter that is the same for all calls.
    fn known(&self, name: &str) -> Option<&str> {
        match name {
            PROJECT_ID => Some(self.project_id.as_str()),
            X_LANGUAGE => self.language.as_ref().map(Language::as_str),
            _ => None,
        }
    }

    /// Returns the secrets that an error must not show, even when the service sends them back: the token, and those of
    /// the body.
    fn secrets(&self, body: Option<&[u8]>) -> Secrets {
        let Credentials::Token(token) = &self.credentials;
        let body = body.and_then(|body| serde_json::from_slice::<Value>(body).ok()).unwrap_or_default();
        Secrets::new(redacted::secrets(&body).into_iter().chain([token.expose()]))
    }

    fn host(&self) -> String {
        self.endpoint[url::Position::BeforeHost..url::Position::AfterPort].to_owned()
    }
}

/// Refuses a call that breaks documented limits.
fn valid(info: &OperationInfo, violations: Vec<Violation>) -> Result<(), Error> {
    if violations.is_empty() { Ok(()) } else { Err(Error::Invalid { operation: info.id, violations }) }
}

fn set_header(request: &mut Request<Vec<u8>>, name: &str, value: HeaderValue) {
    if let Ok(name) = http::HeaderName::try_from(name) {
        request.headers_mut().insert(name, value);
    }
}
