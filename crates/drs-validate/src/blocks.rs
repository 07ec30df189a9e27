//! Blocks of whole records out of a stream: the lines of NDJSON, or the one document that the whole stream is.

mod block;
mod source;

use std::io::{self, Read};

use memchr::{memchr, memchr_iter, memrchr};

use crate::reader;
use block::Buffers;
use source::Source;

pub use block::{Block, Record};

/// About so many bytes of lines are read at a time.
const BLOCK: usize = 1 << 20;

/// The limit that `drs` sets for one record.
pub const LIMIT: usize = 256 << 20;

/// How a stream is divided.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Format {
    /// By its beginning: a first line that is whole, with more behind it, is NDJSON.
    #[default]
    Auto,
    /// One document: a payload, a capture or a HAR.
    Json,
    /// One document a line.
    Ndjson,
}

/// The blocks of a stream, one after the other. What is held in memory does not grow with the stream.
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
    buffers: Buffers,
}

impl<R: Read> Blocks<R> {
    /// Divides a stream into blocks of records with at most `limit` bytes each.
    pub fn new(stream: R, format: Format, limit: usize) -> Self {
        let source = Source::new(stream);
        Self { source, format, limit, offset: 0, line: 1, started: false, buffers: Buffers::default() }
    }

    /// For a stream whose records come in over time, such as a pipe: each is given out without waiting for the next.
    #[must_use]
    pub fn live(mut self) -> Self {
        self.source.live = true;
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
        self.format = if lines { Format::Ndjson } else { Format::Json };
    }

    /// The first line decides when it is a document by itself and others follow; when it is not, because it is cut off or
    /// because a document starts there that goes on below, most lines in sight decide.
    fn are_lines_ahead(&self) -> bool {
        let Source { ahead, ended, .. } = &self.source;
        let is_document =
            |line: &&[u8]| matches!(line.first(), Some(b'{' | b'[')) && reader::parse(line).root.is_some();
        let mut lines =
            ahead.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()).peekable();
        let first = lines.next();
        let more = lines.peek().is_some() || (!ended && ahead.ends_with(b"\n"));
        if first.is_some_and(|first| reader::parse(first).root.is_some()) {
            return more;
        }
        let (mut documents, mut others) = (0, 1);
        lines.for_each(|line| *if is_document(&line) { &mut documents } else { &mut others } += 1);
        documents > others
    }

    fn document(&mut self) -> Block {
        let mut text = std::mem::take(&mut self.source.ahead);
        let length = text.len() as u64;
        let too_large = text.len() > self.limit;
        if too_large {
            // There is no use in reading the rest.
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
        let length = text.len() as u64;
        self.block(text, length, true, false)
    }

    fn skip_line(&mut self) -> Block {
        let mut length = 0;
        loop {
            let end = memchr(b'\n', &self.source.ahead).map(|end| end + 1);
            let used = end.unwrap_or(self.source.ahead.len());
            length += used as u64;
            self.source.ahead.drain(..used);
            if end.is_some() || (self.source.ended && self.source.ahead.is_empty()) {
                let mut block = self.block(Vec::new(), length, true, true);
                block.length = length;
                self.line += 1;
                return block;
            }
            self.source.ahead.shrink_to(BLOCK);
            self.source.fill(BLOCK.min(self.limit.saturating_add(1)));
        }
    }

    fn block(&mut self, text: Vec<u8>, length: u64, lines: bool, too_large: bool) -> Block {
        let (offset, line) = (self.offset, self.line);
        self.offset += length;
        self.line += memchr_iter(b'\n', &text).count() as u64;
        Block { text, offset, line, length, lines, too_large, limit: self.limit, buffers: self.buffers.clone() }
    }
}

impl<R: Read> Iterator for Blocks<R> {
    type Item = io::Result<Block>;

