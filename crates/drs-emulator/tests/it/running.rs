//! Start, end and health of the emulator.

use std::time::Duration;

use crate::http;
use drs_emulator::{Emulator, Limits};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Connects a client that has sent half a request.
async fn stalled(emulator: &Emulator) -> TcpStream {
    let mut stream = TcpStream::connect(emulator.address()).await.unwrap();
    let head = b"POST /v3/p/jobs HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n";
    stream.write_all(head).await.unwrap();
    let mut response = [0; 12];
    stream.read_exact(&mut response).await.unwrap();
    assert_eq!(&response, b"HTTP/1.1 100");
    stream
}

/// Waits until the other side has closed the connection.
async fn closed(mut stream: TcpStream) {
    let _ = stream.read_to_end(&mut Vec::new()).await;
}

#[tokio::test]
async fn the_health_check_needs_no_token() {
    let emulator = Emulator::start(0).await.unwrap();
    let health = http().get(format!("{}/healthz", emulator.url())).send().await.unwrap();
    assert_eq!((health.status().as_u16(), health.text().await.unwrap()), (200, "ok\n".to_owned()));
    let about = http().get(emulator.url()).send().await.unwrap();
    assert_eq!(about.status(), 200);
    assert!(about.headers()["content-type"].to_str().unwrap().starts_with("text/plain"));
    assert!(about.text().await.unwrap().contains("/healthz"));
    let http = http();
    let head = http.head(format!("{}/healthz", emulator.url())).send().await.unwrap();
    assert_eq!(head.status(), 200);
    let post = http.post(format!("{}/healthz", emulator.url())).send().await.unwrap();
    assert_eq!(post.status(), 405);
    emulator.stop().await;
}

#[tokio::test]
async fn a_stalled_client_does_not_delay_the_end_and_loses_its_connection() {
    let mut limits = Limits::default();
    limits.shutdown = Duration::from_millis(10);
    let emulator = Emulator::builder().limits(limits).start().await.unwrap();
    let address = emulator.address();
    let stream = stalled(&emulator).await;
    emulator.stop().await;
    closed(stream).await;
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_dropped_emulator_ends_every_connection() {
    let emulator = Emulator::start(0).await.unwrap();
    let stream = stalled(&emulator).await;
    drop(emulator);
    closed(stream).await;
}

#[tokio::test]
async fn a_pending_response_is_sent_before_the_end() {
    let emulator = Emulator::start(0).await.unwrap();
    let mut stream = stalled(&emulator).await;
    let ends = emulator.stop();
    tokio::pin!(ends);
    // The end has begun and waits for the response.
    assert!(tokio::time::timeout(Duration::from_millis(1), &mut ends).await.is_err());
    let rest = async {
        stream.write_all(b"null").await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        response
    };
    let (response, ()) = tokio::join!(rest, ends);
    assert!(response.contains("HTTP/1.1 403"), "{response}");
}
