//! Blocks of whole records out of a stream: the lines of NDJSON, or the one document that the whole stream is.

mod block;
pub(crate) mod decompress;
mod encoding;
pub(crate) mod looks;
mod source;

use std::io::{self, Read};

use memchr::{memchr, memchr_iter, memrchr};

use crate::json::reader;
use crate::json::tree::Kind;
use block::Buffers;
use source::Source;

pub use block::{Block, Record};
pub(crate) use encoding::Encoding;

/// About so many bytes of lines are read at a time.
const BLOCK: usize = 1 << 20;

/// The limit that `drs` sets for one record.
pub const LIMIT: usize = 256 << 20;

/// How a stream is divided.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Format {
    /// By its beginning: a first line that is a whole document, with more lines after it, is NDJSON.
    #[default]
    Auto,
    /// One document: a payload, a capture or a HAR.
    Json,
    /// One document a line.
    Ndjson,
}

/// The blocks of a stream, one after the other. What is held in memory does not grow with the stream.
///
/// A byte order mark at the start is not part of a record, and a stream in UTF-16 that has one is read as well: its text
/// becomes UTF-8, while the places stay those of the stream.
///
/// A stream that breaks off gives what could be read of it, and then its error.
///
/// ```
/// use drs_validate::{Blocks, Format};
///
/// let stream = "{\"jobs\": []}\n\n{\"jobs\": [1]}\n";
/// let block = Blocks::new(stream.as_bytes(), Format::Auto, 1000).next().unwrap()?;
/// let records: Vec<_> = block.records().collect();
/// assert_eq!((records.len(), records[1].line, records[1].offset), (2, 3, 14));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Blocks<R> {
    source: Source<R>,
    format: Format,
    limit: usize,
    offset: u64,
    line: u64,
    started: bool,
    may_be_empty: bool,
    buffers: Buffers,
}

impl<R: Read> Blocks<R> {
    /// Divides a stream into blocks of records with at most `limit` bytes each.
    pub fn new(stream: R, format: Format, limit: usize) -> Self {
        let source = Source::new(stream);
        Self {
            source,
            format,
            limit,
            offset: 0,
            line: 1,
            started: false,
            may_be_empty: false,
            buffers: Buffers::default(),
        }
    }

    /// For a stream whose records come in over time, such as a pipe: each is given out without waiting for the next.
    #[must_use]
    pub fn live(mut self) -> Self {
        self.source.live = true;
        self
    }

    /// A stream of white space only has no record, rather than a truncated document.
    #[must_use]
    pub fn may_be_empty(mut self) -> Self {
        self.may_be_empty = true;
        self
    }

    /// Reads until there is a whole line ahead; `None` when it is longer than allowed.
    fn fill_line(&mut self) -> Option<usize> {
        let mut searched = 0;
        loop {
            if let Some(end) = memchr(b'\n', &self.source.ahead[searched..]) {
                return (searched + end <= self.limit).then_some(searched + end + 1);
            }
            searched = self.source.ahead.len();
            if searched > self.limit {
                return None;
            }
            if self.source.ended {
                return Some(searched);
            }
            self.source.fill((searched * 2).max(BLOCK).min(self.limit.saturating_add(1)));
        }
    }

    /// Lines or one document?
    fn decide(&mut self) {
        let lines = match self.fill_line() {
            // A line feed is in sight, so that more lines follow; or nothing is, and this is one large document.
            None => memchr(b'\n', &self.source.ahead).is_some(),
            Some(_) => {
                let wanted = BLOCK.min(self.limit);
                self.source.fill_at_once(wanted);
                // A live stream may have shown too little yet.
                let mut lines = self.are_lines_ahead();
                while !lines && !self.source.ended && self.source.ahead.len() < wanted {
                    let twice = 2 * self.source.ahead.len();
                    while !self.source.ended && self.source.ahead.len() < twice {
                        self.source.fill(wanted);
                    }
                    lines = self.are_lines_ahead();
                }
                lines
            }
        };
        let ahead = &self.source.ahead;
        let nothing = self.may_be_empty && self.source.ended && ahead.trim_ascii().is_empty();
        self.format = if lines || nothing { Format::Ndjson } else { Format::Json };
        if !lines && looks::looks_like(ahead).is_some() {
            // The rest does not matter.
            self.source.ended = true;
        }
    }

    /// Makes one record of the start of a binary stream, in every format.
    fn look_for_binary(&mut self) {
        /// As far as anything is looked for.
        const START: usize = 512;
        let start = START.min(self.limit);
        self.source.fill(start);
        // A stream with a zero is binary: its lines do not matter.
        while looks::is_binary(&self.source.ahead) && !self.source.ended && self.source.ahead.len() < start {
            self.source.fill(start);
        }
        if looks::binary(&self.source.ahead).is_some() {
            self.format = Format::Json;
            self.source.ahead.truncate(start);
            self.source.ended = true;
        }
    }

