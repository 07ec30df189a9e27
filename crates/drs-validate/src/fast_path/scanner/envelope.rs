//! What is around the bodies of an exchange: any members, and bodies in strings.

use super::{Scanner, specials};
use crate::fast_path::text::are_distinct;
use crate::json::escape;

impl<'a> Scanner<'a> {
    /// An object: `member` gets each name and reads its value. A duplicate key is suspect.
    pub(crate) fn members(&mut self, mut member: impl FnMut(&mut Self, &'a [u8]) -> Option<()>) -> Option<()> {
        self.open(b'{')?;
        let mut names = Vec::new();
        if !self.take(b'}') {
            loop {
                let name = self.text()?.plain()?;
                names.push(name);
                self.expect(b':')?;
                member(self, name)?;
                if !self.more(b'}')? {
                    break;
                }
            }
        }
        self.depth -= 1;
        are_distinct(&mut names).then_some(())
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
    pub(crate) fn decoded(&mut self, out: &mut Vec<u8>) -> Option<()> {
        self.expect(b'"')?;
        out.clear();
        loop {
            let rest = self.text.get(self.at..)?;
            if let Some(chunk) = rest.first_chunk::<16>() {
                let (quotes, others) = specials(*chunk);
                out.extend_from_slice(chunk);
                let plain = (quotes | others).trailing_zeros().min(16) as usize;
                self.at += plain;
                if plain == chunk.len() {
                    continue;
                }
                out.truncate(out.len() - (chunk.len() - plain));
            }
            match self.text.get(self.at)? {
                b'"' => break,
                b'\\' => {
                    if let Some(b'"') = self.text.get(self.at + 1) {
                        out.push(b'"');
                        self.at += 2;
                        continue;
                    }
                    let (character, length) = escape::decode(&self.text[self.at..]).ok()?;
                    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                    self.at += length;
                }
                0..0x20 => return None,
                plain => {
                    out.push(*plain);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_decoded_string_is_what_serde_json_reads(text in "[a-z\"\\\\\u{e9}\u{1f600}\n]{0,60}", after in ".{0,20}") {
            let quoted = serde_json::to_string(&text).unwrap();
            let (source, mut out) = (format!("{quoted}{after}"), b"before".to_vec());
            let mut scanner = Scanner::new(source.as_bytes());
            prop_assert_eq!(scanner.decoded(&mut out), Some(()));
            prop_assert_eq!(out, text.as_bytes());
            prop_assert_eq!(scanner.at(), quoted.len());
        }
    }
}
