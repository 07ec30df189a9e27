//! The reporter for JUnit XML. Each input is a test case.
//!
//! Jenkins' schema does not allow `skipped` in `testsuites`, and the known libraries write it.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::{self, Write};

use drs_types::text::{count, printable};
use drs_validate::{PayloadReport, Severity};

use crate::inputs::Input;
use crate::limits::LIMITS;

use super::FailOn;
use super::{Done, Reporter, RunReport};

/// The reporter. A case fails when its findings make the exit code 1, and is skipped when nothing was validated.
pub(super) struct Junit {
    fail_on: FailOn,
    cases: Vec<Case>,
    names: HashSet<String>,
}

#[derive(Default)]
struct Case {
    name: String,
    errors: u64,
    drifts: u64,
    lines: Vec<String>,
    outcome: Outcome,
}

/// The outcome of a case, with its message.
#[derive(Clone, Copy, Default, Eq, PartialEq)]
enum Outcome {
    #[default]
    Passed,
    Failed,
    Skipped,
    Unreadable,
}

impl Junit {
    pub(super) fn new(fail_on: FailOn) -> Self {
        Self { fail_on, cases: Vec::new(), names: HashSet::new() }
    }

    /// Returns a name that no other case has.
    fn unique(&mut self, name: String) -> String {
        let numbered = (2..).map(|number| format!("{name} ({number})"));
        let mut names = std::iter::once(name.clone()).chain(numbered);
        names.find(|name| self.names.insert(name.clone())).unwrap_or(name)
    }
}

impl Reporter for Junit {
    fn input(&mut self, _: &mut dyn Write, input: &Input) -> io::Result<()> {
        let name = self.unique(printable(&input.name()));
        self.cases.push(Case { name, ..Case::default() });
        Ok(())
    }

    fn suspect(&mut self, _: &mut dyn Write, input: &str, suspect: &PayloadReport) -> io::Result<()> {
        let Some(case) = self.cases.last_mut() else { return Ok(()) };
        for located in &suspect.findings {
            let finding = &located.finding;
            let counted = if finding.severity == Severity::Error { &mut case.errors } else { &mut case.drifts };
            *counted += 1;
            if case.lines.len() < LIMITS.junit {
                let location = format!("{input}:{}:{}", located.line, located.column);
                let rule = format!("{} {}", finding.severity, finding.code);
                case.lines.push(printable(&format!("{location}: {rule} {}: {}", finding.pointer, finding.message())));
            }
        }
        Ok(())
    }

    fn done(&mut self, _: &mut dyn Write, done: &Done) -> io::Result<()> {
        let Some(case) = self.cases.last_mut() else { return Ok(()) };
        let left_out = case.errors + case.drifts - case.lines.len() as u64;
        if left_out > 0 {
            case.lines.push(format!("and {left_out} more"));
        }
        let found = format!("{}, {} drift", count(case.errors, "error"), case.drifts);
        let (outcome, message) = match &done.unreadable {
            Some(reason) => (Outcome::Unreadable, format!("cannot be read: {reason}")),
            None if self.fail_on.fails(case.errors, case.drifts) => (Outcome::Failed, found),
            None if done.validated == 0 => (Outcome::Skipped, "nothing was validated".to_owned()),
            None => (Outcome::Passed, String::new()),
        };
        case.outcome = outcome;
        case.lines.insert(0, printable(&message));
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, _: &RunReport) -> io::Result<()> {
        let count = |outcome| self.cases.iter().filter(|case| case.outcome == outcome).count();
        let (failures, errors) = (count(Outcome::Failed), count(Outcome::Unreadable));
        let counts = format!("tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\"", self.cases.len());
        let skipped = count(Outcome::Skipped);
        writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        writeln!(out, "<testsuites name=\"drs validate\" {counts}>")?;
        writeln!(out, "    <testsuite name=\"drs validate\" {counts} skipped=\"{skipped}\">")?;
        for case in &self.cases {
            write!(out, "        <testcase classname=\"drs.validate\" name=\"{}\"", escaped(&case.name))?;
            match case.element() {
                None => writeln!(out, "/>")?,
                Some(element) => writeln!(out, ">\n            {element}\n        </testcase>")?,
            }
        }
        writeln!(out, "    </testsuite>\n</testsuites>")
    }
}

impl Case {
    /// Returns the element in the case; `None` for a case that passed without a finding.
    fn element(&self) -> Option<String> {
        let (message, lines) = self.lines.split_first()?;
        let name = match self.outcome {
            Outcome::Passed => "system-out",
            Outcome::Failed => "failure",
            Outcome::Skipped => "skipped",
            Outcome::Unreadable => "error",
        };
        let mut element = format!("<{name}");
        if self.outcome != Outcome::Passed {
            let _ = write!(element, " message=\"{}\"", escaped(message));
        } else if lines.is_empty() {
            return None;
        }
        if lines.is_empty() {
            return Some(element + "/>");
        }
        Some(format!("{element}>{}</{name}>", escaped(&lines.join("\n"))))
    }
}

/// Escapes a text for XML. A character that XML does not allow is written as a code, as in `printable`.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push(character),
            unknown if unknown.is_control() || matches!(unknown, '\u{fffe}' | '\u{ffff}') => {
                out.extend(unknown.escape_unicode());
            }
            plain => out.push(plain),
        }
    }
    out
}
