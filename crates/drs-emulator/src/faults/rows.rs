//! Faults of a response to a batch: rows that are missing, come twice, in another order, or of other tasks.

use axum::body::{Body, to_bytes};
use axum::http::header;
use axum::response::Response;
use drs_types::batch::BatchInfo;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::engine;

/// A fault of the rows of a response.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum RowFault {
    /// The last row is missing; the count is right for what remains.
    Missing,
    /// The first row comes twice.
    Duplicated,
    /// The rows come in reverse order.
    Reordered,
    /// The first row is of a task that was not asked for.
    Foreign,
    /// The count is one more than there are rows.
    WrongCount,
}

/// The id of a task that nobody asks for.
const FOREIGN: &str = "5e7effff-0000-4000-8000-fffffffjb101";

/// Changes the rows of a response to a batch. A response that is not JSON stays.
pub(crate) async fn change(fault: RowFault, batch: &BatchInfo, response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else { return Response::from_parts(head, Body::empty()) };
    let Ok(mut body) = serde_json::from_slice::<Value>(&bytes) else {
        return Response::from_parts(head, Body::from(bytes));
    };
    let mut excess = 0;
    let mut length = 0;
    if let Some(rows) = body.pointer_mut(batch.response).and_then(Value::as_array_mut) {
        match fault {
            RowFault::Missing => drop(rows.pop()),
            RowFault::Duplicated => rows.extend(rows.first().cloned()),
            RowFault::Reordered => rows.reverse(),
            RowFault::Foreign => {
                if let Some((row, at)) = rows.first_mut().zip(batch.id) {
                    engine::set(row, at, FOREIGN.into());
                }
            }
            RowFault::WrongCount => excess = 1,
        }
        length = rows.len() + excess;
    }
    for count in batch.count.into_iter().chain(["/count"]) {
        if let Some(count) = body.pointer_mut(count) {
            *count = if count.is_string() { json!(length.to_string()) } else { json!(length) };
        }
    }
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, Body::from(body.to_string()))
}
