//! Results for programs.

use std::collections::BTreeMap;
use std::io::{self, Write};

use drs_client::precheck::{Outcome, Results, Task, Verdict, doubts};
use drs_types::Misfit;
use drs_types::common::JobId;
use drs_types::operations::v3::batch_check_results::QueryPreCheckResp;
use serde::Serialize;

/// Where the results come from.
#[derive(Serialize)]
pub(crate) struct Source<'a> {
    pub(crate) endpoint: &'a str,
    /// Whether an emulator answered instead of the service.
    pub(crate) embedded: bool,
}

#[derive(Serialize)]
struct Document<'a> {
    source: &'a Source<'a>,
    request_id: Option<&'a str>,
    /// How many tasks have each verdict.
    verdicts: BTreeMap<&'static str, usize>,
    tasks: Vec<Row<'a>>,
    /// What the answer says of tasks that were not asked for.
    unasked: &'a [QueryPreCheckResp],
    /// What of the whole answer does not fit its documentation and was left out.
    misfits: &'a [Misfit],
}

#[derive(Serialize)]
struct Row<'a> {
    id: &'a JobId,
    verdict: &'static str,
    /// Why the verdict is unclear.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    doubts: Vec<String>,
    /// What the service said; null when it said nothing.
    entry: Option<&'a QueryPreCheckResp>,
    /// What of the entry does not fit its documentation and was left out.
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
                vec!["the answer has several entries about this task, and they differ".to_owned()]
            }
            _ => Vec::new(),
        };
        Self { id: &task.id, verdict: name(verdict), doubts, entry: task.outcome.entry(), misfits }
    }
}

/// One document of everything.
pub(crate) fn document(out: &mut dyn Write, source: &Source<'_>, results: &Results) -> io::Result<()> {
    let tasks: Vec<Row<'_>> = results.tasks.iter().map(Row::of).collect();
    let mut verdicts = BTreeMap::new();
    for task in &tasks {
        *verdicts.entry(task.verdict).or_default() += 1;
    }
    let request_id = results.request_id.as_deref();
    let (unasked, misfits) = (&results.unasked, &results.misfits);
    let document = Document { source, request_id, verdicts, tasks, unasked, misfits };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

/// One document a task, each on its own line; then entries about tasks that were not asked for, and what does not fit.
pub(crate) fn lines(out: &mut dyn Write, results: &Results) -> io::Result<()> {
    for task in &results.tasks {
        serde_json::to_writer(&mut *out, &Row::of(task))?;
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

/// The verdict as a word that scripts can rely on.
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
