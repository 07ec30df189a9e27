//! The report as SARIF 2.1.0: a rule per check item that did not pass, a result per finding, and one per task without a pass.
//!
//! A finding that stops its task or leaves it without a verdict is an error; one that the policy accepts is a warning. A
//! waiver is a suppression with its reason. The results have logical locations, `task/item`, and an artifact per task, which
//! code scanning requires; it is not a file.

use std::collections::BTreeMap;
use std::io::{self, Write};

use drs_gate::{Assessment, Effect, Finding, TaskAssessment};
use drs_types::text::printable;
use serde_json::{Value, json};

use crate::explanation::{explanation, rule};
use crate::sarif::{Results, encoded, head, note};
use crate::view::{self, details};

/// The rule of the results about tasks and responses.
const VERDICT: &str = "precheck-verdict";

/// Writes the report.
pub(crate) fn report(out: &mut dyn Write, assessment: &Assessment) -> io::Result<()> {
    let source = &assessment.source;
    let notes = view::source(source).into_iter().chain(view::waiver_uses(assessment).into_iter().map(|(_, note)| note));
    let notes: Vec<Value> = notes.map(|text| note("note", &text)).collect();
    let Rules { list, indexes } = Rules::of(assessment);
    head(out, "drs precheck", &list)?;
    write!(out, ",\n\"invocations\": ")?;
    let invocation = json!({ "executionSuccessful": true, "toolExecutionNotifications": notes });
    serde_json::to_writer(&mut *out, &json!([invocation]))?;
    write!(out, ",\n\"properties\": ")?;
    let properties = json!({
        "decision": assessment.decision,
        "verdicts": assessment.verdicts,
        "today": assessment.today,
        "failOn": assessment.fail_on,
        "source": source,
    });
    serde_json::to_writer(&mut *out, &properties)?;
    let mut results = Results::default();
    for doubt in view::response_doubts(assessment) {
        let text = format!("The responses as a whole do not prove anything: {doubt}.");
        let result = json!({ "ruleId": VERDICT, "ruleIndex": 0, "level": "error", "message": { "text": text } });
        results.write(out, &result)?;
    }
    for task in &assessment.tasks {
        for result in
            verdict(task).into_iter().chain(task.findings.iter().map(|finding| result(task, finding, &indexes)))
        {
            results.write(out, &result)?;
        }
    }
    results.end(out)?;
    writeln!(out, "\n}}]}}")
}

/// The rules of the findings of a report.
struct Rules {
    list: Vec<Value>,
    indexes: BTreeMap<String, usize>,
}

impl Rules {
    fn of(assessment: &Assessment) -> Self {
        let verdict = json!({
            "id": VERDICT,
            "shortDescription": { "text": "The pre-check of a task lets the task start." },
            "help": { "text": "docs/precheck.md of drs explains the verdicts." },
        });
        let mut rules = Self { list: vec![verdict], indexes: BTreeMap::new() };
        for finding in assessment.tasks.iter().flat_map(|task| &task.findings) {
            let id = rule_id(finding);
            if rules.indexes.contains_key(&id) {
                continue;
            }
            let (short, help) = rule(finding.name());
            rules.indexes.insert(id.clone(), rules.list.len());
            let short = json!({ "text": printable(&short) });
            rules.list.push(json!({ "id": id, "shortDescription": short, "help": { "text": printable(&help) } }));
        }
        rules
    }
}

fn rule_id(finding: &Finding) -> String {
    printable(finding.name())
}

/// The result of a finding.
fn result(task: &TaskAssessment, finding: &Finding, indexes: &BTreeMap<String, usize>) -> Value {
    let id = rule_id(finding);
    let status = view::Status::of(Some(finding));
    let mut sentences = vec![format!("{} is {}", printable(finding.name()), status.as_str())];
    for detail in details(finding, false) {
        sentences.push(format!("{}: {}", detail.label, detail.value));
    }
    if let Some(explanation) = explanation(finding) {
        sentences.push(printable(&explanation.why));
        sentences.extend(explanation.fix.map(|fix| format!("Fix: {}", printable(&fix))));
    }
    let level = match finding.effect {
        Effect::Accepted | Effect::Waived => "warning",
        _ => "error",
    };
    let suppressions = finding.waiver.as_ref().map(|waiver| {
            json!([{ "kind": "external", "status": "accepted", "justification": printable(&view::waiver_note(waiver)) }])
        });
    let mut result = json!({
        "ruleId": id,
        "ruleIndex": indexes.get(&id),
        "level": level,
        "message": { "text": sentences.join("\n") },
        "locations": [location(task, Some(finding))],
        "partialFingerprints": { "taskItem/v1": format!("{}/{id}", printable(&task.task)) },
        "properties": { "result": finding.result, "verdict": finding.verdict, "effect": finding.effect, "group": finding.group },
    });
    // No suppressions means unknown, an empty array that nothing is suppressed.
    result["suppressions"] = suppressions.unwrap_or_else(|| json!([]));
    result
}

/// The result about a task that may not start.
fn verdict(task: &TaskAssessment) -> Option<Value> {
    if task.decision == drs_gate::Decision::Pass {
        return None;
    }
    let (sentences, doubts) = view::task_sentences(task);
    let mut lines = vec![format!("The pre-check is {}.", task.verdict)];
    lines.extend(sentences);
    lines.extend(doubts.into_iter().map(|doubt| format!("- {doubt}")));
    Some(json!({
        "ruleId": VERDICT,
        "ruleIndex": 0,
        "level": "error",
        "message": { "text": lines.join("\n") },
        "locations": [location(task, None)],
        "partialFingerprints": { "taskItem/v1": format!("{}/{VERDICT}", printable(&task.task)) },
        "properties": { "verdict": task.verdict, "decision": task.decision },
    }))
}

fn location(task: &TaskAssessment, finding: Option<&Finding>) -> Value {
    let id = printable(&task.task);
    let name = finding.map(|finding| format!("{id}/{}", printable(finding.name())));
    json!({
        "physicalLocation": { "artifactLocation": { "uri": format!("precheck/{}", encoded(task.task.as_bytes())) } },
        "logicalLocations": [{ "fullyQualifiedName": name.unwrap_or(id), "kind": "resource" }],
    })
}
