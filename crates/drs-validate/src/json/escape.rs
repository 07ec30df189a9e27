//! The escapes of a JSON string.

/// Why bytes that start with a backslash are not an escape.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum BadEscape {
    /// The input ends after the backslash.
    End,
    /// No escape has this letter.
    Letter(u8),
    /// `\u` without four hexadecimal digits; they are expected this many bytes after the backslash.
    Digits(usize),
    /// This half of a surrogate pair without the other; the escape has [`UNIT`] bytes.
    Surrogate(u32),
}

/// The length of `\u` with its digits.
pub(crate) const UNIT: usize = 6;

/// The bits at even places.
const EVEN: u64 = 0x5555_5555_5555_5555;

/// The bytes that are escaped, of 64 bytes of which these are backslashes, all as bits. `carry` is 1 when the byte before them
/// escapes the first one, and then tells the same of the next 64.
#[inline]
pub(crate) fn escaped(backslashes: u64, carry: &mut u64) -> u64 {
    if backslashes == 0 {
        return std::mem::take(carry);
    }
    let backslashes = backslashes & !*carry;
    let follows = backslashes << 1 | *carry;
    let odd_starts = backslashes & !EVEN & !follows;
    let (sequences, overflow) = odd_starts.overflowing_add(backslashes);
    *carry = u64::from(overflow);
    (EVEN ^ (sequences << 1)) & follows
}

/// The character of the escape at the start, and its length in bytes.
#[inline]
pub(crate) fn decode(raw: &[u8]) -> Result<(char, usize), BadEscape> {
    let character = match raw.get(1) {
        Some(plain @ (b'"' | b'\\' | b'/')) => char::from(*plain),
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode(raw),
        Some(letter) => return Err(BadEscape::Letter(*letter)),
        None => return Err(BadEscape::End),
    };
    Ok((character, 2))
}

/// The character of `\u`, or of a surrogate pair of them.
fn unicode(raw: &[u8]) -> Result<(char, usize), BadEscape> {
    let unit = |at: usize| {
        let digits = raw.get(at..at + 4).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).ok_or(BadEscape::Digits(at))
    };
    let first = unit(2)?;
    if let Some(character) = char::from_u32(first) {
        return Ok((character, UNIT));
    }
    if (0xd800..0xdc00).contains(&first) && raw[UNIT..].starts_with(b"\\u") {
        let second = unit(UNIT + 2)?;
        let pair = (0xdc00..0xe000).contains(&second).then(|| ((first - 0xd800) << 10) + (second - 0xdc00));
        if let Some(character) = pair.and_then(|pair| char::from_u32(0x1_0000 + pair)) {
            return Ok((character, 2 * UNIT));
        }
    }
    Err(BadEscape::Surrogate(first))
}

/// Replaces the content of `out` by a string without its escapes; `None` when one of them is bad.
pub(crate) fn unescape(raw: &[u8], out: &mut Vec<u8>) -> Option<()> {
    out.clear();
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        let (character, length) = decode(&rest[at..]).ok()?;
        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        rest = &rest[at + length..];
    }
    out.extend_from_slice(rest);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_escape_is_its_character_and_a_bad_one_says_why() {
        for (raw, expected) in [
            (r#"\""#, Ok(('"', 2))),
            (r"\/ ", Ok(('/', 2))),
            (r"\n", Ok(('\n', 2))),
            (r"\u00e4\u00e4", Ok(('ä', 6))),
            (r"\uD83D\ude00", Ok(('😀', 12))),
            (r"\", Err(BadEscape::End)),
            (r"\x", Err(BadEscape::Letter(b'x'))),
            (r"\u12", Err(BadEscape::Digits(2))),
            (r"\u+123", Err(BadEscape::Digits(2))),
            (r"\ud83d", Err(BadEscape::Surrogate(0xd83d))),
            (r"\ude00\ud83d", Err(BadEscape::Surrogate(0xde00))),
            (r"\ud83d\u0041", Err(BadEscape::Surrogate(0xd83d))),
            (r"\ud83d\uffff", Err(BadEscape::Surrogate(0xd83d))),
            (r"\ud83d\u12", Err(BadEscape::Digits(8))),
        ] {
            assert_eq!(decode(raw.as_bytes()), expected, "{raw}");
        }
    }
}
