//! From the format of a scenario to tasks and their plans. What the format cannot say about itself is checked here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use drs_types::common::{EngineType, ErrorCode, JobStatus};
use drs_types::operations::v3::batch_check_results::BatchCheckResults;
use drs_types::{Operation as _, pointer, text};
use drs_validate::{Finding, Side, Validator};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

use super::format::{self, Format};
use crate::limits::MOST_TASKS;
use crate::precheck::{Plan, Report, Run, Step};
use crate::store::Store;

/// A mistake, and where: a JSON Pointer.
pub(super) type Mistake = (String, String);

/// One or many tasks with the same course.
#[derive(Clone, Debug)]
pub(crate) struct Tasks {
    pub(crate) ids: Vec<String>,
    pub(crate) name: Option<String>,
    pub(crate) engine_type: Option<String>,
    pub(crate) status: String,
    pub(crate) plan: Arc<Plan>,
    pub(crate) previous: Option<Arc<Report>>,
    pub(crate) started: bool,
}

/// The finished reports, by name.
type Reports = BTreeMap<String, Arc<Report>>;

/// Creates the tasks of a scenario.
pub(super) fn tasks(format: Format) -> Result<Vec<Tasks>, Mistake> {
    let named = format.reports.into_iter().map(|(name, report)| {
        let report = finished(&pointer::join("/reports", &name), report)?;
        Ok((name, Arc::new(report)))
    });
    let reports = named.collect::<Result<Reports, Mistake>>()?;
    let documented = Store::documented();
    let mut known: BTreeSet<String> = documented.tasks().keys().cloned().collect();
    let mut all = Vec::new();
    for (number, task) in format.tasks.into_iter().enumerate() {
        let at = format!("/tasks/{number}");
        let tasks = same_course(&at, task, &reports)?;
        for id in &tasks.ids {
            if !known.insert(id.clone()) {
                let problem = format!("expected a new id, found {id:?}, which another task has");
                return Err((format!("{at}/id"), problem));
            }
        }
        all.push(tasks);
    }
    Ok(all)
}

fn same_course(at: &str, task: format::Task, reports: &Reports) -> Result<Tasks, Mistake> {
    let listed = |field: &str, found: Result<(), drs_types::NotListed>| {
        found.map_err(|error| (format!("{at}/{field}"), error.to_string()))
    };
    listed("status", JobStatus::parse_listed(&task.status).map(drop))?;
    if let Some(engine) = &task.engine_type {
        listed("engine_type", EngineType::parse_listed(engine).map(drop))?;
    }
    let previous = task.previous.map(|name| named(&format!("{at}/previous"), &name, reports)).transpose()?;
    if task.runs.is_empty() {
        return Err((format!("{at}/runs"), "expected at least 1 run, found 0".to_owned()));
    }
    let runs = task.runs.into_iter().enumerate();
    let runs = runs.map(|(number, run)| planned(&format!("{at}/runs/{number}"), number, run, reports));
    let runs = runs.collect::<Result<Vec<_>, _>>()?;
    let ids = ids(at, &task.id, task.repeat)?;
    let format::Task { name, engine_type, status, started, .. } = task;
    Ok(Tasks { ids, name, engine_type, status, plan: Arc::new(Plan { runs }), previous, started })
}

fn named(at: &str, name: &str, reports: &Reports) -> Result<Arc<Report>, Mistake> {
    reports.get(name).cloned().ok_or_else(|| {
        let known: Vec<&str> = reports.keys().map(String::as_str).collect();
        let meant = text::nearest(name, known.iter().copied());
        let meant = meant.map_or(String::new(), |nearest| format!("; did you mean {nearest:?}?"));
        (at.to_owned(), format!("expected the name of a report ({}), found {name:?}{meant}", known.join(", ")))
    })
}

fn planned(at: &str, number: usize, run: format::Run, reports: &Reports) -> Result<Run, Mistake> {
    let mistake = |field: &str, problem: &str| Err((format!("{at}/{field}"), problem.to_owned()));
    if number == 0 && run.after.is_some() {
        return mistake("after", "the first run follows no other run, so it cannot wait for an operation");
    }
    if run.ends && run.report.is_none() {
        return mistake(
            "report",
            "expected the name of a report, found none; a run without an end has \"ends\": false",
        );
    }
    if !run.ends && run.steps.is_empty() {
        return mistake("steps", "expected at least 1 step, found 0: the last step of a run without an end stays");
    }
    if run.step_ms == Some(0) {
        return mistake("step_ms", "expected at least 1, found 0");
    }
    let report = run.report.map(|name| named(&format!("{at}/report"), &name, reports)).transpose()?;
    let steps = run.steps.into_iter().map(|step| match step {
        format::Step::Percent(progress) => Step::Percent(progress.0),
        format::Step::Previous => Step::Previous,
        format::Step::Missing => Step::Missing,
        format::Step::Refused(refused) => Step::Refused(ErrorCode::from(refused.code.as_str()), refused.message),
    });
    let step_time = run.step_ms.map(|time| Duration::from_millis(time.into()));
    Ok(Run { after: run.after.map(|name| name.0.id), steps: steps.collect(), step_time, report, ends: run.ends })
}

