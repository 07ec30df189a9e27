//! Task ids of an undocumented form. They are sent unchanged, with a note.

use std::collections::BTreeSet;

use drs_types::operations::v3::batch_check_results::{BatchCheckResults, BatchQueryPrecheckResultReq};
use drs_types::{OPERATIONS, Operation, OperationInfo};
use serde_json::Value;

use crate::limits::LIMITS;
use crate::output::hint;

/// The reason why parsing a documented payload cannot fail.
const DOCUMENTED: &str = "codegen validates the documented payloads";

/// Returns the ids of the tasks in the documented payloads.
pub(crate) fn documented() -> Vec<String> {
    let ids = <BatchCheckResults as Operation>::INFO.request_examples().flat_map(|example| {
        let request: BatchQueryPrecheckResultReq = serde_json::from_str(example.json).expect(DOCUMENTED);
        request.jobs
    });
    ids.map(|id| id.to_string()).collect()
}

/// Returns the ids of tasks in the body of a call.
pub(crate) fn in_body<'a>(info: &OperationInfo, body: &'a Value) -> Vec<&'a str> {
    let mut ids: Vec<&str> = info.job.and_then(|at| body.pointer(at)?.as_str()).into_iter().collect();
    if let Some(batch) = &info.batch
        && batch.asked.is_none_or(|at| at.ends_with("/job_id"))
    {
        let asked = body.pointer(batch.request).and_then(Value::as_array).into_iter().flatten();
        ids.extend(asked.filter_map(|thing| batch.asked.map_or(Some(thing), |at| thing.pointer(at))?.as_str()));
    }
    ids
}

/// Returns the forms of all ids in documented requests.
fn documented_forms() -> BTreeSet<String> {
    let mut forms = BTreeSet::new();
    for info in OPERATIONS {
        for example in info.request_examples() {
            let body: Value = serde_json::from_str(example.json).expect(DOCUMENTED);
            forms.extend(in_body(info, &body).into_iter().map(form));
        }
    }
    forms
}

/// Prints a note about the ids whose form differs from the documented ones.
pub(crate) fn note_unusual<'a>(ids: impl IntoIterator<Item = &'a str>) {
    let forms = documented_forms();
    let unusual: Vec<&str> = ids.into_iter().filter(|id| !forms.contains(&form(id))).collect();
    let named: Vec<String> = unusual.iter().take(LIMITS.ids).map(|id| format!("{id:?}")).collect();
    let (id, have) = if unusual.len() == 1 { ("the id", "has") } else { ("the ids", "have") };
    let more = unusual.len().saturating_sub(LIMITS.ids);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    if let (false, Some(example)) = (named.is_empty(), documented().first()) {
        let named = named.join(", ");
        hint(&format!("note: {id} {named}{more} {have} another form than the documented ids, such as {example}"));
    }
}

/// Returns the form of an id: its hexadecimal digits, and the characters between them.
fn form(id: &str) -> String {
    id.chars().map(|character| if character.is_ascii_hexdigit() { 'h' } else { character }).collect()
}
