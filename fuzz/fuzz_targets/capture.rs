//! Captures: as they are, and with any bytes as a body.
#![no_main]

use drs_fuzz::{SIDES, findings, status, validate, validate_stream};
use drs_validate::{Format, Options, Side};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    validate_stream(data, Format::Json, &Options::default());
    let Some((first, text)) = data.split_first() else { return };
    let Some((info, side)) = SIDES.get(usize::from(*first)) else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    // A body has the same findings when a capture holds it as a string, at the location of that string.
    let (name, status) = (if *side == Side::Request { "request" } else { "response" }, status(info, *side));
    let (method, path, body) = (&info.method, info.path.replace(['{', '}'], ""), Value::from(text));
    let capture = format!(r#"{{"method":"{method}","url":"{path}","status":{status},"{name}":{body}}}"#);
    if capture.len() > drs_fuzz::LIMIT {
        return;
    }
    let reports = validate_stream(capture.as_bytes(), Format::Json, &Options::default());
    let inside: Vec<_> = findings(&reports).map(|finding| (finding.code, &finding.pointer)).collect();
    let alone = validate(info, *side, text.as_bytes());
    assert_eq!(inside, alone.iter().map(|finding| (finding.code, &finding.pointer)).collect::<Vec<_>>());
    let body = capture.find(&format!(r#""{name}":"#)).unwrap_or_default();
    for finding in findings(&reports) {
        assert!((body..capture.len()).contains(&finding.offset), "{finding:?} in {capture}");
    }
});
