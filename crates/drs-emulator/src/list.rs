//! The list of tasks: its conditions, its order and its fields.

use serde_json::{Map, Value, json};

use crate::engine::CheckedCall;
use crate::fields::{CONDITIONS, LISTED};
use crate::pages::Page;
use crate::refusal::Refusal;
use crate::store::{Store, Task};

/// Returns the fields of a new task that only the list reports.
pub(crate) fn created(time: &str) -> Map<String, Value> {
    let fields = [("create_time", json!(time)), ("billing_tag", json!(false)), ("node_newFramework", json!(false))];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Returns one page of the tasks that meet all conditions, the newest first.
pub(crate) fn show_job_list(store: &Store, call: &CheckedCall<'_>) -> Result<Value, Refusal> {
    let asked = &call.body;
    let page = Page::of(call.info, &call.body)?;
    let mut tasks = store.tasks();
    let mut found: Vec<(Map<String, Value>, &mut Task)> =
        tasks.values_mut().map(|task| (row(task), task)).filter(|(row, task)| meets(row, task, asked)).collect();
    let newest =
        |row: &Map<String, Value>| [row.get("create_time"), row.get("id")].map(|value| value.map(Value::to_string));
    found.sort_by_key(|(task, _)| std::cmp::Reverse(newest(task)));
    let total = found.len();
    // Reporting a status advances it. A list by status does not advance it, or its pages would not fit together.
    let by_status = condition(asked, "status").is_some();
    let jobs: Vec<Value> = page
        .cut(found)
        .into_iter()
        .map(|(row, task)| {
            if !by_status {
                task.report_status();
            }
            Value::Object(row)
        })
        .collect();
    Ok(json!({ "total_record": total, "jobs": jobs }))
}

/// Returns a task with the fields of the list.
fn row(task: &Task) -> Map<String, Value> {
    let value = |name: &str| match name {
        "create_time" => task.listed.get(name),
        // A task that runs again has no error.
        "error_msg" if !task.status().ends_with("_FAILED") => None,
        _ => task.details.get(name).or_else(|| task.listed.get(name)),
    };
    LISTED.members.iter().filter_map(|(name, _)| Some(((*name).to_owned(), value(name)?.clone()))).collect()
}

/// Returns a condition of the request; an empty string is not a condition.
fn condition<'a>(asked: &'a Value, name: &str) -> Option<&'a str> {
    asked[name].as_str().filter(|wanted| !wanted.is_empty())
}

fn meets(row: &Map<String, Value>, task: &Task, asked: &Value) -> bool {
    let is = |name: &str, wanted: &str| row.get(name).is_some_and(|value| value == wanted);
    let tags = |tags: &Value| tags.as_array().cloned().unwrap_or_default();
    let has = tags(task.details.get("tags").unwrap_or(&Value::Null));
    // By default, the list has tasks of mysql. The values of `service_name` are not documented, so every task belongs to
    // every service.
    CONDITIONS.iter().all(|name| match condition(asked, name) {
        Some(wanted) => is(name, wanted) || (*name == "name" && is("id", wanted)),
        None => *name != "engine_type" || !asked[*name].is_null() || is(name, "mysql"),
    }) && condition(asked, "enterprise_project_id").is_none_or(|wanted| enterprise_project(task) == wanted)
        && tags(&asked["tags"]).iter().all(|tag| has.contains(tag))
}

/// Returns the enterprise project of a task; 0 is the default project.
fn enterprise_project(task: &Task) -> &str {
    let tags = task.details.get("sys_tags").and_then(Value::as_array).into_iter().flatten();
    let mut projects = tags.filter(|tag| tag["key"] == "_sys_enterprise_project_id");
    projects.find_map(|tag| tag["value"].as_str()).unwrap_or("0")
}
