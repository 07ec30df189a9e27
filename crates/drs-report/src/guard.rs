//! The guard of output: a value cannot move the cursor, hide text, or change its order.

use std::io::{self, Write};

use drs_types::text::is_invisible;

use crate::limits::LIMITS;

/// The form of the codes of invisible characters.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Codes {
    /// For people at a terminal: `\u{1b}`. Colors pass.
    Text,
    /// For people elsewhere: `\u{1b}`.
    Plain,
    /// In JSON: `\u001b`, which means the same.
    Json,
}

/// A writer that replaces invisible characters by their codes. Line feeds pass.
///
/// ```
/// use std::io::Write as _;
///
/// use drs_report::{Codes, Guard};
///
/// let mut out = Guard::new(Vec::new(), Codes::Plain);
/// out.write_all("a\u{1b}[2Jb\n".as_bytes())?;
/// assert_eq!(out.into_inner()?, b"a\\u{1b}[2Jb\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Guard<W> {
    out: W,
    codes: Codes,
    /// The beginning of an incomplete character or colour.
    pending: Vec<u8>,
}

impl<W: Write> Guard<W> {
    /// Makes a guard in front of a writer.
    #[must_use]
    pub fn new(out: W, codes: Codes) -> Self {
        Self { out, codes, pending: Vec::new() }
    }

    /// Returns the writer, with everything written.
    ///
    /// # Errors
    /// The end cannot be written.
    pub fn into_inner(mut self) -> io::Result<W> {
        self.flush()?;
        Ok(self.out)
    }

    /// Writes bytes, and keeps an incomplete character or colour at the end.
    fn pass(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        loop {
            let (text, rest, broken) = match std::str::from_utf8(bytes) {
                Ok(text) => (text, &[][..], None),
                Err(error) => {
                    let (text, rest) = bytes.split_at(error.valid_up_to());
                    (std::str::from_utf8(text).unwrap_or_default(), rest, error.error_len())
                }
            };
            let begun = self.text(text)?;
            let Some(broken) = broken else {
                self.pending.extend_from_slice(begun.as_bytes());
                self.pending.extend_from_slice(rest);
                return Ok(());
            };
            // A colour does not continue after invalid bytes.
            self.escape(begun)?;
            self.out.write_all("\u{fffd}".as_bytes())?;
            bytes = &rest[broken..];
        }
    }

    /// Writes a text, and returns an incomplete colour at its end.
    fn text<'a>(&mut self, mut text: &'a str) -> io::Result<&'a str> {
        while let Some(at) = text.find(|character| is_invisible(character) && character != '\n') {
            let (plain, rest) = text.split_at(at);
            self.out.write_all(plain.as_bytes())?;
            match if self.codes == Codes::Text { color(rest) } else { Color::None } {
                Color::Whole(length) => {
                    self.out.write_all(&rest.as_bytes()[..length])?;
                    text = &rest[length..];
                }
                Color::Begun => return Ok(rest),
                Color::None => {
                    let length = rest.chars().next().map_or(0, char::len_utf8);
                    self.escape(&rest[..length])?;
                    text = &rest[length..];
                }
            }
        }
        self.out.write_all(text.as_bytes())?;
        Ok("")
    }

    fn escape(&mut self, text: &str) -> io::Result<()> {
        for character in text.chars() {
            match self.codes {
                _ if !is_invisible(character) => write!(self.out, "{character}")?,
                Codes::Text | Codes::Plain => write!(self.out, "{}", character.escape_unicode())?,
                Codes::Json => {
                    let mut units = [0; 2];
                    for unit in character.encode_utf16(&mut units) {
                        write!(self.out, "\\u{unit:04x}")?;
                    }
                }
            }
        }
        Ok(())
    }
}

