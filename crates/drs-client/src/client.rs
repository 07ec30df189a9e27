//! The client: one call, with all its attempts.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use drs_auth::{Credentials, ProvideCredentials, Secrets};
use drs_types::common::{ErrorCode, ProjectId};
use drs_types::{Operation, OperationInfo, Parts, Reading, Retry, reading, redacted};
use http::{Request, StatusCode};
use serde_json::{Map, Value};
use tokio::time::{Instant, sleep, timeout};
use tracing::field::Empty;
use tracing::{Instrument as _, debug, debug_span, warn};

use crate::Reply;
use crate::body::Received;
use crate::builder::ClientBuilder;
use crate::error::Error;
use crate::request::{Target, valid};
use crate::retry::{Budget, RetryPolicy};
use crate::transport::{Transport, TransportError};

/// Sends operations to one endpoint, for one project. Cheap to clone; clones share their connections and their budget of
/// retries.
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) target: Target,
    pub(crate) credentials: Arc<dyn ProvideCredentials>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) max_response_bytes: usize,
    pub(crate) retry: RetryPolicy,
    pub(crate) budget: Arc<Budget>,
    pub(crate) known: Arc<KnownSecrets>,
}

/// The last credentials, and the search for their secrets, which is slow to prepare.
type KnownSecrets = Mutex<Option<(Credentials, Arc<Secrets>)>>;

impl Client {
    /// Starts the settings of a client for one endpoint, such as `https://drs.eu-de.otc.t-systems.com`, and one
    /// project.
    ///
    /// An endpoint without a scheme gets `https`.
    pub fn builder(
        endpoint: &str,
        project_id: ProjectId,
        credentials: impl ProvideCredentials + 'static,
    ) -> ClientBuilder {
        ClientBuilder::new(endpoint, project_id, Arc::new(credentials))
    }

    /// Returns the address of the service, as a URL.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        self.target.endpoint.as_str()
    }

    /// Sends one call and reads its response.
    ///
    /// # Errors
    /// See [`Error`]: the call is invalid or could not be sent; it was sent and its outcome is unknown; the service
    /// refused it; or its response cannot be read.
    pub async fn send<O: Operation>(&self, operation: &O) -> Result<Reply<O::Response>, Error> {
        self.send_noting(operation, |_| {}).await
    }

    /// Sends one call like [`send`](Self::send), and shows the error of each attempt to `note`.
    pub(crate) async fn send_noting<O: Operation>(
        &self,
        operation: &O,
        note: impl Fn(&Error),
    ) -> Result<Reply<O::Response>, Error> {
        valid(O::INFO, operation.check())?;
        let parts = operation.parts().map_err(|source| Error::Encode { operation: O::INFO.id, source })?;
        self.send_parts::<O>(parts, note).await
    }

    /// Sends the parts of a call that was checked, and shows the error of each attempt to `note`.
    pub(crate) async fn send_parts<O: Operation>(
        &self,
        parts: Parts,
        note: impl Fn(&Error),
    ) -> Result<Reply<O::Response>, Error> {
        let read = |json: &[u8]| {
            let reading = reading::read::<O::Response>(json)?;
            let is_empty = reading.body == O::Response::default();
            Ok((reading, is_empty))
        };
        self.exchange(O::INFO, parts, read, note).await
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
        self.exchange(info, parts, read, |_| {}).await
    }

    /// Returns the request of a call without sending it. Its token is marked as sensitive.
    ///
    /// # Errors
    /// A parameter has no usable value, or breaks the documentation.
    pub async fn dry_run(&self, info: &OperationInfo, parts: Parts) -> Result<Request<Vec<u8>>, Error> {
        valid(info, info.check_parts(&parts))?;
        let request = self.target.request(info, parts)?;
        self.authorize(info, &request, &self.credentials(info).await?)
    }

    /// Returns the secrets that must not be shown, even when the service sends them back: those of the credentials, and
    /// those of the body that was sent.
    pub async fn secrets(&self, sent: Option<&[u8]>) -> Secrets {
        let credentials = self.credentials.credentials().await;
        let sent = sent.unwrap_or_default();
        let secrets = match credentials {
            Ok(credentials) => self.secrets_of(&credentials, sent),
            Err(_) => with_body(Arc::default(), sent),
        };
        Arc::unwrap_or_clone(secrets)
    }

    fn secrets_of(&self, credentials: &Credentials, sent: &[u8]) -> Arc<Secrets> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let secrets = match &*known {
            Some((last, secrets)) if last == credentials => Arc::clone(secrets),
            _ => Arc::clone(&known.insert((credentials.clone(), Arc::new(credentials.secrets()))).1),
        };
        drop(known);
        with_body(secrets, sent)
    }

    async fn exchange<T>(
        &self,
        info: &OperationInfo,
        parts: Parts,
        read: impl Fn(&[u8]) -> Result<(Reading<T>, bool), serde_json::Error>,
        note: impl Fn(&Error),
    ) -> Result<Reply<T>, Error> {
        let request = self.target.request(info, parts)?;
        let call = async {
            let mut call = Call { client: self, info, request, attempt: 0, started: Instant::now() };
            let mut may_renew = true;
            // An attempt that the service may have carried out must not be hidden by one that was not sent.
            let mut doubtful = None;
            loop {
                call.attempt += 1;
                let credentials = self.credentials(info).await?;
                let error = match call.attempt(&credentials, &read).await {
                    Ok(reply) => return Ok(reply),
                    Err(error) => error,
                };
                note(&error);
                // Rejected credentials mean that nothing was done, so any operation may be sent again.
                if may_renew && is_rejected(&error) && self.credentials.invalidate(&credentials) {
                    may_renew = false;
                    debug!(attempt = call.attempt, "the credentials were rejected, and new ones are requested");
                    continue;
                }
                let Some(wait) = call.wait(&error) else {
                    let was_sent = !matches!(error, Error::NotSent { .. });
                    return Err(if was_sent { error } else { doubtful.unwrap_or(error) });
                };
                warn!(attempt = call.attempt, wait = ?wait, "the call is sent again: {}", kind(&error));
                if error.may_be_done() {
                    doubtful = Some(error);
                }
                sleep(wait).await;
            }
        };
        call.instrument(debug_span!("call", operation = info.id)).await
    }

    async fn credentials(&self, info: &OperationInfo) -> Result<Credentials, Error> {
        let credentials = self.credentials.credentials().await;
        credentials.map_err(|error| Error::Credentials { operation: info.id, source: error.into() })
    }

    fn authorize(
        &self,
        info: &OperationInfo,
        request: &Request<Vec<u8>>,
        credentials: &Credentials,
    ) -> Result<Request<Vec<u8>>, Error> {
        credentials
            .authorize(request.clone(), Some(self.target.project_id.as_str()), SystemTime::now())
            .map_err(|error| Error::Credentials { operation: info.id, source: error.into() })
    }
}

