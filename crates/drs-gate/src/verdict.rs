//! The rule for the verdict on a pre-check. There is no other.
//!
//! | the report says | verdict |
//! |---|---|
//! | the service refuses the task with an error code | refused |
//! | progress below 100% | running; nothing else in the report is final |
//! | an item is FAILED, also beside `result: true` | failed |
//! | `result: false`, and no item is FAILED | failed |
//! | a value is missing, not documented, left out, or contradicts another one | unclear |
//! | an item has a waiver, as have all that are FAILED | passed with waivers |
//! | an item is ALARM, or was skipped | passed with alarms |
//! | anything else, at 100% with `result: true` | passed |
//!
//! The first row that applies decides. A response without an entry about the task is missing; one with the report of
//! before the start is stale; several entries that differ are unclear, as is a call that failed. A waiver counts only for
//! a named item that is FAILED or ALARM, so it never makes a verdict of what is unclear.

use std::fmt;

use drs_types::Percent;
use serde::{Deserialize, Serialize};

use crate::doubt::Doubt;
use crate::report::{CheckItem, CheckResult, Outcome, PrecheckReport, Subtask};

/// The verdict on the pre-check of a task, for someone who wants to start the task. The order is from good to bad.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verdict {
    /// Finished, and every item is passed.
    Passed,
    /// Finished, and the task may start, but some item raises an alarm or was skipped.
    PassedWithAlarms,
    /// Finished, and someone has waived every item that failed.
    PassedWithWaivers,
    /// Not finished. Nothing in the report is final.
    Running,
    /// Finished, and the task cannot start.
    Failed,
    /// The report is incomplete, has an unlisted value, or contradicts itself, or the call for it failed.
    Unclear,
    /// The report is the one of before the start, so it may be about an earlier pre-check.
    Stale,
    /// The service refused to report on the task.
    Refused,
    /// The response does not mention the task.
    Missing,
}

impl Verdict {
    /// All verdicts, from good to bad.
    pub const ALL: [Self; 9] = [
        Self::Passed,
        Self::PassedWithAlarms,
        Self::PassedWithWaivers,
        Self::Running,
        Self::Failed,
        Self::Unclear,
        Self::Stale,
        Self::Refused,
        Self::Missing,
    ];

    /// Whether the pre-check lets the task start, unless a policy wants more.
    #[must_use]
    pub fn is_pass(self) -> bool {
        matches!(self, Self::Passed | Self::PassedWithAlarms | Self::PassedWithWaivers)
    }

    /// The verdict as JSON has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::PassedWithAlarms => "passed_with_alarms",
            Self::PassedWithWaivers => "passed_with_waivers",
            Self::Running => "running",
            Self::Failed => "failed",
            Self::Unclear => "unclear",
            Self::Stale => "stale",
            Self::Refused => "refused",
            Self::Missing => "missing",
        }
    }
}

/// Renders the verdict in words.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.as_str().replace('_', " "))
    }
}

/// The verdict on one check item. The order is from good to bad.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ItemVerdict {
    /// Nothing to do.
    Passed,
    /// The task may start, but someone should look at the item first. A skipped item is never better than this.
    Alarm,
    /// The item has no result, has one that is not documented, or contradicts its subtasks.
    Unclear,
    /// The task cannot start.
    Failed,
}

impl ItemVerdict {
    /// Returns the verdict on a check item.
    #[must_use]
    pub fn of(item: &CheckItem) -> Self {
        evaluate_item(item).unwrap_or(Self::Unclear)
    }
}

/// A verdict with its doubts.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Evaluation {
    /// The verdict.
    pub verdict: Verdict,
    /// All that speaks against the report. An unclear or stale verdict has at least one doubt; any other may have some.
    pub doubts: Vec<Doubt>,
}

impl Evaluation {
    fn new(verdict: Verdict, doubts: Vec<Doubt>) -> Self {
        Self { verdict, doubts }
    }
}

