//! A task of the HTML report.

use std::collections::BTreeMap;

use drs_gate::catalogue::Short;
use drs_gate::{Finding, TaskAssessment};
use drs_types::text::{count, printable};

use super::plan::{Key, Plan};
use super::verdict_class;
use crate::Options;
use crate::explanation::{explanation, side};
use crate::limits::LIMITS;
use crate::view::{self, Detail, Item, cut, cut_at, details};

/// A task as the template shows it.
pub(super) struct Task {
    pub(super) number: usize,
    pub(super) id: String,
    pub(super) verdict: &'static str,
    pub(super) class: &'static str,
    pub(super) words: String,
    /// The progress in percent.
    pub(super) progress: Option<String>,
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) sentences: Vec<String>,
    pub(super) doubts: Vec<String>,
    pub(super) findings: Vec<Row>,
    pub(super) left_out: Option<String>,
    pub(super) passed: Passed,
}

/// A finding as the template shows it.
pub(super) struct Row {
    pub(super) class: &'static str,
    pub(super) result: String,
    pub(super) name: String,
    pub(super) group: String,
    pub(super) side: &'static str,
    pub(super) details: Vec<Detail>,
    pub(super) explained: Option<Explained>,
    /// The number of the explanation in a large report.
    pub(super) reference: Option<usize>,
}

/// The items that passed.
pub(super) struct Passed {
    pub(super) count: String,
    pub(super) rows: Vec<Row>,
    /// In place of the rows: the number of items per group.
    pub(super) groups: Vec<(String, usize)>,
}

impl Passed {
    pub(super) fn is_empty(&self) -> bool {
        self.count.is_empty()
    }
}

/// An explanation as the template shows it.
pub(super) struct Explained {
    pub(super) item: String,
    pub(super) reason: Option<String>,
    pub(super) why: Vec<Piece>,
    pub(super) fix: Vec<Piece>,
    pub(super) explain: Option<&'static str>,
}

/// A piece of a sentence: code, or not.
pub(super) struct Piece {
    pub(super) is_code: bool,
    pub(super) text: String,
}

impl Task {
    pub(super) fn of(index: usize, task: &TaskAssessment, plan: &Plan<'_>, options: &Options) -> Self {
        let (sentences, doubts) = view::task_sentences(task);
        let (passed, other): (Vec<Item<'_>>, Vec<_>) =
            view::items(task).into_iter().partition(|item| item.finding.is_none());
        let more = other.len().saturating_sub(plan.findings);
        let report = task.report.as_ref();
        let progress = report
            .and_then(|report| report.progress.as_ref())
            .filter(|progress| plan.is_detailed || !progress.is_complete())
            .and_then(drs_types::Percent::value);
        Self {
            number: index + 1,
            id: printable(&task.task),
            verdict: task.verdict.as_str(),
            class: verdict_class(task.verdict),
            words: task.verdict.to_string(),
            progress: progress.map(|percent| format!("{percent:.0}")),
            facts: report.filter(|_| plan.is_detailed).map(view::facts).unwrap_or_default(),
            sentences: sentences.iter().map(|sentence| cut(sentence, options.all)).collect(),
            doubts: self::doubts(&doubts, plan, options),
            findings: other.iter().take(plan.findings).map(|item| Row::of(item, plan, options)).collect(),
            left_out: (more > 0).then(|| {
                format!("{} of this task are left out. JSON and JUnit have all.", count(more as u64, "more finding"))
            }),
            passed: self::passed(&passed, plan, options),
        }
    }
}

/// Returns all doubts, or the first ones in a large report.
fn doubts(doubts: &[String], plan: &Plan<'_>, options: &Options) -> Vec<String> {
    if plan.is_detailed {
        return doubts.iter().map(|doubt| cut(doubt, options.all)).collect();
    }
    let more = doubts.len().saturating_sub(LIMITS.brief_doubts);
    let first = doubts.iter().take(LIMITS.brief_doubts).map(|doubt| cut_at(LIMITS.brief, doubt));
    first.chain((more > 0).then(|| format!("and {more} more"))).collect()
}

fn passed(items: &[Item<'_>], plan: &Plan<'_>, options: &Options) -> Passed {
    let count = if items.is_empty() { String::new() } else { format!("{} passed", count(items.len() as u64, "item")) };
    if plan.lists_passed {
        let rows = items.iter().map(|item| Row::of(item, plan, options)).collect();
        return Passed { count, rows, groups: Vec::new() };
    }
    let mut groups: BTreeMap<String, usize> = BTreeMap::new();
    if plan.is_detailed {
        for item in items {
            *groups.entry(item.group()).or_default() += 1;
        }
    }
    Passed { count, rows: Vec::new(), groups: groups.into_iter().collect() }
}

impl Row {
    fn of(item: &Item<'_>, plan: &Plan<'_>, options: &Options) -> Self {
        let finding = item.finding;
        Self {
            class: item.status().as_str(),
            result: cut(&item.result(), options.all),
            name: cut(&item.name(), options.all),
            group: item.group(),
            side: item.item.item.as_deref().and_then(side).unwrap_or_default(),
            details: match finding {
                Some(finding) if plan.is_detailed => details(finding, options.all),
                // The reason.
                Some(finding) => details(finding, false).into_iter().take(1).collect(),
                None => Vec::new(),
            },
            explained: finding.filter(|_| plan.is_detailed).and_then(Explained::of),
            reference: finding
                .and_then(|finding| plan.explained.get(&Key(finding)).copied())
                .filter(|_| finding.and_then(explanation).is_some()),
        }
    }
}

impl Explained {
    pub(super) fn of(finding: &Finding) -> Option<Self> {
        let Short { why, fix, explain, .. } = explanation(finding)?;
        Some(Self {
            item: printable(finding.name()),
            reason: finding.reason.as_deref().map(printable),
            why: pieces(&why),
            fix: fix.as_deref().map(pieces).unwrap_or_default(),
            explain,
        })
    }
}

/// Divides a sentence at its backticks.
fn pieces(sentence: &str) -> Vec<Piece> {
    let parts = sentence.split('`').enumerate();
    let pieces = parts.map(|(index, part)| Piece { is_code: index % 2 == 1, text: printable(part) });
    pieces.filter(|piece| !piece.text.is_empty()).collect()
}
