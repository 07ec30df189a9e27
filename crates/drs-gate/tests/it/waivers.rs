//! What a waiver does, and what it cannot do.

use drs_gate::{Decision, Effect, Outcome, Verdict, WaiverStatus};
use serde_json::{Value, json};

use crate::{assessed, failed, finished, outcome, waiver};

fn items(results: &[(&str, &str)]) -> Value {
    results.iter().map(|(item, result)| json!({ "item": item, "result": result })).collect()
}

/// The verdict and decision on one task `t` with a policy.
fn gated(json: Value, policy: &str) -> (Verdict, Decision) {
    let found = assessed(vec![("t", outcome(json))], policy);
    (found.tasks[0].verdict, found.decision)
}

#[test]
fn a_task_whose_failed_items_are_all_waived_passes_with_waivers() {
    let both = failed(items(&[("a", "FAILED"), ("b", "FAILED"), ("c", "PASSED")]));
    let of_both = waiver("a", "") + &waiver("b", "");
    assert_eq!(gated(both.clone(), &of_both), (Verdict::PassedWithWaivers, Decision::Pass));
    assert_eq!(gated(both, &waiver("a", "")), (Verdict::Failed, Decision::Fail));
    // The waived finding stays visible.
    let found = assessed(vec![("t", outcome(failed(items(&[("a", "FAILED")]))))], &waiver("a", ""));
    let finding = &found.tasks[0].findings[0];
    assert_eq!((finding.effect, finding.waiver.as_ref().unwrap().owner.as_str()), (Effect::Waived, "o"));
    assert_eq!((found.waivers[0].status, found.waivers[0].findings), (WaiverStatus::Used, 1));
}

#[test]
fn a_waiver_for_a_task_counts_for_that_task_only_and_before_one_for_all() {
    let json = || failed(items(&[("a", "FAILED")]));
    let tasks = || vec![("t", outcome(json())), ("u", outcome(json()))];
    let found = assessed(tasks(), &waiver("a", "task = 't'"));
    assert_eq!(found.tasks.iter().map(|task| task.decision).collect::<Vec<_>>(), [Decision::Pass, Decision::Fail]);
    let found = assessed(tasks(), &(waiver("a", "") + &waiver("a", "task = 'u'")));
    let tasks: Vec<Option<&str>> =
        found.tasks.iter().map(|task| task.findings[0].waiver.as_ref().unwrap().task.as_deref()).collect();
    assert_eq!((tasks, found.decision), (vec![None, Some("u")], Decision::Pass));
    assert_eq!(found.waivers.iter().map(|used| used.findings).collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn a_waiver_counts_to_the_end_of_its_last_day_and_an_expired_one_is_reported() {
    let on = |expires: &str| {
        let policy = waiver("a", "").replace("2026-12-31", expires);
        let found = assessed(vec![("t", outcome(failed(items(&[("a", "FAILED")]))))], &policy);
        (found.decision, found.waivers[0].status, found.waivers[0].findings)
    };
    assert_eq!(on("2026-11-26"), (Decision::Pass, WaiverStatus::Used, 1));
    assert_eq!(on("2026-11-25"), (Decision::Fail, WaiverStatus::Expired, 1));
}

#[test]
fn a_waiver_without_a_finding_is_reported() {
    let found = assessed(vec![("t", outcome(finished(items(&[("a", "PASSED")]))))], &waiver("a", ""));
    assert_eq!((found.waivers[0].status, found.decision), (WaiverStatus::Unused, Decision::Pass));
    assert_eq!(found.tasks[0].verdict, Verdict::Passed);
}

#[test]
fn an_alarm_stops_a_task_only_when_the_policy_says_so_and_nobody_waived_it() {
    let json = || finished(items(&[("a", "ALARM"), ("b", "PASSED")]));
    assert_eq!(gated(json(), ""), (Verdict::PassedWithAlarms, Decision::Pass));
    assert_eq!(gated(json(), "fail_on = 'alarm'"), (Verdict::PassedWithAlarms, Decision::Fail));
    let waived = format!("fail_on = 'alarm'\n{}", waiver("a", ""));
    assert_eq!(gated(json(), &waived), (Verdict::PassedWithWaivers, Decision::Pass));
    let another = finished(items(&[("a", "ALARM"), ("b", "ALARM")]));
    assert_eq!(gated(another, &waived), (Verdict::PassedWithWaivers, Decision::Fail));
}

#[test]
fn a_waiver_never_makes_a_verdict_of_what_is_unclear_refused_missing_or_running() {
    let everything = ["a", "without a name", ""].map(|item| waiver(item, "")).join("");
    let everything = everything.replace("item = ''", "item = 'b'");
    for (json, expected) in [
        (finished(items(&[("a", "SKIPPED")])), Verdict::Unclear),
        (finished(items(&[("a", "")])), Verdict::Unclear),
        (json!({ "progress": "100%", "items": items(&[("a", "FAILED")]) }), Verdict::Unclear),
        (json!({ "progress": "done", "result": false, "items": items(&[("a", "FAILED")]) }), Verdict::Unclear),
        (failed(items(&[("a", "ALARM")])), Verdict::Failed),
        (failed(json!([])), Verdict::Failed),
        (failed(json!([{ "result": "FAILED" }])), Verdict::Failed),
        (json!({ "refusal": { "code": "DRS.M05003" }, "items": items(&[("a", "FAILED")]) }), Verdict::Refused),
        (json!({ "progress": "9%", "items": items(&[("a", "FAILED")]) }), Verdict::Running),
    ] {
        let (verdict, decision) = gated(json.clone(), &everything);
        assert_eq!(verdict, expected, "{json}");
        assert_ne!(decision, Decision::Pass, "{json}");
    }
    let mut more = failed(items(&[("a", "FAILED"), ("b", "PASSED"), ("c", "PASSED"), ("d", "PASSED")]));
    more["pass_rate"] = json!("50%");
    assert_eq!(gated(more, &everything).0, Verdict::Unclear, "one item more failed than the report names");
    let stale = Outcome::Stale(Box::new(crate::report(failed(items(&[("a", "FAILED")])))));
    let found = assessed(vec![("t", stale), ("m", Outcome::Missing)], &everything);
    let verdicts: Vec<Verdict> = found.tasks.iter().map(|task| task.verdict).collect();
    assert_eq!((verdicts, found.decision), (vec![Verdict::Stale, Verdict::Missing], Decision::Unclear));
}

#[test]
fn findings_come_worst_first() {
    let results = [("p", "PASSED"), ("l", "ALARM"), ("n", "NEW"), ("f", "FAILED"), ("g", "FAILED")];
    let found = assessed(vec![("t", outcome(failed(items(&results))))], "");
    let findings = &found.tasks[0].findings;
    assert_eq!(findings.iter().map(drs_gate::Finding::name).collect::<Vec<_>>(), ["f", "g", "n", "l"]);
    let effects: Vec<Effect> = findings.iter().map(|finding| finding.effect).collect();
    assert_eq!(effects, [Effect::Blocks, Effect::Blocks, Effect::Unclear, Effect::Accepted]);
}