    /// The first line decides when it is a document by itself and others follow; when it is not, because it ends inside a value or
    /// because a document starts there that goes on below, most lines in sight decide.
    fn are_lines_ahead(&self) -> bool {
        let Source { ahead, ended, .. } = &self.source;
        let is_whole = |line: &[u8]| {
            let parsed = reader::parse(line);
            // `2024/01/26 …` is a number with text after it, but no document.
            let is_value = |kind: &Kind| matches!(kind, Kind::Object(_) | Kind::Array(_)) || parsed.flaws.is_empty();
            parsed.root.as_ref().is_some_and(|root| is_value(&root.kind)) && looks::not_json(line, &parsed).is_none()
        };
        let is_document = |line: &&[u8]| matches!(line.first(), Some(b'{' | b'[')) && is_whole(line);
        let mut lines =
            ahead.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()).peekable();
        let first = lines.next();
        let more = lines.peek().is_some() || (!ended && ahead.ends_with(b"\n"));
        if first.is_some_and(is_whole) {
            return more;
        }
        let (mut documents, mut others) = (0, 1);
        lines.for_each(|line| *if is_document(&line) { &mut documents } else { &mut others } += 1);
        documents > others
    }

    fn document(&mut self) -> Block {
        let mut text = std::mem::take(&mut self.source.ahead);
        let length = self.source.encoding().length_of(&text);
        let too_large = text.len() > self.limit;
        if too_large {
            // The rest does not matter.
            text = Vec::new();
            self.source.ended = true;
        }
        self.block(text, length, false, too_large)
    }

    fn lines(&mut self) -> Block {
        let Some(first) = self.fill_line() else { return self.skip_line() };
        self.source.fill_at_once(BLOCK.min(self.limit));
        let end = if self.source.ended {
            self.source.ahead.len()
        } else {
            memrchr(b'\n', &self.source.ahead).map_or(first, |end| end + 1)
        };
        let end = end.max(first);
        // The last line may be longer than allowed only when the stream has ended with it.
        let mut rest = self.buffers.take();
        rest.extend_from_slice(&self.source.ahead[end..]);
        let mut text = std::mem::replace(&mut self.source.ahead, rest);
        text.truncate(end);
        let length = self.source.encoding().length_of(&text);
        self.block(text, length, true, false)
    }

    fn skip_line(&mut self) -> Block {
        let mut length = 0;
        loop {
            let end = memchr(b'\n', &self.source.ahead).map(|end| end + 1);
            let used = end.unwrap_or(self.source.ahead.len());
            length += self.source.encoding().length_of(&self.source.ahead[..used]);
            self.source.ahead.drain(..used);
            if end.is_some() || (self.source.ended && self.source.ahead.is_empty()) {
                let block = self.block(Vec::new(), length, true, true);
                self.line += 1;
                return block;
            }
            self.source.ahead.shrink_to(BLOCK);
            self.source.fill(BLOCK.min(self.limit.saturating_add(1)));
        }
    }

    fn block(&mut self, text: Vec<u8>, length: u64, lines: bool, too_large: bool) -> Block {
        let mark = std::mem::take(&mut self.source.mark) as u64;
        let (offset, line) = (self.offset + mark, self.line);
        self.offset = offset + length;
        self.line += memchr_iter(b'\n', &text).count() as u64;
        let encoding = self.source.encoding();
        let (length, limit, buffers) = (mark + length, self.limit, self.buffers.clone());
        Block { text, offset, line, length, lines, too_large, limit, encoding, buffers }
    }
}

impl<R: Read> Iterator for Blocks<R> {
    type Item = io::Result<Block>;

    fn next(&mut self) -> Option<Self::Item> {
        let first = !std::mem::replace(&mut self.started, true);
        if first {
            self.look_for_binary();
        }
        if first && self.format == Format::Auto {
            self.decide();
        }
        if first && self.format == Format::Json {
            while !self.source.ended && self.source.ahead.len() <= self.limit {
                self.source.fill(self.limit.saturating_add(1));
            }
            if !(self.source.ahead.is_empty() && self.source.failed.is_some()) {
                return Some(Ok(self.document()));
            }
        }
        if self.source.ahead.is_empty() {
            self.source.fill(BLOCK.min(self.limit).max(1));
        }
        if self.source.ahead.is_empty() && self.source.failed.is_none() && self.source.mark > 0 {
            // A mark and nothing after it.
            return Some(Ok(self.block(Vec::new(), 0, true, false)));
        }
        if self.source.ahead.is_empty() {
            return self.source.failed.take().map(Err);
        }
        Some(Ok(self.lines()))
    }
}

#[cfg(test)]
mod tests;
