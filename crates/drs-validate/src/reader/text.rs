//! Texts: between their quotes almost everything can go wrong without an end to the reading.

use super::Reader;
use crate::finding::Code;
use crate::scanner::plain;

impl Reader<'_> {
    /// A text; mistakes inside of it are reported, and the rest of it is read all the same.
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

    fn escape(&mut self, bytes: &mut Vec<u8>) -> Option<()> {
        let start = self.at;
        let Some(sign) = self.text.get(start + 1).copied() else {
            self.at = self.text.len();
            return self.unexpected("an escape");
        };
        self.at += 2;
        let plain = match sign {
            b'"' | b'\\' | b'/' => sign,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let character = self.unicode(start)?;
                bytes.extend(character.encode_utf8(&mut [0; 4]).bytes());
                return Some(());
            }
            other => {
                self.flaw(Code::SyntaxError, start, "an escape that JSON has", format!("\\{}", char::from(other)));
                return Some(());
            }
        };
        bytes.push(plain);
        Some(())
    }

    /// The character of a `\u` escape, or of a pair of them.
    fn unicode(&mut self, start: usize) -> Option<char> {
        let first = self.hex()?;
        if let Some(character) = char::from_u32(first) {
            return Some(character);
        }
        if (0xd800..0xdc00).contains(&first) && self.text[self.at..].starts_with(b"\\u") {
            let back = self.at;
            self.at += 2;
            let second = self.hex()?;
            if (0xdc00..0xe000).contains(&second) {
                return char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00));
            }
            self.at = back;
        }
        self.flaw(Code::UnpairedSurrogate, start, "", format!("\\u{first:04X}"));
        Some(char::REPLACEMENT_CHARACTER)
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4).and_then(|digits| std::str::from_utf8(digits).ok());
        let plain = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match plain.and_then(|digits| u32::from_str_radix(digits, 16).ok()) {
            Some(code) => {
                self.at += 4;
                Some(code)
            }
            None => self.unexpected("four hexadecimal digits"),
        }
    }
}
