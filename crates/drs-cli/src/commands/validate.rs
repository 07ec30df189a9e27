//! `drs validate`: validates captured payloads.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, ValueEnum};
use drs_report::captures::{self as findings, Outcome, Reports, Run as RunReport};
use drs_validate::{Blocks, BodyKind, Format, LIMIT, Mapping, Options, Side, Validator};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::inputs::{ANY_ENDINGS, ENDINGS, Input, Inputs, Opened};
use crate::limits::LIMITS;
use crate::output::{self, Kind};
use crate::report_file::{ReportFile, refuse_overwriting, report_file};

const VALIDATE: &str = "\
Examples:
  drs validate captures/ 'logs/**/*.ndjson.gz' session.har
  zcat proxy.log.gz | drs validate --format ndjson --key /request_id --output ndjson
  drs validate response.json --as batch_check_results.response --status 400
  drs validate captures/ --fail-on drift --report html=findings.html --report sarif=findings.sarif
  drs validate terraform.log session.har
  drs validate --preset ecs logs/*.ndjson.gz

An error is a request that the service would refuse or a payload that cannot be read; drift is any other difference.
docs/findings.md shows every code with an example, docs/captures.md what is read and how to make it. gzip, zlib and zstd are identified by content.

Exit codes: 0 clean, 1 findings (see --fail-on), 2 usage, unreadable input or nothing to validate (see --allow-empty),
70 a bug of drs";

#[derive(Debug, Args)]
#[command(after_help = VALIDATE)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Validate {
    /// Files, folders (read recursively) and patterns such as 'logs/**/*.json'; `-` is standard input
    #[arg(value_name = "INPUT")]
    pub(crate) inputs: Vec<OsString>,
    /// Also read hidden folders and `node_modules` inside the named folders
    #[arg(long)]
    pub(crate) hidden: bool,
    /// Division of each input into documents; by default, detected from its beginning
    #[arg(long, value_enum)]
    pub(crate) format: Option<InputFormat>,
    #[arg(
        long = "as",
        value_name = "OPERATION.SIDE",
        help = "Body that every document is, such as batch_check_results.response; by default, its URL or shape identifies it"
    )]
    pub(crate) body_kind: Option<BodyKind>,
    /// HTTP status of the responses that --as names
    #[arg(long, requires = "body_kind", value_parser = clap::value_parser!(u16).range(100..=599))]
    pub(crate) status: Option<u16>,
    /// JSON Pointer to the key of a record, such as /id; its findings then show the key
    #[arg(long, value_name = "POINTER", value_parser = pointer)]
    pub(crate) key: Option<String>,
    /// Program that wrote the records
    #[arg(long, value_name = "NAME", conflicts_with = "body_kind", value_parser = presets())]
    pub(crate) preset: Option<String>,
    /// JSON Pointer to the array whose items are the records, such as /hits/hits
    #[arg(long, value_name = "POINTER", value_parser = pointer)]
    pub(crate) records: Option<String>,
    /// JSON Pointer to a string that is the record, such as /log
    #[arg(long, value_name = "POINTER", value_parser = pointer)]
    pub(crate) body: Option<String>,
    /// Where a record has the parts of an exchange: url=POINTER,method=POINTER,status=POINTER,request=POINTER,response=POINTER
    #[arg(long, value_name = "PARTS")]
    pub(crate) capture: Option<String>,
    /// Report a record that is no exchange of this API as an error
    #[arg(long)]
    pub(crate) strict: bool,
    /// Findings that make the exit code 1
    #[arg(long, value_enum, default_value_t = FailOn::Error)]
    pub(crate) fail_on: FailOn,
    /// Exit with 0 when there is nothing to validate and when a pattern matches no file
    #[arg(long)]
    pub(crate) allow_empty: bool,
    /// Format of the findings: text, json, ndjson, sarif, junit, github (annotations of GitHub Actions) or html
    #[arg(long, value_name = "FORMAT", default_value_t = findings::Format::Text)]
    pub(crate) output: findings::Format,
    /// Also write a report to a file, in any format of --output; may be given several times
    #[arg(long = "report", value_name = "FORMAT=FILE", value_parser = report_file::<findings::Format>)]
    pub(crate) reports: Vec<(findings::Format, PathBuf)>,
    /// Show all findings, instead of the first few of each kind
    #[arg(long)]
    pub(crate) all: bool,
    /// Parse every payload in full; the findings are the same
    #[arg(long)]
    pub(crate) no_fast_path: bool,
    /// Number of threads; by default, one for each processor
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
}

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

impl From<FailOn> for findings::FailOn {
    fn from(fail_on: FailOn) -> Self {
        match fail_on {
            FailOn::Error => Self::Error,
            FailOn::Drift => Self::Drift,
            FailOn::Never => Self::Never,
        }
    }
}

