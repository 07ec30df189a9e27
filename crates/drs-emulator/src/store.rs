//! The state of the emulator: its tasks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use drs_types::common::ErrorCode;
use drs_types::{OPERATIONS, OperationInfo};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::fields;
use crate::precheck::Precheck;
use crate::scenario::Scenario;

/// The reason why parsing a documented payload cannot fail.
const DOCUMENTED: &str = "codegen validates the documented payloads";

/// The calls that come before a pre-check result.
const BEFORE_RESULTS: [&str; 3] = ["batch_validate_connections", "batch_update_job", "batch_check_jobs"];

/// The tasks, by id. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    tasks: Arc<Mutex<BTreeMap<String, Task>>>,
    /// The number of created ids. It never falls, so that an id is never used twice.
    made: Arc<AtomicU64>,
}

/// A task.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    /// Its fields in the details of a task, and other fields from the request that created it.
    pub(crate) details: Map<String, Value>,
    /// Its fields that only the list of tasks has, or has in another form.
    pub(crate) listed: Map<String, Value>,
    /// The comparisons of its source and target, the oldest first: the type and the id of each.
    pub(crate) comparisons: Vec<(String, String)>,
    /// The calls that it has accepted.
    pub(crate) accepted: BTreeSet<&'static str>,
    /// Its pre-check.
    pub(crate) precheck: Precheck,
}

/// The code and message of a call that a task does not accept.
pub(crate) type Reason = (ErrorCode, String);

impl Task {
    /// Creates a task of which only id and status are known.
    pub(crate) fn new(id: &str, status: &str) -> Self {
        let details = [("id", id), ("status", status)].map(|(name, value)| (name.to_owned(), value.into()));
        let details = Map::from_iter(details);
        let (listed, comparisons, accepted) = (Map::new(), Vec::new(), BTreeSet::new());
        Self { details, listed, comparisons, accepted, precheck: Precheck::default() }
    }

    /// Returns its value of `JobStatus`.
    pub(crate) fn status(&self) -> &str {
        self.details.get("status").and_then(Value::as_str).unwrap_or_default()
    }

    /// Sets its value of `JobStatus`.
    pub(crate) fn set_status(&mut self, status: &str) {
        self.details.insert("status".into(), status.into());
    }

    /// Takes the fields that a request or a documented task has; the fields of an object one by one.
    pub(crate) fn learn(&mut self, source: &Value) {
        for name in fields::CHANGEABLE.iter() {
            match source.get(name) {
                None | Some(Value::Null) => {}
                Some(Value::Object(members)) => {
                    let known = self.details.entry(*name).or_insert_with(|| json!({}));
                    for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
                        known[name] = value.clone();
                    }
                }
                Some(value) => {
                    self.details.insert((*name).to_owned(), value.clone());
                }
            }
        }
    }

    /// Returns the status, and advances a state that passes by itself.
    pub(crate) fn report_status(&mut self) -> String {
        let reported = self.status().to_owned();
        let whole = self.details.get("task_type").is_none_or(|kind| kind != "FULL_TRANS");
        let next = match reported.as_str() {
            "CREATING" => "CONFIGURATION",
            "STARTJOBING" => "FULL_TRANSFER_STARTED",
            "FULL_TRANSFER_STARTED" => "FULL_TRANSFER_COMPLETE",
            "FULL_TRANSFER_COMPLETE" if whole => "INCRE_TRANSFER_STARTED",
            "RELEASE_RESOURCE_STARTED" => "RELEASE_RESOURCE_COMPLETE",
            other => other,
        };
        self.set_status(next);
        reported
    }
}

impl Store {
    /// Creates the tasks of the documented payloads.
    pub(crate) fn documented() -> Self {
        let mut tasks = BTreeMap::new();
        for row in rows("batch_list_job_details", "results") {
            let details: Map<String, Value> = serde_json::from_str(row.get()).expect(DOCUMENTED);
            let id = details["id"].as_str().expect(DOCUMENTED).to_owned();
            tasks.insert(id.clone(), Task { details, ..Task::new(&id, "") });
        }
        for row in rows("show_job_list", "jobs") {
            let listed: Map<String, Value> = serde_json::from_str(row.get()).expect(DOCUMENTED);
            let id = listed["id"].as_str().expect(DOCUMENTED).to_owned();
            let task = tasks.entry(id.clone()).or_insert_with(|| {
                let mut task = Task::new(&id, listed.get("status").and_then(Value::as_str).unwrap_or_default());
                task.learn(&Value::Object(listed.clone()));
                task
            });
            task.listed = listed;
        }
        for row in rows("batch_check_results", "results") {
            let Checked { precheck_id } = serde_json::from_str(row.get()).expect(DOCUMENTED);
            let task = tasks.entry(precheck_id.clone()).or_insert_with(|| Task::new(&precheck_id, "CONFIGURATION"));
            task.precheck = Precheck::finished(row);
            task.accepted.extend(BEFORE_RESULTS);
        }
        Self { tasks: Arc::new(Mutex::new(tasks)), made: Arc::default() }
    }

    /// Adds the tasks of a scenario.
    pub(crate) fn add(&self, scenario: &Scenario) {
        let mut tasks = self.tasks();
        for course in scenario.tasks() {
            for id in &course.ids {
                let mut task = Task::new(id, &course.status);
                let known = [("name", &course.name), ("engine_type", &course.engine_type)];
                let known =
                    known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?.into())));
                task.details.extend(known);
                task.accepted.extend(BEFORE_RESULTS);
                task.precheck = Precheck::planned(Arc::clone(&course.plan), course.previous.clone());
                if course.started {
                    task.precheck.start();
                }
                tasks.insert(id.clone(), task);
            }
        }
    }

    /// Returns a number that no other id has.
    pub(crate) fn number(&self) -> u64 {
        self.made.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Locks the tasks.
    pub(crate) fn tasks(&self) -> MutexGuard<'_, BTreeMap<String, Task>> {
        // A handler that panics leaves every task consistent: each change is one assignment.
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the items of an array in the documented responses of an operation.
fn rows(operation: &str, list: &str) -> Vec<Box<RawValue>> {
    let info = OperationInfo::find(operation).expect("the schemas have this operation");
    let rows = info.response_examples().flat_map(|example| {
        let response: BTreeMap<&str, &RawValue> = serde_json::from_str(example.json).expect(DOCUMENTED);
        let rows =
            response.get(list).map(|rows| serde_json::from_str::<Vec<Box<RawValue>>>(rows.get()).expect(DOCUMENTED));
        rows.unwrap_or_default()
    });
    rows.collect()
}

/// Returns the project of the documented payloads. The emulator refuses every other project.
#[must_use]
pub fn project_id() -> &'static str {
    let mut parameters = OPERATIONS.iter().flat_map(|info| info.parameters);
    let documented = parameters.find(|parameter| parameter.name == drs_types::PROJECT_ID);
    documented.and_then(|parameter| parameter.example).expect("service.json gives an example of the project id")
}

#[derive(Deserialize)]
struct Checked {
    precheck_id: String,
}
