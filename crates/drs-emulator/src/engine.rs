//! The behaviour of operations without code of their own, derived from their description and the documented payload.

use drs_types::OperationInfo;
use drs_types::batch::BatchInfo;
use drs_types::common::ErrorCode;
use serde_json::{Map, Value, json};

use crate::refusal::Refusal;
use crate::rules::apply;
use crate::store::{Reason, Store};

/// A call that has passed all checks.
pub(crate) struct CheckedCall<'a> {
    pub(crate) info: &'static OperationInfo,
    /// The id of the task in the path; `None` for a call without one.
    pub(crate) job: Option<&'a str>,
    pub(crate) body: Value,
}

/// Returns the documented payload for the tasks of the request; null for a response without a body.
pub(crate) fn respond(store: &Store, call: &CheckedCall<'_>) -> Result<Value, Refusal> {
    let has_body = call.info.success().is_some_and(|success| success.body.is_some());
    let mut documented = match documented(call.info) {
        Some(documented) => documented,
        None if !has_body => Value::Null,
        None if call.info.batch.is_some() => json!({}),
        None => return Err(Refusal::no_payload(call.info)),
    };
    match &call.info.batch {
        Some(batch) => Ok(batch_response(store, call, batch, documented)),
        None => {
            let in_body = || call.body.pointer(call.info.job?)?.as_str();
            if let Some(job) = call.job.or_else(in_body) {
                apply(call.info, &mut store.tasks(), job, &call.body).map_err(|reason| Refusal::of(&reason))?;
                // The documented payload is about another task.
                for name in ["id", "job_id"] {
                    if let Some(id) = documented.get_mut(name) {
                        *id = job.into();
                    }
                }
            }
            Ok(documented)
        }
    }
}

/// Returns the first documented response of an operation; `None` when none is documented.
pub(crate) fn documented(info: &OperationInfo) -> Option<Value> {
    let example = info.response_examples().next()?;
    Some(serde_json::from_str(example.json).expect("codegen has parsed every documented payload"))
}

/// Returns the documented payload with one item for each item of the request, in the same order.
fn batch_response(store: &Store, call: &CheckedCall<'_>, batch: &BatchInfo, mut documented: Value) -> Value {
    let requested = call.body.pointer(batch.request).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let pattern = documented.pointer(batch.response).and_then(|rows| rows.get(0)).cloned().unwrap_or_else(|| json!({}));
    let items: Vec<Value> = requested
        .iter()
        .map(|item| {
            let id = item.pointer(batch.asked.unwrap_or_default()).and_then(Value::as_str).unwrap_or_default();
            match apply(call.info, &mut store.tasks(), id, item) {
                Ok(()) => accepted(batch, id, item, &pattern),
                Err(reason) => refused(batch, id, &reason),
            }
        })
        .collect();
    for count in batch.count.into_iter().chain(["/count"]) {
        if let Some(count) = documented.pointer_mut(count) {
            *count = if count.is_string() { items.len().to_string().into() } else { items.len().into() };
        }
    }
    set(&mut documented, batch.response, items.into());
    documented
}

/// Returns the documented item for another task, with the values of the request.
fn accepted(batch: &BatchInfo, id: &str, item: &Value, pattern: &Value) -> Value {
    let documented_id = batch.id.and_then(|at| pattern.pointer(at));
    let members = pattern.as_object().into_iter().flatten().map(|(name, member)| {
        let member = match item.get(name) {
            _ if documented_id == Some(member) => json!(id),
            Some(asked) => asked.clone(),
            None => member.clone(),
        };
        (name.clone(), member)
    });
    let mut row: Value = members.collect::<Map<_, _>>().into();
    if let Some(at) = batch.id {
        set(&mut row, at, id.into());
    }
    if let Some(outcome) = &batch.outcome {
        set(&mut row, outcome.at, json!(outcome.accepted));
        for error in [batch.error_code, batch.error_msg].into_iter().flatten() {
            row.as_object_mut().map(|row| row.remove(error.trim_start_matches('/')));
        }
    }
    row
}

/// Returns an item that says why nothing was done for a task.
pub(crate) fn refused(batch: &BatchInfo, id: &str, (code, message): &Reason) -> Value {
    let mut row = json!({});
    let outcome = batch.outcome.as_ref().map(|outcome| (outcome.at, json!(outcome.refused)));
    let members = [
        // An item of a request without an id gets an item without an id.
        batch.id.filter(|_| !id.is_empty()).map(|at| (at, json!(id))),
        outcome,
        batch.error_code.map(|at| (at, json!(code))),
        batch.error_msg.map(|at| (at, json!(message))),
    ];
    for (at, value) in members.into_iter().flatten() {
        set(&mut row, at, value);
    }
    row
}

/// Sets the value at a pointer; creates the objects on the way.
pub(crate) fn set(into: &mut Value, pointer: &str, value: Value) {
    let mut target = into;
    for part in pointer.split('/').skip(1) {
        if !target.is_object() {
            *target = Value::Object(Map::new());
        }
        target = &mut target[part];
    }
    *target = value;
}

impl Refusal {
    /// Creates the refusal of a whole call from the reason of one task.
    pub(crate) fn of((code, message): &Reason) -> Self {
        Self::new(ErrorCode::from(code.as_str()), message.as_str())
    }
}
