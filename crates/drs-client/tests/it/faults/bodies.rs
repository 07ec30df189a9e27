//! Responses whose head or body is not the documented one.

use drs_client::Error;
use serde_json::{Value, json};

use super::{emulator, error, results, stable, with};
use crate::client;

#[tokio::test]
async fn a_login_page_is_not_documented_and_shows_its_title() {
    let error = error(json!({ "body": "login_page" })).await;
    assert!(matches!(error, Error::Undocumented { .. }) && !error.is_retryable(), "{error:?}");
    insta::assert_snapshot!(stable(&error), @r#"batch_check_results: the response has status 200 OK, but is not the documented JSON object (request emulator-00000001): an HTML page, titled "Sign in""#);
}

#[tokio::test]
async fn a_success_without_a_body_is_not_documented() {
    for effect in [json!({ "body": "empty" }), json!({ "respond": { "status": 204 } })] {
        let error = error(effect).await;
        assert!(matches!(error, Error::Undocumented { .. }) && error.may_be_done(), "{error:?}");
    }
}

#[tokio::test]
async fn the_content_type_does_not_decide_whether_a_body_can_be_read() {
    let results = with(json!({ "body": "wrong_type" })).await.unwrap();
    assert!(results.misfits.is_empty() && results.tasks.iter().all(|task| task.outcome.entry().is_some()));
}

#[tokio::test]
async fn a_chunk_without_a_size_breaks_the_response_off() {
    let error = error(json!({ "body": "broken_chunks" })).await;
    assert!(matches!(error, Error::BrokenOff { at: 0, .. }), "{error:?}");
    assert!(error.may_be_done() && error.is_retryable());
}

#[tokio::test]
async fn a_body_that_is_not_utf_8_is_unreadable_at_its_offset() {
    let error = error(json!({ "body": "invalid_utf8" })).await;
    let Error::Unreadable { at: 34, reason, .. } = &error else { panic!("{error:?}") };
    assert_eq!(reason, "invalid UTF-8");
    assert!(error.may_be_done() && !error.is_retryable());
}

/// A client reads no more than its limit, so that neither body fills the memory.
#[tokio::test]
async fn a_huge_body_and_a_gzip_bomb_are_too_large() {
    for kind in ["huge", "gzip_bomb"] {
        let emulator = emulator(json!([{ "effect": { "body": kind } }])).await;
        let error = results(client(&emulator.url()).max_response_bytes(1_000_000)).await.unwrap_err();
        assert!(matches!(error, Error::TooLarge { limit: 1_000_000, .. }), "{kind}: {error:?}");
        assert!(error.may_be_done() && !error.is_retryable(), "{kind}");
    }
}

#[tokio::test]
async fn headers_of_64_kib_are_read() {
    let results = with(json!({ "large_head": 64 << 10 })).await.unwrap();
    assert!(results.tasks.iter().all(|task| task.outcome.entry().is_some()));
}

#[tokio::test]
async fn a_head_that_is_too_large_leaves_the_outcome_unknown() {
    let error = error(json!({ "large_head": 1 << 20 })).await;
    assert!(matches!(error, Error::OutcomeUnknown { .. }) && error.may_be_done(), "{error:?}");
}

#[tokio::test]
async fn no_redirect_is_followed() {
    for status in [301, 302, 303, 307, 308] {
        // A second emulator would see a call that follows.
        let other = emulator(Value::Array(Vec::new())).await;
        let to = format!("{}/v3/elsewhere", other.url());
        let error = error(json!({ "respond": { "status": status, "headers": { "Location": to } } })).await;
        let Error::Redirected { to: shown, head, .. } = &error else { panic!("{status}: {error:?}") };
        assert_eq!((head.status.as_u16(), shown.as_str()), (status, to.as_str()));
        assert!(!error.is_retryable());
        // Its first response has the number 1.
        let seen = health(&other.url()).await;
        assert!(seen.contains("emulator-00000001"), "{status}: {seen}");
    }
}

/// Returns the head of the response to a health check.
async fn health(url: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(url.trim_start_matches("http://")).await.unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    response
}
