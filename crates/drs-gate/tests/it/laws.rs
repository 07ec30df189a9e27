//! Laws that hold for any response.

use drs_gate::{Decision, Effect, Evidence, Form, ItemVerdict, Policy, Snapshot, Verdict, assess, v3};
use drs_types::operations::v3::batch_check_results::BatchCheckResultsResponse;
use drs_types::reading;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{date, waiver};

fn any_item() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec![json!("a"), json!("b"), json!("c"), json!(null), json!(7)]);
    let result = prop::sample::select(vec![
        json!("PASSED"),
        json!("PASSED"),
        json!("PASSED"),
        json!("ALARM"),
        json!("FAILED"),
        json!(" failed"),
        json!("SKIPPED"),
        json!(""),
        json!(null),
        json!(1),
    ]);
    let subtasks = prop::sample::select(vec![
        json!(null),
        json!(null),
        json!([]),
        json!([{ "check_result": "FAILED" }]),
        json!([{ "check_result": "ALARM" }]),
        json!([{ "name": "s" }]),
    ]);
    (name, result, subtasks)
        .prop_map(|(item, result, subtasks)| json!({ "item": item, "result": result, "failed_sub_jobs": subtasks }))
}

fn any_entry() -> impl Strategy<Value = Value> {
    let process = prop::sample::select(vec!["100%", "100%", "100%", "100%", "100%", "40%", "", "done"]);
    let result = prop::sample::select(vec![json!(true), json!(true), json!(false), json!(null), json!("true")]);
    let rate = prop::sample::select(vec![json!(null), json!(null), json!("100%"), json!("50%"), json!("x")]);
    let code = prop::sample::select(vec![json!(null), json!(null), json!(null), json!(""), json!("DRS.M05003")]);
    let items = prop_oneof![
        8 => prop::collection::vec(any_item(), 0..5).prop_map(|items| json!(items)),
        1 => Just(json!(null)),
        1 => Just(json!({})),
    ];
    (process, result, rate, code, items).prop_map(|(process, result, rate, code, items)| {
        json!({ "precheck_id": "t", "process": process, "result": result, "total_passed_rate": rate,
            "error_code": code, "precheck_result": items })
    })
}

fn snapshot(entries: &[Value]) -> Snapshot {
    let body = json!({ "results": entries }).to_string();
    v3::snapshot(&["t".parse().unwrap()], reading::read::<BatchCheckResultsResponse>(body.as_bytes()).unwrap())
}

fn any_policy() -> impl Strategy<Value = (String, bool)> {
    let waivers = prop::sample::subsequence(vec!["a", "b"], 0..=2);
    (any::<bool>(), waivers).prop_map(|(is_strict, waivers)| {
        let fail_on = if is_strict { "fail_on = 'alarm'\n" } else { "" };
        (fail_on.to_owned() + &waivers.into_iter().map(|item| waiver(item, "")).collect::<String>(), is_strict)
    })
}

