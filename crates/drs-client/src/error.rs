//! The errors of a call.

use std::time::Duration;

use drs_types::common::ErrorCode;
use drs_types::operation::MissingParameter;
use drs_types::text::count;
use drs_types::{Misfit, Retry, Violation};
use http::StatusCode;
use thiserror::Error as ThisError;

use crate::BodyExcerpt;
use crate::limits::LIMITS;
use crate::transport::{Source, Stage};

/// The error of a call without a usable response. The variants differ in what a caller can do.
///
/// A task that the service refuses inside a success is not an error: see [`crate::precheck::Outcome`].
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum Error {
    /// The call breaks the documentation. It was not sent.
    #[error("{operation} was not sent: {}", joined(violations))]
    Invalid {
        /// The operation.
        operation: &'static str,
        /// Every broken limit.
        violations: Vec<Violation>,
    },
    /// A parameter has no value, or one that cannot be sent. The call was not sent.
    #[error("not sent: {0}")]
    Parameter(MissingParameter),
    /// The body cannot be written as JSON. The call was not sent.
    #[error("{operation} was not sent: its body cannot be written as JSON")]
    Encode {
        /// The operation.
        operation: &'static str,
        /// The cause.
        source: serde_json::Error,
    },
    /// There are no credentials, or the request cannot be signed with them. The call was not sent.
    #[error("{operation} was not sent: there are no usable credentials")]
    Credentials {
        /// The operation.
        operation: &'static str,
        /// The cause.
        source: Source,
    },
    /// There was no connection. The call was not sent. The stage says what to check.
    #[error("{operation} was not sent: {problem}")]
    NotSent {
        /// The operation.
        operation: &'static str,
        /// The step that failed.
        stage: Stage,
        /// The problem, with the host or proxy.
        problem: String,
        /// The cause.
        source: Source,
    },
    /// The call was sent, and no valid HTTP response arrived. The service may have carried it out.
    #[error("{operation} was sent to {host}, but {problem}")]
    OutcomeUnknown {
        /// The operation.
        operation: &'static str,
        /// The host and port of the endpoint.
        host: String,
        /// The problem.
        problem: &'static str,
        /// The cause.
        source: Source,
    },
    /// The call was sent, and no complete response arrived in time. The service may have carried it out.
    #[error("{operation} was sent to {host}, but no complete response arrived within {after:?}{}", begun(head.as_deref()))]
    TimedOut {
        /// The operation.
        operation: &'static str,
        /// The host and port of the endpoint.
        host: String,
        /// The timeout.
        after: Duration,
        /// The response so far; the body is not complete.
        head: Option<Box<ResponseHead>>,
    },
    /// The connection broke while the response was read.
    #[error("{operation}: the response with status {} broke off after {}{}", head.status, count(*at as u64, "byte"), quoted(head))]
    BrokenOff {
        /// The operation.
        operation: &'static str,
        /// The number of bytes of the body that arrived.
        at: usize,
        /// The response so far; the body is not complete.
        head: Box<ResponseHead>,
        /// The cause.
        source: Source,
    },
    /// The response is complete, but its body is not valid JSON.
    #[error(
        "{operation}: the response has status {}, but the body cannot be read: {reason} at byte {at}{}: {}",
        head.status, quoted(head), head.body
    )]
    Unreadable {
        /// The operation.
        operation: &'static str,
        /// The offset of the problem, in bytes from the start of the body.
        at: usize,
        /// The problem.
        reason: String,
        /// The response.
        head: Box<ResponseHead>,
    },
    /// The service, or a gateway before it, redirects. The client does not follow: its token is for the endpoint only.
    #[error("{operation}: the response has status {} and redirects to {to}{}", head.status, quoted(head))]
    Redirected {
        /// The operation.
        operation: &'static str,
        /// The target, without secrets.
        to: String,
        /// The response.
        head: Box<ResponseHead>,
    },
    /// The response is larger than the limit of the client.
    #[error("{operation}: the response with status {} is larger than {}{}", head.status, count(*limit as u64, "byte"), quoted(head))]
    TooLarge {
        /// The operation.
        operation: &'static str,
        /// The limit, in bytes.
        limit: usize,
        /// The response so far; the body is not complete.
        head: Box<ResponseHead>,
    },
    /// The service, or a gateway before it, refused or failed. Use the code to decide, not the status.
    #[error("{operation}: {}", refused(code.as_ref(), message.as_deref(), head))]
    Refused {
        /// The operation.
        operation: &'static str,
        /// The code of the error; `None` when the body has none.
        code: Option<ErrorCode>,
        /// The message of the service; `None` when the body has none.
        message: Option<String>,
        /// The response.
        head: Box<ResponseHead>,
    },
    /// The response has a status of success, but is not the documented object: a login page, for example, or an empty
    /// body.
    #[error(
        "{operation}: the response has status {}, but is not the documented JSON object{}: {}",
        head.status, quoted(head), head.body
    )]
    Undocumented {
        /// The operation.
        operation: &'static str,
        /// The response.
        head: Box<ResponseHead>,
    },
    /// The response is a JSON object with documented members, none of which fits its type. The call was carried out.
    #[error(
        "{operation}: the response has status {}, but no documented field can be read{}: {}",
        head.status, quoted(head), first(misfits)
    )]
    Decode {
        /// The operation.
        operation: &'static str,
        /// The values that do not fit.
        misfits: Vec<Misfit>,
        /// The response.
        head: Box<ResponseHead>,
    },
}

