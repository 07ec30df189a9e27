//! Pre-check results, task by task.
//!
//! The service answers for each task on its own, in no promised order, and may refuse one task inside an answer that
//! is a success. Here every task that was asked for gets exactly one outcome.

use std::collections::HashMap;

use drs_types::batch_check_results::{
    BatchCheckResults, BatchQueryPrecheckResultReq, PrecheckItemResult, PrecheckResult, QueryPreCheckResp,
};
use drs_types::common::{ErrorCode, JobId};

use crate::{Client, Error};

/// What the service says of the tasks that were asked for.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Results {
    /// One entry for each task, in the order that they were asked for.
    pub tasks: Vec<Task>,
    /// Entries of the answer that are about no task that was asked for, or about one that already has its outcome.
    pub unasked: Vec<QueryPreCheckResp>,
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
    /// The service refuses to report on this task.
    Refused {
        /// Why.
        code: ErrorCode,
        /// The whole entry, with the text of the error.
        entry: Box<QueryPreCheckResp>,
    },
    /// The answer does not mention the task.
    Missing,
}

/// What an outcome means for someone who wants to start the task.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Verdict {
    /// Finished, and every item is passed.
    Passed,
    /// Finished, and the task may start, but some item is not plainly passed.
    PassedWithAlarms,
    /// Not finished. Nothing that is said so far is final.
    Running,
    /// Finished, and the task cannot start.
    Failed,
    /// The report does not say enough to judge by.
    Unclear,
    /// The service refused to report on the task.
    Refused,
    /// The answer does not mention the task.
    Missing,
}

impl Outcome {
    /// What the outcome means.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Reported(entry) => Verdict::of(entry),
            Self::Refused { .. } => Verdict::Refused,
            Self::Missing => Verdict::Missing,
        }
    }

    /// What the service said of the task.
    #[must_use]
    pub fn entry(&self) -> Option<&QueryPreCheckResp> {
        match self {
            Self::Reported(entry) | Self::Refused { entry, .. } => Some(entry),
            Self::Missing => None,
        }
    }
}

impl Verdict {
    /// The one rule that says what a report means.
    ///
    /// A pre-check below 100% is running, whatever else the report says. At 100% the service's own verdict counts,
    /// except that no failed item is passed over. `ALARM` does not stop a task.
    #[must_use]
    pub fn of(entry: &QueryPreCheckResp) -> Self {
        match entry.process.as_ref().map(|process| (process.value(), process.is_complete())) {
            Some((_, true)) => {}
            Some((Some(_), false)) => return Self::Running,
            Some((None, false)) | None => return Self::Unclear,
        }
        let items = entry.precheck_result();
        let failed = |item: &PrecheckResult| item.result == Some(PrecheckItemResult::Failed);
        match entry.result {
            Some(false) => Self::Failed,
            _ if items.iter().any(failed) => Self::Failed,
            Some(true) if items.iter().all(|item| item.result == Some(PrecheckItemResult::Passed)) => Self::Passed,
            Some(true) => Self::PassedWithAlarms,
            None => Self::Unclear,
        }
    }

    /// Whether the pre-check lets the task start.
    #[must_use]
    pub fn is_pass(self) -> bool {
        matches!(self, Self::Passed | Self::PassedWithAlarms)
    }
}

/// Asks for the pre-check results of tasks, all in one call.
///
/// # Errors
/// No id, or the same id twice ([`Error::Invalid`], which names the offender; nothing was sent), and everything that
/// can go wrong with the call as a whole. A task that is refused on its own is an [`Outcome`].
pub async fn results(client: &Client, ids: &[JobId]) -> Result<Results, Error> {
    let reply = client.send(&BatchCheckResults::new(BatchQueryPrecheckResultReq::new(ids.to_vec()))).await?;
    let mut results = sort(ids, reply.body.results.unwrap_or_default());
    results.request_id = reply.request_id;
    Ok(results)
}

/// Gives each task its entry, by id.
fn sort(ids: &[JobId], entries: Vec<QueryPreCheckResp>) -> Results {
    let mut outcomes: HashMap<&JobId, Outcome> = HashMap::new();
    let mut unasked = Vec::new();
    for entry in entries {
        match entry.precheck_id.as_ref().and_then(|id| ids.iter().find(|asked| *asked == id)) {
            Some(id) if !outcomes.contains_key(id) => drop(outcomes.insert(id, outcome(entry))),
            _ => unasked.push(entry),
        }
    }
    let tasks = ids.iter().map(|id| Task { id: id.clone(), outcome: outcomes.remove(id).unwrap_or(Outcome::Missing) });
    Results { tasks: tasks.collect(), unasked, request_id: None }
}

fn outcome(entry: QueryPreCheckResp) -> Outcome {
    match &entry.error_code {
        Some(code) if !code.as_str().is_empty() => Outcome::Refused { code: code.clone(), entry: Box::new(entry) },
        _ => Outcome::Reported(Box::new(entry)),
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
        outcome(entry(json)).verdict()
    }

    fn id(text: &str) -> JobId {
        text.parse().unwrap()
    }

    #[test]
    fn below_a_hundred_percent_nothing_is_passed_or_failed() {
        assert_eq!(verdict(json!({ "process": "99%", "result": true })), Verdict::Running);
        assert_eq!(verdict(json!({ "process": "0%", "result": false })), Verdict::Running);
        let failed = json!({ "process": "50%", "precheck_result": [{ "result": "FAILED" }] });
        assert_eq!(verdict(failed), Verdict::Running);
    }

    #[test]
    fn alarms_do_not_stop_a_task_but_are_told_apart() {
        let with = |item: &str| json!({ "process": "100%", "result": true, "precheck_result": [{ "result": item }] });
        assert_eq!(verdict(with("PASSED")), Verdict::Passed);
        assert_eq!(verdict(with("ALARM")), Verdict::PassedWithAlarms);
        assert_eq!(verdict(with("SKIPPED")), Verdict::PassedWithAlarms);
        assert_eq!(verdict(with("")), Verdict::PassedWithAlarms);
    }

    #[test]
    fn a_failed_item_fails_the_task_whatever_the_summary_says() {
        let item = json!([{ "result": "FAILED" }]);
        assert_eq!(verdict(json!({ "process": "100%", "result": true, "precheck_result": item })), Verdict::Failed);
        assert_eq!(verdict(json!({ "process": "100%", "result": false })), Verdict::Failed);
    }

    #[test]
    fn a_report_that_does_not_say_enough_is_unclear() {
        for json in [
            json!({}),
            json!({ "result": true }),
            json!({ "process": "done", "result": true }),
            json!({ "process": "100%" }),
        ] {
            assert_eq!(verdict(json.clone()), Verdict::Unclear, "{json}");
        }
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
            entry(json!({ "precheck_id": "a", "process": "1%" })),
            entry(json!({ "error_code": "DRS.M00004" })),
        ];
        let results = sort(&[id("a"), id("b"), id("c")], answer);
        let verdicts: Vec<Verdict> = results.tasks.iter().map(|task| task.outcome.verdict()).collect();
        assert_eq!(verdicts, [Verdict::Passed, Verdict::Missing, Verdict::Refused]);
        assert_eq!(results.unasked.len(), 3);
    }
}