impl<W: Write> Write for Guard<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        if self.pending.is_empty() {
            self.pass(buffer)?;
        } else {
            let mut bytes = std::mem::take(&mut self.pending);
            bytes.extend_from_slice(buffer);
            self.pass(&bytes)?;
        }
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let pending = std::mem::take(&mut self.pending);
        self.escape(&String::from_utf8_lossy(&pending))?;
        self.out.flush()
    }
}

enum Color {
    /// A colour, with its length in bytes.
    Whole(usize),
    /// The beginning of a colour.
    Begun,
    None,
}

/// Finds a colour, or another style that hides nothing, at the start of a text.
fn color(text: &str) -> Color {
    let Some(numbers) = text.strip_prefix('\u{1b}') else { return Color::None };
    let Some(numbers) = numbers.strip_prefix('[') else {
        return if numbers.is_empty() { Color::Begun } else { Color::None };
    };
    let length = numbers.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b';').count();
    if length > LIMITS.color {
        return Color::None;
    }
    let harmless =
        |number: &str| matches!(number.parse().unwrap_or(0), 0 | 1 | 3 | 4 | 22..=24 | 30..=37 | 39 | 90..=97_u8);
    match numbers.as_bytes().get(length) {
        None => Color::Begun,
        Some(b'm') if numbers[..length].split(';').all(harmless) => Color::Whole(length + 3),
        Some(_) => Color::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the output for a text, and asserts that it is the same in pieces of every size.
    fn guarded(text: &[u8], codes: Codes) -> String {
        let in_pieces = |size: usize| {
            let mut out = Vec::new();
            let mut guard = Guard::new(&mut out, codes);
            text.chunks(size).for_each(|piece| guard.write_all(piece).unwrap());
            guard.flush().unwrap();
            String::from_utf8(out).unwrap()
        };
        let whole = in_pieces(usize::MAX);
        for size in 1..text.len() {
            assert_eq!(in_pieces(size), whole, "in pieces of {size}");
        }
        whole
    }

    #[test]
    fn control_and_invisible_characters_are_written_as_codes() {
        assert_eq!(
            guarded("a\u{1b}[2Jb\u{9b}\u{200b}\n\r".as_bytes(), Codes::Text),
            "a\\u{1b}[2Jb\\u{9b}\\u{200b}\n\\u{d}"
        );
        assert_eq!(guarded("\u{1b}]0;title\u{7}".as_bytes(), Codes::Text), "\\u{1b}]0;title\\u{7}");
        assert_eq!(guarded("\u{1b}".as_bytes(), Codes::Text), "\\u{1b}");
        assert_eq!(guarded("\u{1b}[31".as_bytes(), Codes::Text), "\\u{1b}[31");
    }

    #[test]
    fn colours_pass_and_concealing_styles_do_not() {
        assert_eq!(guarded("\u{1b}[1;31mred\u{1b}[0m".as_bytes(), Codes::Text), "\u{1b}[1;31mred\u{1b}[0m");
        assert_eq!(guarded("\u{1b}[8mgone".as_bytes(), Codes::Text), "\\u{1b}[8mgone");
        let long = format!("\u{1b}[{}", "1;".repeat(20));
        assert_eq!(guarded(long.as_bytes(), Codes::Text), format!("\\u{{1b}}[{}", "1;".repeat(20)));
    }

    #[test]
    fn json_stays_the_same_document() {
        let text = "{\"a\":\"\u{7f}\u{9b}é🙂\u{e0041}\u{feff}\"}\n";
        let shown = guarded(text.as_bytes(), Codes::Json);
        assert_eq!(shown, "{\"a\":\"\\u007f\\u009bé🙂\\udb40\\udc41\\ufeff\"}\n");
        let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(parse(&shown), parse(text));
    }

    #[test]
    fn invalid_bytes_are_replaced() {
        assert_eq!(guarded(b"a\xff\x1b\xffb\xe2\x80", Codes::Text), "a\u{fffd}\\u{1b}\u{fffd}b\u{fffd}");
    }
}
