//! Batches: one outcome for each item, whatever the service does.
#![allow(clippy::result_large_err, clippy::unnecessary_wraps, reason = "it is the result of a transport")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use drs_client::auth::BoxFuture;
use drs_client::batch::{Outcome, Outcomes};
use drs_client::types::Batch;
use drs_client::types::common::{ErrorCode, JobId};
use drs_client::types::operations::v3::batch_check_results::{BatchCheckResults, BatchQueryPrecheckResultReq};
use drs_client::types::operations::v3::batch_list_job_details::BatchListJobDetails;
use drs_client::types::operations::v3::batch_start_jobs::{BatchStartJobReq, BatchStartJobs};
use drs_client::{Client, Credentials, Error, RetryPolicy, Stage, Transport, TransportError, precheck};
use drs_emulator::Emulator;
use drs_types::common::BatchQueryJobReqPage;
use http::{Request, Response};
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::shown;

type Sent = Result<Response<Bytes>, TransportError>;
type Respond = dyn Fn(&[String]) -> Sent + Send + Sync;

/// A transport that gives the ids of each request to a function, and counts requests.
#[derive(Clone)]
struct Service {
    respond: Arc<Respond>,
    requests: Arc<AtomicUsize>,
    running: Arc<AtomicUsize>,
    /// The greatest number of requests at a time since the last look.
    peak: Arc<AtomicUsize>,
}

impl Service {
    fn new(respond: impl Fn(&[String]) -> Sent + Send + Sync + 'static) -> Self {
        let [requests, running, peak] = [(); 3].map(|()| Arc::default());
        Self { respond: Arc::new(respond), requests, running, peak }
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    fn client(&self, retry: &RetryPolicy) -> Client {
        let builder = Client::builder("http://127.0.0.1:9", "p1".parse().unwrap(), Credentials::token("t0ken"));
        builder.retry(RetryPolicy { base: Duration::ZERO, ..retry.clone() }).transport(self.clone()).build().unwrap()
    }
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Service")
    }
}

impl Transport for Service {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Sent> {
        Box::pin(async move {
            self.requests.fetch_add(1, Ordering::Relaxed);
            let running = self.running.fetch_add(1, Ordering::Relaxed) + 1;
            self.peak.fetch_max(running, Ordering::Relaxed);
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
            let body: Value = serde_json::from_slice(request.body()).unwrap();
            let id = |item: &Value| item.get("job_id").unwrap_or(item).as_str().unwrap().to_owned();
            let ids: Vec<String> = body["jobs"].as_array().unwrap().iter().map(id).collect();
            let response = (self.respond)(&ids);
            self.running.fetch_sub(1, Ordering::Relaxed);
            response
        })
    }
}

fn respond(status: u16, body: &Value) -> Sent {
    Ok(Response::builder().status(status).body(Bytes::from(body.to_string())).unwrap())
}

fn reported(id: &str) -> Value {
    json!({ "precheck_id": id, "process": "100%", "result": true })
}

fn refused(code: &str) -> Sent {
    respond(400, &json!({ "error_code": code, "error_msg": "no" }))
}

fn id(number: usize) -> String {
    format!("t{number}")
}

fn check(ids: impl IntoIterator<Item = usize>) -> BatchCheckResults {
    let ids: Vec<JobId> = ids.into_iter().map(|number| id(number).parse().unwrap()).collect();
    BatchCheckResults::new(BatchQueryPrecheckResultReq::new(ids))
}

fn start(ids: impl IntoIterator<Item = usize>) -> BatchStartJobs {
    let jobs: Vec<Value> = ids.into_iter().map(|number| json!({ "job_id": id(number) })).collect();
    BatchStartJobs::new(serde_json::from_value::<BatchStartJobReq>(json!({ "jobs": jobs })).unwrap())
}

fn block<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn generous() -> RetryPolicy {
    RetryPolicy { budget: 1_000_000, ..RetryPolicy::default() }
}

