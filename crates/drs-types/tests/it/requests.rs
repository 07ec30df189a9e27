//! Requests are checked against the documented limits before they are sent.

use drs_types::Operation;
use drs_types::common::{JobId, ProjectId};
use drs_types::operations::v3::batch_check_results::{BatchCheckResults, BatchQueryPrecheckResultReq};

fn violations(ids: &[&str]) -> Vec<String> {
    let jobs = ids.iter().map(|id| serde_json::from_value(serde_json::json!(id)).unwrap()).collect();
    let found = BatchCheckResults::new(BatchQueryPrecheckResultReq::new(jobs)).check();
    found.iter().map(ToString::to_string).collect()
}

#[test]
fn a_request_within_its_limits_has_no_violation() {
    assert!(violations(&["a", "b"]).is_empty());
}

#[test]
fn every_broken_limit_is_reported_with_its_pointer() {
    assert_eq!(violations(&[]), ["/jobs: expected at least 1 item, found 0"]);
    assert_eq!(
        violations(&["a", "b", "a", ""]),
        [r#"/jobs/2: "a" is a duplicate of /jobs/0"#, "/jobs/3: expected at least 1 character, found 0",]
    );
}

#[test]
fn an_id_from_a_user_is_checked_and_an_id_from_a_server_is_not() {
    assert_eq!("".parse::<JobId>().unwrap_err().to_string(), "a JobId cannot be empty");
    assert_eq!("".parse::<ProjectId>().unwrap_err().to_string(), "a ProjectId cannot be empty");
    assert_eq!("140b5236-88ad-43c8-811c-1268453jb101".parse::<JobId>().unwrap().as_str().len(), 36);
    assert_eq!(serde_json::from_str::<JobId>("\"\"").unwrap().as_str(), "");
}

#[test]
fn only_parameters_with_a_value_are_parts_of_a_call() {
    let mut call = BatchCheckResults::new(BatchQueryPrecheckResultReq::new(vec!["a".parse().unwrap()]));
    assert!(call.parts().unwrap().parameters.is_empty());
    call.x_language = Some("zh-cn".into());
    let parts = call.parts().unwrap();
    assert_eq!(parts.parameter("X-Language"), Some("zh-cn"));
    assert_eq!(parts.body.as_deref(), Some(br#"{"jobs":["a"]}"#.as_slice()));
}

#[test]
fn a_path_parameter_cannot_lead_to_another_resource() {
    let info = BatchCheckResults::INFO;
    for value in ["", ".", ".."] {
        assert!(info.fill_path(|_| Some(value)).is_err(), "{value:?}");
    }
    let path = info.fill_path(|_| Some("a/../b?c#d%2F é")).unwrap();
    assert_eq!(path.split('/').count(), info.path.split('/').count());
    assert!(path.is_ascii() && !path.contains(['?', '#', ' ']), "{path}");
}
