//! The reporter for annotations of GitHub Actions.

use std::io::{self, Write};

use drs_types::text::{count, printable};
use drs_validate::{PayloadReport, Severity};

use super::{Ended, Reporter, Unreadable};

/// Writes one workflow command per finding.
pub(super) struct Github;

impl Reporter for Github {
    fn suspect(&mut self, out: &mut dyn Write, input: &str, suspect: &PayloadReport) -> io::Result<()> {
        for located in &suspect.findings {
            let finding = &located.finding;
            let level = if finding.severity == Severity::Error { "error" } else { "warning" };
            let pointer = if finding.pointer.is_empty() { "the body" } else { &finding.pointer };
            writeln!(
                out,
                "::{level} file={},line={},col={},title={}::{}",
                property(input),
                located.line,
                located.column,
                finding.code,
                message(&printable(&format!("{pointer}: {}", finding.message())))
            )?;
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, ended: &Ended<'_>) -> io::Result<()> {
        let run = ended.run;
        for Unreadable { source, reason } in &run.unreadable {
            writeln!(out, "::error file={}::{}", property(source), message(&format!("cannot be read: {reason}")))?;
        }
        for why in run.notes() {
            writeln!(out, "::notice::{}", message(&why))?;
        }
        let counts = &run.counts;
        writeln!(
            out,
            "::notice::{}: {}, {} drift",
            count(counts.records, "record"),
            count(counts.errors, "error"),
            counts.drifts
        )
    }
}

/// Escapes the message of a command.
fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a command, with the characters that control a terminal.
fn property(text: &str) -> String {
    let lines = text.split_inclusive(['\r', '\n']).map(|line| {
        let end = line.trim_end_matches(['\r', '\n']).len();
        printable(&line[..end]) + &line[end..]
    });
    message(&lines.collect::<String>()).replace(':', "%3A").replace(',', "%2C")
}
