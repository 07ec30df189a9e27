//! Places in a stream: bytes, lines and characters.

use super::encoding::Encoding;

/// A place in a stream.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Position {
    /// In bytes, counted from 0.
    pub(crate) offset: u64,
    /// The line, counted from 1.
    pub(crate) line: u64,
    /// The column in characters, counted from 1.
    pub(crate) column: u64,
}

impl Position {
    /// The start of a stream.
    pub(crate) const START: Self = Self { offset: 0, line: 1, column: 1 };

    /// Steps over a text.
    pub(crate) fn advance(&mut self, text: &[u8], encoding: Encoding) {
        self.offset += encoding.length_of(text);
        match memchr::memrchr(b'\n', text) {
            Some(last) => {
                self.line += memchr::memchr_iter(b'\n', text).count() as u64;
                self.column = 1 + characters(&text[last + 1..]);
            }
            None => self.column += characters(text),
        }
    }

    /// Steps over a text that has a line feed at its end, if anywhere.
    pub(crate) fn advance_line(&mut self, line: &[u8], encoding: Encoding) {
        if line.ends_with(b"\n") {
            self.offset += encoding.length_of(line);
            (self.line, self.column) = (self.line + 1, 1);
        } else {
            self.advance(line, encoding);
        }
    }
}

/// A part of a text and the place in the stream where it starts; the next part starts somewhere else.
pub(crate) type Segment = (usize, Position);

/// Finds the places of a text in its stream; the cost is that of the way from one place to the next.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'a> {
    text: &'a [u8],
    encoding: Encoding,
    /// The parts of the text, of which the first starts at 0.
    segments: &'a [Segment],
    segment: usize,
    at: usize,
    position: Position,
}

impl<'a> Cursor<'a> {
    /// At the start of a text.
    pub(crate) fn new(text: &'a [u8], encoding: Encoding, segments: &'a [Segment]) -> Self {
        let position = segments.first().map_or(Position::START, |(_, position)| *position);
        Self { text, encoding, segments, segment: 0, at: 0, position }
    }

    /// The place of a byte of the text.
    pub(crate) fn go_to(&mut self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let segment = self.segments.partition_point(|(start, _)| *start <= offset).saturating_sub(1);
        if segment != self.segment
            && let Some((start, position)) = self.segments.get(segment)
        {
            (self.segment, self.at, self.position) = (segment, *start, *position);
        }
        if offset >= self.at {
            self.position.advance(&self.text[self.at..offset], self.encoding);
        } else {
            self.go_back(offset);
        }
        self.at = offset;
        self.position
    }

    fn go_back(&mut self, offset: usize) {
        let passed = &self.text[offset..self.at];
        let lines = memchr::memchr_iter(b'\n', passed).count() as u64;
        self.position.offset -= self.encoding.length_of(passed);
        self.position.line -= lines;
        if lines == 0 {
            self.position.column -= characters(passed);
            return;
        }
        // The start of the line before is not kept.
        let (start, position) = self.segments.get(self.segment).copied().unwrap_or((0, Position::START));
        let before = &self.text[start..offset];
        self.position.column = match memchr::memrchr(b'\n', before) {
            Some(end) => 1 + characters(&before[end + 1..]),
            None => position.column + characters(before),
        };
    }
}

/// The number of characters in a text.
pub(crate) fn characters(text: &[u8]) -> u64 {
    text.iter().filter(|byte| **byte & 0xc0 != 0x80).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_goes_forth_and_back_over_lines_and_segments() {
        let text = "ab\ncé\nd|{\n1}".as_bytes();
        let segments =
            [(0, Position { offset: 10, line: 4, column: 3 }), (9, Position { offset: 99, line: 20, column: 5 })];
        let mut cursor = Cursor::new(text, Encoding::Utf8, &segments);
        let first = [(0, 4, 3), (1, 4, 4), (2, 4, 5), (3, 5, 1), (4, 5, 2), (6, 5, 3), (7, 6, 1), (8, 6, 2)];
        let second = [(9, 20, 5), (10, 20, 6), (11, 21, 1), (12, 21, 2)];
        let all: Vec<(usize, u64, u64)> = first.into_iter().chain(second).collect();
        for (at, line, column) in all.iter().chain(all.iter().rev()).chain(all.iter().skip(5).rev().step_by(3)) {
            let offset = *at as u64 + if *at < 9 { 10 } else { 90 };
            assert_eq!(cursor.go_to(*at), Position { offset, line: *line, column: *column }, "{at}");
        }
    }
}
