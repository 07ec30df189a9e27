//! The reporters for JSON: one document for the run, or one document per finding.

use std::io::{self, Write};

use drs_validate::PayloadReport;

use super::row::rows;
use super::{Ended, Reporter};

/// The reporter of one document: findings, then counts and drift.
#[derive(Default)]
pub(super) struct Document {
    begun: bool,
}

impl Reporter for Document {
    fn start(&mut self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "{{\"findings\": [")
    }

    fn suspect(&mut self, out: &mut dyn Write, input: &str, suspect: &PayloadReport) -> io::Result<()> {
        for row in rows(input, suspect) {
            let comma = if std::mem::replace(&mut self.begun, true) { "," } else { "" };
            write!(out, "{comma}\n  ")?;
            serde_json::to_writer(&mut *out, &row)?;
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, ended: &Ended<'_>) -> io::Result<()> {
        write!(out, "\n],\n\"summary\": ")?;
        serde_json::to_writer_pretty(&mut *out, ended.run)?;
        writeln!(out, "}}")
    }
}

/// The reporter of one document per finding.
pub(super) struct Lines;

impl Reporter for Lines {
    fn suspect(&mut self, out: &mut dyn Write, input: &str, suspect: &PayloadReport) -> io::Result<()> {
        for row in rows(input, suspect) {
            serde_json::to_writer(&mut *out, &row)?;
            writeln!(out)?;
        }
        Ok(())
    }
}
