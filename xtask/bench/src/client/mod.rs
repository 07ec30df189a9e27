//! Measures drs-client beside the libraries below it, on loopback.
//!
//! The server is a process of its own, so that the processor time is that of the client. The contenders run in turns, and
//! each ratio is the median of the ratios of the rounds.

mod batches;
mod computing;
mod processes;
mod requests;
mod server;

use std::io;
use std::time::Instant;

use drs_client::types::Operation as _;
use drs_client::types::operations::v3::batch_check_results::BatchCheckResults;
use drs_client::{Client, Credentials};
use drs_emulator::project_id;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use serde_json::{Value, json};

pub use batches::stream;
pub use processes::{Served, hold};
pub use server::serve;

use crate::measure::median;

/// The token of all requests that have one.
const TOKEN: &str = "bench-token";

/// One way to do the work of a round.
struct Contender<'a> {
    name: &'static str,
    /// The goal for our speed in relation to this one; `None` for ours, and where there is none.
    goal: Option<f64>,
    run: Box<dyn FnMut() -> io::Result<()> + 'a>,
}

impl<'a> Contender<'a> {
    fn new(name: &'static str, goal: Option<f64>, run: impl FnMut() -> io::Result<()> + 'a) -> Self {
        Self { name, goal, run: Box::new(run) }
    }
}

/// Measures everything, and prints each table.
///
/// # Errors
/// A request fails, or a process cannot be started.
pub fn run(rounds: usize, print: impl Fn(&str)) -> io::Result<Value> {
    // reqwest alone has no TLS provider of its own, and refuses to start even for plain HTTP.
    _ = rustls::crypto::ring::default_provider().install_default();
    let server = Served::start(&["serve-rows"])?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let _entered = runtime.enter();
    let requests = requests::contenders(&runtime, server.url())?;
    let requests = compare("a call, 8 at a time", "request", requests::REQUESTS, rounds, requests, &print)?;
    let mut batches = Vec::new();
    for (title, ids, rounds) in [("1,000 ids", 1_000, rounds), ("100,000 ids", 100_000, rounds.min(5))] {
        let contenders = batches::contenders(&runtime, server.url(), ids)?;
        batches.push(compare(title, "id", ids, rounds, contenders, &print)?);
    }
    let decoding = compare("decode 5 kB", "body", computing::TIMES, rounds, computing::decoding(), &print)?;
    let signing = compare("sign 4 KiB", "request", computing::TIMES, rounds, computing::signing(), &print)?;
    let memory = batches::memory(server.url(), &print)?;
    let emulator = Served::start(&["emulate"])?;
    let capacity = requests::load(&runtime, emulator.url())?;
    let capacity = compare("the emulator under load", "request", requests::REQUESTS, rounds.min(5), capacity, &print)?;
    Ok(json!({
        "requests": requests, "batches": batches, "decoding": decoding, "signing": signing, "memory": memory,
        "emulator": capacity,
    }))
}

/// Runs the contenders in turns. Ours is the first one.
#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn compare(
    title: &str,
    unit: &str,
    units: usize,
    rounds: usize,
    mut contenders: Vec<Contender<'_>>,
    print: &impl Fn(&str),
) -> io::Result<Value> {
    let mut seconds = vec![Vec::new(); contenders.len()];
    let mut processor = seconds.clone();
    // The first round opens the connections and does not count.
    for round in 0..=rounds {
        for (at, contender) in contenders.iter_mut().enumerate() {
            let (start, used) = (Instant::now(), processor_seconds()?);
            (contender.run)()?;
            if round > 0 {
                seconds[at].push(start.elapsed().as_secs_f64());
                processor[at].push(processor_seconds()? - used);
            }
        }
    }
    print(&format!(
        "\n{title:<40} {:>12} {:>14} {:>8} {:>8} {:>6}",
        format!("{unit}s/s"),
        format!("CPU us/{unit}"),
        "speed",
        "CPU",
        "goal"
    ));
    let ratio = |values: &[Vec<f64>], at: usize| {
        median(values[at].iter().zip(&values[0]).map(|(other, ours)| other / ours).collect())
    };
    let mut rows = Vec::new();
    for (at, contender) in contenders.iter().enumerate() {
        let per_second = units as f64 / median(seconds[at].clone());
        let micros = median(processor[at].clone()) * 1e6 / units as f64;
        let [speed, cpu] = [ratio(&seconds, at), ratio(&processor, at)];
        let goal = contender.goal.map(|goal| format!("{goal:.2}")).unwrap_or_default();
        let ratios = if at == 0 { String::new() } else { format!("{speed:>8.2} {cpu:>8.2} {goal:>6}") };
        print(&format!("{:<40} {per_second:>12.0} {micros:>14.2} {ratios}", contender.name));
        rows.push(json!({
            "name": contender.name, "per_second": per_second, "processor_micros": micros, "speed_ratio": speed,
            "processor_ratio": cpu, "goal": contender.goal,
        }));
    }
    Ok(json!({ "title": title, "contenders": rows }))
}

/// The processor time of this process so far, in seconds.
#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn processor_seconds() -> io::Result<f64> {
    let used = getrusage(UsageWho::RUSAGE_SELF)?;
    Ok((used.user_time() + used.system_time()).num_microseconds() as f64 / 1e6)
}

/// A client that sends everything once.
fn client(url: &str) -> io::Result<Client> {
    let project = project_id().parse().map_err(io::Error::other)?;
    Client::builder(url, project, Credentials::token(TOKEN)).build().map_err(io::Error::other)
}

/// The address of the pre-check results.
fn address(url: &str) -> io::Result<String> {
    Ok(url.to_owned() + &BatchCheckResults::INFO.fill_path(|_| Some(project_id())).map_err(io::Error::other)?)
}

/// A request with the bytes of ours, by reqwest alone.
fn bare(http: &reqwest::Client, address: &str, body: String) -> reqwest::RequestBuilder {
    let agent = concat!("drs-client/", env!("CARGO_PKG_VERSION"));
    let request = http.post(address).header("accept", "*/*").header("user-agent", agent);
    request.header("content-type", "application/json").header("x-auth-token", TOKEN).body(body)
}
