//! The outcome of each item: rows are matched with items by id.

use std::collections::HashMap;
use std::sync::Arc;

use drs_types::common::ErrorCode;
use drs_types::{Batch, Misfit, reading};

use crate::{Error, Reply};

/// The outcomes of the items of one chunk.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Chunk<O: Batch> {
    /// One outcome for each item of the chunk, in the order of the request.
    pub items: Vec<ItemOutcome<O>>,
    /// Rows about items that are not in the chunk, and further rows about an item that already has its outcome.
    pub unasked: Vec<O::Row>,
    /// All values of the response that do not fit their type and were left out, inside of rows and outside.
    pub misfits: Vec<Misfit>,
    /// The number of rows that the response states, when it does not have as many.
    pub miscount: Option<Miscount>,
    /// The service's id of the request. The vendor's support asks for it.
    pub request_id: Option<String>,
}

/// A response that has another number of rows than it states.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Miscount {
    /// The number that the response states.
    pub stated: i64,
    /// The number of its rows, with those that were left out.
    pub rows: usize,
}

/// An item and its outcome.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ItemOutcome<O: Batch> {
    /// The position of the item among all items of the request, counted from 0.
    pub index: usize,
    /// The item.
    pub item: O::Item,
    /// The outcome.
    pub outcome: Outcome<O::Row>,
}

/// The outcome of one item. `R` is the row of the response.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Outcome<R> {
    /// The service reports on the item, or did what was asked.
    Done(R),
    /// The row does not say whether the service did what was asked, or part of it does not fit its type and was left
    /// out.
    Unclear {
        /// The part that could be read.
        row: R,
        /// The values of the row that could not be read.
        misfits: Vec<Misfit>,
    },
    /// The service refuses this item.
    Refused {
        /// The error code; `None` when the row has none.
        code: Option<ErrorCode>,
        /// The whole row, with the error message.
        row: R,
    },
    /// The response has several rows with the id of the item, and they differ. This is one of them.
    Contradicted(R),
    /// The response does not mention the item.
    Missing,
    /// The call with the item has no usable response. [`Error::may_be_done`] says whether the service may have carried
    /// it out. The items of a chunk share the error.
    Failed(Arc<Error>),
}

impl<R> Outcome<R> {
    /// Whether the service reports on the item, or did what was asked, without any doubt.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done(_))
    }

    /// Returns the row of the item; `None` when there is none.
    #[must_use]
    pub fn row(&self) -> Option<&R> {
        match self {
            Self::Done(row) | Self::Unclear { row, .. } | Self::Refused { row, .. } | Self::Contradicted(row) => {
                Some(row)
            }
            Self::Missing | Self::Failed(_) => None,
        }
    }
}

impl<O: Batch> Chunk<O> {
    /// Returns the outcomes of the items of a call that succeeded. `first` is the position of its first item.
    pub(super) fn reported(first: usize, call: &O, reply: Reply<O::Response>) -> Self {
        let stated = O::count(&reply.body);
        let rows = O::rows(reply.body);
        let found = rows.len() + reading::items_left_out(&reply.misfits, O::BATCH.response);
        let miscount = stated.filter(|stated| usize::try_from(*stated) != Ok(found));
        let miscount = miscount.map(|stated| Miscount { stated, rows: found });
        let left_out = reading::misfits_by_item(&reply.misfits, O::BATCH.response, rows.len());
        let (outcomes, unasked) = assign::<O>(call.items(), rows.into_iter().zip(left_out));
        let items = call.items().iter().zip(outcomes).enumerate();
        let items = items.map(|(at, (item, outcome))| ItemOutcome { index: first + at, item: item.clone(), outcome });
        Self { items: items.collect(), unasked, misfits: reply.misfits, miscount, request_id: reply.request_id }
    }

    /// Returns the outcomes of the items of a call that failed.
    pub(super) fn failed(first: usize, call: &O, error: Error) -> Self {
        let request_id = error.request_id().map(str::to_owned);
        let error = Arc::new(error);
        let items = call.items().iter().enumerate().map(|(at, item)| ItemOutcome {
            index: first + at,
            item: item.clone(),
            outcome: Outcome::Failed(Arc::clone(&error)),
        });
        Self { items: items.collect(), unasked: Vec::new(), misfits: Vec::new(), miscount: None, request_id }
    }
}

