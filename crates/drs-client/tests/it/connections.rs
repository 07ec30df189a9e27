//! Connections that are used again, over real sockets whose server counts connections and requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use drs_client::types::operations::v3::batch_check_results::{BatchCheckResults, BatchQueryPrecheckResultReq};
use drs_client::types::operations::v3::batch_delete_jobs::{BatchDeleteJobReq, BatchDeleteJobs};
use drs_client::{Client, Error, RetryPolicy};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::client;

/// What the server does with its first connection after the first response.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Then {
    Serves,
    Closes,
    /// It reads the next request, and closes without a response.
    ReadsAndCloses,
}

#[derive(Clone, Debug, Default)]
struct Counts {
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
    closed: Arc<tokio::sync::Notify>,
}

impl Counts {
    fn read(&self) -> (usize, usize) {
        (self.connections.load(Ordering::SeqCst), self.requests.load(Ordering::SeqCst))
    }
}

async fn serve(then: Then) -> (String, Counts) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let counts = Counts::default();
    let counted = counts.clone();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let is_first = counted.connections.fetch_add(1, Ordering::SeqCst) == 0;
            tokio::spawn(connection(stream, if is_first { then } else { Then::Serves }, counted.clone()));
        }
    });
    (url, counts)
}

async fn connection(mut stream: TcpStream, then: Then, counts: Counts) {
    let mut responded = 0;
    while request(&mut stream).await {
        counts.requests.fetch_add(1, Ordering::SeqCst);
        if responded == 1 && then == Then::ReadsAndCloses {
            return;
        }
        let body = r#"{"count":0,"results":[{"id":"a","status":"success"}]}"#;
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
        stream.write_all((head + body).as_bytes()).await.unwrap();
        responded += 1;
        if then == Then::Closes {
            drop(stream);
            return counts.closed.notify_one();
        }
    }
}

/// Reads one request; false when the client has closed.
async fn request(stream: &mut TcpStream) -> bool {
    let mut bytes = Vec::new();
    while !String::from_utf8_lossy(&bytes).contains("}]}") && !String::from_utf8_lossy(&bytes).contains("[\"a\"]}") {
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer).await {
            Ok(count) if count > 0 => bytes.extend_from_slice(&buffer[..count]),
            _ => return false,
        }
    }
    true
}

fn retrying(url: &str) -> Client {
    let retry = RetryPolicy { base: Duration::from_millis(1), ..RetryPolicy::default() };
    client(url).retry(retry).build().unwrap()
}

async fn query(client: &Client) -> Result<(), Error> {
    let call = BatchCheckResults::new(BatchQueryPrecheckResultReq::new(vec!["a".parse().unwrap()]));
    client.send(&call).await.map(drop)
}

async fn delete(client: &Client) -> Result<(), Error> {
    let body = r#"{ "jobs": [{ "job_id": "a", "delete_type": "delete" }] }"#;
    client.send(&BatchDeleteJobs::new(serde_json::from_str::<BatchDeleteJobReq>(body).unwrap())).await.map(drop)
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let (url, counts) = serve(Then::Serves).await;
    let client = retrying(&url);
    for _ in 0..3 {
        query(&client).await.unwrap();
    }
    delete(&client.clone()).await.unwrap();
    assert_eq!(counts.read(), (1, 4));
}

/// Nothing of the second request was sent on the closed connection, so any call goes over a new one.
#[tokio::test]
async fn a_connection_that_the_server_closed_while_it_was_idle_costs_no_call() {
    let (url, counts) = serve(Then::Closes).await;
    let client = retrying(&url);
    query(&client).await.unwrap();
    counts.closed.notified().await;
    delete(&client).await.unwrap();
    assert_eq!(counts.read(), (2, 2));
}

#[tokio::test]
async fn a_connection_that_closes_after_the_request_costs_only_a_call_that_may_not_be_sent_twice() {
    let (url, counts) = serve(Then::ReadsAndCloses).await;
    let client = retrying(&url);
    query(&client).await.unwrap();
    query(&client).await.unwrap();
    assert_eq!(counts.read(), (2, 3));

    let (url, counts) = serve(Then::ReadsAndCloses).await;
    let client = retrying(&url);
    query(&client).await.unwrap();
    let error = delete(&client).await.unwrap_err();
    assert!(matches!(error, Error::OutcomeUnknown { .. }) && error.may_be_done(), "{error:?}");
    assert_eq!(counts.read(), (1, 2));
}
