//! The way from the bytes of a stream to its records: what divides it, found by its content.
//!
//! `source` makes UTF-8 of the bytes, `window` holds what was read and where it is, and one container divides it.

mod block;
pub(crate) mod decompress;
pub(crate) mod encoding;
mod extent;
mod find;
mod items;
mod lines;
#[cfg_attr(not(feature = "har"), allow(dead_code, reason = "only exchanges are read out of logs"))]
mod log;
pub(crate) mod looks;
mod nested;
mod pairs;
mod position;
mod sequence;
mod source;
mod values;
mod window;

use std::fmt::Debug;
use std::io::{self, Read};

use memchr::memchr;

use crate::json::reader;
use crate::json::tree::Kind;
use crate::mapping::Pairing;
use find::Search;
use lines::Lines;
use log::Log;
use pairs::Pairs;
use sequence::Sequence;
use values::Values;
use window::Window;

pub use block::{Block, Record};
pub(crate) use block::{Part, PartKind};
pub(crate) use find::{ENTRIES, KNOWN};
#[cfg(feature = "har")]
pub(crate) use log::without_prefixes;
pub(crate) use log::{Form, LogCall, Piece as LogPiece, contents};
pub(crate) use nested::{Piece, pieces};
pub(crate) use position::{Cursor, Position};

/// About so many bytes of lines are read at a time.
const BLOCK: usize = 1 << 20;

/// The limit that `drs` sets for one record.
pub const LIMIT: usize = 256 << 20;

/// How a stream is divided.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Format {
    /// By its content: values on lines of their own, one after the other, or in an array.
    #[default]
    Auto,
    /// One value: a payload, a capture, a HAR or an array of them.
    Json,
    /// One value a line.
    Ndjson,
}

/// What divides a stream into records. The next block has at least one of them, or what is around them.
trait Container<R>: Debug + Send {
    fn next(&mut self, window: &mut Window<R>) -> Option<Block>;
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
    window: Window<R>,
    format: Format,
    /// The arrays whose items are records.
    pointers: Vec<String>,
    /// How requests and responses on lines of their own find each other.
    pairing: Option<Pairing>,
    may_be_empty: bool,
    /// What divides the stream, once its start is known.
    container: Option<Box<dyn Container<R>>>,
}

impl<R: Read> Blocks<R> {
    /// Divides a stream into blocks of records with at most `limit` bytes each.
    pub fn new(stream: R, format: Format, limit: usize) -> Self {
        let pointers = KNOWN.map(str::to_owned).into();
        Self {
            window: Window::new(stream, limit),
            format,
            pointers,
            pairing: None,
            may_be_empty: false,
            container: None,
        }
    }

    /// For a stream whose records come in over time, such as a pipe: each is given out without waiting for the next.
    #[must_use]
    pub fn live(mut self) -> Self {
        self.window.source.live = true;
        self
    }

    /// A stream of white space only has no record, rather than a truncated document.
    #[must_use]
    pub fn may_be_empty(mut self) -> Self {
        self.may_be_empty = true;
        self
    }

    /// The items of the arrays at these JSON Pointers are records.
    pub(crate) fn in_arrays(mut self, pointers: Vec<String>) -> Self {
        self.pointers = pointers;
        self
    }

    /// Requests and responses are on lines of their own.
    pub(crate) fn in_pairs(mut self, pairing: Option<Pairing>) -> Self {
        self.pairing = pairing;
        self
    }

    /// What divides the stream.
    fn container(&mut self) -> Box<dyn Container<R>> {
        let pointers = std::mem::take(&mut self.pointers);
        if self.is_binary() {
            return Box::new(Values::new(pointers, true, true));
        }
        if let Some(pairing) = self.pairing.take() {
            return Box::new(Pairs::new(pairing));
        }
        match self.format {
            Format::Ndjson => Box::new(Lines),
            Format::Json => Box::new(Values::new(pointers, true, true)),
            Format::Auto => self.detected(pointers),
        }
    }

