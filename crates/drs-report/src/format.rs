//! The names of the formats.

use std::fmt;
use std::str::FromStr;

use drs_types::text::{nearest, one_of};

/// The format of a report.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Format {
    /// For people, at a terminal.
    Text,
    /// One JSON document: the assessment.
    Json,
    /// One JSON document per task, one per line, and a last one with the decision.
    Ndjson,
    /// JUnit XML: a test suite per task, a test case per check item.
    Junit,
    /// SARIF 2.1.0: a result per finding.
    Sarif,
    /// Markdown for a comment or a job summary.
    Markdown,
    /// One HTML file.
    Html,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 7] =
        [Self::Text, Self::Json, Self::Ndjson, Self::Junit, Self::Sarif, Self::Markdown, Self::Html];

    /// The name of the format.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Junit => "junit",
            Self::Sarif => "sarif",
            Self::Markdown => "markdown",
            Self::Html => "html",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    /// Finds a format by its name.
    ///
    /// ```
    /// use drs_report::Format;
    ///
    /// assert_eq!("junit".parse(), Ok(Format::Junit));
    /// let error = "sarf".parse::<Format>().unwrap_err();
    /// assert!(error.to_string().ends_with("; did you mean sarif?"));
    /// ```
    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        named(&Self::ALL, Self::as_str, name)
    }
}

/// The format of the comparison of two runs.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum DiffFormat {
    /// For people, at a terminal.
    Text,
    /// One JSON document: the comparison.
    Json,
    /// Markdown for a comment or a job summary.
    Markdown,
}

/// Finds a format by its name.
pub(crate) fn named<F: Copy>(
    all: &[F],
    name_of: impl Fn(F) -> &'static str + Copy,
    name: &str,
) -> Result<F, UnknownFormat> {
    let unknown =
        || UnknownFormat { name: name.to_owned(), known: all.iter().map(|format| name_of(*format)).collect() };
    all.iter().copied().find(|format| name_of(*format) == name).ok_or_else(unknown)
}

/// The error of a name that is not the name of a format.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UnknownFormat {
    name: String,
    known: Vec<&'static str>,
}

impl fmt::Display for UnknownFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, known } = self;
        write!(f, "unknown format {name:?}: expected {}", one_of(known.iter().copied()))?;
        nearest(name, known.iter().copied()).map_or(Ok(()), |meant| write!(f, "; did you mean {meant}?"))
    }
}

impl std::error::Error for UnknownFormat {}
