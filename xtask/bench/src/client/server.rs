//! A server with a row for each requested id, that does as little as possible.

use std::convert::Infallible;
use std::io;

use bytes::Bytes;
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::Value;
use tokio::net::TcpListener;

use super::processes::hold;
use crate::corpus::EXAMPLES;

/// Serves on a free port of this machine until the input ends. `print` gets the address.
///
/// # Errors
/// No port is free.
pub fn serve(print: impl Fn(&str)) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    print(&format!("http://{}", listener.local_addr()?));
    let [before, after] = row();
    runtime.spawn(async move {
        loop {
            let Ok((stream, _)) = listener.accept().await else { continue };
            _ = stream.set_nodelay(true);
            let (before, after) = (before.clone(), after.clone());
            let service = service_fn(move |request| respond(request, before.clone(), after.clone()));
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    hold()
}

/// A documented row, before and after its id.
fn row() -> [Bytes; 2] {
    const ID: &str = "the id";
    let mut example: Value = serde_json::from_str(EXAMPLES[0]).expect("codegen validates the documented payloads");
    example["results"][0]["precheck_id"] = ID.into();
    let row = example["results"][0].to_string();
    let (before, after) = row.split_once(ID).expect("the row has its id");
    [before, after].map(|part| Bytes::copy_from_slice(part.as_bytes()))
}

#[derive(Deserialize)]
struct Asked<'a> {
    #[serde(borrow)]
    jobs: Vec<&'a str>,
}

async fn respond(request: Request<Incoming>, before: Bytes, after: Bytes) -> Result<Response<Whole>, Infallible> {
    let body = read(request.into_body()).await;
    let Asked { jobs } = serde_json::from_slice(&body).unwrap_or(Asked { jobs: Vec::new() });
    let mut out = Vec::with_capacity(jobs.len() * (before.len() + after.len() + 40) + 40);
    out.extend_from_slice(format!("{{\"count\":{},\"results\":[", jobs.len()).as_bytes());
    for (at, id) in jobs.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        for part in [&*before, id.as_bytes(), &*after] {
            out.extend_from_slice(part);
        }
    }
    out.extend_from_slice(b"]}");
    let response = Response::builder().header("content-type", "application/json").header("x-request-id", "bench");
    Ok(response.body(Whole::from(Bytes::from(out))).expect("the headers are valid"))
}

type Whole = reqwest::Body;

async fn read(mut body: Incoming) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Some(Ok(frame)) = std::future::poll_fn(|context| std::pin::Pin::new(&mut body).poll_frame(context)).await
    {
        bytes.extend_from_slice(frame.data_ref().map_or(&[], |data| data));
    }
    bytes
}
