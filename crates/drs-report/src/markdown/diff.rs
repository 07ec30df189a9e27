//! The comparison of two runs as Markdown.

use std::io::{self, Write};

use askama::Template;
use drs_gate::{Change, Diff, TaskDiff};
use drs_types::text::count;

use super::code::prose;
use super::page::{Fits, Page};
use crate::Options;
use crate::view::{changes, cut};

/// Writes the comparison; tasks without a change are only counted.
pub(crate) fn diff(out: &mut dyn Write, diff: &Diff, options: &Options) -> io::Result<()> {
    let mut page = Page::new(out);
    page.block(&Head { counts: prose(&changes::counts(diff)) })?;
    let is_shown =
        |task: &&TaskDiff| options.all || task.change != Change::Unchanged || task.items.iter().any(changes::is_change);
    let mut left_out = 0;
    for task in diff.tasks.iter().filter(is_shown) {
        if page.block(&Task::of(task, options))? == Fits::No {
            left_out += 1;
        }
    }
    page.end(left_out, 0)
}

#[derive(Template)]
#[template(path = "markdown/diff_head.md")]
struct Head {
    counts: String,
}

#[derive(Template)]
#[template(path = "markdown/diff_task.md")]
struct Task {
    change: &'static str,
    id: String,
    verdicts: String,
    items: Vec<(&'static str, String)>,
    unchanged: String,
}

impl Task {
    fn of(task: &TaskDiff, options: &Options) -> Self {
        let (changed, unchanged): (Vec<_>, Vec<_>) =
            task.items.iter().partition(|item| options.all || changes::is_change(item));
        let items =
            changed.into_iter().map(|item| (changes::name(item.change), prose(&cut(&changes::item(item), false))));
        Self {
            change: changes::name(task.change),
            id: cut(&task.task, false),
            verdicts: prose(&changes::verdicts(task)),
            items: items.collect(),
            unchanged: match unchanged.len() {
                0 => String::new(),
                number => format!("; {} unchanged", count(number as u64, "item")),
            },
        }
    }
}
