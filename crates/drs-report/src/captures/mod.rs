//! Reports on captures: what `drs validate` finds, written while it is found.
//!
//! A capture may have gigabytes, so a report takes the findings part by part. Text, JSON, NDJSON, SARIF and annotations write each
//! finding at once. JUnit and HTML keep the first few of each input or kind, count the others and say how many; no
//! report grows without bound.
//!
//! ```
//! use drs_report::Options;
//! use drs_report::captures::{FailOn, Format, Outcome, Reports, Writer};
//! use drs_validate::{Blocks, Validator};
//!
//! let mut out = Vec::new();
//! let mut reports = Reports::new(FailOn::Error, vec![Writer::new(Format::Ndjson, &Options::default(), &mut out)]);
//! reports.start()?;
//! reports.start_input("captured.json", None)?;
//! let blocks = Blocks::new(&br#"{"mode": "both"}"#[..], drs_validate::Format::Auto, 1000);
//! for report in Validator::new().validate_blocks(blocks, drs_validate::Options::default()) {
//!     reports.add(&report?)?;
//! }
//! reports.end_input(None)?;
//! let (outcome, run) = reports.finish(false, |outcome| u8::from(outcome != Outcome::Clean))?;
//! assert_eq!((outcome, run.counts.errors), (Outcome::Findings, 1));
//! assert!(String::from_utf8(out)?.contains(r#""code":"DRS-V014""#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod format;
mod github;
mod html;
mod json;
mod junit;
mod row;
mod run;
mod sarif;
mod text;

use std::fmt;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use drs_validate::{PayloadReport, Report};

use crate::Options;
use crate::guard::Guard;

pub use format::{FailOn, Format};
pub use run::{Outcome, Run, Unreadable};

/// The reports on one run, written side by side, and what came of the run.
#[derive(Debug)]
pub struct Reports<'a> {
    writers: Vec<Writer<'a>>,
    fail_on: FailOn,
    run: Run,
    /// The input that is read.
    input: String,
    /// What was counted before this input.
    before: Counted,
}

/// What shows whether an input has payloads.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Counted {
    skipped: u64,
    validated: u64,
    unknown: u64,
    errors: u64,
    drifts: u64,
}

impl<'a> Reports<'a> {
    /// Makes the reports of these writers; without one, the run is only counted.
    #[must_use]
    pub fn new(fail_on: FailOn, writers: Vec<Writer<'a>>) -> Self {
        Self { writers, fail_on, run: Run::default(), input: String::new(), before: Counted::default() }
    }

    /// Starts the reports.
    ///
    /// # Errors
    /// A report cannot be written.
    pub fn start(&mut self) -> io::Result<()> {
        self.each(|writer| writer.reporter.start(&mut writer.out))
    }

    /// Notes what a folder has and is not read: files with other names, and the number of hidden folders.
    pub fn pass_over(&mut self, files: Vec<String>, folders: usize) {
        self.run.passed_over.extend(files);
        self.run.folders_passed_over += folders;
    }

    /// Starts an input of this name; SARIF makes a URI of its path.
    ///
    /// # Errors
    /// A report cannot be written.
    pub fn start_input(&mut self, name: &str, path: Option<&Path>) -> io::Result<()> {
        self.run.inputs += 1;
        self.begin(name, path)
    }

    /// Notes an argument that leads to no input: a folder without a file, or with the reason, what cannot be listed.
    ///
    /// # Errors
    /// A report cannot be written.
    pub fn no_input(&mut self, name: &str, path: Option<&Path>, unreadable: Option<String>) -> io::Result<()> {
        self.begin(name, path)?;
        self.end_input(unreadable)
    }

    fn begin(&mut self, name: &str, path: Option<&Path>) -> io::Result<()> {
        name.clone_into(&mut self.input);
        self.before = self.counted();
        self.each(|writer| writer.reporter.input(name, path))
    }

    /// Adds what came of a part of the input.
    ///
    /// # Errors
    /// A report cannot be written.
    pub fn add(&mut self, report: &Report) -> io::Result<()> {
        self.run.counts.add(&self.input, report);
        let Self { writers, input, .. } = self;
        let mut suspects = report.suspects.iter();
        suspects.try_for_each(|suspect| {
            writers.iter_mut().try_for_each(|writer| writer.reporter.suspect(&mut writer.out, input, suspect))
        })
    }

