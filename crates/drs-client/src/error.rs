//! Why a call has no usable answer.

use std::time::Duration;

use drs_types::common::ErrorCode;
use drs_types::operation::MissingParameter;
use drs_types::{Misfit, Retry, Violation};
use http::StatusCode;
use thiserror::Error as ThisError;

use crate::Excerpt;
use crate::connect::{Source, Stage, causes, root};

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
    Parameter(MissingParameter),
    /// The body cannot be written as JSON. The call was not sent.
    #[error("{operation} was not sent: its body cannot be written as JSON")]
    Encode {
        /// The operation.
        operation: &'static str,
        /// Why.
        source: serde_json::Error,
    },
    /// There was no connection. The call was not sent; what to look at depends on the stage.
    #[error("{operation} was not sent: {problem}")]
    NotSent {
        /// The operation.
        operation: &'static str,
        /// The step that failed.
        stage: Stage,
        /// What failed, with the host or proxy that it was about.
        problem: String,
        /// Why.
        source: Source,
    },
    /// The call was sent, and no answer can be made of what came back. The service may have carried it out.
    #[error("{operation} was sent to {host}, but {problem}")]
    OutcomeUnknown {
        /// The operation.
        operation: &'static str,
        /// The host and port of the endpoint.
        host: String,
        /// What came instead of an answer.
        problem: &'static str,
        /// Why.
        source: Source,
    },
    /// The call was sent, and no whole answer came in time. The service may have carried it out.
    #[error("{operation} was sent to {host}, but no whole answer came within {after:?}{}", begun(head.as_deref()))]
    TimedOut {
        /// The operation.
        operation: &'static str,
        /// The host and port of the endpoint.
        host: String,
        /// The time that was allowed.
        after: Duration,
        /// What had come; the body is not complete.
        head: Option<Box<ResponseHead>>,
    },
    /// The connection broke while the answer was read.
    #[error("{operation}: the answer with status {} broke off after {at} bytes{}", head.status, quoted(head))]
    BrokenOff {
        /// The operation.
        operation: &'static str,
        /// How many bytes of the body had come.
        at: usize,
        /// What had come; the body is not complete.
        head: Box<ResponseHead>,
        /// Why.
        source: Source,
    },
    /// The answer came as a whole, but no JSON can be read from it.
    #[error(
        "{operation}: answered {}, but the body cannot be read: {reason} at byte {at}{}: {}",
        head.status, quoted(head), head.body
    )]
    Unreadable {
        /// The operation.
        operation: &'static str,
        /// Where reading stopped, in bytes from the start of the body.
        at: usize,
        /// Why it stopped.
        reason: String,
        /// The answer.
        head: Box<ResponseHead>,
    },
    /// The service, or what stands before it, leads elsewhere. The client does not follow: its token is for the endpoint.
    #[error("{operation}: answered {}, which leads to {to}{}", head.status, quoted(head))]
    Redirected {
        /// The operation.
        operation: &'static str,
        /// Where it leads, without secrets.
        to: String,
        /// The answer.
        head: Box<ResponseHead>,
    },
    /// The answer is larger than the client is allowed to read.
    #[error("{operation}: the answer with status {} is larger than {limit} bytes{}", head.status, quoted(head))]
    TooLarge {
        /// The operation.
        operation: &'static str,
        /// The limit, in bytes.
        limit: usize,
        /// What had come; the body is not complete.
        head: Box<ResponseHead>,
    },
    /// The service, or a gateway before it, refused or failed. Decide by the code, not by the status.
    #[error("{operation}: {}", refused(code.as_ref(), message.as_deref(), head))]
    Refused {
        /// The operation.
        operation: &'static str,
        /// The code of the error; `None` when the body has none.
        code: Option<ErrorCode>,
        /// What went wrong, in the words of the service; `None` when the body does not say.
        message: Option<String>,
        /// The answer.
        head: Box<ResponseHead>,
    },
    /// The answer has a status of success, but it is not what is documented: a login page, say, or an empty body.
    #[error(
        "{operation}: answered {}, but not with the documented JSON object{}: {}",
        head.status, quoted(head), head.body
    )]
    Undocumented {
        /// The operation.
        operation: &'static str,
        /// The answer.
        head: Box<ResponseHead>,
    },
    /// The answer is a JSON object with documented members, none of which fits its type. The call was carried out.
    #[error(
        "{operation}: answered {}, but nothing of the body can be read{}: {}",
        head.status, quoted(head), first(misfits)
    )]
    Decode {
        /// The operation.
        operation: &'static str,
        /// What does not fit.
        misfits: Vec<Misfit>,
        /// The answer.
        head: Box<ResponseHead>,
    },
}

