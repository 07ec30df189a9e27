//! The sentences of reports.

use drs_gate::{
    Assessment, Decision, FailOn, PrecheckReport, Source, TaskAssessment, Verdict, Waiver, WaiverStatus, WaiverUse,
};
use drs_types::text::{count, printable};
use drs_types::{Misfit, Percent};

use crate::limits::LIMITS;

/// The decision as a word, as JSON has it.
pub(crate) fn decision_name(decision: Decision) -> &'static str {
    match decision {
        Decision::Pass => "pass",
        Decision::Unfinished => "unfinished",
        Decision::Fail => "fail",
        _ => "unclear",
    }
}

/// What the decision says about all tasks.
pub(crate) fn decision_sentence(assessment: &Assessment) -> &'static str {
    match assessment.decision {
        Decision::Pass if assessment.tasks.len() == 1 => "The task may start.",
        Decision::Pass => "Every task may start.",
        Decision::Unfinished => "A pre-check is still running, so nothing is final.",
        Decision::Fail if assessment.fail_on == FailOn::Alarm => {
            "A task must not start: an item failed or raises an alarm, and the policy stops alarms too."
        }
        Decision::Fail => "A task must not start.",
        _ => "It is not known of every task whether it may start.",
    }
}

/// The number of tasks with each verdict: `3 tasks: 2 passed, 1 failed`.
pub(crate) fn counts(assessment: &Assessment) -> String {
    let verdicts: Vec<String> =
        assessment.verdicts.iter().map(|(verdict, number)| format!("{number} {verdict}")).collect();
    let tasks = count(assessment.tasks.len() as u64, "task");
    if verdicts.is_empty() { tasks } else { format!("{tasks}: {}", verdicts.join(", ")) }
}

/// Says where the reports come from; an emulator first, whose results are never about a real task.
pub(crate) fn source(source: &Source) -> Vec<String> {
    let mut sentences = Vec::new();
    match &source.synthetic {
        Some(scenario) => sentences.push(format!("Synthetic: an emulator plays the scenario {}.", printable(scenario))),
        None if source.embedded => sentences.push("Emulator: no real service was asked.".to_owned()),
        None => {}
    }
    let at = source.fetched_at.as_deref().map(|time| format!(" at {}", printable(time))).unwrap_or_default();
    match (&source.file, &source.endpoint) {
        (Some(file), _) => sentences.push(format!("Read from {}{at}.", printable(file))),
        // The address of an emulator is another one each time.
        (None, Some(endpoint)) if !source.embedded => {
            sentences.push(format!("Reported by {}{at}.", printable(endpoint)));
        }
        _ => {}
    }
    sentences
}

/// The facts of a report: progress, pass rate, direction, instance.
pub(crate) fn facts(report: &PrecheckReport) -> Vec<(&'static str, String)> {
    let facts = [
        ("checked", report.progress.as_ref().map(Percent::as_str)),
        ("pass rate", report.pass_rate.as_ref().map(Percent::as_str)),
        ("direction", report.direction.as_deref()),
        ("instance", report.instance.as_deref()),
    ];
    facts.into_iter().filter_map(|(label, value)| Some((label, printable(value?)))).collect()
}

/// What is to be said about a task besides its items: the refusal, and each doubt after a first sentence about them.
pub(crate) fn task_sentences(task: &TaskAssessment) -> (Vec<String>, Vec<String>) {
    let mut sentences = Vec::new();
    match (task.verdict, &task.report) {
        (Verdict::Missing, _) => sentences
            .push("The response does not mention this task. Look at its id, the project and the region.".to_owned()),
        (Verdict::Running, _) => {
            sentences.push("Not finished: nothing below is final. Try again later.".to_owned());
        }
        (_, Some(report)) if report.refusal.is_none() && report.items().is_empty() => {
            sentences.push("No check items are reported.".to_owned());
        }
        _ => {}
    }
    if let Some(refusal) = task.report.as_ref().and_then(|report| report.refusal.as_ref()) {
        let message = refusal.message.as_deref().unwrap_or("no reason given");
        sentences.push(format!("{}: {}", printable(&refusal.code), printable(message)));
        sentences.extend(refusal.meaning.as_deref().map(printable));
        match refusal.temporary {
            Some(true) => sentences.push("The same request may succeed a while later.".to_owned()),
            Some(false) => sentences.push("The same request would fail again.".to_owned()),
            None => {}
        }
    }
    if !task.doubts.is_empty() {
        let sentence = match task.verdict {
            Verdict::Failed | Verdict::Refused => "The report contradicts itself or the documentation:",
            Verdict::Passed | Verdict::PassedWithAlarms | Verdict::PassedWithWaivers => "To be looked at:",
            _ => "The report does not prove that the task may start:",
        };
        sentences.push(sentence.to_owned());
    }
    (sentences, task.doubts.iter().map(|doubt| printable(&doubt.to_string())).collect())
}

/// What contradicts the responses as a whole.
pub(crate) fn response_doubts(assessment: &Assessment) -> Vec<String> {
    assessment.doubts.iter().map(|doubt| printable(&doubt.to_string())).collect()
}

/// The entries of the responses about tasks that were not requested.
pub(crate) fn unrequested(assessment: &Assessment) -> Vec<String> {
    let entry = |report: &PrecheckReport| {
        let id = report.task.as_deref().unwrap_or("no id");
        let error = report.refusal.as_ref().map(|refusal| format!(" ({})", refusal.code)).unwrap_or_default();
        printable(&format!("{id}{error}"))
    };
    assessment.unrequested.iter().map(entry).collect()
}

/// Describes the values of a response that do not fit the documentation: the first few, and the number of the others.
pub(crate) fn misfits(misfits: &[Misfit], all: bool) -> Vec<String> {
    let shown = if all { misfits.len() } else { LIMITS.misfits };
    let more = misfits.len().saturating_sub(shown);
    let lines = misfits.iter().take(shown).map(|misfit| printable(&misfit.to_string()));
    lines.chain((more > 0).then(|| format!("and {more} more"))).collect()
}

/// Describes a waiver.
pub(crate) fn waiver_note(waiver: &Waiver) -> String {
    format!("accepted by {} until {}: {}", waiver.owner, waiver.expires, waiver.reason)
}

/// Describes each waiver of the policy and what became of it.
pub(crate) fn waiver_uses(assessment: &Assessment) -> Vec<(WaiverStatus, String)> {
    assessment.waivers.iter().map(|used| (used.status, waiver_use(used))).collect()
}

fn waiver_use(used: &WaiverUse) -> String {
    let WaiverUse { waiver, findings, .. } = used;
    let task = waiver.task.as_deref().map(|task| format!(" of task {task}")).unwrap_or_default();
    let findings = count(*findings as u64, "finding");
    let status = match used.status {
        WaiverStatus::Used => format!("used for {findings}"),
        WaiverStatus::Unused => "unused: no such finding, so remove it or correct its item or task".to_owned(),
        WaiverStatus::Expired => format!("expired: it waives nothing and would be for {findings}"),
        _ => "not known to be used".to_owned(),
    };
    printable(&format!("{}{task}, {status} ({})", waiver.item, waiver_note(waiver)))
}

/// Whether a task has nothing to look at.
pub(crate) fn is_sound(task: &TaskAssessment) -> bool {
    task.verdict == Verdict::Passed && task.findings.is_empty() && task.doubts.is_empty()
}
