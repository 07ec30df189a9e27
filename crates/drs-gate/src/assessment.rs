//! The assessment of tasks by a policy: the one result that all reports are made of.

use std::collections::BTreeMap;

use drs_types::Misfit;
use serde::Serialize;

use crate::catalogue::{self, Short, Side};
use crate::date::Date;
use crate::decision::Decision;
use crate::doubt::Doubt;
use crate::evidence::Evidence;
use crate::policy::{FailOn, Policy, Waiver};
use crate::report::{CallFailure, CheckItem, Outcome, PrecheckReport, Subtask, is_false};
use crate::verdict::{Evaluation, ItemVerdict, Verdict, evaluate};

/// What the service said about the requested tasks at one time.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Snapshot {
    /// Where it comes from.
    pub source: Source,
    /// The outcome of each requested task, in the order of the request.
    pub tasks: Vec<(String, Outcome)>,
    /// The entries about tasks that were not requested, and further entries about a task.
    pub unrequested: Vec<PrecheckReport>,
    /// All values that do not fit the documentation and were left out, inside the entries and outside.
    pub misfits: Vec<Misfit>,
    /// What contradicts the responses as a whole.
    pub doubts: Vec<Doubt>,
}

impl Snapshot {
    /// A snapshot of these tasks, with nothing else.
    #[must_use]
    pub fn new(tasks: Vec<(String, Outcome)>) -> Self {
        Self { tasks, ..Self::default() }
    }
}

/// Where a snapshot comes from.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Source {
    /// The address of the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// Whether the service is an emulator.
    pub embedded: bool,
    /// The scenario by which an emulator makes the results up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub synthetic: Option<String>,
    /// The file that the response was read from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// When the last response came, as RFC 3339 has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fetched_at: Option<String>,
    /// The service's ids of the requests. The vendor's support asks for them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub request_ids: Vec<String>,
}

/// The result of the gate. Its JSON is the format `json` of reports.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Assessment {
    /// What the gate decides for all tasks together.
    pub decision: Decision,
    /// Where the reports come from.
    pub source: Source,
    /// The day for which waivers were counted.
    pub today: Date,
    /// The mildest result that stops a task.
    pub fail_on: FailOn,
    /// The number of tasks with each verdict.
    pub verdicts: BTreeMap<Verdict, usize>,
    /// What contradicts the responses as a whole. With any, the decision is unclear.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<Doubt>,
    /// The tasks, in the order of the request.
    pub tasks: Vec<TaskAssessment>,
    /// Every waiver of the policy, and what became of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<WaiverUse>,
    /// The entries about tasks that were not requested, and further entries about a task.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unrequested: Vec<PrecheckReport>,
    /// All values that do not fit the documentation and were left out, inside the entries and outside.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub misfits: Vec<Misfit>,
}

/// The assessment of one task.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct TaskAssessment {
    /// The id of the task.
    pub task: String,
    /// The verdict on its pre-check.
    pub verdict: Verdict,
    /// What the gate decides for it, by verdict and policy.
    pub decision: Decision,
    /// All that speaks against the report.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<Doubt>,
    /// The items that did not pass, the worst first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// The report with all items; missing when the service gave none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<PrecheckReport>,
    /// Why the call that asked for the report failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<CallFailure>,
}

/// An item that did not pass.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Finding {
    /// The index of the item in the report.
    pub index: usize,
    /// The name of the item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// The group of the item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The verdict on the item.
    pub verdict: ItemVerdict,
    /// The result, as the service wrote it; missing without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// What the finding does to the task.
    pub effect: Effect,
    /// Why the item failed, or what its alarm is about: a code such as `SRC_HAS_TTL_INDEXES`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The message as the database gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The figures and names of the result, decoded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// The subtasks that the item failed for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subtasks: Vec<Subtask>,
    /// Whether the service was told to skip the item.
    #[serde(skip_serializing_if = "is_false")]
    pub skipped: bool,
    /// The waiver for the item that counts today.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiver: Option<Waiver>,
    /// Where the check looks, when the catalogue has the item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
    /// Why the item did not pass, and how to fix it; missing for an item without a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Short>,
}

impl Finding {
    /// The name of the item, or words in its place.
    #[must_use]
    pub fn name(&self) -> &str {
        self.item.as_deref().unwrap_or("without a name")
    }
}

/// What a finding does to its task. The order is from mild to severe.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Effect {
    /// A waiver accepts it.
    Waived,
    /// The policy accepts it.
    Accepted,
    /// It stops the task.
    Blocks,
    /// It leaves the task without a verdict.
    Unclear,
}

/// What became of a waiver.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct WaiverUse {
    /// The waiver.
    #[serde(flatten)]
    pub waiver: Waiver,
    /// Whether it was used.
    pub status: WaiverStatus,
    /// The number of findings that it is for, whether it counts today or not.
    pub findings: usize,
}

/// Whether a waiver was used.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WaiverStatus {
    /// It counts today, and there is such a finding.
    Used,
    /// It counts today, but there is no such finding: remove it, or correct its item or task.
    Unused,
    /// It counts no longer, so it waives nothing.
    Expired,
}

