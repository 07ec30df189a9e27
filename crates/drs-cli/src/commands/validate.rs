//! `drs validate`: validates captured payloads.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Write};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, ValueEnum};
use drs_validate::{Blocks, BodyKind, Format, LIMIT, Mapping, Options, Side, Summary, Validator};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::inputs::{ENDINGS, Input, Inputs, Opened, Unreadable};
use crate::limits::LIMITS;
use crate::output;
use crate::output::findings::{self, Done, FailOn, Reporter, RunReport, sink};

const VALIDATE: &str = "\
Examples:
  drs validate captures/ 'logs/**/*.ndjson.gz' session.har
  zcat proxy.log.gz | drs validate --format ndjson --key /request_id --output ndjson
  drs validate response.json --as batch_check_results.response --status 400
  drs validate captures/ --fail-on drift --output sarif > findings.sarif
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
    /// Format of the findings
    #[arg(long, value_enum, default_value_t = findings::Format::Text)]
    pub(crate) output: findings::Format,
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

/// The division of an input into documents.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum InputFormat {
    /// One document: a payload, a capture, a HAR, or an array of them
    Json,
    /// One document per line
    Ndjson,
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
    let inputs = Inputs::find(named, arguments.allow_empty, arguments.hidden)?;
    let mut exit = Exit::Clean;
    output::print(arguments.output.kind(), |out| {
        exit = Run::new(arguments, mapping.clone(), &inputs).validate(
            &inputs,
            out,
            &mut *sink(arguments.output, arguments.fail_on, arguments.all),
        )?;
        Ok(())
    })?;
    Ok(exit)
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
    fail_on: FailOn,
    allow_empty: bool,
    output: output::Format,
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
            fail_on: arguments.fail_on,
            allow_empty: arguments.allow_empty,
            output: arguments.output.of_errors(),
            bar: progress(inputs),
        }
    }

    /// Validates all inputs, also after one that cannot be read.
    fn validate(&self, inputs: &Inputs, out: &mut dyn Write, sink: &mut dyn Reporter) -> io::Result<Exit> {
        let mut summary = RunReport {
            exit: Exit::Clean,
            inputs: inputs.all.len(),
            validated: 0,
            without_payload: Vec::new(),
            passed_over: inputs.passed_over.iter().map(|path| path.display().to_string()).collect(),
            folders_passed_over: inputs.folders.len(),
            unreadable: Vec::new(),
            counts: Summary::default(),
        };
        sink.start(out)?;
        for input in &inputs.all {
            account(input, out, sink, &mut summary, |out, sink, counts| self.one(input, out, sink, counts))?;
        }
        for folder in &inputs.empty {
            account(folder, out, sink, &mut summary, |_, _, _| Ok(None))?;
        }
        for (input, reason) in &inputs.unreadable {
            account(input, out, sink, &mut summary, |_, _, _| Ok(Some(reason.clone())))?;
        }
        self.bar.finish_and_clear();
        summary.counts = summary.counts.sorted();
        let nothing = summary.nothing_validated().filter(|_| !self.allow_empty);
        summary.exit = match (
            summary.unreadable.is_empty(),
            self.fail_on.fails(summary.counts.errors, summary.counts.drifts),
            &nothing,
        ) {
            (true, true, _) => Exit::Findings,
            (true, false, None) => Exit::Clean,
            (false, ..) | (true, false, Some(_)) => Exit::Usage,
        };
        sink.finish(out, &summary)?;
        out.flush()?;
        for Unreadable { source, reason } in &summary.unreadable {
            output::report(&Failure::usage(format!("{source} cannot be read: {reason}")), self.output);
        }
        if let Some(nothing) = nothing.filter(|_| summary.unreadable.is_empty() && summary.exit == Exit::Usage) {
            let mut failure = Failure::usage(nothing).help("With --allow-empty, this is not a failure.");
            if inputs.all.is_empty() {
                failure = failure.help(format!("In a folder, only files that end in {} are read.", ENDINGS.join(", ")));
            }
            output::report(&failure, self.output);
        }
        Ok(summary.exit)
    }

    /// Validates one input; returns the reason when it cannot be read to its end.
    fn one(
        &self,
        input: &Input,
        out: &mut dyn Write,
        sink: &mut dyn Reporter,
        counts: &mut Summary,
    ) -> io::Result<Option<String>> {
        let name = input.name();
        let Opened { stream, mut position, attached } = match input.open() {
            Ok(opened) => opened,
            Err(error) => return Ok(Some(error.to_string())),
        };
        let mut options = self.options.clone();
        options.attached = attached;
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
            counts.add(&name, &report);
            if !report.suspects.is_empty() {
                written = self
                    .bar
                    .suspend(|| report.suspects.iter().try_for_each(|suspect| sink.suspect(out, &name, suspect)))
                    .and_then(|()| if live { out.flush() } else { Ok(()) });
            }
            // A pipe may never end. When the reader of the findings is gone, only the exit code matters.
            let is_decided = self.fail_on.fails(counts.errors, counts.drifts) || self.fail_on == FailOn::Never;
            let unheard = live && output::is_closed() && is_decided;
            if written.is_ok() && !unheard { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        written.map(|()| reason)
    }
}

/// Reports one input to the format and to the summary.
fn account(
    input: &Input,
    out: &mut dyn Write,
    sink: &mut dyn Reporter,
    summary: &mut RunReport,
    validate: impl FnOnce(&mut dyn Write, &mut dyn Reporter, &mut Summary) -> io::Result<Option<String>>,
) -> io::Result<()> {
    let payloads = |counts: &Summary| counts.payloads.values().sum::<u64>();
    let unknown = |counts: &Summary| counts.payloads.get("").copied().unwrap_or_default();
    let findings = |counts: &Summary| counts.errors + counts.drifts;
    let counts = |counts: &Summary| (payloads(counts) - unknown(counts), unknown(counts), findings(counts));
    let before = counts(&summary.counts);
    sink.input(out, input)?;
    let unreadable = validate(out, sink, &mut summary.counts)?;
    let after = counts(&summary.counts);
    let validated = after.0 - before.0;
    summary.validated += validated;
    match &unreadable {
        Some(reason) => summary.unreadable.push(Unreadable { source: input.name(), reason: reason.clone() }),
        None if after == before => summary.without_payload.push(input.name()),
        None => {}
    }
    sink.done(out, &Done { validated, unreadable })
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