/// Returns the verdict on an outcome. `is_waived` says whether someone has waived a named item that is FAILED or ALARM;
/// it is not called for any other.
///
/// ```
/// use drs_gate::{Outcome, PrecheckReport, Verdict, evaluate};
///
/// let report: PrecheckReport = serde_json::from_str(
///     r#"{ "progress": "100%", "result": true, "items": [{ "item": "dstDbDiskSize", "result": "FAILED" }] }"#,
/// )?;
/// let outcome = Outcome::from(report);
/// let found = evaluate(&outcome, |_| false);
/// assert_eq!(found.verdict, Verdict::Failed);
/// let doubt = "the service calls the pre-check passed, but 1 item failed: dstDbDiskSize";
/// assert_eq!(found.doubts[0].to_string(), doubt);
/// assert_eq!(evaluate(&outcome, |item| item.name() == "dstDbDiskSize").verdict, Verdict::PassedWithWaivers);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[must_use]
pub fn evaluate(outcome: &Outcome, is_waived: impl Fn(&CheckItem) -> bool) -> Evaluation {
    match outcome {
        Outcome::Missing => Evaluation::new(Verdict::Missing, Vec::new()),
        Outcome::CallFailed(failure) => {
            Evaluation::new(Verdict::Unclear, vec![Doubt::CallFailed { message: failure.message.clone() }])
        }
        Outcome::Reported(report) => evaluate_report(report, &is_waived),
        Outcome::Stale(report) => {
            let mut doubts = vec![Doubt::UnchangedSinceStart];
            doubts.extend(evaluate_report(report, &is_waived).doubts);
            Evaluation::new(Verdict::Stale, doubts)
        }
    }
}

fn evaluate_report(report: &PrecheckReport, is_waived: &dyn Fn(&CheckItem) -> bool) -> Evaluation {
    let mut doubts: Vec<Doubt> = report.misfits.iter().cloned().map(Doubt::Misfit).collect();
    if report.contradicted {
        doubts.push(Doubt::EntriesDiffer);
    }
    if report.refusal.is_some() {
        doubts.extend((report.result == Some(true)).then_some(Doubt::RefusedButPassed));
        let verdict = if report.contradicted { Verdict::Unclear } else { Verdict::Refused };
        return Evaluation::new(verdict, doubts);
    }
    let items = Items::of(report, is_waived);
    if report.is_running() {
        // A value that was left out may be anything, except that it cannot take back a failed item.
        let is_clear = doubts.is_empty() || (items.has_unwaived_failure() && !report.contradicted);
        return Evaluation::new(if is_clear { Verdict::Running } else { Verdict::Unclear }, doubts);
    }
    find_doubts(report, &items, &mut doubts);
    let is_unexplained = report.result == Some(false) && items.failed.is_empty();
    let verdict = if report.contradicted {
        Verdict::Unclear
    } else if items.has_unwaived_failure() || is_unexplained {
        Verdict::Failed
    } else if doubts.iter().any(Doubt::makes_unclear) {
        Verdict::Unclear
    } else if items.waived > 0 {
        Verdict::PassedWithWaivers
    } else if items.alarms > 0 {
        Verdict::PassedWithAlarms
    } else {
        Verdict::Passed
    };
    Evaluation::new(verdict, doubts)
}

/// What the items of a report add up to.
struct Items<'a> {
    failed: Vec<&'a CheckItem>,
    /// The number of failed items and alarms that are waived, of failed items that are, and of alarms.
    waived: usize,
    waived_failures: usize,
    alarms: usize,
    /// The number of items whose result counts as passed, and of those that may count as passed or not.
    passed: usize,
    uncounted: usize,
    doubts: Vec<Doubt>,
}

impl<'a> Items<'a> {
    fn of(report: &'a PrecheckReport, is_waived: &dyn Fn(&CheckItem) -> bool) -> Self {
        let mut found = Self {
            failed: Vec::new(),
            waived: 0,
            waived_failures: 0,
            alarms: 0,
            passed: 0,
            uncounted: 0,
            doubts: Vec::new(),
        };
        for item in report.items() {
            match &item.result {
                _ if item.skipped => found.uncounted += 1,
                Some(CheckResult::Passed | CheckResult::Alarm) => found.passed += 1,
                Some(CheckResult::Failed) => {}
                Some(CheckResult::Unlisted(_)) | None => found.uncounted += 1,
            }
            let waived = |item: &CheckItem| usize::from(item.item.is_some() && is_waived(item));
            match evaluate_item(item) {
                Ok(ItemVerdict::Failed) => {
                    found.failed.push(item);
                    found.waived_failures += waived(item);
                    found.waived += waived(item);
                }
                Ok(ItemVerdict::Alarm) => {
                    found.alarms += 1;
                    found.waived += waived(item);
                }
                Ok(_) => {}
                Err(doubt) => found.doubts.push(doubt),
            }
        }
        found
    }

