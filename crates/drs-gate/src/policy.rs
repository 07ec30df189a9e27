//! The policy file: what stops a task, and who accepts which finding until when.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::date::Date;

/// A policy. Without a file it is the default: failed items stop a task, alarms do not, and nothing is waived.
///
/// `schemas/meta/policy.schema.json` is the schema of the file, for editors.
///
/// ```
/// use drs_gate::{FailOn, Policy};
///
/// let policy = Policy::parse(
///     r#"
///     fail_on = "alarm"
///
///     [[waivers]]
///     item = "srcCollHasTtlIndex"
///     task = "a281f62f-4631-45d6-a2d3-679a9f4jb105"   # without a task: for every task
///     reason = "The collection is rebuilt after the migration."
///     owner = "dba@example.com"
///     expires = 2026-12-31                            # the last day
///     "#,
/// )?;
/// assert_eq!(policy.fail_on, FailOn::Alarm);
/// assert_eq!(policy.waivers[0].owner, "dba@example.com");
/// # Ok::<(), drs_gate::PolicyError>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Policy {
    /// The mildest result that stops a task.
    pub fail_on: FailOn,
    /// The findings that someone has accepted.
    pub waivers: Vec<Waiver>,
}

/// The mildest result of an item that stops a task.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FailOn {
    /// Failed items stop a task; alarms are shown.
    #[default]
    Failed,
    /// Alarms stop a task too.
    Alarm,
}

/// The decision of someone to accept a finding.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Waiver {
    /// The name of the check item, exactly as the service writes it.
    pub item: String,
    /// The id of the task; without one, the waiver is for every task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// Why the finding is acceptable.
    pub reason: String,
    /// The person or team that has accepted it.
    pub owner: String,
    /// The last day on which the waiver counts.
    pub expires: Date,
}

impl Waiver {
    /// Whether the waiver is for this item of this task, on any day.
    #[must_use]
    pub fn is_for(&self, task: &str, item: &str) -> bool {
        self.item == item && self.task.as_deref().is_none_or(|named| named == task)
    }

    /// Whether the waiver counts no longer.
    #[must_use]
    pub fn is_expired(&self, today: Date) -> bool {
        self.expires < today
    }
}

/// The error of a policy file.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("line {line}: {problem}")]
#[non_exhaustive]
pub struct PolicyError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub help: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    fail_on: FailOn,
    #[serde(default)]
    waivers: Vec<Spanned<Waiver>>,
}

const HELP: &str = "a policy has fail_on (\"failed\" or \"alarm\") and [[waivers]], each with item, reason, owner, \
                    expires (a date such as 2026-12-31) and, for one task only, task";

impl Policy {
    /// Reads a policy file, which is TOML.
    ///
    /// # Errors
    /// The file is not TOML, has an unknown key or a wrong value, a waiver lacks what it needs, or is there a second time.
    pub fn parse(toml: &str) -> Result<Self, PolicyError> {
        let error = |span: Option<Range<usize>>, problem: String, help: &str| PolicyError {
            line: 1 + toml.get(..span.map_or(0, |span| span.start)).map_or(0, |before| before.matches('\n').count()),
            problem,
            help: help.to_owned(),
        };
        let file: File = toml::from_str(toml)
            .map_err(|wrong: toml::de::Error| error(wrong.span(), wrong.message().replace('\n', " "), HELP))?;
        let mut waivers: Vec<Waiver> = Vec::with_capacity(file.waivers.len());
        for waiver in file.waivers {
            let span = Some(waiver.span());
            let waiver = waiver.into_inner();
            let fields = [
                ("item", Some(&waiver.item)),
                ("task", waiver.task.as_ref()),
                ("reason", Some(&waiver.reason)),
                ("owner", Some(&waiver.owner)),
            ];
            if let Some((field, _)) =
                fields.iter().find(|(_, value)| value.is_some_and(|value| value.trim().is_empty()))
            {
                return Err(error(span, format!("the {field} of this waiver is blank"), "write it"));
            }
            if waivers.iter().any(|other| (&other.item, &other.task) == (&waiver.item, &waiver.task)) {
                let problem = format!("a second waiver for the same item {} and the same task", waiver.item);
                return Err(error(span, problem, "keep one of the two"));
            }
            waivers.push(waiver);
        }
        Ok(Self { fail_on: file.fail_on, waivers })
    }
}
