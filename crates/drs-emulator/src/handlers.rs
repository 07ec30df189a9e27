//! The calls that create tasks, query them, and report pre-checks. `engine` handles all others.

use drs_types::common::{ErrorCode, JobId};
use drs_types::operations::v3::batch_check_results::{BatchQueryPrecheckResultReq, QueryPreCheckResp};
use drs_types::outline::Type;
use drs_types::{OperationInfo, Outline, redacted};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use crate::engine::{self, CheckedCall, refused};
use crate::fields::{CREATED, DETAILS};
use crate::pages::Page;
use crate::precheck::Answer;
use crate::refusal::Refusal;
use crate::rules::apply;
use crate::store::{Store, Task};
use crate::{comparisons, list};

/// The body of a success as JSON, or a refusal.
pub(crate) type Outcome = Result<Box<RawValue>, Refusal>;

/// Carries out a call.
pub(crate) fn respond(store: &Store, call: CheckedCall<'_>) -> Outcome {
    match call.info.id {
        "batch_check_results" => batch_check_results(store, call),
        "batch_create_jobs" => encode(&batch_create_jobs(store, &call)),
        "batch_list_job_status" => encode(&query(store, &call, status)?),
        "batch_list_job_details" => encode(&query(store, &call, details)?),
        "batch_list_progresses" => encode(&query(store, &call, progress)?),
        "show_job_list" => encode(&list::show_job_list(store, &call)?),
        "create_compare_task" => encode(&comparisons::create(store, &call)?),
        "list_compare_result" => encode(&comparisons::results(store, &call)?),
        _ => encode(&engine::respond(store, &call)?),
    }
}

/// Reports the pre-check of each task. A finished one is byte for byte as documented.
fn batch_check_results(store: &Store, call: CheckedCall<'_>) -> Outcome {
    #[derive(Serialize)]
    struct Results {
        count: usize,
        results: Vec<Box<RawValue>>,
    }

    let request: BatchQueryPrecheckResultReq =
        serde_json::from_value(call.body).map_err(|error| Refusal::new(ErrorCode::DrsM00200, error.to_string()))?;
    let jobs = request.jobs.into_iter();
    let results: Vec<_> = jobs.filter_map(|id| precheck(store, call.info, id).transpose()).collect::<Result<_, _>>()?;
    encode(&Results { count: results.len(), results })
}

/// Returns the entry of a task; `None` when the response has none.
fn precheck(store: &Store, info: &'static OperationInfo, id: JobId) -> Result<Option<Box<RawValue>>, Refusal> {
    let mut tasks = store.tasks();
    if let Err((code, message)) = apply(info, &mut tasks, id.as_str(), &Value::Null) {
        return encode(&refusal(id, code, message)).map(Some);
    }
    let answer = tasks.get_mut(id.as_str()).map_or(Answer::NotStarted, |task| task.precheck.query(id.as_str()));
    match answer {
        Answer::Entry(entry) => Ok(Some(entry)),
        Answer::Missing => Ok(None),
        Answer::Refused(code, message) => encode(&refusal(id, code, message)).map(Some),
        Answer::NotStarted => {
            let message = "No pre-check was started for this task; call batch_check_jobs first.".to_owned();
            encode(&refusal(id, ErrorCode::DrsM00304, message)).map(Some)
        }
    }
}

fn refusal(id: JobId, code: ErrorCode, message: String) -> QueryPreCheckResp {
    let mut refused = QueryPreCheckResp::default();
    refused.precheck_id = Some(id);
    refused.error_code = Some(code);
    refused.error_msg = Some(message);
    refused
}

/// Creates a task for each item of the request. Its id has the documented form.
fn batch_create_jobs(store: &Store, call: &CheckedCall<'_>) -> Value {
    let mut tasks = store.tasks();
    let wanted = call.body["jobs"].as_array().map(Vec::as_slice).unwrap_or_default();
    let results: Vec<Value> = wanted
        .iter()
        .filter_map(Value::as_object)
        .map(|wanted| {
            let id = format!("00000000-0000-4000-8000-{:07x}jb101", store.number());
            let mut task = Task::new(&id, "CREATING");
            task.details.extend(wanted.iter().map(|(name, value)| (name.clone(), value.clone())));
            // The clock of the emulator never advances, so that its responses are reproducible.
            task.details.insert("create_time".into(), "1608366204171".into());
            task.listed = list::created("2020-12-19 16:23:24");
            let row = reported(&task.details.clone().into(), &CREATED).unwrap_or_default();
            tasks.insert(id, task);
            row
        })
        .collect();
    json!({ "count": results.len(), "results": results })
}

/// Reports each task of the requested page, in the order of the request.
fn query(store: &Store, call: &CheckedCall<'_>, report: fn(&mut Task) -> Value) -> Result<Value, Refusal> {
    let mut ids = call.body["jobs"].as_array().map(Vec::as_slice).unwrap_or_default();
    if call.info.pages.is_some() {
        ids = Page::of(call.info, &call.body)?.cut_named(ids)?;
    }
    let mut tasks = store.tasks();
    let results: Vec<Value> = ids
        .iter()
        .filter_map(Value::as_str)
        .map(|id| match tasks.get_mut(id) {
            Some(task) => report(task),
            None => unknown(call.info, id),
        })
        .collect();
    Ok(json!({ "count": results.len(), "results": results }))
}

fn unknown(info: &OperationInfo, id: &str) -> Value {
    let reason = (ErrorCode::DrsM05003, "The emulator has no task with this id.".to_owned());
    info.batch.as_ref().map(|batch| refused(batch, id, &reason)).unwrap_or_default()
}

fn status(task: &mut Task) -> Value {
    json!({ "id": task.details["id"], "status": task.report_status() })
}

/// Returns the details of a task, without undocumented fields and secrets.
fn details(task: &mut Task) -> Value {
    let mut details = task.details.clone();
    details.insert("status".into(), task.report_status().into());
    reported(&details.into(), &DETAILS).unwrap_or_default()
}

/// Returns the documented part of a value, without secrets. A number in a string is reported as a number.
fn reported(value: &Value, outline: &Outline) -> Option<Value> {
    Some(match value {
        Value::Object(members) => {
            let documented = members.iter().filter(|(name, _)| !redacted::is_secret(name));
            let reported = documented.filter_map(|(name, member)| {
                Some((name.clone(), reported(member, outline.member(name).or(outline.others)?)?))
            });
            reported.collect()
        }
        Value::Array(items) => {
            let Some(outline) = outline.items else { return Some(value.clone()) };
            items.iter().filter_map(|item| reported(item, outline)).collect()
        }
        Value::String(string) if !outline.types.contains(&Type::String) && outline.types.contains(&Type::Integer) => {
            string.parse::<i64>().ok()?.into()
        }
        other => other.clone(),
    })
}

fn progress(task: &mut Task) -> Value {
    let status = task.report_status();
    let progress = if status == "INCRE_TRANSFER_STARTED" || status.ends_with("_COMPLETE") { "100" } else { "0" };
    let mut progress = json!({
        "job_id": task.details["id"],
        "progress": progress,
        "incre_trans_delay": "0",
        "transfer_status": status,
        "process_time": "0",
        "remaining_time": "0",
    });
    if let Some(mode) = task.details.get("task_type") {
        progress["task_mode"] = mode.clone();
    }
    progress
}

fn encode(body: &impl Serialize) -> Outcome {
    to_raw_value(body).map_err(|error| Refusal::new(ErrorCode::DrsM00004, error.to_string()))
}
