//! The rules that the page has in words: counts, ids, reasons, forms, and responses that match their request.

use drs_types::OperationInfo;
use drs_validate::{Blocks, BodyKind, Format, Options, Side, Validator};
use insta::assert_snapshot;
use serde_json::{Value, json};

const URL: &str = "https://drs.example/v3/p/jobs/batch-precheck-result";
const ONE: &str = "140b5236-88ad-43c8-811c-1268453jb101";
const TWO: &str = "a281f62f-4631-45d6-a2d3-679a9f4jb105";

fn response(body: &Value) -> String {
    let info = OperationInfo::find("batch_check_results").unwrap();
    let findings = Validator::new().validate(info, Side::Response(200), body.to_string().as_bytes());
    let lines = findings.iter().map(|finding| format!("{} {} {finding}", finding.severity, finding.code));
    lines.collect::<Vec<_>>().join("\n")
}

fn item(item: &Value) -> String {
    response(&json!({ "results": [{ "precheck_result": [item] }] }))
}

#[test]
fn the_count_is_the_number_of_results() {
    assert_eq!(response(&json!({ "count": 1, "results": [{}] })), "");
    assert_eq!(response(&json!({ "count": 7 })), "");
    assert_snapshot!(response(&json!({ "count": 2, "results": [{}] })), @"drift DRS-V031 /count: wrong count: expected 1, the number of items of results, found 2");
}

#[test]
fn each_task_appears_once_in_a_response() {
    let body = json!({ "results": [{ "precheck_id": ONE }, { "precheck_id": TWO }, { "precheck_id": ONE }] });
    assert_snapshot!(response(&body), @r#"drift DRS-V032 /results/2/precheck_id: duplicate id: "140b5236-88ad-43c8-811c-1268453jb101" is already at /results/0/precheck_id"#);
}

#[test]
fn a_failed_item_says_why() {
    for reason in ["failed_reason", "raw_error_msg"] {
        assert_eq!(item(&json!({ "result": "FAILED", reason: "SOME_REASON" })), "");
    }
    assert_eq!(item(&json!({ "result": "PASSED" })), "");
    assert_snapshot!(item(&json!({ "result": "FAILED", "failed_reason": " " })), @r#"drift DRS-V035 /results/0/precheck_result/0/result: missing reason: expected a reason in failed_reason or raw_error_msg, found "FAILED" without one"#);
}

#[test]
fn data_has_one_of_the_known_forms() {
    for data in ["", " ", "{\"a\":1}", "[]", "{'a': 'b'}", "12"] {
        assert_eq!(item(&json!({ "data": data })), "", "{data}");
    }
    assert_snapshot!(item(&json!({ "data": "{\"a\":" })), @r#"drift DRS-V036 /results/0/precheck_result/0/data: unknown form: expected JSON, a Python dictionary, or an empty string, found "{\"a\":""#);
}

#[test]
fn a_response_has_every_requested_task_and_no_other() {
    let validate = |status: u16| {
        let capture = json!({ "url": URL, "status": status, "request": { "jobs": [ONE] },
            "response": { "results": [{ "precheck_id": TWO }] } });
        let text = capture.to_string();
        let validated = Validator::new().validate_record(text.as_bytes(), &Options::default());
        let findings = validated.payloads.iter().flat_map(|payload| payload.findings.clone());
        let lines = findings.map(|finding| {
            format!("{} {} {finding}, at {}", finding.severity, finding.code, &text[finding.offset..][..9])
        });
        lines.collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(validate(200), @r#"
    drift DRS-V033 /jobs/0: not answered: expected an item of the response with this id, found none for "140b5236-88ad-43c8-811c-1268453jb101", at "140b5236
    drift DRS-V034 /results/0/precheck_id: not requested: expected an id of the request, found "a281f62f-4631-45d6-a2d3-679a9f4jb105", at "a281f62f
    "#);
    assert!(!validate(400).contains("DRS-V033"));
}

#[test]
fn secrets_are_not_shown() {
    let info = OperationInfo::find("batch_check_results").unwrap();
    let text = br#"{ "jobs": [], "db_password": "hunter2", "n": {"token": "hunter2", "x": "\ud800"} "hunter2""#;
    let shown = format!("{:?}", Validator::new().validate(info, Side::Request, text));
    assert!(shown.contains("DRS-V001") || shown.contains("Syntax"));
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn a_secret_with_an_escape_in_its_name_is_not_shown_either() {
    let known: BodyKind = "batch_check_results.response".parse().unwrap();
    for text in [
        r#"{"n":1,"pass\u0077ord":"hunter2","m":2}"#,
        r#"{"pass\u0077ord":"hunter2","#,
        r#"{"results":[{"n":1,"\u0050wd":"hunter2"}]}"#,
    ] {
        let blocks = Blocks::new(text.as_bytes(), Format::Json, 1000);
        let report =
            Validator::new().validate_blocks(blocks, Options::default().body_kind(known)).next().unwrap().unwrap();
        assert!(!report.suspects.is_empty());
        assert!(!format!("{:?}", report.suspects).contains("hunter2"), "{:?}", report.suspects);
    }
}
