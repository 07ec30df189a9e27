//! Finds where an object or an array ends, by its brackets and quotes alone, 64 bytes at a time.

use wide::u8x16;

use crate::json::escape::escaped;

/// So many bytes are looked at in one step.
const STEP: usize = 64;

/// The way from an opening bracket to the bracket that closes it. It can be continued when more of the text is there.
#[derive(Clone, Debug)]
pub(crate) struct Extent {
    at: usize,
    depth: usize,
    /// All bits when the next byte is inside a string.
    in_string: u64,
    /// 1 when the next byte is escaped.
    escaped: u64,
}

impl Extent {
    /// At an opening bracket.
    pub(crate) fn new(at: usize) -> Self {
        Self::inside(at, 0)
    }

    /// Inside of so many brackets.
    pub(crate) fn inside(at: usize, depth: usize) -> Self {
        Self { at, depth, in_string: 0, escaped: 0 }
    }

    /// The place after the closing bracket; `None` when more of the text is needed.
    pub(crate) fn end(&mut self, text: &[u8]) -> Option<usize> {
        while let Some(step) = text.get(self.at..).and_then(<[u8]>::first_chunk::<STEP>) {
            let (open, close) = self.brackets(step);
            if (close.count_ones() as usize) < self.depth {
                self.depth = self.depth + open.count_ones() as usize - close.count_ones() as usize;
            } else if let Some(end) = self.walk(open, close) {
                return Some(self.at + end);
            }
            self.at += STEP;
        }
        while let Some(byte) = text.get(self.at) {
            self.at += 1;
            let is_escaped = std::mem::take(&mut self.escaped) == 1;
            match byte {
                b'\\' if !is_escaped => self.escaped = 1,
                b'"' if !is_escaped => self.in_string = !self.in_string,
                b'{' | b'[' if self.in_string == 0 => self.depth += 1,
                b'}' | b']' if self.in_string == 0 => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Some(self.at);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// Notes that so many bytes were taken away from the start of the text.
    pub(crate) fn shift(&mut self, bytes: usize) {
        self.at = self.at.saturating_sub(bytes);
    }

    /// The brackets outside of strings: those that open, and those that close, as bits.
    #[inline]
    fn brackets(&mut self, step: &[u8; STEP]) -> (u64, u64) {
        let masks = masks(step);
        let escaped = escaped(masks.backslashes, &mut self.escaped);
        let inside = prefix_xor(masks.quotes & !escaped) ^ self.in_string;
        self.in_string = if inside >> 63 == 1 { !0 } else { 0 };
        (masks.open & !inside, masks.close & !inside)
    }

    /// The place after the bracket that closes the first one, within these 64 bytes.
    fn walk(&mut self, open: u64, close: u64) -> Option<usize> {
        let mut both = open | close;
        while both != 0 {
            let at = both.trailing_zeros();
            if open >> at & 1 == 1 {
                self.depth += 1;
            } else {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    return Some(at as usize + 1);
                }
            }
            both &= both - 1;
        }
        None
    }
}

struct Masks {
    quotes: u64,
    backslashes: u64,
    open: u64,
    close: u64,
}

#[inline]
fn masks(step: &[u8; STEP]) -> Masks {
    let mut masks = Masks { quotes: 0, backslashes: 0, open: 0, close: 0 };
    for (index, part) in step.as_chunks::<16>().0.iter().enumerate() {
        let part = u8x16::new(*part);
        let shift = 16 * index;
        let bits = |mask: u8x16| u64::from(mask.to_bitmask()) << shift;
        masks.quotes |= bits(part.simd_eq(u8x16::splat(b'"')));
        masks.backslashes |= bits(part.simd_eq(u8x16::splat(b'\\')));
        // `{` and `[` differ in one bit, and so do `}` and `]`.
        let folded = part | u8x16::splat(0x20);
        masks.open |= bits(folded.simd_eq(u8x16::splat(b'{')));
        masks.close |= bits(folded.simd_eq(u8x16::splat(b'}')));
    }
    masks
}

/// For each bit, whether the number of bits up to it is odd.
#[inline]
fn prefix_xor(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

/// The place after the object or array that starts here; `None` when it does not end.
pub(crate) fn end(text: &[u8], at: usize) -> Option<usize> {
    Extent::new(at).end(text)
}

/// The place after the string that starts here; `None` when it does not end.
pub(crate) fn string_end(text: &[u8], at: usize) -> Option<usize> {
    let mut from = at + 1;
    loop {
        let quote = from + memchr::memchr(b'"', text.get(from..)?)?;
        let backslashes = text[at + 1..quote].iter().rev().take_while(|byte| **byte == b'\\').count();
        if backslashes % 2 == 0 {
            return Some(quote + 1);
        }
        from = quote + 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same, a byte at a time.
    fn slow(text: &[u8]) -> Option<usize> {
        let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
        for (at, byte) in text.iter().enumerate() {
            let is_escaped = std::mem::take(&mut escaped);
            match byte {
                b'\\' if !is_escaped => escaped = true,
                b'"' if !is_escaped => in_string = !in_string,
                b'{' | b'[' if !in_string => depth += 1,
                b'}' | b']' if !in_string => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Some(at + 1);
                    }
                }
                _ => {}
            }
        }
        None
    }

    proptest! {
        #[test]
        fn an_extent_is_that_of_a_walk_byte_by_byte_at_once_and_in_pieces(
            text in "\\{[\\[\\]{}\"\\\\a]{0,200}",
            size in 1..200_usize,
        ) {
            prop_assert_eq!(end(text.as_bytes(), 0), slow(text.as_bytes()));
            let mut extent = Extent::new(0);
            let pieces = (size..text.len() + size).step_by(size);
            let found = pieces.map(|end| &text.as_bytes()[..end.min(text.len())]).find_map(|text| extent.end(text));
            prop_assert_eq!(found, slow(text.as_bytes()));
        }
    }
}
