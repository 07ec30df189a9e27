//! The result of a comparison: an impact for each operation, and every change once.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::count;
use crate::schema::Problem;

/// The part of an operation that a change is in.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Part {
    /// The request: address, parameters, body, rules.
    Request,
    /// The responses.
    Response,
    /// The whole operation.
    Both,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Request => "request",
            Self::Response => "response",
            Self::Both => "both",
        })
    }
}

/// What a change does to those who used the old version.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub enum Effect {
    /// Nothing.
    #[default]
    None,
    /// There is something new to use.
    Additive,
    /// Something that worked no longer works.
    Breaking,
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Breaking => "breaking",
            Self::Additive => "additive",
            Self::None => "none",
        })
    }
}

/// The effect in each of the two categories.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Impact {
    /// On the wire: requests accepted before are still accepted, and captures of the old service are still read.
    pub wire: Effect,
    /// In Rust: callers that compiled still compile.
    pub rust: Effect,
}

impl Impact {
    /// The worse of both effects.
    #[must_use]
    pub fn worst(self) -> Effect {
        self.wire.max(self.rust)
    }

    fn and(self, other: Self) -> Self {
        Self { wire: self.wire.max(other.wire), rust: self.rust.max(other.rust) }
    }
}

/// One difference between the versions.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Change {
    /// What it does.
    pub impact: Impact,
    /// Where in the operation it is.
    pub part: Part,
    /// The place in the schemas, and the change in a sentence.
    pub what: Problem,
    /// Whether the place is in the old version, because the new one does not have it.
    pub in_base: bool,
}

/// The difference of two versions.
#[derive(Debug, Default)]
pub struct Report {
    /// The worst effects for every operation of either version.
    pub operations: BTreeMap<String, Impact>,
    /// Every change, and the operations that it concerns.
    pub changes: BTreeMap<Change, BTreeSet<String>>,
}

impl Report {
    /// The worst effects of all changes.
    #[must_use]
    pub fn impact(&self) -> Impact {
        self.changes.keys().fold(Impact::default(), |worst, change| worst.and(change.impact))
    }

    /// Adds the changes of one operation.
    pub fn add(&mut self, operation: &str, changes: Vec<Change>) {
        let impact = self.operations.entry(operation.to_owned()).or_default();
        for change in changes {
            *impact = impact.and(change.impact);
            self.changes.entry(change).or_default().insert(operation.to_owned());
        }
    }

    /// The changes with the worst first, in groups of the same impact.
    pub fn by_impact(&self) -> impl Iterator<Item = (Impact, Vec<(&Change, &BTreeSet<String>)>)> {
        let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (change, operations) in &self.changes {
            let order = Reverse((change.impact.worst(), change.impact));
            groups.entry(order).or_default().push((change, operations));
        }
        groups.into_iter().map(|(Reverse((_, impact)), changes)| (impact, changes))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.changes.is_empty() {
            return writeln!(f, "Nothing changed on the wire or in Rust.");
        }
        let concerned: BTreeSet<&String> = self.changes.values().flatten().collect();
        let width = concerned.iter().map(|name| name.len()).max().unwrap_or_default().max("operation".len());
        writeln!(f, "{:<width$}  {:<8}  Rust", "operation", "wire")?;
        for (name, Impact { wire, rust }) in self.operations.iter().filter(|(name, _)| concerned.contains(name)) {
            writeln!(f, "{name:<width$}  {wire:<8}  {rust}")?;
        }
        let unchanged = self.operations.len() - concerned.len();
        if unchanged > 0 {
            writeln!(f, "{} unchanged", count(unchanged, "operation"))?;
        }
        for (Impact { wire, rust }, changes) in self.by_impact() {
            writeln!(f, "\nwire: {wire}, Rust: {rust}")?;
            for (Change { part, what, in_base, .. }, operations) in changes {
                let names: Vec<&str> = operations.iter().map(String::as_str).collect();
                let part = if *part == Part::Both { String::new() } else { format!("{part} of ") };
                let base = if *in_base { "base:" } else { "" };
                writeln!(f, "  {}\n    {base}{} ({part}{})", what.message, what.place(), names.join(", "))?;
            }
        }
        Ok(())
    }
}
