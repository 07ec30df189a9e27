//! The report for a terminal: per task the verdict, the items that did not pass with their explanation, then a summary.

mod diff;
pub(crate) mod page;

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};

use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};
use drs_gate::{Assessment, Decision, Finding, TaskAssessment, Verdict, WaiverStatus};
use drs_types::text::{count, printable};

pub(crate) use diff::diff;

use crate::explanation::{explanation, side};
use crate::view::{self, Detail, Item, Status};
use crate::{Options, view::details};
use page::{Page, Style};

/// Writes the report.
pub(crate) fn report(out: &mut dyn Write, assessment: &Assessment, options: &Options) -> io::Result<()> {
    let mut report = Report { page: Page::new(out, options), all: options.all, explained: HashSet::new() };
    let source = view::source(&assessment.source);
    // What is made up says so first.
    let (first, last) = source.split_at(usize::from(assessment.source.synthetic.is_some()));
    for sentence in first {
        report.page.line(sentence)?;
        report.page.line("")?;
    }
    let is_only_one = assessment.tasks.len() == 1;
    for task in &assessment.tasks {
        report.task(task, is_only_one)?;
        report.page.line("")?;
    }
    report.rest(assessment)?;
    report.page.wrapped("", "  ", &view::counts(assessment))?;
    let decision = view::decision_name(assessment.decision).to_uppercase();
    let decision = report.page.paint(decision_style(assessment.decision), &decision);
    report.page.line(&format!("{decision}: {}", view::decision_sentence(assessment)))?;
    last.iter().try_for_each(|sentence| report.page.line(sentence))
}

struct Report<'a> {
    page: Page<'a>,
    all: bool,
    /// What was explained already: item and reason.
    explained: HashSet<(Option<String>, Option<String>)>,
}

impl Report<'_> {
    fn task(&mut self, task: &TaskAssessment, is_only_one: bool) -> io::Result<()> {
        let verdict = self.page.paint(verdict_style(task.verdict), &task.verdict.to_string().to_uppercase());
        let id = self.page.paint(Style::Strong, &printable(&task.task));
        self.page.line(&format!("{verdict}  {id}"))?;
        if let Some(report) = &task.report {
            let facts: Vec<String> =
                view::facts(report).into_iter().map(|(label, value)| format!("{label} {value}")).collect();
            if !facts.is_empty() {
                self.page.wrapped("  ", "  ", &facts.join(", "))?;
            }
        }
        let (sentences, doubts) = view::task_sentences(task);
        sentences.iter().try_for_each(|sentence| self.page.wrapped("  ", "  ", sentence))?;
        doubts.iter().try_for_each(|doubt| self.page.wrapped("  - ", "    ", doubt))?;
        let (passed, other): (Vec<Item<'_>>, Vec<_>) =
            view::items(task).into_iter().partition(|item| item.finding.is_none());
        for item in other {
            self.page.line("")?;
            self.item(&item)?;
        }
        if passed.is_empty() {
            return Ok(());
        }
        if !task.findings.is_empty() && !is_only_one && !self.all {
            self.page.line("")?;
        }
        if !is_only_one && !self.all {
            return self.page.line(&format!("  {} passed", count(passed.len() as u64, "item")));
        }
        self.page.line("")?;
        let table = if self.all { every(&passed, self.page.width) } else { by_group(&passed, self.page.width) };
        table.lines().try_for_each(|line| self.page.line(&format!("  {}", line.trim_end())))
    }

    /// Writes an item that did not pass: its result and name, then its details and explanation.
    fn item(&mut self, item: &Item<'_>) -> io::Result<()> {
        let Some(finding) = item.finding else { return Ok(()) };
        let style = match item.status() {
            Status::Failed => Style::Bad,
            _ => Style::Warning,
        };
        let result = self.page.paint(style, &item.result());
        let side = finding.item.as_deref().and_then(side);
        let place: Vec<String> =
            item.item.group.as_deref().map(printable).into_iter().chain(side.map(str::to_owned)).collect();
        let place = if place.is_empty() { String::new() } else { format!("  ({})", place.join(", ")) };
        self.page.line(&format!("  {result}  {}{place}", self.page.paint(Style::Strong, &item.name())))?;
        let details = details(finding, self.all);
        let width = details.iter().map(|detail| detail.label.chars().count()).max().unwrap_or_default();
        for Detail { label, value } in details {
            self.page.wrapped(&format!("    {label:<width$}  "), &" ".repeat(width + 6), &value)?;
        }
        self.explain(finding)
    }

    fn explain(&mut self, finding: &Finding) -> io::Result<()> {
        let Some(explanation) = explanation(finding) else { return Ok(()) };
        if !self.explained.insert((finding.item.clone(), finding.reason.clone())) {
            return self.page.line("    Explained above.");
        }
        self.page.wrapped("    ", "    ", &printable(&explanation.why))?;
        if let Some(fix) = &explanation.fix {
            self.page.wrapped("    Fix: ", "         ", &printable(fix))?;
        }
        match explanation.explain {
            Some(name) => self.page.line(&self.page.paint(Style::Faint, &format!("    drs explain {name}"))),
            None => Ok(()),
        }
    }

    /// Writes what is about no single task.
    fn rest(&mut self, assessment: &Assessment) -> io::Result<()> {
        self.list("The responses as a whole do not prove anything:", &view::response_doubts(assessment))?;
        self.list("The responses also have entries that were not requested:", &view::unrequested(assessment))?;
        let misfits = view::misfits(&assessment.misfits, self.all);
        self.list("These values do not fit the documentation and were left out:", &misfits)?;
        let (used, other): (Vec<_>, Vec<_>) =
            view::waiver_uses(assessment).into_iter().partition(|(status, _)| *status == WaiverStatus::Used);
        let sentences =
            |uses: Vec<(WaiverStatus, String)>| uses.into_iter().map(|(_, sentence)| sentence).collect::<Vec<_>>();
        self.list("Waivers of the policy that do nothing:", &sentences(other))?;
        self.list("Waivers of the policy:", &sentences(used))
    }

    fn list(&mut self, title: &str, entries: &[String]) -> io::Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        self.page.line(title)?;
        entries.iter().try_for_each(|entry| self.page.wrapped("  - ", "    ", entry))?;
        self.page.line("")
    }
}

