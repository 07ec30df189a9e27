//! The report as JUnit XML: a test case per input. It fails when its findings fail the run, and is skipped when nothing in it
//! was validated.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::Path;

use drs_types::text::{count, printable};
use drs_validate::PayloadReport;

use super::{Done, Ended, Reporter};
use crate::junit::{self, Case, Outcome, Suite};
use crate::limits::LIMITS;

/// The reporter. It keeps the first findings of each input.
#[derive(Default)]
pub(super) struct Junit {
    cases: Vec<Case>,
    names: HashSet<String>,
}

impl Reporter for Junit {
    fn input(&mut self, name: &str, _: Option<&Path>) -> io::Result<()> {
        let name = junit::unique(printable(name), &mut |name| self.names.insert(name.to_owned()));
        self.cases.push(Case { name, class: "drs.validate".to_owned(), ..Case::default() });
        Ok(())
    }

    fn suspect(&mut self, _: &mut dyn Write, input: &str, suspect: &PayloadReport) -> io::Result<()> {
        let Some(case) = self.cases.last_mut() else { return Ok(()) };
        for located in suspect.findings.iter().take(LIMITS.case_lines.saturating_sub(case.lines.len())) {
            let finding = &located.finding;
            let location = format!("{input}:{}:{}", located.line, located.column);
            let rule = format!("{} {}", finding.severity, finding.code);
            case.lines.push(printable(&format!("{location}: {rule} {}: {}", finding.pointer, finding.message())));
        }
        Ok(())
    }

    fn done(&mut self, done: &Done) -> io::Result<()> {
        let Some(case) = self.cases.last_mut() else { return Ok(()) };
        let left_out = done.errors + done.drifts - case.lines.len() as u64;
        if left_out > 0 {
            case.lines.push(format!("and {left_out} more"));
        }
        if done.skipped > 0 {
            let of = if done.skipped == 1 { "of another call" } else { "of other calls" };
            case.lines.push(format!("{} {of}", count(done.skipped, "record")));
        }
        let found = format!("{}, {} drift", count(done.errors, "error"), done.drifts);
        let (outcome, kind, message) = match &done.unreadable {
            Some(reason) => (Outcome::Error, "unreadable", format!("cannot be read: {reason}")),
            None if done.fails => (Outcome::Failed, "findings", found),
            None if done.validated == 0 => (Outcome::Skipped, "", "nothing was validated".to_owned()),
            None => (Outcome::Passed, "", String::new()),
        };
        (case.outcome, case.kind, case.message) = (outcome, kind.to_owned(), printable(&message));
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, ended: &Ended<'_>) -> io::Result<()> {
        let cases = std::mem::take(&mut self.cases).into();
        let left = ended.run.left_aside().map(|(number, _, what)| (what, number.to_string()));
        let named = ended.run.files_passed_over(LIMITS.names).map(|files| ("skipped", files));
        let suite = Suite { name: "drs validate".to_owned(), properties: left.chain(named).collect(), cases };
        junit::document(out, "drs validate", &|| Box::new(std::iter::once(suite.clone())))
    }
}
