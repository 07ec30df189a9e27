//! Requests to IAM, over the transport of a client.

use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use drs_auth::iam::SendRequest;
use http::header::RETRY_AFTER;
use tokio::time::sleep;
use tracing::{Instrument as _, debug, debug_span, warn};

use crate::error::may_pass;
use crate::retry::RetryPolicy;
use crate::transport::Transport;

/// Returns the function by which [`drs_auth::iam`] sends its requests: over a transport, such as
/// [`ClientBuilder::http_transport`](crate::ClientBuilder::http_transport) of a client with the address of IAM.
///
/// A request for a token or a project changes nothing, so each is sent again after an error that may pass. The budget of
/// the policy is that of calls; requests to IAM take nothing of it.
pub fn iam_sender(transport: impl Transport + 'static, retry: RetryPolicy) -> SendRequest {
    let shared = Arc::new((transport, retry));
    Arc::new(move |request| {
        let shared = Arc::clone(&shared);
        let span = debug_span!("iam", method = %request.method(), path = request.uri().path());
        let sending = async move {
            let (transport, retry) = &*shared;
            let request = request.map(Bytes::from);
            let mut attempt = 1;
            loop {
                let outcome = transport.send(request.clone()).await;
                let (again, told) = match &outcome {
                    Ok(response) => {
                        debug!(attempt, status = response.status().as_u16(), "received");
                        let told = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
                        (may_pass(response.status()), told)
                    }
                    Err(error) => {
                        debug!(attempt, "no response");
                        (error.may_pass(), None)
                    }
                };
                let wait = again.then(|| retry.pause(told, attempt, SystemTime::now(), fastrand::f64())).flatten();
                let Some(wait) = wait else { return Ok(outcome?.map(|body| body.to_vec())) };
                warn!(attempt, ?wait, "the request to IAM is sent again");
                sleep(wait).await;
                attempt += 1;
            }
        };
        Box::pin(sending.instrument(span))
    })
}
