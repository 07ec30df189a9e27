//! Waiting, with tasks of the emulator and over a scripted transport.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use drs_client::auth::BoxFuture;
use drs_client::batch::Outcome;
use drs_client::types::common::{BatchQueryJobReqPage, JobId, JobStatus};
use drs_client::types::operations::v3::batch_check_jobs::PrecheckMode;
use drs_client::types::operations::v3::batch_check_results::{BatchCheckResults, BatchQueryPrecheckResultReq};
use drs_client::types::operations::v3::batch_list_job_status::BatchListJobStatus;
use drs_client::types::operations::v3::show_switch_vip_status::{ShowSwitchVipStatus, SwitchVipStatus};
use drs_client::wait::{Decision, End, Waited};
use drs_client::{Client, Credentials, Error, RetryPolicy, Transport, TransportError, precheck};
use drs_emulator::{Emulator, Scenario};
use drs_gate::{Progress, RunWatch, SETTLE, v3};
use http::{Request, Response};
use serde_json::{Value, json};
use tokio::time::Instant;

const SHORT: Duration = Duration::from_millis(5);

async fn emulator(scenario: Value) -> (Emulator, Client) {
    let scenario = Scenario::parse("test.json", &scenario.to_string()).unwrap();
    let service = Emulator::builder().scenario(scenario).start().await.unwrap();
    let client = crate::client(&service.url()).build().unwrap();
    (service, client)
}

async fn ready(scenario: &str) -> (Emulator, Client) {
    let service = Emulator::builder().scenario(Scenario::find(scenario).unwrap()).start().await.unwrap();
    let client = crate::client(&service.url()).build().unwrap();
    (service, client)
}

fn parsed(ids: &[&str]) -> Vec<JobId> {
    ids.iter().map(|id| id.parse().unwrap()).collect()
}

fn statuses(ids: &[&str]) -> BatchListJobStatus {
    BatchListJobStatus::new(BatchQueryJobReqPage::new(parsed(ids)))
}

fn results(ids: &[&str]) -> BatchCheckResults {
    BatchCheckResults::new(BatchQueryPrecheckResultReq::new(parsed(ids)))
}

fn ends<I, R>(waited: &Waited<I, R>) -> Vec<End> {
    waited.items.iter().map(|item| item.end).collect()
}

/// A task of a scenario with a status.
fn task(id: &str, status: &str) -> Value {
    json!({ "id": id, "engine_type": "mysql", "status": status, "runs": [{ "steps": [{ "percent": 0 }], "ends": false }] })
}

const ID: &str = "5e7e00ff-0000-4000-8000-0000001jb101";
const OTHER: &str = "5e7e00ff-0000-4000-8000-0000002jb101";

#[tokio::test]
async fn tasks_reach_their_final_state_and_a_task_that_does_not_exist_stops_the_wait_for_it() {
    let tasks = [task(ID, "RELEASE_RESOURCE_STARTED"), task(OTHER, "CREATE_FAILED")];
    let (_service, client) = emulator(json!({ "synthetic": true, "title": "t", "tasks": tasks })).await;
    let waited = client.batch(statuses(&[ID, OTHER, "nobody"])).wait().interval(SHORT).run().await.unwrap();
    assert_eq!(ends(&waited), [End::Reached, End::Reached, End::Stopped]);
    let status = |at: usize| waited.items[at].outcome.as_ref().unwrap().row().unwrap().status.clone();
    assert_eq!(status(0), Some(JobStatus::ReleaseResourceComplete));
    assert_eq!(status(1), Some(JobStatus::CreateFailed));
    let refused = waited.items[2].outcome.as_ref().unwrap();
    assert!(
        matches!(refused, Outcome::Refused { code: Some(code), .. } if code.as_str() == "DRS.M05003"),
        "{refused:?}"
    );
    assert!(!waited.is_reached());
}

#[tokio::test]
async fn a_state_on_the_way_is_reached_and_one_that_cannot_come_any_more_is_not_awaited() {
    let tasks = [task(ID, "STARTJOBING"), task(OTHER, "CREATE_FAILED")];
    let (_service, client) = emulator(json!({ "synthetic": true, "title": "t", "tasks": tasks })).await;
    let wait = client.batch(statuses(&[ID, OTHER])).chunk_items(1).wait().interval(SHORT);
    let wait = wait.until(|task| task.status == Some(JobStatus::FullTransferStarted));
    let waited = wait.run().await.unwrap();
    assert_eq!(ends(&waited), [End::Reached, End::Stopped]);
}

