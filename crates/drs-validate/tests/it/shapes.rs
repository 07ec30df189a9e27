//! How a payload without a URL is identified, and that doubt is never clean.

use drs_types::OperationInfo;
use drs_validate::{
    Blocks, Code, Format, Options, RecordReport, Report, Severity, Side, Summary, ValidatedPayload, Validator,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use crate::documented_payloads;
use crate::laws::{ORIGINALS, pointers};

fn validate(text: &str) -> ValidatedPayload {
    let RecordReport { mut payloads, .. } = Validator::new().validate_record(text.as_bytes(), &Options::default());
    payloads.remove(0)
}

fn report(validator: &Validator, text: &str) -> Report {
    let mut blocks = Blocks::new(text.as_bytes(), Format::Json, 1 << 24);
    validator.validate_block(&blocks.next().unwrap().unwrap(), &Options::default())
}

fn name(payload: &ValidatedPayload) -> Option<String> {
    payload.body_kind.map(|known| known.name())
}

fn codes(payload: &ValidatedPayload) -> Vec<Code> {
    payload.findings.iter().map(|finding| finding.code).collect()
}

const ID: &str = "140b5236-88ad-43c8-811c-1268453jb101";

#[test]
fn every_documented_payload_is_clean_without_its_url_on_both_paths() {
    for (file, _, _, text) in documented_payloads() {
        let payload = validate(&text);
        assert_eq!(payload.findings, [], "{file}");
        for validator in [Validator::new(), Validator::new().without_fast_path()] {
            let report = report(&validator, &text);
            assert!(report.suspects.is_empty(), "{file}");
            assert_eq!(report.payloads.keys().cloned().collect::<Vec<_>>(), [name(&payload).unwrap()], "{file}");
            let more = report.fits_more.values().next().copied().unwrap_or_default();
            assert_eq!(more, payload.fits_more as u64, "{file}");
        }
    }
}

#[test]
fn a_payload_that_is_clean_as_one_body_but_not_as_another_is_undecided() {
    let payload = validate(&format!(r#"{{"count":"1","results":[{{"id":"{ID}","status":"success"}}]}}"#));
    assert_eq!(codes(&payload), [Code::AmbiguousPayload]);
    let finding = &payload.findings[0];
    assert_eq!(finding.severity, Severity::Error);
    assert_eq!(
        finding.expected.as_ref().unwrap().to_string(),
        "a payload that matches one documented body; name it with --as"
    );
    let found = "one that matches batch_change_data.response, but not batch_check_jobs.response, ";
    assert!(crate::found(finding).starts_with(found), "{finding}");
}

#[test]
fn a_payload_that_is_clean_as_every_candidate_is_clean_and_the_others_are_counted() {
    let payload = validate(r#"{"error_code":"DRS.M00101","error_msg":"x"}"#);
    assert_eq!(payload.findings, []);
    assert!(payload.fits_more >= drs_types::OPERATIONS.len() - 1, "every operation has it: {}", payload.fits_more);
    assert_eq!(validate(r#"{"speed_limits":[]}"#).fits_more, 0);
}

#[test]
fn a_payload_with_findings_as_every_candidate_has_those_of_the_first() {
    let payload = validate(&format!(r#"{{"count":[],"results":[{{"id":"{ID}","status":"success"}}]}}"#));
    assert!(name(&payload).is_some());
    assert_eq!(codes(&payload), [Code::WrongType]);
}

#[test]
fn a_scalar_of_another_type_does_not_rule_a_body_out() {
    // Only these responses have `precheck_id`; that everything in it has another type changes nothing.
    let payload = validate(r#"{"count":"1","results":[{"precheck_id":7,"result":"yes","process":1}]}"#);
    assert_eq!(name(&payload).as_deref(), Some("batch_check_results.response"));
    // The requests that have an array of ids; an object is not an id.
    let payload = validate(r#"{"jobs":["a"],"page_req":{"cur_page":"1"}}"#);
    assert_eq!(name(&payload).as_deref(), Some("batch_list_job_details.request"));
    assert_eq!(codes(&payload), [Code::WrongType]);
}

#[test]
fn a_foreign_payload_is_not_taken_for_a_body_because_of_one_field() {
    let package =
        json!({ "name": "x", "version": "1.0.0", "private": true, "scripts": { "test": "x" }, "dependencies": {} });
    for text in [
        r#"{"success":true,"response":"{\"count\":\"1\"}"}"#.to_owned(),
        package.to_string(),
        json!({ "name": "x", "lockfileVersion": 3, "packages": {} }).to_string(),
        json!({ "count": 1, "next": null, "previous": null, "items": [] }).to_string(),
        json!({ "id": "x", "object": "list" }).to_string(),
        json!({ "status": "ok", "uptime": 7 }).to_string(),
        "{}".to_owned(),
    ] {
        let payload = validate(&text);
        assert_eq!((name(&payload), codes(&payload)), (None, vec![Code::UnknownPayload]), "{text}");
    }
}

#[test]
fn a_body_with_half_of_its_names_unknown_is_still_known() {
    for (text, known) in [
        (r#"{"results":[{"total_passed_rate":"9%"}],"more":1}"#, "batch_check_results.response"),
        (r#"{"error_code":"x","error_msg":"y","error_id":"z","request_id":"r"}"#, "batch_change_data.response"),
    ] {
        assert_eq!(name(&validate(text)).as_deref(), Some(known), "{text}");
    }
}

/// Values of which at least one has another type than a leaf.
const OTHERS: [&str; 8] = ["7", "1.5", "\"x\"", "\"7\"", "true", "[]", "{}", "[\"x\"]"];

/// The leaves of a value: scalars, and what is empty.
fn leaves(value: &Value) -> Vec<String> {
    let mut all = Vec::new();
    pointers(value, String::new(), &mut all);
    all.retain(|pointer| match value.pointer(pointer) {
        Some(Value::Object(members)) => members.is_empty(),
        Some(Value::Array(elements)) => elements.is_empty(),
        _ => true,
    });
    all
}

/// Whether a payload is wrong as what it is meant to be, and validated without its URL is said to have no error.
fn is_missed(info: &OperationInfo, side: Side, text: &str) -> bool {
    thread_local!(static VALIDATOR: Validator = Validator::new());
    let is_error = |severity| severity == Severity::Error;
    VALIDATOR.with(|validator| {
        validator.validate(info, side, text.as_bytes()).iter().any(|finding| is_error(finding.severity))
            && !report(validator, text)
                .suspects
                .iter()
                .flat_map(|suspect| &suspect.findings)
                .any(|located| is_error(located.finding.severity))
    })
}

fn changed(text: &str, pointer: &str, other: &str) -> String {
    let mut value: Value = serde_json::from_str(text).unwrap();
    *value.pointer_mut(pointer).unwrap() = serde_json::from_str(other).unwrap();
    value.to_string()
}

/// Each of the leaves that the small payloads have.
#[test]
fn one_wrong_type_at_any_leaf_of_a_small_documented_payload_is_never_missed() {
    const FEW: usize = 12;
    let most = if std::env::var_os("EVERY_LEAF").is_some() { usize::MAX } else { FEW };
    let mut missed = Vec::new();
    for (file, info, side, text) in documented_payloads() {
        let value: Value = serde_json::from_str(&text).unwrap();
        let leaves = leaves(&value);
        for (pointer, other) in leaves.iter().take(most).flat_map(|pointer| OTHERS.map(|other| (pointer, other))) {
            if is_missed(info, side, &changed(&text, pointer, other)) {
                missed.push(format!("{file} {pointer} {other}"));
            }
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

proptest! {
    #[test]
    fn one_wrong_type_at_any_leaf_of_any_documented_payload_is_never_missed(
        original in any::<Index>(),
        leaf in any::<Index>(),
        other in select(OTHERS.to_vec()),
    ) {
        let (info, side, text) = original.get(&ORIGINALS);
        let leaves = leaves(&serde_json::from_str(text).unwrap());
        prop_assume!(!leaves.is_empty());
        let pointer = leaf.get(&leaves);
        let text = changed(text, pointer, other);
        prop_assert!(!is_missed(info, *side, &text), "{} {} {}", info.id, pointer, text);
    }
}

#[test]
fn in_an_input_of_any_program_only_calls_count() {
    let call = r#"{"url":"/v3/p/jobs/batch-precheck-result","status":200,"response":{"count":"1"}}"#;
    let validated = |text: &str| {
        let blocks = Blocks::new(text.as_bytes(), Format::Auto, 1 << 20);
        let mut all = Summary::default();
        for report in Validator::new().validate_blocks(blocks, Options::default().only_calls()) {
            all.add("a.log", &report.unwrap());
        }
        (all.records, all.skipped, all.codes.values().sum::<u64>(), all.payloads.values().sum::<u64>())
    };
    let (other, body, damaged) = ("{\"a\":1}\n", "{\"count\":\"1\"}\n", "{\"a\": \n");
    assert_eq!(validated(&[other, body, damaged].concat()), (3, 3, 0, 0), "without a call");
    let with_call = [other, damaged, body, call, "\n", damaged].concat();
    assert_eq!(validated(&with_call), (5, 2, 3, 3), "with one, what is damaged counts");
    let many = 3000;
    let text = [&other.repeat(many), &damaged.repeat(many), call].concat();
    let (records, skipped, findings, _) = validated(&text);
    assert_eq!(records, 2 * many as u64 + 1);
    assert!(skipped >= many as u64 && findings > 0, "{skipped} {findings}");
}