/// What is known of an answer that could not be used.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ResponseHead {
    /// The HTTP status.
    pub status: StatusCode,
    /// What the service calls the request; quote it to the vendor's support.
    pub request_id: Option<String>,
    /// After which time to ask again, in the words of the service: seconds, or a date.
    pub retry_after: Option<String>,
    /// The beginning of the body, without secrets.
    pub body: Excerpt,
}

impl Error {
    /// The operation.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        match self {
            Self::Parameter(missing) => missing.operation,
            Self::Invalid { operation, .. }
            | Self::Encode { operation, .. }
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

    /// What is known of the answer; `None` when none came.
    #[must_use]
    pub fn head(&self) -> Option<&ResponseHead> {
        match self {
            Self::Invalid { .. }
            | Self::Parameter(_)
            | Self::Encode { .. }
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

    /// The HTTP status of the answer; `None` when none came.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.head().map(|head| head.status)
    }

    /// What the service calls the request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.head()?.request_id.as_deref()
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
    pub fn is_request_invalid(&self) -> bool {
        matches!(self, Self::Invalid { .. } | Self::Parameter(_) | Self::Encode { .. })
    }

    /// Whether the service may have carried out the call although there is no answer to show for it. Unless the
    /// operation may be sent twice, look before sending it again.
    #[must_use]
    pub fn may_be_done(&self) -> bool {
        match self {
            Self::Invalid { .. } | Self::Parameter(_) | Self::Encode { .. } | Self::NotSent { .. } => false,
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

    /// Whether the same call may succeed after a while, provided that its operation may be sent twice.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::NotSent { .. } | Self::OutcomeUnknown { .. } | Self::TimedOut { .. } | Self::BrokenOff { .. } => true,
            Self::Refused { code, head, .. } => match code.as_ref().and_then(ErrorCode::retry) {
                Some(retry) => retry == Retry::Later,
                None => matches!(head.status.as_u16(), 429 | 502 | 503 | 504),
            },
            _ => false,
        }
    }
}

impl From<MissingParameter> for Error {
    fn from(missing: MissingParameter) -> Self {
        Self::Parameter(missing)
    }
}

/// Why there is no answer, although the network did what it could.
pub(crate) fn not_answered(operation: &'static str, host: String, error: &reqwest::Error) -> Error {
    let source: Source = root(error).into();
    let http: Option<&hyper::Error> = causes(error).find_map(|cause| cause.downcast_ref());
    let is = |what: fn(&hyper::Error) -> bool| http.is_some_and(what);
    if is(hyper::Error::is_canceled) || error.is_builder() {
        let problem = if error.is_builder() {
            format!("the request to {host} cannot be built")
        } else {
            format!("{host} closed the connection before anything was sent")
        };
        return Error::NotSent { operation, stage: Stage::Connect, problem, source };
    }
    let problem = if is(hyper::Error::is_incomplete_message) {
        "the connection was closed before an answer came"
    } else if is(hyper::Error::is_parse) && source.to_string().contains("too large") {
        // hyper has a predicate for this only where it serves.
        "the head of the answer is too large"
    } else if is(hyper::Error::is_parse) {
        "what came back is not HTTP"
    } else {
        "the connection broke before an answer came"
    };
    Error::OutcomeUnknown { operation, host, problem, source }
}

fn joined(violations: &[Violation]) -> String {
    violations.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// The first few misfits, and how many more there are.
fn first(misfits: &[Misfit]) -> String {
    const FEW: usize = 3;
    let mut shown: Vec<String> = misfits.iter().take(FEW).map(ToString::to_string).collect();
    if misfits.len() > FEW {
        shown.push(format!("and {} more", misfits.len() - FEW));
    }
    shown.join("; ")
}

/// What helps to find the request again, and says when to ask again.
fn quoted(head: &ResponseHead) -> String {
    let id = head.request_id.as_ref().map(|id| format!(" (request {id})")).unwrap_or_default();
    let after = head.retry_after.as_ref().map(|after| format!(" (Retry-After: {after})")).unwrap_or_default();
    id + &after
}

fn begun(head: Option<&ResponseHead>) -> String {
    let said = |head: &ResponseHead| format!("; it had begun with status {}{}", head.status, quoted(head));
    head.map(said).unwrap_or_default()
}

fn refused(code: Option<&ErrorCode>, message: Option<&str>, head: &ResponseHead) -> String {
    let status = head.status;
    let said = match (code, message) {
        (Some(code), Some(message)) => format!("refused with {code}: {message}"),
        (Some(code), None) => format!("refused with {code}"),
        (None, Some(message)) => format!("refused: {message}"),
        (None, None) => {
            let body = &head.body;
            return format!("answered {status} without an error code{}: {body}", quoted(head));
        }
    };
    let meaning = code.and_then(ErrorCode::meaning).map(|text| format!(" — {text}")).unwrap_or_default();
    format!("{said} [status {status}]{}{meaning}", quoted(head))
}