/// Returns the ids of tasks with the same course: they count up in the hexadecimal digits before `jb`.
fn ids(at: &str, first: &str, number: u32) -> Result<Vec<String>, Mistake> {
    let mistake = |field: &str, problem: String| (format!("{at}/{field}"), problem);
    let entry = json!({ "precheck_id": first, "result": false, "process": "0%", "precheck_result": [] });
    if let Some(finding) = findings(&entry).first() {
        return Err(mistake("id", finding.message()));
    }
    if !(1..=MOST_TASKS).contains(&number) {
        return Err(mistake("repeat", format!("expected a number from 1 to {MOST_TASKS}, found {number}")));
    }
    let counted = first.rfind("jb").and_then(|end| {
        let start = first[..end].rfind('-')? + 1;
        let from = u32::from_str_radix(&first[start..end], 16).ok()?;
        let width = end - start;
        let fits = u64::from(from) + u64::from(number) <= 1 << (4 * width);
        fits.then(|| {
            (0..number).map(|n| format!("{}{:0width$x}{}", &first[..start], from + n, &first[end..])).collect()
        })
    });
    counted.ok_or_else(|| mistake("id", format!("expected digits before `jb` for {number} ids, found {first:?}")))
}

/// Creates a report, and validates it.
fn finished(at: &str, report: format::Report) -> Result<Report, Mistake> {
    let format::Report { like, items, entry, undocumented } = report;
    let mut base = match &like {
        Some(id) => documented(id).map_err(|problem| (format!("{at}/like"), problem))?,
        None => Map::new(),
    };
    let inherited = match base.remove("precheck_result") {
        Some(Value::Array(inherited)) => inherited,
        _ => Vec::new(),
    };
    let replaced: Vec<&Value> = items.iter().filter_map(|item| item.get("item")).collect();
    let mut all: Vec<Value> = inherited.into_iter().filter(|item| !replaced.contains(&&item["item"])).collect();
    let inherited = all.len();
    all.extend(items.iter().cloned().map(Value::Object));

    let count =
        |wanted: &[&str]| all.iter().filter(|item| wanted.iter().any(|result| item["result"] == *result)).count();
    let rate = (count(&["PASSED", "ALARM"]) * 100).checked_div(all.len()).unwrap_or(100);
    let derived = [
        ("result", json!(count(&["FAILED"]) == 0)),
        ("process", json!("100%")),
        ("total_passed_rate", json!(format!("{rate}%"))),
    ];
    base.remove("precheck_id");
    let mut members = base;
    members.extend(derived.map(|(name, value)| (name.to_owned(), value)));
    members.extend(entry);
    let items: Vec<Box<RawValue>> =
        all.iter().map(|item| to_raw_value(item).expect("a JSON value can be written")).collect();
    let report = Report { members, items };
    if !undocumented {
        let written: Value = serde_json::from_str(report.entry(example()).get()).expect("the report is JSON");
        if let Some(finding) = findings(&written).first() {
            return Err((origin(at, &finding.pointer, inherited), finding.message()));
        }
    }
    Ok(report)
}

/// Returns the documented entry of a task.
fn documented(id: &str) -> Result<Map<String, Value>, String> {
    let entries = BatchCheckResults::INFO.response_examples().flat_map(|example| {
        let response: Value = serde_json::from_str(example.json).expect("codegen has parsed every documented payload");
        response["results"].as_array().cloned().unwrap_or_default()
    });
    let entries: Vec<Value> = entries.collect();
    let ids: Vec<&str> = entries.iter().filter_map(|entry| entry["precheck_id"].as_str()).collect();
    let found = entries.iter().find(|entry| entry["precheck_id"] == id).and_then(Value::as_object);
    found
        .cloned()
        .ok_or_else(|| format!("expected the id of a documented pre-check ({}), found {id:?}", ids.join(", ")))
}

/// A documented id, for a report that is validated without a task.
fn example() -> &'static str {
    "140b5236-88ad-43c8-811c-1268453jb101"
}

/// Validates an entry of the response.
fn findings(entry: &Value) -> Vec<Finding> {
    let response = json!({ "count": 1, "results": [entry] });
    Validator::new().validate_value(BatchCheckResults::INFO, Side::Response(200), &response)
}

/// Returns where in a scenario a value of an entry comes from. The first items come from a documented report.
fn origin(at: &str, pointer: &str, inherited: usize) -> String {
    let Some(inside) = pointer.strip_prefix("/results/0") else { return at.to_owned() };
    let Some(item) = inside.strip_prefix("/precheck_result/") else { return format!("{at}/entry{inside}") };
    let (index, rest) = item.split_once('/').map_or((item, String::new()), |(index, rest)| (index, format!("/{rest}")));
    let index = index.parse::<usize>().unwrap_or_default().saturating_sub(inherited);
    format!("{at}/items/{index}{rest}")
}
