//! The rule by which a refused chunk is sent again in halves.

use drs_types::common::ErrorCode;

use crate::Error;

/// Whether one item may be the reason why the service refused a call as a whole, and nothing was done.
///
/// It may, when the request itself was refused: by a status for that (400, 409, 413 or 422), or by this crate before it
/// was sent. It was not when the code is about the caller, or says that the call may succeed later.
pub(super) fn may_be_one_item(error: &Error) -> bool {
    match error {
        Error::Invalid { .. } => true,
        Error::Refused { code, head, .. } => {
            let is_about_the_request = matches!(head.status.as_u16(), 400 | 409 | 413 | 422);
            is_about_the_request && !error.is_retryable() && !code.as_ref().is_some_and(is_about_the_caller)
        }
        _ => false,
    }
}

/// Whether a code is about the account, its rights or its token. Most have a status of their own, but not all.
fn is_about_the_caller(code: &ErrorCode) -> bool {
    matches!(code.status(), Some(401 | 403 | 404)) || *code == ErrorCode::DrsM00105
}

#[cfg(test)]
mod tests {
    use drs_auth::{BodyExcerpt, Secrets};
    use http::StatusCode;

    use super::*;
    use crate::ResponseHead;

    fn refused(status: u16, code: &str) -> Error {
        let body = BodyExcerpt::new(b"", &Secrets::default());
        let status = StatusCode::from_u16(status).unwrap();
        let head = ResponseHead { status, request_id: None, retry_after: None, body };
        let code = (!code.is_empty()).then(|| ErrorCode::from(code));
        Error::Refused { operation: "x", code, message: None, head: head.into() }
    }

    #[test]
    fn a_refusal_of_the_request_may_be_due_to_one_item_and_no_other_refusal() {
        for (status, code) in [
            (400, "DRS.M00201"),
            (400, "DRS.M00299"),
            (400, "DRS.M05003"),
            (400, "DRS.M00304"),
            (400, "DRS.M99999"),
            (400, ""),
            (422, "DRS.M00002"),
            (413, ""),
        ] {
            assert!(may_be_one_item(&refused(status, code)), "{status} {code}");
        }
        for (status, code) in [
            (400, "DRS.M01503"),
            (400, "DRS.M00105"),
            (400, "DRS.M00100"),
            (403, "DRS.M00261"),
            (401, ""),
            (404, "DRS.M00101"),
            (404, ""),
            (429, ""),
            (500, "DRS.M00004"),
            (503, ""),
            // The service may have carried out such a call.
            (200, "DRS.M05066"),
            (202, "DRS.M05003"),
        ] {
            assert!(!may_be_one_item(&refused(status, code)), "{status} {code}");
        }
    }
}
