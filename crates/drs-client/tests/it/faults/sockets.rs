//! Failures between the last check of a call and a readable response: not sent, sent with an unknown outcome, and an
//! unreadable response.

use std::io::Write as _;

use drs_client::{Error, Stage, precheck};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{assert_unknown, stable};
use crate::{TOKEN, client, shown};

/// Serves one connection.
async fn serve<F: Future<Output = ()> + Send>(serve: impl FnOnce(TcpStream) -> F + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        serve(stream).await;
    });
    url
}

/// Reads a request to the end of its body.
async fn request(stream: &mut TcpStream) {
    let mut request = Vec::new();
    while !String::from_utf8_lossy(&request).contains("\"jobs\":[\"a\"]}") {
        let mut buffer = [0; 4096];
        let count = stream.read(&mut buffer).await.unwrap();
        assert!(count > 0, "the request ended early");
        request.extend_from_slice(&buffer[..count]);
    }
}

/// Sends a call to a server that responds with these bytes.
async fn responded(bytes: impl Into<Vec<u8>>) -> Result<precheck::Results, Error> {
    let bytes = bytes.into();
    let url = serve(|mut stream| async move {
        request(&mut stream).await;
        stream.write_all(&bytes).await.unwrap();
    })
    .await;
    let client = client(&url).max_response_bytes(100_000).build().unwrap();
    precheck::results(&client, &["a".parse().unwrap()]).await
}

/// Sends a call to a server that responds with a success and these bytes as its body.
async fn body(head: &str, body: &[u8]) -> Result<precheck::Results, Error> {
    let mut bytes = format!("HTTP/1.1 200 OK\r\n{head}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    responded(bytes).await
}

#[tokio::test]
async fn a_response_that_is_not_http_leaves_the_outcome_unknown() {
    let not_http = |why: &str| format!("batch_check_results was sent to HOST, but the response is not HTTP: {why}");
    let bad_header = responded("HTTP/1.1 200 OK\r\nbad header\r\n\r\n{}").await.unwrap_err();
    assert_unknown(&bad_header, &not_http("invalid HTTP header parsed"));
    let no_length = responded("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}").await.unwrap_err();
    assert_unknown(&no_length, &not_http("invalid content-length parsed"));
    let other = responded("SSH-2.0-OpenSSH_9.6\r\n").await.unwrap_err();
    assert_unknown(&other, &not_http("invalid HTTP version parsed"));
}

#[tokio::test]
async fn any_number_of_headers_is_read_up_to_a_limit() {
    let headers = |count: usize| (0..count).map(|n| format!("X-{n}: y\r\n")).collect::<String>();
    assert!(body(&headers(150), b"{\"results\":[]}").await.is_ok());
    let said =
        "batch_check_results was sent to HOST, but the head of the response is too large: message head is too large";
    assert_unknown(&body(&headers(1001), b"{}").await.unwrap_err(), said);
}

#[tokio::test]
async fn a_server_that_closes_before_it_reads_is_not_unreachable() {
    let url = serve(|stream| async move { drop(stream) }).await;
    let error = precheck::results(&client(&url).build().unwrap(), &["a".parse().unwrap()]).await.unwrap_err();
    // It depends on timing whether anything was sent by then. Each error is correct.
    match &error {
        Error::NotSent { stage: Stage::Connect, .. } => assert!(!error.may_be_done()),
        other => assert!(matches!(other, Error::OutcomeUnknown { .. }) && other.may_be_done(), "{other:?}"),
    }
    assert!(shown(&error).contains("closed") || shown(&error).contains("broke"), "{error}");
}

#[tokio::test]
async fn a_call_to_a_closed_port_is_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = precheck::results(&client(&url).build().unwrap(), &["a".parse().unwrap()]).await.unwrap_err();
    assert!(matches!(error, Error::NotSent { stage: Stage::Connect, .. }), "{error:?}");
    assert!(!error.may_be_done() && !error.is_request_invalid());
    let said = "batch_check_results was not sent: HOST cannot be reached: ";
    assert!(stable(&error).starts_with(said), "{error}");
}

