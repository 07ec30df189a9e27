//! The one entry: an assessment, a format, a place to write to.

use std::io::{self, Write};

use drs_gate::{Assessment, Diff};

use crate::guard::{Codes, Guard};
use crate::{DiffFormat, Format, Options, html, json, junit, markdown, sarif, text};

/// Writes the report on an assessment.
///
/// # Errors
/// The report cannot be written to `out`.
pub fn write(format: Format, assessment: &Assessment, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let codes = match format {
        Format::Text => Codes::Text,
        Format::Json | Format::Ndjson | Format::Sarif => Codes::Json,
        Format::Junit | Format::Markdown | Format::Html => Codes::Plain,
    };
    guarded(codes, out, |out| match format {
        Format::Text => text::report(out, assessment, options),
        Format::Json => json::document(out, assessment),
        Format::Ndjson => json::lines(out, assessment),
        Format::Junit => junit::assessment::report(out, assessment),
        Format::Sarif => sarif::assessment::report(out, assessment),
        Format::Markdown => markdown::report(out, assessment, options),
        Format::Html => html::report(out, assessment, options),
    })
}

/// Writes the comparison of two runs.
///
/// # Errors
/// The comparison cannot be written to `out`.
pub fn write_diff(format: DiffFormat, diff: &Diff, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    match format {
        DiffFormat::Text => guarded(Codes::Text, out, |out| text::diff(out, diff, options)),
        DiffFormat::Json => guarded(Codes::Json, out, |out| json::document(out, diff)),
        DiffFormat::Markdown => guarded(Codes::Plain, out, |out| markdown::diff(out, diff, options)),
    }
}

/// Writes through the guard, to the end.
fn guarded(codes: Codes, out: &mut dyn Write, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    // The templates and serde write small pieces.
    let mut out = io::BufWriter::with_capacity(64 << 10, Guard::new(out, codes));
    write(&mut out)?;
    out.flush()
}
