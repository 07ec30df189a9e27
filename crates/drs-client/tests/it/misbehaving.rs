//! Answers that no documentation promises: every one is an error that says what came.

use std::time::Duration;

use drs_client::{Error, precheck};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::{TOKEN, client, shown};

/// Answers one request with these bytes, after a pause, and hands back the request.
async fn answer(bytes: String, pause: Duration) -> (String, tokio::task::JoinHandle<String>) {
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

/// The error that a client makes of an answer.
async fn error(answer_bytes: String) -> Error {
    let (url, _server) = answer(answer_bytes, Duration::ZERO).await;
    let client = client(&url).max_response_bytes(10_000).build().unwrap();
    precheck::results(&client, &["a".parse().unwrap()]).await.unwrap_err()
}

#[tokio::test]
async fn a_login_page_with_status_200_is_an_error() {
    let error = error(http("200 OK", "<html>Please log in</html>")).await;
    assert!(matches!(error, Error::Undocumented { .. }));
    insta::assert_snapshot!(shown(&error), @"batch_check_results: answered 200 OK, but not with the documented JSON object (request r-1): an HTML page, without a title");
}

#[tokio::test]
async fn an_empty_success_a_list_and_an_unknown_object_are_errors() {
    assert!(matches!(error(http("200 OK", "")).await, Error::Undocumented { .. }));
    assert!(matches!(error(http("200 OK", "[]")).await, Error::Undocumented { .. }));
    assert!(matches!(error(http("200 OK", "{\"unheard\": 1}")).await, Error::Undocumented { .. }));
}

#[tokio::test]
async fn an_error_body_under_a_success_is_a_refusal() {
    let error = error(http("200 OK", r#"{"error_code":"DRS.M01503","error_msg":"slow down"}"#)).await;
    assert!(matches!(&error, Error::Refused { .. }) && error.is_temporary());
}

#[tokio::test]
async fn throttling_is_known_by_its_code_and_a_gateway_by_its_status() {
    let throttled = error(http("400 Bad Request", r#"{"error_code":"DRS.M01503","error_msg":"slow down"}"#)).await;
    assert!(throttled.is_temporary());
    let refused = error(http("400 Bad Request", r#"{"error_code":"DRS.M00304","error_msg":"state"}"#)).await;
    assert!(!refused.is_temporary());
    assert!(error(http("503 Service Unavailable", "busy")).await.is_temporary());
}

#[tokio::test]
async fn a_value_of_another_type_is_named_by_its_path() {
    let error = error(http("200 OK", r#"{"results":[{"result":true},{"result":"yes"}]}"#)).await;
    insta::assert_snapshot!(shown(&error), @r#"batch_check_results: answered 200 OK, but the body does not fit at results[1].result (request r-1): invalid type: string "yes", expected a boolean at line 1 column 43"#);
}

#[tokio::test]
async fn a_body_over_the_limit_is_not_read_to_its_end() {
    let error = error(http("200 OK", &"x".repeat(20_000))).await;
    assert!(matches!(error, Error::TooLarge { limit: 10_000, .. }), "{error:?}");
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
async fn what_goes_over_the_wire_is_what_the_documentation_says() {
    let (url, server) = answer(http("200 OK", r#"{"results":[]}"#), Duration::ZERO).await;
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
