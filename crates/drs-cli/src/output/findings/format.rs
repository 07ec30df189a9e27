//! The formats of findings, and which findings fail a run.

use clap::ValueEnum;

use crate::output;

/// The findings that count as a failure.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum FailOn {
    /// Errors, which the service refuses, and unreadable input
    Error,
    /// Errors and drift, which is undocumented
    Drift,
    /// No findings
    Never,
}

impl FailOn {
    /// Whether findings of these numbers make the exit code 1.
    pub(crate) fn fails(self, errors: u64, drifts: u64) -> bool {
        match self {
            Self::Error => errors > 0,
            Self::Drift => errors + drifts > 0,
            Self::Never => false,
        }
    }
}

/// The format of findings.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// One JSON document with findings, counts and drift
    Json,
    /// One JSON document per finding, one per line
    Ndjson,
    /// SARIF 2.1.0
    Sarif,
    /// JUnit XML, with a test case for each input
    Junit,
    /// Annotations of GitHub Actions
    Github,
}

impl Format {
    /// Returns the format of errors next to these findings.
    pub(crate) fn of_errors(self) -> output::Format {
        match self {
            Self::Json | Self::Ndjson | Self::Sarif => output::Format::Json,
            Self::Text | Self::Junit | Self::Github => output::Format::Text,
        }
    }

    /// Returns the kind of output, which says how invisible characters are written.
    pub(crate) fn kind(self) -> output::Kind {
        match self {
            Self::Json | Self::Ndjson | Self::Sarif => output::Kind::Json,
            Self::Text | Self::Github => output::Kind::Text,
            Self::Junit => output::Kind::Bytes,
        }
    }
}
