//! The words for what changed between two runs.

use drs_gate::{Change, Diff, ItemDiff, ItemState, ItemVerdict, TaskDiff};
use drs_types::text::{count, printable};

pub(crate) fn name(change: Change) -> &'static str {
    match change {
        Change::Better => "better",
        Change::Worse => "worse",
        Change::New => "new",
        Change::Gone => "gone",
        _ => "unchanged",
    }
}

/// The verdicts of a task: `failed → passed`.
pub(crate) fn verdicts(task: &TaskDiff) -> String {
    let verdict = |verdict: Option<drs_gate::Verdict>| verdict.map(|verdict| verdict.to_string());
    arrow(verdict(task.old), verdict(task.new))
}

/// Whether an item changed: its verdict, its reason, or whether there is one.
pub(crate) fn is_change(item: &ItemDiff) -> bool {
    item.change != Change::Unchanged || item.old != item.new
}

/// An item with what changed: `dstDbDiskSize (db_disk_size): failed (NO_SPACE) → passed`.
pub(crate) fn item(item: &ItemDiff) -> String {
    let name = printable(item.item.as_deref().unwrap_or("without a name"));
    let group = item.group.as_deref().map(|group| format!(" ({})", printable(group))).unwrap_or_default();
    format!("{name}{group}: {}", arrow(item.old.as_ref().map(state), item.new.as_ref().map(state)))
}

/// The number of items with each kind of change.
pub(crate) fn counts(diff: &Diff) -> String {
    let items: Vec<String> = diff.items.iter().map(|(change, number)| format!("{number} {}", name(*change))).collect();
    let tasks = count(diff.tasks.len() as u64, "task");
    if items.is_empty() { format!("{tasks}, no items") } else { format!("{tasks}; items: {}", items.join(", ")) }
}

fn state(state: &ItemState) -> String {
    let verdict = match state.verdict {
        ItemVerdict::Passed => "passed",
        ItemVerdict::Alarm => "alarm",
        ItemVerdict::Failed => "failed",
        _ => "unclear",
    };
    let reason = state.reason.as_deref().map(|reason| format!(" ({})", printable(reason))).unwrap_or_default();
    format!("{verdict}{reason}")
}

fn arrow(old: Option<String>, new: Option<String>) -> String {
    match (old, new) {
        (Some(old), Some(new)) if old == new => new,
        (Some(old), Some(new)) => format!("{old} → {new}"),
        (Some(old), None) => format!("was {old}"),
        (None, new) => new.unwrap_or_default(),
    }
}
