//! What the emulator knows: tasks, and how far each has come.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use drs_types::common::ErrorCode;
use drs_types::{OPERATIONS, OperationInfo};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

/// Why reading a documented payload cannot fail.
const DOCUMENTED: &str = "codegen holds the documented payloads to their schemas";

/// The tasks, by id. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    tasks: Arc<Mutex<BTreeMap<String, Task>>>,
    /// How many ids were made. It never falls, so that no id comes twice, whatever is deleted.
    made: Arc<AtomicU64>,
}

/// One task.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    /// What is known of it, with the names of the details of a task.
    pub(crate) details: Map<String, Value>,
    /// What only a list of tasks says of it, and what it says in another form.
    pub(crate) listed: Map<String, Value>,
    /// The comparisons of its source and target, the oldest first: the type and the id of each.
    pub(crate) comparisons: Vec<(String, String)>,
    /// The calls that it has taken.
    pub(crate) taken: BTreeSet<&'static str>,
    /// Where its pre-check stands.
    pub(crate) precheck: Precheck,
}

/// Where the pre-check of a task stands.
#[derive(Clone, Debug)]
pub(crate) enum Precheck {
    /// No pre-check was started.
    NotStarted,
    /// It runs, and will be finished when it is looked at for the second time.
    Running,
    /// It is finished as a documented one is, text for text.
    Finished(Arc<RawValue>),
}

/// Why a call is not carried out on a task.
pub(crate) type Reason = (ErrorCode, String);

impl Task {
    /// A task of which nothing but the status is known.
    pub(crate) fn new(id: &str, status: &str) -> Self {
        let details = [("id", id), ("status", status)].map(|(name, value)| (name.to_owned(), value.into()));
        let details = Map::from_iter(details);
        let (listed, comparisons, taken) = (Map::new(), Vec::new(), BTreeSet::new());
        Self { details, listed, comparisons, taken, precheck: Precheck::NotStarted }
    }

    /// The value of `JobStatus` that it has.
    pub(crate) fn status(&self) -> &str {
        self.details.get("status").and_then(Value::as_str).unwrap_or_default()
    }

    /// Gives it another status.
    pub(crate) fn set_status(&mut self, status: &str) {
        self.details.insert("status".into(), status.into());
    }

    /// Takes over what a call says of the task, by the names of its details.
    pub(crate) fn learn(&mut self, said: &Value) {
        const NAMES: [&str; 10] = [
            "name",
            "description",
            "task_type",
            "net_type",
            "engine_type",
            "job_direction",
            "db_use_type",
            "tags",
            "is_target_readonly",
            "replace_definer",
        ];
        for name in NAMES {
            if let Some(value) = said.get(name).filter(|value| !value.is_null()) {
                self.details.insert(name.to_owned(), value.clone());
            }
        }
        for endpoint in ["source_endpoint", "target_endpoint"] {
            let Some(said) = said.get(endpoint).and_then(Value::as_object) else { continue };
            let known = self.details.entry(endpoint).or_insert_with(|| json!({}));
            for (name, value) in said.iter().filter(|(_, value)| !value.is_null()) {
                known[name] = value.clone();
            }
        }
    }

    /// The status; a state that passes by itself has passed when it is looked at the next time.
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
    /// The tasks of the documented payloads.
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
            task.precheck = Precheck::Finished(row.into());
            // It has come so far only behind these.
            task.taken.extend(["batch_validate_connections", "batch_update_job", "batch_check_jobs"]);
        }
        Self { tasks: Arc::new(Mutex::new(tasks)), made: Arc::default() }
    }

    /// A number for an id that no other id has.
    pub(crate) fn number(&self) -> u64 {
        self.made.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// The tasks; one caller at a time.
    pub(crate) fn tasks(&self) -> MutexGuard<'_, BTreeMap<String, Task>> {
        // A handler that panicked has left no task half changed: each change is one assignment.
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The elements of a list in the documented answers of an operation.
fn rows(operation: &str, list: &str) -> Vec<Box<RawValue>> {
    let info = OperationInfo::find(operation).expect("the schemas have this operation");
    let rows = info.response_examples().flat_map(|example| {
        let answer: BTreeMap<&str, &RawValue> = serde_json::from_str(example.json).expect(DOCUMENTED);
        let rows =
            answer.get(list).map(|rows| serde_json::from_str::<Vec<Box<RawValue>>>(rows.get()).expect(DOCUMENTED));
        rows.unwrap_or_default()
    });
    rows.collect()
}

/// The project that the documented examples belong to; any other one is refused.
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