/// Assesses tasks by a policy. `today` is the day for which waivers count.
///
/// ```
/// use drs_gate::{Date, Decision, Policy, Snapshot, Verdict, assess};
///
/// let tasks = vec![("a".to_owned(), drs_gate::Outcome::Missing)];
/// let assessment = assess(Snapshot::new(tasks), &Policy::default(), "2026-11-26".parse()?);
/// assert_eq!((assessment.tasks[0].verdict, assessment.decision), (Verdict::Missing, Decision::Unclear));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn assess(snapshot: Snapshot, policy: &Policy, today: Date) -> Assessment {
    let Snapshot { source, tasks, unrequested, misfits, mut doubts } = snapshot;
    let tasks: Vec<TaskAssessment> =
        tasks.into_iter().map(|(task, outcome)| assess_task(task, outcome, policy, today)).collect();
    if tasks.is_empty() {
        doubts.push(Doubt::NoTasks);
    }
    let of_response = if doubts.is_empty() { Decision::Pass } else { Decision::Unclear };
    let decision = tasks.iter().map(|task| task.decision).fold(of_response, Decision::max);
    let mut verdicts = BTreeMap::new();
    for task in &tasks {
        *verdicts.entry(task.verdict).or_default() += 1;
    }
    let waivers = waiver_uses(policy, today, &tasks);
    let fail_on = policy.fail_on;
    Assessment { decision, source, today, fail_on, verdicts, doubts, tasks, waivers, unrequested, misfits }
}

/// Assesses one task by a policy.
#[must_use]
pub fn assess_task(task: String, outcome: Outcome, policy: &Policy, today: Date) -> TaskAssessment {
    let waiver = |item: &CheckItem| waiver(policy, today, &task, item);
    let Evaluation { verdict, doubts } = evaluate(&outcome, |item| waiver(item).is_some());
    let items = outcome.report().map(PrecheckReport::items).unwrap_or_default();
    let findings = items.iter().enumerate();
    let mut findings: Vec<Finding> =
        findings.filter_map(|(index, item)| finding(index, item, policy, waiver(item))).collect();
    findings.sort_by_key(|finding| (std::cmp::Reverse(finding.verdict), finding.index));
    let is_blocked = findings.iter().any(|finding| finding.effect == Effect::Blocks);
    let decision = match Decision::from(verdict) {
        Decision::Pass if is_blocked => Decision::Fail,
        decision => decision,
    };
    let (report, error) = match outcome {
        Outcome::Reported(report) | Outcome::Stale(report) => (Some(*report), None),
        Outcome::CallFailed(error) => (None, Some(error)),
        Outcome::Missing => (None, None),
    };
    TaskAssessment { task, verdict, decision, doubts, findings, report, error }
}

/// Returns the waiver that counts for an item: one for the task before one for every task.
fn waiver<'a>(policy: &'a Policy, today: Date, task: &str, item: &CheckItem) -> Option<&'a Waiver> {
    let name = item.item.as_deref()?;
    let mut counting =
        policy.waivers.iter().filter(|waiver| waiver.is_for(task, name) && !waiver.is_expired(today)).peekable();
    let first = counting.peek().copied();
    counting.find(|waiver| waiver.task.is_some()).or(first)
}

/// Returns the finding about an item; `None` when it passed.
fn finding(index: usize, item: &CheckItem, policy: &Policy, waiver: Option<&Waiver>) -> Option<Finding> {
    let verdict = ItemVerdict::of(item);
    let waiver = waiver.filter(|_| can_be_waived(verdict));
    let effect = match verdict {
        ItemVerdict::Passed => return None,
        ItemVerdict::Unclear => Effect::Unclear,
        _ if waiver.is_some() => Effect::Waived,
        ItemVerdict::Alarm if policy.fail_on == FailOn::Failed => Effect::Accepted,
        ItemVerdict::Alarm | ItemVerdict::Failed => Effect::Blocks,
    };
    Some(Finding {
        index,
        item: item.item.clone(),
        group: item.group.clone(),
        verdict,
        result: item.result.as_ref().map(|result| result.as_str().to_owned()),
        effect,
        reason: item.reason.clone(),
        message: item.message.clone(),
        evidence: item.data.as_deref().map(Evidence::of).filter(|evidence| !evidence.is_empty()),
        subtasks: item.subtasks.clone(),
        skipped: item.skipped,
        waiver: waiver.cloned(),
        side: item.item.as_deref().and_then(catalogue::find).map(|known| known.side),
        explanation: item.item.as_deref().map(|name| catalogue::explain_short(name, item.reason.as_deref())),
    })
}

fn can_be_waived(verdict: ItemVerdict) -> bool {
    matches!(verdict, ItemVerdict::Failed | ItemVerdict::Alarm)
}

/// Counts the findings of each waiver.
fn waiver_uses(policy: &Policy, today: Date, tasks: &[TaskAssessment]) -> Vec<WaiverUse> {
    let mut items: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for task in tasks {
        for finding in task.findings.iter().filter(|finding| can_be_waived(finding.verdict)) {
            if let Some(item) = &finding.item {
                items.entry(item).or_default().push(&task.task);
            }
        }
    }
    let uses = policy.waivers.iter().map(|waiver| {
        let tasks = items.get(waiver.item.as_str()).map(Vec::as_slice).unwrap_or_default();
        let findings = tasks.iter().filter(|task| waiver.is_for(task, &waiver.item)).count();
        let status = match findings {
            _ if waiver.is_expired(today) => WaiverStatus::Expired,
            0 => WaiverStatus::Unused,
            _ => WaiverStatus::Used,
        };
        WaiverUse { waiver: waiver.clone(), status, findings }
    });
    uses.collect()
}
