//! What is said about two versions: a verdict for each operation, and every change once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::schema::Problem;

/// Who is concerned.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Who {
    /// Whoever makes requests.
    Sends,
    /// Whoever reads answers.
    Reads,
    /// Both of them.
    Everyone,
}

/// What a change does to someone who knows the old version.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub enum Effect {
    /// Nothing.
    #[default]
    None,
    /// Something new is there to use.
    Additive,
    /// What worked before does not work any more.
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

/// One thing that is not as it was.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Change {
    /// What it does.
    pub effect: Effect,
    /// To whom.
    pub who: Who,
    /// Where, and what in a sentence.
    pub what: Problem,
    /// Whether the place is in the old version, because the new one does not have it.
    pub gone: bool,
}

/// The worst that an operation has for each side.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Verdict {
    /// For whoever sends.
    pub sends: Effect,
    /// For whoever reads.
    pub reads: Effect,
}

/// The difference of two versions.
#[derive(Debug, Default)]
pub struct Report {
    /// Every operation of either version.
    pub operations: BTreeMap<String, Verdict>,
    /// Every change, and the operations that it concerns.
    pub changes: BTreeMap<Change, BTreeSet<String>>,
}

impl Report {
    /// Whether something that worked before does not work any more.
    #[must_use]
    pub fn is_breaking(&self) -> bool {
        self.changes.keys().any(|change| change.effect == Effect::Breaking)
    }

    /// Adds what was found for one operation.
    pub fn add(&mut self, operation: &str, changes: Vec<Change>) {
        let verdict = self.operations.entry(operation.to_owned()).or_default();
        for change in changes {
            if change.who != Who::Reads {
                verdict.sends = verdict.sends.max(change.effect);
            }
            if change.who != Who::Sends {
                verdict.reads = verdict.reads.max(change.effect);
            }
            self.changes.entry(change).or_default().insert(operation.to_owned());
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.changes.is_empty() {
            return writeln!(f, "Nothing changed for whoever sends or reads.");
        }
        let concerned: BTreeSet<&String> = self.changes.values().flatten().collect();
        let width = concerned.iter().map(|name| name.len()).max().unwrap_or_default();
        writeln!(f, "{:<width$}  {:<8}  reads", "operation", "sends")?;
        for (name, Verdict { sends, reads }) in &self.operations {
            if concerned.contains(name) {
                writeln!(f, "{name:<width$}  {sends:<8}  {reads}")?;
            }
        }
        let unchanged = self.operations.len() - concerned.len();
        if unchanged > 0 {
            writeln!(f, "and {unchanged} unchanged")?;
        }
        for effect in [Effect::Breaking, Effect::Additive, Effect::None] {
            for (who, name) in
                [(Who::Sends, "whoever sends"), (Who::Reads, "whoever reads"), (Who::Everyone, "everyone")]
            {
                self.section(f, effect, who, name)?;
            }
        }
        Ok(())
    }
}

impl Report {
    fn section(&self, f: &mut fmt::Formatter<'_>, effect: Effect, who: Who, name: &str) -> fmt::Result {
        let mut changes =
            self.changes.iter().filter(|(change, _)| change.effect == effect && change.who == who).peekable();
        if changes.peek().is_some() {
            match effect {
                Effect::None => writeln!(f, "\nchanged, without effect for {name}")?,
                effect => writeln!(f, "\n{effect} for {name}")?,
            }
        }
        for (change, operations) in changes {
            writeln!(f, "  {}", change.what.message)?;
            let names: Vec<&str> = operations.iter().map(String::as_str).collect();
            let base = if change.gone { "base:" } else { "" };
            writeln!(f, "    {base}{} ({})", change.what.place(), names.join(", "))?;
        }
        Ok(())
    }
}
