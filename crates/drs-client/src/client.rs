//! The client: where the service is, who asks, and the one way to send.

use std::net::IpAddr;
use std::time::Duration;

use drs_types::common::{Language, ProjectId};
use drs_types::operation::Location;
use drs_types::{AUTH_TOKEN, Operation, OperationInfo, PROJECT_ID, Parts, Redacted, X_LANGUAGE, redacted};
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error as ThisError;
use url::{Host, Url};

use crate::Reply;
use crate::error::Error;
use crate::excerpt::Secrets;
use crate::reply::Received;

/// Sends operations to one endpoint, for one project. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    endpoint: Url,
    project_id: ProjectId,
    language: Option<Language>,
    credentials: Credentials,
    timeout: Duration,
    max_response_bytes: usize,
}

/// How the client proves who asks.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Credentials {
    /// A user token from IAM, sent with every call.
    Token(Redacted),
}

impl Credentials {
    /// A user token from IAM.
    pub fn token(token: impl Into<Redacted>) -> Self {
        Self::Token(token.into())
    }
}

/// Why a client cannot be made.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum BuildError {
    /// The endpoint is not the address of a server.
    #[error("the endpoint {endpoint:?} {problem}")]
    Endpoint {
        /// The text that was given; empty when it may hold a secret.
        endpoint: String,
        /// What is wrong with it, and what to give instead.
        problem: String,
    },
    /// The token cannot stand in a header.
    #[error("the token is empty or holds characters that no HTTP header may have; look for a stray line feed")]
    Token,
    /// The TLS library cannot be set up.
    #[error("the HTTP library cannot be set up")]
    Http(#[source] reqwest::Error),
}

/// Settings of a [`Client`].
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
    /// The language that the service answers in; without one, the service takes its own default.
    pub fn language(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }

    /// How long one call may take, from the first byte sent to the last byte received. 60 seconds by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The size of the largest body that is read, in bytes. 64 MiB by default.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// Checks the settings; nothing is sent yet.
    ///
    /// # Errors
    /// The endpoint is not a usable address, or the token cannot be sent.
    pub fn build(self) -> Result<Client, BuildError> {
        let endpoint = endpoint(&self.endpoint)?;
        let Credentials::Token(token) = &self.credentials;
        if token.expose().trim().is_empty() || HeaderValue::from_str(token.expose()).is_err() {
            return Err(BuildError::Token);
        }
        let mut http = reqwest::Client::builder()
            // A redirect would carry the token elsewhere.
            .redirect(Policy::none())
            .user_agent(concat!("drs-client/", env!("CARGO_PKG_VERSION")));
        if is_loopback(&endpoint) {
            // A proxy of the environment cannot reach a server on this machine.
            http = http.no_proxy();
        }
        Ok(Client {
            http: http.build().map_err(|error| BuildError::Http(error.without_url()))?,
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
    /// A client for one endpoint, such as `https://drs.eu-de.otc.t-systems.com`, and one project.
    ///
    /// An endpoint without a scheme is taken as `https`.
    pub fn builder(endpoint: &str, project_id: ProjectId, credentials: Credentials) -> ClientBuilder {
        ClientBuilder {
            endpoint: endpoint.to_owned(),
            project_id,
            credentials,
            language: None,
            timeout: Duration::from_secs(60),
            max_response_bytes: 64 << 20,
        }
    }

    /// The address of the service.
    #[must_use]
    pub fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    /// Sends one call and reads its answer.
    ///
    /// # Errors
    /// See [`Error`]: the call breaks the documentation and was not sent, the service was not reached, it refused, or
    /// its answer is not the documented one.
    pub async fn send<O: Operation>(&self, operation: &O) -> Result<Reply<O::Response>, Error> {
        let violations = operation.check();
        if !violations.is_empty() {
            return Err(Error::Invalid { operation: O::INFO.id, violations });
        }
        let parts = operation.parts().map_err(|source| Error::Encode { operation: O::INFO.id, source })?;
        self.exchange(O::INFO, parts).await
    }

    /// Sends a call that was put together at run time, by tools that treat all operations alike. Only its parameters are
    /// checked: hold the body to its schema before, as `drs-validate` does.
    ///
    /// # Errors
    /// See [`Error`]; the same as for [`send`](Self::send), but for what a type checks.
    pub async fn call(&self, info: &OperationInfo, parts: Parts) -> Result<Reply<serde_json::Value>, Error> {
        self.exchange(info, parts).await
    }

    /// The request that a call makes, for tools that show it. Its token is marked as sensitive.
    ///
    /// # Errors
    /// A parameter that has no usable value.
    pub fn dry_run(&self, info: &OperationInfo, parts: Parts) -> Result<reqwest::Request, Error> {
        self.request(info, parts)
    }

    async fn exchange<T>(&self, info: &OperationInfo, parts: Parts) -> Result<Reply<T>, Error>
    where
        T: DeserializeOwned + Serialize,
    {
        let secrets = self.secrets(parts.body.as_deref());
        let request = self.request(info, parts)?;
        let received = tokio::time::timeout(self.timeout, self.receive(info, request));
        match received.await {
            Ok(received) => received?.decode(info, &secrets),
            Err(_) => Err(Error::TimedOut { operation: info.id, host: self.host(), after: self.timeout }),
        }
    }

    fn request(&self, info: &OperationInfo, parts: Parts) -> Result<reqwest::Request, Error> {
        let value = |name: &str| parts.parameter(name).or_else(|| self.known(name));
        let path = info.fill_path(value)?;
        let mut url = self.endpoint.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}{path}"));
        let mut request = reqwest::Request::new(info.method.clone(), url);
        for parameter in info.parameters {
            let Some(value) = value(parameter.name) else {
                if parameter.required {
                    return Err(info.missing(parameter.name).into());
                }
                continue;
            };
            match parameter.location {
                Location::Path => {}
                Location::Query => drop(request.url_mut().query_pairs_mut().append_pair(parameter.name, value)),
                Location::Header => {
                    let header = HeaderValue::from_str(value).map_err(|_| info.missing(parameter.name))?;
                    set_header(&mut request, parameter.name, header);
                }
            }
        }
        let Credentials::Token(token) = &self.credentials;
        if let Ok(mut token) = HeaderValue::from_str(token.expose()) {
            token.set_sensitive(true);
            set_header(&mut request, AUTH_TOKEN, token);
        }
        if let Some(body) = parts.body {
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *request.body_mut() = Some(body.into());
        }
        Ok(request)
    }

    async fn receive(&self, info: &OperationInfo, request: reqwest::Request) -> Result<Received, Error> {
        let response = self.http.execute(request).await.map_err(|error| Error::Unreachable {
            operation: info.id,
            host: self.host(),
            source: error.without_url(),
        })?;
        Ok(Received::read(response, self.max_response_bytes).await)
    }

    /// The parameters that are the same for all calls.
    fn known(&self, name: &str) -> Option<&str> {
        match name {
            PROJECT_ID => Some(self.project_id.as_str()),
            X_LANGUAGE => self.language.as_ref().map(Language::as_str),
            _ => None,
        }
    }

    /// What must not stand in an error, even when the service sends it back: the token, and the secrets of the body.
    fn secrets(&self, body: Option<&[u8]>) -> Secrets<'_> {
        let Credentials::Token(token) = &self.credentials;
        let body = body.and_then(|body| serde_json::from_slice::<serde_json::Value>(body).ok()).unwrap_or_default();
        let sent = redacted::secrets(&body).into_iter().map(|secret| secret.to_owned().into());
        Secrets([token.expose().into()].into_iter().chain(sent).collect())
    }

    fn host(&self) -> String {
        self.endpoint[url::Position::BeforeHost..url::Position::AfterPort].to_owned()
    }
}

