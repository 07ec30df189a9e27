//! The comparison of two runs.

use drs_gate::{Change, Diff, Outcome, Verdict, diff};
use serde_json::{Value, json};

use crate::{assessed, failed, finished, outcome};

fn compared(old: Vec<(&str, Outcome)>, new: Vec<(&str, Outcome)>) -> Diff {
    diff(&assessed(old, ""), &assessed(new, ""))
}

fn item(name: &str, result: &str) -> Value {
    json!({ "item": name, "group": "g", "result": result })
}

#[test]
fn each_item_is_better_worse_new_gone_or_unchanged() {
    let old = json!([item("fixed", "FAILED"), item("broke", "PASSED"), item("same", "ALARM"), item("gone", "PASSED")]);
    let new = json!([item("broke", "ALARM"), item("new", "FAILED"), item("same", "ALARM"), item("fixed", "PASSED")]);
    let found = compared(vec![("t", outcome(failed(old)))], vec![("t", outcome(failed(new)))]);
    let shown: Vec<(&str, Change)> =
        found.tasks[0].items.iter().map(|item| (item.item.as_deref().unwrap(), item.change)).collect();
    assert_eq!(
        shown,
        [
            ("broke", Change::Worse),
            ("new", Change::New),
            ("same", Change::Unchanged),
            ("fixed", Change::Better),
            ("gone", Change::Gone)
        ]
    );
    assert_eq!(found.tasks[0].change, Change::Unchanged);
    assert!(Change::ALL.iter().all(|change| found.items[change] == 1), "{:?}", found.items);
}

#[test]
fn the_verdict_of_a_task_is_compared_and_tasks_of_one_run_only_are_shown() {
    let passed = || outcome(finished(json!([item("a", "PASSED")])));
    let broken = || outcome(finished(json!([item("a", "FAILED")])));
    let found = compared(
        vec![("a", broken()), ("gone", passed()), ("r", outcome(json!({ "progress": "7%" })))],
        vec![("new", passed()), ("r", passed()), ("a", passed())],
    );
    let shown: Vec<_> = found.tasks.iter().map(|task| (task.task.as_str(), task.change, task.old, task.new)).collect();
    let passed = Some(Verdict::Passed);
    assert_eq!(
        shown,
        [
            ("new", Change::New, None, passed),
            ("r", Change::Better, Some(Verdict::Running), passed),
            ("a", Change::Better, Some(Verdict::Failed), passed),
            ("gone", Change::Gone, passed, None)
        ]
    );
}

#[test]
fn items_of_one_name_are_paired_in_their_order_and_a_reason_may_change_alone() {
    let with = |reasons: &[&str]| {
        let items: Vec<Value> =
            reasons.iter().map(|reason| json!({ "item": "a", "result": "FAILED", "reason": reason })).collect();
        outcome(failed(json!(items)))
    };
    let found = compared(vec![("t", with(&["X", "Y", "Z"]))], vec![("t", with(&["X", "W"]))]);
    let items = &found.tasks[0].items;
    let changes: Vec<Change> = items.iter().map(|item| item.change).collect();
    assert_eq!(changes, [Change::Unchanged, Change::Unchanged, Change::Gone]);
    let reason = |state: &Option<drs_gate::ItemState>| state.as_ref().and_then(|state| state.reason.clone());
    assert_eq!((reason(&items[1].old).as_deref(), reason(&items[1].new).as_deref()), (Some("Y"), Some("W")));
    assert_eq!(reason(&items[2].old).as_deref(), Some("Z"));
}

#[test]
fn a_run_compared_with_itself_is_unchanged() {
    let run =
        || vec![("t", outcome(failed(json!([item("a", "FAILED"), item("a", "PASSED")])))), ("m", Outcome::Missing)];
    let found = compared(run(), run());
    assert!(found.tasks.iter().all(|task| task.change == Change::Unchanged));
    assert_eq!(found.items.into_iter().collect::<Vec<_>>(), [(Change::Unchanged, 2)]);
}
