//! Tests of the crate, by its public interface.
#![allow(clippy::unwrap_used)]
#![allow(clippy::needless_pass_by_value, reason = "a test writes `json!(…)` as an argument")]

mod catalogue;
mod diff;
mod evidence;
mod json;
mod laws;
mod policy;
mod verdicts;
mod waivers;
mod watch;

use drs_gate::{Assessment, Date, Outcome, Policy, PrecheckReport, Snapshot, assess};
use serde_json::{Value, json};

/// A report, from its JSON.
fn report(json: Value) -> PrecheckReport {
    serde_json::from_value(json).unwrap()
}

fn outcome(json: Value) -> Outcome {
    report(json).into()
}

/// A finished report that the service calls passed, with these items.
fn finished(items: Value) -> Value {
    json!({ "progress": "100%", "result": true, "items": items })
}

/// A report that the service calls failed.
fn failed(items: Value) -> Value {
    json!({ "progress": "100%", "result": false, "items": items })
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

/// The assessment of tasks, on the day of the tests.
fn assessed(tasks: Vec<(&str, Outcome)>, policy: &str) -> Assessment {
    let tasks = tasks.into_iter().map(|(task, outcome)| (task.to_owned(), outcome)).collect();
    assess(Snapshot::new(tasks), &Policy::parse(policy).unwrap(), date("2026-11-26"))
}

/// A waiver in TOML.
fn waiver(item: &str, more: &str) -> String {
    format!("[[waivers]]\nitem = '{item}'\nreason = 'r'\nowner = 'o'\nexpires = 2026-12-31\n{more}\n")
}
