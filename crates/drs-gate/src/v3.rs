//! The mapping of version 3 of the API. Only this module and its like know a version.

use std::collections::BTreeMap;

use drs_types::Misfit;
use drs_types::Retry;
use drs_types::common::{ErrorCode, JobId};
use drs_types::operations::v3::batch_check_results::{
    BatchCheckResultsResponse, PrecheckFailSubJobVo, PrecheckItemResult, PrecheckResult, QueryPreCheckResp,
};
use drs_types::reading::{self, Reading};

use crate::assessment::Snapshot;
use crate::doubt::Doubt;
use crate::report::{CheckItem, CheckResult, Outcome, PrecheckReport, Refusal, Subtask};

/// Maps one entry of a response, and the values of it that could not be read.
#[must_use]
pub fn report(entry: QueryPreCheckResp, misfits: Vec<Misfit>) -> PrecheckReport {
    let message = filled(entry.error_msg);
    let (refusal, error_message) = match entry.error_code.filter(|code| !code.as_str().trim().is_empty()) {
        Some(code) => (Some(refusal(&code, message)), None),
        None => (None, message),
    };
    PrecheckReport {
        task: entry.precheck_id.map(JobId::into_string),
        progress: entry.process,
        result: entry.result,
        pass_rate: entry.total_passed_rate.filter(|rate| !rate.as_str().trim().is_empty()),
        instance: entry.rds_instance_id,
        direction: entry.job_direction.map(|direction| direction.as_str().to_owned()),
        items: entry.precheck_result.map(|items| items.into_iter().map(item).collect()),
        refusal,
        error_message,
        misfits,
        contradicted: false,
    }
}

/// Maps a whole response to a request for the results of these tasks, such as one that was saved to a file. Without
/// any id, the tasks are those of the response.
#[must_use]
pub fn snapshot(requested: &[JobId], response: Reading<BatchCheckResultsResponse>) -> Snapshot {
    let Reading { body, misfits, .. } = response;
    let entries = body.results.unwrap_or_default();
    let found = entries.len() + reading::items_left_out(&misfits, "/results");
    let miscount = body.count.filter(|count| usize::try_from(*count) != Ok(found));
    let doubts = miscount.map(|count| Doubt::CountAgainstEntries { count, entries: found });
    let left_out = reading::misfits_by_item(&misfits, "/results", entries.len());
    let mut tasks: Vec<(String, Outcome)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for id in requested {
        places.entry(id.as_str().to_owned()).or_insert_with(|| {
            tasks.push((id.as_str().to_owned(), Outcome::Missing));
            tasks.len() - 1
        });
    }
    let mut unrequested = Vec::new();
    for (entry, misfits) in entries.into_iter().zip(left_out) {
        let report = report(entry, misfits);
        let place = report.task.as_ref().and_then(|id| places.get(id).copied());
        match (place, &report.task) {
            (Some(place), _) => unrequested.extend(add(&mut tasks[place].1, report)),
            (None, Some(id)) if requested.is_empty() => {
                places.insert(id.clone(), tasks.len());
                tasks.push((id.clone(), report.into()));
            }
            (None, _) => unrequested.push(report),
        }
    }
    let mut snapshot = Snapshot::new(tasks);
    snapshot.unrequested = unrequested;
    snapshot.misfits = misfits;
    snapshot.doubts = doubts.into_iter().collect();
    snapshot
}

/// Adds an entry to the outcome of its task, and returns it when the task has one already.
fn add(known: &mut Outcome, report: PrecheckReport) -> Option<PrecheckReport> {
    let Outcome::Reported(first) = known else {
        *known = report.into();
        return None;
    };
    first.contradicted |= !first.is_same_as(&report);
    if first.misfits.is_empty() {
        first.misfits.clone_from(&report.misfits);
    }
    Some(report)
}

/// Maps an error code and its message.
#[must_use]
pub fn refusal(code: &ErrorCode, message: Option<String>) -> Refusal {
    Refusal {
        code: code.as_str().to_owned(),
        message,
        meaning: code.meaning().map(str::to_owned),
        temporary: code.retry().map(|retry| matches!(retry, Retry::Later | Retry::AfterNewToken)),
    }
}

fn item(item: PrecheckResult) -> CheckItem {
    CheckItem {
        item: item.item,
        group: item.group,
        result: item.result.as_ref().map(result),
        reason: filled(item.failed_reason),
        message: filled(item.raw_error_msg),
        data: item.data,
        subtasks: item.failed_sub_jobs.unwrap_or_default().into_iter().map(subtask).collect(),
        skipped: false,
        can_skip: None,
    }
}

fn subtask(subtask: PrecheckFailSubJobVo) -> Subtask {
    let result = subtask.check_result.as_deref().map(|found| result(&PrecheckItemResult::from(found)));
    Subtask { id: subtask.id, name: subtask.name, result }
}

/// Maps a result. Case and white space around it do not count.
fn result(found: &PrecheckItemResult) -> CheckResult {
    match found.listed() {
        Some(PrecheckItemResult::Passed) => CheckResult::Passed,
        Some(PrecheckItemResult::Alarm) => CheckResult::Alarm,
        Some(PrecheckItemResult::Failed) => CheckResult::Failed,
        _ => CheckResult::Unlisted(found.as_str().to_owned()),
    }
}

/// Returns a string unless it is blank, which the service writes for none.
fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}
