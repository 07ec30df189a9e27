//! Hostile input: each kind has its finding and stays within the limits.

use crate::found;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use drs_types::OperationInfo;
use drs_validate::{Blocks, BodyKind, Code, Format, Options, Severity, Side, Validator};

fn response() -> BodyKind {
    BodyKind::new(OperationInfo::find("batch_check_results").unwrap(), Side::Response(200))
}

/// The codes of all findings in a response, each once, in their order.
fn codes(text: &[u8]) -> Vec<Code> {
    let mut codes: Vec<Code> = findings(text).into_iter().map(|(code, _)| code).collect();
    codes.dedup();
    codes
}

fn findings(text: &[u8]) -> Vec<(Code, Severity)> {
    let validated = Validator::new().validate_record(text, &Options::default().body_kind(response()));
    validated.payloads.iter().flat_map(|payload| &payload.findings).map(|found| (found.code, found.severity)).collect()
}

/// The lines and codes of what is found in a stream.
fn in_stream(stream: &[u8], format: Format, limit: usize) -> Vec<(u64, Code)> {
    let mut found = Vec::new();
    let options = Options::default().body_kind(response());
    Validator::new().validate_stream(Blocks::new(stream, format, limit), &options, NonZeroUsize::MIN, |report| {
        for located in report.unwrap().suspects.iter().flat_map(|suspect| &suspect.findings) {
            found.push((located.line, located.finding.code));
        }
        ControlFlow::Continue(())
    });
    found
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn an_encoding_with_wide_characters_is_called_by_its_name() {
    let utf32: Vec<u8> = "{}".chars().flat_map(|character| u32::from(character).to_be_bytes()).collect();
    for (text, name) in [(utf16("{}"), "UTF-16"), (utf16("\u{feff}{}"), "UTF-16"), (utf32, "UTF-32")] {
        let findings = Validator::new().validate(response().operation, response().side, &text);
        assert_eq!((findings[0].code, found(&findings[0])), (Code::InvalidUtf8, name));
    }
}

#[test]
fn a_number_that_no_reader_can_hold_is_out_of_range_and_an_integer_in_another_form_is_drift() {
    assert_eq!(codes(br#"{"count":1e999}"#), [Code::NumberRange]);
    assert_eq!(codes(br#"{"count":18446744073709551616}"#), [Code::NumberRange]);
    assert_eq!(codes(format!(r#"{{"count":{}}}"#, "9".repeat(100_000)).as_bytes()), [Code::NumberRange]);
    assert_eq!(codes(br#"{"count":9007199254740993.0}"#), [Code::NumberRange]);
    assert_eq!(codes(br#"{"count":1.5}"#), [Code::WrongType]);
    for form in ["1.0", "1e3", "-0", "9007199254740991.0"] {
        for validator in [Validator::new(), Validator::new().without_fast_path()] {
            let text = format!(r#"{{"count":{form}}}"#);
            let findings = validator.validate(response().operation, response().side, text.as_bytes());
            let [finding] = findings.as_slice() else { panic!("{form}: {findings:?}") };
            assert_eq!((finding.code, finding.severity), (Code::IntegerForm, Severity::Drift), "{form}");
            assert_eq!((finding.pointer.as_str(), found(finding), finding.offset), ("/count", form, 9), "{form}");
        }
    }
    assert_eq!(codes(br#"{"count":2.0,"results":[{}]}"#), [Code::IntegerForm, Code::WrongCount]);
}

#[test]
fn no_finding_is_longer_than_it_helps() {
    let text = format!(r#"{{"count":{},"x":"{}"}}"#, "9".repeat(100_000), "y".repeat(100_000));
    for finding in Validator::new().validate(response().operation, response().side, text.as_bytes()) {
        assert!(finding.message().len() < 300, "{finding}");
    }
}

/// Each of these once took quadratic time; `tests/cost.rs` counts their steps.
#[test]
fn every_one_of_many_findings_is_reported() {
    let many = |prefix: &str, element: &dyn Fn(usize) -> String, suffix: &str| {
        let elements: Vec<String> = (0..20_000).map(element).collect();
        format!("{prefix}{}{suffix}", elements.join(","))
    };
    let cases = [
        (Code::UnknownField, many(r#"{"count":0,"#, &|n| format!(r#""k{n}":1"#), "}")),
        (Code::UnknownField, many(r#"{"count":0,"#, &|n| format!(r#""password{n}":"x""#), "}")),
        (Code::UnknownField, many(r#"{"results":["#, &|_| r#"{"x":1}"#.to_owned(), "]}")),
        (Code::WrongType, many(r#"{"results":["#, &|_| "1".to_owned(), "]}")),
        (
            Code::DuplicateId,
            many(r#"{"results":["#, &|_| r#"{"precheck_id":"140b5236-88ad-43c8-811c-1268453jb101"}"#.to_owned(), "]}"),
        ),
        (Code::UnpairedSurrogate, many(r#"{"x":["#, &|_| r#""\ud800""#.to_owned(), "]}")),
        (Code::DuplicateKey, many(r#"{"count":0,"x":{"#, &|n| format!(r#""k{}":1"#, n / 2), "}}")),
    ];
    for (code, text) in cases {
        let found = findings(text.as_bytes());
        let number = found.iter().filter(|(found, _)| *found == code).count();
        assert!(number >= 9_999, "{number} of {code}");
    }
}

#[test]
fn findings_that_would_fill_the_memory_are_cut_and_that_is_an_error() {
    let name = "k".repeat(1 << 20);
    let text = format!(r#"{{"count":0,"{name}":[{}]}}"#, vec![r#""\ud800""#; 1000].join(","));
    let found = findings(text.as_bytes());
    assert!(found.len() < 100, "{}", found.len());
    assert_eq!(found.last(), Some(&(Code::MoreFindings, Severity::Error)));
}

#[test]
fn a_payload_with_more_values_than_memory_has_room_for_is_refused() {
    assert_eq!(codes(format!("{{\"x\":[{}0]}}", "0,".repeat(1 << 20)).as_bytes()), [Code::TooLarge]);
}

#[test]
fn a_line_that_is_too_long_is_refused_and_the_next_one_is_read() {
    let stream = format!("{{\"count\":\"1\"}}\n{{\"x\":\"{}\"}}\n{{\"count\":\"3\"}}\n", "y".repeat(10_000));
    let found = in_stream(stream.as_bytes(), Format::Ndjson, 1000);
    assert_eq!(found, [(1, Code::WrongType), (2, Code::TooLarge), (3, Code::WrongType)]);
    let found = in_stream(format!("{{\"x\":[{}1]}}", "1,".repeat(10_000)).as_bytes(), Format::Auto, 1000);
    assert_eq!(found, [(1, Code::TooLarge)]);
}

#[test]
fn lines_are_told_from_a_document_also_when_the_first_one_is_broken() {
    let broken = |first: &str| {
        in_stream(format!("{first}\n{{\"count\":1}}\n{{\"count\":\"x\"}}\n").as_bytes(), Format::Auto, 1000)
    };
    assert_eq!(broken("garbage"), [(1, Code::SyntaxError), (3, Code::WrongType)]);
    assert_eq!(broken(r#"{"count":"#), [(1, Code::UnexpectedEnd), (3, Code::WrongType)]);
    for document in
        ["{\n\"count\": 2,\n\"results\": [\n{},\n{}\n]}\n", "\n{\n\"results\":\n[]\n}", "{\n\"results\": [\n{}\n]\n}\n"]
    {
        assert_eq!(in_stream(document.as_bytes(), Format::Auto, 1000), [], "{document}");
    }
}

#[test]
fn lines_may_end_as_windows_ends_them_and_blank_lines_are_skipped() {
    let found = in_stream(b"{\"count\":\"1\"}\r\n\r\n \r\n{\"count\":\"4\"}\r\n", Format::Auto, 1000);
    assert_eq!(found, [(1, Code::WrongType), (4, Code::WrongType)]);
}

#[test]
fn an_empty_document_ends_too_early_and_an_empty_stream_of_lines_has_no_payload() {
    assert_eq!(in_stream(b"", Format::Auto, 1000), [(1, Code::UnexpectedEnd)]);
    assert_eq!(in_stream(b"", Format::Ndjson, 1000), []);
}

#[test]
fn a_large_payload_with_few_findings_is_validated() {
    let text = format!("{{\"results\":[{}{{\"x\":1}}]}}", "{\"precheck_result\":[{},{},{},{}]},".repeat(1 << 18));
    let found = Validator::new().validate(response().operation, response().side, text.as_bytes());
    assert_eq!((found.len(), found[0].code), (1, Code::UnknownField));
}
