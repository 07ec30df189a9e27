//! Where the walk stops at a certain mismatch with a body, rather than at a doubt.

use super::Scanner;
use crate::json::plain::plain;

impl Scanner<'_> {
    /// Whether it has stopped at a certain mismatch, rather than at a doubt: an unknown or a missing
    /// name, an unlisted value, a scalar in the place of an object or an array.
    pub(crate) fn is_misfit(&self) -> bool {
        self.misfit
    }

    /// Stops at a certain mismatch.
    #[cold]
    pub(crate) fn misfit<T>(&mut self) -> Option<T> {
        self.misfit = true;
        None
    }

    /// Stops at a string, after its first quote, that is not a listed value.
    #[allow(dead_code, reason = "generated code asks for it when values are listed")]
    #[cold]
    pub(crate) fn unlisted<T>(&mut self) -> Option<T> {
        let length = plain(self.text.get(self.at..)?);
        // With an escape it may be one of them.
        if self.text.get(self.at + length) == Some(&b'"') { self.misfit() } else { None }
    }

    /// Stops at a name that the object does not have.
    #[cold]
    pub(crate) fn unknown<T>(&mut self) -> Option<T> {
        self.unlisted()
    }

    /// Stops where an object or an array should start.
    #[cold]
    pub(super) fn not_open(&mut self) -> Option<()> {
        match self.first()? {
            b'"' | b'-' | b'0'..=b'9' | b't' | b'f' => self.misfit(),
            _ => None,
        }
    }
}
