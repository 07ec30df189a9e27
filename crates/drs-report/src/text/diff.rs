//! The comparison of two runs for a terminal.

use std::io::{self, Write};

use drs_gate::{Change, Diff, ItemDiff};
use drs_types::text::{count, printable};

use super::page::{Page, Style};
use crate::Options;
use crate::view::changes;

/// Writes the comparison: per task what changed, then a summary.
pub(crate) fn diff(out: &mut dyn Write, diff: &Diff, options: &Options) -> io::Result<()> {
    let mut page = Page::new(out, options);
    for task in &diff.tasks {
        let change = page.paint(style(task.change), &changes::name(task.change).to_uppercase());
        let id = page.paint(Style::Strong, &printable(&task.task));
        page.line(&format!("{change}  {id}  {}", changes::verdicts(task)))?;
        let shown = |item: &&ItemDiff| options.all || changes::is_change(item);
        for item in task.items.iter().filter(shown) {
            let change = page.paint(style(item.change), &format!("{:<9}", changes::name(item.change)));
            page.wrapped(&format!("  {change}  "), "             ", &changes::item(item))?;
        }
        let unchanged = task.items.iter().filter(|item| !changes::is_change(item)).count();
        if unchanged > 0 && !options.all {
            page.line(&format!("  {} unchanged", count(unchanged as u64, "item")))?;
        }
        page.line("")?;
    }
    page.line(&changes::counts(diff))
}

fn style(change: Change) -> Style {
    match change {
        Change::Better => Style::Good,
        Change::Worse => Style::Bad,
        Change::New | Change::Gone => Style::Warning,
        _ => Style::Faint,
    }
}
