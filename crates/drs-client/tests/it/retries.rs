//! Which calls are sent again, how often, and with what.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use drs_client::auth::{AccessKey, BoxFuture, CredentialsError, ProvideCredentials, verify};
use drs_client::types::operations::v3::batch_check_results::{BatchCheckResults, BatchQueryPrecheckResultReq};
use drs_client::types::operations::v3::batch_delete_jobs::{BatchDeleteJobReq, BatchDeleteJobs};
use drs_client::{
    Client, ClientBuilder, Credentials, Error, RetryPolicy, Stage, Transport, TransportError, iam_sender,
};
use http::{Request, Response};

const REPORTED: &str = r#"{ "count": 0, "results": [] }"#;

/// A transport that gives scripted outcomes, the last one for ever, and keeps the requests.
#[derive(Clone, Debug, Default)]
struct Script {
    outcomes: Arc<Mutex<Vec<Outcome>>>,
    requests: Arc<Mutex<Vec<Request<Bytes>>>>,
}

#[derive(Clone, Debug)]
enum Outcome {
    NotSent,
    NoResponse,
    /// Nothing ever comes.
    Silence,
    Answer(u16, &'static [(&'static str, &'static str)], &'static str),
}

impl Script {
    fn new(outcomes: impl IntoIterator<Item = Outcome>) -> Self {
        let script = Self::default();
        script.outcomes.lock().unwrap().extend(outcomes);
        script
    }

    fn sent(&self) -> usize {
        self.requests.lock().unwrap().len()
    }
}

impl Transport for Script {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        self.requests.lock().unwrap().push(request);
        let mut outcomes = self.outcomes.lock().unwrap();
        let outcome = if outcomes.len() > 1 { outcomes.remove(0) } else { outcomes[0].clone() };
        Box::pin(async move {
            match outcome {
                Outcome::NotSent => {
                    let (stage, problem) = (Stage::Connect, "it cannot be reached".to_owned());
                    Err(TransportError::NotSent { stage, problem, source: "refused".into() })
                }
                Outcome::NoResponse => Err(TransportError::NoResponse { problem: "it closed", source: "reset".into() }),
                Outcome::Silence => std::future::pending().await,
                Outcome::Answer(status, headers, body) => {
                    let mut response = Response::builder().status(status);
                    for (name, value) in headers {
                        response = response.header(*name, *value);
                    }
                    Ok(response.body(Bytes::from_static(body.as_bytes())).unwrap())
                }
            }
        })
    }
}

fn quick() -> RetryPolicy {
    RetryPolicy { base: Duration::from_millis(1), ..RetryPolicy::default() }
}

fn builder(script: &Script, credentials: impl ProvideCredentials + 'static) -> ClientBuilder {
    let builder = Client::builder("http://127.0.0.1:9", "p1".parse().unwrap(), credentials);
    builder.retry(quick()).transport(script.clone())
}

fn client(script: &Script) -> Client {
    builder(script, Credentials::token("t0ken")).build().unwrap()
}

fn safe() -> BatchCheckResults {
    BatchCheckResults::new(BatchQueryPrecheckResultReq::new(vec!["a".parse().unwrap()]))
}

fn unsafe_call() -> BatchDeleteJobs {
    let body = r#"{ "jobs": [{ "job_id": "a", "delete_type": "terminated" }] }"#;
    BatchDeleteJobs::new(serde_json::from_str::<BatchDeleteJobReq>(body).unwrap())
}

const BUSY: Outcome = Outcome::Answer(503, &[], "busy");
const OK: Outcome = Outcome::Answer(200, &[], REPORTED);

