//! What fits an HTML report.

use std::cmp::Reverse;
use std::collections::HashMap;

use drs_gate::{Assessment, Finding, TaskAssessment};

use crate::Options;
use crate::limits::LIMITS;
use crate::view::{Item, items};

/// What a report shows of its assessment.
pub(super) struct Plan<'a> {
    /// The tasks that are shown, the worst first.
    pub(super) tasks: Vec<&'a TaskAssessment>,
    pub(super) tasks_left_out: usize,
    /// Whether passed items are listed, not only counted.
    pub(super) lists_passed: bool,
    /// Whether tasks have their facts, and findings their details and explanation beside them.
    pub(super) is_detailed: bool,
    /// The findings that each task shows.
    pub(super) findings: usize,
    /// For a report that is not detailed: the first finding of each item and reason, with a number.
    pub(super) explained: HashMap<Key<'a>, usize>,
}

/// A finding that stands for all with the same item and reason.
#[derive(Clone, Copy)]
pub(super) struct Key<'a>(pub(super) &'a Finding);

impl std::ops::Deref for Key<'_> {
    type Target = Finding;

    fn deref(&self) -> &Finding {
        self.0
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        (&self.0.item, &self.0.reason) == (&other.0.item, &other.0.reason)
    }
}

impl Eq for Key<'_> {}

impl std::hash::Hash for Key<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (&self.0.item, &self.0.reason).hash(state);
    }
}

impl<'a> Plan<'a> {
    pub(super) fn of(assessment: &'a Assessment, options: &Options) -> Self {
        let items: usize =
            assessment.tasks.iter().filter_map(|task| task.report.as_ref()).map(|report| report.items().len()).sum();
        let findings: usize = assessment.tasks.iter().map(|task| task.findings.len()).sum();
        let mut tasks: Vec<&TaskAssessment> = assessment.tasks.iter().collect();
        tasks.sort_by_key(|task| Reverse(task.decision));
        let tasks_left_out = tasks.len().saturating_sub(LIMITS.tasks);
        tasks.truncate(LIMITS.tasks);
        let is_detailed = findings.max(tasks.len()) <= LIMITS.detailed;
        let mut explained = HashMap::new();
        for finding in assessment.tasks.iter().flat_map(|task| &task.findings).filter(|_| !is_detailed) {
            let number = explained.len() + 1;
            if number <= LIMITS.detailed {
                explained.entry(Key(finding)).or_insert(number);
            }
        }
        Self {
            tasks_left_out,
            lists_passed: options.all || items <= LIMITS.listed_items,
            is_detailed,
            findings: if findings <= LIMITS.findings { findings } else { (LIMITS.findings / tasks.len()).max(1) },
            explained,
            tasks,
        }
    }

    /// The items of a task that have a row of their own: the first findings, and passed items if they are listed.
    pub(super) fn items(&self, task: &'a TaskAssessment) -> impl Iterator<Item = Item<'a>> + use<'a> {
        let (findings, lists_passed) = (self.findings, self.lists_passed);
        // Findings come first.
        let rows = items(task).into_iter().enumerate();
        rows.filter(move |(index, item)| if item.finding.is_some() { *index < findings } else { lists_passed })
            .map(|(_, item)| item)
    }
}
