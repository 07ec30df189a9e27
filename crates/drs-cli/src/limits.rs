//! The limits of the command line, each with its reason.

use std::time::Duration;

/// The limits of the command line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The most bytes of a compressed input that are read at a time.
    pub(crate) read: usize,
    /// The size of an input in bytes from which several threads are faster than one.
    pub(crate) parallel: u64,
    /// The time between two updates of the progress.
    pub(crate) progress: Duration,
    /// The nesting of fields in a skeleton. No request is deeper.
    pub(crate) skeleton_depth: usize,
    /// The width of the comments in a skeleton, in characters.
    pub(crate) skeleton_width: usize,
    /// The findings of each kind that `drs call` shows.
    pub(crate) call_findings: usize,
    /// The unusual ids that a note names.
    pub(crate) ids: usize,
    /// The tasks of a scenario that `drs serve` names.
    pub(crate) scenario_tasks: usize,
    /// The tasks up to which the progress has a line for each.
    pub(crate) progress_tasks: usize,
    /// The misfits of a response that are shown.
    pub(crate) misfits: usize,
    /// The narrowest table, in columns.
    pub(crate) min_width: u16,
    /// The widest table, in columns. Wider lines are hard to read.
    pub(crate) max_width: u16,
    /// The width of a table without a terminal, in columns.
    pub(crate) width: u16,
}

/// The limits of the product.
pub(crate) const LIMITS: Limits = Limits {
    read: 256 << 10,
    parallel: 4 << 20,
    progress: Duration::from_millis(500),
    skeleton_depth: 8,
    skeleton_width: 96,
    call_findings: 10,
    ids: 3,
    scenario_tasks: 10,
    progress_tasks: 20,
    misfits: 10,
    min_width: 60,
    max_width: 160,
    width: 100,
};