/// The division of an input into documents.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum InputFormat {
    /// One document: a payload, a capture, a HAR, or an array of them
    Json,
    /// One document per line
    Ndjson,
}

impl Validate {
    /// The format of errors beside the findings.
    pub(crate) fn errors(&self) -> output::Format {
        match self.output {
            findings::Format::Json | findings::Format::Ndjson | findings::Format::Sarif => output::Format::Json,
            _ => output::Format::Text,
        }
    }
}

fn pointer(text: &str) -> Result<String, String> {
    if text.is_empty() || text.starts_with('/') {
        return Ok(text.to_owned());
    }
    Err(format!("a JSON Pointer starts with a slash; write /{text}"))
}

pub(crate) fn run(arguments: &Validate) -> Result<Exit, Failure> {
    let piped = [OsString::from("-")];
    let named = match arguments.inputs.as_slice() {
        [] if io::stdin().is_terminal() => {
            let failure = Failure::usage("nothing to validate");
            return Err(failure.help("Name files, folders or patterns, or pipe something in."));
        }
        [] => &piped,
        named => named,
    };
    if arguments.status.is_some() && arguments.body_kind.is_some_and(|known| known.side == Side::Request) {
        return Err(Failure::usage("--status is the status of a response, but --as names a request"));
    }
    let mapping = mapping(arguments)?;
    let mut inputs = Inputs::find(named, arguments.allow_empty, arguments.hidden)?;
    if arguments.body_kind.is_some() {
        inputs.skip_any();
    }
    inputs.leave_out(arguments.reports.iter().map(|(_, path)| path.as_path()));
    refuse_overwriting(&arguments.reports, inputs.all.iter().filter_map(Input::path))?;
    let mut files = Vec::new();
    for (format, path) in &arguments.reports {
        files.push((*format, ReportFile::create(path.clone())?));
    }
    let run = Run::new(arguments, mapping, &inputs);
    let is_text = arguments.output == findings::Format::Text;
    let mut ended = None;
    output::print(if is_text { Kind::Text } else { Kind::Bytes }, |out| {
        let options = drs_report::Options::default().with_all(arguments.all);
        let printed = findings::Writer::new(arguments.output, &options.with_colors(is_text), out);
        let mut writers = vec![printed];
        for (format, file) in files {
            writers.push(findings::Writer::new(format, &options, file.kept()));
        }
        ended = Some(run.validate(&inputs, Reports::new(run.fail_on, writers))?);
        Ok(())
    })?;
    let Some((outcome, report)) = ended else { return Ok(Exit::Internal) };
    explain(&report, outcome, &inputs, arguments.errors());
    Ok(outcome.into())
}

/// Returns the names of all presets, each with what it reads.
fn presets() -> PossibleValuesParser {
    let presets = Mapping::presets().map(|(name, title)| PossibleValue::new(name).help(title));
    PossibleValuesParser::new(presets)
}

/// Returns where the records have what an exchange is made of, as the arguments say.
fn mapping(arguments: &Validate) -> Result<Option<Mapping>, Failure> {
    let Validate { preset, records, body, capture, .. } = arguments;
    let mut mapping = match preset {
        None if records.is_none() && body.is_none() && capture.is_none() => return Ok(None),
        None => Mapping::default(),
        Some(name) => Mapping::preset(name).unwrap_or_default(),
    };
    if let Some(records) = records {
        mapping = mapping.records(records);
    }
    if let Some(body) = body {
        mapping = mapping.body(body);
    }
    match capture {
        Some(parts) => mapping.capture(parts).map(Some).map_err(|why| Failure::usage(format!("--capture: {why}"))),
        None => Ok(Some(mapping)),
    }
}

struct Run {
    validator: Validator,
    options: Options,
    format: Format,
    threads: NonZeroUsize,
    fail_on: findings::FailOn,
    allow_empty: bool,
    only_stdout: bool,
    bar: ProgressBar,
}

impl Run {
    fn new(arguments: &Validate, mapping: Option<Mapping>, inputs: &Inputs) -> Self {
        let validator = Validator::new();
        let mut options = Options::default();
        options.body_kind = arguments.body_kind.map(|known| match (known.side, arguments.status) {
            (Side::Response(_), Some(status)) => BodyKind::new(known.operation, Side::Response(status)),
            _ => known,
        });
        options.key.clone_from(&arguments.key);
        options.mapping = mapping;
        options.strict = arguments.strict;
        Self {
            validator: if arguments.no_fast_path { validator.without_fast_path() } else { validator },
            options,
            format: match arguments.format {
                None => Format::Auto,
                Some(InputFormat::Json) => Format::Json,
                Some(InputFormat::Ndjson) => Format::Ndjson,
            },
            threads: arguments.threads.unwrap_or_else(|| threads(inputs)),
            fail_on: arguments.fail_on.into(),
            allow_empty: arguments.allow_empty,
            // The reports in files are about the whole run.
            only_stdout: arguments.reports.is_empty(),
            bar: progress(inputs),
        }
    }

