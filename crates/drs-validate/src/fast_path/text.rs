//! Strings as the scanner finds them, and what can be asked of them without building anything.

use drs_types::__private::Pattern;

/// A string between its quotes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text<'a> {
    /// The bytes of the source.
    pub(crate) raw: &'a [u8],
    /// Whether some of them are escapes.
    pub(crate) escaped: bool,
}

impl<'a> Text<'a> {
    /// The string, when it has no escapes.
    #[inline]
    pub(crate) fn plain(self) -> Option<&'a [u8]> {
        (!self.escaped).then_some(self.raw)
    }

    /// The string, when it has so many characters.
    #[inline]
    pub(crate) fn of_length(self, least: usize, most: usize) -> Option<Self> {
        if least <= 1 && most == usize::MAX {
            return (self.raw.len() >= least).then_some(self);
        }
        let characters = self.plain()?.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
        (least..=most).contains(&characters).then_some(self)
    }

    /// The string, when it matches.
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

/// Whether all strings are different.
pub(crate) fn are_distinct(texts: &mut [&[u8]]) -> bool {
    const FEW: usize = 32;
    if texts.len() <= FEW {
        return texts.iter().enumerate().all(|(index, text)| !texts[..index].contains(text));
    }
    texts.sort_unstable();
    texts.windows(2).all(|pair| pair[0] != pair[1])
}
