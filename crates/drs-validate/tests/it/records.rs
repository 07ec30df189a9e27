//! Payloads inside of other documents: captures and HAR, with places in the original text.

use drs_types::OperationInfo;
use drs_validate::{Code, Judged, Options, Recognised, Side, Validator};
use serde_json::json;

const URL: &str = "https://drs.example/v3/p/jobs/batch-precheck-result";

fn judge(text: &str) -> Judged {
    Validator::new().judge_record(text.as_bytes(), &Options::default())
}

/// Each finding as part, code, and the text at its place.
fn found<'a>(judged: &'a Judged, text: &str) -> Vec<(&'a str, Code, String)> {
    let all = judged.payloads.iter().flat_map(|payload| payload.findings.iter().map(move |finding| (payload, finding)));
    all.map(|(payload, finding)| (payload.part.as_str(), finding.code, start(text, finding.offset))).collect()
}

fn start(text: &str, at: usize) -> String {
    text[at..].chars().take(4).collect()
}

#[test]
fn a_capture_is_judged_on_both_sides() {
    let text = format!(
        r#"{{"method":"POST","url":"{URL}","status":200,"request":{{"jobs":[1234]}},"response":{{"count":"one"}}}}"#
    );
    let judged = judge(&text);
    assert_eq!(
        found(&judged, &text),
        [("/request", Code::WrongType, "1234".to_owned()), ("/response", Code::WrongType, "\"one".to_owned())]
    );
}

#[test]
fn a_body_that_is_a_text_is_judged_with_its_place_in_the_original() {
    let body = r#"{"jobs":["a"], "näme": "\u4e2d😀", "x" :1111}"#;
    let text = json!({ "method": "POST", "url": URL, "request": body }).to_string();
    assert_eq!(
        found(&judge(&text), &text),
        [("/request", Code::UnknownField, "\\\"nä".to_owned()), ("/request", Code::UnknownField, "\\\"x\\".to_owned())]
    );
    let escaped = text.replace('😀', "\\ud83d\\ude00").replace('ä', "\\u00e4");
    assert_eq!(
        found(&judge(&escaped), &escaped),
        [
            ("/request", Code::UnknownField, "\\\"n\\".to_owned()),
            ("/request", Code::UnknownField, "\\\"x\\".to_owned())
        ]
    );
}

#[test]
fn the_error_body_is_expected_under_a_status_of_400_and_more() {
    for status in [400, 403, 500] {
        let text = format!(r#"{{"url":"{URL}","status":{status},"response":{{"error_code":7}}}}"#);
        assert_eq!(found(&judge(&text), &text), [("/response", Code::WrongType, "7}}".to_owned())], "{status}");
    }
}

#[test]
fn har_entries_of_other_services_are_skipped_and_counted() {
    let content = json!({ "text": r#"{"count":-111}"# });
    let entry = |url: &str, content: &serde_json::Value| {
        json!({ "request": { "method": "POST", "url": url, "postData": { "text": "{\"jobs\":[\"a\"]}" } },
                "response": { "status": 200, "content": content } })
    };
    let har = json!({ "log": { "entries": [entry("https://other.example/", &content), entry(URL, &content)] } });
    let text = har.to_string();
    let judged = judge(&text);
    assert_eq!((judged.skipped, judged.payloads.len()), (1, 2));
    assert_eq!(found(&judged, &text), [("/log/entries/1/response/content/text", Code::Range, "-111".to_owned())]);

    let base64 = json!({ "encoding": "base64", "text": "eyJjb3VudCI6LTExMX0=" });
    let text = json!({ "log": { "entries": [entry(URL, &base64)] } }).to_string();
    assert_eq!(
        found(&judge(&text), &text),
        [("/log/entries/0/response/content/text", Code::Range, "\"eyJ".to_owned())]
    );
    let broken = json!({ "encoding": "base64", "text": "?" });
    let text = json!({ "log": { "entries": [entry(URL, &broken)] } }).to_string();
    assert_eq!(judge(&text).payloads[1].findings[0].code, Code::Syntax);
}

#[test]
fn what_fits_no_or_several_bodies_is_not_judged_in_silence() {
    let code = |text: &str| judge(text).payloads[0].findings[0].code;
    assert_eq!(code(r#"{"what":"ever"}"#), Code::UnknownPayload);
    assert_eq!(code(r#"{"jobs":[],"count":1}"#), Code::AmbiguousPayload);
    assert_eq!(code(r#"{"jobs":"#), Code::Truncated);
    let known = Recognised::new(OperationInfo::find("batch_check_results").unwrap(), Side::Request);
    let judged = Validator::new().judge_record(br#"{"jobs":["a"]}"#, &Options::default().known_as(known));
    assert!(judged.payloads[0].findings.is_empty());
}

#[test]
fn a_record_can_carry_a_key_of_its_own() {
    let text = format!(r#"{{"meta":{{"id":"r-7"}},"url":"{URL}","request":{{"jobs":[]}}}}"#);
    let judged = Validator::new().judge_record(text.as_bytes(), &Options::default().key("/meta/id"));
    assert_eq!(judged.key, Some(json!("r-7")));
}
