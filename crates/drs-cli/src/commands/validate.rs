//! `drs validate`: captured payloads in, findings out.

use std::io::{self, IsTerminal as _, Write};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::time::Duration;

use drs_validate::{Blocks, Format, LIMIT, Options, Recognised, Side, Tally, Validator};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::{FailOn, InputFormat, Output, Validate};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::inputs::{Input, Inputs, Unreadable};
use crate::output;
use crate::output::findings::{Findings, Summary, sink};

pub(crate) fn run(arguments: &Validate) -> Result<Exit, Failure> {
    let piped = ["-".to_owned()];
    let named = match arguments.inputs.as_slice() {
        [] if io::stdin().is_terminal() => {
            let failure = Failure::usage("nothing to validate");
            return Err(failure.help("Name files, folders or patterns, or pipe something in."));
        }
        [] => &piped,
        named => named,
    };
    if arguments.status.is_some() && arguments.known_as.is_some_and(|known| known.side == Side::Request) {
        return Err(Failure::usage("--status is the status of a response, but --as names a request"));
    }
    let inputs = Inputs::find(named)?;
    let mut exit = Exit::Clean;
    let printed = output::print(|out| {
        exit = Run::new(arguments, &inputs).judge(&inputs, out, &mut *sink(arguments))?;
        Ok(())
    });
    Ok(if printed == Exit::Clean { exit } else { printed })
}

struct Run {
    validator: Validator,
    options: Options,
    format: Format,
    threads: NonZeroUsize,
    fail_on: FailOn,
    output: Output,
    bar: ProgressBar,
}

impl Run {
    fn new(arguments: &Validate, inputs: &Inputs) -> Self {
        let validator = Validator::new();
        let mut options = Options::default();
        options.known_as = arguments.known_as.map(|known| match (known.side, arguments.status) {
            (Side::Response(_), Some(status)) => Recognised::new(known.operation, Side::Response(status)),
            _ => known,
        });
        options.key.clone_from(&arguments.key);
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
            output: arguments.output.of_errors(),
            bar: progress(inputs),
        }
    }

    /// Judges all inputs; one that cannot be read does not keep the others from it.
    fn judge(&self, inputs: &Inputs, out: &mut dyn Write, sink: &mut dyn Findings) -> io::Result<Exit> {
        let mut unreadable = inputs.unreadable.clone();
        let mut tally = Tally::default();
        sink.start(out)?;
        for input in &inputs.all {
            if let Some(reason) = self.one(input, out, sink, &mut tally)? {
                unreadable.push(Unreadable { source: input.name(), reason });
            }
        }
        self.bar.finish_and_clear();
        let tally = tally.sorted();
        let summary = Summary { inputs: inputs.all.len(), passed_over: inputs.passed_over, unreadable, tally };
        sink.finish(out, &summary)?;
        out.flush()?;
        for Unreadable { source, reason } in &summary.unreadable {
            Failure::usage(format!("{source} cannot be read: {reason}")).report(self.output);
        }
        Ok(match (summary.unreadable.is_empty(), self.fails(&summary.tally)) {
            (false, _) => Exit::Usage,
            (true, true) => Exit::Findings,
            (true, false) => Exit::Clean,
        })
    }

    /// Whether the findings make the exit code 1.
    fn fails(&self, tally: &Tally) -> bool {
        match self.fail_on {
            FailOn::Error => tally.errors > 0,
            FailOn::Drift => tally.errors + tally.drifts > 0,
            FailOn::Never => false,
        }
    }

    /// Judges one input; gives back why it cannot be read to its end, if so.
    fn one(
        &self,
        input: &Input,
        out: &mut dyn Write,
        sink: &mut dyn Findings,
        tally: &mut Tally,
    ) -> io::Result<Option<String>> {
        let name = input.name();
        let (stream, mut position) = match input.open() {
            Ok(opened) => opened,
            Err(error) => return Ok(Some(error.to_string())),
        };
        let mut reason = None;
        let mut written = sink.input(out, &name);
        if written.is_ok() {
            let blocks = Blocks::new(stream, self.format, LIMIT);
            // What is no file may come in over time, and whoever waits for it wants to know at once.
            let live = input.length().is_none();
            let blocks = if live { blocks.live() } else { blocks };
            self.validator.judge_stream(blocks, &self.options, self.threads, |report| {
                let report = match report {
                    Ok(report) => report,
                    Err(error) => {
                        reason = Some(error.to_string());
                        return ControlFlow::Break(());
                    }
                };
                self.bar.inc(position.advance(report.bytes));
                tally.add(&name, &report);
                if !report.suspects.is_empty() {
                    written = self
                        .bar
                        .suspend(|| report.suspects.iter().try_for_each(|suspect| sink.suspect(out, &name, suspect)))
                        .and_then(|()| if live { out.flush() } else { Ok(()) });
                }
                // A pipe may never end. When nobody reads what is found in it, only the exit code is left to be known.
                let is_decided = self.fails(tally) || self.fail_on == FailOn::Never;
                let unheard = live && output::is_closed() && is_decided;
                if written.is_ok() && !unheard { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            });
        }
        written.map(|()| reason)
    }
}

/// A second thread pays only when there is enough to do.
fn threads(inputs: &Inputs) -> NonZeroUsize {
    const WORTH: u64 = 4 << 20;
    let largest = inputs.all.iter().map(|input| input.length().unwrap_or(u64::MAX)).max();
    let is_worth = largest.is_some_and(|length| length >= WORTH);
    let available = if is_worth { std::thread::available_parallelism().ok() } else { None };
    available.unwrap_or(NonZeroUsize::MIN)
}

/// Bytes, rate and time left, for long work at a terminal.
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
    bar.enable_steady_tick(Duration::from_millis(500));
    bar
}
