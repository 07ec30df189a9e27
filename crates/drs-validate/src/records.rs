//! Records out of a stream: the lines of NDJSON, or the one document that the whole stream is.

use std::io::{self, BufRead, Read};

use crate::reader;

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

/// One document and where it stands in its stream.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Record {
    /// The text; empty when it is too large.
    pub text: Vec<u8>,
    /// Where it starts, in bytes from the start of the stream.
    pub offset: u64,
    /// The line that it starts on, counted from 1.
    pub line: u64,
    /// Whether it has more bytes than allowed, so that its text was left out.
    pub too_large: bool,
}

/// The records of a stream, one after the other. At most one of them is held in memory.
///
/// ```
/// use drs_validate::{Format, Records};
///
/// let stream = "{\"jobs\": []}\n\n{\"jobs\": [1]}\n";
/// let records: Vec<_> = Records::new(stream.as_bytes(), Format::Auto, 1000).collect::<Result<_, _>>()?;
/// assert_eq!((records.len(), records[1].line, records[1].offset), (2, 3, 14));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Records<R> {
    stream: R,
    format: Format,
    limit: usize,
    offset: u64,
    line: u64,
    done: bool,
}

impl<R: BufRead> Records<R> {
    /// Divides a stream into records of at most `limit` bytes.
    pub fn new(stream: R, format: Format, limit: usize) -> Self {
        Self { stream, format, limit, offset: 0, line: 1, done: false }
    }

    /// One line with its line feed; nothing of a line beyond the limit is kept.
    fn line(&mut self) -> io::Result<Record> {
        let (offset, line) = (self.offset, self.line);
        let mut text = Vec::new();
        let most = self.limit as u64 + 1;
        let mut length = (&mut self.stream).take(most).read_until(b'\n', &mut text)? as u64;
        let too_large = length == most && text.last() != Some(&b'\n');
        if too_large {
            text = Vec::new();
            length += self.skip_line()?;
        }
        self.offset += length;
        self.line += 1;
        Ok(Record { text, offset, line, too_large })
    }

    fn skip_line(&mut self) -> io::Result<u64> {
        let mut skipped = 0;
        loop {
            let buffer = self.stream.fill_buf()?;
            let (end, used) = match buffer.iter().position(|byte| *byte == b'\n') {
                Some(at) => (true, at + 1),
                None => (buffer.is_empty(), buffer.len()),
            };
            self.stream.consume(used);
            skipped += used as u64;
            if end {
                return Ok(skipped);
            }
        }
    }

    /// The rest of the stream as one document, behind what was read of it already.
    fn document(&mut self, mut text: Vec<u8>) -> io::Result<Record> {
        self.done = true;
        (&mut self.stream).take((self.limit as u64 + 1).saturating_sub(text.len() as u64)).read_to_end(&mut text)?;
        let too_large = text.len() > self.limit;
        if too_large {
            text = Vec::new();
        }
        Ok(Record { text, offset: 0, line: 1, too_large })
    }

    fn step(&mut self) -> io::Result<Option<Record>> {
        match self.format {
            Format::Json => self.document(Vec::new()).map(Some),
            Format::Auto => {
                let first = self.line()?;
                let whole = first.too_large || reader::parse(&first.text).root.is_some() || is_blank(&first.text);
                if whole && !self.stream.fill_buf()?.is_empty() {
                    self.format = Format::Ndjson;
                    return Ok(Some(first));
                }
                if first.too_large {
                    self.done = true;
                    return Ok(Some(first));
                }
                self.document(first.text).map(Some)
            }
            Format::Ndjson => {
                if self.stream.fill_buf()?.is_empty() {
                    self.done = true;
                    return Ok(None);
                }
                self.line().map(Some)
            }
        }
    }
}

impl<R: BufRead> Iterator for Records<R> {
    type Item = io::Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.done {
            match self.step() {
                Ok(Some(record)) if is_blank(&record.text) && !record.too_large && self.format == Format::Ndjson => {}
                Ok(Some(record)) => return Some(Ok(record)),
                Ok(None) => return None,
                Err(error) => {
                    self.done = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

fn is_blank(text: &[u8]) -> bool {
    text.trim_ascii().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(stream: &str, format: Format, limit: usize) -> Vec<(String, u64, u64)> {
        let records = Records::new(stream.as_bytes(), format, limit).map(Result::unwrap);
        let text = |record: &Record| {
            let text = String::from_utf8(record.text.clone()).unwrap().trim_end().to_owned();
            if record.too_large { "(too large)".to_owned() } else { text }
        };
        records.map(|record| (text(&record), record.offset, record.line)).collect()
    }

    #[test]
    fn a_document_over_several_lines_is_one_record() {
        assert_eq!(read("{\n\"a\":1}\n", Format::Auto, 99), [("{\n\"a\":1}".to_owned(), 0, 1)]);
        assert_eq!(read("{\"a\":1}\n", Format::Auto, 99).len(), 1);
        assert_eq!(read("{\"a\":1}\n{}", Format::Json, 99).len(), 1);
        assert_eq!(read("", Format::Auto, 99).len(), 1, "an empty file is a document that is cut off");
    }

    #[test]
    fn a_line_over_the_limit_is_left_out_and_the_next_one_is_read() {
        let lines = read("{}\n[\"xxxxxxxxxxxxxxxx\"]\r\n[1]\n", Format::Auto, 8);
        assert_eq!(lines, [("{}".into(), 0, 1), ("(too large)".into(), 3, 2), ("[1]".into(), 25, 3)]);
        assert_eq!(read("[1,2,3,4,5,6]", Format::Json, 8), [("(too large)".into(), 0, 1)]);
    }

    #[test]
    fn the_last_line_needs_no_line_feed() {
        assert_eq!(read("{}\n{}", Format::Ndjson, 99).len(), 2);
        assert_eq!(read("", Format::Ndjson, 99).len(), 0);
    }
}
