//! Saved runs: a response of the service, a capture with it, or a JSON report of `drs`.

use std::path::Path;

use drs_gate::{Outcome, PrecheckReport, Snapshot, Verdict, v3};
use drs_types::common::JobId;
use drs_types::operations::v3::batch_check_results::BatchCheckResultsResponse;
use drs_types::reading;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::failure::Failure;
use crate::files;

/// The members by which a saved run is known.
#[derive(Deserialize)]
struct Members<'a> {
    #[serde(borrow)]
    results: Option<&'a RawValue>,
    #[serde(borrow)]
    response: Option<&'a RawValue>,
    #[serde(borrow)]
    tasks: Option<&'a RawValue>,
}

/// A task of a JSON report.
#[derive(Deserialize)]
struct Task {
    #[serde(rename = "task")]
    id: String,
    verdict: Verdict,
    report: Option<PrecheckReport>,
    failure: Option<drs_gate::CallFailure>,
}

/// Reads a saved run. With ids, only their tasks are assessed, and one that is not there is missing.
///
/// # Errors
/// The file cannot be read, or is no saved run.
pub(crate) fn read(file: &Path, jobs: &[JobId]) -> Result<Snapshot, Failure> {
    let (text, name) =
        files::read(file).map_err(|(name, problem)| Failure::usage(format!("{name} cannot be read: {problem}")))?;
    let refused = |problem: String| {
        Failure::usage(format!("{name} is no saved run: {problem}")).help(
            "Give the response of batch_check_results, a capture with it as \"response\", or a report of --output json.",
        )
    };
    let members: Members<'_> = serde_json::from_str(&text).map_err(|error| refused(error.to_string()))?;
    let mut snapshot = match members {
        Members { tasks: Some(tasks), .. } => {
            let tasks: Vec<Task> = serde_json::from_str(tasks.get()).map_err(|error| refused(error.to_string()))?;
            of_report(tasks, jobs)
        }
        Members { results: Some(_), .. } => response(&text, jobs).map_err(refused)?,
        Members { response: Some(response_text), .. } => response(response_text.get(), jobs).map_err(refused)?,
        _ => return Err(refused("it has none of the members results, response and tasks".to_owned())),
    };
    snapshot.source.file = Some(name);
    Ok(snapshot)
}

fn response(json: &str, jobs: &[JobId]) -> Result<Snapshot, String> {
    let reading = reading::read::<BatchCheckResultsResponse>(json.as_bytes()).map_err(|error| error.to_string())?;
    Ok(v3::snapshot(jobs, reading))
}

fn of_report(tasks: Vec<Task>, jobs: &[JobId]) -> Snapshot {
    let mut known: Vec<(String, Outcome)> = tasks.into_iter().map(|task| (task.id.clone(), outcome(task))).collect();
    if !jobs.is_empty() {
        let place = |id: &JobId| known.iter().position(|(known, _)| known == id.as_str());
        let wanted = jobs.iter().map(|id| {
            let outcome = place(id).map_or(Outcome::Missing, |index| known[index].1.clone());
            (id.as_str().to_owned(), outcome)
        });
        known = wanted.collect();
    }
    Snapshot::new(known)
}

fn outcome(task: Task) -> Outcome {
    match task {
        Task { report: Some(report), verdict: Verdict::Stale, .. } => Outcome::Stale(Box::new(report)),
        Task { report: Some(report), .. } => Outcome::Reported(Box::new(report)),
        Task { failure: Some(failure), .. } => Outcome::CallFailed(failure),
        _ => Outcome::Missing,
    }
}
