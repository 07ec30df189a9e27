//! What every operation does that has no behaviour of its own: the rules decide, and the descriptor says how to answer.

use drs_types::OperationInfo;
use drs_types::common::ErrorCode;
use drs_types::operation::BatchInfo;
use serde_json::{Map, Value, json};

use crate::refusal::Refusal;
use crate::rules::take;
use crate::store::{Reason, Store};

/// One call, behind all checks.
pub(crate) struct Call<'a> {
    pub(crate) info: &'static OperationInfo,
    /// The task in the path, for a call about one task.
    pub(crate) job: Option<&'a str>,
    pub(crate) body: Value,
}

/// Responds as the documented payload does, for the tasks of the request; with null for a response without a body.
pub(crate) fn answer(store: &Store, call: &Call<'_>) -> Result<Value, Refusal> {
    let has_body = call.info.success().is_some_and(|success| success.body.is_some());
    let mut documented = match documented(call.info) {
        Some(documented) => documented,
        None if !has_body => Value::Null,
        None if call.info.batch.is_some() => json!({}),
        None => return Err(Refusal::no_payload(call.info)),
    };
    match &call.info.batch {
        Some(batch) => Ok(batch_answer(store, call, batch, documented)),
        None => {
            let in_body = || call.body.pointer(call.info.job?)?.as_str();
            if let Some(job) = call.job.or_else(in_body) {
                take(call.info, &mut store.tasks(), job, &call.body).map_err(|reason| Refusal::of(&reason))?;
                // The documented answer is about another task.
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

/// The first documented response of an operation; not every operation has one.
pub(crate) fn documented(info: &OperationInfo) -> Option<Value> {
    let example = info.response_examples().next()?;
    Some(serde_json::from_str(example.json).expect("codegen has parsed every documented payload"))
}

/// One answer for each thing, in the order of the request.
fn batch_answer(store: &Store, call: &Call<'_>, batch: &BatchInfo, mut documented: Value) -> Value {
    let things = call.body.pointer(batch.request).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let pattern = documented.pointer(batch.answers).and_then(|rows| rows.get(0)).cloned().unwrap_or_else(|| json!({}));
    let answers: Vec<Value> = things
        .iter()
        .map(|thing| {
            let id = thing.pointer(batch.asked.unwrap_or_default()).and_then(Value::as_str).unwrap_or_default();
            match take(call.info, &mut store.tasks(), id, thing) {
                Ok(()) => accepted(batch, id, thing, &pattern),
                Err(reason) => refused(batch, id, &reason),
            }
        })
        .collect();
    for count in batch.count.into_iter().chain(["/count"]) {
        if let Some(count) = documented.pointer_mut(count) {
            *count = if count.is_string() { answers.len().to_string().into() } else { answers.len().into() };
        }
    }
    set(&mut documented, batch.answers, answers.into());
    documented
}

/// A row as the documented one, about another task. What the request says of the task counts.
fn accepted(batch: &BatchInfo, id: &str, thing: &Value, pattern: &Value) -> Value {
    let documented_id = batch.id.and_then(|at| pattern.pointer(at));
    let members = pattern.as_object().into_iter().flatten().map(|(name, member)| {
        let member = match thing.get(name) {
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

/// A row that says why nothing was done for a task.
pub(crate) fn refused(batch: &BatchInfo, id: &str, (code, message): &Reason) -> Value {
    let mut row = json!({});
    let outcome = batch.outcome.as_ref().map(|outcome| (outcome.at, json!(outcome.refused)));
    let members = [
        // A thing that names no task is answered without one.
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

/// Puts a value where a pointer leads; makes the objects on the way.
pub(crate) fn set(into: &mut Value, pointer: &str, value: Value) {
    let mut place = into;
    for part in pointer.split('/').skip(1) {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        place = &mut place[part];
    }
    *place = value;
}

impl Refusal {
    /// The refusal of a whole call, for the reason that a task has.
    pub(crate) fn of((code, message): &Reason) -> Self {
        Self::new(ErrorCode::from(code.as_str()), message.as_str())
    }
}
