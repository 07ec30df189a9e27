//! A page of Markdown with a limit.

use std::io::{self, Write};

use askama::Template;
use drs_types::text::count;

use crate::limits::LIMITS;

/// The UTF-16 code units that are kept for the sentence about what is left out.
const END: usize = 300;

/// A page that takes blocks until one does not fit.
pub(super) struct Page<'a> {
    out: &'a mut dyn Write,
    /// What is left, in UTF-16 code units.
    left: usize,
    is_full: bool,
    /// The blocks that did not fit.
    refused: usize,
}

/// Whether a block is on the page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Fits {
    Yes,
    No,
}

impl<'a> Page<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self { out, left: LIMITS.markdown - END, is_full: false, refused: 0 }
    }

    /// Writes a block, unless it or one before it does not fit.
    pub(super) fn block(&mut self, block: &impl Template) -> io::Result<Fits> {
        if self.is_full {
            self.refused += 1;
            return Ok(Fits::No);
        }
        let text = block.render().map_err(io::Error::other)?;
        let size = text.encode_utf16().count();
        if size > self.left {
            self.is_full = true;
            self.refused += 1;
            return Ok(Fits::No);
        }
        self.left -= size;
        self.out.write_all(text.as_bytes())?;
        Ok(Fits::Yes)
    }

    /// Ends the page, and says what is left out.
    pub(super) fn end(self, tasks: usize, findings: usize) -> io::Result<()> {
        if self.refused == 0 {
            return Ok(());
        }
        let named = [(tasks, "task"), (findings, "finding")];
        let named: Vec<String> = named
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, noun)| count(number as u64, noun))
            .collect();
        let named = if named.is_empty() { count(self.refused as u64, "part") } else { named.join(" and ") };
        writeln!(
            self.out,
            "\n**This report is too long for a comment. Left out: {named}. Every other format has all of it.**"
        )
    }
}
