//! What the generated recogniser is made of: walks over the bytes of a payload and builds nothing.
//!
//! Every step says `Some` only when it is certain that the strict reading is kept. What is unusual — an escape in a
//! name, a number with an exponent, an unpaired surrogate — is `None`: suspect, not wrong. The full reading decides.

mod clean;
pub(crate) mod envelope;
mod ids;
mod item_data;
mod misfit;

use crate::fast_path::text::{Text, are_distinct};
use crate::json::escape;
use crate::json::plain::{plain, specials};

/// Deeper nesting is left to the full reading.
const DEEPEST: usize = 100;

/// A number with at most so many digits fits into 64 bits, and into the precision of a `f64`.
const DIGITS: usize = 15;

/// A place in the source of a payload.
#[derive(Debug)]
pub(crate) struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
    noted: Vec<&'a [u8]>,
    /// The ids of a batch, which were compared with each other and are compared with those of the other side.
    ids: Option<Vec<&'a [u8]>>,
    unescaped: Vec<u8>,
    misfit: bool,
}

impl<'a> Scanner<'a> {
    /// At the start of a source.
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self::starting(text, 0)
    }

    /// At some place of a source.
    pub(crate) fn starting(text: &'a [u8], at: usize) -> Self {
        Self { text, at, depth: 0, noted: Vec::new(), ids: None, unescaped: Vec::new(), misfit: false }
    }

    /// How far it has come.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// Whether nothing but white space is left.
    pub(crate) fn is_at_end(&mut self) -> bool {
        self.skip_space();
        self.at == self.text.len()
    }

    /// An object: `member` reads a name and its value and says which one it is. Gives back which ones there were, as a
    /// set of bits; an object with a duplicate key is suspect.
    #[inline]
    pub(crate) fn object(&mut self, mut member: impl FnMut(&mut Self) -> Option<u32>) -> Option<u128> {
        self.open(b'{')?;
        let mut seen = 0_u128;
        if !self.take(b'}') {
            loop {
                self.quote()?;
                let bit = 1_u128.checked_shl(member(self)?)?;
                if seen & bit != 0 {
                    return None;
                }
                seen |= bit;
                if !self.more(b'}')? {
                    break;
                }
            }
        }
        self.depth -= 1;
        Some(seen)
    }

    /// Steps over the rest of a string after its first quote, when it is here.
    ///
    /// To compare is quicker than to look for the end: the processor can go on before it knows the outcome.
    #[inline]
    pub(crate) fn name(&mut self, rest: &[u8]) -> bool {
        let here = self.text.get(self.at..).is_some_and(|text| text.starts_with(rest));
        if here {
            self.at += rest.len();
        }
        here
    }

    /// Steps over the rest of a key and the colon after it, when they are here. A space before the colon is common:
    /// the vendor's own examples have it.
    #[inline]
    pub(crate) fn member(&mut self, rest: &[u8]) -> bool {
        let start = self.at;
        let here = self.name(rest) && self.take(b':');
        if !here {
            // Without its colon it is not a member, and what follows is not a key.
            self.at = start;
        }
        here
    }

    /// Steps over the quote that a string starts with.
    #[inline]
    pub(crate) fn quote(&mut self) -> Option<()> {
        self.expect(b'"')
    }

    /// An object with any names, each once.
    #[allow(dead_code, reason = "generated code asks for it when a schema has a map")]
    #[inline]
    pub(crate) fn map(&mut self, mut value: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.members(|s, _| value(s))
    }

    /// Reads an array; returns the number of its items.
    #[inline]
    pub(crate) fn list(&mut self, mut element: impl FnMut(&mut Self) -> Option<()>) -> Option<usize> {
        self.open(b'[')?;
        let mut length = 0;
        if !self.take(b']') {
            loop {
                element(self)?;
                length += 1;
                if !self.more(b']')? {
                    break;
                }
            }
        }
        self.depth -= 1;
        Some(length)
    }

    /// A string without control characters and with whole escapes only.
    #[inline]
    pub(crate) fn text(&mut self) -> Option<Text<'a>> {
        // Most strings are plain, and start right here, or after the blank of pretty-printed JSON.
        self.at += usize::from(self.text.get(self.at) == Some(&b' '));
        if let Some((b'"', rest)) = self.text.get(self.at..)?.split_first() {
            let mut before = 0;
            while let Some(chunk) = rest.get(before..).and_then(<[u8]>::first_chunk) {
                let (quotes, others) = specials(*chunk);
                if quotes | others == 0 {
                    before += chunk.len();
                    continue;
                }
                let length = before + quotes.trailing_zeros() as usize;
                if others & quotes.wrapping_sub(1) == 0
                    && let Some(raw) = rest.get(..length)
                {
                    self.at += length + 2;
                    return Some(Text { raw, escaped: false });
                }
                break;
            }
        }
        self.any_text()
    }

    #[inline(never)]
    fn any_text(&mut self) -> Option<Text<'a>> {
        self.expect(b'"')?;
        let start = self.at;
        let mut escaped = false;
        loop {
            self.skip_plain()?;
            match self.text.get(self.at)? {
                b'"' => break,
                b'\\' => {
                    escaped = true;
                    self.at += escape::decode(&self.text[self.at..]).ok()?.1;
                }
                _ => return None,
            }
        }
        let raw = &self.text[start..self.at];
        self.at += 1;
        Some(Text { raw, escaped })
    }

    /// Steps to the next quote, backslash or control character.
    #[inline]
    fn skip_plain(&mut self) -> Option<()> {
        self.at += plain(self.text.get(self.at..)?);
        Some(())
    }

    /// Any value. Duplicate keys are not noticed.
    pub(crate) fn any(&mut self) -> Option<()> {
        self.skip_space();
        match self.text.get(self.at)? {
            b'{' => {
                self.open(b'{')?;
                if !self.take(b'}') {
                    loop {
                        self.text()?;
                        self.expect(b':')?;
                        self.any()?;
                        if !self.more(b'}')? {
                            break;
                        }
                    }
                }
                self.depth -= 1;
                Some(())
            }
            b'[' => self.list(Self::any).map(drop),
            b'"' => self.text().map(drop),
            b't' | b'f' => self.boolean().map(drop),
            b'n' => self.word(b"null"),
            _ => self.number(),
        }
    }

    /// The byte that a value starts with.
    #[inline]
    pub(crate) fn first(&mut self) -> Option<u8> {
        self.skip_space();
        self.text.get(self.at).copied()
    }

    /// `null`.
    #[allow(dead_code, reason = "generated code asks for it when a value may be null")]
    #[inline]
    pub(crate) fn null(&mut self) -> Option<()> {
        self.word(b"null")
    }

    /// `true` or `false`.
    #[inline]
    pub(crate) fn boolean(&mut self) -> Option<bool> {
        self.skip_space();
        if self.text.get(self.at)? == &b't' {
            self.word(b"true").map(|()| true)
        } else {
            self.word(b"false").map(|()| false)
        }
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        self.text[self.at..].starts_with(word).then(|| self.at += word.len())
    }

    /// An integer without fraction and exponent.
    #[inline]
    pub(crate) fn integer(&mut self) -> Option<i64> {
        self.skip_space();
        let negative = self.text.get(self.at)? == &b'-';
        self.at += usize::from(negative);
        let digits = self.digits()?;
        if digits.len() > 1 && digits[0] == b'0' {
            return None;
        }
        // What follows a number is a comma or a bracket; otherwise this is not such a number.
        let number = digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
        // `-0` is not an integer to every reader.
        if negative && number == 0 {
            return None;
        }
        Some(if negative { -number } else { number })
    }

    /// A number without exponent.
    #[inline]
    pub(crate) fn number(&mut self) -> Option<()> {
        self.integer()?;
        if self.text.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<&'a [u8]> {
        let rest = &self.text[self.at..];
        let length = rest.iter().take(DIGITS + 1).take_while(|byte| byte.is_ascii_digit()).count();
        self.at += length;
        (1..=DIGITS).contains(&length).then(|| &rest[..length])
    }

    /// How many strings are noted so far.
    pub(crate) fn noted(&self) -> usize {
        self.noted.len()
    }

    /// Notes a string, to be compared with others later.
    #[inline]
    pub(crate) fn note(&mut self, text: Text<'a>) -> Option<()> {
        self.noted.push(text.plain()?);
        Some(())
    }

    /// Whether the strings noted since then are all different; they are forgotten.
    #[inline]
    pub(crate) fn distinct(&mut self, since: usize) -> Option<()> {
        let distinct = are_distinct(self.noted.get_mut(since..)?);
        self.noted.truncate(since);
        distinct.then_some(())
    }

    /// Steps into an object or an array.
    #[inline]
    fn open(&mut self, byte: u8) -> Option<()> {
        if !self.take(byte) {
            return self.not_open();
        }
        self.depth += 1;
        (self.depth < DEEPEST).then_some(())
    }

    /// Whether a comma follows rather than the end.
    #[inline]
    fn more(&mut self, end: u8) -> Option<bool> {
        if self.take(b',') {
            return Some(true);
        }
        self.take(end).then_some(false)
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Option<()> {
        self.take(byte).then_some(())
    }

    #[inline]
    fn take(&mut self, byte: u8) -> bool {
        match self.text.get(self.at) {
            Some(here) if *here == byte => {
                self.at += 1;
                true
            }
            Some(b' ' | b'\n' | b'\r' | b'\t') => self.take_after_space(byte),
            _ => false,
        }
    }

    #[cold]
    fn take_after_space(&mut self, byte: u8) -> bool {
        self.skip_space();
        let there = self.text.get(self.at) == Some(&byte);
        self.at += usize::from(there);
        there
    }

    #[inline]
    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.text.get(self.at) {
            self.at += 1;
        }
    }
}
