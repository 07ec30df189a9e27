//! What was read of a stream and not used yet, and where it is.

use std::io::{self, Read};

use super::BLOCK;
use super::block::{Block, Buffers, Parts};
use super::position::{Position, Segment};
use super::source::Source;

/// The part of a stream that was read and not used.
#[derive(Debug)]
pub(super) struct Window<R> {
    pub(super) source: Source<R>,
    /// How many bytes a record may have.
    pub(super) limit: usize,
    /// The place of the first byte that is not used.
    pub(super) position: Position,
    /// How many bytes were used since the last block.
    used: u64,
    buffers: Buffers,
}

impl<R: Read> Window<R> {
    pub(super) fn new(stream: R, limit: usize) -> Self {
        let source = Source::new(stream);
        Self { source, limit, position: Position::START, used: 0, buffers: Buffers::default() }
    }

    /// What is not used.
    pub(super) fn ahead(&self) -> &[u8] {
        &self.source.ahead
    }

    /// Whether nothing more comes.
    pub(super) fn ended(&self) -> bool {
        self.source.ended
    }

    /// As many bytes as are read at a time.
    pub(super) fn step(&self) -> usize {
        BLOCK.min(self.limit.saturating_add(1))
    }

    /// Reads at least one byte more, and as a rule twice as many as there are; returns whether the stream has ended.
    pub(super) fn fill_more(&mut self) -> bool {
        let wanted = (2 * self.ahead().len()).max(self.step()).min(self.limit.saturating_add(1));
        self.source.fill(wanted.max(self.ahead().len() + 1));
        self.ended()
    }

    /// Steps over white space.
    pub(super) fn skip_space(&mut self) {
        loop {
            let is_space = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
            let blanks = self.ahead().iter().take_while(|byte| is_space(byte)).count();
            self.skip(blanks);
            if !self.ahead().is_empty() || self.ended() {
                return;
            }
            self.source.fill(self.step());
        }
    }

    /// Steps over so many bytes.
    pub(super) fn skip(&mut self, length: usize) {
        if length > 0 {
            self.advance(length);
            self.source.ahead.drain(..length);
        }
    }

    /// Takes so many bytes, and says where they start.
    pub(super) fn take(&mut self, length: usize) -> (Vec<u8>, Position) {
        let start = self.start();
        self.advance(length);
        let mut rest = self.buffers.take();
        rest.extend_from_slice(&self.source.ahead[length..]);
        let mut text = std::mem::replace(&mut self.source.ahead, rest);
        text.truncate(length);
        (text, start)
    }

    /// The place of the first byte that is not used; a mark at the start of the stream is.
    pub(super) fn start(&mut self) -> Position {
        let mark = std::mem::take(&mut self.source.mark) as u64;
        self.position.offset += mark;
        self.used += mark;
        self.position
    }

    fn advance(&mut self, length: usize) {
        self.start();
        let before = self.position.offset;
        self.position.advance(&self.source.ahead[..length], self.source.encoding());
        self.used += self.position.offset - before;
    }

    /// A block of what was taken.
    pub(super) fn block(&mut self, text: Vec<u8>, segments: Vec<Segment>, parts: Parts) -> Block {
        self.start();
        let length = std::mem::take(&mut self.used);
        Block {
            text,
            segments,
            parts,
            length,
            base: String::new(),
            limit: self.limit,
            encoding: self.source.encoding(),
            buffers: self.buffers.clone(),
        }
    }

    /// What was used without a record in it.
    pub(super) fn rest(&mut self) -> Option<Block> {
        let start = self.start();
        (self.used > 0).then(|| self.block(Vec::new(), vec![(0, start)], Parts::Each(Vec::new())))
    }

    /// Why the stream has ended, when that is not its end.
    pub(super) fn failure(&mut self) -> Option<io::Error> {
        self.source.failed.take()
    }
}