    fn has_unwaived_failure(&self) -> bool {
        self.failed.len() > self.waived_failures
    }
}

/// Collects what speaks against a report that is not known to run.
fn find_doubts(report: &PrecheckReport, items: &Items<'_>, doubts: &mut Vec<Doubt>) {
    let is_whole = report.misfits.is_empty();
    match &report.progress {
        None if is_whole => doubts.push(Doubt::ProgressMissing),
        Some(progress) if !progress.is_complete() => {
            doubts.push(Doubt::ProgressUnreadable { found: progress.as_str().to_owned() });
        }
        _ => {}
    }
    match report.result {
        None if is_whole => doubts.push(Doubt::ResultMissing),
        Some(true) if !items.failed.is_empty() => {
            let items = items.failed.iter().map(|item| item.name().to_owned()).collect();
            doubts.push(Doubt::PassedDespiteFailedItems { items });
        }
        Some(false) if items.failed.is_empty() => doubts.push(Doubt::FailedWithoutItem),
        _ => {}
    }
    // Without an array of items, the service's own result counts. An empty array means that nothing was checked.
    if report.items.as_ref().is_some_and(Vec::is_empty) {
        doubts.push(Doubt::NoItems);
    }
    doubts.extend(pass_rate(report, items));
    if let Some(message) = &report.error_message {
        doubts.push(Doubt::ErrorWithoutCode { message: message.clone() });
    }
    doubts.extend(items.doubts.iter().cloned());
}

/// Compares the share of passed items with the items.
fn pass_rate(report: &PrecheckReport, items: &Items<'_>) -> Option<Doubt> {
    let rate = report.pass_rate.as_ref()?;
    let found = rate.as_str().to_owned();
    if rate.value().is_none() {
        return Some(Doubt::PassRateUnreadable { found });
    }
    let total = report.items().len();
    let agrees = if total == 0 {
        rate.is_complete() || report.result == Some(false)
    } else {
        (items.passed..=items.passed + items.uncounted).any(|passed| is_share(rate, passed, total))
    };
    (!agrees).then_some(Doubt::PassRateAgainstItems { rate: found, passed: items.passed, items: total })
}

/// Whether a percentage is this share, rounded up or down to its own decimals.
fn is_share(rate: &Percent, passed: usize, total: usize) -> bool {
    let number = rate.as_str().trim().trim_end_matches('%').trim_end();
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let fraction = &fraction[..fraction.len().min(6)];
    let unit = 10_u128.pow(u32::try_from(fraction.len()).unwrap_or_default());
    let Ok(rate) = format!("{whole}{fraction}").parse::<u128>() else { return false };
    let (passed, total) = (passed as u128, total as u128);
    (rate * total).abs_diff(passed * 100 * unit) < total
}

/// Returns the verdict on one check item, or the doubt that makes it unclear.
pub(crate) fn evaluate_item(item: &CheckItem) -> Result<ItemVerdict, Doubt> {
    let name = || item.name().to_owned();
    let verdict = match &item.result {
        None => return Err(Doubt::ItemResultMissing { item: name() }),
        Some(CheckResult::Unlisted(found)) => {
            return Err(Doubt::ItemResultUnlisted { item: name(), found: found.clone() });
        }
        Some(CheckResult::Failed) => return Ok(ItemVerdict::Failed),
        Some(CheckResult::Alarm) => ItemVerdict::Alarm,
        Some(CheckResult::Passed) if item.skipped => ItemVerdict::Alarm,
        Some(CheckResult::Passed) => ItemVerdict::Passed,
    };
    // The array holds failed subtasks, so an item that did not fail needs a good result of each.
    item.subtasks.iter().try_fold(verdict, |worst, subtask| Ok(worst.max(evaluate_subtask(subtask, item)?)))
}

fn evaluate_subtask(subtask: &Subtask, of: &CheckItem) -> Result<ItemVerdict, Doubt> {
    match (&subtask.result, &of.result) {
        (Some(CheckResult::Passed), _) => Ok(ItemVerdict::Passed),
        (Some(CheckResult::Alarm), _) => Ok(ItemVerdict::Alarm),
        (found, result) => Err(Doubt::SubtaskAgainstItem {
            item: of.name().to_owned(),
            result: result.clone().unwrap_or(CheckResult::Unlisted(String::new())),
            subtask: subtask.name().to_owned(),
            found: found.clone(),
        }),
    }
}
