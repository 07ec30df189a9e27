//! Pre-check results for people: the verdict, the items that did not pass with their reasons, then a summary.

use std::collections::BTreeMap;
use std::io::{self, Write};

use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};
use drs_client::precheck::{ItemVerdict, Outcome, Results, Task, Verdict, doubts};
use drs_types::operations::v3::batch_check_results::{PrecheckItemResult, PrecheckResult, QueryPreCheckResp};
use drs_types::text::{count, printable};
use drs_types::{ItemData, Misfit};
use owo_colors::OwoColorize;

use crate::failure::Failure;
use crate::limits::LIMITS;
use crate::output::json::Source;

/// Writes the report on all tasks.
pub(crate) fn results(out: &mut dyn Write, source: &Source<'_>, results: &Results, all: bool) -> io::Result<()> {
    if let Some(scenario) = source.synthetic {
        writeln!(out, "SYNTHETIC  These results are made up, by the scenario {}.\n", printable(scenario))?;
    }
    for task in &results.tasks {
        one(out, task, all)?;
        writeln!(out)?;
    }
    if !results.unasked.is_empty() {
        writeln!(
            out,
            "The response also has {} about tasks that were not requested:",
            count(results.unasked.len() as u64, "entry")
        )?;
        for entry in &results.unasked {
            let id = entry.precheck_id.as_ref().map_or("no id", |id| id.as_str());
            let error = entry.error_code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
            writeln!(out, "  {}", printable(&format!("{id}{error}")))?;
        }
        writeln!(out)?;
    }
    if !results.misfits.is_empty() {
        left_out(&results.misfits).into_iter().try_for_each(|line| writeln!(out, "{line}"))?;
        writeln!(out)?;
    }
    let verdicts = results.tasks.iter().map(|task| task.outcome.verdict());
    let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
    verdicts.for_each(|verdict| *counts.entry(verdict).or_default() += 1);
    let counts: Vec<String> = counts.into_iter().map(|(verdict, n)| format!("{n} {}", words(verdict))).collect();
    writeln!(out, "{}: {}", count(results.tasks.len() as u64, "task"), counts.join(", "))
}

/// Describes the values of a response that do not fit the documentation: the first few, and the number of the others.
pub(crate) fn left_out(misfits: &[Misfit]) -> Vec<String> {
    let (values, are) = (count(misfits.len() as u64, "value"), if misfits.len() == 1 { "does" } else { "do" });
    let was = if misfits.len() == 1 { "was" } else { "were" };
    let first = format!("{values} of the response {are} not fit the documentation, and {was} left out:");
    let shown = misfits.iter().take(LIMITS.misfits).map(|misfit| format!("  {}", printable(&misfit.to_string())));
    let more =
        misfits.len().checked_sub(LIMITS.misfits).filter(|more| *more > 0).map(|more| format!("  and {more} more"));
    [first].into_iter().chain(shown).chain(more).collect()
}

fn one(out: &mut dyn Write, task: &Task, all: bool) -> io::Result<()> {
    let verdict = task.outcome.verdict();
    writeln!(out, "{}  {}", coloured(verdict), printable(task.id.as_str()).bold())?;
    match &task.outcome {
        Outcome::Reported(entry) => reported(out, verdict, entry, all),
        Outcome::Contradicted(entry) => {
            writeln!(out, "  The response has several entries about this task, and they differ. The first one:")?;
            reported(out, Verdict::of(entry), entry, all)
        }
        Outcome::Incomplete { entry, misfits } => {
            let values = count(misfits.len() as u64, "value");
            writeln!(out, "  {values} of the report cannot be read; the end of this output names them.")?;
            reported(out, verdict, entry, all)
        }
        Outcome::Refused { code, entry } => {
            let said = entry.error_msg.as_deref().unwrap_or("no reason given");
            writeln!(out, "  {}: {}", printable(code.as_str()), printable(said))?;
            code.meaning().map_or(Ok(()), |meaning| writeln!(out, "  {meaning}"))
        }
        Outcome::Failed(error) => {
            writeln!(out, "  There is no report: {}", printable(&Failure::from(&**error).message))
        }
        _ => writeln!(out, "  The response does not mention this task."),
    }
}

fn reported(out: &mut dyn Write, verdict: Verdict, entry: &QueryPreCheckResp, all: bool) -> io::Result<()> {
    let said = |name: &str, text: Option<&str>| text.map(|text| format!("{name} {}", printable(text)));
    let facts = [
        said("checked", entry.process.as_ref().map(drs_types::Percent::as_str)),
        said("passed", entry.total_passed_rate.as_ref().map(drs_types::Percent::as_str)),
        said("direction", entry.job_direction.as_ref().map(drs_types::common::JobDirection::as_str)),
        said("instance", entry.rds_instance_id.as_deref()),
    ];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    writeln!(
        out,
        "  {}",
        if facts.is_empty() { "The service gives no details.".to_owned() } else { facts.join(", ") }
    )?;
    match verdict {
        Verdict::Running => writeln!(out, "  Not finished: nothing below is final. Try again later.")?,
        Verdict::Unclear if Verdict::of(entry) == verdict => {
            writeln!(out, "  The report does not prove that the task may start:")?;
            doubts(entry).iter().try_for_each(|doubt| writeln!(out, "    {}", printable(doubt)))?;
        }
        Verdict::Failed if entry.result == Some(true) => {
            writeln!(out, "  The service calls the task passed although an item failed.")?;
        }
        _ => {}
    }
    if entry.precheck_result().is_empty() {
        return writeln!(out, "  No check items are reported.");
    }
    let (passed, mut other): (Vec<&PrecheckResult>, Vec<_>) =
        entry.precheck_result().iter().partition(|item| ItemVerdict::of(item) == ItemVerdict::Passed);
    other.sort_by_key(|item| match ItemVerdict::of(item) {
        ItemVerdict::Failed => 0,
        ItemVerdict::Alarm => 2,
        _ => 1,
    });
    for item in other {
        writeln!(out)?;
        block(out, item, all)?;
    }
    if passed.is_empty() {
        return Ok(());
    }
    let table = if all { every(&passed) } else { by_group(&passed) };
    writeln!(out)?;
    table.lines().try_for_each(|line| writeln!(out, "  {}", line.trim_end()))
}