/// Returns the number of passed items in each group.
fn by_group(passed: &[Item<'_>], width: usize) -> Table {
    let mut groups: BTreeMap<String, usize> = BTreeMap::new();
    for item in passed {
        *groups.entry(item.group()).or_default() += 1;
    }
    let mut table = table(["Passed", "Group"], width);
    if let Some(column) = table.column_mut(0) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for (group, items) in groups {
        table.add_row([items.to_string(), group]);
    }
    table
}

/// Returns every passed item with its data.
fn every(passed: &[Item<'_>], width: usize) -> Table {
    let mut table = table(["Passed", "Group", "Data"], width);
    for item in passed {
        let data = item.item.data.as_deref().map(drs_gate::Evidence::of);
        let lines =
            data.as_ref().map(drs_gate::Evidence::lines).unwrap_or_default().into_iter().map(|(label, value)| {
                let value = printable(&value);
                if label.is_empty() { value } else { format!("{}: {value}", printable(&label)) }
            });
        table.add_row([item.name(), item.group(), lines.collect::<Vec<_>>().join("\n")]);
    }
    table
}

/// Creates a table with a line below its header.
fn table<const N: usize>(header: [&str; N], width: usize) -> Table {
    const RULED_HEADER: TableStyle = TableStyle::new().header_separator(LineStyle::new('─', '─', '─', '─'));
    let mut table = Table::new();
    table
        .load_style(RULED_HEADER)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(width.saturating_sub(2)).unwrap_or(u16::MAX))
        .set_header(header);
    table
}

fn verdict_style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Passed => Style::Good,
        Verdict::PassedWithAlarms | Verdict::PassedWithWaivers => Style::Warning,
        Verdict::Running => Style::Pending,
        _ => Style::Bad,
    }
}

fn decision_style(decision: Decision) -> Style {
    match decision {
        Decision::Pass => Style::Good,
        Decision::Unfinished => Style::Pending,
        _ => Style::Bad,
    }
}