/// The items of a request with one id, and the rows with that id.
struct Group<R> {
    items: Vec<usize>,
    rows: Vec<(R, Vec<Misfit>)>,
}

/// Gives each item its outcome, by the ids of the rows. Also returns the rows that are left.
fn assign<O: Batch>(
    items: &[O::Item],
    rows: impl IntoIterator<Item = (O::Row, Vec<Misfit>)>,
) -> (Vec<Outcome<O::Row>>, Vec<O::Row>) {
    // Rows without ids are about the only item of the request.
    let has_ids = O::BATCH.id.is_some();
    let id_of = |item| if has_ids { O::item_id(item) } else { Some("") };
    let mut groups: HashMap<&str, Group<O::Row>> = HashMap::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        if let Some(id) = id_of(item) {
            groups.entry(id).or_insert_with(|| Group { items: Vec::new(), rows: Vec::new() }).items.push(index);
        }
    }
    let mut unasked = Vec::new();
    for (row, misfits) in rows {
        let id = if has_ids { O::row_id(&row) } else { Some("") };
        match id.and_then(|id| groups.get_mut(id)) {
            Some(group) => group.rows.push((row, misfits)),
            None => unasked.push(row),
        }
    }
    let mut outcomes: Vec<Outcome<O::Row>> = items.iter().map(|_| Outcome::Missing).collect();
    for Group { items, mut rows } in groups.into_values() {
        let are_clear =
            if items.len() == 1 { agree::<O>(&mut rows) } else { rows.len() == items.len() && are_alike::<O>(&rows) };
        let mut rows = rows.into_iter();
        for (index, (row, misfits)) in items.into_iter().zip(&mut rows) {
            outcomes[index] = if are_clear { outcome::<O>(row, misfits) } else { Outcome::Contradicted(row) };
        }
        unasked.extend(rows.map(|(row, _)| row));
    }
    (outcomes, unasked)
}

/// Whether all rows about one item are equal. The first one gets the misfits of all.
fn agree<O: Batch>(rows: &mut [(O::Row, Vec<Misfit>)]) -> bool {
    let Some(((first, misfits), others)) = rows.split_first_mut() else { return true };
    misfits.extend(others.iter().flat_map(|(_, misfits)| misfits).cloned());
    others.iter().all(|(row, _)| row == first)
}

/// Whether all rows say the same about their items, so that it does not matter which row is about which item.
fn are_alike<O: Batch>(rows: &[(O::Row, Vec<Misfit>)]) -> bool {
    let mut said = rows.iter().map(|(row, misfits)| (O::accepted(row), O::error_code(row), misfits.is_empty()));
    let first = said.next();
    said.all(|other| Some(other) == first)
}

fn outcome<O: Batch>(row: O::Row, misfits: Vec<Misfit>) -> Outcome<O::Row> {
    match O::accepted(&row) {
        Some(false) => {
            let code = O::error_code(&row).filter(|code| !code.is_empty()).map(ErrorCode::from);
            Outcome::Refused { code, row }
        }
        Some(true) if misfits.is_empty() => Outcome::Done(row),
        _ => Outcome::Unclear { row, misfits },
    }
}

