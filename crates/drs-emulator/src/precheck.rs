//! The pre-check of a task: its plan, the run that is under way, and the last report.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use drs_types::common::ErrorCode;
use drs_types::{Operation as _, operations::v3::batch_check_results::BatchCheckResults};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};
use tokio::time::Instant;

use crate::engine;

/// What the pre-check of a task does.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The runs, one for each start; the last one repeats.
    pub(crate) runs: Vec<Run>,
}

/// One run, from its start to its report.
#[derive(Debug)]
pub(crate) struct Run {
    /// The operation that the task must accept before this run.
    pub(crate) after: Option<&'static str>,
    pub(crate) steps: Vec<Step>,
    /// The time of each step. Without it a step lasts for one query.
    pub(crate) step_time: Option<Duration>,
    /// The report, whose first items are shown under way.
    pub(crate) report: Option<Arc<Report>>,
    /// Whether the report comes at the end. Otherwise the last step stays.
    pub(crate) ends: bool,
}

/// What a query gets while a run is under way.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Percent(u8),
    Previous,
    Missing,
    Refused(ErrorCode, String),
}

/// A finished report, for any task.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// The members of the entry. Null leaves out one that every entry has.
    pub(crate) members: Map<String, Value>,
    pub(crate) items: Vec<Box<RawValue>>,
}

/// The last report.
#[derive(Clone, Debug)]
enum Last {
    /// A documented one, byte for byte.
    Documented(Arc<RawValue>),
    Made(Arc<Report>),
}

/// The pre-check of a task.
#[derive(Clone, Debug)]
pub(crate) struct Precheck {
    plan: Arc<Plan>,
    /// The run of the last start.
    run: Option<usize>,
    /// When the run that is under way began, and the number of queries since then.
    under_way: Option<(Instant, usize)>,
    last: Option<Last>,
    /// Whether the task has accepted the operation that the next run needs.
    may_go_on: bool,
}

/// What the response to a query says of a task.
pub(crate) enum Answer {
    NotStarted,
    Missing,
    Refused(ErrorCode, String),
    Entry(Box<RawValue>),
}

/// The plan of a task that is not of a scenario: it is under way for one query, then it is as first documented.
static DOCUMENTED: LazyLock<Arc<Plan>> = LazyLock::new(|| {
    let documented = engine::documented(BatchCheckResults::INFO).expect("the schemas document a pre-check result");
    let report = Report::of(&documented["results"][0]);
    let run =
        Run { after: None, steps: vec![Step::Percent(0)], step_time: None, report: Some(report.into()), ends: true };
    Arc::new(Plan { runs: vec![run] })
});

impl Report {
    /// Takes the members and items of an entry; its id is of another task.
    pub(crate) fn of(entry: &Value) -> Self {
        let mut members = entry.as_object().cloned().unwrap_or_default();
        members.remove("precheck_id");
        let items = members.remove("precheck_result").and_then(|items| items.as_array().cloned()).unwrap_or_default();
        Self {
            members,
            items: items.iter().map(|item| to_raw_value(item).expect("a JSON value can be written")).collect(),
        }
    }

    /// Returns the entry of a task with this report.
    pub(crate) fn entry(&self, id: &str) -> Box<RawValue> {
        raw(&Entry { id, members: &self.members, items: &self.items })
    }

    /// Returns the entry of a task under way, with the first items.
    pub(crate) fn so_far(&self, id: &str, percent: u8) -> Box<RawValue> {
        let mut members = self.members.clone();
        members.retain(|name, _| ["rds_instance_id", "job_direction"].contains(&name.as_str()));
        members.insert("result".to_owned(), false.into());
        members.insert("process".to_owned(), format!("{percent}%").into());
        let shown = self.items.len() * usize::from(percent) / 100;
        raw(&Entry { id, members: &members, items: &self.items[..shown] })
    }
}

/// The entry of a task in the response.
struct Entry<'a> {
    id: &'a str,
    members: &'a Map<String, Value>,
    items: &'a [Box<RawValue>],
}

impl Serialize for Entry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entry = serializer.serialize_map(None)?;
        if !self.members.contains_key("precheck_id") {
            entry.serialize_entry("precheck_id", self.id)?;
        }
        for (name, value) in self.members.iter().filter(|(_, value)| !value.is_null()) {
            entry.serialize_entry(name, value)?;
        }
        if !self.members.contains_key("precheck_result") {
            entry.serialize_entry("precheck_result", self.items)?;
        }
        entry.end()
    }
}

fn raw(value: &impl Serialize) -> Box<RawValue> {
    to_raw_value(value).expect("keys and values are JSON")
}

impl Default for Precheck {
    fn default() -> Self {
        Self::planned(Arc::clone(&DOCUMENTED), None)
    }
}

impl Precheck {
    /// Creates a pre-check with a plan, and the report of an earlier one.
    pub(crate) fn planned(plan: Arc<Plan>, previous: Option<Arc<Report>>) -> Self {
        Self { plan, run: None, under_way: None, last: previous.map(Last::Made), may_go_on: false }
    }

    /// Creates a pre-check that is finished with a documented report.
    pub(crate) fn finished(documented: Box<RawValue>) -> Self {
        Self { last: Some(Last::Documented(documented.into())), ..Self::default() }
    }

    /// Starts the next run.
    pub(crate) fn start(&mut self) {
        self.run = match (self.run, self.next()) {
            (None, _) => Some(0),
            (Some(run), Some(next)) if next.after.is_none() || self.may_go_on => Some(run + 1),
            (same, _) => same,
        };
        self.under_way = Some((Instant::now(), 0));
        self.may_go_on = false;
    }

    /// Notes that the task has accepted an operation.
    pub(crate) fn accept(&mut self, operation: &str) {
        self.may_go_on |= self.next().is_some_and(|next| next.after == Some(operation));
    }

    fn next(&self) -> Option<&Run> {
        self.plan.runs.get(self.run? + 1)
    }

    /// Answers a query about the task.
    pub(crate) fn query(&mut self, id: &str) -> Answer {
        if let (Some((since, queries)), Some(run)) =
            (&mut self.under_way, self.run.and_then(|at| self.plan.runs.get(at)))
        {
            let step = match run.step_time {
                Some(time) => since.elapsed().as_nanos().checked_div(time.as_nanos()).unwrap_or(u128::MAX),
                None => *queries as u128,
            };
            *queries += 1;
            let stays = run.steps.last().filter(|_| !run.ends);
            let step = usize::try_from(step).ok().and_then(|step| run.steps.get(step)).or(stays);
            match step {
                Some(Step::Previous) => {}
                Some(Step::Missing) => return Answer::Missing,
                Some(Step::Refused(code, message)) => return Answer::Refused(code.clone(), message.clone()),
                Some(Step::Percent(percent)) => {
                    let none = Report::default();
                    return Answer::Entry(run.report.as_deref().unwrap_or(&none).so_far(id, *percent));
                }
                None => {
                    self.last = run.report.clone().map(Last::Made);
                    self.under_way = None;
                }
            }
        }
        match &self.last {
            None => Answer::NotStarted,
            Some(Last::Documented(documented)) => Answer::Entry(RawValue::to_owned(documented)),
            Some(Last::Made(report)) => Answer::Entry(report.entry(id)),
        }
    }
}
