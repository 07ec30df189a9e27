//! `checks/`: the catalogue of check items, and what the documented payloads show of them.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use super::document::{Doc, Problem};
use super::load::Sources;
use super::model::typed;

/// The file with what all items share.
pub const SHARED: &str = "checks/catalogue.json";

/// The catalogue of check items.
#[derive(Debug)]
pub struct Catalogue {
    /// What all items share.
    pub shared: Shared,
    /// The groups, in the order of their kinds and files.
    pub groups: Vec<Group>,
    /// What the documented payloads show.
    pub seen: Vec<Seen>,
}

/// What all items share.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shared {
    /// The stable name of the file.
    #[serde(rename = "$id")]
    pub id: String,
    #[serde(rename = "title")]
    _title: String,
    #[serde(rename = "description")]
    _description: String,
    /// The sources of the catalogue.
    pub sources: IndexMap<String, Origin>,
    /// The names of the engines as people write them.
    pub engines: IndexMap<String, String>,
    /// What to say of a statement that rests on something else than a page, by its basis.
    pub cautions: IndexMap<String, String>,
    /// The causes of every check.
    pub causes: Vec<SharedCause>,
    /// The failed reasons that were seen.
    pub reasons: IndexMap<String, Reason>,
}

/// A source of the catalogue.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// What it is.
    pub title: String,
    /// The address to which the path of a page is added.
    pub url: Option<String>,
}

/// A cause that every check has.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedCause {
    /// The cause.
    pub why: String,
    /// What to do about it.
    pub fix: String,
}

/// A failed reason.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// What it says.
    pub means: String,
    /// The items that had it.
    pub items: Vec<String>,
    /// The one of these items whose fix removes the reason.
    pub explained_by: String,
    /// What to do, where the fix of that item is for its other reasons.
    pub fix: Option<String>,
    /// The results that came with it.
    #[serde(default)]
    pub results: Vec<String>,
    /// What the meaning rests on.
    pub basis: String,
    /// How the name misleads.
    pub trap: Option<String>,
    /// What else is known.
    pub note: Option<String>,
    /// Where it was seen.
    pub sources: Vec<Cited>,
}

/// A group of items: one file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The name of the file; for a group of the service, its name on the wire.
    #[serde(skip)]
    pub name: String,
    /// The stable name of the file.
    #[serde(rename = "$id")]
    pub id: String,
    /// The heading.
    pub title: String,
    /// What its items have in common.
    pub description: String,
    /// What its names are.
    pub kind: GroupKind,
    /// The items, by name.
    pub items: IndexMap<String, Item>,
}

/// What the names of a group are.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// Names of the service, in a group of the service.
    Group,
    /// Names of the service whose group is not known.
    Items,
    /// Names of ours, for pages of the vendor.
    Topics,
}

/// A check item.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// What holds when it passes.
    pub checks: String,
    /// Where it looks.
    pub side: String,
    /// The engines that have it.
    pub engines: Vec<String>,
    /// The tasks that have it.
    pub scope: Option<String>,
    /// Why it fails.
    pub causes: Vec<String>,
    /// How to fix it.
    pub fix: Vec<Step>,
    /// What causes and fix rest on.
    pub basis: String,
    /// The results when it does not pass.
    pub results: Vec<String>,
    /// What else is known of the results.
    pub results_note: Option<String>,
    /// Whether version 5 may skip it.
    #[serde(default)]
    pub skippable: bool,
    /// How sure the explanation is.
    pub confidence: Confidence,
    /// How the name misleads.
    pub trap: Option<String>,
    /// What else is known.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Related items.
    #[serde(default)]
    pub see: Vec<String>,
    /// Other names of it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Where it is described.
    pub sources: Vec<Cited>,
}

/// How sure an explanation is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// A page explains the item.
    High,
    /// A page explains what is probably the item.
    Medium,
    /// No page explains it.
    Low,
}

/// A step of a fix.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What to do.
    #[serde(rename = "do")]
    pub text: String,
    /// The engine that it is for.
    #[serde(rename = "for")]
    pub engine: Option<String>,
    /// Statements.
    #[serde(default)]
    pub sql: Vec<String>,
    /// Lines of the MongoDB shell.
    #[serde(default)]
    pub mongo: Vec<String>,
    /// Lines of a configuration file.
    #[serde(default)]
    pub config: Vec<String>,
    /// What it rests on.
    pub basis: Option<String>,
}