/// One call, and how far it is.
struct Call<'a> {
    client: &'a Client,
    info: &'a OperationInfo,
    request: Request<Vec<u8>>,
    /// The number of the attempt, counted from 1.
    attempt: u32,
    started: Instant,
}

impl Call<'_> {
    async fn attempt<T>(
        &self,
        credentials: &Credentials,
        read: impl Fn(&[u8]) -> Result<(Reading<T>, bool), serde_json::Error>,
    ) -> Result<Reply<T>, Error> {
        let Self { client, info, request, attempt, .. } = self;
        let span = debug_span!("attempt", attempt, status = Empty, request_id = Empty);
        let signed = client.authorize(info, request, credentials)?;
        span.in_scope(|| debug!(attempt, "sending"));
        let outcome = self.in_time(client.transport.send(signed.map(Bytes::from))).instrument(span.clone()).await;
        let _entered = span.enter();
        let received = Received::of(outcome, info.id, || client.target.host(), client.max_response_bytes);
        let secrets = client.secrets_of(credentials, request.body());
        let reply = received.and_then(|received| received.decode(info, &secrets, read));
        match &reply {
            Ok(reply) => {
                let (status, request_id) = (reply.status.as_u16(), reply.request_id.as_deref());
                span.record("status", status).record("request_id", request_id);
                debug!(attempt, status, request_id, "received");
                if *attempt == 1 {
                    client.budget.refill();
                }
            }
            Err(error) => {
                let (status, request_id) = (error.status().map(|status| status.as_u16()), error.request_id());
                span.record("status", status).record("request_id", request_id);
                debug!(attempt, status, request_id, "failed: {}", kind(error));
            }
        }
        reply
    }

    /// Ends an attempt at the deadline of the call. The service may have carried it out.
    async fn in_time<T>(&self, sending: impl Future<Output = Result<T, TransportError>>) -> Result<T, TransportError> {
        let Some(deadline) = self.client.deadline else { return sending.await };
        let left = deadline.saturating_sub(self.started.elapsed());
        let late = TransportError::TimedOut { after: deadline, partial: None };
        timeout(left, sending).await.unwrap_or(Err(late))
    }

    /// Returns the wait before the next attempt; `None` when the error is final.
    fn wait(&self, error: &Error) -> Option<Duration> {
        let Self { client, info, attempt, started, .. } = self;
        let wait = client.retry.wait(info, error, *attempt, SystemTime::now(), fastrand::f64())?;
        let is_in_time = client.deadline.is_none_or(|deadline| started.elapsed().saturating_add(wait) < deadline);
        (is_in_time && client.budget.take()).then_some(wait)
    }
}

/// Whether the service, or a gateway before it, refused the credentials.
fn is_rejected(error: &Error) -> bool {
    match error.code().and_then(ErrorCode::retry) {
        Some(retry) => retry == Retry::AfterNewToken,
        None => error.status() == Some(StatusCode::UNAUTHORIZED),
    }
}

/// The kind of an error, for logs: nothing in it is from a server.
fn kind(error: &Error) -> &'static str {
    match error {
        Error::Invalid { .. } | Error::Parameter(_) | Error::Encode { .. } => "invalid request",
        Error::Credentials { .. } => "no credentials",
        Error::NotSent { .. } => "not sent",
        Error::OutcomeUnknown { .. } => "no response",
        Error::TimedOut { .. } => "timed out",
        Error::BrokenOff { .. } => "response broken off",
        Error::Unreadable { .. } => "response unreadable",
        Error::Redirected { .. } => "redirected",
        Error::TooLarge { .. } => "response too large",
        Error::Refused { .. } => "refused",
        Error::Undocumented { .. } | Error::Decode { .. } => "undocumented response",
    }
}

/// Adds the secrets of a body that was sent.
fn with_body(secrets: Arc<Secrets>, sent: &[u8]) -> Arc<Secrets> {
    let body: Value = serde_json::from_slice(sent).unwrap_or_default();
    let found = redacted::secrets(&body);
    if found.is_empty() { secrets } else { Arc::new(Secrets::clone(&secrets).with(found)) }
}