#[tokio::test]
async fn each_query_is_observed_in_order_until_the_pre_check_has_ended() {
    let (_service, client) = ready("slow-mysql").await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let wait = client.batch(results(&["5e7e0002-0000-4000-8000-0000001jb101"])).wait().interval(SHORT * 10);
    let wait = wait.on_observation(move |observation| {
        let row = observation.items[0].outcome.as_ref().unwrap().row().unwrap();
        let percent = row.process.as_ref().and_then(drs_types::Percent::value).unwrap();
        log.lock().unwrap().push((observation.queries, percent, observation.pending(), observation.elapsed));
    });
    let waited = wait.run().await.unwrap();
    assert!(waited.is_reached());
    let seen = seen.lock().unwrap();
    assert!(seen.len() > 2, "{seen:?}");
    assert!(seen.iter().zip(1..).all(|(seen, number)| seen.0 == number), "{seen:?}");
    assert!(seen.windows(2).all(|pair| pair[0].1 <= pair[1].1 && pair[0].3 < pair[1].3), "{seen:?}");
    let (last, before) = seen.split_last().unwrap();
    assert!(last.1 >= 100.0 && last.2 == 0 && before.iter().all(|seen| seen.1 < 100.0 && seen.2 == 1), "{seen:?}");
}

#[tokio::test]
async fn the_result_at_the_deadline_says_what_was_last_seen_of_each_task() {
    let (_service, client) = ready("stuck-dds").await;
    let ids = [1, 2, 3].map(|number| format!("5e7e0005-0000-4000-8000-000000{number}jb105"));
    let call = results(&ids.each_ref().map(String::as_str));
    let waited = client.batch(call).wait().interval(SHORT).timeout(SHORT * 40).run().await.unwrap();
    assert_eq!(ends(&waited), [End::TimedOut; 3]);
    let outcomes: Vec<_> = waited.items.iter().map(|item| item.outcome.as_ref().unwrap()).collect();
    let [stuck, broken_off, missing] = outcomes[..] else { panic!("{waited:?}") };
    assert!(matches!(stuck, Outcome::Done(row) if row.process.as_ref().unwrap().as_str() == "40%"), "{stuck:?}");
    assert!(matches!(broken_off, Outcome::Refused { .. }), "{broken_off:?}");
    assert!(matches!(missing, Outcome::Missing), "{missing:?}");
}

#[tokio::test]
async fn the_report_of_the_run_before_is_not_taken_for_the_new_one() {
    let (_service, client) = ready("fixed-mysql").await;
    let ids = parsed(&["5e7e0003-0000-4000-8000-0000001jb101"]);
    let before = precheck::results(&client, &ids).await.unwrap().tasks.remove(0).outcome;
    let before = v3::report(before.entry().unwrap().clone(), Vec::new()).into();
    precheck::start(&client, &ids, &PrecheckMode::ForStartJob).await.unwrap();

    let (mut watch, started) = (RunWatch::new(before, SETTLE), Instant::now());
    let call = BatchCheckResults::new(BatchQueryPrecheckResultReq::new(ids));
    let wait = client.batch(call).wait().interval(SHORT).decide(move |_, outcome| {
        let report = outcome.row().map_or(drs_gate::Outcome::Missing, |row| v3::report(row.clone(), Vec::new()).into());
        match watch.observe(started.elapsed(), &report) {
            Progress::Pending => Decision::Pending,
            Progress::Final => Decision::Reached,
            _ => Decision::Stopped,
        }
    });
    let waited = wait.run().await.unwrap();
    assert!(waited.is_reached());
    let row = waited.items[0].outcome.as_ref().unwrap().row().unwrap();
    assert_eq!(row.result, Some(true), "the report of before has failed items");
}

