//! The clean objects of a suspect body.

use std::ops::Range;

use super::Scanner;
use crate::fast_path::Shape;

/// Only objects above this level are skipped: each has at most [`super::DEEPEST`] levels, which together stay below the limit
/// of the full reading.
const SHALLOW: usize = 20;

impl<'a> Scanner<'a> {
    /// Adds the places of the clean objects in a value, in their order. `None` where the text cannot be read any further.
    ///
    /// Mistakes in strings and numbers do not end the walk, because they do not end the full reading either.
    pub(crate) fn clean_objects(&mut self, shape: Option<&Shape>, found: &mut Vec<Range<usize>>) -> Option<()> {
        match self.first()? {
            b'{' => {
                let end =
                    shape.filter(|_| self.depth < SHALLOW).and_then(|shape| shape.end_of_clean(self.text, self.at));
                let Some(end) = end else { return self.clean_members(shape, found) };
                found.push(self.at..end);
                self.at = end;
                Some(())
            }
            b'[' => self.list(|s| s.clean_objects(shape, found)).map(drop),
            b'"' => self.broken_text().map(drop),
            _ => {
                let rest = &self.text[self.at..];
                let length =
                    rest.iter().position(|byte| matches!(byte, b',' | b']' | b'}' | b' ' | b'\n' | b'\r' | b'\t'));
                self.at += length.unwrap_or(rest.len());
                Some(())
            }
        }
    }

    fn clean_members(&mut self, shape: Option<&Shape>, found: &mut Vec<Range<usize>>) -> Option<()> {
        self.open(b'{')?;
        if !self.take(b'}') {
            loop {
                let name = self.broken_text()?;
                self.expect(b':')?;
                self.clean_objects(shape.and_then(|shape| shape.below(name)), found)?;
                if !self.more(b'}')? {
                    break;
                }
            }
        }
        self.depth -= 1;
        Some(())
    }

    /// What is between the quotes of a string, whatever is wrong with it.
    fn broken_text(&mut self) -> Option<&'a [u8]> {
        self.expect(b'"')?;
        let start = self.at;
        loop {
            self.skip_plain()?;
            self.at += match self.text.get(self.at)? {
                b'"' => break,
                b'\\' => 2,
                _ => 1,
            };
        }
        self.at += 1;
        self.text.get(start..self.at - 1)
    }
}
