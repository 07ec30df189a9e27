//! What a caller decides about a report.

/// What a caller decides about a report. The default is a report in a file: 100 columns, no colours, long values cut.
///
/// ```
/// let options = drs_report::Options::default().with_width(80).with_colors(true);
/// assert_eq!((options.width, options.colors, options.all), (80, true, false));
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Options {
    /// The width of lines in columns. Only [`Format::Text`](crate::Format::Text) has lines.
    pub width: usize,
    /// Whether text has colours.
    pub colors: bool,
    /// Whether formats for people show every item, also passed ones, and every value in full length.
    pub all: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { width: 100, colors: false, all: false }
    }
}

impl Options {
    /// Sets the width of lines, in columns.
    #[must_use]
    pub fn with_width(self, width: usize) -> Self {
        Self { width, ..self }
    }

    /// Sets whether text has colours.
    #[must_use]
    pub fn with_colors(self, colors: bool) -> Self {
        Self { colors, ..self }
    }

    /// Sets whether every item and every value in full length is shown.
    #[must_use]
    pub fn with_all(self, all: bool) -> Self {
        Self { all, ..self }
    }
}
