//! A stream as UTF-8, and what was read of it but not used yet.

use std::io::{self, Read};

use super::encoding::Encoding;

/// The size of the first block. Most streams are short, and fresh memory is slow.
const FIRST: usize = 1 << 14;

/// As many bytes as a pipe holds; one that gives fewer is empty.
const PIPE: usize = 1 << 16;

/// What a stream has last shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    /// There may be more at once.
    Gives,
    /// A live stream has given all that it has for now.
    Waits,
    /// It has ended.
    Ended,
}

#[derive(Debug)]
pub(super) struct Source<R> {
    stream: R,
    /// What was read and not used.
    pub(super) ahead: Vec<u8>,
    /// Whether there is nothing more to read.
    pub(super) ended: bool,
    /// Why it has ended, when that is not its end.
    pub(super) failed: Option<io::Error>,
    /// Whether to take what there is rather than to wait for more.
    pub(super) live: bool,
    /// What the stream itself has last shown.
    state: State,
    /// How the stream is encoded, once its first bytes are read.
    encoding: Option<Encoding>,
    /// How many bytes the mark at the start has that says so.
    pub(super) mark: usize,
    /// What was read of a stream that is not UTF-8, and waits for the rest of its character.
    raw: Vec<u8>,
    /// What became UTF-8, and was not asked for yet.
    decoded: Vec<u8>,
}

impl<R: Read> Source<R> {
    pub(super) fn new(stream: R) -> Self {
        Self {
            stream,
            ahead: Vec::new(),
            ended: false,
            failed: None,
            live: false,
            state: State::Gives,
            encoding: None,
            mark: 0,
            raw: Vec::new(),
            decoded: Vec::new(),
        }
    }

    /// How the stream is encoded, as far as that is known.
    pub(super) fn encoding(&self) -> Encoding {
        self.encoding.unwrap_or_default()
    }

    /// Reads until there are so many bytes ahead, or the stream ends. A live stream is read until it gives something.
    pub(super) fn fill(&mut self, wanted: usize) {
        let length = self.ahead.len();
        let is_enough = |source: &Self| {
            let enough = source.ahead.len() >= wanted || (source.live && source.ahead.len() > length);
            source.ended || (enough && (source.encoding.is_some() || wanted == 0))
        };
        while !is_enough(self) {
            self.read(wanted.saturating_sub(self.ahead.len()).max(1));
        }
    }

    /// The same, but a live stream is read as long as it has something to give.
    pub(super) fn fill_at_once(&mut self, wanted: usize) {
        if !self.live {
            return self.fill(wanted);
        }
        while !self.waits() && !self.ended && self.ahead.len() < wanted {
            self.read(wanted - self.ahead.len());
        }
    }

    /// Whether there is nothing to be had now.
    fn waits(&self) -> bool {
        self.state == State::Waits && self.decoded.is_empty()
    }

    /// Reads at most so many bytes more.
    fn read(&mut self, missing: usize) {
        let is_wide = self.encoding() != Encoding::Utf8;
        if !is_wide || self.decoded.is_empty() {
            self.read_stream(if is_wide { missing.max(2) } else { missing }, is_wide);
        }
        if self.encoding() != Encoding::Utf8 {
            self.encoding().decode(&mut self.raw, &mut self.decoded, self.state == State::Ended);
            let given = missing.min(self.decoded.len());
            self.ahead.extend(self.decoded.drain(..given));
        }
        self.ended = self.state == State::Ended && self.decoded.is_empty();
    }

    fn read_stream(&mut self, missing: usize, is_wide: bool) {
        let into = if is_wide { &mut self.raw } else { &mut self.ahead };
        let read = if self.live {
            let (start, missing) = (into.len(), missing.min(PIPE));
            into.resize(start + missing, 0);
            let read = loop {
                match self.stream.read(&mut into[start..]) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    read => break read,
                }
            };
            let length = *read.as_ref().unwrap_or(&0);
            into.truncate(start + length);
            self.state = match length {
                0 => State::Ended,
                less if less < missing => State::Waits,
                _ => State::Gives,
            };
            read
        } else {
            into.reserve(missing.min(FIRST));
            let read = (&mut self.stream).take(missing as u64).read_to_end(into);
            let is_full = read.as_ref().is_ok_and(|read| *read >= missing);
            self.state = if is_full { State::Gives } else { State::Ended };
            read
        };
        self.failed = read.err();
        if self.encoding.is_none() {
            self.look_for_mark();
        }
    }

    /// Takes the mark away from the start of the stream.
    fn look_for_mark(&mut self) {
        let Some((encoding, length)) = Encoding::of(&self.ahead, self.state == State::Ended) else { return };
        (self.encoding, self.mark) = (Some(encoding), length);
        if length > 0 {
            self.ahead.drain(..length);
        }
        if encoding != Encoding::Utf8 {
            std::mem::swap(&mut self.ahead, &mut self.raw);
        }
    }
}
