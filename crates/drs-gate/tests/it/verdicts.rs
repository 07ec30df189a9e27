//! The rule of the verdict.

use drs_gate::{Decision, ItemVerdict, Outcome, Snapshot, Verdict, assess, evaluate, v3};
use drs_types::operations::v3::batch_check_results::{BatchCheckResultsResponse, QueryPreCheckResp};
use drs_types::{OperationInfo, reading};
use serde_json::{Value, json};

use crate::{assessed, date, failed, finished, outcome, report};

fn verdict(json: Value) -> Verdict {
    evaluate(&outcome(json), |_| false).verdict
}

fn doubts(json: Value) -> String {
    let found = evaluate(&outcome(json), |_| false).doubts;
    found.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// The verdict on an entry of version 3.
fn of_entry(entry: Value) -> Verdict {
    let entry: QueryPreCheckResp = serde_json::from_value(entry).unwrap();
    evaluate(&v3::report(entry, Vec::new()).into(), |_| false).verdict
}

/// The verdict on a finished report of version 3 that the service calls passed, with this item.
fn with_item(item: &Value) -> Verdict {
    of_entry(json!({ "process": "100%", "result": true, "precheck_result": [{ "result": "PASSED" }, item] }))
}

fn with_result(result: &str) -> Verdict {
    with_item(&json!({ "item": "a", "result": result }))
}

fn snapshot(requested: &[&str], response: &Value) -> Snapshot {
    let requested: Vec<_> = requested.iter().map(|id| id.parse().unwrap()).collect();
    v3::snapshot(&requested, reading::read::<BatchCheckResultsResponse>(response.to_string().as_bytes()).unwrap())
}

#[test]
fn a_pre_check_below_a_hundred_percent_is_running() {
    assert_eq!(verdict(json!({ "progress": "99%", "result": true })), Verdict::Running);
    assert_eq!(verdict(json!({ "progress": "0%", "result": false })), Verdict::Running);
    assert_eq!(verdict(json!({ "progress": "99.99999999999999999%", "result": true })), Verdict::Running);
    assert_eq!(verdict(json!({ "progress": "50%", "items": [{ "result": "FAILED" }] })), Verdict::Running);
}

#[test]
fn case_and_white_space_of_a_result_do_not_count() {
    for result in ["FAILED", "failed", "Failed", " FAILED", "FAILED ", "failed\n", "\tfAiLeD\u{a0}"] {
        assert_eq!(with_result(result), Verdict::Failed, "{result:?}");
    }
    for result in ["ALARM", "alarm", " Alarm "] {
        assert_eq!(with_result(result), Verdict::PassedWithAlarms, "{result:?}");
    }
    for result in ["PASSED", "passed", " Passed\r\n"] {
        assert_eq!(with_result(result), Verdict::Passed, "{result:?}");
    }
    assert_eq!(of_entry(json!({ "process": " 100 % ", "result": true })), Verdict::Passed);
}

#[test]
fn an_item_with_an_unlisted_result_is_unclear() {
    for result in ["SKIPPED", "", " ", "FAIL", "FAILED!", "PASS", "PASSED\u{200b}", "ПASSED", "true", "100%"] {
        assert_eq!(with_result(result), Verdict::Unclear, "{result:?}");
    }
    assert_eq!(with_item(&json!({ "item": "a" })), Verdict::Unclear);
    assert_eq!(with_item(&json!({ "item": "a", "result": null })), Verdict::Unclear);
}

#[test]
fn a_failed_item_fails_the_task_beside_any_result_and_any_other_item() {
    let items = json!([{ "item": "new", "result": "SKIPPED" }, { "item": "a", "result": "FAILED" }]);
    assert_eq!(verdict(finished(items.clone())), Verdict::Failed);
    assert_eq!(verdict(json!({ "progress": "100%", "items": items })), Verdict::Failed);
    assert_eq!(verdict(json!({ "items": items })), Verdict::Failed);
    insta::assert_snapshot!(doubts(finished(items)), @r#"the service calls the pre-check passed, but 1 item failed: a; item new: the result is "SKIPPED", which is not documented"#);
}

#[test]
fn a_result_of_false_fails_the_task_and_is_a_contradiction_when_no_item_failed() {
    assert_eq!(verdict(json!({ "progress": "100%", "result": false })), Verdict::Failed);
    let passed = failed(json!([{ "item": "a", "result": "PASSED" }]));
    assert_eq!(verdict(passed.clone()), Verdict::Failed);
    insta::assert_snapshot!(doubts(passed), @"the service calls the pre-check failed, but no item failed");
    assert_eq!(doubts(failed(json!([{ "item": "a", "result": "FAILED" }]))), "");
}

#[test]
fn a_subtask_that_contradicts_its_item_makes_it_unclear() {
    let with = |item: &str, check_result: &str| {
        let subtask = json!({ "name": "s", "check_result": check_result });
        with_item(&json!({ "item": "a", "result": item, "failed_sub_jobs": [subtask] }))
    };
    for item in ["PASSED", "ALARM", "passed "] {
        for found in ["FAILED", "failed ", "broken", ""] {
            assert_eq!(with(item, found), Verdict::Unclear, "{item} {found}");
        }
        assert_eq!(with(item, "alarm"), Verdict::PassedWithAlarms);
    }
    assert_eq!(with("PASSED", "passed"), Verdict::Passed);
    assert_eq!(with("FAILED", "other"), Verdict::Failed);
    let item = |subtask: Value| finished(json!([{ "item": "a", "result": "PASSED", "subtasks": [subtask] }]));
    insta::assert_snapshot!(doubts(item(json!({ "id": "7" }))), @r#"item a: the result is "PASSED", but subtask 7 is listed as failed"#);
    insta::assert_snapshot!(doubts(item(json!({ "name": "s", "result": "FAILED" }))), @r#"item a: the result is "PASSED", but the result of subtask s is "FAILED""#);
}

#[test]
fn an_incomplete_or_contradictory_report_is_unclear() {
    let doubt = |json: Value| {
        assert_eq!(verdict(json.clone()), Verdict::Unclear, "{json}");
        doubts(json)
    };
    let passed = |name: &str, value: Value| {
        let mut report = finished(json!([{ "item": "a", "result": "PASSED" }]));
        assert_eq!(verdict(report.clone()), Verdict::Passed);
        report[name] = value;
        report
    };
    insta::assert_snapshot!(doubt(json!({})), @"the progress is missing; the result of the pre-check is missing");
    insta::assert_snapshot!(doubt(json!({ "result": true })), @"the progress is missing");
    insta::assert_snapshot!(doubt(passed("progress", json!("done"))), @r#"the progress is "done", which is not a percentage from 0% to 100%"#);
    insta::assert_snapshot!(doubt(passed("progress", json!("120%"))), @r#"the progress is "120%", which is not a percentage from 0% to 100%"#);
    insta::assert_snapshot!(doubt(passed("result", Value::Null)), @"the result of the pre-check is missing");
    insta::assert_snapshot!(doubt(passed("items", json!([]))), @"the array of check items is empty");
    insta::assert_snapshot!(doubt(passed("pass_rate", json!("96%"))), @r#"the share of passed items is "96%", but 1 of 1 item count as passed"#);
    insta::assert_snapshot!(doubt(passed("pass_rate", json!("most"))), @r#"the share of passed items is "most", which is not a percentage from 0% to 100%"#);
    insta::assert_snapshot!(doubt(passed("error_message", json!("internal error"))), @r#"error_msg is "internal error", without an error_code"#);
    insta::assert_snapshot!(doubt(passed("contradicted", json!(true))), @"the response has several entries about this task, and they differ");
    insta::assert_snapshot!(doubt(json!({ "progress": "100%", "result": true, "pass_rate": "96%" })), @r#"the share of passed items is "96%", but no item is reported"#);
    assert_eq!(verdict(passed("pass_rate", json!("100 %"))), Verdict::Passed);
    let blank =
        json!({ "process": "100%", "result": true, "total_passed_rate": "", "error_msg": "", "error_code": "" });
    assert_eq!(of_entry(blank), Verdict::Passed);
}

/// Any way of rounding is accepted, and no other share.
#[test]
fn a_share_of_passed_items_that_the_items_do_not_have_is_shown() {
    let with = |rate: &str, results: &[&str]| {
        let items: Vec<Value> = results.iter().map(|result| json!({ "item": "a", "result": result })).collect();
        let mut report = failed(json!(items));
        report["pass_rate"] = json!(rate);
        doubts(report).contains("share")
    };
    let two_of_three = ["PASSED", "ALARM", "FAILED"];
    for rate in ["66%", "67%", "66.6%", "66.67%", "66.66666666666667%"] {
        assert!(!with(rate, &two_of_three), "{rate}");
    }
    for rate in ["65%", "68%", "66.5%", "100%", "33%"] {
        assert!(with(rate, &two_of_three), "{rate}");
    }
    // What is not listed may count as passed or not.
    assert!(!with("33%", &["PASSED", "NEW", "FAILED"]) && !with("67%", &["PASSED", "NEW", "FAILED"]));
    assert!(with("100%", &["PASSED", "NEW", "FAILED"]));
}

#[test]
fn a_report_with_a_value_left_out_fails_only_by_a_failed_item() {
    let of = |entry: Value| {
        let snapshot = snapshot(&["a"], &json!({ "results": [entry] }));
        let found = evaluate(&snapshot.tasks[0].1, |_| false);
        assert!(!found.doubts.is_empty());
        found.verdict
    };
    let items = |other: &str| json!([{ "item": "x", "result": 1 }, { "item": "y", "result": other }]);
    let entry =
        |items: Value| json!({ "precheck_id": "a", "process": "100%", "result": true, "precheck_result": items });
    assert_eq!(of(entry(items("PASSED"))), Verdict::Unclear);
    assert_eq!(of(entry(items("FAILED"))), Verdict::Failed);
    let running = |other| json!({ "precheck_id": "a", "process": "50%", "precheck_result": items(other) });
    assert_eq!((of(running("PASSED")), of(running("FAILED"))), (Verdict::Unclear, Verdict::Running));
}

#[test]
fn an_entry_with_an_error_code_is_refused_and_an_empty_code_does_not_count() {
    assert_eq!(of_entry(json!({ "error_code": "DRS.M05003", "process": "100%" })), Verdict::Refused);
    assert_eq!(of_entry(json!({ "error_code": "", "process": "100%", "result": true })), Verdict::Passed);
    let refused = json!({ "refusal": { "code": "DRS.M05003" }, "progress": "100%", "result": true });
    insta::assert_snapshot!(doubts(refused), @"the service refuses to report on the task, but calls its pre-check passed");
}

#[test]
fn a_skipped_item_is_never_better_than_an_alarm() {
    let with = |result: &str| verdict(finished(json!([{ "item": "a", "result": result, "skipped": true }])));
    assert_eq!(with("PASSED"), Verdict::PassedWithAlarms);
    assert_eq!(with("FAILED"), Verdict::Failed);
    let report = report(finished(json!([{ "item": "a", "result": "PASSED", "skipped": true }, { "item": "b" }])));
    let names: Vec<&str> = report.skipped().map(drs_gate::CheckItem::name).collect();
    assert_eq!((names, ItemVerdict::of(&report.items()[0])), (vec!["a"], ItemVerdict::Alarm));
}

#[test]
fn a_stale_report_is_stale_with_any_content() {
    for json in [finished(json!([{ "item": "a", "result": "PASSED" }])), failed(json!([])), json!({})] {
        let found = evaluate(&Outcome::Stale(Box::new(report(json))), |_| true);
        assert_eq!(found.verdict, Verdict::Stale);
        assert!(found.doubts[0].to_string().contains("did not change since before the start"));
    }
}

#[test]
fn every_requested_task_of_a_response_gets_one_outcome_and_no_entry_is_dropped() {
    let passed = |id: &str| json!({ "precheck_id": id, "process": "100%", "result": true });
    let response = json!({ "count": 6, "results": [
        { "precheck_id": "c", "error_code": "DRS.M05003" }, passed("stranger"), passed("a"), passed("a"), passed("d"),
        { "precheck_id": "d", "process": "1%" }, { "error_code": "DRS.M00004" }] });
    let snapshot = snapshot(&["a", "b", "c", "d"], &response);
    assert_eq!(snapshot.unrequested.len(), 4);
    let assessment = assess(snapshot, &drs_gate::Policy::default(), date("2026-11-26"));
    let verdicts: Vec<Verdict> = assessment.tasks.iter().map(|task| task.verdict).collect();
    assert_eq!(verdicts, [Verdict::Passed, Verdict::Missing, Verdict::Refused, Verdict::Unclear]);
    insta::assert_snapshot!(assessment.doubts[0], @"count is 6, but the response has 7 entries");
}

#[test]
fn a_wrong_count_leaves_the_gate_without_a_decision() {
    let response = json!({ "count": 2, "results": [{ "precheck_id": "a", "process": "100%", "result": true }] });
    let assessment = assess(snapshot(&[], &response), &drs_gate::Policy::default(), date("2026-11-26"));
    assert_eq!((assessment.tasks[0].verdict, assessment.decision), (Verdict::Passed, Decision::Unclear));
}

#[test]
fn the_documented_responses_have_their_verdicts() {
    let info = OperationInfo::find("batch_check_results").unwrap();
    let verdicts: Vec<(Verdict, Decision, usize)> = info
        .response_examples()
        .map(|example| {
            let response = reading::read(example.json.as_bytes()).unwrap();
            let mut found = assess(v3::snapshot(&[], response), &drs_gate::Policy::default(), date("2026-11-26"));
            let task = found.tasks.remove(0);
            assert_eq!(task.doubts, []);
            (task.verdict, found.decision, task.findings.len())
        })
        .collect();
    let passed = (Verdict::Passed, Decision::Pass, 0);
    assert_eq!(verdicts, [passed, (Verdict::PassedWithAlarms, Decision::Pass, 2)]);
}

#[test]
fn when_tasks_differ_unclear_comes_before_failed_before_running() {
    let passed = || ("p", outcome(finished(json!([{ "item": "a", "result": "ALARM" }]))));
    let running = || ("r", outcome(json!({ "progress": "1%" })));
    let failed = || ("f", outcome(finished(json!([{ "item": "a", "result": "FAILED" }]))));
    let decision = |tasks| assessed(tasks, "").decision;
    assert_eq!(decision(vec![passed()]), Decision::Pass);
    assert_eq!(decision(vec![running(), passed()]), Decision::Unfinished);
    assert_eq!(decision(vec![passed(), failed(), running()]), Decision::Fail);
    assert_eq!(decision(vec![failed(), ("m", Outcome::Missing)]), Decision::Unclear);
    assert_eq!(decision(Vec::new()), Decision::Unclear);
}
