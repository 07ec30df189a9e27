//! Strings: almost every mistake between their quotes lets the reading go on.

use super::Reader;
use crate::finding::Code;
use crate::json::escape::{self, BadEscape, UNIT};
use crate::json::plain::plain;

impl Reader<'_> {
    /// Reads a string; mistakes in it are reported, and the rest of it is read.
    pub(super) fn string(&mut self) -> Option<String> {
        let start = self.at;
        self.at += 1;
        let mut bytes = Vec::new();
        loop {
            match self.peek() {
                None => return self.unexpected("a closing quote"),
                Some(b'"') => break,
                Some(b'\\') => self.escape(&mut bytes)?,
                Some(control @ 0..0x20) => {
                    let found = format!("the byte {control:02X}");
                    self.flaw(Code::SyntaxError, self.at, "an escaped control character", found);
                    self.at += 1;
                }
                Some(_) => {
                    let rest = &self.text[self.at..];
                    let plain = &rest[..plain(rest)];
                    bytes.extend_from_slice(plain);
                    self.at += plain.len();
                }
            }
        }
        self.at += 1;
        if let Err(error) = std::str::from_utf8(&self.text[start..self.at]) {
            let at = start + error.valid_up_to();
            let found = format!("the byte {:02X}", self.text[at]);
            self.flaw(Code::InvalidUtf8, at, "", found);
        }
        Some(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    /// An escape; only one without its end or its digits ends the reading.
    fn escape(&mut self, bytes: &mut Vec<u8>) -> Option<()> {
        let start = self.at;
        let character = match escape::decode(&self.text[start..]) {
            Ok((character, length)) => {
                self.at += length;
                character
            }
            Err(BadEscape::Surrogate(half)) => {
                self.flaw(Code::UnpairedSurrogate, start, "", format!("\\u{half:04X}"));
                self.at += UNIT;
                char::REPLACEMENT_CHARACTER
            }
            Err(BadEscape::Letter(letter)) => {
                self.flaw(Code::SyntaxError, start, "an escape that JSON has", format!("\\{}", char::from(letter)));
                self.at += 2;
                return Some(());
            }
            Err(BadEscape::Digits(length)) => {
                self.at += length;
                return self.unexpected("four hexadecimal digits");
            }
            Err(BadEscape::End) => {
                self.at = self.text.len();
                return self.unexpected("an escape");
            }
        };
        bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        Some(())
    }
}
