//! The report on the pre-check of one task, without a trace of the version of the API that it came from.

use std::collections::BTreeMap;

use drs_types::{Misfit, Percent};
use serde::{Deserialize, Serialize};

/// What the service says about the pre-check of one task.
///
/// A mapping such as `v3` makes it; nothing else knows the version of the API. A missing field is one that the response
/// does not have.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct PrecheckReport {
    /// The id of the task, as the response has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// How far the pre-check has come, such as `62%`. It is finished only at 100%.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<Percent>,
    /// Whether the service calls the pre-check passed. It means nothing below 100%.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<bool>,
    /// The share of the check items that are passed. Items with an alarm count as passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pass_rate: Option<Percent>,
    /// The id of the database instance on the side of the cloud.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// The way that the data goes, such as `up`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<String>,
    /// The check items; missing when the response has no array of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<CheckItem>>,
    /// Why the service refuses to report on the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    /// An error message that has no error code beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// The values of the entry that do not fit the documentation and were left out of this report.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub misfits: Vec<Misfit>,
    /// Whether the response has further entries about the task that differ from this one, the first.
    #[serde(skip_serializing_if = "is_false")]
    pub contradicted: bool,
}

impl PrecheckReport {
    /// The check items; none when the response has no array of them.
    #[must_use]
    pub fn items(&self) -> &[CheckItem] {
        self.items.as_deref().unwrap_or_default()
    }

    /// The items that the service was told to skip.
    pub fn skipped(&self) -> impl Iterator<Item = &CheckItem> {
        self.items().iter().filter(|item| item.skipped)
    }

    /// Whether two reports say the same. The order of items does not count, because the service does not promise one.
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        let sorted = |report: &Self| {
            let mut items: Vec<CheckItem> = report.items().to_vec();
            items.sort();
            items
        };
        // The list of fields is complete: a new one does not compile here.
        let Self {
            task,
            progress,
            result,
            pass_rate,
            instance,
            direction,
            items,
            refusal,
            error_message,
            misfits: _,
            contradicted: _,
        } = self;
        (task, progress, result, pass_rate) == (&other.task, &other.progress, &other.result, &other.pass_rate)
            && (instance, direction) == (&other.instance, &other.direction)
            && (refusal, error_message) == (&other.refusal, &other.error_message)
            && items.as_ref().map(Vec::len) == other.items.as_ref().map(Vec::len)
            && (self.items() == other.items() || sorted(self) == sorted(other))
    }

    /// Whether the pre-check has ended: its progress is exactly 100%.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.progress.as_ref().is_some_and(Percent::is_complete)
    }

    /// Whether the pre-check is known to run: its progress is below 100%.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.progress.as_ref().is_some_and(|progress| progress.value().is_some() && !progress.is_complete())
    }
}

/// The result of one check item.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct CheckItem {
    /// The name of the check, such as `dstDbDiskSize`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// The group of the check, such as `network`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The result of the check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<CheckResult>,
    /// Why the item failed, or what its alarm is about: a code such as `SRC_HAS_TTL_INDEXES`. Never blank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The message as the database gave it. Never blank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The figures and names of the result, verbatim. `Evidence` decodes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// The subtasks that the item failed for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subtasks: Vec<Subtask>,
    /// Whether the service was told to skip the item.
    #[serde(skip_serializing_if = "is_false")]
    pub skipped: bool,
    /// Whether the service lets someone skip the item; missing when the response does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_skip: Option<bool>,
}

impl CheckItem {
    /// The name of the item, or words in its place.
    #[must_use]
    pub fn name(&self) -> &str {
        self.item.as_deref().unwrap_or("without a name")
    }
}

/// A subtask that a check item failed for.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct Subtask {
    /// The id of the subtask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name of the subtask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The result of the check for the subtask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<CheckResult>,
}

impl Subtask {
    /// The name of the subtask, or its id, or words in their place.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_deref().or(self.id.as_deref()).unwrap_or("without a name")
    }
}

/// The result of a check. In JSON it is a string: `PASSED`, `ALARM`, `FAILED`, or what the service wrote instead.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
pub enum CheckResult {
    /// Nothing to do.
    Passed,
    /// The task may start, but someone should look at the reason first.
    Alarm,
    /// The task cannot start.
    Failed,
    /// A result that the documentation does not list, verbatim.
    Unlisted(String),
}

impl CheckResult {
    /// The result as a string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Passed => "PASSED",
            Self::Alarm => "ALARM",
            Self::Failed => "FAILED",
            Self::Unlisted(found) => found,
        }
    }
}

impl From<String> for CheckResult {
    /// Reads what [`CheckResult::as_str`] wrote.
    fn from(text: String) -> Self {
        match text.as_str() {
            "PASSED" => Self::Passed,
            "ALARM" => Self::Alarm,
            "FAILED" => Self::Failed,
            _ => Self::Unlisted(text),
        }
    }
}

impl From<CheckResult> for String {
    fn from(result: CheckResult) -> Self {
        match result {
            CheckResult::Unlisted(found) => found,
            listed => listed.as_str().to_owned(),
        }
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for CheckResult {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CheckResult".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "examples": ["PASSED", "ALARM", "FAILED"] })
    }
}

/// The refusal of the service to report on one task.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Refusal {
    /// The error code, such as `DRS.M05003`.
    pub code: String,
    /// The message of the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What the documentation says about the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<String>,
    /// Whether the same request may succeed a while later, without any other action; missing for a code that is not
    /// documented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temporary: Option<bool>,
}

/// What a request for the pre-check results of one task led to.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// The response has an entry about the task.
    Reported(Box<PrecheckReport>),
    /// The response has the report of before the start, and it did not change; see [`RunWatch`](crate::RunWatch).
    Stale(Box<PrecheckReport>),
    /// The response does not mention the task.
    Missing,
    /// There is no response that could mention the task.
    CallFailed(CallFailure),
}

/// The failure of a call, as reports show it.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CallFailure {
    /// The error, for people.
    pub message: String,
    /// What to do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub help: Vec<String>,
    /// Facts about the error by name, such as `error_code`, `status` and `request_id`.
    #[serde(flatten)]
    pub facts: BTreeMap<String, String>,
}

impl CallFailure {
    /// A failure with this message.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }
}

impl Outcome {
    /// The report; `None` when the service gave none.
    #[must_use]
    pub fn report(&self) -> Option<&PrecheckReport> {
        match self {
            Self::Reported(report) | Self::Stale(report) => Some(report),
            Self::Missing | Self::CallFailed(_) => None,
        }
    }
}

impl From<PrecheckReport> for Outcome {
    fn from(report: PrecheckReport) -> Self {
        Self::Reported(Box::new(report))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
pub(crate) fn is_false(value: &bool) -> bool {
    !value
}
