//! The generated trait of batches.

use drs_types::common::{BatchQueryJobReqPage, PageReq, ProjectId};
use drs_types::operations::v3::batch_list_job_details::BatchListJobDetails;
use drs_types::operations::v3::batch_set_objects::BatchSetObjects;
use drs_types::operations::v3::batch_show_params::BatchShowParams;
use drs_types::operations::v3::batch_start_jobs::{BatchStartJobReq, BatchStartJobs, StartJobResp};
use drs_types::{Batch, Operation};
use serde_json::{Value, json};

#[test]
fn a_copy_with_other_items_keeps_the_rest_of_the_call_and_asks_for_one_page() {
    let body = BatchQueryJobReqPage::new(vec!["a".parse().unwrap(); 3]).with_page_req(PageReq::new().with_cur_page(7));
    let call = BatchListJobDetails::new(body).with_project_id("p1".parse::<ProjectId>().unwrap());
    let other = call.with_items(vec!["b".parse().unwrap(), "c".parse().unwrap()]);
    assert_eq!(other.project_id, call.project_id);
    let sent: Value = serde_json::from_slice(&other.parts().unwrap().body.unwrap()).unwrap();
    assert_eq!(sent, json!({ "jobs": ["b", "c"], "page_req": { "per_page": 2 } }));
    assert_eq!(BatchListJobDetails::BATCH.most, Some(100));
}

#[test]
fn the_field_of_the_outcome_is_a_string_or_a_boolean_and_an_error_code_is_a_refusal() {
    let string = |row: Value| BatchStartJobs::accepted(&serde_json::from_value::<StartJobResp>(row).unwrap());
    assert_eq!(string(json!({ "status": " SUCCESS" })), Some(true));
    assert_eq!(string(json!({ "status": "failed" })), Some(false));
    assert_eq!(string(json!({ "status": "maybe" })), None);
    assert_eq!(string(json!({ "status": "success", "error_code": "DRS.M00304" })), Some(false));
    let boolean = |row: Value| BatchSetObjects::accepted(&serde_json::from_value(row).unwrap());
    assert_eq!(boolean(json!({ "status": true })), Some(true));
    assert_eq!(boolean(json!({ "status": false })), Some(false));
    assert_eq!(boolean(json!({})), None);
    assert_eq!(BatchShowParams::accepted(&serde_json::from_value(json!({})).unwrap()), Some(true));
}

#[test]
fn duplicate_ids_are_named_with_their_place() {
    let body = json!({ "jobs": [{ "job_id": "a" }, { "job_id": "b" }, { "job_id": "a" }] });
    let call = BatchStartJobs::new(serde_json::from_value::<BatchStartJobReq>(body).unwrap());
    let found: Vec<String> = call.duplicates().iter().map(ToString::to_string).collect();
    assert_eq!(found, [r#"/jobs/2/job_id: "a" is a duplicate of /jobs/0/job_id"#]);
}

#[test]
fn every_operation_with_a_batch_names_its_items_and_rows() {
    let batches: Vec<_> = drs_types::OPERATIONS.iter().filter_map(|info| info.batch).collect();
    assert_eq!(batches.len(), 20);
    assert!(batches.iter().all(|batch| batch.request.starts_with('/') && batch.response.starts_with('/')));
}
