//! Undocumented responses: each is an error that describes the response.

use std::time::Duration;

use drs_client::precheck::Outcome;
use drs_client::{Error, precheck};
use drs_types::{OperationInfo, Parts};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::{TOKEN, client, shown};

/// Responds to one request with these bytes, after a pause, and returns the request.
async fn respond(bytes: String, pause: Duration) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !String::from_utf8_lossy(&request).contains("\"jobs\"") {
            let mut buffer = [0; 4096];
            let count = stream.read(&mut buffer).await.unwrap();
            assert!(count > 0, "the request ended early");
            request.extend_from_slice(&buffer[..count]);
        }
        tokio::time::sleep(pause).await;
        let _ = stream.write_all(bytes.as_bytes()).await;
        String::from_utf8(request).unwrap()
    });
    (url, server)
}

fn http(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nX-Request-Id: r-1\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// Returns the error of a client for a response.
async fn error(response: String) -> Error {
    let (url, _server) = respond(response, Duration::ZERO).await;
    let client = client(&url).max_response_bytes(10_000).build().unwrap();
    precheck::results(&client, &["a".parse().unwrap()]).await.unwrap_err()
}

#[tokio::test]
async fn an_array_and_an_unknown_object_are_errors() {
    assert!(matches!(error(http("200 OK", "[]")).await, Error::Undocumented { .. }));
    assert!(matches!(error(http("200 OK", "{\"unheard\": 1}")).await, Error::Undocumented { .. }));
}

#[tokio::test]
async fn an_error_body_with_a_status_of_success_is_a_refusal() {
    let error = error(http("200 OK", r#"{"error_code":"DRS.M01503","error_msg":"slow down"}"#)).await;
    assert!(matches!(&error, Error::Refused { .. }) && error.is_retryable());
}

#[tokio::test]
async fn throttling_is_identified_by_its_code_and_a_gateway_by_its_status() {
    let throttled = error(http("400 Bad Request", r#"{"error_code":"DRS.M01503","error_msg":"slow down"}"#)).await;
    assert!(throttled.is_retryable());
    let refused = error(http("400 Bad Request", r#"{"error_code":"DRS.M00304","error_msg":"state"}"#)).await;
    assert!(!refused.is_retryable());
    assert!(error(http("503 Service Unavailable", "busy")).await.is_retryable());
}

#[tokio::test]
async fn a_value_of_a_wrong_type_is_left_out_and_named_by_its_pointer() {
    let body = r#"{"results":[{"precheck_id":"b","result":true},null,{"precheck_id":"a","result":"yes"}]}"#;
    let (url, _server) = respond(http("200 OK", body), Duration::ZERO).await;
    let results = precheck::results(&client(&url).build().unwrap(), &["a".parse().unwrap()]).await.unwrap();
    let misfits: Vec<String> = results.misfits.iter().map(ToString::to_string).collect();
    let of_a = r#"/results/2/result: expected a boolean, found "yes""#;
    assert_eq!(misfits, ["/results/1: expected an object, found null", of_a]);
    let Outcome::Incomplete { entry, misfits } = &results.tasks[0].outcome else { panic!("{:?}", results.tasks) };
    assert_eq!((entry.result, misfits.len(), misfits[0].to_string().as_str()), (None, 1, of_a));
}

#[tokio::test]
async fn a_call_built_at_run_time_has_the_misfits_of_the_documented_body() {
    let body = r#"{"count":"1","results":[{"process":"1%","new":2}]}"#;
    let (url, _server) = respond(http("200 OK", body), Duration::ZERO).await;
    let info = OperationInfo::find("batch_check_results").unwrap();
    let parts = Parts::new([], Some(br#"{"jobs":["a"]}"#.to_vec()));
    let reply = client(&url).build().unwrap().send_unchecked(info, parts).await.unwrap();
    assert_eq!(reply.body, serde_json::from_str::<serde_json::Value>(body).unwrap());
    assert_eq!(reply.misfits[0].to_string(), r#"/count: expected an integer, found "1""#);
    assert_eq!((reply.misfits.len(), reply.raw.as_slice()), (1, body.as_bytes()));
}

#[tokio::test]
async fn a_response_in_which_nothing_fits_is_an_error_with_the_misfits() {
    let error = error(http("200 OK", r#"{"count":"1","results":{},"new":true}"#)).await;
    insta::assert_snapshot!(shown(&error), @r#"batch_check_results: the response has status 200 OK, but no documented field can be read (request r-1): /count: expected an integer, found "1"; /results: expected an array, found an object"#);
}

#[tokio::test]
async fn a_token_that_the_server_sends_back_is_masked() {
    let unfit = error(http("200 OK", &format!(r#"{{"count":"{TOKEN}"}}"#))).await;
    assert!(shown(&unfit).contains("•••"), "{unfit}");
    for body in [format!("bad token {TOKEN}"), format!(r#"{{"error_code":"X","error_msg":"bad {TOKEN}"}}"#)] {
        let error = error(http("403 Forbidden", &body)).await;
        assert!(shown(&error).contains("•••"), "{error}");
    }
}

#[tokio::test]
async fn the_request_on_the_wire_is_as_documented() {
    let (url, server) = respond(http("200 OK", r#"{"results":[]}"#), Duration::ZERO).await;
    let client = client(&url).language("zh-cn".into()).build().unwrap();
    precheck::results(&client, &["a".parse().unwrap()]).await.unwrap();
    let request = server.await.unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(
        head.starts_with("POST /v3/054ba152d480d55b2f5dc0069e7ddef0/jobs/batch-precheck-result HTTP/1.1\r\n"),
        "{head}"
    );
    let head = head.to_lowercase();
    for header in ["content-type: application/json", "x-language: zh-cn", &format!("x-auth-token: {TOKEN}")] {
        assert!(head.contains(header), "{header} is not in {head}");
    }
    assert_eq!(body, r#"{"jobs":["a"]}"#);
}
