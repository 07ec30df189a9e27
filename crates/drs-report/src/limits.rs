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
    /// The names of files that a sentence has.
    #[cfg(feature = "captures")]
    pub(crate) names: usize,
    /// The findings of an input in a JUnit report on captures. The others are counted.
    #[cfg(feature = "captures")]
    pub(crate) case_lines: usize,
    /// The findings of each kind that text shows without `Options::all`.
    #[cfg(feature = "captures")]
    pub(crate) examples: usize,
    /// The kinds of findings that are counted without `Options::all`. The names in a stream cannot fill the memory.
    #[cfg(feature = "captures")]
    pub(crate) kinds: usize,
    /// The characters of a name that distinguish kinds.
    #[cfg(feature = "captures")]
    pub(crate) kind_name: usize,
    /// The rows of drift that text shows without `Options::all`, and those of an HTML report.
    #[cfg(feature = "captures")]
    pub(crate) drift: usize,
    #[cfg(feature = "captures")]
    pub(crate) drift_rows: usize,
    /// The places of each code and kind of payload of which an HTML report has an example.
    #[cfg(feature = "captures")]
    pub(crate) places: usize,
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
    #[cfg(feature = "captures")]
    names: 20,
    #[cfg(feature = "captures")]
    case_lines: 100,
    #[cfg(feature = "captures")]
    examples: 3,
    #[cfg(feature = "captures")]
    kinds: 1000,
    #[cfg(feature = "captures")]
    kind_name: 200,
    #[cfg(feature = "captures")]
    drift: 20,
    #[cfg(feature = "captures")]
    drift_rows: 200,
    #[cfg(feature = "captures")]
    places: 50,
};
