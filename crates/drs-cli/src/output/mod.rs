//! Everything that is printed, and the only place that prints.
#![allow(clippy::print_stderr, reason = "hints go to stderr from here and from nowhere else")]

pub(crate) mod findings;
pub(crate) mod json;
pub(crate) mod text;

use std::io::{self, ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::exit::Exit;
use crate::failure::Failure;

/// Whether the reader of stdout has closed it.
static CLOSED: AtomicBool = AtomicBool::new(false);

/// Prints a result to stdout. A reader that has seen enough and closed the pipe is no failure, and changes no exit code:
/// the work goes on, and what is written after that is dropped.
pub(crate) fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Exit {
    written(Stdout(anstream::stdout()), write)
}

/// Prints what programs read. Nothing is taken out, also no character that a terminal would obey.
pub(crate) fn print_data(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Exit {
    written(Stdout(io::stdout()), write)
}

fn written(stdout: Stdout<impl Write>, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Exit {
    let mut out = io::BufWriter::new(stdout);
    match write(&mut out).and_then(|()| out.flush()) {
        Ok(()) => Exit::Clean,
        Err(error) => {
            Failure::service(format!("the result cannot be written: {error}")).report(crate::cli::Output::Text)
        }
    }
}

/// Whether nobody reads what is printed any more.
pub(crate) fn is_closed() -> bool {
    CLOSED.load(Ordering::Relaxed)
}

/// Standard output. When it is closed, what is written is dropped.
struct Stdout<W>(W);

/// What came of writing, or this when nobody reads it.
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

impl<W: Write> Write for Stdout<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        unless_closed(bytes.len(), || self.0.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        unless_closed((), || self.0.flush())
    }
}

/// Prints a hint, a warning or an error to stderr.
pub(crate) fn hint(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}
