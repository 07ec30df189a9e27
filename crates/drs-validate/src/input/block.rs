//! A run of whole records.

use std::sync::{Arc, Mutex};

use memchr::memchr;

use super::BLOCK;
use super::encoding::Encoding;

/// A run of whole records.
#[derive(Debug)]
#[non_exhaustive]
pub struct Block {
    /// The text of all records, in UTF-8 as far as it is any; nothing of a record that is too large.
    pub text: Vec<u8>,
    /// Where it starts, in bytes from the start of the stream.
    pub offset: u64,
    /// The line that it starts on, counted from 1.
    pub line: u64,
    /// How many bytes of the stream it has.
    pub length: u64,
    /// Whether each line is a record, rather than the whole block.
    pub lines: bool,
    /// Whether it is one record with more bytes than allowed, whose text was left out.
    pub too_large: bool,
    /// How many bytes a record may have.
    pub(crate) limit: usize,
    /// How the stream holds the text.
    pub(crate) encoding: Encoding,
    pub(super) buffers: Buffers,
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

/// One document and its place in the stream.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Record<'a> {
    /// The text, without the end of its line; empty when it is too large.
    pub text: &'a [u8],
    /// Where it starts, in bytes from the start of the stream.
    pub offset: u64,
    /// The line that it starts on, counted from 1.
    pub line: u64,
    /// Whether it has more bytes than allowed, so that its text was left out.
    pub too_large: bool,
}

impl Block {
    /// The records of the block; blank lines are none.
    pub fn records(&self) -> impl Iterator<Item = Record<'_>> {
        let (mut at, mut place) = (0, self.offset);
        let mut line = self.line;
        let mut whole = (!self.lines || self.too_large).then_some(Record {
            text: &self.text,
            offset: self.offset,
            line,
            too_large: self.too_large,
        });
        std::iter::from_fn(move || {
            if let Some(record) = whole.take() {
                at = self.text.len();
                return Some(record);
            }
            while at < self.text.len() {
                let rest = &self.text[at..];
                let length = memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
                let text = &rest[..length];
                let text = text.strip_suffix(b"\n").unwrap_or(text);
                let text = text.strip_suffix(b"\r").unwrap_or(text);
                let record = Record { text, offset: place, line, too_large: false };
                place += self.encoding.length_of(&rest[..length]);
                at += length;
                line += 1;
                if !record.text.trim_ascii().is_empty() {
                    return Some(record);
                }
            }
            None
        })
    }
}
