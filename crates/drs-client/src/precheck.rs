//! Pre-check results, task by task.
//!
//! The service answers for each task on its own, in no promised order, and may refuse one task inside an answer that
//! is a success. Here every task that was asked for gets exactly one outcome.

use std::collections::HashMap;

use drs_types::common::{ErrorCode, JobId};
use drs_types::operations::v3::batch_check_results::{
    BatchCheckResults, BatchQueryPrecheckResultReq, QueryPreCheckResp,
};
use drs_types::{Misfit, reading};

pub use crate::verdict::{ItemVerdict, Verdict, doubts};
use crate::{Client, Error};

/// What the service says of the tasks that were asked for.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Results {
    /// One entry for each task, in the order that they were asked for.
    pub tasks: Vec<Task>,
    /// Entries of the answer that are about no task that was asked for, or about one that already has its outcome.
    pub unasked: Vec<QueryPreCheckResp>,
    /// Everything in the answer that does not fit its type and was left out, inside the entries of tasks and outside.
    pub misfits: Vec<Misfit>,
    /// What the service calls the request; quote it to the vendor's support.
    pub request_id: Option<String>,
}

/// One task and its outcome.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Task {
    /// The task that was asked for.
    pub id: JobId,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of asking for one task.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// The service reports on the task; see [`Verdict::of`] for what that means.
    Reported(Box<QueryPreCheckResp>),
    /// The service reports on the task, but part of what it says does not fit its type and was left out.
    Incomplete {
        /// What could be read.
        entry: Box<QueryPreCheckResp>,
        /// What could not.
        misfits: Vec<Misfit>,
    },
    /// The service refuses to report on this task.
    Refused {
        /// Why.
        code: ErrorCode,
        /// The whole entry, with the text of the error.
        entry: Box<QueryPreCheckResp>,
    },
    /// The answer has several entries about the task, and they differ. The first is here, [`Results::unasked`] has the
    /// others.
    Contradicted(Box<QueryPreCheckResp>),
    /// The answer does not mention the task.
    Missing,
}

impl Outcome {
    /// What the outcome means.
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

    /// What the service said of the task.
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

/// Asks for the pre-check results of tasks, all in one call.
///
/// # Errors
/// No id, or the same id twice ([`Error::Invalid`], which names the offender; nothing was sent), and everything that
/// can go wrong with the call as a whole. A task that is refused on its own is an [`Outcome`].
pub async fn results(client: &Client, ids: &[JobId]) -> Result<Results, Error> {
    let reply = client.send(&BatchCheckResults::new(BatchQueryPrecheckResultReq::new(ids.to_vec()))).await?;
    let entries = reply.body.results.unwrap_or_default();
    let left_out = reading::misfits_by_element(&reply.misfits, "/results", entries.len());
    let results = sort(ids, entries.into_iter().zip(left_out));
    Ok(Results { misfits: reply.misfits, request_id: reply.request_id, ..results })
}

/// Gives each task its entry, by id.
fn sort(ids: &[JobId], entries: impl IntoIterator<Item = (QueryPreCheckResp, Vec<Misfit>)>) -> Results {
    let mut outcomes: HashMap<&JobId, Outcome> = HashMap::new();
    let mut unasked = Vec::new();
    for (entry, misfits) in entries {
        match entry.precheck_id.as_ref().and_then(|id| ids.iter().find(|asked| *asked == id)) {
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

/// What is known of a task when the answer has another entry about it.
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

    fn id(text: &str) -> JobId {
        text.parse().unwrap()
    }

    #[test]
    fn a_task_refused_inside_a_success_is_refused_and_an_empty_code_is_none() {
        assert_eq!(verdict(json!({ "error_code": "DRS.M05003", "process": "100%" })), Verdict::Refused);
        assert_eq!(verdict(json!({ "error_code": "", "process": "100%", "result": true })), Verdict::Passed);
    }

    #[test]
    fn every_asked_task_gets_one_outcome_and_nothing_is_dropped() {
        let answer = vec![
            entry(json!({ "precheck_id": "c", "error_code": "DRS.M05003" })),
            entry(json!({ "precheck_id": "stranger" })),
            entry(json!({ "precheck_id": "a", "process": "100%", "result": true })),
            entry(json!({ "precheck_id": "a", "process": "100%", "result": true })),
            entry(json!({ "error_code": "DRS.M00004" })),
        ];
        let results = sort(&[id("a"), id("b"), id("c")], answer.into_iter().map(|entry| (entry, Vec::new())));
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
