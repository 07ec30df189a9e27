//! Pre-check results from the emulator.

use drs_client::Client;
use drs_client::precheck::{self, Outcome};
use drs_emulator::Emulator;
use drs_types::Operation;
use drs_types::common::{ErrorCode, JobId, ProjectId};
use drs_types::operations::v3::batch_check_results::{BatchCheckResults, BatchQueryPrecheckResultReq};

use crate::{client, shown};

const MYSQL: &str = "140b5236-88ad-43c8-811c-1268453jb101";
const DDS: &str = "a281f62f-4631-45d6-a2d3-679a9f4jb105";

fn ids(ids: &[&str]) -> Vec<JobId> {
    ids.iter().map(|id| id.parse().unwrap()).collect()
}

async fn emulator() -> (Emulator, Client) {
    let emulator = Emulator::start(0).await.unwrap();
    let client = client(&emulator.url()).build().unwrap();
    (emulator, client)
}

#[tokio::test]
async fn both_documented_tasks_have_a_report() {
    let (_emulator, client) = emulator().await;
    let results = precheck::results(&client, &ids(&[DDS, MYSQL])).await.unwrap();
    let items: Vec<usize> =
        results.tasks.iter().map(|task| task.outcome.entry().unwrap().precheck_result().len()).collect();
    assert_eq!(items, [27, 39]);
    assert!(results.request_ids[0].starts_with("emulator-"));
    assert!(results.unasked.is_empty());
}

#[tokio::test]
async fn an_unknown_task_does_not_affect_the_others() {
    let (_emulator, client) = emulator().await;
    let results = precheck::results(&client, &ids(&["nobody", MYSQL])).await.unwrap();
    let Outcome::Refused { code, entry } = &results.tasks[0].outcome else { panic!("{:?}", results.tasks[0]) };
    assert_eq!(*code, ErrorCode::DrsM05003);
    assert!(entry.error_msg.is_some());
    assert!(matches!(results.tasks[1].outcome, Outcome::Reported(_)));
}

#[tokio::test]
async fn no_ids_and_duplicate_ids_are_refused_before_anything_is_sent() {
    // No server listens there, so a sent request would fail with another error.
    let client = client("http://127.0.0.1:9").build().unwrap();
    let none = precheck::results(&client, &[]).await.unwrap_err();
    assert!(none.is_request_invalid());
    insta::assert_snapshot!(shown(&none), @"batch_check_results was not sent: /jobs: expected at least 1 item, found 0");
    let twice = precheck::results(&client, &ids(&[MYSQL, DDS, MYSQL])).await.unwrap_err();
    insta::assert_snapshot!(shown(&twice), @r#"batch_check_results was not sent: /jobs/2: "140b5236-88ad-43c8-811c-1268453jb101" is a duplicate of /jobs/0"#);
}

#[tokio::test]
async fn a_refused_call_has_code_status_request_and_meaning() {
    let emulator = Emulator::start(0).await.unwrap();
    let elsewhere: ProjectId = "elsewhere".parse().unwrap();
    let call = BatchCheckResults::new(BatchQueryPrecheckResultReq::new(ids(&[MYSQL]))).with_project_id(elsewhere);
    let error = client(&emulator.url()).build().unwrap().send(&call).await.unwrap_err();
    assert_eq!((error.code(), error.status().unwrap().as_u16()), (Some(&ErrorCode::DrsM00261), 403));
    assert!(!error.is_retryable());
    insta::assert_snapshot!(shown(&error), @"batch_check_results: refused with DRS.M00261: The token belongs to the project 054ba152d480d55b2f5dc0069e7ddef0, not to elsewhere. [status 403 Forbidden] (request emulator-00000001) — The project in the path is not the one that the token belongs to.");
}

#[tokio::test]
async fn a_reply_keeps_the_raw_bytes() {
    let (_emulator, client) = emulator().await;
    let reply = client.send(&BatchCheckResults::new(BatchQueryPrecheckResultReq::new(ids(&[MYSQL])))).await.unwrap();
    assert_eq!(reply.status, 200);
    let raw: serde_json::Value = serde_json::from_slice(&reply.raw).unwrap();
    assert_eq!(raw, serde_json::to_value(&reply.body).unwrap());
    assert_eq!(BatchCheckResults::INFO.id, "batch_check_results");
}
