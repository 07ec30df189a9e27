//! Single calls: `Client::send`, and reqwest alone with the same bytes.

use std::io;

use drs_auth::AccessKey;
use drs_client::types::operations::v3::batch_check_results::{
    BatchCheckResults, BatchCheckResultsResponse, BatchQueryPrecheckResultReq,
};
use drs_client::{Client, Credentials};
use drs_emulator::project_id;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use tokio::runtime::Runtime;

use super::{Contender, address, bare, client};

/// The requests of one round.
pub(super) const REQUESTS: usize = 2_000;

/// The requests at a time.
const AT_A_TIME: usize = 8;

/// A task of the documented payloads.
const ID: &str = "140b5236-88ad-43c8-811c-1268453jb101";

pub(super) fn contenders<'a>(runtime: &'a Runtime, url: &str) -> io::Result<Vec<Contender<'a>>> {
    let ours = client(url)?;
    let key = AccessKey::new("AKEXAMPLE000000000000", "sk-example-not-a-real-secret-0123456789");
    let project = project_id().parse().map_err(io::Error::other)?;
    let signed = Client::builder(url, project, Credentials::from(key)).build().map_err(io::Error::other)?;
    let (address, http) = (address(url)?, reqwest::Client::new());
    let decoding = (address.clone(), http.clone());
    Ok(vec![
        Contender::new("Client::send, with a token", None, move || runtime.block_on(send(&ours))),
        Contender::new("reqwest, bytes only", None, move || runtime.block_on(post(&http, &address, |_| Ok(())))),
        Contender::new("reqwest, and serde_json into drs-types", Some(0.9), move || {
            let decode = |bytes: &[u8]| serde_json::from_slice::<BatchCheckResultsResponse>(bytes).map(drop);
            runtime.block_on(post(&decoding.1, &decoding.0, decode))
        }),
        Contender::new("Client::send, with an access key", None, move || runtime.block_on(send(&signed))),
    ])
}

/// The emulator under the load of bare requests.
pub(super) fn load<'a>(runtime: &'a Runtime, url: &str) -> io::Result<Vec<Contender<'a>>> {
    let (address, http) = (address(url)?, reqwest::Client::new());
    let load = move || runtime.block_on(post(&http, &address, |_| Ok(())));
    Ok(vec![Contender::new("reqwest, bytes only", None, load)])
}

async fn send(client: &Client) -> io::Result<()> {
    let id = ID.parse().map_err(io::Error::other)?;
    let call = BatchCheckResults::new(BatchQueryPrecheckResultReq::new(vec![id]));
    let replies = stream::iter(0..REQUESTS).map(|_| client.send(&call)).buffer_unordered(AT_A_TIME);
    let rows = replies.try_fold(0, async |rows, reply| Ok(rows + reply.body.results().len()));
    whole(rows.await.map_err(io::Error::other)?)
}

async fn post(
    http: &reqwest::Client,
    address: &str,
    decode: impl Fn(&[u8]) -> serde_json::Result<()> + Copy,
) -> io::Result<()> {
    let body = format!("{{\"jobs\":[\"{ID}\"]}}");
    let responses = stream::iter(0..REQUESTS).map(|_| {
        let request = bare(http, address, body.clone());
        async move {
            let response = request.send().await.and_then(reqwest::Response::error_for_status);
            let bytes = response.map_err(io::Error::other)?.bytes().await.map_err(io::Error::other)?;
            decode(&bytes)?;
            Ok::<_, io::Error>(())
        }
    });
    whole(responses.buffer_unordered(AT_A_TIME).try_fold(0, async |count, ()| Ok(count + 1)).await?)
}

fn whole(found: usize) -> io::Result<()> {
    if found == REQUESTS { Ok(()) } else { Err(io::Error::other(format!("{found} of {REQUESTS} responses"))) }
}
