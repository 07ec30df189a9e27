//! All kinds of faults at once, for a long time: no id is lost or doubled, and the memory does not grow.

use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, Instant, SystemTime};

use drs_client::auth::endpoint::parse_iam;
use drs_client::auth::iam::{IamToken, Project};
use drs_client::batch::Outcome;
use drs_client::types::common::JobId;
use drs_client::types::operations::v3::batch_check_results::{BatchCheckResults, BatchQueryPrecheckResultReq};
use drs_client::{Client, Credentials, RetryPolicy, iam_sender};
use drs_emulator::{Emulator, Scenario, demo_login};
use serde_json::json;

use crate::measure::memory_now;

/// The tasks, which are all queried in each round.
const TASKS: usize = 2_000;

/// The calls at a time.
const AT_A_TIME: usize = 64;

/// The time between two lines of output.
const REPORT: Duration = Duration::from_secs(30);

/// Queries all tasks again and again, from an emulator with faults in about one of five calls. Returns whether each id had
/// exactly one outcome in each round, and the memory did not grow.
///
/// # Errors
/// The emulator or the client cannot be started.
#[allow(clippy::cast_precision_loss, reason = "figures for people")]
pub fn run(minutes: u64, print: impl Fn(&str)) -> io::Result<bool> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let scenario = scenario();
    let ids: Vec<JobId> = scenario.task_ids().map(|id| id.parse().expect("the scenario is valid")).collect();
    runtime.block_on(async {
        let emulator = Emulator::builder().scenario(scenario).start().await?;
        let client = client(&emulator.url()).map_err(io::Error::other)?;
        let (start, mut counts, mut reported) = (Instant::now(), Counts::default(), Instant::now());
        let mut memory = Vec::new();
        while start.elapsed() < Duration::from_secs(minutes * 60) {
            counts.round(&client, &ids).await;
            if reported.elapsed() > REPORT {
                reported = Instant::now();
                memory.extend(memory_now().map(|bytes| bytes as f64 / 1e6));
                let now = memory.last().copied().unwrap_or(f64::NAN);
                print(&format!("{:>5} s {now:>7.1} MB {counts:?}", start.elapsed().as_secs()));
            }
        }
        emulator.stop().await;
        print(&format!("{:>5} s {counts:?}", start.elapsed().as_secs()));
        // The first lines include what is allocated once. A leak of one byte for each id shows in ten minutes.
        let (early, late) = memory.split_at(memory.len() / 2);
        let most = |part: &[f64]| part.iter().copied().fold(0.0, f64::max);
        print(&format!("peak memory: {:.1} MB in the first half, {:.1} MB in the second", most(early), most(late)));
        let is_flat = early.is_empty() || most(late) < most(early) * 1.1;
        Ok(counts.lost == 0 && counts.doubled == 0 && counts.wrong == 0 && is_flat)
    })
}

/// What happened to the ids.
#[derive(Debug, Default)]
struct Counts {
    rounds: u64,
    ids: u64,
    lost: u64,
    doubled: u64,
    /// Outcomes with the row of another id.
    wrong: u64,
    outcomes: BTreeMap<&'static str, u64>,
}

impl Counts {
    /// Queries all ids once, in a random order.
    async fn round(&mut self, client: &Client, ids: &[JobId]) {
        let mut order = ids.to_vec();
        fastrand::shuffle(&mut order);
        let call = BatchCheckResults::new(BatchQueryPrecheckResultReq::new(Vec::new()));
        let chunk = fastrand::usize(1..=20);
        let mut chunks = client.batch(call).chunk_items(chunk).concurrency(AT_A_TIME).chunks_of(order.clone());
        let mut seen = vec![0_u64; order.len()];
        while let Some(chunk) = chunks.next().await {
            for item in chunk.items {
                seen[item.index] += 1;
                let row = item.outcome.row().and_then(|row| row.precheck_id.as_ref());
                self.wrong += u64::from(item.item != order[item.index] || row.is_some_and(|id| *id != item.item));
                *self.outcomes.entry(word(&item.outcome)).or_default() += 1;
            }
        }
        self.rounds += 1;
        self.ids += seen.len() as u64;
        self.lost += seen.iter().filter(|count| **count == 0).count() as u64;
        self.doubled += seen.iter().filter(|count| **count > 1).count() as u64;
    }
}

fn word<R>(outcome: &Outcome<R>) -> &'static str {
    match outcome {
        Outcome::Done(_) => "done",
        Outcome::Unclear { .. } => "unclear",
        Outcome::Refused { .. } => "refused",
        Outcome::Contradicted(_) => "contradicted",
        Outcome::Missing => "missing",
        Outcome::Failed(_) => "failed",
        _ => "other",
    }
}

/// A client with a token of the emulator's IAM, which expires now and then.
fn client(url: &str) -> Result<Client, Box<dyn std::error::Error + Send + Sync>> {
    let retry = RetryPolicy {
        max_attempts: 4,
        base: Duration::from_millis(5),
        budget: u32::MAX / 16,
        ..RetryPolicy::default()
    };
    let (project, timeout) = (drs_emulator::project_id().parse()?, Duration::from_secs(1));
    let any = Client::builder(url, project, Credentials::token("any")).timeout(timeout);
    let send = iam_sender(any.http_transport()?, retry.clone());
    let token = IamToken::new(parse_iam(url)?, demo_login(), Project::Name("eu-de".into()), send, SystemTime::now);
    let project = drs_emulator::project_id().parse()?;
    Ok(Client::builder(url, project, token).timeout(timeout).retry(retry).build()?)
}

fn scenario() -> Scenario {
    let operation = "batch_check_results";
    let mut faults = vec![
        json!({ "when": { "probability": 0.0005 }, "effect": "silence" }),
        json!({ "when": { "probability": 0.02 }, "effect": { "delay": { "ms": 20 } } }),
        json!({ "when": { "probability": 0.01 }, "effect": { "slow": { "bytes": 1000, "ms": 1 } } }),
        json!({ "when": { "probability": 0.01 }, "effect": { "respond": { "status": 503, "headers": { "Retry-After": "0" } } } }),
        json!({ "when": { "probability": 0.005 }, "effect": { "respond": { "status": 302, "headers": { "Location": "/login" } } } }),
        json!({ "operation": operation, "when": { "probability": 0.01 }, "effect": { "throttled": {} } }),
        json!({ "operation": operation, "when": { "probability": 0.002 }, "effect": "expired_token" }),
    ];
    let parts = ["before_head", "head", "body"];
    for (effect, values, probability) in [
        ("reset", &parts[..], 0.01),
        ("close", &parts, 0.01),
        ("body", &["empty", "login_page", "wrong_type", "broken_chunks", "invalid_utf8"], 0.005),
        ("rows", &["missing", "duplicated", "reordered", "foreign", "wrong_count"], 0.01),
    ] {
        faults.extend(values.iter().map(|value| {
            json!({ "operation": operation, "when": { "probability": probability }, "effect": { effect: value } })
        }));
    }
    let task = json!({
        "id": "5e7e00ff-0000-4000-8000-0000001jb101", "engine_type": "mysql", "repeat": TASKS, "previous": "passed",
        "runs": [{ "report": "passed" }],
    });
    let scenario = json!({
        "synthetic": true, "title": "All kinds of faults", "seed": 7, "tasks": [task], "faults": faults,
        "reports": { "passed": { "like": "140b5236-88ad-43c8-811c-1268453jb101" } },
    });
    Scenario::parse("soak.json", &scenario.to_string()).expect("the scenario is valid")
}
