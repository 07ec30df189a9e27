//! What came of a run over all inputs.

use drs_types::text::count;
use drs_validate::Summary;
use serde::Serialize;

use super::FailOn;
use crate::limits::LIMITS;

/// What came of a run over all inputs.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Run {
    /// The number of inputs.
    pub inputs: usize,
    /// The number of validated payloads.
    pub validated: u64,
    /// Inputs without a payload, and folders without an input.
    pub without_payload: Vec<String>,
    /// The files in folders that were not read because of their names.
    pub passed_over: Vec<String>,
    /// The number of folders that were not read because they are hidden, or are `node_modules`.
    pub folders_passed_over: usize,
    /// Inputs that could not be read to their end, with the reason.
    pub unreadable: Vec<Unreadable>,
    /// The records, payloads and findings, counted.
    #[serde(flatten)]
    pub counts: Summary,
}

/// An input that cannot be read to its end.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Unreadable {
    /// The name of the input.
    pub source: String,
    /// The reason.
    pub reason: String,
}

/// What a run ends with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// Everything was validated, and no finding counts.
    Clean,
    /// There are findings that count.
    Findings,
    /// An input could not be read, or nothing was validated.
    Incomplete,
}

impl Run {
    /// Decides what the run ends with. Only with `allow_empty`, a run that validated nothing is clean.
    pub(super) fn outcome(&self, fail_on: FailOn, allow_empty: bool) -> Outcome {
        if !self.unreadable.is_empty() {
            return Outcome::Incomplete;
        }
        if fail_on.fails(self.counts.errors, self.counts.drifts) {
            return Outcome::Findings;
        }
        if self.validated == 0 && !allow_empty { Outcome::Incomplete } else { Outcome::Clean }
    }

    /// Returns a sentence when nothing was validated, with the reasons.
    #[must_use]
    pub fn nothing_validated(&self) -> Option<String> {
        if self.validated > 0 {
            return None;
        }
        let unknown = self.counts.payloads.values().sum();
        let unknown = (unknown, "payload that could not be validated", "payloads that could not be validated");
        let files = (self.passed_over.len() as u64, "file with another name", "files with other names");
        let reasons: Vec<String> = std::iter::once(unknown)
            .chain(self.left_aside())
            .chain([files])
            .filter(|(number, ..)| *number > 0)
            .map(|(number, one, many)| format!("{number} {}", if number == 1 { one } else { many }))
            .collect();
        let reasons = if reasons.is_empty() { String::new() } else { format!(", {}", reasons.join(", ")) };
        Some(format!("nothing was validated: {}{reasons}", self.read()))
    }

    /// What was read: records and inputs, counted.
    pub(super) fn read(&self) -> String {
        format!("{} in {}", count(self.counts.records, "record"), count(self.inputs as u64, "input"))
    }

    /// What was not validated, without the files that were not read: how much, and what it is, in the singular and in the plural.
    pub(super) fn left_aside(&self) -> impl Iterator<Item = (u64, &'static str, &'static str)> {
        let left = [
            (self.counts.skipped, "record of another call", "records of other calls"),
            (self.counts.unrecorded, "body that was not recorded", "bodies that were not recorded"),
            (
                self.folders_passed_over as u64,
                "skipped folder (hidden or node_modules; --hidden reads it)",
                "skipped folders (hidden or node_modules; --hidden reads them)",
            ),
        ];
        left.into_iter().filter(|(number, ..)| *number > 0)
    }

    /// What a reader should know beside the findings: why nothing was validated, else what was left aside.
    pub(super) fn notes(&self) -> Vec<String> {
        let named = |(number, one, many)| format!("{number} {}", if number == 1 { one } else { many });
        let left = || self.left_aside().map(named).collect();
        let mut notes = self.nothing_validated().map_or_else(left, |why| vec![why]);
        notes.extend(self.files_passed_over(LIMITS.names));
        notes
    }

    /// The files that were not read because of their names, as a sentence that names the first few.
    pub(super) fn files_passed_over(&self, shown: usize) -> Option<String> {
        let number = self.passed_over.len();
        let what = if number == 1 { "skipped file with another name" } else { "skipped files with other names" };
        (number > 0).then(|| format!("{number} {what}: {}", few(&self.passed_over, shown)))
    }
}

/// The first few names, and the number of the others.
pub(super) fn few(names: &[String], shown: usize) -> String {
    let mut listed: Vec<String> = names.iter().take(shown).map(|name| drs_types::text::printable(name)).collect();
    if names.len() > shown {
        listed.push(format!("and {} more", names.len() - shown));
    }
    listed.join(", ")
}