/// Strings of `data`: any, almost an object, and disk space with odd figures.
fn any_data() -> impl Strategy<Value = String> {
    let figure = prop_oneof![
        4 => "[0-9]{1,25}",
        2 => "[0-9]{0,3}[.][0-9]{0,30}",
        1 => "-?[0-9]{1,3}e[0-9]{1,3}",
        1 => "\\PC{0,8}",
    ];
    let disk = (figure.clone(), figure.clone(), figure, any::<bool>()).prop_map(|(size, volume, times, is_json)| {
        let quote = if is_json { "\"" } else { "'" };
        format!("{{'size':'{size}','dstVolumeSize':'{volume}','diskSizeTimes':'{times}'}}").replace('\'', quote)
    });
    let names = "\\{\"srcHasTtlIndexColls\":\"[a-z.,{}\\\\' ]{0,30}\"\\}";
    prop_oneof![any::<String>(), "[{}\\[\\]'\":,\\\\0-9a-z. ]{0,40}", disk, names]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// A task passes only when it is complete, and each item that did not pass is accepted by the policy.
    #[test]
    fn nothing_with_an_item_that_did_not_pass_passes_unless_the_policy_says_so(
        entries in prop::collection::vec(any_entry(), 0..3),
        (policy, is_strict) in any_policy(),
    ) {
        let assessment = assess(snapshot(&entries), &Policy::parse(&policy).unwrap(), date("2026-11-26"));
        let task = &assessment.tasks[0];
        prop_assert_eq!(task.decision, assessment.decision);
        if assessment.decision != Decision::Pass {
            return Ok(());
        }
        let report = task.report.as_ref().unwrap();
        prop_assert!(report.is_complete() && report.refusal.is_none() && report.misfits.is_empty());
        prop_assert!(task.verdict.is_pass());
        for item in report.items() {
            let is_waived = item.item.as_deref().is_some_and(|name| policy.contains(&format!("item = '{name}'")));
            match ItemVerdict::of(item) {
                ItemVerdict::Passed => {}
                ItemVerdict::Alarm => prop_assert!(!is_strict || is_waived),
                ItemVerdict::Failed => prop_assert!(is_waived),
                other => prop_assert!(false, "{other:?} passed"),
            }
        }
    }

    /// Verdict, decision and findings say the same.
    #[test]
    fn verdict_decision_and_findings_agree(entries in prop::collection::vec(any_entry(), 0..3), (policy, _) in any_policy()) {
        let assessment = assess(snapshot(&entries), &Policy::parse(&policy).unwrap(), date("2026-11-26"));
        let task = &assessment.tasks[0];
        let has = |effect: Effect| task.findings.iter().any(|finding| finding.effect == effect);
        match task.decision {
            Decision::Pass => prop_assert!(!has(Effect::Blocks) && !has(Effect::Unclear)),
            Decision::Fail => prop_assert!(task.verdict == Verdict::Failed || has(Effect::Blocks)),
            Decision::Unfinished => prop_assert_eq!(task.verdict, Verdict::Running),
            _ => prop_assert!(task.verdict == Verdict::Missing || task.verdict == Verdict::Refused || !task.doubts.is_empty()),
        }
        prop_assert_eq!(task.verdict == Verdict::PassedWithWaivers, task.verdict.is_pass() && has(Effect::Waived));
        for finding in &task.findings {
            prop_assert_eq!(finding.waiver.is_some(), finding.effect == Effect::Waived);
        }
    }

    /// A waiver only ever changes a verdict to one with waivers.
    #[test]
    fn a_waiver_changes_nothing_but_failed_items_and_alarms(entries in prop::collection::vec(any_entry(), 0..3)) {
        let verdict = |policy: &str| {
            let found = assess(snapshot(&entries), &Policy::parse(policy).unwrap(), date("2026-11-26"));
            found.tasks[0].verdict
        };
        let (without, with) = (verdict(""), verdict(&(waiver("a", "") + &waiver("b", ""))));
        let is_allowed = match without {
            Verdict::Failed => matches!(with, Verdict::Failed | Verdict::PassedWithWaivers | Verdict::Unclear),
            Verdict::PassedWithAlarms => matches!(with, Verdict::PassedWithAlarms | Verdict::PassedWithWaivers),
            Verdict::Running => matches!(with, Verdict::Running | Verdict::Unclear),
            other => with == other,
        };
        prop_assert!(is_allowed, "{without} became {with}");
    }

    /// Whatever the service sends as evidence has a view, which keeps the string and its figures exact.
    #[test]
    fn every_string_of_data_has_a_view(text in any_data()) {
        let evidence = Evidence::of(&text);
        prop_assert_eq!(&evidence.raw, &text);
        prop_assert_eq!(evidence.lines().is_empty(), evidence.form != Form::Text && evidence.members.is_empty());
        serde_json::to_string(&evidence).unwrap();
        if let Some(disk) = &evidence.disk_space {
            prop_assert_eq!(disk.margin(), i128::from(disk.volume) - i128::try_from(disk.required()).unwrap());
        }
        for list in evidence.members.iter().filter_map(|member| member.namespaces.as_ref()) {
            list.names.iter().for_each(|name| drop(name.unescaped()));
        }
    }
}
