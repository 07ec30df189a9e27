//! Connections that break, and responses that do not come.

use std::time::Duration;

use drs_client::Error;
use serde_json::{Value, json};

use super::{assert_unknown, emulator, error, results, stable, with};
use crate::client;

#[tokio::test]
async fn a_reset_in_the_head_leaves_the_outcome_unknown() {
    for part in ["before_head", "head"] {
        let error = error(json!({ "reset": part })).await;
        assert!(matches!(error, Error::OutcomeUnknown { .. }), "{error:?}");
        assert!(error.may_be_done() && error.is_retryable() && !error.is_request_invalid());
    }
}

#[tokio::test]
async fn a_close_in_the_head_leaves_the_outcome_unknown() {
    for part in ["before_head", "head"] {
        let said = "batch_check_results was sent to HOST, but the connection was closed before a response arrived: \
                    connection closed before message completed";
        assert_unknown(&error(json!({ "close": part })).await, said);
    }
}

#[tokio::test]
async fn a_reset_in_the_body_keeps_the_head() {
    let error = error(json!({ "reset": "body" })).await;
    let Error::BrokenOff { at, head, .. } = &error else { panic!("{error:?}") };
    // A reset can overtake the bytes before it.
    assert!(*at <= 12, "{at}");
    assert_eq!((head.status.as_u16(), head.request_id.as_deref()), (200, Some("emulator-00000001")));
    assert!(error.may_be_done() && error.is_retryable());
}

#[tokio::test]
async fn a_truncated_body_keeps_the_head_and_what_came() {
    let error = error(json!({ "close": "body" })).await;
    let Error::BrokenOff { at: 12, head, .. } = &error else { panic!("{error:?}") };
    assert_eq!((head.status.as_u16(), head.request_id.as_deref()), (200, Some("emulator-00000001")));
    assert!(error.may_be_done() && error.is_retryable());
    assert!(
        stable(&error).starts_with("batch_check_results: the response with status 200 OK broke off after 12 bytes")
    );
}

/// Returns the error of a client with a short timeout.
async fn timed_out(effect: Value) -> Error {
    let emulator = emulator(json!([{ "effect": effect }])).await;
    results(client(&emulator.url()).timeout(Duration::from_millis(150))).await.unwrap_err()
}

#[tokio::test]
async fn a_response_that_never_comes_ends_with_the_timeout() {
    let error = timed_out(json!("silence")).await;
    assert!(matches!(error, Error::TimedOut { head: None, .. }), "{error:?}");
    assert!(error.may_be_done() && error.is_retryable());
    assert_eq!(stable(&error), "batch_check_results was sent to HOST, but no complete response arrived within 150ms");
}

#[tokio::test]
async fn a_slow_loris_ends_with_the_timeout() {
    let error = timed_out(json!({ "slow": { "bytes": 1, "ms": 20 } })).await;
    assert!(matches!(error, Error::TimedOut { head: None, .. }), "{error:?}");
    assert!(error.may_be_done() && error.is_retryable());
}

#[tokio::test]
async fn a_body_that_never_comes_ends_with_the_timeout_and_keeps_the_head() {
    let error = timed_out(json!({ "delay": { "ms": 60_000, "body_only": true } })).await;
    let Error::TimedOut { head: Some(head), .. } = &error else { panic!("{error:?}") };
    assert_eq!((head.status.as_u16(), head.request_id.as_deref()), (200, Some("emulator-00000001")));
    let said =
        "no complete response arrived within 150ms; the response began with status 200 OK (request emulator-00000001)";
    assert!(stable(&error).ends_with(said), "{error}");
}

#[tokio::test]
async fn a_late_or_slow_response_within_the_timeout_is_read() {
    let slow = json!({ "slow": { "bytes": 2000, "ms": 1 } });
    for effect in [json!({ "delay": { "ms": 20 } }), json!({ "delay": { "ms": 20, "body_only": true } }), slow] {
        let results = with(effect).await.unwrap();
        assert!(results.tasks.iter().all(|task| task.outcome.entry().is_some()), "{results:?}");
    }
}