    fn detected(&mut self, pointers: Vec<String>) -> Box<dyn Container<R>> {
        let lines = self.are_lines(&pointers);
        let ahead = self.window.ahead();
        let is_empty = self.window.ended() && ahead.trim_ascii().is_empty();
        if ahead.trim_ascii_start().first() == Some(&sequence::SEPARATOR) {
            return Box::new(Sequence);
        }
        if if lines { log::has_messages(ahead) } else { log::is_log(ahead) } {
            return Box::new(Log::default());
        }
        if lines {
            return Box::new(Lines);
        }
        let is_text = looks::looks_like(ahead).is_some();
        // The rest of what is not JSON does not matter.
        self.window.source.ended |= is_text;
        let pointers = if is_text { Vec::new() } else { pointers };
        Box::new(Values::new(pointers, is_text, !(is_empty && self.may_be_empty)))
    }

    /// Whether each line is a value.
    fn are_lines(&mut self, pointers: &[String]) -> bool {
        self.window.source.fill_at_once(BLOCK.min(self.window.limit));
        // The items of an array on one line are records, so that the line need not be read to its end.
        let (ahead, ended) = (self.window.ahead(), self.window.ended());
        let start = find::skip_space(ahead, 0);
        let is_open = !ended && memchr(b'\n', &ahead[start..]).is_none();
        if is_open && matches!(find::array(ahead, start, pointers, ended), Search::Array { .. }) {
            return false;
        }
        if lines::fill_line(&mut self.window).is_none() {
            // A line feed is in sight, so that more lines follow; or nothing is, and this is one large document.
            return memchr(b'\n', self.window.ahead()).is_some();
        }
        let wanted = BLOCK.min(self.window.limit);
        self.window.source.fill_at_once(wanted);
        // A live stream may have shown too little yet.
        let mut lines = self.are_lines_ahead(pointers);
        while !lines && !self.window.ended() && self.window.ahead().len() < wanted && !log::is_log(self.window.ahead())
        {
            let twice = 2 * self.window.ahead().len();
            while !self.window.ended() && self.window.ahead().len() < twice {
                self.window.source.fill(wanted);
            }
            lines = self.are_lines_ahead(pointers);
        }
        lines
    }

    /// Whether the stream is binary; then its start is one record, in every format.
    fn is_binary(&mut self) -> bool {
        /// As far as anything is looked for.
        const START: usize = 512;
        let window = &mut self.window;
        let start = START.min(window.limit);
        window.source.fill(start);
        // A stream with a zero is binary: its lines do not matter.
        while looks::is_binary(window.ahead()) && !window.ended() && window.ahead().len() < start {
            window.source.fill(start);
        }
        let is_binary = looks::binary(window.ahead()).is_some();
        if is_binary {
            window.source.ahead.truncate(start);
            window.source.ended = true;
        }
        is_binary
    }

    /// The first line decides when it is a document by itself and others follow; when it is not, because it ends inside a value or
    /// because a document starts there that goes on below, most lines in sight decide.
    fn are_lines_ahead(&self, pointers: &[String]) -> bool {
        let (ahead, ended) = (self.window.ahead(), self.window.ended());
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
            // Values side by side may go on over lines.
            return more && first.is_some_and(|line| !values::is_followed(line));
        }
        // The items of an array may be on lines of their own.
        let start = ahead.len() - ahead.trim_ascii_start().len();
        let is_array = matches!(find::array(ahead, start, pointers, ended), Search::Array { .. });
        if is_array && looks::looks_like(ahead).is_none() {
            return false;
        }
        let (mut documents, mut others) = (0, 1);
        lines.for_each(|line| *if is_document(&line) { &mut documents } else { &mut others } += 1);
        documents > others
    }
}

impl<R: Read> Iterator for Blocks<R> {
    type Item = io::Result<Block>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut container = match self.container.take() {
            Some(container) => container,
            None => self.container(),
        };
        let block = container.next(&mut self.window);
        self.container = Some(container);
        let is_failed = self.window.ahead().is_empty() && self.window.source.failed.is_some();
        match block {
            // What could not be read is not an empty document.
            Some(block) if is_failed && block.length == 0 => self.window.failure().map(Err),
            Some(block) => Some(Ok(block)),
            None => self.window.rest().map(Ok).or_else(|| self.window.failure().map(Err)),
        }
    }
}

#[cfg(test)]
mod tests;
