//! The assessment: policy in, reports and exit code out.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::{Args, ValueEnum};
use drs_gate::{Date, FailOn, Policy, Snapshot, assess};
use drs_report::{Format as Report, Options, write};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::files;
use crate::output::text::width;
use crate::output::{self, Format, Kind};
use crate::report_file::{ReportFile, refuse_overwriting, report_file};

/// The options of the assessment and its reports.
#[derive(Debug, Args)]
#[command(next_help_heading = "Policy and reports")]
pub(crate) struct Assessing {
    /// Policy file (TOML) with the findings that someone has accepted
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The mildest result that stops a task, instead of that of the policy
    #[arg(long, value_enum)]
    fail_on: Option<Mildest>,
    /// Show every check item, and all data in full length
    #[arg(long)]
    all: bool,
    /// Format of the result: text, json, ndjson, junit, sarif, markdown or html; errors are JSON with json and ndjson
    #[arg(long, value_name = "FORMAT", default_value_t = Report::Text)]
    output: Report,
    /// Also write a report to a file, in any format of --output; may be given several times
    #[arg(long = "report", value_name = "FORMAT=FILE", value_parser = report_file::<Report>)]
    reports: Vec<(Report, PathBuf)>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Mildest {
    /// Failed items; alarms are shown
    Failed,
    /// Alarms too
    Alarm,
}

impl Assessing {
    /// The format of errors.
    pub(crate) fn errors(&self) -> Format {
        match self.output {
            Report::Json | Report::Ndjson => Format::Json,
            _ => Format::Text,
        }
    }

    /// Whether the result is for people at a terminal.
    pub(crate) fn is_text(&self) -> bool {
        self.output == Report::Text
    }

    /// Reads the policy and opens the files of the reports, so that what is wrong with them is known before anything is sent.
    ///
    /// `read` are the other files that the command reads.
    ///
    /// # Errors
    /// The policy cannot be used, a file cannot be written, or a report would overwrite a file that is read.
    pub(crate) fn prepare<'a>(self, read: impl IntoIterator<Item = &'a PathBuf>) -> Result<Assessor, Failure> {
        let read: Vec<&Path> = read.into_iter().map(PathBuf::as_path).collect();
        refuse_overwriting(&self.reports, read.into_iter().chain(self.policy.as_deref()))?;
        let mut policy = match &self.policy {
            None => Policy::default(),
            Some(file) => read_policy(file)?,
        };
        match self.fail_on {
            Some(Mildest::Failed) => policy.fail_on = FailOn::Failed,
            Some(Mildest::Alarm) => policy.fail_on = FailOn::Alarm,
            None => {}
        }
        let open = |(format, path): (Report, PathBuf)| ReportFile::create(path).map(|file| (format, file));
        let reports = self.reports.into_iter().map(open).collect::<Result<_, _>>()?;
        Ok(Assessor { policy, all: self.all, output: self.output, reports })
    }
}

fn read_policy(file: &Path) -> Result<Policy, Failure> {
    let (text, name) = files::read(file)
        .map_err(|(name, problem)| Failure::usage(format!("the policy {name} cannot be read: {problem}")))?;
    Policy::parse(&text)
        .map_err(|error| Failure::usage(format!("{name}, line {}: {}", error.line, error.problem)).help(error.help))
}

/// Assesses by a policy and writes the reports.
pub(crate) struct Assessor {
    policy: Policy,
    all: bool,
    output: Report,
    reports: Vec<(Report, ReportFile)>,
}

impl Assessor {
    /// Assesses what the service said, writes all reports, and returns the exit code.
    ///
    /// # Errors
    /// A report cannot be written. The other reports are written all the same.
    pub(crate) fn report(self, snapshot: Snapshot) -> Result<Exit, Failure> {
        let assessment = assess(snapshot, &self.policy, today());
        let in_file = Options::default().with_all(self.all);
        let mut failures = Vec::new();
        for (format, file) in self.reports {
            if let Err(error) = write(format, &assessment, &in_file, &mut file.kept()) {
                failures.push(Failure::service(format!("the report cannot be written: {error}")));
            }
        }
        print(self.output, self.all, |options, out| write(self.output, &assessment, options, out))?;
        failures.into_iter().next().map_or_else(|| Ok(assessment.decision.into()), Err)
    }
}

/// Prints a document to stdout.
///
/// # Errors
/// It cannot be written.
pub(crate) fn print(
    format: Report,
    all: bool,
    write: impl FnOnce(&Options, &mut dyn std::io::Write) -> std::io::Result<()>,
) -> Result<(), Failure> {
    let kind = match format {
        Report::Text => Kind::Text,
        Report::Json | Report::Ndjson => Kind::Json,
        _ => Kind::Bytes,
    };
    let options = Options::default().with_all(all).with_width(usize::from(width())).with_colors(format == Report::Text);
    output::print(kind, |out| write(&options, out))
}

/// The day, in UTC.
pub(crate) fn today() -> Date {
    Date::of(SystemTime::now())
}

/// The time, as RFC 3339 has it.
pub(crate) fn now() -> String {
    chrono::DateTime::<chrono::Utc>::from(SystemTime::now()).to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
