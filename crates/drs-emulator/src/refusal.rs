//! Responses that refuse a request, in the documented form.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use drs_types::common::ErrorCode;
use drs_types::{AUTH_TOKEN, Limit, OperationInfo, Violation};
use drs_validate::{Code, Finding};
use serde_json::json;

use crate::identity::{EXPIRED, Unauthenticated};

/// The response to a request that is not carried out.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: ErrorCode,
    message: String,
}

impl Refusal {
    /// Creates a refusal with the documented status of the code.
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        let status = code.status().and_then(|status| StatusCode::from_u16(status).ok());
        Self { status: status.unwrap_or(StatusCode::BAD_REQUEST), code, message: message.into() }
    }

    /// Creates a refusal of the gateway before the service. The gateway has its own codes.
    pub(crate) fn gateway(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: ErrorCode::from(code), message: message.into() }
    }

    /// Creates the refusal of a request without valid credentials.
    pub(crate) fn unauthenticated(reason: Unauthenticated) -> Self {
        match reason {
            Unauthenticated::Missing => {
                let message = format!("The header {AUTH_TOKEN} holds no token, and the request is not signed.");
                Self::new(ErrorCode::DrsM00100, message)
            }
            Unauthenticated::Refused(message) => Self::gateway(StatusCode::UNAUTHORIZED, "APIGW.0301", message),
        }
    }

    /// Creates the refusal of a request with a token that has expired.
    pub(crate) fn expired_token() -> Self {
        Self::unauthenticated(Unauthenticated::Refused(EXPIRED.to_owned()))
    }

    /// Creates the refusal of a call whose response has no documented payload: the emulator does not invent one.
    pub(crate) fn no_payload(info: &OperationInfo) -> Self {
        let message = format!("The documentation of {} has no response payload, so the emulator has none.", info.id);
        Self::gateway(StatusCode::NOT_IMPLEMENTED, "EMULATOR.0501", message)
    }

    /// Creates the refusal of invalid parameters. The code follows the first broken limit.
    pub(crate) fn of_parameters(violations: &[Violation]) -> Self {
        let code = match violations.first().map(|violation| violation.limit) {
            Some(Limit::Values) => ErrorCode::DrsM00202,
            Some(Limit::Length | Limit::Pattern | Limit::Range | Limit::Missing) => ErrorCode::DrsM00201,
            _ => ErrorCode::DrsM00200,
        };
        let all: Vec<String> = violations.iter().map(ToString::to_string).collect();
        Self::new(code, all.join("; "))
    }

    /// Creates the refusal of an invalid body. The code follows the first broken rule.
    pub(crate) fn invalid(findings: &[Finding]) -> Self {
        let code = match findings.first().map(|finding| finding.code) {
            Some(Code::DuplicateItem) => ErrorCode::DrsM00301,
            Some(Code::MissingField | Code::ItemCount | Code::Length | Code::ValueRange | Code::Pattern) => {
                ErrorCode::DrsM00201
            }
            Some(Code::UnlistedValue) => ErrorCode::DrsM00202,
            _ => ErrorCode::DrsM00200,
        };
        let all: Vec<String> = findings.iter().map(ToString::to_string).collect();
        Self::new(code, all.join("; "))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error_code": self.code, "error_msg": self.message }))).into_response()
    }
}
