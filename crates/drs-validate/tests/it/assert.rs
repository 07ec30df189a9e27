//! `assert_documented!` as other projects use it in a test.

use std::panic::catch_unwind;

use drs_types::OperationInfo;
use drs_validate::{BodyKind, Side, assert_documented};
use insta::assert_snapshot;

/// What a test fails with.
fn failure(assertion: impl FnOnce() + std::panic::UnwindSafe) -> String {
    *catch_unwind(assertion).unwrap_err().downcast::<String>().unwrap()
}

#[test]
fn a_documented_payload_passes_in_every_form() {
    let response = include_bytes!("../../../../schemas/v3/batch_check_results/examples/response.1.json");
    assert_documented!("batch_check_results.response", response);
    let refused = BodyKind::new(OperationInfo::find("batch_check_results").unwrap(), Side::Response(400));
    assert_documented!(refused, r#"{"error_code": "DRS.M00101", "error_msg": "gone"}"#);
    assert_documented!(String::from(r#"{"url": "/v3/p/jobs/batch-precheck-result", "request": {"jobs": ["a"]}}"#));
}

#[test]
fn a_failure_shows_every_finding_with_its_place_and_source() {
    let text =
        "{\n  \"count\": \"one\",\n  \"results\": [{\"job_direction\": \"sideways\", \"password\": \"hunter2\"}]\n}\n";
    assert_snapshot!(failure(move || assert_documented!("batch_check_results.response", text)), @r#"
    not what the documentation says: 1 error, 2 drift

    error[DRS-V011] wrong type: expected integer, found string "one"
      --> payload:2:12, /count of batch_check_results.response (Table 4)
       |   "count": "one",
       |            ^^^^^

    drift[DRS-V014] unlisted value: expected "up", "down", "non-dbs" or "no-dbs", found "sideways"
      --> payload:3:33, /results/0/job_direction of batch_check_results.response (Table 5, QueryPreCheckResp)
       |   "results": [{"job_direction": "sideways", "password": •••}]
       |                                 ^^^^^^^^^^

    drift[DRS-V013] unknown field `password`
      --> payload:3:45, /results/0/password of batch_check_results.response (Table 5, QueryPreCheckResp)
       |   "results": [{"job_direction": "sideways", "password": •••}]
       |                                             ^^^^^^^^^^
    "#);
}

#[test]
fn a_name_that_does_not_exist_is_a_failure_that_says_so() {
    let text = failure(|| assert_documented!("batch_check_results.answer", "{}"));
    assert_snapshot!(text, @r#""answer" is neither request nor response"#);
    assert!(
        failure(|| assert_documented!("nothing.request", "{}"))
            .starts_with(r#"unknown operation "nothing"; known are "#)
    );
}
