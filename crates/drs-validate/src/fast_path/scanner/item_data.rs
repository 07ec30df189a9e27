//! The forms of item data: JSON or a dictionary in the style of Python, within a string.

use drs_types::ItemData;

use super::Scanner;
use crate::fast_path::text::Text;
use crate::json::escape::unescape;

impl<'a> Scanner<'a> {
    /// A string that holds one of the forms of item data.
    #[inline]
    pub(crate) fn item_data(&mut self) -> Option<()> {
        let start = self.at;
        if self.plain_json_in_text().is_some() {
            return Some(());
        }
        self.at = start;
        let text = self.text()?;
        if text.raw.is_empty() || self.is_item_data(text)? { Some(()) } else { None }
    }

    #[inline(never)]
    fn is_item_data(&mut self, text: Text<'a>) -> Option<bool> {
        let inner = if text.escaped {
            unescape(text.raw, &mut self.unescaped)?;
            &self.unescaped
        } else {
            text.raw
        };
        let mut json = Scanner::new(inner);
        let mut dict = Scanner::new(inner);
        if (json.any().is_some() && json.is_at_end()) || (dict.plain_dict().is_some() && dict.is_at_end()) {
            return Some(true);
        }
        let inner = std::str::from_utf8(inner).ok()?;
        Some(!matches!(ItemData::parse(inner), ItemData::Text(_)))
    }

    /// A string that holds a JSON object of plain strings and numbers only, read without decoding: each of its
    /// quotes is an escape of the string around it.
    fn plain_json_in_text(&mut self) -> Option<()> {
        let start = self.at;
        if !self.name(b"\"{") {
            return None;
        }
        loop {
            self.escaped_text()?;
            self.expect(b':')?;
            self.skip_space();
            if self.text.get(self.at) == Some(&b'\\') {
                self.escaped_text()?;
            } else {
                self.number()?;
            }
            if !self.more(b'}')? {
                // White space within a string is made of blanks only.
                let control = self.text.get(start..self.at)?.iter().any(|byte| *byte < b' ');
                return (!control && self.name(b"\"")).then_some(());
            }
        }
    }

    /// A string within a string, with no escapes but those of its quotes.
    fn escaped_text(&mut self) -> Option<()> {
        const QUOTE: &[u8] = b"\\\"";
        self.skip_space();
        if !self.name(QUOTE) {
            return None;
        }
        self.skip_plain()?;
        self.name(QUOTE).then_some(())
    }

    /// A dictionary in the style of Python that holds nothing but plain strings in single quotes.
    fn plain_dict(&mut self) -> Option<()> {
        self.expect(b'{')?;
        loop {
            self.single_quoted()?;
            self.expect(b':')?;
            self.single_quoted()?;
            if !self.more(b'}')? {
                return Some(());
            }
        }
    }

    fn single_quoted(&mut self) -> Option<()> {
        self.expect(b'\'')?;
        let rest = self.text.get(self.at..)?;
        let length = memchr::memchr2(b'\'', b'\\', rest)?;
        self.at += length;
        self.take(b'\'').then(|| self.skip_space())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_item_data(text: &str) -> bool {
        let mut scanner = Scanner::new(text.as_bytes());
        scanner.item_data().is_some() && scanner.is_at_end()
    }

    #[test]
    fn item_data_is_clean_in_every_form_that_it_has() {
        for clean in [
            r#""""#,
            r#""{\"a\":\"b\", \"c\" : 1}""#,
            r#""{\"a\":[true,null,{}]}""#,
            r#""{\"a\\n\":1.5}""#,
            r#""{'a': 'b', 'c':'d'}""#,
            r#""{'a': True}""#,
            r#""12""#,
        ] {
            assert!(is_item_data(clean), "{clean}");
        }
    }

    #[test]
    fn other_strings_and_other_values_are_suspect() {
        for suspect in [
            "\"{\\\"a\\\":\n1}\"",
            r#""{\"a\":1""#,
            r#""{\"a\":1}"#,
            r#""{\"a\":01}""#,
            r#""{\"a":1}""#,
            r#""{\"a\":1},""#,
            r#""{'a': 'b'""#,
            r#""plain""#,
            r#"{"a":1}"#,
        ] {
            assert!(!is_item_data(suspect), "{suspect}");
        }
    }
}
