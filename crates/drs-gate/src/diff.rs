//! The comparison of two runs.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use crate::assessment::{Assessment, TaskAssessment};
use crate::report::{CheckItem, PrecheckReport};
use crate::verdict::{ItemVerdict, Verdict};

/// What changed from one run to another.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Diff {
    /// The tasks: those of the new run in its order, then those that only the old run has.
    pub tasks: Vec<TaskDiff>,
    /// The number of items with each kind of change, of all tasks.
    pub items: BTreeMap<Change, usize>,
}

impl Diff {
    /// Whether the new run is worse at any point: a verdict or an item is worse, or is new and not passed, or a task is
    /// gone.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        self.tasks.iter().any(|task| {
            let is_bad = |verdict: Option<Verdict>| verdict.is_some_and(|verdict| verdict != Verdict::Passed);
            let of_task = match task.change {
                Change::Worse | Change::Gone => true,
                Change::New => is_bad(task.new),
                Change::Better | Change::Unchanged => false,
            };
            of_task || task.items.iter().any(ItemDiff::is_worse)
        })
    }
}

/// What changed for one task.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct TaskDiff {
    /// The id of the task.
    pub task: String,
    /// How the verdict changed.
    pub change: Change,
    /// The verdict of the old run; missing when it does not have the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<Verdict>,
    /// The verdict of the new run; missing when it does not have the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Verdict>,
    /// All items, those of the new run in its order, then those that only the old run has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ItemDiff>,
}

/// What changed for one item.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ItemDiff {
    /// The name of the item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// The group of the item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// How the verdict on the item changed.
    pub change: Change,
    /// The item in the old run; missing when it does not have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<ItemState>,
    /// The item in the new run; missing when it does not have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<ItemState>,
}

impl ItemDiff {
    /// Whether the item is worse than before, or new and not passed.
    fn is_worse(&self) -> bool {
        let is_bad = self.new.as_ref().is_some_and(|state| state.verdict != ItemVerdict::Passed);
        self.change == Change::Worse || (self.change == Change::New && is_bad)
    }
}

/// An item in one run.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ItemState {
    /// The verdict on the item.
    pub verdict: ItemVerdict,
    /// The reason of the item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A kind of change. It compares verdicts, which are ordered from good to bad; a reason may change beside it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// The new verdict is better.
    Better,
    /// The new verdict is worse.
    Worse,
    /// Only the new run has it.
    New,
    /// Only the old run has it.
    Gone,
    /// Both verdicts are the same.
    Unchanged,
}

impl Change {
    /// All kinds of change.
    pub const ALL: [Self; 5] = [Self::Better, Self::Worse, Self::New, Self::Gone, Self::Unchanged];

    fn of<T: Ord>(old: Option<T>, new: Option<T>) -> Self {
        match (old, new) {
            (Some(old), Some(new)) if new < old => Self::Better,
            (Some(old), Some(new)) if new > old => Self::Worse,
            (None, Some(_)) => Self::New,
            (Some(_), None) => Self::Gone,
            _ => Self::Unchanged,
        }
    }
}

/// Compares two runs, task by task and item by item. Both are assessed by the same policy, or the verdicts say little.
#[must_use]
pub fn diff(old: &Assessment, new: &Assessment) -> Diff {
    let pairs = pairs(&old.tasks, &new.tasks, |task| task.task.as_str());
    let tasks: Vec<TaskDiff> = pairs.into_iter().map(|(old, new)| task(old, new)).collect();
    let mut items = BTreeMap::new();
    for item in tasks.iter().flat_map(|task| &task.items) {
        *items.entry(item.change).or_default() += 1;
    }
    Diff { tasks, items }
}

fn task(old: Option<&TaskAssessment>, new: Option<&TaskAssessment>) -> TaskDiff {
    fn items(task: Option<&TaskAssessment>) -> &[CheckItem] {
        task.and_then(|task| task.report.as_ref()).map(PrecheckReport::items).unwrap_or_default()
    }
    let verdict = |task: Option<&TaskAssessment>| task.map(|task| task.verdict);
    let items = pairs(items(old), items(new), |item| (item.group.as_deref(), item.item.as_deref()));
    TaskDiff {
        task: new.or(old).map(|task| task.task.clone()).unwrap_or_default(),
        change: Change::of(verdict(old), verdict(new)),
        old: verdict(old),
        new: verdict(new),
        items: items.into_iter().map(|(old, new)| item(old, new)).collect(),
    }
}

fn item(old: Option<&CheckItem>, new: Option<&CheckItem>) -> ItemDiff {
    let state = |item: &CheckItem| ItemState { verdict: ItemVerdict::of(item), reason: item.reason.clone() };
    let shown = new.or(old);
    let (old, new) = (old.map(state), new.map(state));
    let verdict = |state: &Option<ItemState>| state.as_ref().map(|state| state.verdict);
    ItemDiff {
        item: shown.and_then(|item| item.item.clone()),
        group: shown.and_then(|item| item.group.clone()),
        change: Change::of(verdict(&old), verdict(&new)),
        old,
        new,
    }
}

/// Pairs the entries of two lists by key; of several with one key, the first with the first. Those of the new list come
/// first, in its order, then those that only the old list has.
fn pairs<'a, T, K: Eq + std::hash::Hash>(
    old: &'a [T],
    new: &'a [T],
    key: impl Fn(&'a T) -> K,
) -> Vec<(Option<&'a T>, Option<&'a T>)> {
    let mut places: HashMap<K, Vec<usize>> = HashMap::new();
    for (index, entry) in old.iter().enumerate().rev() {
        places.entry(key(entry)).or_default().push(index);
    }
    let mut is_paired = vec![false; old.len()];
    let mut pairs = Vec::with_capacity(new.len());
    for entry in new {
        let index = places.get_mut(&key(entry)).and_then(Vec::pop);
        if let Some(index) = index {
            is_paired[index] = true;
        }
        pairs.push((index.map(|index| &old[index]), Some(entry)));
    }
    pairs.extend(old.iter().zip(is_paired).filter(|(_, paired)| !paired).map(|(entry, _)| (Some(entry), None)));
    pairs
}