/// Returns each outcome in a word.
fn words<O: Batch>(all: &Outcomes<O>) -> Vec<&'static str> {
    let word = |outcome: &Outcome<O::Row>| match outcome {
        Outcome::Done(_) => "done",
        Outcome::Unclear { .. } => "unclear",
        Outcome::Refused { .. } => "refused",
        Outcome::Contradicted(_) => "contradicted",
        Outcome::Missing => "missing",
        Outcome::Failed(error) if error.may_be_done() => "unknown",
        Outcome::Failed(_) => "failed",
        _ => "new",
    };
    all.items.iter().map(|item| word(&item.outcome)).collect()
}

/// Asserts that there is one outcome for each item, in the order of the request.
fn assert_each_once<O: Batch>(all: &Outcomes<O>, count: usize) {
    let found: Vec<(usize, &str)> =
        all.items.iter().map(|item| (item.index, O::item_id(&item.item).unwrap())).collect();
    let expected: Vec<String> = (0..count).map(id).collect();
    assert_eq!(found, expected.iter().map(String::as_str).enumerate().collect::<Vec<_>>());
}

/// A service that does to each request what a seed says: every fault that a service can have.
fn hostile(seed: u64, foreign: Arc<AtomicUsize>) -> Service {
    let random = Mutex::new(fastrand::Rng::with_seed(seed));
    Service::new(move |ids| {
        let mut random = random.lock().unwrap();
        let mut rows: Vec<Value> = ids.iter().map(|id| reported(id)).collect();
        match random.u8(..10) {
            0 => random.shuffle(&mut rows),
            1 => rows.retain(|_| random.bool()),
            2 => {
                let copy = random.choice(&rows).unwrap().clone();
                rows.push(copy);
                foreign.fetch_add(1, Ordering::Relaxed);
            }
            3 => {
                rows.insert(0, reported("stranger"));
                foreign.fetch_add(1, Ordering::Relaxed);
            }
            4 => return respond(429, &json!({ "error_code": "APIGW.0308", "error_msg": "slow down" })),
            5 => return refused("DRS.M01503"),
            6 => return refused("DRS.M00201"),
            7 => return respond(503, &json!("busy")),
            8 => return Err(TransportError::NoResponse { problem: "it closed", source: "reset".into() }),
            _ => rows.iter_mut().for_each(|row| row["result"] = json!("yes")),
        }
        respond(200, &json!({ "results": rows }))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn every_id_gets_one_outcome_and_the_requests_are_bounded(
        seed in any::<u64>(), count in 1_usize..120, chunk in 1_usize..40, concurrency in 1_usize..9,
    ) {
        let foreign = Arc::new(AtomicUsize::new(0));
        let service = hostile(seed, Arc::clone(&foreign));
        let retry = RetryPolicy { budget: 20, ..RetryPolicy::default() };
        let (attempts, budget) = (retry.max_attempts as usize, 20);
        let call = service.client(&retry).batch(check(0..count)).chunk_items(chunk).concurrency(concurrency);
        let all = block(call.outcomes()).unwrap();
        assert_each_once(&all, count);
        // A row too many is never about a requested item that has none.
        prop_assert_eq!(all.unasked.len(), foreign.load(Ordering::Relaxed));
        prop_assert!(service.peak.load(Ordering::Relaxed) <= concurrency);
        // Each chunk is sent once. What is sent more takes from the budget, to which splits give back as many as
        // there are parts, and calls that succeed a tenth.
        let chunks = count.div_ceil(chunk);
        prop_assert!(service.requests() <= (chunks + 2 * count) * attempts + budget);
    }

    #[test]
    fn a_bad_id_never_costs_a_good_one_its_result(
        bad in proptest::collection::btree_set(0_usize..150, 0..20), chunk in 1_usize..60, concurrency in 1_usize..9,
    ) {
        let refuses = bad.clone();
        let service = Service::new(move |ids| {
            if ids.iter().any(|id| refuses.contains(&id[1..].parse().unwrap())) {
                return refused("DRS.M05003");
            }
            let mut rows: Vec<Value> = ids.iter().map(|id| reported(id)).collect();
            rows.reverse();
            respond(200, &json!({ "results": rows }))
        });
        let call = service.client(&generous()).batch(check(0..150)).chunk_items(chunk).concurrency(concurrency);
        let all = block(call.outcomes()).unwrap();
        assert_each_once(&all, 150);
        let expected: Vec<&str> = (0..150).map(|id| if bad.contains(&id) { "failed" } else { "done" }).collect();
        prop_assert_eq!(words(&all), expected);
        // A bad id costs two requests for each time that its chunk can be halved.
        let depth = usize::BITS - chunk.leading_zeros();
        prop_assert!(service.requests() <= 150_usize.div_ceil(chunk) + 2 * bad.len() * depth as usize);
    }

    /// A call that may not be sent twice: no task is started twice, and none that the service could start is left out.
    #[test]
    fn an_unsafe_operation_is_carried_out_once_for_each_good_id(
        bad in proptest::collection::btree_set(0_usize..60, 0..8), broken in any::<u64>(), chunk in 1_usize..30,
    ) {
        let started: Arc<Mutex<BTreeMap<String, usize>>> = Arc::default();
        let (refuses, carried_out, random) =
            (bad.clone(), Arc::clone(&started), Mutex::new(fastrand::Rng::with_seed(broken)));
        let service = Service::new(move |ids| {
            if ids.iter().any(|id| refuses.contains(&id[1..].parse().unwrap())) {
                return refused("DRS.M00201");
            }
            for id in ids {
                *carried_out.lock().unwrap().entry(id.clone()).or_default() += 1;
            }
            if random.lock().unwrap().u8(..4) == 0 {
                return Err(TransportError::NoResponse { problem: "it closed", source: "reset".into() });
            }
            let rows: Vec<Value> = ids.iter().map(|id| json!({ "id": id, "status": "success" })).collect();
            respond(202, &json!({ "results": rows }))
        });
        let all = block(service.client(&generous()).batch(start(0..60)).chunk_items(chunk).outcomes()).unwrap();
        assert_each_once(&all, 60);
        let started = started.lock().unwrap();
        prop_assert!(started.values().all(|times| *times == 1), "{started:?}");
        for (number, word) in words(&all).into_iter().enumerate() {
            let expected: &[&str] = if bad.contains(&number) { &["failed"] } else { &["done", "unknown"] };
            prop_assert!(expected.contains(&word), "{number}: {word}");
            prop_assert_eq!(started.contains_key(&id(number)), !bad.contains(&number));
        }
    }
}

#[test]
fn the_outcomes_do_not_depend_on_the_size_of_the_chunks() {
    let outcomes = |chunk: usize| {
        let service = Service::new(|ids| {
            let rows = ids.iter().map(|id| match id.as_bytes().last() {
                Some(b'3') => json!({ "precheck_id": id, "error_code": "DRS.M05003" }),
                Some(b'7') => json!({ "precheck_id": id, "result": "yes" }),
                _ => reported(id),
            });
            respond(200, &json!({ "results": rows.filter(|row| row["precheck_id"] != "t5").collect::<Vec<_>>() }))
        });
        words(&block(service.client(&generous()).batch(check(0..100)).chunk_items(chunk).outcomes()).unwrap())
    };
    let whole = outcomes(100);
    assert_eq!(whole[3..8], ["refused", "done", "missing", "done", "unclear"]);
    for chunk in [1, 2, 7, 50, 99] {
        assert_eq!(outcomes(chunk), whole);
    }
}

#[test]
fn splits_end_with_the_budget_and_the_items_fail_with_the_refusal() {
    let service = Service::new(|_| refused("DRS.M00201"));
    let retry = RetryPolicy { budget: 3, ..RetryPolicy::default() };
    let all = block(service.client(&retry).batch(check(0..200)).chunk_items(10).outcomes()).unwrap();
    assert_eq!(service.requests(), 20 + 2 * 3);
    for item in &all.items {
        let Outcome::Failed(error) = &item.outcome else { panic!("{:?}", item.outcome) };
        assert_eq!(error.code().map(ErrorCode::as_str), Some("DRS.M00201"));
    }
    assert_each_once(&all, 200);
}

#[test]
fn an_error_that_concerns_every_call_is_not_split() {
    let service = Service::new(|_| respond(403, &json!({ "error_code": "DRS.M00261", "error_msg": "no" })));
    block(service.client(&generous()).batch(check(0..20)).chunk_items(10).outcomes()).unwrap();
    assert_eq!(service.requests(), 2);
}

#[test]
fn throttling_halves_the_number_of_calls_at_a_time_and_clean_rounds_raise_it_again() {
    let service = Service::new(|_| unreachable!());
    let throttles = Arc::new(AtomicUsize::new(1));
    let (left, running) = (Arc::clone(&throttles), Arc::clone(&service.running));
    let service = Service {
        respond: Arc::new(move |ids| {
            if running.load(Ordering::Relaxed) == 8 && left.swap(0, Ordering::Relaxed) == 1 {
                return refused("DRS.M01503");
            }
            respond(200, &json!({ "results": ids.iter().map(|id| reported(id)).collect::<Vec<_>>() }))
        }),
        ..service
    };
    block(async {
        let client = service.client(&generous());
        let mut chunks = client.batch(check(0..200)).chunk_items(1).concurrency(8).chunks().unwrap();
        let mut peaks = Vec::new();
        while chunks.next().await.is_some() {
            peaks.push(service.peak.swap(0, Ordering::Relaxed));
        }
        assert_eq!((peaks.len(), peaks[0], throttles.load(Ordering::Relaxed)), (200, 8, 0));
        // The calls that ran end first, then half as many run, then more again.
        assert!(peaks[9..16].iter().all(|peak| *peak <= 5), "{peaks:?}");
        assert_eq!(peaks[20..].iter().max(), Some(&8), "{peaks:?}");
    });
}

#[test]
fn duplicates_are_refused_before_anything_is_sent() {
    let service = Service::new(|_| unreachable!());
    let error = |result: Result<_, Error>| shown(&result.map(|_: usize| ()).unwrap_err());
    let ids = block(service.client(&generous()).batch(check([1, 2, 1])).outcomes()).map(|all| all.items.len());
    insta::assert_snapshot!(error(ids), @r#"batch_check_results was not sent: /jobs/2: "t1" is a duplicate of /jobs/0"#);
    let objects = block(service.client(&generous()).batch(start([1, 2, 1])).outcomes()).map(|all| all.items.len());
    insta::assert_snapshot!(error(objects), @r#"batch_start_jobs was not sent: /jobs/2/job_id: "t1" is a duplicate of /jobs/0/job_id"#);
    assert_eq!(service.requests(), 0);
}

#[test]
fn items_that_come_as_they_are_needed_are_sent_one_by_one_when_they_are_equal_or_invalid() {
    let service = Service::new(|ids| {
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "an id is twice in one request");
        respond(200, &json!({ "results": ids.iter().map(|id| reported(id)).collect::<Vec<_>>() }))
    });
    block(async {
        let items: Vec<JobId> = serde_json::from_value(json!(["a", "b", "a", "", "c"])).unwrap();
        let mut chunks = service.client(&generous()).batch(check([])).chunks_of(items);
        let mut done = BTreeMap::new();
        while let Some(chunk) = chunks.next().await {
            done.extend(chunk.items.into_iter().map(|item| (item.index, item.outcome.is_done())));
        }
        assert_eq!(done.into_values().collect::<Vec<_>>(), [true, true, true, false, true]);
    });
}

#[test]
fn pre_check_results_fail_only_when_every_call_fails() {
    let respond_to = |good: bool| {
        Service::new(move |ids| {
            if good && ids.contains(&id(0)) {
                return respond(200, &json!({ "results": ids.iter().map(|id| reported(id)).collect::<Vec<_>>() }));
            }
            let (stage, problem) = (Stage::Connect, format!("{} cannot be reached", ids[0]));
            Err(TransportError::NotSent { stage, problem, source: "refused".into() })
        })
    };
    let ids: Vec<JobId> = (0..120).map(|number| id(number).parse().unwrap()).collect();
    let client = |good| respond_to(good).client(&RetryPolicy::never());
    let results = block(precheck::results(&client(true), &ids)).unwrap();
    let failed = results.tasks.iter().filter(|task| matches!(task.outcome, precheck::Outcome::Failed(_)));
    assert_eq!((results.tasks.len(), failed.count()), (120, 70));
    assert!(matches!(results.tasks[119].outcome, precheck::Outcome::Failed(_)));
    let error = block(precheck::results(&client(false), &ids)).unwrap_err();
    insta::assert_snapshot!(shown(&error), @"batch_check_results was not sent: t0 cannot be reached: refused");
}

#[tokio::test]
async fn a_batch_with_pages_requests_a_page_with_all_items_of_the_chunk() {
    let emulator = Emulator::start(0).await.unwrap();
    let client = crate::client(&emulator.url()).build().unwrap();
    let ids: Vec<JobId> = (0..250).map(|number| id(number).parse().unwrap()).collect();
    let call = BatchListJobDetails::new(BatchQueryJobReqPage::new(ids));
    let all = client.batch(call).chunk_items(1000).outcomes().await.unwrap();
    assert_each_once(&all, 250);
    assert!(words(&all).iter().all(|word| *word == "refused"), "a row is missing");
    assert_eq!(all.request_ids.len(), 3);
}

/// Starts a server that reports on the tasks of the first request and never responds to another one. Also returns the
/// number of requests.
async fn silent_after_the_first() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&requests);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let requests = Arc::clone(&counted);
            tokio::spawn(async move {
                let mut buffer = [0; 4096];
                while stream.read(&mut buffer).await.is_ok_and(|count| count > 0) {
                    if requests.fetch_add(1, Ordering::SeqCst) == 0 {
                        let response = "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"results\": []}";
                        stream.write_all(response.as_bytes()).await.unwrap();
                    }
                }
            });
        }
    });
    (url, requests)
}