    fn next(&mut self) -> Option<Self::Item> {
        let first = !std::mem::replace(&mut self.started, true);
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
        if self.source.ahead.is_empty() {
            return self.source.failed.take().map(Err);
        }
        Some(Ok(self.lines()))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// Gives a few bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.1.min(buffer.len());
            self.0.read(&mut buffer[..length])
        }
    }

    /// The records of a stream, which are the same when it comes in over time.
    fn read(stream: &[u8], format: Format, limit: usize) -> Vec<(String, u64, u64)> {
        let records = records(Blocks::new(stream, format, limit));
        for size in [1, 1000, 100_000].into_iter().filter(|size| stream.len() / size < 10_000) {
            assert_eq!(
                self::records(Blocks::new(Slow(stream, size), format, limit).live()),
                records,
                "{size} at a time"
            );
        }
        records
    }

    fn records(blocks: Blocks<impl Read>) -> Vec<(String, u64, u64)> {
        let blocks: Vec<Block> = blocks.map(Result::unwrap).collect();
        let records = blocks.iter().flat_map(Block::records);
        let text = |record: &Record<'_>| String::from_utf8(record.text.to_vec()).unwrap().trim_end().to_owned();
        records
            .map(|record| {
                (if record.too_large { "(too large)".into() } else { text(&record) }, record.offset, record.line)
            })
            .collect()
    }

    #[test]
    fn lines_of_which_the_first_is_cut_off_are_lines() {
        assert_eq!(read(b"{\"a\"\n{}\n{}\n{}\n", Format::Auto, 99).len(), 4);
    }

    #[test]
    fn a_document_over_several_lines_is_one_record() {
        assert_eq!(read(b"{\n\"a\":1}\n", Format::Auto, 99), [("{\n\"a\":1}".to_owned(), 0, 1)]);
        assert_eq!(read(b"{\"a\":1}\n", Format::Auto, 99).len(), 1);
        assert_eq!(read(b"{\"a\":1}\n{}", Format::Json, 99).len(), 1);
        assert_eq!(read(b"", Format::Auto, 99).len(), 1, "an empty file is a document that is cut off");
    }

    #[test]
    fn a_live_stream_gives_out_each_line_before_it_waits_for_the_next() {
        /// Gives a piece at a time, and counts.
        struct Pieces<'a>(&'a Cell<usize>, Vec<&'static [u8]>);
        impl Read for Pieces<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                self.0.set(self.0.get() + 1);
                if self.1.is_empty() {
                    return Ok(0);
                }
                self.1.remove(0).read(buffer)
            }
        }
        for format in [Format::Auto, Format::Ndjson] {
            let reads = Cell::new(0);
            let pieces = vec![&b"{\"a\":1}\n"[..], b"{}\n{\"b", b"\":2}\n", b"[3]"];
            let mut blocks = Blocks::new(Pieces(&reads, pieces), format, 99).live();
            let mut next = || {
                let block = blocks.next()?.unwrap();
                Some((block.records().map(|record| record.text.len()).collect::<Vec<_>>(), reads.get()))
            };
            assert_eq!(next(), Some((vec![7], 1)));
            assert_eq!(next(), Some((vec![2], 2)));
            assert_eq!(next(), Some((vec![7], 3)));
            assert_eq!(next(), Some((vec![3], 5)));
            assert_eq!(next(), None);
        }
        let reads = Cell::new(0);
        let mut document = Blocks::new(Pieces(&reads, vec![b"{\n", b"}\n"]), Format::Auto, 99).live();
        assert_eq!(document.next().unwrap().unwrap().text, b"{\n}\n");
    }

    #[test]
    fn a_line_over_the_limit_is_left_out_and_the_next_one_is_read() {
        let lines = read(b"{}\n[\"xxxxxxxxxxxxxxxx\"]\r\n[1]\n", Format::Auto, 8);
        assert_eq!(lines, [("{}".into(), 0, 1), ("(too large)".into(), 3, 2), ("[1]".into(), 25, 3)]);
        assert_eq!(read(b"[1,2,3,4,5,6]", Format::Json, 8), [("(too large)".into(), 0, 1)]);
        assert_eq!(read(b"[1,2,3,4,5,6]", Format::Ndjson, 8), [("(too large)".into(), 0, 1)]);
    }

    /// Found by fuzzing: what was read ahead behind the first of them was not measured.
    #[test]
    fn every_line_over_the_limit_is_left_out() {
        let too_large: Vec<bool> = Blocks::new(&b"[1,2,3,4,5,6]\n[]\n[1,2,3,4,5,6]\n[]"[..], Format::Ndjson, 8)
            .flat_map(|block| block.unwrap().records().map(|record| record.too_large).collect::<Vec<_>>())
            .collect();
        assert_eq!(too_large, [true, false, true, false]);
        assert_eq!(read(b"1\n\n2", Format::Ndjson, 0).len(), 2);
    }

    #[test]
    fn the_last_line_needs_no_line_feed() {
        assert_eq!(read(b"{}\n{}", Format::Ndjson, 99).len(), 2);
        assert_eq!(read(b"", Format::Ndjson, 99).len(), 0);
    }

    #[test]
    fn lines_over_many_blocks_keep_their_places() {
        let line = |number: usize| format!("{{\"n\":{number},\"x\":\"{}\"}}\n", "x".repeat(number % 3000));
        let text: String = (0..3000).map(line).collect();
        let mut offset = 0;
        let records = read(text.as_bytes(), Format::Auto, 1 << 22);
        assert_eq!(records.len(), 3000);
        for (number, (text, at, line_number)) in records.iter().enumerate() {
            assert_eq!((*at, *line_number), (offset, number as u64 + 1));
            assert_eq!(*text, line(number).trim_end());
            offset += line(number).len() as u64;
        }
    }

    #[test]
    fn a_stream_that_breaks_off_gives_what_was_read_and_then_its_error() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("gone"))
            }
        }
        let mut blocks = Blocks::new(b"{}\n{\"a".chain(Broken), Format::Ndjson, 99);
        assert_eq!(blocks.next().unwrap().unwrap().records().count(), 2);
        assert_eq!(blocks.next().unwrap().unwrap_err().to_string(), "gone");
        assert!(blocks.next().is_none());
    }
}