    /// Ends the input, with the reason when it could not be read to its end.
    ///
    /// # Errors
    /// A report cannot be written.
    pub fn end_input(&mut self, unreadable: Option<String>) -> io::Result<()> {
        let (before, after) = (self.before, self.counted());
        let validated = after.validated - before.validated;
        self.run.validated += validated;
        let source = self.input.clone();
        match &unreadable {
            Some(reason) => self.run.unreadable.push(Unreadable { source, reason: reason.clone() }),
            None if (Counted { skipped: before.skipped, ..after }) == before => self.run.without_payload.push(source),
            None => {}
        }
        let (errors, drifts) = (after.errors - before.errors, after.drifts - before.drifts);
        let skipped = after.skipped - before.skipped;
        let done = Done { skipped, validated, errors, drifts, fails: self.fail_on.fails(errors, drifts), unreadable };
        self.each(|writer| writer.reporter.done(&done))
    }

    /// Writes what is ready, for a reader who waits.
    ///
    /// # Errors
    /// A report cannot be written.
    pub fn flush(&mut self) -> io::Result<()> {
        self.each(|writer| writer.out.flush())
    }

    /// What came of the run so far.
    #[must_use]
    pub fn so_far(&self) -> &Run {
        &self.run
    }

    /// Ends the reports and returns what came of the run, with the drift in its order. Only with `allow_empty`, a run that
    /// validated nothing is clean. `exit_code` says what the run exits with, which SARIF has.
    ///
    /// # Errors
    /// A report cannot be written. The others are written all the same.
    pub fn finish(mut self, allow_empty: bool, exit_code: impl FnOnce(Outcome) -> u8) -> io::Result<(Outcome, Run)> {
        self.run.counts = std::mem::take(&mut self.run.counts).sorted();
        let outcome = self.run.outcome(self.fail_on, allow_empty);
        let ended = Ended { run: &self.run, outcome, exit_code: exit_code(outcome) };
        let finish = |mut writer: Writer<'_>| {
            writer.reporter.finish(&mut writer.out, &ended)?;
            writer.out.flush()
        };
        let written: Vec<io::Result<()>> = self.writers.into_iter().map(finish).collect();
        written.into_iter().collect::<io::Result<()>>()?;
        Ok((outcome, self.run))
    }

    fn each(&mut self, write: impl FnMut(&mut Writer<'a>) -> io::Result<()>) -> io::Result<()> {
        self.writers.iter_mut().try_for_each(write)
    }

    fn counted(&self) -> Counted {
        let counts = &self.run.counts;
        let unknown = counts.payloads.get("").copied().unwrap_or_default();
        let payloads: u64 = counts.payloads.values().sum();
        Counted {
            skipped: counts.skipped,
            validated: payloads - unknown,
            unknown,
            errors: counts.errors,
            drifts: counts.drifts,
        }
    }
}

/// A report in one format, on its way to one place.
pub struct Writer<'a> {
    out: BufWriter<Guard<Box<dyn Write + 'a>>>,
    reporter: Box<dyn Reporter>,
}

impl<'a> Writer<'a> {
    /// Makes a report in this format, which goes through the guard to `out`.
    pub fn new(format: Format, options: &Options, out: impl Write + 'a) -> Self {
        let out: Box<dyn Write + 'a> = Box::new(out);
        Self {
            out: BufWriter::with_capacity(64 << 10, Guard::new(out, format.codes())),
            reporter: match format {
                Format::Text => Box::new(text::Text::new(*options)),
                Format::Json => Box::new(json::Document::default()),
                Format::Ndjson => Box::new(json::Lines),
                Format::Sarif => Box::new(sarif::Sarif::default()),
                Format::Junit => Box::new(junit::Junit::default()),
                Format::Github => Box::new(github::Github),
                Format::Html => Box::new(html::Html::default()),
            },
        }
    }
}

impl fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}

/// A format of findings.
trait Reporter {
    /// Starts the report.
    fn start(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    /// Starts an input.
    fn input(&mut self, _name: &str, _path: Option<&Path>) -> io::Result<()> {
        Ok(())
    }

    /// Reports a payload of the input with findings.
    fn suspect(&mut self, out: &mut dyn Write, input: &str, suspect: &PayloadReport) -> io::Result<()>;

    /// Ends the input.
    fn done(&mut self, _done: &Done) -> io::Result<()> {
        Ok(())
    }

    /// Ends the report.
    fn finish(&mut self, _out: &mut dyn Write, _ended: &Ended<'_>) -> io::Result<()> {
        Ok(())
    }
}

/// What came of one input.
struct Done {
    /// The number of records of other calls.
    skipped: u64,
    /// The number of validated payloads.
    validated: u64,
    errors: u64,
    drifts: u64,
    /// Whether its findings fail the run.
    fails: bool,
    /// The reason why it cannot be read to its end; `None` when it was.
    unreadable: Option<String>,
}

/// What came of all inputs.
struct Ended<'a> {
    run: &'a Run,
    outcome: Outcome,
    exit_code: u8,
}