#[tokio::test]
async fn a_call_that_may_be_sent_twice_is_sent_until_it_succeeds() {
    let throttled = Outcome::Answer(400, &[], r#"{ "error_code": "DRS.M01503", "error_msg": "slow down" }"#);
    for outcomes in [vec![BUSY, throttled.clone(), OK], vec![Outcome::NoResponse, Outcome::NotSent, OK]] {
        let script = Script::new(outcomes);
        client(&script).send(&safe()).await.unwrap();
        assert_eq!(script.sent(), 3);
    }
}

#[tokio::test]
async fn a_call_that_may_not_be_sent_twice_is_sent_again_only_when_nothing_was_sent() {
    for (outcome, sent) in [(BUSY, 1), (Outcome::NoResponse, 1), (Outcome::NotSent, 3)] {
        let script = Script::new([outcome.clone()]);
        client(&script).send(&unsafe_call()).await.unwrap_err();
        assert_eq!(script.sent(), sent, "{outcome:?}");
    }
}

#[tokio::test]
async fn an_error_that_stays_is_not_retried() {
    let refused = Outcome::Answer(400, &[], r#"{ "error_code": "DRS.M00201", "error_msg": "no" }"#);
    for outcome in [refused, Outcome::Answer(200, &[], "<html>login</html>"), Outcome::Answer(404, &[], "")] {
        let script = Script::new([outcome.clone()]);
        client(&script).send(&safe()).await.unwrap_err();
        assert_eq!(script.sent(), 1, "{outcome:?}");
    }
}

#[tokio::test]
async fn a_longer_retry_after_than_the_policy_allows_ends_the_call_and_is_named() {
    let script = Script::new([Outcome::Answer(503, &[("retry-after", "3600")], "busy")]);
    let error = client(&script).send(&safe()).await.unwrap_err();
    assert_eq!(error.head().unwrap().retry_after.as_deref(), Some("3600"));
    assert_eq!(script.sent(), 1);
    let script = Script::new([Outcome::Answer(503, &[("retry-after", "0")], "busy"), OK]);
    client(&script).send(&safe()).await.unwrap();
}

#[tokio::test]
async fn the_deadline_ends_a_call_before_the_next_attempt() {
    let script = Script::new([BUSY]);
    let client = builder(&script, Credentials::token("t")).deadline(Duration::ZERO).build().unwrap();
    client.send(&safe()).await.unwrap_err();
    assert_eq!(script.sent(), 1);
}

/// The deadline also ends an attempt of a transport without a timeout.
#[tokio::test]
async fn the_deadline_ends_an_attempt_that_takes_too_long() {
    let script = Script::new([Outcome::Silence]);
    let deadline = Duration::from_millis(20);
    let client = builder(&script, Credentials::token("t")).deadline(deadline).build().unwrap();
    let call = unsafe_call();
    let sending = tokio::time::timeout(Duration::from_secs(20), client.send(&call));
    let error = sending.await.expect("the deadline ends the call").unwrap_err();
    assert!(matches!(&error, Error::TimedOut { head: None, .. }) && error.may_be_done(), "{error:?}");
    assert_eq!(script.sent(), 1);
}

#[tokio::test]
async fn a_retry_after_of_any_length_is_no_panic() {
    let script = Script::new([Outcome::Answer(503, &[("retry-after", "18446744073709551615")], "busy")]);
    let retry = RetryPolicy { max_wait: Duration::MAX, ..quick() };
    let client = builder(&script, Credentials::token("t")).retry(retry).deadline(Duration::from_secs(9)).build();
    client.unwrap().send(&safe()).await.unwrap_err();
    assert_eq!(script.sent(), 1);
}

#[tokio::test]
async fn all_calls_of_a_client_share_a_budget_of_retries() {
    let script = Script::new([BUSY]);
    let retry = RetryPolicy { budget: 3, ..quick() };
    let client = builder(&script, Credentials::token("t")).retry(retry).build().unwrap();
    for _ in 0..5 {
        client.clone().send(&safe()).await.unwrap_err();
    }
    assert_eq!(script.sent(), 5 + 3);
}

#[tokio::test]
async fn an_attempt_that_may_be_done_is_not_hidden_by_one_that_was_not_sent() {
    let script = Script::new([Outcome::NoResponse, Outcome::NotSent]);
    let error = client(&script).send(&safe()).await.unwrap_err();
    assert!(matches!(error, Error::OutcomeUnknown { .. }), "{error:?}");
}

/// Credentials with a new token after each rejection.
#[derive(Clone, Debug, Default)]
struct Renewed(Arc<AtomicUsize>);

impl ProvideCredentials for Renewed {
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, CredentialsError>> {
        let number = self.0.load(Ordering::Relaxed);
        Box::pin(async move { Ok(Credentials::token(format!("token-{number}"))) })
    }

    fn invalidate(&self, _: &Credentials) -> bool {
        self.0.fetch_add(1, Ordering::Relaxed);
        true
    }
}

#[tokio::test]
async fn a_rejected_token_is_renewed_once_for_any_call() {
    let expired = Outcome::Answer(401, &[], r#"{ "error_code": "APIGW.0301", "error_msg": "no" }"#);
    let deleted = Outcome::Answer(202, &[], r#"{ "count": 1, "results": [{ "id": "a", "status": "success" }] }"#);
    let script = Script::new([expired.clone(), deleted]);
    builder(&script, Renewed::default()).build().unwrap().send(&unsafe_call()).await.unwrap();
    let tokens = |script: &Script| -> Vec<String> {
        let requests = script.requests.lock().unwrap();
        requests.iter().map(|request| request.headers()["x-auth-token"].to_str().unwrap().to_owned()).collect()
    };
    assert_eq!(tokens(&script), ["token-0", "token-1"]);

    let script = Script::new([expired]);
    builder(&script, Renewed::default()).build().unwrap().send(&safe()).await.unwrap_err();
    assert_eq!(tokens(&script), ["token-0", "token-1"]);
}

#[tokio::test]
async fn a_request_to_iam_is_sent_again_after_an_error_that_may_pass() {
    let send = |script: &Script, policy| iam_sender(script.clone(), policy)(Request::new(b"{}".to_vec()));
    for outcomes in [vec![BUSY, OK], vec![Outcome::NoResponse, OK], vec![Outcome::NotSent, OK]] {
        let script = Script::new(outcomes);
        assert_eq!(send(&script, quick()).await.unwrap().status(), 200);
        assert_eq!(script.sent(), 2);
    }
    for (outcome, sent) in [(Outcome::Answer(401, &[], "{}"), 1), (Outcome::Answer(500, &[], "{}"), 1), (BUSY, 3)] {
        let script = Script::new([outcome.clone()]);
        assert!(!send(&script, quick()).await.unwrap().status().is_success());
        assert_eq!(script.sent(), sent, "{outcome:?}");
    }
    let script = Script::new([BUSY]);
    assert_eq!(send(&script, RetryPolicy::never()).await.unwrap().status(), 503);
    assert_eq!(script.sent(), 1);
}

#[tokio::test]
async fn each_attempt_is_signed() {
    let script = Script::new([BUSY, OK]);
    let key = AccessKey::new("AKEXAMPLE", "hunter2");
    builder(&script, Credentials::from(key.clone())).build().unwrap().send(&safe()).await.unwrap();
    let requests = script.requests.lock().unwrap();
    assert_eq!(requests.len(), 2);
    for request in requests.iter() {
        let (head, body) = request.clone().into_parts();
        let found = |access: &str| (access == key.access).then(|| key.clone());
        verify(&head, &body, found, SystemTime::now()).unwrap();
        assert_eq!(head.headers["x-project-id"], "p1");
    }
}
