//! What is around the bodies of an exchange: any members, and bodies in strings.

use wide::u8x16;

use super::Scanner;
use crate::json::escape;
use crate::json::plain::plain;

impl<'a> Scanner<'a> {
    /// An object: `member` gets each name and reads its value. A duplicate key is suspect.
    pub(crate) fn members(&mut self, mut member: impl FnMut(&mut Self, &'a [u8]) -> Option<()>) -> Option<()> {
        self.open(b'{')?;
        let names = self.noted.len();
        if !self.take(b'}') {
            loop {
                self.skip_space();
                let name = self.text()?;
                self.note(name)?;
                self.expect(b':')?;
                self.skip_space();
                member(self, name.raw)?;
                if !self.more(b'}')? {
                    break;
                }
            }
        }
        self.depth -= 1;
        self.distinct(names)
    }

    /// Any value without duplicate keys.
    pub(crate) fn any_distinct(&mut self) -> Option<()> {
        match self.first()? {
            b'{' => self.map(Self::any_distinct),
            b'[' => self.list(Self::any_distinct).map(drop),
            _ => self.any(),
        }
    }

    /// Whether an object starts here whose first name is one of these.
    pub(crate) fn starts_with_member(&mut self, names: &[&[u8]]) -> bool {
        let start = self.at;
        let name = if self.take(b'{') { self.text() } else { None };
        self.at = start;
        name.is_some_and(|name| names.contains(&name.raw))
    }

    /// A string, decoded while its end is looked for.
    pub(crate) fn decoded(&mut self, out: &mut Decoded) -> Option<()> {
        self.expect(b'"')?;
        self.decode(out)?;
        self.expect(b'"')
    }

    /// The same up to the quote at the end, or to the end of the source.
    pub(crate) fn decode(&mut self, out: &mut Decoded) -> Option<()> {
        out.clear();
        while let Some(rest) = self.text.get(self.at..).filter(|rest| !rest.is_empty()) {
            self.at += match rest.first_chunk() {
                Some(block) => out.add_block(block),
                None => {
                    let plain = plain(rest);
                    out.add(&rest[..plain]);
                    plain
                }
            };
            match self.text.get(self.at) {
                Some(b'"') | None => break,
                Some(b'\\') => {
                    let (character, length) = escape::decode(&self.text[self.at..]).ok()?;
                    out.add(character.encode_utf8(&mut [0; 4]).as_bytes());
                    self.at += length;
                }
                Some(0..0x20) => return None,
                Some(_) => {}
            }
        }
        Some(())
    }
}

/// So many bytes of a string are decoded in one step.
const STEP: usize = 64;

/// As many bytes are copied at once.
const COPIED: usize = 16;

/// A string without its escapes, in a buffer that is used again.
#[derive(Debug, Default)]
pub(crate) struct Decoded {
    /// Longer than the string, so that whole vectors can be written.
    bytes: Vec<u8>,
    length: usize,
}

impl Decoded {
    /// The string.
    pub(crate) fn text(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// Forgets the string before.
    pub(crate) fn clear(&mut self) {
        self.length = 0;
    }

    /// Adds bytes without escapes.
    pub(crate) fn add(&mut self, plain: &[u8]) {
        self.room_for(plain.len());
        self.bytes[self.length..self.length + plain.len()].copy_from_slice(plain);
        self.length += plain.len();
    }

    fn room_for(&mut self, more: usize) {
        if self.bytes.len() < self.length + more {
            self.bytes.resize((2 * self.bytes.len()).max(self.length + more), 0);
        }
    }

    /// Adds the first bytes of a block up to the end of the string, a control character, or an escape of anything but a quote
    /// or a backslash; returns how many bytes were read.
    #[inline]
    fn add_block(&mut self, block: &[u8; STEP + COPIED]) -> usize {
        let (mut quotes, mut backslashes, mut controls) = (0, 0, 0);
        for (index, part) in block.as_chunks().0.iter().take(STEP / 16).enumerate() {
            let part = u8x16::new(*part);
            let bits = |mask: u8x16| u64::from(mask.to_bitmask()) << (16 * index);
            quotes |= bits(part.simd_eq(u8x16::splat(b'"')));
            backslashes |= bits(part.simd_eq(u8x16::splat(b'\\')));
            controls |= bits(part.min(u8x16::splat(0x1f)).simd_eq(part));
        }
        let escaped = escape::escaped(backslashes, &mut 0);
        let starts = backslashes & !escaped;
        let unusual = escaped & !quotes & !backslashes;
        let stop = (quotes & !escaped) | (unusual >> 1) | controls | (starts & 1 << (STEP - 1));
        let length = stop.trailing_zeros() as usize;
        self.room_for(STEP + COPIED);
        let Some(out) = self.bytes.get_mut(self.length..).and_then(<[u8]>::first_chunk_mut::<{ STEP + COPIED }>) else {
            return 0;
        };
        let (mut from, mut written) = (0, 0);
        let mut starts = if length == STEP { starts } else { starts & ((1 << length) - 1) };
        loop {
            let to = length.min(starts.trailing_zeros() as usize);
            for piece in (from..to).step_by(COPIED) {
                let at = written + piece - from;
                out[at..at + COPIED].copy_from_slice(&block[piece..piece + COPIED]);
            }
            written += to - from;
            if starts == 0 {
                break;
            }
            from = to + 1;
            starts &= starts - 1;
        }
        self.length += written;
        length
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_decoded_string_is_what_serde_json_reads(text in "[a-z\"\\\\\u{e9}\u{1f600}\n]{0,300}", after in ".{0,90}") {
            let quoted = serde_json::to_string(&text).unwrap();
            let (source, mut out) = (format!("{quoted}{after}"), Decoded::default());
            out.add(b"before");
            let mut scanner = Scanner::new(source.as_bytes());
            prop_assert_eq!(scanner.decoded(&mut out), Some(()));
            prop_assert_eq!(out.text(), text.as_bytes());
            prop_assert_eq!(scanner.at(), quoted.len());
        }
    }
}