/// A place in a source.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cited {
    /// The source.
    #[serde(rename = "in")]
    pub origin: String,
    /// The page in it.
    pub path: Option<String>,
}

/// A check item in a documented payload.
#[derive(Debug)]
pub struct Seen {
    /// Its name.
    pub item: String,
    /// Its group.
    pub group: String,
    /// Its result.
    pub result: String,
    /// Its reason, if it has one.
    pub reason: Option<String>,
    /// The payload.
    pub file: String,
    /// Its place there.
    pub pointer: String,
}

impl Catalogue {
    /// Parses the catalogue; `None` when there is none, or when a file has a mistake.
    #[must_use]
    pub fn read(sources: &Sources) -> (Option<Self>, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut files = sources.iter().filter(|doc| doc.path.starts_with("checks/")).peekable();
        if files.peek().is_none() {
            return (None, problems);
        }
        let mut groups: Vec<Group> = Vec::new();
        for doc in files.filter(|doc| doc.path != SHARED) {
            if let Some(mut group) = typed::<Group>(sources, doc, &mut problems) {
                name_of(doc).clone_into(&mut group.name);
                groups.push(group);
            }
        }
        groups.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
        let Some(shared) = sources.get(SHARED) else {
            if !sources.is_unfit(SHARED) {
                let message = "this file is missing; it holds the sources and the failed reasons";
                problems.push(Problem::of_file(format!("schemas/{SHARED}"), message));
            }
            return (None, problems);
        };
        let shared = typed::<Shared>(sources, shared, &mut problems);
        let complete = problems.is_empty();
        let catalogue = shared.map(|shared| Self { shared, groups, seen: seen(sources) });
        (catalogue.filter(|_| complete), problems)
    }

    /// All items with their groups.
    pub fn items(&self) -> impl Iterator<Item = (&Group, &str, &Item)> {
        self.groups.iter().flat_map(|group| group.items.iter().map(move |(name, item)| (group, name.as_str(), item)))
    }

    /// The failed reasons that an item had.
    pub fn reasons_of(&self, item: &str) -> impl Iterator<Item = &str> {
        let had = move |reason: &Reason| reason.items.iter().any(|name| name == item);
        self.shared.reasons.iter().filter(move |(_, reason)| had(reason)).map(|(code, _)| code.as_str())
    }

    /// The name of an engine as people write it.
    #[must_use]
    pub fn engine<'a>(&'a self, key: &'a str) -> &'a str {
        self.shared.engines.get(key).map_or(key, String::as_str)
    }

    /// What to say of a statement that does not rest on a page.
    #[must_use]
    pub fn caution(&self, basis: &str) -> Option<&str> {
        self.shared.cautions.get(basis).map(String::as_str)
    }

    /// The results that documented payloads have for an item.
    #[must_use]
    pub fn results_seen(&self, item: &str) -> BTreeSet<&str> {
        self.seen.iter().filter(|seen| seen.item == item).map(|seen| seen.result.as_str()).collect()
    }
}

/// The path of a file without folder and extension.
fn name_of(doc: &Doc) -> &str {
    let name = doc.path.rsplit('/').next().unwrap_or_default();
    name.strip_suffix(".json").unwrap_or(name)
}

/// Finds the check items in all documented payloads: objects with a name, a group and a result.
fn seen(sources: &Sources) -> Vec<Seen> {
    let mut found = Vec::new();
    for doc in sources.iter().filter(|doc| doc.path.contains("/examples/")) {
        walk(doc, &doc.value, "", &mut found);
    }
    found
}

fn walk(doc: &Doc, value: &Value, pointer: &str, found: &mut Vec<Seen>) {
    match value {
        Value::Object(object) => {
            let text = |key: &str| object.get(key).and_then(Value::as_str).map(str::to_owned);
            if let (Some(item), Some(group), Some(result)) = (text("item"), text("group"), text("result")) {
                let reason = text("failed_reason").filter(|reason| !reason.is_empty());
                let file = doc.path.clone();
                found.push(Seen { item, group, result, reason, file, pointer: pointer.to_owned() });
            }
            for (key, below) in object {
                walk(doc, below, &format!("{pointer}/{}", super::segment(key)), found);
            }
        }
        Value::Array(items) => {
            for (index, below) in items.iter().enumerate() {
                walk(doc, below, &format!("{pointer}/{index}"), found);
            }
        }
        _ => {}
    }
}
