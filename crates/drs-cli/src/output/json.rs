//! Pre-check results for programs.

use std::collections::BTreeMap;
use std::io::{self, Write};

use drs_client::precheck::{Outcome, Results, Task, Verdict, doubts};
use drs_types::Misfit;
use drs_types::common::JobId;
use drs_types::operations::v3::batch_check_results::QueryPreCheckResp;
use serde::Serialize;
use serde_json::Value;

use crate::failure::Failure;

/// The source of the results.
#[derive(Serialize)]
pub(crate) struct Source<'a> {
    pub(crate) endpoint: &'a str,
    /// Whether the source is an emulator.
    pub(crate) embedded: bool,
    /// The scenario by which the results are made up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) synthetic: Option<&'a str>,
}

#[derive(Serialize)]
struct Document<'a> {
    source: &'a Source<'a>,
    request_ids: &'a [String],
    /// The number of tasks with each verdict.
    verdicts: BTreeMap<&'static str, usize>,
    tasks: Vec<Row<'a>>,
    /// The entries about tasks that were not requested.
    unasked: &'a [QueryPreCheckResp],
    /// All values of the responses that do not fit the documentation and were left out.
    misfits: &'a [Misfit],
}

#[derive(Serialize)]
struct Row<'a> {
    id: &'a JobId,
    verdict: &'static str,
    /// The scenario by which the result is made up, in a line of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    synthetic: Option<&'a str>,
    /// The reasons of an unclear verdict.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    doubts: Vec<String>,
    /// The error of the call with the task, when there is no usable response.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Value>,
    /// The entry of the service; null without one.
    entry: Option<&'a QueryPreCheckResp>,
    /// The values of the entry that do not fit the documentation and were left out.
    #[serde(skip_serializing_if = "<[Misfit]>::is_empty")]
    misfits: &'a [Misfit],
}

impl<'a> Row<'a> {
    fn of(task: &'a Task) -> Self {
        let misfits = match &task.outcome {
            Outcome::Incomplete { misfits, .. } => misfits.as_slice(),
            _ => &[],
        };
        let verdict = task.outcome.verdict();
        let doubts = match &task.outcome {
            Outcome::Reported(entry) => doubts(entry),
            Outcome::Incomplete { .. } if verdict == Verdict::Unclear => {
                misfits.iter().map(ToString::to_string).collect()
            }
            Outcome::Contradicted(_) => {
                vec!["the response has several entries about this task, and they differ".to_owned()]
            }
            _ => Vec::new(),
        };
        let error = match &task.outcome {
            Outcome::Failed(error) => Some(Failure::from(&**error).facts()),
            _ => None,
        };
        let (verdict, entry) = (name(verdict), task.outcome.entry());
        Self { id: &task.id, verdict, synthetic: None, doubts, error, entry, misfits }
    }
}

/// Writes one document with everything.
pub(crate) fn document(out: &mut dyn Write, source: &Source<'_>, results: &Results) -> io::Result<()> {
    let tasks: Vec<Row<'_>> = results.tasks.iter().map(Row::of).collect();
    let mut verdicts = BTreeMap::new();
    for task in &tasks {
        *verdicts.entry(task.verdict).or_default() += 1;
    }
    let Results { unasked, misfits, request_ids, .. } = results;
    let document = Document { source, request_ids, verdicts, tasks, unasked, misfits };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

/// Writes one document per task, one per line; then other entries and misfits.
pub(crate) fn lines(out: &mut dyn Write, source: &Source<'_>, results: &Results) -> io::Result<()> {
    for task in &results.tasks {
        serde_json::to_writer(&mut *out, &Row { synthetic: source.synthetic, ..Row::of(task) })?;
        writeln!(out)?;
    }
    for entry in &results.unasked {
        serde_json::to_writer(&mut *out, &serde_json::json!({ "verdict": "unasked", "entry": entry }))?;
        writeln!(out)?;
    }
    if !results.misfits.is_empty() {
        serde_json::to_writer(&mut *out, &serde_json::json!({ "misfits": results.misfits }))?;
        writeln!(out)?;
    }
    Ok(())
}

/// Returns the verdict as a word. Scripts rely on it.
fn name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::PassedWithAlarms => "passed_with_alarms",
        Verdict::Running => "running",
        Verdict::Failed => "failed",
        Verdict::Refused => "refused",
        Verdict::Missing => "missing",
        _ => "unclear",
    }
}
