//! The transport of the default feature: reqwest, with our own reading of its errors.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use drs_auth::BoxFuture;
use drs_auth::endpoint::is_loopback;
use http::{Request, Response};
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::redirect::Policy;
use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::builder::BuildError;
use crate::connect::{Resolver, Route, causes, root};
use crate::endpoint::host;
use crate::limits::LIMITS;
#[cfg(feature = "tls")]
use crate::tls;
use crate::transport::{Source, Stage, Transport, TransportError};

/// Sends with reqwest: connections are kept and shared, redirects are not followed, and proxies come from the environment,
/// except for an endpoint on this machine.
#[derive(Clone)]
pub struct HttpTransport {
    http: reqwest::Client,
    route: Route,
    endpoint: Url,
    timeout: Duration,
    max_response_bytes: usize,
}

/// Hides the proxies: their addresses may hold a password.
impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport").field("endpoint", &self.endpoint.as_str()).finish_non_exhaustive()
    }
}

impl HttpTransport {
    /// Creates a transport to one endpoint.
    pub(crate) fn new(
        endpoint: &Url,
        timeout: Duration,
        max_response_bytes: usize,
        #[cfg(feature = "tls")] authorities: Option<tls::RootCertStore>,
    ) -> Result<Self, BuildError> {
        let route = Route {
            resolver: Resolver::new(),
            proxies: (!is_loopback(endpoint)).then(|| Arc::new(Matcher::from_env())),
        };
        let mut http = reqwest::Client::builder()
            // A redirect would carry the token elsewhere.
            .redirect(Policy::none())
            // The client decides what is sent again.
            .retry(reqwest::retry::never())
            .http1_max_headers(LIMITS.response_headers)
            .http2_max_header_list_size(LIMITS.response_head_bytes)
            .connect_timeout(timeout)
            .dns_resolver(route.resolver.clone());
        #[cfg(feature = "tls")]
        {
            http = http.tls_backend_preconfigured(tls::settings(endpoint, authorities)?);
        }
        if route.proxies.is_none() {
            // A proxy on another machine cannot reach a server on this one.
            http = http.no_proxy();
        }
        let http = http.build().map_err(|error| BuildError::Http(error.without_url().into()))?;
        Ok(Self { http, route, endpoint: endpoint.clone(), timeout, max_response_bytes })
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let after = self.timeout;
        let deadline = Instant::now() + after;
        let request = reqwest::Request::try_from(request).map_err(|error| self.no_response(&error.without_url()))?;
        let responding = self.http.execute(request);
        let error = match timeout_at(deadline + LIMITS.connector_grace, responding).await {
            Err(_) => return Err(TransportError::TimedOut { after, partial: None }),
            Ok(Ok(response)) => return self.read(response, deadline).await,
            Ok(Err(error)) => error.without_url(),
        };
        if !error.is_connect() {
            return Err(self.no_response(&error));
        }
        let failed = if error.is_timeout() {
            self.route.too_slow(&self.endpoint, after)
        } else {
            self.route.not_connected(&self.endpoint, &error).await
        };
        Err(TransportError::NotSent { stage: failed.stage, problem: failed.problem, source: failed.source })
    }

    /// Reads a body within the limit and before the deadline.
    async fn read(
        &self,
        mut response: reqwest::Response,
        deadline: Instant,
    ) -> Result<Response<Bytes>, TransportError> {
        let (after, limit) = (self.timeout, self.max_response_bytes);
        // The length is what the server says, so a large one is not trusted.
        let told = response.content_length().map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX));
        let mut body = BytesMut::with_capacity(told.min(limit).min(LIMITS.trusted_length));
        let mut head = Response::new(());
        *head.status_mut() = response.status();
        *head.headers_mut() = std::mem::take(response.headers_mut());
        let whole = |body: BytesMut| head.clone().map(|()| body.freeze());
        loop {
            match timeout_at(deadline, response.chunk()).await {
                Err(_) => return Err(TransportError::TimedOut { after, partial: Some(whole(body)) }),
                Ok(Ok(None)) => return Ok(whole(body)),
                Ok(Err(error)) => {
                    return Err(TransportError::BrokenOff { partial: whole(body), source: root(&error).into() });
                }
                Ok(Ok(Some(chunk))) => {
                    let room = limit - body.len();
                    body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                    if chunk.len() > room {
                        return Err(TransportError::TooLarge { limit, partial: whole(body) });
                    }
                }
            }
        }
    }

    /// Finds out why a connection brought no response.
    fn no_response(&self, error: &reqwest::Error) -> TransportError {
        let source: Source = root(error).into();
        let http: Option<&hyper::Error> = causes(error).find_map(|cause| cause.downcast_ref());
        let is = |what: fn(&hyper::Error) -> bool| http.is_some_and(what);
        if is(hyper::Error::is_canceled) || error.is_builder() {
            let host = host(&self.endpoint);
            let problem = if error.is_builder() {
                format!("the request to {host} cannot be built")
            } else {
                format!("{host} closed the connection before anything was sent")
            };
            return TransportError::NotSent { stage: Stage::Connect, problem, source };
        }
        let problem = if is(hyper::Error::is_incomplete_message) {
            "the connection was closed before a response arrived"
        } else if is(hyper::Error::is_parse) && source.to_string().contains("too large") {
            // hyper has a predicate for this on servers only.
            "the head of the response is too large"
        } else if is(hyper::Error::is_parse) {
            "the response is not HTTP"
        } else {
            "the connection broke before a response arrived"
        };
        TransportError::NoResponse { problem, source }
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(self.exchange(request))
    }
}
