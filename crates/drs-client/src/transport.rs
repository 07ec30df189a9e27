//! The one door to the network: a trait that is transport and middleware at once.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use drs_auth::BoxFuture;
use http::{Request, Response};
use thiserror::Error as ThisError;

/// An error of another library.
pub(crate) type Source = Box<dyn std::error::Error + Send + Sync>;

/// Sends one request and receives the whole response. [`HttpTransport`](crate::HttpTransport) does it with reqwest;
/// another one may use another HTTP stack, or wrap a transport to measure, to record, or to test.
///
/// A transport sends each request once. The client retries, and signs each attempt anew. The headers of a request may
/// have secrets; they are marked as sensitive.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicUsize, Ordering};
///
/// use bytes::Bytes;
/// use drs_auth::BoxFuture;
/// use drs_client::{Client, Credentials, Transport, TransportError};
/// use http::{Request, Response};
///
/// /// Counts the requests that another transport sends.
/// #[derive(Debug)]
/// struct Counting<T>(T, Arc<AtomicUsize>);
///
/// impl<T: Transport> Transport for Counting<T> {
///     fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
///         self.1.fetch_add(1, Ordering::Relaxed);
///         self.0.send(request)
///     }
/// }
/// ```
pub trait Transport: fmt::Debug + Send + Sync {
    /// Sends a request and receives the response, with any status.
    ///
    /// # Errors
    /// See [`TransportError`].
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>>;
}

/// A step on the way to a connection. A call that fails in one of them was not sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Stage {
    /// The resolution of the host name.
    Resolve,
    /// The connection to the host.
    Connect,
    /// The TLS handshake.
    Tls,
    /// The connection to a proxy, or from the proxy to the host.
    Proxy,
}

impl Stage {
    /// Whether the next attempt may succeed. A certificate or a proxy that refuses does so again.
    pub(crate) fn may_pass(self) -> bool {
        matches!(self, Self::Resolve | Self::Connect)
    }
}

/// The reason why a transport has no whole response. The variants differ in what is known of the request.
#[derive(Debug, ThisError)]
pub enum TransportError {
    /// There was no connection, and nothing was sent.
    #[error("{problem}")]
    NotSent {
        /// The step that failed.
        stage: Stage,
        /// The failure, with the host or proxy.
        problem: String,
        /// The cause.
        source: Source,
    },
    /// The request was sent, and no response came.
    #[error("{problem}")]
    NoResponse {
        /// The event that came instead of a response.
        problem: &'static str,
        /// The cause.
        source: Source,
    },
    /// The request was sent, and the response did not come in time.
    #[error("no whole response within {after:?}")]
    TimedOut {
        /// The time that was allowed.
        after: Duration,
        /// The part that had come.
        partial: Option<Response<Bytes>>,
    },
    /// The connection broke while the response came.
    #[error("the response broke off")]
    BrokenOff {
        /// The part that had come.
        partial: Response<Bytes>,
        /// The cause.
        source: Source,
    },
    /// The response is larger than the transport reads.
    #[error("the response is larger than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
        /// The part within the limit.
        partial: Response<Bytes>,
    },
}

impl TransportError {
    /// Whether the same request may succeed later.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::NotSent { stage, .. } => stage.may_pass(),
            Self::NoResponse { .. } | Self::TimedOut { .. } | Self::BrokenOff { .. } => true,
            Self::TooLarge { .. } => false,
        }
    }
}
