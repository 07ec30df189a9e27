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

use std::collections::HashSet;
use std::io::{self, Write};

use drs_gate::{Assessment, Decision, Effect, TaskAssessment};
use drs_types::text::printable;

use crate::explanation::explanation;
use crate::junit::{Case, Outcome, Suite, document, unique};
use crate::view::{self, Item, details};

/// Writes the report.
pub(crate) fn report(out: &mut dyn Write, assessment: &Assessment) -> io::Result<()> {
    let suites = || std::iter::once_with(|| responses(assessment)).chain(assessment.tasks.iter().map(task));
    document(out, "drs precheck", &|| Box::new(suites()))
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
    Suite { name: "drs precheck".to_owned(), properties, cases: [case].into() }
}

fn task(task: &TaskAssessment) -> Suite {
    let mut names = HashSet::new();
    let items = view::items(task);
    let cases = std::iter::once(verdict(task)).chain(items.iter().map(item)).map(|mut case| {
        // Several items may have one name.
        case.name = unique(case.name, &mut |name| names.insert((case.class.clone(), name.to_owned())));
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