    /// Validates all inputs, also after one that cannot be read.
    fn validate(&self, inputs: &Inputs, mut reports: Reports<'_>) -> io::Result<(Outcome, RunReport)> {
        let passed_over = inputs.passed_over.iter().map(|path| path.display().to_string());
        reports.pass_over(passed_over.collect(), inputs.folders.len());
        reports.start()?;
        for input in &inputs.all {
            reports.start_input(&input.name(), input.path())?;
            let unreadable = self.one(input, &mut reports)?;
            reports.end_input(unreadable)?;
        }
        for folder in &inputs.empty {
            reports.no_input(&folder.name(), folder.path(), None)?;
        }
        for (input, reason) in &inputs.unreadable {
            reports.no_input(&input.name(), input.path(), Some(reason.clone()))?;
        }
        self.bar.finish_and_clear();
        reports.finish(self.allow_empty, |outcome| Exit::from(outcome).code())
    }

    /// Validates one input; returns the reason when it cannot be read to its end.
    fn one(&self, input: &Input, reports: &mut Reports<'_>) -> io::Result<Option<String>> {
        let Opened { stream, mut position, attached } = match input.open() {
            Ok(opened) => opened,
            Err(error) => return Ok(Some(error.to_string())),
        };
        let mut options = self.options.clone();
        options.attached = attached;
        options.only_calls = matches!(input, Input::Any(_)) && !options.strict;
        let mut reason = None;
        let mut written = Ok(());
        let blocks = Blocks::new(stream, self.format, LIMIT);
        // A pipe may be slow, so its findings are printed at once.
        let live = input.length().is_none();
        let blocks = if live { blocks.live() } else { blocks };
        let blocks = if input.may_be_empty() { blocks.may_be_empty() } else { blocks };
        self.validator.validate_stream(blocks, &options, self.threads, |report| {
            let report = match report {
                Ok(report) => report,
                Err(error) => {
                    reason = Some(error.to_string());
                    return ControlFlow::Break(());
                }
            };
            self.bar.inc(position.advance(report.bytes));
            written = if report.suspects.is_empty() {
                reports.add(&report)
            } else {
                self.bar.suspend(|| {
                    reports.add(&report)?;
                    if live { reports.flush() } else { Ok(()) }
                })
            };
            // A pipe may never end. When the reader of the findings is gone, only the exit code matters.
            let counts = &reports.so_far().counts;
            let is_decided =
                self.fail_on.fails(counts.errors, counts.drifts) || self.fail_on == findings::FailOn::Never;
            let unheard = live && self.only_stdout && output::is_closed() && is_decided;
            if written.is_ok() && !unheard { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        written.map(|()| reason)
    }
}

/// Prints why the run is incomplete.
fn explain(run: &RunReport, outcome: Outcome, inputs: &Inputs, format: output::Format) {
    for unreadable in &run.unreadable {
        let message = format!("{} cannot be read: {}", unreadable.source, unreadable.reason);
        output::report(&Failure::usage(message), format);
    }
    let is_empty = outcome == Outcome::Incomplete && run.unreadable.is_empty();
    if let Some(nothing) = run.nothing_validated().filter(|_| is_empty) {
        let mut failure = Failure::usage(nothing).help("With --allow-empty, this is not a failure.");
        if inputs.all.is_empty() {
            let endings = [&ENDINGS[..], &ANY_ENDINGS].concat().join(", ");
            failure = failure.help(format!("In a folder, only files that end in {endings} are read."));
        }
        output::report(&failure, format);
    }
}

/// Returns the default number of threads. Several threads are faster only for a large input.
fn threads(inputs: &Inputs) -> NonZeroUsize {
    let largest = inputs.all.iter().map(|input| input.length().unwrap_or(u64::MAX)).max();
    let is_worth = largest.is_some_and(|length| length >= LIMITS.parallel);
    let available = if is_worth { std::thread::available_parallelism().ok() } else { None };
    available.unwrap_or(NonZeroUsize::MIN)
}

/// Creates the display of bytes, rate and time left on a terminal.
fn progress(inputs: &Inputs) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let total: Option<u64> = inputs.all.iter().map(Input::length).sum();
    let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr_with_hz(5));
    let template = match total {
        Some(_) => "{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left",
        None => "{spinner} {bytes}, {bytes_per_sec}",
    };
    bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(LIMITS.progress);
    bar
}
