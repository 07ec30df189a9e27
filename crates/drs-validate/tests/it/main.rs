//! The strict reading, over real payloads.
#![allow(clippy::unwrap_used)]

mod assert;
mod containers;
mod exchanges;
mod findings_page;
mod hostile;
mod laws;
mod records;
mod rules;
mod shapes;
mod strings;

use drs_types::{OPERATIONS, OperationInfo};
use drs_validate::{Code, Finding, Found, Severity, Side, Validator};
use insta::assert_snapshot;
use serde_json::{Value, json};

/// What a finding says that it has found.
fn found(finding: &Finding) -> &str {
    finding.found.as_ref().map_or("", Found::as_str)
}

fn findings(side: Side, body: &Value) -> String {
    let info = OperationInfo::find("batch_check_results").unwrap();
    let findings = Validator::new().validate_value(info, side, body);
    findings
        .iter()
        .map(|finding| format!("{finding} ({} {})", finding.severity, finding.code))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The documented payloads, each with its name, its operation, its side and its JSON.
fn documented_payloads() -> impl Iterator<Item = (String, &'static OperationInfo, Side, String)> {
    OPERATIONS.iter().flat_map(|info| {
        let all = info.request_examples().chain(info.response_examples()).enumerate();
        all.map(|(index, example)| (format!("{} {index}", info.id), *info, example.side, example.json.to_owned()))
    })
}

#[test]
fn documented_payloads_have_no_finding() {
    let validator = Validator::new();
    let mut seen = 0;
    for (file, info, side, text) in documented_payloads() {
        assert_eq!(validator.validate(info, side, text.as_bytes()), [], "{file}");
        seen += 1;
    }
    assert!(seen > 0);
}

#[test]
fn every_rule_that_a_request_breaks_is_found_with_its_place() {
    let body = json!({ "jobs": ["a", "", "a", 7], "a/b": null });
    assert_snapshot!(findings(Side::Request, &body), @r#"
    /jobs/2: duplicate item: "a" is already at /jobs/0 (error DRS-V015)
    /jobs/1: length out of range: expected at least 1 character, found "" (error DRS-V017)
    /jobs/3: wrong type: expected string, found integer 7 (error DRS-V011)
    /a~1b: unknown field `a/b` (error DRS-V013)
    "#);
    assert_snapshot!(findings(Side::Request, &json!({})), @"/jobs: missing field `jobs` (error DRS-V012)");
}

#[test]
fn every_kind_of_drift_in_a_response_is_found_with_its_place() {
    let body = json!({ "count": -1, "results": [{
        "precheck_id": "1", "process": "all", "result": "yes", "job_direction": "sideways", "is_skipped": true,
        "precheck_result": [{ "item": "a", "result": "", "data": {}, "group": null }],
        "error_code": "DRS.10010047",
    }] });
    assert_snapshot!(findings(Side::Response(200), &body), @r#"
    /count: value out of range: expected at least 0, found -1 (drift DRS-V018)
    /results/0/error_code: unlisted value: expected one of 46 listed values, found "DRS.10010047" (drift DRS-V014)
    /results/0/job_direction: unlisted value: expected "up", "down", "non-dbs" or "no-dbs", found "sideways" (drift DRS-V014)
    /results/0/precheck_id: pattern mismatch: expected a string that matches ^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{7,8}jb[0-9a-f]{2,3}$, found "1" (drift DRS-V016)
    /results/0/precheck_result/0/data: wrong type: expected string, found object (error DRS-V011)
    /results/0/precheck_result/0/group: wrong type: expected string, found null (drift DRS-V011)
    /results/0/precheck_result/0/result: unlisted value: expected "PASSED", "ALARM" or "FAILED", found "" (drift DRS-V014)
    /results/0/process: pattern mismatch: expected a string that matches ^(100(\.0+)?|[1-9]?[0-9](\.[0-9]+)?)%$, found "all" (drift DRS-V016)
    /results/0/result: wrong type: expected boolean, found string "yes" (error DRS-V011)
    /results/0/is_skipped: unknown field `is_skipped` (drift DRS-V013)
    /count: wrong count: expected 1, the number of items of results, found -1 (drift DRS-V031)
    "#);
}

#[test]
fn a_status_that_is_not_documented_has_no_schema_to_break() {
    assert_eq!(findings(Side::Response(204), &json!("anything")), "");
    let info = OperationInfo::find("batch_check_results").unwrap();
    let findings = Validator::new().validate(info, Side::Response(204), b"{}");
    assert_eq!(findings[0].code, Code::UndocumentedStatus);
    assert_snapshot!(findings[0], @"the body: undocumented status: expected one of the documented statuses 200, 400, found 204");
}

#[test]
fn findings_are_data_for_other_tools() {
    let info = OperationInfo::find("batch_check_results").unwrap();
    let findings = Validator::new().validate_value(info, Side::Request, &json!({ "jobs": [] }));
    assert_eq!(findings[0].code, Code::ItemCount);
    assert_snapshot!(serde_json::to_string_pretty(&findings).unwrap(), @r#"
    [
      {
        "code": "DRS-V019",
        "severity": "error",
        "offset": 0,
        "pointer": "/jobs",
        "expected": "at least 1 item",
        "found": "0",
        "schema_pointer": "/$defs/BatchQueryPrecheckResultReq/properties/jobs/minItems",
        "table": "Table 3"
      }
    ]
    "#);
}

/// Found by fuzzing: the fast path took what follows a key for the next key.
#[test]
fn a_key_without_a_colon_is_a_syntax_error_on_the_fast_path_too() {
    let info = OperationInfo::find("batch_check_results").unwrap();
    let found = |validator: Validator| validator.validate(info, Side::Response(200), br#"{"results"count":1}"#);
    let (fast, full) = (found(Validator::new()), found(Validator::new().without_fast_path()));
    assert_eq!(fast, full);
    assert_eq!(fast[0].code, Code::SyntaxError);
}

/// Found by fuzzing: in a map the last value of a duplicate key counts, so that it can be read; but
/// every one has to be what it should be.
#[test]
fn a_duplicate_key_in_a_map_is_an_error_only_when_its_type_refuses_it() {
    let info = OperationInfo::find("batch_list_progresses").unwrap();
    let severities = |first: &str| {
        let text = format!(r#"{{"results":[{{"progress_map":{{"data":{first},"data":{{"completed":"1%"}}}}}}]}}"#);
        let (side, body) = info.bodies().last().unwrap();
        let findings = Validator::new().validate(info, side, text.as_bytes());
        let is_read = body.decode(text.as_bytes()).is_ok();
        (is_read, findings.iter().map(|finding| (finding.code, finding.severity)).collect::<Vec<_>>())
    };
    let twice = (Code::DuplicateKey, Severity::Drift);
    assert_eq!(severities("{}"), (true, vec![twice]));
    assert_eq!(severities("5"), (false, vec![(Code::WrongType, Severity::Error), twice]));
}
