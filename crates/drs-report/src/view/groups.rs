//! How each group of check items fared.

use std::collections::BTreeMap;

use drs_gate::Assessment;

use super::{Status, items};

/// The items of a group, over all tasks.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Group {
    pub(crate) name: String,
    /// The number of items with each status, in the order of [`Status::ALL`].
    pub(crate) counts: [usize; Status::ALL.len()],
}

impl Group {
    pub(crate) fn total(&self) -> usize {
        self.counts.iter().sum()
    }

    /// Whether all items passed.
    pub(crate) fn is_passed(&self) -> bool {
        self.count(Status::Passed) == self.total()
    }

    pub(crate) fn count(&self, status: Status) -> usize {
        Status::ALL.iter().zip(self.counts).filter(|(known, _)| **known == status).map(|(_, count)| count).sum()
    }
}

/// Returns the groups of all tasks, those with the most failed items first.
pub(crate) fn groups(assessment: &Assessment) -> Vec<Group> {
    let mut groups: BTreeMap<String, [usize; Status::ALL.len()]> = BTreeMap::new();
    for item in assessment.tasks.iter().flat_map(items) {
        let counts = groups.entry(item.group()).or_default();
        if let Some(index) = Status::ALL.iter().position(|status| *status == item.status()) {
            counts[index] += 1;
        }
    }
    let mut groups: Vec<Group> = groups.into_iter().map(|(name, counts)| Group { name, counts }).collect();
    groups.sort_by(|one, other| other.counts[..4].cmp(&one.counts[..4]));
    groups
}
