//! A stream of unnamed payloads in every format, at once and in pieces.
#![no_main]

use drs_fuzz::{records_at_once, records_in_pieces, validate_stream};
use drs_validate::{Format, Options};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((first, stream)) = data.split_first() else { return };
    let format = match first % 3 {
        0 => Format::Auto,
        1 => Format::Json,
        _ => Format::Ndjson,
    };
    let options = if first & 0x80 == 0 { Options::default() } else { Options::default().key("/id") };
    let reports = validate_stream(stream, format, &options);
    let bytes: u64 = reports.iter().map(|report| report.bytes).sum();
    // A binary stream is not read to its end.
    let findings = reports.iter().flat_map(|report| &report.suspects).flat_map(|suspect| &suspect.findings);
    let is_text = !findings
        .into_iter()
        .any(|located| located.finding.found.as_ref().is_some_and(|found| found.as_str().starts_with("what looks like")));
    assert!(bytes == stream.len() as u64 || format != Format::Ndjson || !is_text, "{bytes} of {}", stream.len());
    // The format may be detected differently when only a little of the input is visible.
    if format != Format::Auto {
        let size = 64 + usize::from(first >> 2 & 0x1f);
        for limit in [100, 1 << 20] {
            assert_eq!(records_in_pieces(stream, size, format, limit), records_at_once(stream, format, limit));
        }
    }
});
