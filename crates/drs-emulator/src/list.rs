//! The list of tasks: which are in it, in which order, and what is said of each.

use serde_json::{Map, Value, json};

use crate::engine::Call;
use crate::pages::Page;
use crate::refusal::Refusal;
use crate::store::{Store, Task};

/// What a list says of a task, by name.
const FIELDS: [&str; 14] = [
    "id",
    "name",
    "status",
    "description",
    "create_time",
    "engine_type",
    "net_type",
    "billing_tag",
    "job_direction",
    "db_use_type",
    "task_type",
    "children",
    "node_newFramework",
    "error_msg",
];

/// What only a list says of a task that was just made.
pub(crate) fn created(time: &str) -> Map<String, Value> {
    let said = [("create_time", json!(time)), ("billing_tag", json!(false)), ("node_newFramework", json!(false))];
    said.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// One page of the tasks that meet all conditions, the newest first.
pub(crate) fn show_job_list(store: &Store, call: &Call<'_>) -> Result<Value, Refusal> {
    let asked = &call.body;
    let page = Page::new(&asked["cur_page"], &asked["per_page"])?;
    let mut tasks = store.tasks();
    let mut found: Vec<(Map<String, Value>, &mut Task)> =
        tasks.values_mut().map(|task| (row(task), task)).filter(|(row, task)| meets(row, task, asked)).collect();
    let newest =
        |row: &Map<String, Value>| [row.get("create_time"), row.get("id")].map(|value| value.map(Value::to_string));
    found.sort_by_key(|(task, _)| std::cmp::Reverse(newest(task)));
    let total = found.len();
    // Looking at a task lets its state pass. A list by status does not, or its pages would not fit together.
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

/// A task in short.
fn row(task: &Task) -> Map<String, Value> {
    let value = |name: &str| match name {
        "create_time" => task.listed.get(name),
        // A task that runs again has no reason to have failed.
        "error_msg" if !task.status().ends_with("_FAILED") => None,
        _ => task.details.get(name).or_else(|| task.listed.get(name)),
    };
    FIELDS.iter().filter_map(|name| Some(((*name).to_owned(), value(name)?.clone()))).collect()
}

/// A condition of the request; the empty text sets none.
fn condition<'a>(asked: &'a Value, name: &str) -> Option<&'a str> {
    asked[name].as_str().filter(|wanted| !wanted.is_empty())
}

fn meets(row: &Map<String, Value>, task: &Task, asked: &Value) -> bool {
    let is = |name: &str, wanted: &str| row.get(name).is_some_and(|value| value == wanted);
    let engine = if asked["engine_type"].is_null() { Some("mysql") } else { condition(asked, "engine_type") };
    let tags = |list: &Value| list.as_array().cloned().unwrap_or_default();
    let has = tags(task.details.get("tags").unwrap_or(&Value::Null));
    // What a service is (`service_name`) is not documented, so every task belongs to each of them.
    ["db_use_type", "net_type", "status"]
        .iter()
        .all(|name| condition(asked, name).is_none_or(|wanted| is(name, wanted)))
        && engine.is_none_or(|wanted| is("engine_type", wanted))
        && condition(asked, "name").is_none_or(|wanted| is("name", wanted) || is("id", wanted))
        && condition(asked, "enterprise_project_id").is_none_or(|wanted| enterprise_project(task) == wanted)
        && tags(&asked["tags"]).iter().all(|tag| has.contains(tag))
}

/// The enterprise project of a task; 0 is the one called default.
fn enterprise_project(task: &Task) -> &str {
    let tags = task.details.get("sys_tags").and_then(Value::as_array).into_iter().flatten();
    let mut projects = tags.filter(|tag| tag["key"] == "_sys_enterprise_project_id");
    projects.find_map(|tag| tag["value"].as_str()).unwrap_or("0")
}