#[cfg(test)]
mod tests {
    use drs_types::Operation;
    use drs_types::operations::v3::batch_check_results::{BatchCheckResults, QueryPreCheckResp};
    use drs_types::operations::v3::batch_set_objects::BatchSetObjects;
    use drs_types::operations::v3::batch_show_params::BatchShowParams;
    use drs_types::operations::v3::batch_validate_connections::BatchValidateConnections;
    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};

    use super::*;

    /// Returns the outcome of each item in a word, and the number of rows that are left.
    fn outcomes<O: Batch>(items: Value, rows: Value) -> (Vec<&'static str>, usize)
    where
        O::Item: DeserializeOwned,
        O::Row: DeserializeOwned,
    {
        let items: Vec<O::Item> = serde_json::from_value(items).unwrap();
        let rows: Vec<O::Row> = serde_json::from_value(rows).unwrap();
        let (outcomes, unasked) = assign::<O>(&items, rows.into_iter().map(|row| (row, Vec::new())));
        let words = outcomes.iter().map(|outcome| match outcome {
            Outcome::Done(_) => "done",
            Outcome::Unclear { .. } => "unclear",
            Outcome::Refused { .. } => "refused",
            Outcome::Contradicted(_) => "contradicted",
            Outcome::Missing => "missing",
            Outcome::Failed(_) => "failed",
        });
        (words.collect(), unasked.len())
    }

    #[test]
    fn every_item_gets_one_outcome_and_no_row_is_dropped() {
        let rows = json!([
            { "precheck_id": "c", "error_code": "DRS.M05003" },
            { "precheck_id": "stranger" },
            { "precheck_id": "a", "process": "100%", "result": true },
            { "precheck_id": "a", "process": "100%", "result": true },
            { "error_code": "DRS.M00004" },
        ]);
        let found = outcomes::<BatchCheckResults>(json!(["a", "b", "c"]), rows);
        assert_eq!(found, (vec!["done", "missing", "refused"], 3));
    }

    #[test]
    fn rows_about_one_item_that_differ_contradict_each_other() {
        let passed = json!({ "precheck_id": "a", "process": "100%", "result": true });
        for other in [json!({ "result": false }), json!({ "process": "1%" }), json!({ "error_code": "DRS.M05003" })] {
            let mut row = passed.clone();
            row.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
            let found = outcomes::<BatchCheckResults>(json!(["a"]), json!([passed, row, passed]));
            assert_eq!(found, (vec!["contradicted"], 2), "{other}");
        }
    }

    #[test]
    fn an_empty_error_code_does_not_count_and_a_row_may_leave_open_whether_it_is_a_success() {
        let found = |row: Value| {
            let item = json!({ "job_id": "a", "selected": true });
            outcomes::<BatchSetObjects>(json!([item]), json!([row])).0[0]
        };
        assert_eq!(found(json!({ "job_id": "a", "status": true, "error_code": "" })), "done");
        assert_eq!(found(json!({ "job_id": "a", "status": false })), "refused");
        assert_eq!(found(json!({ "job_id": "a", "error_code": "DRS.M00304" })), "refused");
        assert_eq!(found(json!({ "job_id": "a" })), "unclear");
    }

    #[test]
    fn the_misfits_of_a_row_stay_with_it() {
        let items = ["a".parse().unwrap()];
        let mut row = QueryPreCheckResp::default();
        row.precheck_id = Some("a".parse().unwrap());
        let body = br#"{ "results": [{ "precheck_id": "b", "result": 1 }, { "precheck_id": "a", "result": 1 }] }"#;
        let reading = reading::read::<<BatchCheckResults as Operation>::Response>(body).unwrap();
        let misfits = reading::misfits_by_item(&reading.misfits, "/results", 2);
        let rows = reading.body.results.unwrap().into_iter().zip(misfits);
        let (outcomes, unasked) = assign::<BatchCheckResults>(&items, rows);
        let [Outcome::Unclear { row: read, misfits }] = outcomes.as_slice() else { panic!("{outcomes:?}") };
        assert_eq!((read, misfits.len(), misfits[0].pointer.as_str()), (&row, 1, "/results/1/result"));
        assert_eq!(unasked.len(), 1);
    }

    /// The two sides of a task have the same id.
    #[test]
    fn rows_of_a_repeated_id_count_only_when_it_does_not_matter_which_is_which() {
        let side = |end_point_type: &str| {
            json!({ "id": "a", "net_type": "eip", "db_type": "mysql", "ip": "x", "db_port": 1, "db_user": "u",
                    "db_password": "p", "end_point_type": end_point_type })
        };
        let found = |statuses: &[&str]| {
            let rows: Vec<Value> = statuses.iter().map(|status| json!({ "id": "a", "status": status })).collect();
            outcomes::<BatchValidateConnections>(json!([side("so"), side("ta")]), json!(rows))
        };
        assert_eq!(found(&["success", "success"]), (vec!["done", "done"], 0));
        assert_eq!(found(&["failed", "failed"]), (vec!["refused", "refused"], 0));
        assert_eq!(found(&["success", "failed"]), (vec!["contradicted", "contradicted"], 0));
        assert_eq!(found(&["success"]), (vec!["contradicted", "missing"], 0));
        assert_eq!(found(&["success", "success", "failed"]), (vec!["contradicted", "contradicted"], 1));
    }

    #[test]
    fn a_row_without_an_id_is_about_the_only_item() {
        assert_eq!(outcomes::<BatchShowParams>(json!(["a"]), json!([{ "params": [] }])), (vec!["done"], 0));
        assert_eq!(outcomes::<BatchShowParams>(json!(["a"]), json!([])), (vec!["missing"], 0));
    }
}
