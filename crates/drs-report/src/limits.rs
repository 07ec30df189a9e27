//! The limits of reports, each with its reason.

/// The limits of reports.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The characters of a value that are shown without `Options::all`.
    pub(crate) value: usize,
    /// The values left out of a response that are shown without `Options::all`.
    pub(crate) misfits: usize,
    /// The longest escape sequence of a colour, in bytes. Our own colours are shorter.
    pub(crate) color: usize,
    /// The characters of a Markdown report. GitHub takes comments of up to 65,536 characters, and some tools count
    /// UTF-16 code units or add a line of their own.
    pub(crate) markdown: usize,
    /// The items of an HTML report up to which passed ones are listed.
    pub(crate) listed_items: usize,
    /// The tasks and the findings of an HTML report up to which each has its details and its explanation beside it, and
    /// the most explanations of a larger report.
    pub(crate) detailed: usize,
    /// The findings of an HTML report. With more, each task shows its worst ones and counts the others.
    pub(crate) findings: usize,
    /// The doubts of a task in a report with more findings than `detailed`, and the characters of each.
    pub(crate) brief_doubts: usize,
    pub(crate) brief: usize,
    /// The tasks of an HTML report. The others are counted.
    pub(crate) tasks: usize,
}

/// The limits of the product.
pub(crate) const LIMITS: Limits = Limits {
    value: 300,
    misfits: 10,
    color: 16,
    markdown: 65_000,
    listed_items: 2_000,
    detailed: 2_000,
    findings: 10_000,
    brief_doubts: 2,
    brief: 120,
    tasks: 10_000,
};
