//! Errors of IAM.

use std::sync::Arc;

use drs_types::operation::REQUEST_ID;
use drs_types::text::printable;
use http::{HeaderMap, Response, StatusCode};
use serde::Deserialize;
use thiserror::Error;

use crate::{BodyExcerpt, Secrets, SignError};

/// Any error of what sends requests.
pub type TransportError = Box<dyn std::error::Error + Send + Sync>;

/// The reason why IAM gave no token or no project. It has none of the secrets that were named when the response was read.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum IamError {
    /// The request could not be sent, or no response came.
    #[error("IAM cannot be reached")]
    Transport(#[source] Arc<dyn std::error::Error + Send + Sync>),
    /// The request for the project could not be signed.
    #[error("the request to IAM cannot be signed")]
    Sign(#[source] Arc<SignError>),
    /// IAM refused: wrong name, password, domain, project or key, no rights, or too many requests.
    #[error("IAM refused: {status}{}: {message}{}", in_brackets(.code.as_deref()), of_request(.request_id.as_deref()))]
    Refused {
        /// The HTTP status.
        status: StatusCode,
        /// The code of the error, such as `APIGW.0301` of the gateway or `401` of Keystone.
        code: Option<String>,
        /// The message of IAM, or the beginning of another body.
        message: BodyExcerpt,
        /// IAM's id of the request. The vendor's support asks for it.
        request_id: Option<String>,
    },
    /// A success without what was asked for: the address is not one of IAM.
    #[error("IAM responded with {status} but {problem}; is this the address of IAM?{}", of_request(.request_id.as_deref()))]
    Unreadable {
        /// The HTTP status.
        status: StatusCode,
        /// The missing value.
        problem: String,
        /// IAM's id of the request.
        request_id: Option<String>,
    },
    /// There is no project of this name, or it is not the user's.
    #[error("there is no project {name:?} for this user; give the project id, or another region or project name")]
    NoProject {
        /// The name that was looked for.
        name: String,
    },
    /// There are several projects of this name.
    #[error("there are several projects {name:?}: {}; give the id of one of them", .ids.join(", "))]
    SeveralProjects {
        /// The name that was looked for.
        name: String,
        /// The ids of all of them.
        ids: Vec<String>,
    },
}

impl IamError {
    /// Whether the same request may succeed later: IAM was not reached, is overloaded, or has a fault.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Transport(_) => true,
            Self::Refused { status, .. } => status.is_server_error() || *status == StatusCode::TOO_MANY_REQUESTS,
            _ => false,
        }
    }

    /// Reads a response that is not a success.
    pub(crate) fn refused(response: &Response<Vec<u8>>, secrets: &Secrets) -> Self {
        let body = serde_json::from_slice::<ErrorBody>(response.body()).ok().unwrap_or_default();
        let keystone = body.error.unwrap_or_default();
        let masked = |text: String| printable(&secrets.mask(&text));
        let code = body.error_code.or(keystone.code).map(|code| masked(code.into_string()));
        let message = body.error_msg.or(keystone.message).or(keystone.title);
        Self::Refused {
            status: response.status(),
            code,
            message: match message {
                Some(message) => BodyExcerpt::new(message.as_bytes(), secrets),
                None => BodyExcerpt::new(response.body(), secrets),
            },
            request_id: request_id(response.headers(), secrets).or(body.request_id.map(masked)),
        }
    }

    /// A success that lacks something.
    pub(crate) fn unreadable(response: &Response<Vec<u8>>, problem: impl Into<String>, secrets: &Secrets) -> Self {
        let request_id = request_id(response.headers(), secrets);
        Self::Unreadable { status: response.status(), problem: problem.into(), request_id }
    }
}

/// The error bodies of the gateway and of Keystone.
#[derive(Default, Deserialize)]
struct ErrorBody {
    error_msg: Option<String>,
    error_code: Option<Code>,
    request_id: Option<String>,
    error: Option<Keystone>,
}

#[derive(Default, Deserialize)]
struct Keystone {
    code: Option<Code>,
    message: Option<String>,
    title: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Code {
    Number(u64),
    String(String),
}

impl Code {
    fn into_string(self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::String(text) => text,
        }
    }
}

/// The id in the headers; a server may send a secret back in it.
fn request_id(headers: &HeaderMap, secrets: &Secrets) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    Some(printable(&secrets.mask(id)))
}

fn in_brackets(code: Option<&str>) -> String {
    code.map(|code| format!(" ({code})")).unwrap_or_default()
}

fn of_request(id: Option<&str>) -> String {
    id.map(|id| format!(" [request {id}]")).unwrap_or_default()
}
