//! Many ids in chunks: `Client::batch`, and a loop that is written by hand.

use std::collections::HashMap;
use std::io;
use std::process::Command;
use std::time::Instant;

use drs_client::batch::Outcome;
use drs_client::types::common::JobId;
use drs_client::types::operations::v3::batch_check_results::{
    BatchCheckResults, BatchCheckResultsResponse, BatchQueryPrecheckResultReq,
};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::{Contender, address, bare, client, processor_seconds};
use crate::measure::peak_memory;

/// The ids of a chunk, as by default.
const CHUNK: usize = 50;

/// The chunks at a time, as by default.
const AT_A_TIME: usize = 4;

pub(super) fn contenders<'a>(runtime: &'a Runtime, url: &str, count: usize) -> io::Result<Vec<Contender<'a>>> {
    let (ours, address, http) = (client(url)?, address(url)?, reqwest::Client::new());
    let by_hand = move || runtime.block_on(by_hand(&http, &address, count));
    Ok(vec![
        Contender::new("Client::batch, streamed", None, move || runtime.block_on(batch(&ours, count))),
        Contender::new("reqwest, buffer_unordered, serde_json", Some(0.9), by_hand),
    ])
}

fn ids(count: usize) -> impl Iterator<Item = JobId> + Send + 'static {
    (0..count).map(|number| format!("{number:08x}-0000-4000-8000-0000001jb101").parse().expect("an id"))
}

async fn batch(client: &drs_client::Client, count: usize) -> io::Result<()> {
    let call = BatchCheckResults::new(BatchQueryPrecheckResultReq::new(Vec::new()));
    let call = client.batch(call).chunk_items(CHUNK).concurrency(AT_A_TIME);
    let mut chunks = call.chunks_of(ids(count));
    let mut done = 0;
    while let Some(chunk) = chunks.next().await {
        done += chunk.items.iter().filter(|item| matches!(item.outcome, Outcome::Done(_))).count();
    }
    whole(done, count)
}

/// The loop that a user of reqwest writes: chunks, several at a time, rows by id.
async fn by_hand(http: &reqwest::Client, address: &str, count: usize) -> io::Result<()> {
    let chunks = stream::iter(ids(count)).chunks(CHUNK).map(|chunk| async move {
        let body = serde_json::to_string(&json!({ "jobs": chunk }))?;
        let response = bare(http, address, body).send().await.and_then(reqwest::Response::error_for_status);
        let bytes = response.map_err(io::Error::other)?.bytes().await.map_err(io::Error::other)?;
        let response: BatchCheckResultsResponse = serde_json::from_slice(&bytes)?;
        let rows = response.results.unwrap_or_default().into_iter();
        let mut rows: HashMap<_, _> = rows.filter_map(|row| Some((row.precheck_id.clone()?, row))).collect();
        let outcomes: Vec<_> = chunk.into_iter().map(|id| (rows.remove(&id), id)).collect();
        Ok::<_, io::Error>(outcomes)
    });
    let count_of = async |done: usize, outcomes: Vec<(Option<_>, JobId)>| {
        Ok(done + outcomes.iter().filter(|(row, _)| row.is_some()).count())
    };
    whole(chunks.buffer_unordered(AT_A_TIME).try_fold(0, count_of).await?, count)
}

fn whole(done: usize, count: usize) -> io::Result<()> {
    if done == count { Ok(()) } else { Err(io::Error::other(format!("{done} of {count} ids have a row"))) }
}

/// Streams ids in this process and returns time and peak memory.
///
/// # Errors
/// A request fails.
pub fn stream(url: &str, count: usize) -> io::Result<Value> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let start = Instant::now();
    runtime.block_on(batch(&client(url)?, count))?;
    let seconds = start.elapsed().as_secs_f64();
    Ok(
        json!({ "ids": count, "seconds": seconds, "processor_seconds": processor_seconds()?, "peak_bytes": peak_memory() }),
    )
}

/// Streams three numbers of ids, each in a process of its own.
#[allow(clippy::cast_precision_loss, reason = "figures for people")]
pub(super) fn memory(url: &str, print: &impl Fn(&str)) -> io::Result<Vec<Value>> {
    print(&format!("\n{:<40} {:>12} {:>14} {:>8}", "streamed", "seconds", "CPU us/id", "peak MB"));
    let mut rows = Vec::new();
    for count in [5_000_usize, 50_000, 500_000] {
        let mut command = Command::new(std::env::current_exe()?);
        let output = command.args(["stream", url, &count.to_string()]).output()?;
        let row: Value = serde_json::from_slice(&output.stdout).map_err(|error| {
            io::Error::other(format!("no figures: {error}; {}", String::from_utf8_lossy(&output.stderr)))
        })?;
        let figure = |name: &str| row[name].as_f64().unwrap_or(f64::NAN);
        let micros = figure("processor_seconds") * 1e6 / count as f64;
        let (seconds, peak) = (figure("seconds"), figure("peak_bytes") / 1e6);
        print(&format!("{:<40} {seconds:>12.2} {micros:>14.2} {peak:>8.1}", format!("{count} ids")));
        rows.push(row);
    }
    Ok(rows)
}
