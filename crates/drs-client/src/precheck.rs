//! Pre-check results, task by task.
//!
//! The service reports each task separately, in any order, and may refuse one task inside a successful response. Here
//! every requested task gets exactly one outcome.

use std::collections::{HashMap, HashSet};

use drs_types::common::{ErrorCode, JobId};
use drs_types::operations::v3::batch_check_results::{
    BatchCheckResults, BatchQueryPrecheckResultReq, QueryPreCheckResp,
};
use drs_types::{Misfit, reading};

pub use crate::verdict::{ItemVerdict, Verdict, doubts};
use crate::{Client, Error};

/// The outcomes of the requested tasks.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Results {
    /// One outcome for each task, in the order of the request.
    pub tasks: Vec<Task>,
    /// Entries of the response about other tasks, and further entries about a task that already has its outcome.
    pub unasked: Vec<QueryPreCheckResp>,
    /// All values of the response that do not fit their type and were left out, inside the entries of tasks and
    /// outside.
    pub misfits: Vec<Misfit>,
    /// The service's id of the request. The vendor's support asks for it.
    pub request_id: Option<String>,
}

/// A requested task and its outcome.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Task {
    /// The id of the task.
    pub id: JobId,
    /// The outcome.
    pub outcome: Outcome,
}

/// The outcome of the request for one task.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// The service reports on the task; [`Verdict::of`] says what that means.
    Reported(Box<QueryPreCheckResp>),
    /// The service reports on the task, but part of the report does not fit its type and was left out.
    Incomplete {
        /// The part that could be read.
        entry: Box<QueryPreCheckResp>,
        /// The values that could not be read.
        misfits: Vec<Misfit>,
    },
    /// The service refuses to report on this task.
    Refused {
        /// The error code.
        code: ErrorCode,
        /// The whole entry, with the error message.
        entry: Box<QueryPreCheckResp>,
    },
    /// The response has several entries about the task, and they differ. This is the first; [`Results::unasked`] has
    /// the others.
    Contradicted(Box<QueryPreCheckResp>),
    /// The response does not mention the task.
    Missing,
}

impl Outcome {
    /// Returns the verdict on the outcome.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Reported(entry) => Verdict::of(entry),
            Self::Incomplete { entry, .. } => Verdict::of_incomplete(entry),
            Self::Refused { .. } => Verdict::Refused,
            Self::Contradicted(_) => Verdict::Unclear,
            Self::Missing => Verdict::Missing,
        }
    }

    /// Returns the entry of the service; `None` for a missing task.
    #[must_use]
    pub fn entry(&self) -> Option<&QueryPreCheckResp> {
        match self {
            Self::Reported(entry)
            | Self::Incomplete { entry, .. }
            | Self::Refused { entry, .. }
            | Self::Contradicted(entry) => Some(entry),
            Self::Missing => None,
        }
    }
}

/// Requests the pre-check results of tasks in one call.
///
/// # Errors
/// There is no id, or a duplicate ([`Error::Invalid`], which names the id; nothing was sent), or the call as a whole
/// fails. A refusal of one task is an [`Outcome`].
pub async fn results(client: &Client, ids: &[JobId]) -> Result<Results, Error> {
    let reply = client.send(&BatchCheckResults::new(BatchQueryPrecheckResultReq::new(ids.to_vec()))).await?;
    let entries = reply.body.results.unwrap_or_default();
    let left_out = reading::misfits_by_item(&reply.misfits, "/results", entries.len());
    let results = sort(ids, entries.into_iter().zip(left_out));
    Ok(Results { misfits: reply.misfits, request_id: reply.request_id, ..results })
}

