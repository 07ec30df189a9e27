//! A stream, and what was read of it but not used yet.

use std::io::{self, Read};

/// So much is made ready to start with: most streams are short, and memory that nobody asked for before is slow.
const FIRST: usize = 1 << 14;

/// As many bytes as a pipe holds; one that gives fewer is empty.
const PIPE: usize = 1 << 16;

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
    /// Whether a live stream has given all that it has for now.
    waits: bool,
}

impl<R: Read> Source<R> {
    pub(super) fn new(stream: R) -> Self {
        Self { stream, ahead: Vec::new(), ended: false, failed: None, live: false, waits: false }
    }

    /// Reads until there are so many bytes ahead, or the stream ends. A live stream is read once.
    pub(super) fn fill(&mut self, wanted: usize) {
        let missing = wanted.saturating_sub(self.ahead.len());
        if self.ended || missing == 0 {
            return;
        }
        if self.live {
            return self.fill_once(missing);
        }
        self.ahead.reserve(missing.min(FIRST));
        match (&mut self.stream).take(missing as u64).read_to_end(&mut self.ahead) {
            Ok(read) => self.ended = read < missing,
            Err(error) => {
                self.ended = true;
                self.failed = Some(error);
            }
        }
    }

    /// The same, but a live stream is read as long as it has something to give.
    pub(super) fn fill_at_once(&mut self, wanted: usize) {
        if !self.live {
            return self.fill(wanted);
        }
        while !self.waits && !self.ended && self.ahead.len() < wanted {
            self.fill_once(wanted - self.ahead.len());
        }
    }

    fn fill_once(&mut self, missing: usize) {
        let (start, missing) = (self.ahead.len(), missing.min(PIPE));
        self.ahead.resize(start + missing, 0);
        let read = loop {
            match self.stream.read(&mut self.ahead[start..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        let length = *read.as_ref().unwrap_or(&0);
        self.ahead.truncate(start + length);
        self.waits = length < missing;
        self.ended = length == 0;
        self.failed = read.err();
    }
}