/// Writes an item that did not pass: its verdict and name, then its details.
fn block(out: &mut dyn Write, item: &PrecheckResult, all: bool) -> io::Result<()> {
    let result = item.result.as_ref().map_or("", PrecheckItemResult::as_str);
    let shown = printable(if result.trim().is_empty() { "no result" } else { result });
    let shown = match ItemVerdict::of(item) {
        ItemVerdict::Failed => shown.red().bold().to_string(),
        _ => shown.yellow().bold().to_string(),
    };
    let group = item.group.as_deref().map(|group| format!("  ({})", printable(group))).unwrap_or_default();
    writeln!(out, "  {shown}  {}{group}", printable(item.item.as_deref().unwrap_or("(no name)")))?;
    let options = textwrap::Options::new(width().into())
        .initial_indent("         ")
        .subsequent_indent("           ")
        .word_separator(textwrap::WordSeparator::Custom(after_commas));
    for detail in details(item, all) {
        for line in textwrap::wrap(&detail, &options) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

/// Names in a list are separated by commas without white space, so a line may also end after a comma.
fn after_commas(line: &str) -> Box<dyn Iterator<Item = textwrap::core::Word<'_>> + '_> {
    Box::new(line.split_inclusive([' ', ',']).map(textwrap::core::Word::from))
}

/// Returns the details of an item: reason, message of the database, data, subtasks.
fn details(item: &PrecheckResult, all: bool) -> Vec<String> {
    let mut lines = Vec::new();
    let shown = |text: &Option<String>| text.as_deref().filter(|text| !text.trim().is_empty()).map(printable);
    lines.extend(shown(&item.failed_reason));
    lines.extend(shown(&item.raw_error_msg));
    for (key, value) in ItemData::parse(item.data.as_deref().unwrap_or_default()).entries() {
        let value = cut(&printable(&value), all);
        lines.push(if key.is_empty() { value } else { format!("{}: {value}", printable(&key)) });
    }
    for subtask in item.failed_sub_jobs() {
        let part = |text: &Option<String>| printable(text.as_deref().unwrap_or("?"));
        lines.push(format!("subtask {} ({}): {}", part(&subtask.name), part(&subtask.id), part(&subtask.check_result)));
    }
    lines
}

fn cut(text: &str, all: bool) -> String {
    let length = text.chars().count();
    if all || length <= LIMITS.item_data {
        return text.to_owned();
    }
    let start: String = text.chars().take(LIMITS.item_data).collect();
    format!("{start}… ({length} characters; --all shows them)")
}

/// Returns the number of passed items in each group.
fn by_group(passed: &[&PrecheckResult]) -> Table {
    let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
    for item in passed {
        *groups.entry(item.group.as_deref().unwrap_or("(no group)")).or_default() += 1;
    }
    let mut table = table(["Passed", "Group"]);
    if let Some(column) = table.column_mut(0) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for (group, items) in groups {
        table.add_row([items.to_string(), printable(group)]);
    }
    table
}

/// Returns every passed item with its details.
fn every(passed: &[&PrecheckResult]) -> Table {
    let mut table = table(["Passed", "Group", "Data"]);
    for item in passed {
        let name = printable(item.item.as_deref().unwrap_or("(no name)"));
        table.add_row([name, printable(item.group.as_deref().unwrap_or("")), details(item, true).join("\n")]);
    }
    table
}

/// Creates a table with a line below its header.
pub(crate) fn table<const N: usize>(header: [&str; N]) -> Table {
    const RULED_HEADER: TableStyle = TableStyle::new().header_separator(LineStyle::new('─', '─', '─', '─'));
    let mut table = Table::new();
    table
        .load_style(RULED_HEADER)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width())
        .set_header(header);
    table
}

/// Returns the width of the terminal in columns, within limits.
pub(crate) fn width() -> u16 {
    terminal_size::terminal_size()
        .map_or(LIMITS.width, |(terminal_size::Width(width), _)| width.clamp(LIMITS.min_width, LIMITS.max_width))
}

fn coloured(verdict: Verdict) -> String {
    let words = words(verdict).to_uppercase();
    match verdict {
        Verdict::Passed => words.green().bold().to_string(),
        Verdict::PassedWithAlarms => words.yellow().bold().to_string(),
        Verdict::Running => words.cyan().bold().to_string(),
        _ => words.red().bold().to_string(),
    }
}

fn words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::PassedWithAlarms => "passed with alarms",
        Verdict::Running => "running",
        Verdict::Failed => "failed",
        Verdict::Refused => "refused",
        Verdict::Missing => "missing",
        _ => "unclear",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_says_how_much_is_missing() {
        let long = "ä".repeat(LIMITS.item_data + 1);
        assert!(cut(&long, false).ends_with("… (301 characters; --all shows them)"));
        assert_eq!(cut(&long, true), long);
    }
}
