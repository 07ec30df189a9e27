//! Why a call has no usable answer.

use std::time::Duration;

use drs_types::common::ErrorCode;
use drs_types::operation::MissingParameter;
use drs_types::{Retry, Violation};
use http::StatusCode;
use thiserror::Error as ThisError;

use crate::Excerpt;

/// Why a call has no usable answer. The variants differ in what a caller can do.
///
/// A task that the service refuses inside a success is no error: see [`crate::precheck::Outcome`].
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum Error {
    /// The call breaks the documentation. It was not sent; mend it.
    #[error("{operation} was not sent: {}", joined(violations))]
    Invalid {
        /// The operation.
        operation: &'static str,
        /// Every limit that is broken.
        violations: Vec<Violation>,
    },
    /// A parameter has no value, or one that cannot be sent. The call was not sent; give it one.
    #[error("not sent: {0}")]
    Parameter(#[from] MissingParameter),
    /// The body cannot be written as JSON. The call was not sent.
    #[error("{operation} was not sent: its body cannot be written as JSON")]
    Encode {
        /// The operation.
        operation: &'static str,
        /// Why.
        source: serde_json::Error,
    },
    /// The service was not reached. Check the endpoint and the network.
    #[error("{operation}: {host} cannot be reached")]
    Unreachable {
        /// The operation.
        operation: &'static str,
        /// The host and port of the endpoint.
        host: String,
        /// Why.
        source: reqwest::Error,
    },
    /// No whole answer came in time. The service may have carried out the call all the same.
    #[error("{operation}: no whole answer from {host} within {after:?}")]
    TimedOut {
        /// The operation.
        operation: &'static str,
        /// The host and port of the endpoint.
        host: String,
        /// The time that was allowed.
        after: Duration,
    },
    /// The connection broke while the answer was read.
    #[error("{operation}: the answer with status {} broke off{}", answered.status, quoted(answered))]
    BrokenOff {
        /// The operation.
        operation: &'static str,
        /// What had come; the body is not complete.
        answered: Box<Answered>,
        /// Why.
        source: reqwest::Error,
    },
    /// The answer is larger than the client is allowed to read.
    #[error("{operation}: the answer with status {} is larger than {limit} bytes{}", answered.status, quoted(answered))]
    TooLarge {
        /// The operation.
        operation: &'static str,
        /// The limit, in bytes.
        limit: usize,
        /// What had come; the body is not complete.
        answered: Box<Answered>,
    },
    /// The service, or a gateway before it, refused or failed. Decide by the code, not by the status.
    #[error("{operation}: {}", refused(code.as_ref(), message.as_deref(), answered))]
    Refused {
        /// The operation.
        operation: &'static str,
        /// The code of the error; `None` when the body has none.
        code: Option<ErrorCode>,
        /// What went wrong, in the words of the service; `None` when the body does not say.
        message: Option<String>,
        /// The answer.
        answered: Box<Answered>,
    },
    /// The answer has a status of success, but it is not what is documented: a login page, say, or an empty body.
    #[error(
        "{operation}: answered {}, but not with the documented JSON object{}: {}",
        answered.status, quoted(answered), answered.body
    )]
    Undocumented {
        /// The operation.
        operation: &'static str,
        /// The answer.
        answered: Box<Answered>,
    },
    /// The answer is a JSON object that cannot be read as the documented one.
    #[error("{operation}: answered {}, but the body does not fit at {at}{}: {problem}", answered.status, quoted(answered))]
    Decode {
        /// The operation.
        operation: &'static str,
        /// The path of the value that does not fit, such as `results[0].process`.
        at: String,
        /// What was expected there, and what was found.
        problem: String,
        /// The answer.
        answered: Box<Answered>,
    },
}

/// What is known of an answer that could not be used.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Answered {
    /// The HTTP status.
    pub status: StatusCode,
    /// What the service calls the request; quote it to the vendor's support.
    pub request_id: Option<String>,
    /// The beginning of the body, without secrets.
    pub body: Excerpt,
}

impl Error {
    /// What is known of the answer; `None` when none came.
    #[must_use]
    pub fn answered(&self) -> Option<&Answered> {
        match self {
            Self::Invalid { .. }
            | Self::Parameter(_)
            | Self::Encode { .. }
            | Self::Unreachable { .. }
            | Self::TimedOut { .. } => None,
            Self::BrokenOff { answered, .. }
            | Self::TooLarge { answered, .. }
            | Self::Refused { answered, .. }
            | Self::Undocumented { answered, .. }
            | Self::Decode { answered, .. } => Some(answered),
        }
    }

    /// The HTTP status of the answer; `None` when none came.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.answered().map(|answered| answered.status)
    }

    /// What the service calls the request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.answered()?.request_id.as_deref()
    }

    /// The code of a refusal.
    #[must_use]
    pub fn code(&self) -> Option<&ErrorCode> {
        match self {
            Self::Refused { code, .. } => code.as_ref(),
            _ => None,
        }
    }

    /// Whether the call never left this machine, so that mending it is all there is to do.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        matches!(self, Self::Invalid { .. } | Self::Parameter(_) | Self::Encode { .. })
    }

    /// Whether the same call may succeed after a while, provided that its operation may be sent twice.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::TimedOut { .. } | Self::BrokenOff { .. } => true,
            Self::Refused { code, answered, .. } => match code.as_ref().and_then(ErrorCode::retry) {
                Some(retry) => retry == Retry::Later,
                None => matches!(answered.status.as_u16(), 429 | 502 | 503 | 504),
            },
            _ => false,
        }
    }
}

fn joined(violations: &[Violation]) -> String {
    violations.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn quoted(answered: &Answered) -> String {
    answered.request_id.as_ref().map(|id| format!(" (request {id})")).unwrap_or_default()
}

fn refused(code: Option<&ErrorCode>, message: Option<&str>, answered: &Answered) -> String {
    let status = answered.status;
    let said = match (code, message) {
        (Some(code), Some(message)) => format!("refused with {code}: {message}"),
        (Some(code), None) => format!("refused with {code}"),
        (None, Some(message)) => format!("refused: {message}"),
        (None, None) => format!("refused without an error code: {}", answered.body),
    };
    let meaning = code.and_then(ErrorCode::meaning).map(|text| format!(" — {text}")).unwrap_or_default();
    format!("{said} [status {status}]{}{meaning}", quoted(answered))
}
