//! The types of the catalogue.

use std::fmt;

use serde::Serialize;

/// A group of items: one file of `schemas/checks/`.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct Group {
    /// The name of the file; for a group of the service, its name in a response.
    pub name: &'static str,
    /// A heading.
    pub title: &'static str,
    /// What the items have in common.
    pub description: &'static str,
    /// What the names of the items are.
    pub kind: GroupKind,
    /// The items.
    pub items: &'static [Item],
}

/// What the names of a group are.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GroupKind {
    /// Names of the service, in a group of the service.
    Group,
    /// Names of the service whose group is not known.
    Items,
    /// Names of ours for checks that pages of the vendor describe; no source has their names in a response.
    Topics,
}

/// A check item of the pre-check.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct Item {
    /// The name in a response; for a topic, a name of ours.
    pub name: &'static str,
    /// The group in a response, if a documented payload shows it.
    pub group: Option<&'static str>,
    /// Whether the name is ours, because no source has the name in a response.
    pub is_topic: bool,
    /// What holds when the check passes, in a sentence.
    pub checks: &'static str,
    /// Where the check looks.
    pub side: Side,
    /// The engines that have the check.
    pub engines: &'static [Engine],
    /// The tasks that have the check, where `engines` does not say it.
    pub scope: Option<&'static str>,
    /// Why the check fails, in sentences; empty when nothing is known.
    pub causes: &'static [&'static str],
    /// How to fix it, as steps or alternatives; empty when nothing is known.
    pub fix: &'static [Step],
    /// What to say of causes and fix when no page of the vendor has them.
    pub caution: Option<&'static str>,
    /// The results when the check does not pass, as pages and reports have them; empty when they are not known.
    pub results: &'static [&'static str],
    /// What else is known of the results.
    pub results_note: Option<&'static str>,
    /// The results in documented payloads.
    pub seen: &'static [&'static str],
    /// The failed reasons that were seen with the item.
    pub reasons: &'static [&'static str],
    /// Whether version 5 of the API may skip the check; `false` when that is not known.
    pub is_skippable: bool,
    /// How sure the explanation is.
    pub confidence: Confidence,
    /// How the name misleads.
    pub trap: Option<&'static str>,
    /// What else is known.
    pub notes: &'static [&'static str],
    /// The names of related items.
    pub see: &'static [&'static str],
    /// Other names under which people look for the item.
    pub aliases: &'static [&'static str],
    /// Where the check is described.
    pub sources: &'static [Source],
    /// The page of the item in the repository of `drs`.
    pub page: &'static str,
}

/// A step of a fix, or one of several alternatives.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct Step {
    /// What to do, in a sentence.
    pub text: &'static str,
    /// The engine that the step is for, where an item has several.
    pub engine: Option<Engine>,
    /// SQL statements; names and values in them are examples.
    pub sql: &'static [&'static str],
    /// Lines of the MongoDB shell.
    pub mongo: &'static [&'static str],
    /// Lines of a configuration file.
    pub config: &'static [&'static str],
    /// What to say of the step when it rests on something else than the other steps.
    pub caution: Option<&'static str>,
}

impl Step {
    /// The lines to run or to write, of any kind.
    pub fn lines(&self) -> impl Iterator<Item = &'static str> {
        [self.sql, self.mongo, self.config].into_iter().flatten().copied()
    }
}

/// A failed reason: a value of `failed_reason`.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct Reason {
    /// The value.
    pub code: &'static str,
    /// What it says, in a sentence.
    pub means: &'static str,
    /// The items that had it.
    pub items: &'static [&'static str],
    /// The one of these items whose fix removes the reason.
    pub explained_by: &'static str,
    /// What to do, where the fix of that item is for its other reasons.
    pub fix: Option<&'static str>,
    /// The results that came with it; empty when they are not known.
    pub results: &'static [&'static str],
    /// What to say of the meaning when no page of the vendor has it.
    pub caution: Option<&'static str>,
    /// How the name misleads.
    pub trap: Option<&'static str>,
    /// What else is known.
    pub note: Option<&'static str>,
    /// Whether a documented payload has it.
    pub is_documented: bool,
    /// Where else it was seen.
    pub sources: &'static [Source],
}

/// A cause that every check has.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct SharedCause {
    /// The cause.
    pub why: &'static str,
    /// What to do about it.
    pub fix: &'static str,
}

/// A source of an explanation.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct Source {
    /// What it is.
    pub title: &'static str,
    /// Its address, if it is a page.
    pub url: Option<&'static str>,
}

/// A database engine.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Engine {
    /// The key in the catalogue, such as `mysql`.
    pub name: &'static str,
    /// The name as people write it, such as `MySQL`.
    pub title: &'static str,
}

/// Where a check looks.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Side {
    /// At the source.
    Source,
    /// At the target.
    Target,
    /// At source and target.
    Both,
    /// At the network between them.
    Network,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Source => "source",
            Self::Target => "target",
            Self::Both => "both",
            Self::Network => "network",
        })
    }
}

/// How sure an explanation is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Confidence {
    /// No page of the vendor explains the item.
    Low,
    /// A page explains a check that is probably this one.
    Medium,
    /// A page explains this check.
    High,
}

impl Confidence {
    /// What the level means, in a clause.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Low => "no page of the vendor explains it",
            Self::Medium => "a page of the vendor explains what is probably this check",
            Self::High => "a page of the vendor explains it",
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        })
    }
}
