//! Payloads inside of other documents: captures and HAR, with places in the original text.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use drs_types::OperationInfo;
use drs_validate::{BodyKind, Code, Options, RecordReport, Side, Validator};
use serde_json::{Value, json};

const URL: &str = "https://drs.example/v3/p/jobs/batch-precheck-result";

fn validate(text: &str) -> RecordReport {
    Validator::new().validate_record(text.as_bytes(), &Options::default())
}

/// What is wrong around the payloads of a record: code, pointer, and the text at its place.
fn around(text: &str) -> Vec<(Code, String, String)> {
    let found = validate(text).around;
    found.into_iter().map(|finding| (finding.code, finding.pointer, start(text, finding.offset))).collect()
}

/// Each finding as part, code, and the text at its place.
fn found<'a>(validated: &'a RecordReport, text: &str) -> Vec<(&'a str, Code, String)> {
    let all =
        validated.payloads.iter().flat_map(|payload| payload.findings.iter().map(move |finding| (payload, finding)));
    all.map(|(payload, finding)| (payload.part.as_str(), finding.code, start(text, finding.offset))).collect()
}

/// An entry of a HAR whose request is clean.
fn entry(url: &str, status: &Value, content: &Value, headers: &Value) -> Value {
    json!({ "request": { "method": "POST", "url": url, "postData": { "text": "{\"jobs\":[\"a\"]}" } },
            "response": { "status": status, "content": content, "headers": headers } })
}

fn har(entries: &[Value]) -> String {
    json!({ "log": { "version": "1.2", "entries": entries } }).to_string()
}

fn start(text: &str, at: usize) -> String {
    text[at..].chars().take(4).collect()
}

#[test]
fn a_capture_is_validated_on_both_sides() {
    let text = format!(
        r#"{{"method":"POST","url":"{URL}","status":200,"request":{{"jobs":[1234]}},"response":{{"count":"one"}}}}"#
    );
    let validated = validate(&text);
    assert_eq!(
        found(&validated, &text),
        [("/request", Code::WrongType, "1234".to_owned()), ("/response", Code::WrongType, "\"one".to_owned())]
    );
}

#[test]
fn a_body_in_a_string_is_validated_with_its_place_in_the_original() {
    let body = r#"{"jobs":["a"], "näme": "\u4e2d😀", "x" :1111}"#;
    let text = json!({ "method": "POST", "url": URL, "request": body }).to_string();
    assert_eq!(
        found(&validate(&text), &text),
        [("/request", Code::UnknownField, "\\\"nä".to_owned()), ("/request", Code::UnknownField, "\\\"x\\".to_owned())]
    );
    let escaped = text.replace('😀', "\\ud83d\\ude00").replace('ä', "\\u00e4");
    assert_eq!(
        found(&validate(&escaped), &escaped),
        [
            ("/request", Code::UnknownField, "\\\"n\\".to_owned()),
            ("/request", Code::UnknownField, "\\\"x\\".to_owned())
        ]
    );
}

