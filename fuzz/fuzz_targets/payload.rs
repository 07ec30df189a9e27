//! One payload: both ways to judge it agree, and an answer has an error exactly when its type refuses it.
#![no_main]

use drs_fuzz::{SIDES, judge, keeps_objects};
use drs_validate::{Severity, Side};
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some((first, text)) = data.split_first() else { return Corpus::Reject };
    let Some((info, side)) = SIDES.get(usize::from(*first)) else { return Corpus::Reject };
    let findings = judge(info, *side, text);
    let has_error = findings.iter().any(|finding| finding.severity == Severity::Error);
    let body = match side {
        Side::Request => info.request.as_ref(),
        Side::Response(status) => {
            info.responses.iter().find(|response| response.status == *status).map(|response| &response.body)
        }
    };
    let read = body.and_then(|body| (body.decode)(text).ok()?.to_json().ok());
    let is_read = match (read, serde_json::from_slice(text)) {
        (Some(read), Ok(value)) => keeps_objects(&read, &value),
        _ => false,
    };
    match side {
        Side::Request => assert!(has_error || is_read, "no error, but it cannot be read"),
        Side::Response(_) => assert_eq!(has_error, !is_read, "{findings:#?}"),
    }
    Corpus::Keep
});