#[tokio::test]
async fn nothing_is_sent_after_a_batch_is_dropped() {
    let (url, requests) = silent_after_the_first().await;
    let client = crate::client(&url).build().unwrap();
    let mut chunks = client.batch(check(0..100)).chunk_items(10).concurrency(3).chunks().unwrap();
    let first = chunks.next().await.unwrap();
    assert_eq!(first.items.len(), 10);
    // The next three requests are on their way.
    let waiting = tokio::time::timeout(Duration::from_millis(100), chunks.next()).await;
    assert!(waiting.is_err(), "{waiting:?}");
    let sent = requests.load(Ordering::SeqCst);
    assert!((3..=4).contains(&sent), "{sent}");
    drop(chunks);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(requests.load(Ordering::SeqCst), sent);
}

#[tokio::test]
async fn a_batch_over_real_sockets_reports_on_every_task() {
    let emulator = Emulator::start(0).await.unwrap();
    let client = crate::client(&emulator.url()).build().unwrap();
    let mut ids: Vec<JobId> = (0..300).map(|number| id(number).parse().unwrap()).collect();
    ids[150] = "140b5236-88ad-43c8-811c-1268453jb101".parse().unwrap();
    let results = precheck::results(&client, &ids).await.unwrap();
    assert_eq!(results.tasks.len(), 300);
    assert_eq!(results.request_ids.len(), 6);
    assert!(matches!(results.tasks[150].outcome, precheck::Outcome::Reported(_)));
    assert!(results.tasks.iter().zip(&ids).all(|(task, id)| task.id == *id));
}
