//! Doubts: what a report lacks, and where it contradicts itself.

use std::fmt;

use drs_types::Misfit;
use drs_types::text::count;
use serde::{Serialize, Serializer};

use crate::report::CheckResult;

/// A reason why a report does not prove what it says. `Display` renders it as a sentence without a full stop.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Doubt {
    /// The progress is missing.
    ProgressMissing,
    /// The progress is not a percentage.
    ProgressUnreadable {
        /// The string.
        found: String,
    },
    /// The service does not say whether the task may start.
    ResultMissing,
    /// The service calls the pre-check passed although items failed.
    PassedDespiteFailedItems {
        /// The names of the failed items.
        items: Vec<String>,
    },
    /// The service calls the pre-check failed, but names no failed item.
    FailedWithoutItem,
    /// The array of items is empty: nothing was checked.
    NoItems,
    /// The share of passed items is not a percentage.
    PassRateUnreadable {
        /// The string.
        found: String,
    },
    /// The share of passed items is another one than that of the items.
    PassRateAgainstItems {
        /// The share, as the service wrote it.
        rate: String,
        /// The number of items that are passed or have an alarm.
        passed: usize,
        /// The number of items.
        items: usize,
    },
    /// The number of entries is another one than the response says. It concerns the whole response.
    CountAgainstEntries {
        /// The number in the response.
        count: i64,
        /// The number of entries.
        entries: usize,
    },
    /// There is an error message, but no error code.
    ErrorWithoutCode {
        /// The message.
        message: String,
    },
    /// The service refuses to report on the task, but calls its pre-check passed.
    RefusedButPassed,
    /// An item has no result.
    ItemResultMissing {
        /// The name of the item.
        item: String,
    },
    /// An item has a result that is not documented.
    ItemResultUnlisted {
        /// The name of the item.
        item: String,
        /// The result.
        found: String,
    },
    /// An item that did not fail has a subtask that did, or one without a result.
    SubtaskAgainstItem {
        /// The name of the item.
        item: String,
        /// The result of the item.
        result: CheckResult,
        /// The name of the subtask.
        subtask: String,
        /// The result of the subtask.
        found: Option<CheckResult>,
    },
    /// A value does not fit the documentation and was left out.
    Misfit(Misfit),
    /// The response has several entries about the task, and they differ.
    EntriesDiffer,
    /// The report is the one of before the start.
    UnchangedSinceStart,
    /// The call that asked for the report failed.
    CallFailed {
        /// The error.
        message: String,
    },
    /// There is no task.
    NoTasks,
}

impl Doubt {
    /// The kind of the doubt, as JSON has it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::ProgressMissing => "progress_missing",
            Self::ProgressUnreadable { .. } => "progress_unreadable",
            Self::ResultMissing => "result_missing",
            Self::PassedDespiteFailedItems { .. } => "passed_despite_failed_items",
            Self::FailedWithoutItem => "failed_without_item",
            Self::NoItems => "no_items",
            Self::PassRateUnreadable { .. } => "pass_rate_unreadable",
            Self::PassRateAgainstItems { .. } => "pass_rate_against_items",
            Self::CountAgainstEntries { .. } => "count_against_entries",
            Self::ErrorWithoutCode { .. } => "error_without_code",
            Self::RefusedButPassed => "refused_but_passed",
            Self::ItemResultMissing { .. } => "item_result_missing",
            Self::ItemResultUnlisted { .. } => "item_result_unlisted",
            Self::SubtaskAgainstItem { .. } => "subtask_against_item",
            Self::Misfit(_) => "misfit",
            Self::EntriesDiffer => "entries_differ",
            Self::UnchangedSinceStart => "unchanged_since_start",
            Self::CallFailed { .. } => "call_failed",
            Self::NoTasks => "no_tasks",
        }
    }

    /// The item that the doubt is about; `None` when it is about the whole report.
    #[must_use]
    pub fn item(&self) -> Option<&str> {
        match self {
            Self::ItemResultMissing { item }
            | Self::ItemResultUnlisted { item, .. }
            | Self::SubtaskAgainstItem { item, .. } => Some(item),
            _ => None,
        }
    }

    /// Whether a report with this doubt cannot be passed. The other doubts contradict the service's own result only, and
    /// the items decide.
    #[must_use]
    pub fn makes_unclear(&self) -> bool {
        !matches!(self, Self::PassedDespiteFailedItems { .. } | Self::FailedWithoutItem)
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ProgressMissing => f.write_str("the progress is missing"),
            Self::ProgressUnreadable { found } => {
                write!(f, "the progress is {found:?}, which is not a percentage from 0% to 100%")
            }
            Self::ResultMissing => f.write_str("the result of the pre-check is missing"),
            Self::PassedDespiteFailedItems { items } => {
                let number = count(items.len() as u64, "item");
                write!(f, "the service calls the pre-check passed, but {number} failed: {}", items.join(", "))
            }
            Self::FailedWithoutItem => f.write_str("the service calls the pre-check failed, but no item failed"),
            Self::NoItems => f.write_str("the array of check items is empty"),
            Self::PassRateUnreadable { found } => {
                write!(f, "the share of passed items is {found:?}, which is not a percentage from 0% to 100%")
            }
            Self::PassRateAgainstItems { rate, items: 0, .. } => {
                write!(f, "the share of passed items is {rate:?}, but no item is reported")
            }
            Self::PassRateAgainstItems { rate, passed, items } => {
                let items = count(*items as u64, "item");
                write!(f, "the share of passed items is {rate:?}, but {passed} of {items} count as passed")
            }
            Self::CountAgainstEntries { count: said, entries } => {
                let entries = count(*entries as u64, "entry");
                write!(f, "count is {said}, but the response has {entries}")
            }
            Self::ErrorWithoutCode { message } => write!(f, "error_msg is {message:?}, without an error_code"),
            Self::RefusedButPassed => {
                f.write_str("the service refuses to report on the task, but calls its pre-check passed")
            }
            Self::ItemResultMissing { item } => write!(f, "item {item}: the result is missing"),
            Self::ItemResultUnlisted { item, found } => {
                write!(f, "item {item}: the result is {found:?}, which is not documented")
            }
            Self::SubtaskAgainstItem { item, result, subtask, found } => {
                let result = result.as_str();
                write!(f, "item {item}: the result is {result:?}, but ")?;
                match found {
                    None => write!(f, "subtask {subtask} is listed as failed"),
                    Some(found) => write!(f, "the result of subtask {subtask} is {:?}", found.as_str()),
                }
            }
            Self::Misfit(misfit) => write!(f, "{misfit}"),
            Self::EntriesDiffer => f.write_str("the response has several entries about this task, and they differ"),
            Self::UnchangedSinceStart => {
                f.write_str("the report did not change since before the start, so it may be about an earlier pre-check")
            }
            Self::CallFailed { message } => write!(f, "the call failed: {message}"),
            Self::NoTasks => f.write_str("there is no task"),
        }
    }
}

/// A doubt in JSON.
#[derive(Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(rename = "Doubt"))]
struct Row {
    /// The kind of the doubt, such as `item_result_unlisted`.
    kind: &'static str,
    /// The item that the doubt is about; missing when it is about the whole report.
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<String>,
    /// The doubt as a sentence.
    message: String,
}

impl Serialize for Doubt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let item = self.item().map(str::to_owned);
        Row { kind: self.kind(), item, message: self.to_string() }.serialize(serializer)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Doubt {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        Row::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Row::json_schema(generator)
    }
}