/// Asserts that a response is not JSON, with the offset and the reason.
async fn assert_unreadable(head: &str, text: &[u8], at_byte: usize, why: &str) {
    let error = body(head, text).await.unwrap_err();
    let Error::Unreadable { at, reason, .. } = &error else { panic!("{error:?}") };
    assert_eq!((*at, reason.as_str()), (at_byte, why));
    assert_eq!(error.status().unwrap(), 200);
    assert!(error.may_be_done() && !error.is_retryable());
    assert!(shown(&error).contains(&format!("the body cannot be read: {why} at byte {at_byte}")), "{error}");
}

#[tokio::test]
async fn a_response_that_is_not_json_is_an_error_with_offset_and_reason() {
    assert_unreadable("", b"{\"results\": [\n{\"result\":", 24, "unexpected end of input").await;
    assert_unreadable("", b"{\"a\":1}\n{\"b\":2}", 8, "trailing characters").await;
    assert_unreadable("", b"{\"a\": \"x\xff\"}", 8, "invalid UTF-8").await;
    assert_unreadable("", b"{\"a\": \"\\ud83d\"}", 7, "unpaired surrogate").await;
    assert_unreadable("", b"{\"a\": \"\\udc00 \"}", 7, "unpaired surrogate").await;
    assert_unreadable("", b"{\n\"a\": nope}", 8, "expected ident").await;
    assert_unreadable("", "\u{feff}{\"a\":1,}".as_bytes(), 10, "trailing comma").await;
    let utf16 = "Content-Type: application/json; charset=utf-16\r\n";
    let why = "key must be a string, and the Content-Type has the charset utf-16";
    assert_unreadable(utf16, b"{\0\"\0a\0", 1, why).await;
    let gbk = "Content-Type: application/json; charset=GBK\r\n";
    assert_unreadable(gbk, b"{\"a\":\"\xd6\xd0\"}", 6, "invalid UTF-8, and the Content-Type has the charset GBK").await;
}

#[tokio::test]
async fn a_redirect_is_an_error_with_its_target() {
    let to = format!("https://login.example/?next=%2Fv3&token={TOKEN}");
    let head = format!("HTTP/1.1 307 Temporary Redirect\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n");
    let error = responded(head).await.unwrap_err();
    assert!(matches!(error, Error::Redirected { .. }) && !error.is_retryable(), "{error:?}");
    assert_eq!(
        shown(&error),
        "batch_check_results: the response has status 307 Temporary Redirect and redirects to https://login.example/?next=%2Fv3&token=•••"
    );
    assert!(matches!(responded("HTTP/1.1 304 Not Modified\r\n\r\n").await, Err(Error::Refused { .. })));
}

#[tokio::test]
async fn the_retry_after_is_quoted() {
    for (status, time) in [("429 Too Many Requests", "30"), ("503 Busy", "Wed, 21 Oct 2026 07:28:00 GMT")] {
        let head = format!("HTTP/1.1 {status}\r\nRetry-After: {time}\r\nContent-Length: 4\r\n\r\nbusy");
        let error = responded(head).await.unwrap_err();
        assert_eq!(error.head().unwrap().retry_after.as_deref(), Some(time));
        assert!(error.is_retryable() && shown(&error).contains(&format!("(Retry-After: {time})")), "{error}");
    }
}

#[tokio::test]
async fn an_html_page_is_shown_as_its_title_after_the_status() {
    let page = "<html><head><title>502 Bad Gateway</title></head><body><h1>nginx</h1></body></html>";
    let head = format!("HTTP/1.1 502 Bad Gateway\r\nContent-Length: {}\r\n\r\n{page}", page.len());
    let error = responded(head).await.unwrap_err();
    assert_eq!(
        shown(&error),
        "batch_check_results: the response has status 502 Bad Gateway and no error code: an HTML page, titled \"502 Bad Gateway\""
    );
    assert!(error.may_be_done(), "a gateway does not know the outcome of the call");
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(text).unwrap();
    out.finish().unwrap()
}

fn zlib(text: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(text).unwrap();
    out.finish().unwrap()
}

fn deflate(text: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(text).unwrap();
    out.finish().unwrap()
}

/// Encodes bytes as stored Brotli: the test of a decompressor needs no compressor.
fn brotli(text: &[u8]) -> Vec<u8> {
    let length = u32::try_from(text.len() - 1).unwrap();
    // A window of 16 bits (1 bit), not the last block, a length of 4 nibbles, stored; then the end.
    let header = (length << 4) | (1 << 20);
    let mut out = header.to_le_bytes()[..3].to_vec();
    out.extend_from_slice(text);
    out.push(0x03);
    out
}

