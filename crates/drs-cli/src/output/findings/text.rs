//! The reporter for people: each finding with its source line and a caret, then counts, then the drift.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::{self, Write};

use drs_types::text::{count, printable};
use drs_validate::{Code, Drift, PayloadReport, Severity, StylePart, Summary};
use owo_colors::OwoColorize;

use super::{Reporter, RunReport};

use crate::limits::LIMITS;

/// The reporter of all findings, or of the first few of each kind.
pub(super) struct Text {
    all: bool,
    shown: BTreeMap<(Code, String), usize>,
    left_out: u64,
}

impl Text {
    pub(super) fn new(all: bool) -> Self {
        Self { all, shown: BTreeMap::new(), left_out: 0 }
    }
}

impl Reporter for Text {
    fn suspect(&mut self, out: &mut dyn Write, input: &str, suspect: &PayloadReport) -> io::Result<()> {
        for located in &suspect.findings {
            let finding = &located.finding;
            let rule = finding.rule.as_ref().map(ToString::to_string);
            let rule = rule.or(finding.expected.as_ref().map(ToString::to_string)).unwrap_or_default();
            // An unknown field has a pointer, but no rule.
            let kind = if finding.code == Code::UnknownField { last(&finding.pointer) } else { &rule };
            let kinds = self.shown.len();
            match self.shown.entry((finding.code, kind.chars().take(LIMITS.kind_name).collect())) {
                _ if self.all => {}
                Entry::Occupied(shown) if *shown.get() < LIMITS.findings => *shown.into_mut() += 1,
                Entry::Vacant(first) if kinds < LIMITS.kinds => drop(first.insert(1)),
                _ => {
                    self.left_out += 1;
                    continue;
                }
            }
            writeln!(out, "{}", suspect.show(located, input, &paint))?;
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, summary: &RunReport) -> io::Result<()> {
        if self.left_out > 0 {
            writeln!(out, "{} like these; --all shows them.\n", count(self.left_out, "more finding"))?;
        }
        let RunReport { counts, .. } = summary;
        if !counts.drift.is_empty() {
            drift(out, counts, self.all)?;
        }
        if !counts.codes.is_empty() {
            for (code, number) in &counts.codes {
                writeln!(out, "{number:>8}  {code}  {}", code.title())?;
            }
            writeln!(out)?;
        }
        for (payload, number) in &counts.payloads {
            let name = if payload.is_empty() { "could not be validated" } else { payload };
            let findings = counts.findings.get(payload).copied().unwrap_or_default();
            let more = counts.fits_more.get(payload).map(|more| format!(", and {more} more fit")).unwrap_or_default();
            writeln!(out, "{number:>8}  {name}{more}: {}", count(findings, "finding"))?;
        }
        for (number, one, many) in [
            (counts.skipped, "record of another call, skipped", "records of other calls, skipped"),
            (counts.unrecorded, "body that is not in the HAR", "bodies that are not in the HAR"),
            (
                summary.folders_passed_over as u64,
                "skipped folder, hidden or node_modules; --hidden reads it",
                "skipped folders, hidden or node_modules; --hidden reads them",
            ),
        ] {
            match number {
                0 => {}
                1 => writeln!(out, "{number:>8}  {one}")?,
                _ => writeln!(out, "{number:>8}  {many}")?,
            }
        }
        let files = ["skipped file with another name", "skipped files with other names"];
        listed(out, files, &summary.passed_over, self.all)?;
        let inputs = ["input without a payload", "inputs without a payload"];
        listed(out, inputs, &summary.without_payload, self.all)?;
        let errors = count(counts.errors, "error");
        let verdict = format!("{errors}, {} drift", counts.drifts);
        let coloured = match (counts.errors, counts.drifts) {
            (0, 0) if summary.validated == 0 => "nothing was validated".yellow().bold().to_string(),
            (0, 0) if summary.unreadable.is_empty() => verdict.green().bold().to_string(),
            (0, 0) => verdict,
            (0, _) => verdict.yellow().bold().to_string(),
            _ => verdict.red().bold().to_string(),
        };
        let read = format!("{} in {}", count(counts.records, "record"), count(summary.inputs as u64, "input"));
        writeln!(out, "{read}, {}: {coloured}", size(counts.bytes))
    }
}

/// Names some inputs.
fn listed(out: &mut dyn Write, [one, many]: [&str; 2], names: &[String], all: bool) -> io::Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let what = if names.len() == 1 { one } else { many };
    let shown = if all { names.len() } else { LIMITS.findings };
    let mut listed: Vec<String> = names.iter().take(shown).map(|name| printable(name)).collect();
    if names.len() > shown {
        listed.push(format!("and {} more", names.len() - shown));
    }
    writeln!(out, "{:>8}  {what}: {}", names.len(), listed.join(", "))
}

fn last(pointer: &str) -> &str {
    pointer.rsplit('/').next().unwrap_or_default()
}

/// Colours a part of a finding.
fn paint(part: StylePart, text: &str) -> String {
    match part {
        StylePart::Head(Severity::Error) => text.red().bold().to_string(),
        StylePart::Head(Severity::Drift) => text.yellow().bold().to_string(),
        StylePart::Title => text.bold().to_string(),
        StylePart::Mark => text.yellow().to_string(),
        _ => text.to_owned(),
    }
}

fn drift(out: &mut dyn Write, counts: &Summary, all: bool) -> io::Result<()> {
    writeln!(out, "{}", "The service differs from its documentation:".bold())?;
    let shown = if all { counts.drift.len() } else { LIMITS.drift };
    for Drift { payload, code, pointer, found, count: number, first, proposal, no_proposal, .. } in
        counts.drift.iter().take(shown)
    {
        let pointer = if pointer.is_empty() { "the body" } else { pointer };
        writeln!(out, "{number:>8}  {} of {payload}: {}, {}", printable(pointer), code.title(), printable(found))?;
        writeln!(out, "          first at {}:{}:{}", printable(&first.source), first.line, first.column)?;
        for operation in proposal {
            writeln!(out, "          to document it: {}", printable(&operation.to_string()))?;
        }
        if let Some(reason) = no_proposal {
            writeln!(out, "          no operation is proposed: {reason}")?;
        }
    }
    let more = counts.drift.len().saturating_sub(shown) as u64 + counts.drift_left_out;
    if more > 0 {
        writeln!(out, "          and {} of drift", count(more, "more kind"))?;
    }
    writeln!(out)
}

/// Formats a number of bytes for people.
fn size(bytes: u64) -> String {
    indicatif::HumanBytes(bytes).to_string()
}