#[test]
fn a_place_in_a_string_is_right_after_what_the_reader_leaves_out() {
    for left_out in [r"\u001f", r"\q", r"\\q", "\t"] {
        let text = format!(r#"{{"url":"{URL}","request":"{{\"jobs\":[\"a{left_out}b\"],\"x\":1111}}"}}"#);
        let validated = validate(&text);
        let unknown = found(&validated, &text).into_iter().find(|(_, code, _)| *code == Code::UnknownField);
        assert_eq!(unknown, Some(("/request", Code::UnknownField, "\\\"x\\".to_owned())), "{left_out:?}");
    }
}

#[test]
fn the_error_body_is_expected_under_a_status_of_400_and_more() {
    for status in [400, 403, 500] {
        let text = format!(r#"{{"url":"{URL}","status":{status},"response":{{"error_code":7}}}}"#);
        assert_eq!(found(&validate(&text), &text), [("/response", Code::WrongType, "7}}".to_owned())], "{status}");
    }
}

#[test]
fn har_entries_of_other_services_are_skipped_and_counted() {
    let content = json!({ "text": r#"{"count":-111}"# });
    let both = ["https://other.example/", URL].map(|url| entry(url, &json!(200), &content, &json!([])));
    let text = har(&both);
    let validated = validate(&text);
    assert_eq!((validated.skipped, validated.payloads.len()), (1, 2));
    assert_eq!(
        found(&validated, &text),
        [("/log/entries/1/response/content/text", Code::ValueRange, "-111".to_owned())]
    );

    let base64 = json!({ "encoding": "base64", "text": "eyJjb3VudCI6LTExMX0=" });
    let text = har(&[entry(URL, &json!(200), &base64, &json!([]))]);
    assert_eq!(
        found(&validate(&text), &text),
        [("/log/entries/0/response/content/text", Code::ValueRange, "\"eyJ".to_owned())]
    );
    let broken = json!({ "encoding": "base64", "text": "?" });
    let text = har(&[entry(URL, &json!(200), &broken, &json!([]))]);
    assert_eq!(validate(&text).payloads[1].findings[0].code, Code::SyntaxError);
}

#[test]
fn a_compressed_body_of_a_har_is_validated_and_one_that_cannot_be_read_is_an_error() {
    let text = br#"{"count":-111}"#;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text).unwrap();
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    zlib.write_all(text).unwrap();
    let zstd = ruzstd::encoding::compress_to_vec(&text[..], ruzstd::encoding::CompressionLevel::Fastest);
    let gzip = gzip.finish().unwrap();
    let cut = gzip[..gzip.len() / 2].to_vec();
    let bodies = [gzip, zlib.finish().unwrap(), zstd, cut, b"\x0b\x05\x80{}\x03".to_vec()];
    let codes = bodies.map(|bytes| {
        let content = json!({ "encoding": "base64", "text": STANDARD.encode(bytes) });
        let headers = json!([{ "name": "content-encoding", "value": "br" }]);
        let validated = validate(&har(&[entry(URL, &json!(200), &content, &headers)]));
        validated.payloads[1].findings[0].clone()
    });
    assert_eq!(
        codes.each_ref().map(|finding| finding.code),
        [Code::ValueRange, Code::ValueRange, Code::ValueRange, Code::SyntaxError, Code::SyntaxError]
    );
    assert_eq!(crate::found(&codes[4]), "Content-Encoding: br");
}

#[test]
fn a_body_that_a_har_does_not_have_is_counted_and_one_that_is_empty_is_validated() {
    let validate = |content: &Value, status: u16| {
        let validated = validate(&har(&[entry(URL, &json!(status), content, &json!([]))]));
        let codes: Vec<Code> =
            validated.payloads.iter().flat_map(|payload| payload.findings.iter().map(|finding| finding.code)).collect();
        (validated.unrecorded, codes)
    };
    assert_eq!(validate(&json!({ "size": 100 }), 200), (1, vec![]));
    assert_eq!(validate(&json!({ "size": 0, "text": "" }), 200), (0, vec![Code::UnexpectedEnd]));
    assert_eq!(validate(&json!({ "size": 0 }), 0), (0, vec![]), "a blocked call has no response");
    assert_eq!(validate(&json!({ "size": -1 }), 302), (0, vec![Code::UndocumentedStatus]));
}

#[test]
fn an_entry_of_a_har_without_a_request_is_found() {
    let text = har(&[json!(null), json!({ "request": {} }), entry(URL, &json!("ok"), &json!({}), &json!([]))]);
    let pointers: Vec<(Code, String)> = around(&text).into_iter().map(|(code, pointer, _)| (code, pointer)).collect();
    let expected = [
        (Code::UnknownPayload, "/log/entries/0"),
        (Code::UnknownPayload, "/log/entries/1/request/url"),
        (Code::UndocumentedStatus, "/log/entries/2/response/status"),
    ];
    assert_eq!(pointers, expected.map(|(code, pointer)| (code, pointer.to_owned())));
}

#[test]
fn what_is_wrong_around_the_payloads_is_found_too() {
    let capture = |more: &str| format!(r#"{{"url":"{URL}","status":200,"response":{{"count":1}}{more}"#);
    assert_eq!(around(&capture("}")), []);
    assert_eq!(around(&capture("} x")), [(Code::TrailingCharacters, String::new(), "x".to_owned())]);
    assert_eq!(
        around(&capture(r#","response":{}}"#)),
        [(Code::DuplicateKey, "/response".to_owned(), "\"res".to_owned())]
    );
    assert_eq!(
        around(&capture(r#","note":"\ud800"}"#)),
        [(Code::UnpairedSurrogate, "/note".to_owned(), "\\ud8".to_owned())]
    );
    assert_eq!(around(&format!("\u{feff}{}", capture("}")))[0].0, Code::ByteOrderMark);
    let text = format!(r#"{{"url":"{URL}","status":"soon","response":{{}}}}"#);
    assert_eq!(around(&text), [(Code::UndocumentedStatus, "/status".to_owned(), "\"soo".to_owned())]);
}

#[test]
fn what_is_wrong_in_a_payload_is_found_once_and_in_a_foreign_call_not_at_all() {
    let body = r#"{"count":1,"count":2}"#;
    let capture = |url: &str| format!(r#"{{"url":"{url}","status":200,"response":{body}}}"#);
    let validated = validate(&capture(URL));
    assert_eq!((validated.around.len(), validated.payloads[0].findings.len()), (0, 1));
    assert_eq!(around(&capture("https://other.example/")), []);
    let har = har(&[]).replace(
        '[',
        &format!(
            "[{}",
            capture("https://other.example/")
                .replace("\"url\"", "\"request\":{\"url\":\"https://other.example/\"},\"url\"")
        ),
    );
    assert_eq!(around(&har), [], "{har}");
    assert_eq!(around(&format!("\u{feff}{har}")), [], "a HAR may have a byte order mark");
}

#[test]
fn a_response_without_a_status_has_that_of_the_body_it_resembles() {
    let validate = |response: &str| validate(&format!(r#"{{"url":"{URL}","response":{response}}}"#)).payloads.remove(0);
    for error in [r#"{"error_code":"DRS.M00101","error_msg":"x"}"#, r#""{\"error_code\":\"DRS.M00101\"}""#] {
        assert_eq!(validate(error).findings, []);
        assert_eq!(validate(error).body_kind.unwrap().side, Side::Response(400));
    }
    assert_eq!(validate("{}").body_kind.unwrap().side, Side::Response(200));
}

#[test]
fn a_named_payload_is_never_taken_for_a_capture() {
    let known = BodyKind::new(OperationInfo::find("batch_check_results").unwrap(), Side::Response(200));
    let text = format!(r#"{{"url":"{URL}","response":{{"count":1}}}}"#);
    let validated = Validator::new().validate_record(text.as_bytes(), &Options::default().body_kind(known));
    let codes: Vec<Code> = validated.payloads[0].findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [Code::UnknownField, Code::UnknownField]);
}

#[test]
fn a_payload_that_matches_no_or_several_bodies_is_an_error() {
    let code = |text: &str| validate(text).payloads[0].findings[0].code;
    assert_eq!(code(r#"{"what":"ever"}"#), Code::UnknownPayload);
    assert_eq!(code(r#"{"count":"1","results":[{"status":"success"}]}"#), Code::AmbiguousPayload);
    assert_eq!(code(r#"{"jobs":"#), Code::UnexpectedEnd);
    let known = BodyKind::new(OperationInfo::find("batch_check_results").unwrap(), Side::Request);
    let validated = Validator::new().validate_record(br#"{"jobs":["a"]}"#, &Options::default().body_kind(known));
    assert!(validated.payloads[0].findings.is_empty());
}

#[test]
fn a_record_can_carry_a_key_of_its_own() {
    let text = format!(r#"{{"meta":{{"id":"r-7"}},"url":"{URL}","request":{{"jobs":[]}}}}"#);
    let validated = Validator::new().validate_record(text.as_bytes(), &Options::default().key("/meta/id"));
    assert_eq!(validated.key, Some(json!("r-7")));
}
