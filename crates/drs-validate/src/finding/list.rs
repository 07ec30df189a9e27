//! The findings of a payload while they are collected, up to a limit of memory.

use crate::finding::{Code, Finding, Severity};

/// So many bytes the findings of one payload may take; enough for more of them than anyone reads.
pub(crate) const ROOM: usize = 32 << 20;

/// What a finding takes besides its strings, about.
const FINDING: usize = 256;

/// A vector of findings that says so when it is full.
#[derive(Debug)]
pub(crate) struct Findings {
    pub(crate) list: Vec<Finding>,
    room: usize,
    full: bool,
}

impl Findings {
    /// An empty one with so much room.
    pub(crate) fn within(room: usize) -> Self {
        Self { list: Vec::new(), room, full: false }
    }

    /// Adds a finding if there is room for it.
    pub(crate) fn push(&mut self, finding: Finding) {
        match self.room.checked_sub(size(&finding)) {
            Some(room) if !self.full => {
                self.room = room;
                self.list.push(finding);
            }
            _ => self.full = true,
        }
    }

    /// Notes that there are more findings.
    pub(crate) fn note_more(&mut self) {
        self.full = true;
    }

    /// Whether a finding was left out; then the search can end.
    pub(crate) fn is_full(&self) -> bool {
        self.full
    }

    /// The findings. One more, at the end of the source, says that some are left out.
    pub(crate) fn close(mut self, end: usize) -> Vec<Finding> {
        if self.full {
            let more = Finding::bare(Code::MoreFindings, Severity::Error, "");
            self.list.push(Finding { offset: end, ..more });
        }
        self.list
    }
}

/// How many bytes a finding takes, about.
pub(crate) fn size(finding: &Finding) -> usize {
    let rule = finding.rule.as_ref().map_or(0, |rule| rule.definition.len() + rule.path.len());
    let found = finding.found.as_ref().map_or(0, |found| 2 * found.as_str().len());
    FINDING + finding.pointer.len() + rule + found
}
