//! The bytes of a string that stand for themselves.

use wide::u8x16;

/// How many bytes there are before the next quote, backslash or control character.
#[inline]
pub(crate) fn plain(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(chunk) = text.get(at..).and_then(<[u8]>::first_chunk) {
        let (quotes, others) = specials(*chunk);
        if quotes | others != 0 {
            return at + (quotes | others).trailing_zeros() as usize;
        }
        at += chunk.len();
    }
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)).unwrap_or(rest.len())
}

/// Where the quotes of some bytes are, and where the backslashes and control characters, both as bits.
#[inline]
pub(crate) fn specials(bytes: [u8; 16]) -> (u32, u32) {
    let bytes = u8x16::new(bytes);
    let control = bytes.min(u8x16::splat(0x1f)).simd_eq(bytes);
    let others = bytes.simd_eq(u8x16::splat(b'\\')) | control;
    (bytes.simd_eq(u8x16::splat(b'"')).to_bitmask(), others.to_bitmask())
}
