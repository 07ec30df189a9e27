//! The formats of findings, and which findings fail a run.

use clap::ValueEnum;

use crate::output;

/// Which findings count as a failure.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum FailOn {
    /// What the service refuses, and what cannot be read
    Error,
    /// All of that, and whatever else is not documented
    Drift,
    /// Nothing
    Never,
}

impl FailOn {
    /// Whether so many findings make the exit code 1.
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
    /// One JSON document a finding, each on a line of its own
    Ndjson,
    /// SARIF 2.1.0
    Sarif,
    /// JUnit XML, with a test case for each input
    Junit,
    /// Annotations of GitHub Actions
    Github,
}

impl Format {
    /// The format of errors beside such findings.
    pub(crate) fn of_errors(self) -> output::Format {
        match self {
            Self::Json | Self::Ndjson | Self::Sarif => output::Format::Json,
            Self::Text | Self::Junit | Self::Github => output::Format::Text,
        }
    }

    /// What becomes of invisible characters in such findings.
    pub(crate) fn kind(self) -> output::Kind {
        match self {
            Self::Json | Self::Ndjson | Self::Sarif => output::Kind::Json,
            Self::Text | Self::Github => output::Kind::Text,
            Self::Junit => output::Kind::Bytes,
        }
    }
}
