//! One payload: both ways to validate it agree, and a response has an error exactly when its type refuses it.
#![no_main]

use drs_fuzz::{SIDES, validate};
use drs_validate::{Severity, Side};
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some((first, text)) = data.split_first() else { return Corpus::Reject };
    let Some((info, side)) = SIDES.get(usize::from(*first)) else { return Corpus::Reject };
    let findings = validate(info, *side, text);
    let has_error = findings.iter().any(|finding| finding.severity == Severity::Error);
    let Some(body) = info.body(*side) else { return Corpus::Keep };
    let is_read = body.decode(text).is_ok();
    match side {
        Side::Request => assert!(has_error || is_read, "no error, but it cannot be read"),
        Side::Response(_) => {
            assert_eq!(has_error, !is_read, "{findings:#?}");
            match body.read(text) {
                Ok(reading) => {
                    assert_eq!(reading.misfits.is_empty(), is_read, "{:#?}", reading.misfits);
                    let left = reading.body.to_json().expect("what was read is JSON").to_string();
                    assert!(body.decode(left.as_bytes()).is_ok(), "what is left does not decode: {left}");
                }
                Err(_) => assert!(!is_read, "nothing can be read, but it decodes"),
            }
        }
    }
    Corpus::Keep
});