fn set_header(request: &mut reqwest::Request, name: &str, value: HeaderValue) {
    if let Ok(name) = http::HeaderName::try_from(name) {
        request.headers_mut().insert(name, value);
    }
}

/// The endpoint as an address that calls can be appended to.
fn endpoint(text: &str) -> Result<Url, BuildError> {
    let wrong = |endpoint: &str, problem: &str| BuildError::Endpoint {
        endpoint: endpoint.to_owned(),
        problem: format!("{problem}; expected an address such as https://drs.eu-de.otc.t-systems.com"),
    };
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = Url::parse(&whole).map_err(|error| wrong(text, &format!("is not an address ({error})")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("", "holds a user name or a password"));
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => return Err(wrong(text, "would send the token unencrypted (http is for this machine only)")),
        _ => return Err(wrong(text, "is neither https nor http")),
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong(text, "has a query or a fragment"));
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_may_leave_out_https_and_have_a_path() {
        assert_eq!(endpoint("drs.eu-de.otc.t-systems.com").unwrap().as_str(), "https://drs.eu-de.otc.t-systems.com/");
        assert_eq!(endpoint("http://127.0.0.1:8080/drs/").unwrap().as_str(), "http://127.0.0.1:8080/drs/");
        assert!(endpoint("http://[::1]:1").is_ok());
    }

    #[test]
    fn an_endpoint_that_would_leak_or_mislead_is_refused() {
        for text in ["http://drs.example", "ftp://drs.example", "https://", "", "https://a?b", "https://a#b"] {
            assert!(endpoint(text).is_err(), "{text:?}");
        }
        let error = endpoint("https://me:hunter2@drs.example").unwrap_err().to_string();
        assert!(!error.contains("hunter2"), "{error}");
    }
}
