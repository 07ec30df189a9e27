//! Comparisons of the source and the target of a task. Each has an id, and a call queries its results by that id.

use drs_types::common::ErrorCode;
use serde_json::{Map, Value, json};

use crate::engine::{self, CheckedCall};
use crate::pages::Page;
use crate::refusal::Refusal;
use crate::rules::apply;
use crate::store::Store;

/// The type of a comparison of objects.
const OBJECTS: &str = "object_comparison";

/// Creates the requested comparisons: of objects, of data, or both.
pub(crate) fn create(store: &Store, call: &CheckedCall<'_>) -> Result<Value, Refusal> {
    let job = call.body["job_id"].as_str().unwrap_or_default();
    let mut tasks = store.tasks();
    apply(call.info, &mut tasks, job, &call.body).map_err(|reason| Refusal::of(&reason))?;
    let objects = (!call.body["object_level_compare_type"].is_null()).then_some(OBJECTS);
    let data = call.body["data_level_compare_info"]["compare_type"].as_str();
    let mut response = json!({ "job_id": job });
    for (name, kind) in [("object_level_compare_create_result", objects), ("data_level_compare_create_result", data)] {
        if let (Some(kind), Some(task)) = (kind, tasks.get_mut(job)) {
            let id = format!("00000000-0000-4000-9000-{:012x}", store.number());
            response[name] = json!({ "compare_task_id": id });
            task.comparisons.push((kind.to_owned(), id));
        }
    }
    Ok(response)
}

/// Returns the documented results of the requested comparisons, and one page of all comparisons of the task.
pub(crate) fn results(store: &Store, call: &CheckedCall<'_>) -> Result<Value, Refusal> {
    let page = Page::of(call.info, &call.body)?;
    let job = call.body["job_id"].as_str().unwrap_or_default();
    let documented = engine::respond(store, call)?;
    let comparisons = store.tasks().get(job).map(|task| task.comparisons.clone()).unwrap_or_default();
    let mut response = Map::new();
    response.insert("job_id".to_owned(), json!(job));
    for (asked, kind, name) in [
        ("object_level_compare_id", OBJECTS, "object_level_compare_results"),
        ("line_compare_id", "lines", "line_compare_results"),
        ("content_compare_id", "contents", "content_compare_results"),
    ] {
        let Some(id) = call.body[asked].as_str() else { continue };
        let known = comparisons.iter().any(|(its_kind, its_id)| its_kind == kind && its_id == id);
        let mut found = if known { documented[name].clone() } else { json!({}) };
        if known {
            engine::set(&mut found, "/compare_task_id", json!(id));
        } else {
            found["error_code"] = json!(ErrorCode::DrsM00002);
            found["error_msg"] = json!(format!("The task has no comparison {id:?} of this kind."));
        }
        response.insert(name.to_owned(), found);
    }
    let total = comparisons.len();
    let rows = comparisons.into_iter().rev().map(|(kind, id)| {
        json!({ "compare_task_id": id, "compare_type": kind, "compare_task_status": "SUCCESSFUL",
            "create_time": "1608366204171", "end_time": "1608366204171" })
    });
    let rows = page.cut(rows.collect());
    let list = json!({ "compare_task_list_count": total, "compare_task_list": rows });
    response.insert("compare_task_list_results".to_owned(), list);
    Ok(response.into())
}
