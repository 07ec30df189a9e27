//! The report as JUnit XML: a test suite per task, a test case per check item and one for the verdict.
//!
//! | finding | test case |
//! |---|---|
//! | it stops the task | `failure` |
//! | it leaves the task without a verdict | `error` |
//! | accepted by a waiver or by the policy | passed, with the finding in `system-out` |
//!
//! The case of the verdict has a `failure` when the gate stops the task, and an `error` when there is no verdict. So a report
//! without failures and errors is exactly one that the gate lets pass.
//!
//! The schema of Jenkins does not allow `skipped` in `testsuites`, which the known libraries write.

use std::collections::HashSet;
use std::fmt;
use std::io::{self, Write};

use askama::Template;
use drs_gate::{Assessment, Decision, Effect, TaskAssessment};
use drs_types::text::printable;

use crate::explanation::explanation;
use crate::view::{self, Item, details};

/// Writes the report.
pub(crate) fn report(out: &mut dyn Write, assessment: &Assessment) -> io::Result<()> {
    Junit { assessment }.write_into(out)?;
    writeln!(out)
}

#[derive(Template)]
#[template(path = "junit.xml")]
struct Junit<'a> {
    assessment: &'a Assessment,
}

struct Suite {
    name: String,
    properties: Vec<(&'static str, String)>,
    cases: Vec<Case>,
}

struct Case {
    name: String,
    class: String,
    outcome: Outcome,
    /// What went wrong, as a code.
    kind: String,
    message: String,
    lines: Vec<String>,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Outcome {
    Passed,
    Failed,
    Error,
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
        write!(
            f,
            "tests={:?} failures={:?} errors={:?}",
            self.tests.to_string(),
            self.failures.to_string(),
            self.errors.to_string()
        )
    }
}

impl<'a> Junit<'a> {
    /// The suites. They are made twice, because their numbers come first and a large report must not be in memory.
    fn suites(&self) -> impl Iterator<Item = Suite> + 'a {
        let assessment = self.assessment;
        std::iter::once_with(|| responses(assessment)).chain(assessment.tasks.iter().map(task))
    }

    fn total(&self) -> Counts {
        self.suites().fold(Counts::default(), |total, suite| {
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
    fn counts(&self) -> Counts {
        let count = |outcome| self.cases.iter().filter(|case| case.outcome == outcome).count();
        Counts { tests: self.cases.len(), failures: count(Outcome::Failed), errors: count(Outcome::Error) }
    }
}

/// The suite about the responses as a whole, with the decision and the source as properties.
fn responses(assessment: &Assessment) -> Suite {
    let doubts = view::response_doubts(assessment);
    let section = |title: &str, entries: Vec<String>| {
        let title = (!entries.is_empty()).then(|| title.to_owned());
        title.into_iter().chain(entries.into_iter().map(|entry| format!("- {entry}"))).collect::<Vec<_>>()
    };
    let waivers = view::waiver_uses(assessment).into_iter().map(|(_, sentence)| sentence).collect();
    let lines = [
        view::source(&assessment.source),
        doubts.clone(),
        section("Entries that were not requested:", view::unrequested(assessment)),
        section(
            "Values that do not fit the documentation and were left out:",
            view::misfits(&assessment.misfits, false),
        ),
        section("Waivers of the policy:", waivers),
    ];
    let case = Case {
        name: "responses".to_owned(),
        class: "drs precheck".to_owned(),
        outcome: if doubts.is_empty() { Outcome::Passed } else { Outcome::Error },
        kind: "unclear".to_owned(),
        message: doubts.join("; "),
        lines: lines.into_iter().flatten().collect(),
    };
    let source = &assessment.source;
    let mut properties = vec![
        ("decision", view::decision_name(assessment.decision).to_owned()),
        ("embedded", source.embedded.to_string()),
        ("today", assessment.today.to_string()),
    ];
    properties.extend(source.synthetic.iter().map(|scenario| ("synthetic scenario", printable(scenario))));
    Suite { name: "drs precheck".to_owned(), properties, cases: vec![case] }
}

fn task(task: &TaskAssessment) -> Suite {
    let mut names = HashSet::new();
    let items = view::items(task);
    let cases = std::iter::once(verdict(task)).chain(items.iter().map(item)).map(|mut case| {
        // Several items may have one name; a reader would take them for one case.
        let name = case.name.clone();
        let mut number = 1;
        while !names.insert((case.class.clone(), case.name.clone())) {
            number += 1;
            case.name = format!("{name} ({number})");
        }
        case
    });
    let cases = cases.collect();
    let mut properties = vec![
        ("verdict", task.verdict.as_str().to_owned()),
        ("decision", view::decision_name(task.decision).to_owned()),
    ];
    properties.extend(task.report.iter().flat_map(view::facts));
    Suite { name: printable(&task.task), properties, cases }
}

/// The case of the verdict on a task.
fn verdict(task: &TaskAssessment) -> Case {
    let (sentences, doubts) = view::task_sentences(task);
    Case {
        name: "verdict".to_owned(),
        class: "pre-check".to_owned(),
        outcome: match task.decision {
            Decision::Pass => Outcome::Passed,
            Decision::Fail => Outcome::Failed,
            _ => Outcome::Error,
        },
        kind: task.verdict.as_str().to_owned(),
        message: format!("the pre-check is {}", task.verdict),
        lines: sentences.into_iter().chain(doubts.into_iter().map(|doubt| format!("- {doubt}"))).collect(),
    }
}

fn item(item: &Item<'_>) -> Case {
    let result = item.result();
    let (outcome, lines) = match item.finding {
        None => (Outcome::Passed, Vec::new()),
        Some(finding) => {
            let mut lines = vec![result.clone()];
            for detail in details(finding, false) {
                lines.push(format!("{}: {}", detail.label, detail.value));
            }
            if let Some(explanation) = explanation(finding) {
                lines.push(printable(&explanation.why));
                lines.extend(explanation.fix.map(|fix| format!("Fix: {}", printable(&fix))));
            }
            let outcome = match finding.effect {
                Effect::Waived | Effect::Accepted => Outcome::Passed,
                Effect::Blocks => Outcome::Failed,
                _ => Outcome::Error,
            };
            (outcome, lines)
        }
    };
    let reason = item.item.reason.as_deref().map(|reason| format!(": {}", printable(reason))).unwrap_or_default();
    Case {
        name: item.name(),
        class: item.group(),
        outcome,
        kind: result.clone(),
        message: format!("{result}{reason}"),
        lines,
    }
}
