//! Responses to a batch whose rows are not those of the request.

use drs_client::precheck::{Outcome, Results};
use serde_json::json;

use super::{DDS, MYSQL, with};

/// Returns the results of both tasks, and the id of the entry of each.
async fn changed(fault: &str) -> (Results, [Option<String>; 2]) {
    let results = with(json!({ "rows": fault })).await.unwrap();
    assert_eq!(results.tasks.iter().map(|task| task.id.as_str()).collect::<Vec<_>>(), [MYSQL, DDS]);
    let id = |at: usize| Some(results.tasks[at].outcome.entry()?.precheck_id.as_ref()?.to_string());
    let ids = [id(0), id(1)];
    (results, ids)
}

fn both() -> [Option<String>; 2] {
    [MYSQL, DDS].map(|id| Some(id.to_owned()))
}

#[tokio::test]
async fn rows_in_another_order_are_found_by_their_ids() {
    let (results, ids) = changed("reordered").await;
    assert_eq!(ids, both());
    assert!(results.unasked.is_empty() && results.misfits.is_empty());
}

#[tokio::test]
async fn a_row_that_is_missing_is_missing_and_costs_no_other_row() {
    let (results, ids) = changed("missing").await;
    assert_eq!(ids, [Some(MYSQL.to_owned()), None]);
    assert!(matches!(results.tasks[1].outcome, Outcome::Missing), "{:?}", results.tasks[1]);
}

#[tokio::test]
async fn a_row_that_comes_twice_is_one_result() {
    let (results, ids) = changed("duplicated").await;
    assert_eq!(ids, both());
    assert!(results.tasks.iter().all(|task| matches!(task.outcome, Outcome::Reported(_))), "{:?}", results.tasks);
}

#[tokio::test]
async fn a_row_of_another_task_is_kept_apart() {
    let (results, ids) = changed("foreign").await;
    assert_eq!(ids, [None, Some(DDS.to_owned())]);
    assert!(matches!(results.tasks[0].outcome, Outcome::Missing), "{:?}", results.tasks[0]);
    let unasked: Vec<_> = results.unasked.iter().filter_map(|entry| entry.precheck_id.as_ref()).collect();
    assert_eq!(unasked[0].as_str(), "5e7effff-0000-4000-8000-fffffffjb101");
    assert_eq!(unasked.len(), 1);
}

#[tokio::test]
async fn a_wrong_count_costs_no_row() {
    let (results, ids) = changed("wrong_count").await;
    assert_eq!(ids, both());
    assert!(results.unasked.is_empty() && results.misfits.is_empty());
}
