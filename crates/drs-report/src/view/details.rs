//! The details of a finding: reason, message, evidence, subtasks, waiver.

use drs_gate::{CheckResult, Evidence, Finding};
use drs_types::text::printable;

use super::waiver_note;
use crate::limits::LIMITS;

/// A detail of a finding.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Detail {
    pub(crate) label: String,
    pub(crate) value: String,
}

impl Detail {
    fn new(label: &str, value: &str, all: bool) -> Self {
        Self { label: cut(&printable(label), all), value: cut(&printable(value), all) }
    }
}

/// Returns the details of a finding.
pub(crate) fn details(finding: &Finding, all: bool) -> Vec<Detail> {
    let mut details = Vec::new();
    let mut add = |label: &str, value: &str| details.push(Detail::new(label, value, all));
    finding.reason.iter().for_each(|reason| add("reason", reason));
    finding.message.iter().for_each(|message| add("message", message));
    for (label, value) in finding.evidence.as_ref().map(Evidence::lines).unwrap_or_default() {
        // A string that is not an object has no names.
        add(if label.is_empty() { "data" } else { &label }, &value);
    }
    for subtask in &finding.subtasks {
        let result = subtask.result.as_ref().map_or("no result", CheckResult::as_str);
        match &subtask.id {
            Some(id) if subtask.name.is_some() => {
                add(&format!("subtask {}", subtask.name()), &format!("{result} ({id})"));
            }
            _ => add(&format!("subtask {}", subtask.name()), result),
        }
    }
    if finding.skipped {
        add("skipped", "the service was told to skip this item, so it was not checked");
    }
    finding.waiver.iter().for_each(|waiver| add("waiver", &waiver_note(waiver)));
    details
}

/// Cuts a long value, and says how long it is.
pub(crate) fn cut(value: &str, all: bool) -> String {
    if all { value.to_owned() } else { cut_at(LIMITS.value, value) }
}

/// Cuts a value after a number of characters, and says how long it is.
pub(crate) fn cut_at(most: usize, value: &str) -> String {
    if value.chars().nth(most).is_none() {
        return value.to_owned();
    }
    let start: String = value.chars().take(most).collect();
    format!("{start}… ({} characters)", value.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_says_how_long_the_value_is() {
        let long = "ä".repeat(LIMITS.value + 1);
        assert!(cut(&long, false).ends_with("… (301 characters)"));
        assert_eq!(cut(&long, true), long);
        assert_eq!(cut(&long[2..], false), long[2..]);
    }
}
