//! Faults: what an emulator does wrong on purpose, and when.

mod broken;
mod line;
mod rows;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use drs_types::OperationInfo;
use drs_types::common::ErrorCode;

use crate::identity::Identity;
use crate::refusal::Refusal;

pub(crate) use broken::BrokenBody;
pub(crate) use line::{FaultyStream, Line, Part};
pub(crate) use rows::RowFault;

/// The faults of a scenario.
#[derive(Debug)]
pub(crate) struct Faults {
    rules: Vec<(Rule, AtomicU64)>,
    seed: u64,
}

/// What goes wrong, and when.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    /// The operation whose calls are meant; without one, every call.
    pub(crate) operation: Option<&'static str>,
    pub(crate) when: When,
    pub(crate) effect: Effect,
}

/// Which of the calls of a rule have the fault. The first call has the number 1.
#[derive(Clone, Debug)]
pub(crate) enum When {
    Always,
    Calls(Vec<u64>),
    First(u64),
    After(u64),
    Every(u64),
    Probability(f64),
}

/// What goes wrong.
#[derive(Clone, Debug)]
pub(crate) enum Effect {
    Delay { time: Duration, body_only: bool },
    Silence,
    Slow { bytes: usize, pause: Duration },
    Respond { status: StatusCode, headers: HeaderMap, body: String },
    Throttled { retry_after: Option<u32> },
    ExpiredToken,
    ClockSkew(i32),
    Body(BrokenBody),
    LargeHead(usize),
    Break { at: Part, reset: bool },
    Rows(RowFault),
}

/// The difference of the clock of the emulator from the true time, in seconds, for one request.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ClockSkew(pub(crate) i32);

impl ClockSkew {
    /// Returns the time of the emulator for a request.
    pub(crate) fn now(head: &Parts) -> SystemTime {
        let Self(seconds) = head.extensions.get().copied().unwrap_or_default();
        let skew = Duration::from_secs(seconds.unsigned_abs().into());
        if seconds < 0 { SystemTime::now() - skew } else { SystemTime::now() + skew }
    }
}

impl Faults {
    pub(crate) fn new(rules: impl IntoIterator<Item = Rule>, seed: u64) -> Self {
        Self { rules: rules.into_iter().map(|rule| (rule, AtomicU64::new(0))).collect(), seed }
    }

    /// Counts a call, and returns the effect of the first rule that it meets.
    fn next(&self, operation: Option<&str>) -> Option<&Effect> {
        let mut found = None;
        for (index, (rule, calls)) in (0_u64..).zip(&self.rules) {
            if rule.operation.is_none_or(|id| operation == Some(id)) {
                let call = calls.fetch_add(1, Ordering::Relaxed) + 1;
                if found.is_none() && rule.when.holds(call, self.seed ^ (index << 48)) {
                    found = Some(&rule.effect);
                }
            }
        }
        found
    }
}

impl When {
    fn holds(&self, call: u64, seed: u64) -> bool {
        match self {
            Self::Always => true,
            Self::Calls(calls) => calls.contains(&call),
            Self::First(number) => call <= *number,
            Self::After(number) => call > *number,
            Self::Every(number) => call.is_multiple_of(*number),
            // The number of the call decides, and not the order in which connections are served.
            Self::Probability(probability) => {
                fastrand::Rng::with_seed(seed ^ call.rotate_left(24)).f64() < *probability
            }
        }
    }
}

/// Carries out a call, with the fault that it has.
pub(crate) async fn play(
    faults: Arc<Faults>,
    identity: Arc<Identity>,
    info: Option<&'static OperationInfo>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(effect) = faults.next(info.map(|info| info.id)) else { return next.run(request).await };
    let line = request.extensions().get::<Line>().cloned().unwrap_or_default();
    match effect {
        Effect::Delay { time, body_only: false } => {
            tokio::time::sleep(*time).await;
            next.run(request).await
        }
        Effect::Delay { time, body_only: true } => broken::delayed(next.run(request).await, *time),
        Effect::Silence => std::future::pending().await,
        Effect::Slow { bytes, pause } => {
            line.slow(*bytes, *pause);
            next.run(request).await
        }
        Effect::Respond { status, headers, body } => (*status, headers.clone(), body.clone()).into_response(),
        Effect::Throttled { retry_after } => throttled(*retry_after),
        Effect::ExpiredToken => {
            identity.revoke_tokens();
            Refusal::expired_token().into_response()
        }
        Effect::ClockSkew(seconds) => {
            request.extensions_mut().insert(ClockSkew(*seconds));
            next.run(request).await
        }
        Effect::Body(kind) => broken::body(*kind, next.run(request).await, &line),
        Effect::LargeHead(bytes) => {
            let mut response = next.run(request).await;
            let value = HeaderValue::try_from("x".repeat(*bytes)).expect("letters are a value of a header");
            response.headers_mut().insert(HeaderName::from_static("x-large"), value);
            response
        }
        Effect::Break { at, reset } => {
            line.break_at(*at, *reset, b"");
            next.run(request).await
        }
        Effect::Rows(fault) => match info.and_then(|info| info.batch.as_ref()) {
            Some(batch) => rows::change(*fault, batch, next.run(request).await).await,
            None => next.run(request).await,
        },
    }
}

/// Returns the documented refusal of a call that comes too soon.
fn throttled(retry_after: Option<u32>) -> Response {
    let refusal = Refusal::new(ErrorCode::DrsM01503, "Too many requests; try again later.");
    let mut response = refusal.into_response();
    let after = retry_after.map(|seconds| (header::RETRY_AFTER, HeaderValue::from(seconds)));
    response.headers_mut().extend(after);
    response
}
