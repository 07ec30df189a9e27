//! Findings as JUnit XML: each input is a test case.

use std::io::{self, Write};

use drs_validate::{Severity, Suspect};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::inputs::Unreadable;

use super::{Findings, Summary, sentence};

/// So many findings of an input are written out; the others are counted.
const MOST: usize = 100;

/// A test case for each input; one that has errors fails.
#[derive(Default)]
pub(super) struct Junit {
    cases: Vec<Case>,
}

#[derive(Default)]
struct Case {
    name: String,
    errors: usize,
    drifts: usize,
    lines: Vec<String>,
}

impl Findings for Junit {
    fn input(&mut self, _: &mut dyn Write, name: &str) -> io::Result<()> {
        self.cases.push(Case { name: name.to_owned(), ..Case::default() });
        Ok(())
    }

    fn suspect(&mut self, _: &mut dyn Write, _: &str, suspect: &Suspect) -> io::Result<()> {
        let Some(case) = self.cases.last_mut() else { return Ok(()) };
        for located in &suspect.findings {
            let finding = &located.finding;
            let counted = if finding.severity == Severity::Error { &mut case.errors } else { &mut case.drifts };
            *counted += 1;
            if case.lines.len() < MOST {
                let place = format!("{}:{}:{}", case.name, located.line, located.column);
                let rule = format!("{} {}", finding.severity, finding.code);
                case.lines.push(format!("{place}: {rule} {}: {}", finding.pointer, sentence(finding)));
            }
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
        let mut suite = TestSuite::new("drs validate");
        for case in &self.cases {
            suite.add_test_case(case.report());
        }
        for Unreadable { source, reason } in &summary.unreadable {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(format!("cannot be read: {reason}"));
            suite.add_test_case(TestCase::new(source.as_str(), status));
        }
        let mut report = Report::new("drs validate");
        report.add_test_suite(suite);
        report.serialize(out).map_err(io::Error::other)
    }
}

impl Case {
    fn report(&self) -> TestCase {
        let mut lines = self.lines.clone();
        let left_out = self.errors + self.drifts - lines.len();
        if left_out > 0 {
            lines.push(format!("and {left_out} more"));
        }
        let message = format!("{} error(s), {} drift", self.errors, self.drifts);
        let mut status = TestCaseStatus::success();
        if self.errors > 0 {
            status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(message).set_description(lines.join("\n"));
            return TestCase::new(self.name.as_str(), status);
        }
        let mut case = TestCase::new(self.name.as_str(), status);
        if self.drifts > 0 {
            case.set_system_out(lines.join("\n"));
        }
        case
    }
}
