//! A run of whole records.

use std::ops::Range;
use std::sync::{Arc, Mutex};

use memchr::memchr;

use super::BLOCK;
use super::encoding::Encoding;
use super::log::LogCall;
use super::position::{Cursor, Position, Segment};

/// A run of whole records of a stream.
#[derive(Debug)]
pub struct Block {
    /// The text of all records, in UTF-8 as far as it is any; nothing of a record that is too large.
    pub(crate) text: Vec<u8>,
    /// Where the parts of the text start in the stream.
    pub(crate) segments: Vec<Segment>,
    pub(crate) parts: Parts,
    /// The array whose items the records are, as a JSON Pointer.
    pub(crate) base: String,
    pub(crate) length: u64,
    /// How many bytes a record may have.
    pub(crate) limit: usize,
    /// How the stream holds the text.
    pub(crate) encoding: Encoding,
    pub(super) buffers: Buffers,
}

/// How the text of a block is divided.
#[derive(Debug)]
pub(crate) enum Parts {
    /// Each line is a record.
    Lines,
    /// The parts are these.
    Each(Vec<Part>),
}

/// A part of a block.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Part {
    pub(crate) range: Range<usize>,
    pub(crate) kind: PartKind,
    /// Which item of its array it is.
    pub(crate) index: Option<usize>,
}

/// What a part of a block is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum PartKind {
    /// A record.
    Record,
    /// A record with more bytes than allowed, whose text was left out.
    TooLarge,
    /// What is around the items of an array: the text before the items ends here, and that after them starts here. The
    /// text breaks off when it has no end.
    Frame { before: usize, after: usize, is_whole: bool },
    /// A call of a log.
    Call(Box<LogCall>),
}

impl Part {
    /// A record that is not an item.
    pub(crate) fn record(range: Range<usize>) -> Self {
        Self { range, kind: PartKind::Record, index: None }
    }

    /// The same in a text that starts so many bytes earlier.
    pub(crate) fn moved(self, by: usize) -> Self {
        let kind = match self.kind {
            PartKind::Frame { before, after, is_whole } => {
                PartKind::Frame { before: before + by, after: after + by, is_whole }
            }
            other => other,
        };
        Self { range: self.range.start + by..self.range.end + by, kind, ..self }
    }
}

/// Buffers that are used again: to get fresh memory from the system costs more than to read a block.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffers(Arc<Mutex<Vec<Vec<u8>>>>);

impl Buffers {
    pub(super) fn take(&self) -> Vec<u8> {
        self.0.lock().map_or(None, |mut free| free.pop()).unwrap_or_default()
    }

    fn give(&self, mut buffer: Vec<u8>) {
        // One that has grown for a large record goes back to the system.
        if buffer.capacity() <= 4 * BLOCK
            && let Ok(mut free) = self.0.lock()
        {
            buffer.clear();
            free.push(buffer);
        }
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        self.buffers.give(std::mem::take(&mut self.text));
    }
}

/// One record and its place in the stream.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Record<'a> {
    /// The text, without the end of its line; empty when it is too large.
    pub text: &'a [u8],
    /// Where it starts, in bytes from the start of the stream.
    pub offset: u64,
    /// The line that it starts on, counted from 1.
    pub line: u64,
    /// The column in characters that it starts at, counted from 1.
    pub column: u64,
    /// Whether it has more bytes than allowed, so that its text was left out.
    pub too_large: bool,
}

impl Block {
    /// How many bytes of the stream it has.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The records of the block; blank lines are none.
    pub fn records(&self) -> impl Iterator<Item = Record<'_>> {
        let mut cursor = self.cursor();
        self.parts().filter(|part| !matches!(part.kind, PartKind::Frame { .. })).map(move |part| {
            let Position { offset, line, column } = cursor.go_to(part.range.start);
            Record { text: &self.text[part.range], offset, line, column, too_large: part.kind == PartKind::TooLarge }
        })
    }

    /// At the start of the text.
    pub(crate) fn cursor(&self) -> Cursor<'_> {
        Cursor::new(&self.text, self.encoding, &self.segments)
    }

    /// The parts of the block in their order.
    pub(crate) fn parts(&self) -> impl Iterator<Item = Part> {
        let each = match &self.parts {
            Parts::Lines => None,
            Parts::Each(parts) => Some(parts.iter().cloned()),
        };
        let lines = each.is_none().then(|| self.lines());
        each.into_iter().flatten().chain(lines.into_iter().flatten())
    }

    fn lines(&self) -> impl Iterator<Item = Part> {
        let mut at = 0;
        std::iter::from_fn(move || {
            while at < self.text.len() {
                let rest = &self.text[at..];
                let length = memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
                let text = &rest[..length];
                let text = text.strip_suffix(b"\n").unwrap_or(text);
                let text = text.strip_suffix(b"\r").unwrap_or(text);
                let start = at;
                at += length;
                if !text.trim_ascii().is_empty() {
                    return Some(Part::record(start..start + text.len()));
                }
            }
            None
        })
    }
}
