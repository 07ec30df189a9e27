//! Texts as the scanner finds them, and what can be asked of them without building anything.

use drs_types::__private::Pattern;

/// A text between its quotes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text<'a> {
    /// The bytes as they stand there.
    pub(crate) raw: &'a [u8],
    /// Whether some of them are escapes.
    pub(crate) escaped: bool,
}

impl<'a> Text<'a> {
    /// The text, when it stands there as it is.
    #[inline]
    pub(crate) fn plain(self) -> Option<&'a [u8]> {
        (!self.escaped).then_some(self.raw)
    }

    /// The text, when it has so many characters.
    #[inline]
    pub(crate) fn of_length(self, least: usize, most: usize) -> Option<Self> {
        if least <= 1 && most == usize::MAX {
            return (self.raw.len() >= least).then_some(self);
        }
        let characters = self.plain()?.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
        (least..=most).contains(&characters).then_some(self)
    }

    /// The text, when it matches.
    #[inline]
    pub(crate) fn matching(self, pattern: &Pattern) -> Option<Self> {
        pattern.matches(self.plain()?).then_some(self)
    }

    /// Whether it certainly says something, and not only white space.
    #[inline]
    pub(crate) fn says_something(self) -> bool {
        !self.escaped && self.raw.iter().any(|byte| *byte > b' ')
    }
}

/// The character that an escape stands for, and how many bytes it has. Half a character is no escape here.
#[inline]
pub(crate) fn escape(text: &[u8]) -> Option<(char, usize)> {
    let character = match text.get(1)? {
        b'u' => {
            let digits = text.get(2..6)?;
            if !digits.iter().all(u8::is_ascii_hexdigit) {
                return None;
            }
            let code = u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
            return char::from_u32(code).map(|character| (character, 6));
        }
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        plain @ (b'"' | b'\\' | b'/') => char::from(*plain),
        _ => return None,
    };
    Some((character, 2))
}

pub(crate) fn unescape(raw: &[u8], out: &mut Vec<u8>) -> Option<()> {
    out.clear();
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        let (character, length) = escape(&rest[at..])?;
        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        rest = &rest[at + length..];
    }
    out.extend_from_slice(rest);
    Some(())
}

pub(crate) fn are_distinct(texts: &mut [&[u8]]) -> bool {
    const FEW: usize = 32;
    if texts.len() <= FEW {
        return texts.iter().enumerate().all(|(index, text)| !texts[..index].contains(text));
    }
    texts.sort_unstable();
    texts.windows(2).all(|pair| pair[0] != pair[1])
}