/// Assigns the entries to the tasks by id.
fn sort(ids: &[JobId], entries: impl IntoIterator<Item = (QueryPreCheckResp, Vec<Misfit>)>) -> Results {
    let requested: HashSet<&JobId> = ids.iter().collect();
    let mut outcomes: HashMap<&JobId, Outcome> = HashMap::new();
    let mut unasked = Vec::new();
    for (entry, misfits) in entries {
        match entry.precheck_id.as_ref().and_then(|id| requested.get(id).copied()) {
            Some(id) => match outcomes.remove(id) {
                None => drop(outcomes.insert(id, outcome(entry, misfits))),
                Some(known) => {
                    outcomes.insert(id, again(known, &entry, misfits));
                    unasked.push(entry);
                }
            },
            None => unasked.push(entry),
        }
    }
    let tasks = ids.iter().map(|id| Task { id: id.clone(), outcome: outcomes.remove(id).unwrap_or(Outcome::Missing) });
    Results { tasks: tasks.collect(), unasked, misfits: Vec::new(), request_id: None }
}

fn outcome(entry: QueryPreCheckResp, misfits: Vec<Misfit>) -> Outcome {
    match &entry.error_code {
        Some(code) if !code.as_str().is_empty() => Outcome::Refused { code: code.clone(), entry: Box::new(entry) },
        _ if misfits.is_empty() => Outcome::Reported(Box::new(entry)),
        _ => Outcome::Incomplete { entry: Box::new(entry), misfits },
    }
}

/// Updates the outcome of a task that has another entry in the response.
fn again(known: Outcome, entry: &QueryPreCheckResp, misfits: Vec<Misfit>) -> Outcome {
    match known {
        Outcome::Reported(first) | Outcome::Refused { entry: first, .. } | Outcome::Incomplete { entry: first, .. }
            if *first != *entry =>
        {
            Outcome::Contradicted(first)
        }
        Outcome::Reported(entry) if !misfits.is_empty() => Outcome::Incomplete { entry, misfits },
        known => known,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn entry(json: Value) -> QueryPreCheckResp {
        serde_json::from_value(json).unwrap()
    }

    fn verdict(json: Value) -> Verdict {
        outcome(entry(json), Vec::new()).verdict()
    }

    fn id(id: &str) -> JobId {
        id.parse().unwrap()
    }

    #[test]
    fn an_entry_with_an_error_code_is_refused_and_an_empty_code_does_not_count() {
        assert_eq!(verdict(json!({ "error_code": "DRS.M05003", "process": "100%" })), Verdict::Refused);
        assert_eq!(verdict(json!({ "error_code": "", "process": "100%", "result": true })), Verdict::Passed);
    }

    #[test]
    fn every_requested_task_gets_one_outcome_and_no_entry_is_dropped() {
        let entries = vec![
            entry(json!({ "precheck_id": "c", "error_code": "DRS.M05003" })),
            entry(json!({ "precheck_id": "stranger" })),
            entry(json!({ "precheck_id": "a", "process": "100%", "result": true })),
            entry(json!({ "precheck_id": "a", "process": "100%", "result": true })),
            entry(json!({ "error_code": "DRS.M00004" })),
        ];
        let results = sort(&[id("a"), id("b"), id("c")], entries.into_iter().map(|entry| (entry, Vec::new())));
        let verdicts: Vec<Verdict> = results.tasks.iter().map(|task| task.outcome.verdict()).collect();
        assert_eq!(verdicts, [Verdict::Passed, Verdict::Missing, Verdict::Refused]);
        assert_eq!(results.unasked.len(), 3);
    }

    #[test]
    fn a_task_with_entries_that_differ_is_unclear() {
        let passed = || entry(json!({ "precheck_id": "a", "process": "100%", "result": true }));
        let verdict = |other: Value| {
            let results = sort(&[id("a")], [passed(), entry(other), passed()].map(|entry| (entry, Vec::new())));
            assert_eq!(results.unasked.len(), 2);
            results.tasks[0].outcome.verdict()
        };
        assert_eq!(verdict(json!({ "precheck_id": "a", "process": "100%", "result": false })), Verdict::Unclear);
        assert_eq!(verdict(json!({ "precheck_id": "a", "process": "1%" })), Verdict::Unclear);
        assert_eq!(verdict(json!({ "precheck_id": "a", "error_code": "DRS.M05003" })), Verdict::Unclear);
        assert_eq!(verdict(json!({ "precheck_id": "a", "process": "100%", "result": true })), Verdict::Passed);
    }
}
