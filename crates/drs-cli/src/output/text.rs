//! Pre-check results for people: the verdict, the items that did not pass with their reasons, then a summary.

use std::collections::BTreeMap;
use std::io::{self, Write};

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle};
use drs_gate::{
    Assessment, CheckItem, CheckResult, Doubt, Evidence, Finding, ItemVerdict, PrecheckReport, TaskAssessment, Verdict,
};
use drs_types::text::{count, printable};
use drs_types::{Misfit, Percent};
use owo_colors::OwoColorize;

use crate::limits::LIMITS;

/// Writes the report on all tasks.
pub(crate) fn results(out: &mut dyn Write, assessment: &Assessment, all: bool) -> io::Result<()> {
    if let Some(scenario) = &assessment.source.synthetic {
        writeln!(out, "SYNTHETIC  These results are made up, by the scenario {}.\n", printable(scenario))?;
    }
    for task in &assessment.tasks {
        one(out, task, all)?;
        writeln!(out)?;
    }
    let unrequested = &assessment.unrequested;
    if !unrequested.is_empty() {
        let entries = count(unrequested.len() as u64, "entry");
        writeln!(out, "The response also has {entries} about tasks that were not requested:")?;
        for report in unrequested {
            let id = report.task.as_deref().unwrap_or("no id");
            let error = report.refusal.as_ref().map(|refusal| format!(" ({})", refusal.code)).unwrap_or_default();
            writeln!(out, "  {}", printable(&format!("{id}{error}")))?;
        }
        writeln!(out)?;
    }
    if !assessment.doubts.is_empty() {
        writeln!(out, "The response contradicts itself:")?;
        doubts(out, &assessment.doubts, all)?;
        writeln!(out)?;
    }
    if !assessment.misfits.is_empty() {
        left_out(&assessment.misfits).into_iter().try_for_each(|line| writeln!(out, "{line}"))?;
        writeln!(out)?;
    }
    let counts: Vec<String> = assessment.verdicts.iter().map(|(verdict, n)| format!("{n} {verdict}")).collect();
    writeln!(out, "{}: {}", count(assessment.tasks.len() as u64, "task"), counts.join(", "))
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

fn one(out: &mut dyn Write, task: &TaskAssessment, all: bool) -> io::Result<()> {
    writeln!(out, "{}  {}", coloured(task.verdict), printable(&task.task).bold())?;
    match (&task.report, &task.error) {
        (Some(report), _) => reported(out, task, report, all),
        (None, Some(error)) => writeln!(out, "  There is no report: {}", printable(&error.message)),
        (None, None) => writeln!(out, "  The response does not mention this task."),
    }
}

fn reported(out: &mut dyn Write, task: &TaskAssessment, report: &PrecheckReport, all: bool) -> io::Result<()> {
    if let Some(refusal) = &report.refusal {
        let said = refusal.message.as_deref().unwrap_or("no reason given");
        writeln!(out, "  {}: {}", printable(&refusal.code), printable(said))?;
        refusal.meaning.as_ref().map_or(Ok(()), |meaning| writeln!(out, "  {meaning}"))?;
        return doubtful(out, task, all);
    }
    let said = |name: &str, text: Option<&str>| text.map(|text| format!("{name} {}", printable(text)));
    let facts = [
        said("checked", report.progress.as_ref().map(Percent::as_str)),
        said("passed", report.pass_rate.as_ref().map(Percent::as_str)),
        said("direction", report.direction.as_deref()),
        said("instance", report.instance.as_deref()),
    ];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    let facts = if facts.is_empty() { "The service gives no details.".to_owned() } else { facts.join(", ") };
    writeln!(out, "  {facts}")?;
    if task.verdict == Verdict::Running {
        writeln!(out, "  Not finished: nothing below is final. Try again later.")?;
    }
    doubtful(out, task, all)?;
    if report.items().is_empty() {
        return writeln!(out, "  No check items are reported.");
    }
    for finding in &task.findings {
        writeln!(out)?;
        block(out, finding, &report.items()[finding.index], all)?;
    }
    let passed: Vec<&CheckItem> =
        report.items().iter().filter(|item| ItemVerdict::of(item) == ItemVerdict::Passed).collect();
    if passed.is_empty() {
        return Ok(());
    }
    let table = if all { every(&passed) } else { by_group(&passed) };
    writeln!(out)?;
    table.lines().try_for_each(|line| writeln!(out, "  {}", line.trim_end()))
}

/// Writes what speaks against a report.
fn doubtful(out: &mut dyn Write, task: &TaskAssessment, all: bool) -> io::Result<()> {
    match task.verdict {
        _ if task.doubts.is_empty() => return Ok(()),
        Verdict::Unclear | Verdict::Stale => writeln!(out, "  The report does not prove that the task may start:")?,
        _ => writeln!(out, "  The report contradicts itself or is incomplete:")?,
    }
    doubts(out, &task.doubts, all)
}

/// Writes doubts, one per line: the first few, and the number of the others.
fn doubts(out: &mut dyn Write, doubts: &[Doubt], all: bool) -> io::Result<()> {
    let shown = if all { doubts.len() } else { LIMITS.misfits };
    doubts.iter().take(shown).try_for_each(|doubt| writeln!(out, "    {}", printable(&doubt.to_string())))?;
    match doubts.len().saturating_sub(shown) {
        0 => Ok(()),
        more => writeln!(out, "    and {more} more; --all shows them"),
    }
}

/// Writes an item that did not pass: its result and name, then its details.
fn block(out: &mut dyn Write, finding: &Finding, item: &CheckItem, all: bool) -> io::Result<()> {
    let result = finding.result.as_deref().unwrap_or_default();
    let shown = printable(if result.trim().is_empty() { "no result" } else { result });
    let shown = match finding.verdict {
        ItemVerdict::Failed => shown.red().bold().to_string(),
        _ => shown.yellow().bold().to_string(),
    };
    let group = finding.group.as_deref().map(|group| format!("  ({})", printable(group))).unwrap_or_default();
    writeln!(out, "  {shown}  {}{group}", printable(finding.item.as_deref().unwrap_or("(no name)")))?;
    let options = textwrap::Options::new(width().into())
        .initial_indent("         ")
        .subsequent_indent("           ")
        .word_separator(textwrap::WordSeparator::Custom(after_commas));
    let waiver = finding
        .waiver
        .iter()
        .map(|waiver| printable(&format!("waived by {} until {}: {}", waiver.owner, waiver.expires, waiver.reason)));
    for detail in details(item, all).into_iter().chain(waiver) {
        for line in textwrap::wrap(&detail, &options) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

/// Names in a list may be separated by commas without white space, so a line may also end after a comma.
fn after_commas(line: &str) -> Box<dyn Iterator<Item = textwrap::core::Word<'_>> + '_> {
    let words = line.split_inclusive(' ').flat_map(|words| {
        let commas = words.trim_end_matches(' ').trim_end_matches(',').rfind(',').map_or(0, |comma| comma + 1);
        words[..commas].split_inclusive(',').chain([&words[commas..]])
    });
    Box::new(words.map(textwrap::core::Word::from))
}

/// Returns the details of an item: reason, message of the database, data, subtasks.
fn details(item: &CheckItem, all: bool) -> Vec<String> {
    let mut lines: Vec<String> =
        [&item.reason, &item.message].into_iter().flatten().map(|text| printable(text)).collect();
    let evidence = item.data.as_deref().map(Evidence::of);
    for (label, value) in evidence.iter().flat_map(Evidence::lines) {
        let value = cut(&printable(&value), all);
        lines.push(if label.is_empty() { value } else { format!("{}: {value}", printable(&label)) });
    }
    for subtask in &item.subtasks {
        let part = |text: Option<&str>| printable(text.unwrap_or("?"));
        let result = subtask.result.as_ref().map(CheckResult::as_str);
        let (name, id) = (part(subtask.name.as_deref()), part(subtask.id.as_deref()));
        lines.push(format!("subtask {name} ({id}): {}", part(result)));
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
fn by_group(passed: &[&CheckItem]) -> Table {
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
fn every(passed: &[&CheckItem]) -> Table {
    let mut table = table(["Passed", "Group", "Data"]);
    if let Some(column) = table.column_mut(0) {
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
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
    let words = verdict.to_string().to_uppercase();
    match verdict {
        Verdict::Passed => words.green().bold().to_string(),
        Verdict::PassedWithAlarms | Verdict::PassedWithWaivers => words.yellow().bold().to_string(),
        Verdict::Running => words.cyan().bold().to_string(),
        _ => words.red().bold().to_string(),
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
