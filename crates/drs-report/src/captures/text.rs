//! The reporter for people: each finding with its source line and a caret, then counts, then the drift.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::{self, Write};

use drs_types::text::{count, printable};
use drs_validate::{Code, Drift, PayloadReport, Severity, StylePart, Summary};
use unit_prefix::NumberPrefix;

use super::run::few;
use super::{Ended, Reporter, Run};
use crate::Options;
use crate::limits::LIMITS;
use crate::text::page::{Style, paint};

/// The reporter of all findings, or of the first few of each kind.
pub(super) struct Text {
    options: Options,
    shown: BTreeMap<(Code, String), usize>,
    left_out: u64,
}

impl Text {
    pub(super) fn new(options: Options) -> Self {
        Self { options, shown: BTreeMap::new(), left_out: 0 }
    }

    fn paint(&self, style: Style, text: &str) -> String {
        paint(self.options.colors, style, text)
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
                _ if self.options.all => {}
                Entry::Occupied(shown) if *shown.get() < LIMITS.examples => *shown.into_mut() += 1,
                Entry::Vacant(first) if kinds < LIMITS.kinds => drop(first.insert(1)),
                _ => {
                    self.left_out += 1;
                    continue;
                }
            }
            writeln!(out, "{}", suspect.show(located, input, &|part, text| self.part(part, text)))?;
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, ended: &Ended<'_>) -> io::Result<()> {
        let Run { counts, .. } = ended.run;
        if self.left_out > 0 {
            writeln!(out, "{} like these; --all shows them.\n", count(self.left_out, "more finding"))?;
        }
        if !counts.drift.is_empty() {
            self.drift(out, counts)?;
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
        for (number, one, many) in ended.run.left_aside() {
            writeln!(out, "{number:>8}  {}", if number == 1 { one } else { many })?;
        }
        let files = ["skipped file with another name", "skipped files with other names"];
        listed(out, files, &ended.run.passed_over, self.options.all)?;
        let inputs = ["input without a payload", "inputs without a payload"];
        listed(out, inputs, &ended.run.without_payload, self.options.all)?;
        let errors = count(counts.errors, "error");
        let verdict = format!("{errors}, {} drift", counts.drifts);
        let (verdict, style) = match (counts.errors, counts.drifts) {
            (0, 0) if ended.run.validated == 0 => ("nothing was validated".to_owned(), Style::Warning),
            (0, 0) if ended.run.unreadable.is_empty() => (verdict, Style::Good),
            (0, 0) => (verdict, Style::Strong),
            (0, _) => (verdict, Style::Warning),
            _ => (verdict, Style::Bad),
        };
        writeln!(out, "{}, {}: {}", ended.run.read(), size(counts.bytes), self.paint(style, &verdict))
    }
}

/// Names some inputs.
fn listed(out: &mut dyn Write, [one, many]: [&str; 2], names: &[String], all: bool) -> io::Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let what = if names.len() == 1 { one } else { many };
    let shown = if all { names.len() } else { LIMITS.examples };
    writeln!(out, "{:>8}  {what}: {}", names.len(), few(names, shown))
}

fn last(pointer: &str) -> &str {
    pointer.rsplit('/').next().unwrap_or_default()
}

impl Text {
    /// Colours a part of a finding.
    fn part(&self, part: StylePart, text: &str) -> String {
        let style = match part {
            StylePart::Head(Severity::Error) => Style::Bad,
            StylePart::Head(Severity::Drift) | StylePart::Mark => Style::Warning,
            StylePart::Title => Style::Strong,
            _ => return text.to_owned(),
        };
        self.paint(style, text)
    }

    fn drift(&self, out: &mut dyn Write, counts: &Summary) -> io::Result<()> {
        writeln!(out, "{}", self.paint(Style::Strong, "The service differs from its documentation:"))?;
        let shown = if self.options.all { counts.drift.len() } else { LIMITS.drift };
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
}

/// A number of bytes for people.
pub(super) fn size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "two decimals are shown")]
    match NumberPrefix::binary(bytes as f64) {
        NumberPrefix::Standalone(bytes) => format!("{bytes:.0} B"),
        NumberPrefix::Prefixed(prefix, number) => format!("{number:.2} {prefix}B"),
    }
}
