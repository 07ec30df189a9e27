//! Calls about any number of items, each of which has its own row in the response.

use std::collections::HashMap;
use std::fmt::Debug;

use serde::Serialize;

use crate::check::{Limit, Violation};
use crate::operation::Operation;

/// A call about any number of items, such as tasks. The response has a row for each item, in any order.
///
/// Generated for every operation whose description has `x-drs.batch`.
///
/// ```
/// use drs_types::Batch as _;
/// use drs_types::operations::v3::batch_check_results::{BatchCheckResults, BatchQueryPrecheckResultReq};
///
/// let ids = ["a".parse()?, "b".parse()?];
/// let call = BatchCheckResults::new(BatchQueryPrecheckResultReq::new(ids.to_vec()));
/// let part = call.with_items(call.items()[1..].to_vec());
/// assert_eq!(BatchCheckResults::item_id(&part.items()[0]), Some("b"));
/// # Ok::<(), drs_types::InvalidId>(())
/// ```
pub trait Batch: Operation<Response: Send> + Send + Sized + Sync + 'static {
    /// One item of the request: the id of a task, or an object with its id.
    type Item: Clone + Debug + Send + Sync;

    /// One row of the response: the item of its array.
    type Row: Clone + Debug + PartialEq + Send;

    /// The locations of items and rows.
    const BATCH: &'static BatchInfo;

    /// The items of the request.
    fn items(&self) -> &[Self::Item];

    /// Returns the same call for other items. A call with pages requests one page with all of them.
    #[must_use]
    fn with_items(&self, items: Vec<Self::Item>) -> Self;

    /// The number of rows that a response states; `None` when it states none, or where it may be a string.
    fn count(response: &Self::Response) -> Option<i64>;

    /// Takes the rows out of a response.
    fn rows(response: Self::Response) -> Vec<Self::Row>;

    /// The id of an item; `None` when the item has none.
    fn item_id(item: &Self::Item) -> Option<&str>;

    /// The id of the item that a row is about; `None` when the row has none.
    fn row_id(row: &Self::Row) -> Option<&str>;

    /// The error code of a row; `None` when the row has none.
    fn error_code(row: &Self::Row) -> Option<&str>;

    /// Whether the field [`BatchInfo::outcome`] of a row reports a success; `None` when it says neither.
    fn outcome(row: &Self::Row) -> Option<bool>;

    /// Whether the service did what was asked for the item of a row; `None` when the row does not say.
    fn accepted(row: &Self::Row) -> Option<bool> {
        Self::BATCH.accepted(Self::error_code(row), Self::outcome(row))
    }

    /// Returns every item with the id of an earlier one; none where an id may be repeated.
    fn duplicates(&self) -> Vec<Violation> {
        let BatchInfo { request, asked, repeats, .. } = Self::BATCH;
        let asked = asked.unwrap_or_default();
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let mut found = Vec::new();
        let ids = self.items().iter().enumerate().filter_map(|(index, item)| Some((index, Self::item_id(item)?)));
        for (index, id) in ids.filter(|_| !repeats) {
            if let Some(first) = seen.get(id) {
                let (pointer, first) = (format!("{request}/{index}{asked}"), format!("{request}/{first}{asked}"));
                let message = format!("{id:?} is a duplicate of {first}");
                found.push(Violation { pointer, parameter: None, limit: Limit::Unique, message });
            } else {
                seen.insert(id, index);
            }
        }
        found
    }
}

/// The locations of the items of a batch call in request and response. All are JSON Pointers.
#[derive(Debug)]
#[non_exhaustive]
pub struct BatchInfo {
    /// The array of items in the request.
    pub request: &'static str,
    /// The id in one item of the request; `None` where the item is the id.
    pub asked: Option<&'static str>,
    /// The array of rows in the response.
    pub response: &'static str,
    /// The id in one row of the response; `None` where rows have no id.
    pub id: Option<&'static str>,
    /// Whether several items of a request may have the same id.
    pub repeats: bool,
    /// The most items whose rows fit into one response; `None` without a documented limit.
    pub most: Option<usize>,
    /// The number of rows, in the response; `None` where it has none.
    pub count: Option<&'static str>,
    /// The error code of one row; `None` where rows have none.
    pub error_code: Option<&'static str>,
    /// The error message of one row; `None` where rows have none.
    pub error_msg: Option<&'static str>,
    /// The field of a row that says whether the service accepted its item; `None` where rows have none.
    pub outcome: Option<OutcomeInfo>,
}

impl BatchInfo {
    /// Whether the service did what was asked for an item, by the error code of its row and what its `outcome` reports;
    /// `None` when the row does not say.
    ///
    /// An error code is a refusal, unless it is empty. Without the field, a row without a code is a success.
    #[must_use]
    pub fn accepted(&self, error_code: Option<&str>, outcome: Option<bool>) -> Option<bool> {
        match (error_code.is_some_and(|code| !code.is_empty()), &self.outcome) {
            (true, _) => Some(false),
            (false, Some(_)) => outcome,
            (false, None) => Some(true),
        }
    }
}

/// The field of a row that says whether the service accepted its item.
#[derive(Debug)]
#[non_exhaustive]
pub struct OutcomeInfo {
    /// The field, as a JSON Pointer.
    pub at: &'static str,
    /// Its value for a success.
    pub accepted: Plain,
    /// Other values with the meaning of `accepted`.
    pub also_accepted: &'static [Plain],
    /// Its value for a failure.
    pub refused: Plain,
    /// Other values with the meaning of `refused`.
    pub also_refused: &'static [Plain],
}

impl OutcomeInfo {
    /// Whether a row reports a success; `None` when it reports neither.
    #[must_use]
    pub fn read(&self, row: &serde_json::Value) -> Option<bool> {
        match row.pointer(self.at)? {
            serde_json::Value::Bool(flag) => self.of_flag(*flag),
            serde_json::Value::String(text) => self.of_text(text),
            _ => None,
        }
    }

    /// Whether a string reports a success; `None` when it reports neither. Case and surrounding white space do not
    /// count.
    #[must_use]
    pub fn of_text(&self, found: &str) -> Option<bool> {
        self.meaning(|plain| matches!(plain, Plain::Text(text) if found.trim().eq_ignore_ascii_case(text)))
    }

    /// Whether a boolean reports a success; `None` when it reports neither.
    #[must_use]
    pub fn of_flag(&self, found: bool) -> Option<bool> {
        self.meaning(|plain| plain == Plain::Flag(found))
    }

    fn meaning(&self, is: impl Fn(Plain) -> bool) -> Option<bool> {
        let any = |value, also: &[Plain]| is(value) || also.iter().any(|value| is(*value));
        let accepted = any(self.accepted, self.also_accepted);
        if accepted { Some(true) } else { any(self.refused, self.also_refused).then_some(false) }
    }
}

/// A value of a field that is a string or a boolean.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Plain {
    /// `true` or `false`.
    Flag(bool),
    /// A string.
    Text(&'static str),
}