#[tokio::test]
async fn failures_that_may_pass_do_not_end_a_wait() {
    let faults = json!([
        { "operation": "batch_list_job_status", "when": { "calls": [1] }, "effect": { "throttled": {} } },
        { "operation": "batch_list_job_status", "when": { "calls": [2] }, "effect": { "reset": "head" } },
        { "operation": "batch_list_job_status", "when": { "calls": [3] }, "effect": { "respond": { "status": 503 } } },
    ]);
    let scenario = json!({ "synthetic": true, "title": "t", "tasks": [task(ID, "CREATING")], "faults": faults });
    let (_service, client) = emulator(scenario).await;
    let wait = client.batch(statuses(&[ID])).wait().interval(Duration::from_millis(1));
    let wait = wait.until(|task| task.status == Some(JobStatus::Configuration));
    let failures = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&failures);
    let wait = wait.on_observation(move |seen| log.lock().unwrap().push(seen.items[0].error.is_some()));
    assert!(wait.run().await.unwrap().is_reached());
    // The service has carried out the call whose response was lost.
    assert_eq!(*failures.lock().unwrap(), [true, true, true, false]);
}

/// A transport that responds by the number of the request, and keeps the time of each.
#[derive(Clone)]
struct Script {
    respond: fn(usize) -> Option<Response<Bytes>>,
    sent: Arc<Mutex<Vec<(Instant, Value)>>>,
}

impl std::fmt::Debug for Script {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Script")
    }
}

impl Transport for Script {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        let number = {
            let mut sent = self.sent.lock().unwrap();
            sent.push((Instant::now(), serde_json::from_slice(request.body()).unwrap_or_default()));
            sent.len()
        };
        Box::pin(async move {
            match (self.respond)(number) {
                Some(response) => Ok(response),
                None => std::future::pending().await,
            }
        })
    }
}

fn script(respond: fn(usize) -> Option<Response<Bytes>>) -> (Client, Script) {
    let script = Script { respond, sent: Arc::default() };
    let builder = Client::builder("http://127.0.0.1:9", "p1".parse().unwrap(), Credentials::token("t0ken"));
    (builder.retry(RetryPolicy::never()).transport(script.clone()).build().unwrap(), script)
}

#[allow(clippy::unnecessary_wraps, reason = "it is the result of a script")]
fn respond(status: u16, body: &Value) -> Option<Response<Bytes>> {
    Some(Response::builder().status(status).body(Bytes::from(body.to_string())).unwrap())
}

impl Script {
    /// The seconds between two requests, for each request after the first.
    fn pauses(&self) -> Vec<u64> {
        self.sent.lock().unwrap().windows(2).map(|pair| (pair[1].0 - pair[0].0).as_secs()).collect()
    }
}

