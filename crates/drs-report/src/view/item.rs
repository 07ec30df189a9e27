//! The items of a task, those that did not pass with their findings.

use drs_gate::{CheckItem, CheckResult, Finding, ItemVerdict, TaskAssessment};
use drs_types::text::printable;

/// What an item means for its task, from good to bad.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Status {
    /// It passed.
    Passed,
    /// It did not pass, and a waiver accepts it.
    Waived,
    /// It raises an alarm.
    Alarm,
    /// Its report proves nothing.
    Unclear,
    /// It failed.
    Failed,
}

impl Status {
    pub(crate) const ALL: [Self; 5] = [Self::Failed, Self::Unclear, Self::Alarm, Self::Waived, Self::Passed];

    /// The status of an item with this finding; an item without one passed.
    pub(crate) fn of(finding: Option<&Finding>) -> Self {
        let Some(finding) = finding else { return Self::Passed };
        match finding.verdict {
            _ if finding.waiver.is_some() => Self::Waived,
            ItemVerdict::Passed => Self::Passed,
            ItemVerdict::Alarm => Self::Alarm,
            ItemVerdict::Failed => Self::Failed,
            _ => Self::Unclear,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Waived => "waived",
            Self::Alarm => "alarm",
            Self::Unclear => "unclear",
            Self::Failed => "failed",
        }
    }
}

/// An item of a report; a finding is what makes it more than passed.
#[derive(Clone, Copy)]
pub(crate) struct Item<'a> {
    pub(crate) item: &'a CheckItem,
    pub(crate) finding: Option<&'a Finding>,
}

impl Item<'_> {
    pub(crate) fn status(&self) -> Status {
        Status::of(self.finding)
    }

    /// The result in the words of the service, and whether it is waived.
    pub(crate) fn result(&self) -> String {
        let result = match self.item.result.as_ref().map(CheckResult::as_str) {
            Some(result) if !result.trim().is_empty() => printable(result),
            _ => "no result".to_owned(),
        };
        if self.status() == Status::Waived { format!("{result}, waived") } else { result }
    }

    pub(crate) fn name(&self) -> String {
        printable(self.item.name())
    }

    pub(crate) fn group(&self) -> String {
        self.item.group.as_deref().map_or_else(|| "no group".to_owned(), printable)
    }
}

/// Returns all items of a task, those with a finding first, the worst first.
pub(crate) fn items(task: &TaskAssessment) -> Vec<Item<'_>> {
    let reported = task.report.as_ref().map(drs_gate::PrecheckReport::items).unwrap_or_default();
    let mut found = vec![false; reported.len()];
    let mut items: Vec<Item<'_>> = Vec::with_capacity(reported.len());
    for finding in &task.findings {
        if let (Some(item), Some(is_found)) = (reported.get(finding.index), found.get_mut(finding.index)) {
            *is_found = true;
            items.push(Item { item, finding: Some(finding) });
        }
    }
    let passed = reported.iter().zip(found).filter(|(_, is_found)| !is_found);
    items.extend(passed.map(|(item, _)| Item { item, finding: None }));
    items
}
