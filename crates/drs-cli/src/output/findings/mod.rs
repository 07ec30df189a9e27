//! The formats of findings. Each finding is printed at once.

mod format;
mod github;
mod json;
mod junit;
mod sarif;
mod text;

use std::io::{self, Write};

use drs_types::text::count;
use drs_validate::{Code, Diagnostic, Found, PayloadReport, Severity, Summary};
use serde::Serialize;
use serde_json::Value;

use crate::exit::Exit;
use crate::inputs::{Input, Unreadable};

pub(crate) use format::{FailOn, Format};

/// A format of findings.
pub(crate) trait Reporter {
    /// Starts the output.
    fn start(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    /// Starts an input.
    fn input(&mut self, _out: &mut dyn Write, _input: &Input) -> io::Result<()> {
        Ok(())
    }

    /// Reports a payload of the input with findings.
    fn suspect(&mut self, out: &mut dyn Write, input: &str, suspect: &PayloadReport) -> io::Result<()>;

    /// Ends the input.
    fn done(&mut self, _out: &mut dyn Write, _done: &Done) -> io::Result<()> {
        Ok(())
    }

    /// Ends the output.
    fn finish(&mut self, _out: &mut dyn Write, _summary: &RunReport) -> io::Result<()> {
        Ok(())
    }
}

/// The result of one input.
pub(crate) struct Done {
    /// The number of validated payloads.
    pub(crate) validated: u64,
    /// The reason why it cannot be read to its end; `None` when it was.
    pub(crate) unreadable: Option<String>,
}

/// The result of all inputs.
#[derive(Serialize)]
pub(crate) struct RunReport {
    /// The exit code.
    #[serde(skip)]
    pub(crate) exit: Exit,
    /// The number of inputs.
    pub(crate) inputs: usize,
    /// The number of validated payloads.
    pub(crate) validated: u64,
    /// Inputs without a payload, and folders without an input.
    pub(crate) without_payload: Vec<String>,
    /// The files in folders that were not read because of their names.
    pub(crate) passed_over: Vec<String>,
    /// The number of folders that were not read because they are hidden, or are `node_modules`.
    pub(crate) folders_passed_over: usize,
    /// Inputs that could not be read to their end, with the reason.
    pub(crate) unreadable: Vec<Unreadable>,
    #[serde(flatten)]
    pub(crate) counts: Summary,
}

impl RunReport {
    /// Returns a message when nothing was validated, with the reasons.
    pub(crate) fn nothing_validated(&self) -> Option<String> {
        if self.validated > 0 {
            return None;
        }
        let unknown = self.counts.payloads.values().sum();
        let reasons = [
            (unknown, "payload that could not be validated", "payloads that could not be validated"),
            (self.counts.skipped, "record of another call", "records of other calls"),
            (self.counts.unrecorded, "body that is not in the HAR", "bodies that are not in the HAR"),
            (self.passed_over.len() as u64, "file with another name", "files with other names"),
            (
                self.folders_passed_over as u64,
                "skipped folder (hidden or node_modules; --hidden reads it)",
                "skipped folders (hidden or node_modules; --hidden reads them)",
            ),
        ];
        let reasons: Vec<String> = reasons
            .into_iter()
            .filter(|(number, ..)| *number > 0)
            .map(|(number, one, many)| format!("{number} {}", if number == 1 { one } else { many }))
            .collect();
        let read = format!("{} in {}", count(self.counts.records, "record"), count(self.inputs as u64, "input"));
        let reasons = if reasons.is_empty() { String::new() } else { format!(", {}", reasons.join(", ")) };
        Some(format!("nothing was validated: {read}{reasons}"))
    }
}

/// Creates the reporter of a format.
pub(crate) fn sink(format: Format, fail_on: FailOn, all: bool) -> Box<dyn Reporter> {
    match format {
        Format::Text => Box::new(text::Text::new(all)),
        Format::Json => Box::new(json::Document::default()),
        Format::Ndjson => Box::new(json::Lines),
        Format::Sarif => Box::new(sarif::Sarif::default()),
        Format::Junit => Box::new(junit::Junit::new(fail_on)),
        Format::Github => Box::new(github::Github),
    }
}

/// A finding in JSON.
#[derive(Serialize)]
struct Row<'a> {
    source: &'a str,
    #[serde(flatten)]
    located: &'a Diagnostic,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a Value>,
    payload: Option<String>,
    part: &'a str,
    #[serde(flatten)]
    finding: Rule<'a>,
}

#[derive(Serialize)]
struct Rule<'a> {
    code: Code,
    title: &'static str,
    severity: Severity,
    pointer: &'a str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema_pointer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    table: Option<&'a str>,
}

/// Converts the findings of a payload to JSON.
fn rows<'a>(source: &'a str, suspect: &'a PayloadReport) -> impl Iterator<Item = Row<'a>> {
    suspect.findings.iter().map(move |located| {
        let finding = &located.finding;
        Row {
            source,
            located,
            key: suspect.key.as_ref(),
            payload: suspect.body_kind.map(|known| known.name()),
            part: &suspect.part,
            finding: Rule {
                code: finding.code,
                title: finding.code.title(),
                severity: finding.severity,
                pointer: &finding.pointer,
                message: finding.message(),
                expected: finding.expected.as_ref().map(ToString::to_string),
                found: finding.found.as_ref().map(Found::as_str),
                schema_pointer: finding.rule.as_ref().map(ToString::to_string),
                table: finding.table.as_deref(),
            },
        }
    })
}