fn switchover(status: &str) -> Option<Response<Bytes>> {
    respond(200, &json!({ "id": "t1", "status": status }))
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_no_batch_is_awaited_by_its_response() {
    let (client, script) =
        script(|number| switchover(if number < 4 { "SWITCH_VIP_START" } else { "SWITCH_VIP_FAILED" }));
    let call = ShowSwitchVipStatus::new("t1".parse().unwrap());
    let waited = client.wait(call.clone()).run().await.unwrap();
    let Some(Outcome::Done(response)) = &waited.items[0].outcome else { panic!("{waited:?}") };
    assert_eq!(response.status, Some(SwitchVipStatus::SwitchVipFailed));
    assert!(waited.is_reached());
    assert_eq!(script.pauses(), [10; 3], "no source has an interval");
    // The switchover has failed, so it does not complete any more.
    let complete = |response: &<ShowSwitchVipStatus as drs_client::Operation>::Response| {
        response.status == Some(SwitchVipStatus::SwitchVipComplete)
    };
    assert_eq!(ends(&client.wait(call).until(complete).run().await.unwrap()), [End::Stopped]);
}

#[tokio::test(start_paused = true)]
async fn a_wait_has_the_documented_pause_and_limit() {
    let (client, script) =
        script(|_| respond(200, &json!({ "count": 1, "results": [{ "precheck_id": "t1", "process": "1%" }] })));
    let start = Instant::now();
    let waited = client.batch(results(&["t1"])).wait().run().await.unwrap();
    assert_eq!(ends(&waited), [End::TimedOut]);
    assert_eq!(start.elapsed().as_secs(), 1800);
    assert!(script.pauses().iter().all(|pause| *pause == 10));
}

#[tokio::test(start_paused = true)]
async fn the_pause_grows_with_failures_and_obeys_the_service() {
    let (client, script) = script(|number| match number {
        1..=4 => respond(503, &json!({})),
        5 => {
            let mut response = respond(503, &json!({}))?;
            response.headers_mut().insert("retry-after", "300".parse().unwrap());
            Some(response)
        }
        6 => switchover("SWITCH_VIP_START"),
        _ => switchover("SWITCH_VIP_COMPLETE"),
    });
    let waited = client.wait(ShowSwitchVipStatus::new("t1".parse().unwrap())).run().await.unwrap();
    assert!(waited.is_reached());
    assert_eq!(script.pauses(), [20, 40, 60, 60, 300, 10]);
}

#[tokio::test(start_paused = true)]
async fn a_failure_at_the_deadline_is_kept_beside_the_last_report() {
    let (client, _) = script(|number| match number {
        1 => switchover("SWITCH_VIP_START"),
        2 => respond(503, &json!({})),
        _ => None,
    });
    let call = ShowSwitchVipStatus::new("t1".parse().unwrap());
    let waited = client.wait(call).timeout(Duration::from_secs(50)).run().await.unwrap();
    let [item] = waited.items.as_slice() else { panic!("{waited:?}") };
    assert_eq!(item.end, End::TimedOut);
    assert!(
        matches!(&item.outcome, Some(Outcome::Done(response)) if response.status == Some(SwitchVipStatus::SwitchVipStart))
    );
    assert_eq!(item.error.as_ref().unwrap().status().unwrap(), 503);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_a_query_that_has_no_response() {
    let (client, _) = script(|_| None);
    let call = ShowSwitchVipStatus::new("t1".parse().unwrap());
    let waited = client.wait(call).timeout(Duration::from_secs(5)).run().await.unwrap();
    let [item] = waited.items.as_slice() else { panic!("{waited:?}") };
    assert!(item.end == End::TimedOut && item.outcome.is_none() && item.error.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_does_not_pass_ends_a_wait() {
    let (client, script) = script(|_| respond(403, &json!({ "error_code": "DRS.M00102", "error_msg": "no" })));
    let call = ShowSwitchVipStatus::new("t1".parse().unwrap());
    let waited = client.wait(call).run().await.unwrap();
    assert_eq!(ends(&waited), [End::Stopped]);
    assert!(matches!(waited.items[0].error.as_deref(), Some(Error::Refused { .. })));
    assert!(!waited.is_reached() && script.pauses().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_task_that_has_ended_is_not_queried_again() {
    let (client, script) = script(|number| {
        let [one, two] = [("t1", number >= 1), ("t2", number >= 3)].map(|(id, is_over)| {
            json!({ "precheck_id": id, "process": if is_over { "100%" } else { "5%" }, "result": is_over })
        });
        let rows = if number == 1 { vec![one, two] } else { vec![two] };
        respond(200, &json!({ "count": rows.len(), "results": rows }))
    });
    assert!(client.batch(results(&["t1", "t2"])).wait().run().await.unwrap().is_reached());
    let asked: Vec<Value> = script.sent.lock().unwrap().iter().map(|(_, body)| body["jobs"].clone()).collect();
    assert_eq!(asked, [json!(["t1", "t2"]), json!(["t2"]), json!(["t2"])]);
}

#[tokio::test(start_paused = true)]
async fn a_report_that_is_not_read_whole_is_not_reached_without_doubt() {
    let (client, _) =
        script(|_| respond(200, &json!({ "id": "t1", "status": "SWITCH_VIP_COMPLETE", "error_code": [1] })));
    let waited = client.wait(ShowSwitchVipStatus::new("t1".parse().unwrap())).run().await.unwrap();
    assert_eq!(ends(&waited), [End::Reached]);
    assert!(matches!(waited.items[0].outcome, Some(Outcome::Unclear { .. })) && !waited.is_reached());
}

#[tokio::test(start_paused = true)]
async fn an_invalid_wait_is_not_sent_and_a_dropped_one_sends_nothing_more() {
    let (client, script) = script(|_| switchover("SWITCH_VIP_START"));
    for ids in [&[][..], &["t1", "t1"]] {
        let refused = client.batch(results(ids)).wait().run().await;
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
    }
    assert!(script.sent.lock().unwrap().is_empty());
    let wait = client.wait(ShowSwitchVipStatus::new("t1".parse().unwrap())).run();
    assert!(tokio::time::timeout(Duration::from_secs(35), wait).await.is_err());
    tokio::time::sleep(Duration::from_secs(100)).await;
    assert_eq!(script.sent.lock().unwrap().len(), 4);
}
