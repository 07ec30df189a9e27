//! Everything that is printed, and the only place that prints.
#![allow(clippy::print_stderr, reason = "hints go to stderr from here and from nowhere else")]

pub(crate) mod findings;
pub(crate) mod json;
pub(crate) mod text;

use std::io::{self, ErrorKind, Write};

use crate::exit::Exit;
use crate::failure::Failure;

/// Prints a result to stdout. A reader that has seen enough and closed the pipe is no failure.
pub(crate) fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Exit {
    let mut out = io::BufWriter::new(anstream::stdout());
    match write(&mut out).and_then(|()| out.flush()) {
        Ok(()) => Exit::Clean,
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Exit::Clean,
        Err(error) => {
            Failure::service(format!("the result cannot be written: {error}")).report(crate::cli::Output::Text)
        }
    }
}

/// Prints a hint, a warning or an error to stderr.
pub(crate) fn hint(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}
