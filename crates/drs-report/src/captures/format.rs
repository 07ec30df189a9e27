//! The names of the formats, and which findings fail a run.

use std::fmt;
use std::str::FromStr;

use crate::format::{UnknownFormat, named};
use crate::guard::Codes;

/// The format of a report on captures.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Format {
    /// For people, at a terminal: each finding with its source line.
    Text,
    /// One JSON document with findings, counts and drift.
    Json,
    /// One JSON document per finding, one per line.
    Ndjson,
    /// SARIF 2.1.0: a result per finding.
    Sarif,
    /// JUnit XML: a test case per input.
    Junit,
    /// Annotations of GitHub Actions: a workflow command per finding.
    Github,
    /// One HTML file.
    Html,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 7] =
        [Self::Text, Self::Json, Self::Ndjson, Self::Sarif, Self::Junit, Self::Github, Self::Html];

    /// The name of the format.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Github => "github",
            Self::Html => "html",
        }
    }

    /// The form of the codes of invisible characters.
    pub(super) fn codes(self) -> Codes {
        match self {
            Self::Text => Codes::Text,
            Self::Json | Self::Ndjson | Self::Sarif => Codes::Json,
            Self::Junit | Self::Github | Self::Html => Codes::Plain,
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
    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        named(&Self::ALL, Self::as_str, name)
    }
}

/// The findings that fail a run.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum FailOn {
    /// Errors, which the service refuses, and unreadable input.
    #[default]
    Error,
    /// Errors and drift, which is undocumented.
    Drift,
    /// No findings.
    Never,
}

impl FailOn {
    /// Whether so many errors and so many findings that are drift fail a run.
    #[must_use]
    pub fn fails(self, errors: u64, drifts: u64) -> bool {
        match self {
            Self::Error => errors > 0,
            Self::Drift => errors + drifts > 0,
            Self::Never => false,
        }
    }
}