#[tokio::test]
async fn a_response_is_read_with_every_byte_order_mark_and_encoding() {
    let text = br#"{"results":[{"precheck_id":"a","process":"100%","result":true}]}"#;
    let text16: Vec<u8> = std::str::from_utf8(text).unwrap().encode_utf16().flat_map(u16::to_le_bytes).collect();
    let bodies = [
        ("", [&b"\xef\xbb\xbf"[..], text].concat()),
        ("", [&b"\xff\xfe"[..], &text16].concat()),
        ("Content-Encoding: gzip\r\n", gzip(text)),
        ("Content-Encoding: GZIP\r\n", gzip(&[&b"\xef\xbb\xbf"[..], text].concat())),
        ("", gzip(text)),
        ("Content-Encoding: deflate\r\n", zlib(text)),
        ("Content-Encoding: deflate\r\n", deflate(text)),
        ("Content-Encoding: br\r\n", brotli(text)),
        ("Content-Encoding: deflate, identity, br\r\n", brotli(&zlib(text))),
    ];
    for (head, bytes) in bodies {
        let results = body(head, &bytes).await.unwrap_or_else(|error| panic!("{head}: {error}"));
        assert!(matches!(results.tasks[0].outcome, precheck::Outcome::Reported(_)), "{head}");
    }
}

#[tokio::test]
async fn an_unknown_or_invalid_encoding_is_named() {
    let error = body("Content-Encoding: zstd\r\n", b"xyz").await.unwrap_err();
    assert!(shown(&error).contains("the encoding \"zstd\" is not gzip, deflate or br"), "{error}");
    let error = body("Content-Encoding: gzip\r\n", &gzip(b"{\"results\":[]}")[..20]).await.unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }) && shown(&error).contains("gzip encoding is invalid"), "{error}");
}

#[tokio::test]
async fn quotes_of_the_service_have_limited_length() {
    let long = "x".repeat(20_000);
    let body = format!(r#"{{"error_code":"{long}","error_msg":"{long}"}}"#);
    let head = format!("HTTP/1.1 400 No\r\nX-Request-Id: {long}\r\nRetry-After: {long}\r\nLocation: {long}\r\n");
    let error = responded(format!("{head}Content-Length: {}\r\n\r\n{body}", body.len())).await.unwrap_err();
    assert!(shown(&error).len() < 4000, "{} bytes", shown(&error).len());
    let error = responded(format!("{head}Content-Length: 0\r\n\r\n").replace("400 No", "302 Yes")).await.unwrap_err();
    assert!(matches!(error, Error::Redirected { .. }) && shown(&error).len() < 4000, "{}", shown(&error).len());
    let unfit = body_of(&format!(r#"{{"results":"{long}"}}"#)).await;
    assert!(matches!(unfit, Error::Decode { .. }), "{unfit}");
    assert!(shown(&unfit).len() < 4000, "{}", shown(&unfit).len());
}

/// Returns the error of a success with this body.
async fn body_of(text: &str) -> Error {
    body("", text.as_bytes()).await.unwrap_err()
}

#[tokio::test]
async fn a_secret_is_masked_in_every_form_and_part_of_a_response() {
    let encoded: String = TOKEN.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let escaped: String = TOKEN.chars().map(|character| format!("\\u{:04x}", character as u32)).collect();
    let entities: String = TOKEN.chars().map(|character| format!("&#{};", character as u32)).collect();
    for form in [TOKEN, &encoded, &escaped, &entities] {
        let bodies = [
            format!(r#"{{"error_code":"DRS.{form}","error_msg":"bad {form}","request_id":"{form}"}}"#),
            format!("bad {form}"),
            format!("<html><title>bad {form}</title></html>"),
            format!(r#"{{"cut": "{form}"#),
        ];
        for body in bodies {
            let head =
                format!("HTTP/1.1 403 No\r\nRetry-After: {form}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            let text = shown(&responded(head).await.unwrap_err());
            assert!(text.contains("•••") && !text.contains(form), "{form}: {text}");
        }
    }
}
