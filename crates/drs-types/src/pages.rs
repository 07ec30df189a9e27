//! Lists that a response has in pages, and what an operation reports on while it is waited for.

use std::time::Duration;

use serde_json::Value;

use crate::operation::Operation;

/// How a request selects a page, and the lists of a page; from `x-drs.pages` of `operation.json`.
#[derive(Debug)]
#[non_exhaustive]
pub struct PagesInfo {
    /// The number of the page in the request, as a JSON Pointer.
    pub number: &'static str,
    /// The number of items on a page in the request, as a JSON Pointer.
    pub size: &'static str,
    /// The number of the first page.
    pub first: i64,
    /// The size of a page of a request that names none; `None` when it is not documented.
    pub default_size: Option<i64>,
    /// The greatest size of a page; `None` when it is not documented.
    pub max_size: Option<i64>,
    /// The arrays of the response that are cut into pages, the main one first.
    pub lists: &'static [ListInfo],
}

/// An array of a response that is cut into pages.
#[derive(Debug)]
#[non_exhaustive]
pub struct ListInfo {
    /// The array, as a JSON Pointer in which `*` stands for each item or member on the way to it.
    pub items: &'static str,
    /// The number of items on all pages together, as a JSON Pointer; `None` where the response has none.
    pub total: Option<&'static str>,
    /// The id in an item, as a JSON Pointer; `None` where items have none.
    pub id: Option<&'static str>,
}

impl ListInfo {
    /// Returns the arrays of the list in a response. There are several where the pointer has a `*`.
    #[must_use]
    pub fn arrays<'a>(&self, response: &'a Value) -> Vec<&'a [Value]> {
        let mut found = vec![response];
        for part in self.items.split('/').skip(1) {
            found = found.into_iter().flat_map(|value| below(value, part)).collect();
        }
        found.into_iter().filter_map(Value::as_array).map(Vec::as_slice).collect()
    }
}

/// Returns the member with a name, or all members or items for `*`.
fn below<'a>(value: &'a Value, part: &str) -> Vec<&'a Value> {
    match (part, value) {
        ("*", Value::Object(members)) => members.values().collect(),
        ("*", Value::Array(items)) => items.iter().collect(),
        (name, value) => value.get(name).into_iter().collect(),
    }
}

/// A call whose response has a list in pages. [`OperationInfo::pages`](crate::OperationInfo::pages) says how.
pub trait Paged: Operation {
    /// An item of the main list.
    type Entry;

    /// Takes the items of the main list out of a response; none when the response has no list.
    fn entries(response: Self::Response) -> Vec<Self::Entry>;
}

/// How to wait for what an operation reports on; from `x-drs.polling` of `operation.json`.
#[derive(Debug)]
#[non_exhaustive]
pub struct PollingInfo {
    /// The field that says how far it is, as a JSON Pointer into an item response of a batch, or into the response.
    pub at: &'static str,
    /// The time between two calls; `None` when no source has one.
    pub interval: Option<Duration>,
    /// The time after which to give up; `None` when no source has one.
    pub limit: Option<Duration>,
}

/// A report on how far something is: an item response of a batch, or the response of an operation without batch.
///
/// ```
/// use drs_types::Progress as _;
/// use drs_types::operations::v3::batch_list_job_status::QueryJobStatusResp;
///
/// let report: QueryJobStatusResp = serde_json::from_str(r#"{ "id": "x", "status": "CREATE_FAILED" }"#)?;
/// assert_eq!(report.progress(), Some("CREATE_FAILED"));
/// assert!(report.is_final());
/// # Ok::<(), serde_json::Error>(())
/// ```
pub trait Progress {
    /// How far it is: a status, or a percentage; `None` when the report does not say.
    fn progress(&self) -> Option<&str>;

    /// Whether no other status follows, or the percentage is complete. A status that is not listed is not final.
    fn is_final(&self) -> bool;
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_star_stands_for_each_member_and_each_item() {
        let list = |items| ListInfo { items, total: None, id: None };
        let response = json!({ "kinds": { "A": [1, 2], "B": [3] }, "tables": [{ "rows": [4] }, { "rows": [] }, {}] });
        let lengths = |items| list(items).arrays(&response).iter().map(|array| array.len()).collect::<Vec<_>>();
        assert_eq!(lengths("/kinds/*"), [2, 1]);
        assert_eq!(lengths("/tables/*/rows"), [1, 0]);
        assert_eq!(lengths("/tables"), [3]);
        assert_eq!(lengths("/kinds"), [0; 0]);
        assert_eq!(lengths("/nothing/*"), [0; 0]);
    }
}
