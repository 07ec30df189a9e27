//! JUnit XML: suites of cases, for any report.
//!
//! The schema of Jenkins does not allow `skipped` in `testsuites`, which the known libraries write.

pub(crate) mod assessment;

use std::fmt;
use std::io::{self, Write};
use std::rc::Rc;

use askama::Template;

/// What makes the suites of a document.
type Suites<'a> = dyn Fn() -> Box<dyn Iterator<Item = Suite> + 'a> + 'a;

/// Writes a document. The suites are made twice, because their numbers come first and a large report must not be in memory.
pub(crate) fn document<'a>(out: &mut dyn Write, name: &'static str, suites: &'a Suites<'a>) -> io::Result<()> {
    Document { name, suites }.write_into(out)?;
    writeln!(out)
}

#[derive(Template)]
#[template(path = "junit.xml")]
struct Document<'a> {
    name: &'static str,
    suites: &'a Suites<'a>,
}

/// A test suite.
#[derive(Clone)]
pub(crate) struct Suite {
    pub(crate) name: String,
    pub(crate) properties: Vec<(&'static str, String)>,
    pub(crate) cases: Rc<[Case]>,
}

/// A test case.
#[derive(Default)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) class: String,
    pub(crate) outcome: Outcome,
    /// What went wrong, as a code.
    pub(crate) kind: String,
    pub(crate) message: String,
    pub(crate) lines: Vec<String>,
}

/// What came of a test case.
#[derive(Clone, Copy, Default, Eq, PartialEq)]
pub(crate) enum Outcome {
    #[default]
    Passed,
    Failed,
    Error,
    #[cfg_attr(not(feature = "captures"), allow(dead_code, reason = "no item of an assessment is skipped"))]
    Skipped,
}

/// The number of cases, as attributes.
#[derive(Clone, Copy, Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tests, failures, errors } = self;
        write!(f, r#"tests="{tests}" failures="{failures}" errors="{errors}""#)
    }
}

impl Document<'_> {
    fn total(&self) -> Counts {
        (self.suites)().fold(Counts::default(), |total, suite| {
            let counts = suite.counts();
            Counts {
                tests: total.tests + counts.tests,
                failures: total.failures + counts.failures,
                errors: total.errors + counts.errors,
            }
        })
    }
}

impl Suite {
    fn number(&self, outcome: Outcome) -> usize {
        self.cases.iter().filter(|case| case.outcome == outcome).count()
    }

    fn counts(&self) -> Counts {
        Counts { tests: self.cases.len(), failures: self.number(Outcome::Failed), errors: self.number(Outcome::Error) }
    }

    fn skipped(&self) -> usize {
        self.number(Outcome::Skipped)
    }
}

/// Returns a name that no other case has: a reader would take two cases with one name for one. `is_new` takes a name.
pub(crate) fn unique(name: String, is_new: &mut dyn FnMut(&str) -> bool) -> String {
    let numbered = (2..).map(|number| format!("{name} ({number})"));
    let mut names = std::iter::once(name.clone()).chain(numbered);
    names.find(|name| is_new(name)).unwrap_or(name)
}
