//! The report as Markdown, for a comment on a pull request or the summary of a CI job.
//!
//! Values of the service are code spans, so that none is markup, a link or a mention of a person. A report that is too long
//! ends with a sentence that says what is left out; tasks that stop the gate come first.

mod code;
mod diff;
mod page;

use std::cmp::Reverse;
use std::io::{self, Write};

use askama::Template;
use drs_gate::{Assessment, Decision, TaskAssessment};
use drs_types::text::count;

pub(crate) use code::Code;
pub(crate) use diff::diff;

use crate::Options;
use crate::explanation::{explanation, side};
use crate::view::{self, Item, cut, details};
use code::{code, prose};
use page::{Fits, Page};

/// Writes the report.
pub(crate) fn report(out: &mut dyn Write, assessment: &Assessment, options: &Options) -> io::Result<()> {
    let mut page = Page::new(out);
    page.block(&Head::of(assessment))?;
    let waivers = view::waiver_uses(assessment).into_iter().map(|(_, sentence)| sentence).collect();
    for (title, entries) in [
        ("The responses as a whole do not prove anything:", view::response_doubts(assessment)),
        ("Entries that were not requested:", view::unrequested(assessment)),
        (
            "Values that do not fit the documentation and were left out:",
            view::misfits(&assessment.misfits, options.all),
        ),
        ("Waivers of the policy:", waivers),
    ] {
        if !entries.is_empty() {
            page.block(&List { title, entries: entries.iter().map(|entry| prose(entry)).collect() })?;
        }
    }
    let mut tasks: Vec<&TaskAssessment> = assessment.tasks.iter().collect();
    let is_shown = |task: &TaskAssessment| options.all || tasks_are_few(assessment) || !view::is_sound(task);
    tasks.retain(|task| is_shown(task));
    tasks.sort_by_key(|task| Reverse(task.decision));
    let (mut tasks_left_out, mut findings_left_out) = (0, 0);
    for task in tasks {
        if page.block(&Task::of(task))? == Fits::No {
            tasks_left_out += 1;
            findings_left_out += task.findings.len();
            continue;
        }
        for item in view::items(task) {
            let Some(finding) = item.finding else { break };
            if page.block(&Finding::of(&item, finding, options))? == Fits::No {
                findings_left_out += 1;
            }
        }
    }
    page.end(tasks_left_out, findings_left_out)
}

/// Whether each task is shown, also one that passed.
fn tasks_are_few(assessment: &Assessment) -> bool {
    assessment.tasks.len() <= 20
}

#[derive(Template)]
#[template(path = "markdown/head.md")]
struct Head {
    mark: &'static str,
    decision: &'static str,
    sentence: String,
    counts: String,
    source: Vec<String>,
}

impl Head {
    fn of(assessment: &Assessment) -> Self {
        Self {
            mark: mark(assessment.decision),
            decision: view::decision_name(assessment.decision),
            sentence: prose(view::decision_sentence(assessment)),
            counts: prose(&view::counts(assessment)),
            source: view::source(&assessment.source).iter().map(|sentence| prose(sentence)).collect(),
        }
    }
}

fn mark(decision: Decision) -> &'static str {
    match decision {
        Decision::Pass => "✅",
        Decision::Unfinished => "⏳",
        Decision::Fail => "❌",
        _ => "❓",
    }
}

#[derive(Template)]
#[template(path = "markdown/list.md")]
struct List<'a> {
    title: &'a str,
    entries: Vec<String>,
}

#[derive(Template)]
#[template(path = "markdown/task.md")]
struct Task {
    mark: &'static str,
    verdict: String,
    id: String,
    facts: Vec<(&'static str, String)>,
    sentences: Vec<String>,
    doubts: Vec<String>,
    passed: String,
    has_findings: bool,
}

impl Task {
    fn of(task: &TaskAssessment) -> Self {
        let (sentences, doubts) = view::task_sentences(task);
        let passed = view::items(task).iter().filter(|item| item.finding.is_none()).count();
        Self {
            mark: mark(task.decision),
            verdict: task.verdict.to_string(),
            id: cut(&task.task, false),
            facts: task.report.as_ref().map(view::facts).unwrap_or_default(),
            sentences: sentences.iter().map(|sentence| prose(&cut(sentence, false))).collect(),
            doubts: doubts.iter().map(|doubt| prose(&cut(doubt, false))).collect(),
            passed: if passed == 0 { String::new() } else { format!("{} passed.", count(passed as u64, "item")) },
            has_findings: !task.findings.is_empty(),
        }
    }
}

#[derive(Template)]
#[template(path = "markdown/finding.md")]
struct Finding {
    result: String,
    item: String,
    place: String,
    details: Vec<(String, String)>,
    why: Option<String>,
    fix: Option<String>,
}

impl Finding {
    fn of(item: &Item<'_>, finding: &drs_gate::Finding, options: &Options) -> Self {
        let group = finding.group.as_deref().map(|group| code(&cut(group, false)));
        let side = finding.item.as_deref().and_then(side).map(str::to_owned);
        let place: Vec<String> = group.into_iter().chain(side).collect();
        let explanation = explanation(finding);
        let details = details(finding, options.all).into_iter();
        Self {
            result: prose(&cut(&item.result(), false)),
            item: cut(&item.name(), false),
            place: if place.is_empty() { String::new() } else { format!(" ({})", place.join(", ")) },
            details: details.map(|detail| (prose(&detail.label), detail.value)).collect(),
            why: explanation.as_ref().map(|explanation| prose(&explanation.why)),
            fix: explanation.and_then(|explanation| explanation.fix).map(|fix| prose(&fix)),
        }
    }
}
