//! The format of a scenario file. `schemas/meta/scenario.schema.json` and `docs/scenarios.md` are derived from these types.

use std::collections::BTreeMap;

use drs_types::{OPERATIONS, OperationInfo, text};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::fault::Fault;

/// A scenario of the emulator of drs: tasks whose pre-checks take their course, and calls that
/// go wrong. All of it is made up.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Format {
    /// Always true. It tells a reader that nothing here was recorded from the service.
    #[allow(dead_code, reason = "the type accepts nothing but true")]
    pub(crate) synthetic: Synthetic,
    /// The scenario in one line.
    pub(crate) title: String,
    /// What happens in the scenario, and what there is to see.
    #[serde(default)]
    pub(crate) description: String,
    /// The reports that pre-checks end with, by a name of your choice.
    #[serde(default)]
    pub(crate) reports: BTreeMap<String, Report>,
    /// The tasks that the emulator has in addition to the documented ones.
    #[serde(default)]
    pub(crate) tasks: Vec<Task>,
    /// What goes wrong with calls of the service and of IAM.
    #[serde(default)]
    pub(crate) faults: Vec<Fault>,
    /// A number that chooses the calls of faults with a probability: 0 by default.
    #[serde(default)]
    pub(crate) seed: u64,
}

/// The value true.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "bool")]
pub(crate) struct Synthetic;

/// The report of a pre-check that is finished. What it does not say follows from its items: `result` is false when an item
/// is FAILED, `total_passed_rate` counts PASSED and ALARM, and `process` is 100%.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Report {
    /// The id of a task of the documented pre-check results. Its items come first, unless `items` has others of the same
    /// name.
    #[serde(default)]
    pub(crate) like: Option<String>,
    /// The check items, as in `precheck_result` of the response.
    #[serde(default)]
    pub(crate) items: Vec<Map<String, Value>>,
    /// Members of the entry of the response that replace the derived ones; null removes one.
    #[serde(default)]
    pub(crate) entry: Map<String, Value>,
    /// Whether the report breaks the documentation on purpose. Otherwise a report that does is refused.
    #[serde(default)]
    pub(crate) undocumented: bool,
}

/// A task, or many with the same course.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Task {
    /// The id, in the form of the documented ids.
    pub(crate) id: String,
    /// The number of tasks: 1 by default, at most 1,000,000. The ids count up from `id`, in the hexadecimal digits before `jb`.
    #[serde(default = "one")]
    pub(crate) repeat: u32,
    /// The name.
    #[serde(default)]
    pub(crate) name: Option<String>,
    /// The kind of databases, such as `mysql` or `mongodb`.
    #[serde(default)]
    pub(crate) engine_type: Option<String>,
    /// The status: CONFIGURATION by default, in which a pre-check can be started.
    #[serde(default = "configuration")]
    pub(crate) status: String,
    /// The name of the report of an earlier pre-check, which is there before the first start.
    #[serde(default)]
    pub(crate) previous: Option<String>,
    /// Whether the first run is under way when the emulator starts.
    #[serde(default)]
    pub(crate) started: bool,
    /// What the pre-check does after each start. A start after the last run repeats the last run.
    pub(crate) runs: Vec<Run>,
}

/// One run of a pre-check, from its start to its report.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Run {
    /// The operation that the task must accept before this run, such as `batch_update_job`. Until then a start repeats the
    /// run before.
    #[serde(default)]
    pub(crate) after: Option<OperationName>,
    /// What queries get before the report.
    #[serde(default)]
    pub(crate) steps: Vec<Step>,
    /// How long each step lasts in milliseconds. Without it a step lasts for one query.
    #[serde(default)]
    pub(crate) step_ms: Option<u32>,
    /// The name of the report at the end. A percentage before it shows the first of its items.
    #[serde(default)]
    pub(crate) report: Option<String>,
    /// Whether the report comes. With false, the last step stays for ever.
    #[serde(default = "yes")]
    pub(crate) ends: bool,
}

/// What a query of a pre-check gets while it is under way.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Step {
    /// A report with this progress in percent, and with the first items of the report at the end.
    Percent(Progress),
    /// The report of the previous pre-check, as if the new one had not begun.
    Previous,
    /// No entry for the task.
    Missing,
    /// An entry with an error inside the response.
    Refused(Refused),
}

/// The error of a task inside a response.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Refused {
    /// The code of the error, such as `DRS.M00300`.
    pub(crate) code: String,
    /// The message of the error.
    pub(crate) message: String,
}

/// A progress in percent, below 100.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "u8")]
pub(crate) struct Progress(pub(crate) u8);

/// The name of an operation, as `drs ops` lists it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct OperationName(pub(crate) &'static OperationInfo);

fn yes() -> bool {
    true
}

fn one() -> u32 {
    1
}

fn configuration() -> String {
    "CONFIGURATION".to_owned()
}

impl TryFrom<bool> for Synthetic {
    type Error = &'static str;

    fn try_from(value: bool) -> Result<Self, Self::Error> {
        if value { Ok(Self) } else { Err("expected true, found false: a scenario is made up") }
    }
}

impl TryFrom<u8> for Progress {
    type Error = String;

    fn try_from(value: u8) -> Result<Self, Self::Error> {
        if value < 100 { Ok(Self(value)) } else { Err(format!("expected a percentage from 0 to 99, found {value}")) }
    }
}

impl TryFrom<String> for OperationName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        OperationInfo::find(&name).map(Self).ok_or_else(|| {
            let meant = text::nearest(&name, OPERATIONS.iter().map(|info| info.id));
            let meant = meant.map_or(String::new(), |nearest| format!("; did you mean {nearest}?"));
            format!("expected the name of an operation, found {name:?}{meant}")
        })
    }
}