/// The known parts of a response that could not be used.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ResponseHead {
    /// The HTTP status.
    pub status: StatusCode,
    /// The service's id of the request. The vendor's support asks for it.
    pub request_id: Option<String>,
    /// The `Retry-After` of the service: seconds, or a date.
    pub retry_after: Option<String>,
    /// The beginning of the body, without secrets.
    pub body: BodyExcerpt,
}

impl Error {
    /// The operation.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        match self {
            Self::Parameter(missing) => missing.operation,
            Self::Invalid { operation, .. }
            | Self::Encode { operation, .. }
            | Self::Credentials { operation, .. }
            | Self::NotSent { operation, .. }
            | Self::OutcomeUnknown { operation, .. }
            | Self::TimedOut { operation, .. }
            | Self::BrokenOff { operation, .. }
            | Self::TooLarge { operation, .. }
            | Self::Unreadable { operation, .. }
            | Self::Redirected { operation, .. }
            | Self::Refused { operation, .. }
            | Self::Undocumented { operation, .. }
            | Self::Decode { operation, .. } => operation,
        }
    }

    /// The known parts of the response; `None` when none arrived.
    #[must_use]
    pub fn head(&self) -> Option<&ResponseHead> {
        match self {
            Self::Invalid { .. }
            | Self::Parameter(_)
            | Self::Encode { .. }
            | Self::Credentials { .. }
            | Self::NotSent { .. }
            | Self::OutcomeUnknown { .. } => None,
            Self::TimedOut { head, .. } => head.as_deref(),
            Self::BrokenOff { head, .. }
            | Self::TooLarge { head, .. }
            | Self::Unreadable { head, .. }
            | Self::Redirected { head, .. }
            | Self::Refused { head, .. }
            | Self::Undocumented { head, .. }
            | Self::Decode { head, .. } => Some(head),
        }
    }

    /// The HTTP status of the response; `None` when none arrived.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.head().map(|head| head.status)
    }

    /// The service's id of the request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.head()?.request_id.as_deref()
    }

    /// The error code of a refusal.
    #[must_use]
    pub fn code(&self) -> Option<&ErrorCode> {
        match self {
            Self::Refused { code, .. } => code.as_ref(),
            _ => None,
        }
    }

    /// Whether the call was not sent because it is invalid.
    #[must_use]
    pub fn is_request_invalid(&self) -> bool {
        matches!(self, Self::Invalid { .. } | Self::Parameter(_) | Self::Encode { .. })
    }

    /// Whether the service may have carried out the call although there is no usable response. Check its effect before
    /// sending it again, unless the operation may be sent twice.
    #[must_use]
    pub fn may_be_done(&self) -> bool {
        match self {
            Self::Invalid { .. }
            | Self::Parameter(_)
            | Self::Encode { .. }
            | Self::Credentials { .. }
            | Self::NotSent { .. } => false,
            Self::OutcomeUnknown { .. } | Self::TimedOut { .. } => true,
            Self::Refused { code: Some(_), head, .. } => head.status.is_success(),
            Self::Refused { head, .. } => head.status.is_success() || head.status.is_server_error(),
            Self::Redirected { head, .. } => head.status == StatusCode::SEE_OTHER,
            Self::BrokenOff { head, .. }
            | Self::TooLarge { head, .. }
            | Self::Unreadable { head, .. }
            | Self::Undocumented { head, .. }
            | Self::Decode { head, .. } => !head.status.is_client_error(),
        }
    }

    /// Whether the same call may succeed later, if its operation may be sent twice.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::NotSent { stage, .. } => stage.may_pass(),
            Self::OutcomeUnknown { .. } | Self::TimedOut { .. } | Self::BrokenOff { .. } => true,
            Self::Refused { code, head, .. } => match code.as_ref().and_then(ErrorCode::retry) {
                Some(retry) => retry == Retry::Later,
                None => may_pass(head.status),
            },
            _ => false,
        }
    }

    /// Whether the service, or a gateway before it, asks for fewer calls: by the code `DRS.M01503`, or the status 429 or
    /// 503.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        match self {
            Self::Refused { code: Some(ErrorCode::DrsM01503), .. } => true,
            Self::Refused { head, .. } => matches!(head.status.as_u16(), 429 | 503),
            _ => false,
        }
    }
}

