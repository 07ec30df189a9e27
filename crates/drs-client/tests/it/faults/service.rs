//! A service that is busy, throttles, or does not accept the credentials any more.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use drs_client::auth::AccessKey;
use drs_client::auth::iam::{IamToken, Project, SendRequest};
use drs_client::types::common::JobId;
use drs_client::types::operations::v3::batch_check_results::{BatchCheckResults, BatchQueryPrecheckResultReq};
use drs_client::{Client, Credentials, Error, RetryPolicy, Transport as _};
use drs_emulator::{Emulator, Scenario, demo_access_key, demo_login, project_id};
use serde_json::{Value, json};

use super::{HANGS, emulator, error, results};
use crate::{client, shown};

fn quick(max_attempts: u32) -> RetryPolicy {
    RetryPolicy { base: Duration::from_millis(1), max_attempts, ..RetryPolicy::default() }
}

fn storm(number: u32, effect: &Value) -> Value {
    json!([{ "operation": "batch_check_results", "when": { "first": number }, "effect": effect }])
}

/// The responses of a service that has too much to do.
fn busy() -> [Value; 3] {
    let respond =
        |status: u16| json!({ "respond": { "status": status, "headers": { "Retry-After": "0" }, "body": "busy" } });
    [respond(429), respond(503), json!({ "throttled": {} })]
}

#[tokio::test]
async fn a_storm_that_passes_is_waited_out() {
    for effect in busy() {
        let emulator = emulator(storm(3, &effect)).await;
        let results = results(client(&emulator.url()).retry(quick(4))).await.unwrap();
        assert_eq!(results.tasks.len(), 2, "{effect}");
    }
}

#[tokio::test]
async fn a_storm_that_stays_ends_after_the_last_attempt() {
    for (effect, status) in busy().into_iter().zip([429, 503, 400]) {
        let emulator = emulator(storm(1000, &effect)).await;
        let error = results(client(&emulator.url()).retry(quick(4))).await.unwrap_err();
        assert!(matches!(error, Error::Refused { .. }) && error.is_retryable(), "{error:?}");
        // The id of the request counts the attempts.
        assert_eq!((error.status().unwrap().as_u16(), error.request_id()), (status, Some("emulator-00000004")));
    }
}

#[tokio::test]
async fn a_refusal_of_the_throttling_is_known_by_its_code() {
    let error = error(json!({ "throttled": { "retry_after": 7 } })).await;
    assert_eq!(error.code().map(drs_client::types::common::ErrorCode::as_str), Some("DRS.M01503"));
    assert_eq!(error.head().and_then(|head| head.retry_after.as_deref()), Some("7"));
}

#[tokio::test]
async fn a_clock_that_differs_is_refused_and_the_error_says_so() {
    for seconds in [86_400, -86_400] {
        let emulator = emulator(json!([{ "effect": { "clock_skew": seconds } }])).await;
        let key: AccessKey = demo_access_key();
        let secret = key.secret.expose().to_owned();
        let client = Client::builder(&emulator.url(), project_id().parse().unwrap(), Credentials::from(key));
        let error = results(client.retry(quick(3))).await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), 401);
        let text = shown(&error);
        assert!(text.contains("more than 15 minutes from the time of the server") && !text.contains(&secret), "{text}");
        assert_eq!(error.request_id(), Some("emulator-00000001"), "it is not sent again");
    }
}

/// Creates credentials that IAM renews, over a client's own transport.
fn renewed(emulator: &Emulator) -> IamToken {
    let url = emulator.url();
    let transport = Arc::new(client(&url).http_transport().unwrap());
    let send: SendRequest = Arc::new(move |request| {
        let transport = Arc::clone(&transport);
        Box::pin(async move { Ok(transport.send(request.map(Into::into)).await?.map(|body| body.to_vec())) })
    });
    let iam = drs_client::auth::endpoint::parse_iam(&url).unwrap();
    IamToken::new(iam, demo_login(), Project::Id(project_id().parse().unwrap()), send, SystemTime::now)
}

#[tokio::test]
async fn a_token_that_expires_in_mid_batch_is_renewed_and_no_task_is_lost() {
    let passed = json!({ "like": super::MYSQL });
    let id = "5e7e0009-0000-4000-8000-0000000jb101";
    let tasks = json!([{ "id": id, "repeat": 100, "previous": "passed", "runs": [{ "report": "passed" }] }]);
    let fault = json!([{ "operation": "batch_check_results", "when": { "calls": [4] }, "effect": "expired_token" }]);
    let scenario =
        json!({ "synthetic": true, "title": "t", "reports": { "passed": passed }, "tasks": tasks, "faults": fault });
    let scenario = Scenario::parse("mid-batch.json", &scenario.to_string()).unwrap();
    let ids: Vec<JobId> = scenario.task_ids().map(|id| id.parse().unwrap()).collect();
    let emulator = Emulator::builder().scenario(scenario).start().await.unwrap();

    let token = renewed(&emulator);
    let client = Client::builder(&emulator.url(), project_id().parse().unwrap(), token.clone()).build().unwrap();
    let first = token.token().await.unwrap().value;
    let call = BatchCheckResults::new(BatchQueryPrecheckResultReq::new(ids));
    let outcomes = client.batch(call).chunk_items(10).concurrency(3).outcomes();
    let outcomes = tokio::time::timeout(HANGS, outcomes).await.expect("the calls end").unwrap();
    assert_eq!(outcomes.items.len(), 100);
    assert!(outcomes.items.iter().all(|item| item.outcome.is_done()), "{:?}", outcomes.items);
    assert_ne!(token.token().await.unwrap().value.expose(), first.expose(), "the token is a new one");
}
