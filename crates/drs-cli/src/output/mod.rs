//! Output. Only this module prints.

pub(crate) mod explain;
pub(crate) mod text;

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal as _, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use clap::ValueEnum;
use drs_report::{Codes, Guard};
use drs_types::text::printable;
use owo_colors::OwoColorize as _;

use crate::exit::Exit;
use crate::failure::Failure;

/// The format of results and errors.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// One JSON document
    Json,
    /// One JSON document per task, one per line
    Ndjson,
}

/// The kind of a result, which says how invisible characters are written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// Text for people: as codes.
    Text,
    /// JSON: as escapes of JSON.
    Json,
    /// Bytes of any other format: unchanged, unless they go to a terminal.
    Bytes,
}

/// Whether the reader of stdout has closed it.
static CLOSED: AtomicBool = AtomicBool::new(false);

/// Prints a result to stdout. A closed pipe is not a failure and does not change the exit code: the work continues, and
/// further output is dropped.
///
/// # Errors
/// The result cannot be written.
pub(crate) fn print(kind: Kind, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let flushed = |out: &mut dyn Write| write(out).and_then(|()| out.flush());
    let stdout = io::stdout();
    match kind {
        Kind::Json => flushed(&mut Guard::new(io::BufWriter::new(UntilClosed(stdout)), Codes::Json)),
        Kind::Bytes if !stdout.is_terminal() => flushed(&mut io::BufWriter::new(UntilClosed(stdout))),
        Kind::Text | Kind::Bytes => {
            flushed(&mut Guard::new(io::BufWriter::new(UntilClosed(anstream::stdout())), Codes::Text))
        }
    }
    .map_err(|error| Failure::service(format!("the result cannot be written: {error}")))
}

/// Whether the reader of stdout has closed it.
pub(crate) fn is_closed() -> bool {
    CLOSED.load(Ordering::Relaxed)
}

/// Standard output. After it is closed, output is dropped.
struct UntilClosed<W>(W);

/// Returns the result of writing, or `dropped` when the reader has closed stdout.
fn unless_closed<T>(dropped: T, write: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    if is_closed() {
        return Ok(dropped);
    }
    match write() {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {
            CLOSED.store(true, Ordering::Relaxed);
            Ok(dropped)
        }
        result => result,
    }
}

impl<W: Write> Write for UntilClosed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        unless_closed(bytes.len(), || self.0.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        unless_closed((), || self.0.flush())
    }
}

/// Prints a hint or a warning to stderr, on one line.
pub(crate) fn hint(text: &str) {
    let _ = writeln!(anstream::stderr(), "{}", printable(text));
}

/// Prints a failure to stderr, as JSON when the format of the result is JSON.
pub(crate) fn report(failure: &Failure, format: Format) -> Exit {
    if format == Format::Text {
        error(&failure.message, &failure.help);
    } else {
        json_error(&failure.to_json());
    }
    failure.exit
}

/// Prints an error with its advice to stderr.
fn error(message: &str, help: &[String]) {
    let mut text = format!("{}: {}\n", "error".red().bold(), printable(message));
    for help in help {
        text.push_str(&format!("  {}\n", printable(help)));
    }
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// Prints an error to stderr as a line of JSON.
fn json_error(error: &serde_json::Value) {
    let mut out = Guard::new(io::stderr(), Codes::Json);
    let _ = writeln!(out, "{error}").and_then(|()| out.flush());
}

/// Prints the message of the argument parser to stderr.
pub(crate) fn usage(said: impl Display) {
    let mut out = Guard::new(anstream::stderr(), Codes::Text);
    let _ = write!(out, "{said}").and_then(|()| out.flush());
}