/// Whether the same request may succeed after a response with this status and no error code.
pub(crate) fn may_pass(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 502 | 503 | 504)
}

impl From<MissingParameter> for Error {
    fn from(missing: MissingParameter) -> Self {
        Self::Parameter(missing)
    }
}

fn joined(violations: &[Violation]) -> String {
    violations.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Shows the first few misfits and the number of the others.
fn first(misfits: &[Misfit]) -> String {
    let mut shown: Vec<String> = misfits.iter().take(LIMITS.misfits).map(ToString::to_string).collect();
    if misfits.len() > LIMITS.misfits {
        shown.push(format!("and {} more", misfits.len() - LIMITS.misfits));
    }
    shown.join("; ")
}

/// Shows the id of the request and the `Retry-After`.
fn quoted(head: &ResponseHead) -> String {
    let id = head.request_id.as_ref().map(|id| format!(" (request {id})")).unwrap_or_default();
    let after = head.retry_after.as_ref().map(|after| format!(" (Retry-After: {after})")).unwrap_or_default();
    id + &after
}

fn begun(head: Option<&ResponseHead>) -> String {
    let begun = |head: &ResponseHead| format!("; the response began with status {}{}", head.status, quoted(head));
    head.map(begun).unwrap_or_default()
}

fn refused(code: Option<&ErrorCode>, message: Option<&str>, head: &ResponseHead) -> String {
    let status = head.status;
    let refusal = match (code, message) {
        (Some(code), Some(message)) => format!("refused with {code}: {message}"),
        (Some(code), None) => format!("refused with {code}"),
        (None, Some(message)) => format!("refused: {message}"),
        (None, None) => {
            let body = &head.body;
            return format!("the response has status {status} and no error code{}: {body}", quoted(head));
        }
    };
    let meaning = code.and_then(ErrorCode::meaning).map(|text| format!(" — {text}")).unwrap_or_default();
    format!("{refusal} [status {status}]{}{meaning}", quoted(head))
}
