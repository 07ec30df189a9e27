//! Everything that is printed, and the only place that prints.

pub(crate) mod findings;
mod guard;
pub(crate) mod json;
pub(crate) mod text;

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal as _, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use clap::ValueEnum;
use drs_types::text::printable;
use owo_colors::OwoColorize as _;

use crate::exit::Exit;
use crate::failure::Failure;
use guard::{Codes, Guard};

/// The format of results, and of errors.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// One JSON document
    Json,
    /// One JSON document per task, one per line
    Ndjson,
}

/// What a result is, and so what becomes of the invisible characters in it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// Text for people: they stand as codes.
    Text,
    /// JSON: they stand as codes of JSON.
    Json,
    /// Bytes of any other format: they stay, unless a terminal shows them.
    Bytes,
}

/// Whether the reader of stdout has closed it.
static CLOSED: AtomicBool = AtomicBool::new(false);

/// Prints a result to stdout. A reader that has seen enough and closed the pipe is no failure, and changes no exit code:
/// the work goes on, and what is written after that is dropped.
///
/// # Errors
/// It cannot be written.
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

/// Whether the reader of the output is gone.
pub(crate) fn is_closed() -> bool {
    CLOSED.load(Ordering::Relaxed)
}

/// Standard output. When it is closed, what is written is dropped.
struct UntilClosed<W>(W);

/// The result of writing, or `dropped` when the reader is gone.
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

/// Reports a failure on stderr, as JSON when the result would have been JSON.
pub(crate) fn report(failure: &Failure, format: Format) -> Exit {
    if format == Format::Text {
        error(&failure.message, &failure.help);
    } else {
        json_error(&failure.to_json());
    }
    failure.exit
}

/// Prints an error to stderr, and below it what to do about it.
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

/// Prints what the parser of the arguments says of them to stderr.
pub(crate) fn usage(said: impl Display) {
    let mut out = Guard::new(anstream::stderr(), Codes::Text);
    let _ = write!(out, "{said}").and_then(|()| out.flush());
}
