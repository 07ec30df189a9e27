//! `drs precheck diff`: compares two saved runs.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use drs_gate::{Assessment, Policy, assess, diff};
use drs_report::{DiffFormat, Format as Report, write_diff};

use super::{assessing, saved};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Format;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The older run: a saved response, or a report of --output json
    old: PathBuf,
    /// The newer run
    new: PathBuf,
    /// Show unchanged items too
    #[arg(long)]
    all: bool,
    /// Format of the comparison
    #[arg(long, value_enum, default_value_t = Output::Text)]
    output: Output,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Output {
    /// For people
    Text,
    /// One JSON document
    Json,
    /// Markdown
    Markdown,
}

impl Arguments {
    /// The format of errors.
    pub(super) fn errors(&self) -> Format {
        if self.output == Output::Json { Format::Json } else { Format::Text }
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let (old, new) = (assessed(&arguments.old)?, assessed(&arguments.new)?);
    let diff = diff(&old, &new);
    let (format, printed) = match arguments.output {
        Output::Text => (DiffFormat::Text, Report::Text),
        Output::Json => (DiffFormat::Json, Report::Json),
        Output::Markdown => (DiffFormat::Markdown, Report::Markdown),
    };
    assessing::print(printed, arguments.all, |options, out| write_diff(format, &diff, options, out))?;
    Ok(if diff.is_worse() { Exit::Findings } else { Exit::Clean })
}

fn assessed(file: &Path) -> Result<Assessment, Failure> {
    Ok(assess(saved::read(file, &[])?, &Policy::default(), assessing::today()))
}
