//! The escaper of HTML and XML.

use std::fmt::{self, Write};

use askama::filters::Escaper;

/// Escapes a string for an element or an attribute in double quotes. Characters that XML does not allow are written as
/// codes. The names of the entities are those that every reader of XML knows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Markup;

impl Escaper for Markup {
    fn write_escaped_str<W: Write>(&self, mut out: W, string: &str) -> fmt::Result {
        let mut rest = string;
        while let Some(at) = rest.find(is_escaped) {
            let (plain, escaped) = rest.split_at(at);
            out.write_str(plain)?;
            let mut characters = escaped.chars();
            match characters.next() {
                Some('&') => out.write_str("&amp;")?,
                Some('<') => out.write_str("&lt;")?,
                Some('>') => out.write_str("&gt;")?,
                Some('"') => out.write_str("&quot;")?,
                Some(refused) => write!(out, "{}", refused.escape_unicode())?,
                None => {}
            }
            rest = characters.as_str();
        }
        out.write_str(rest)
    }
}

fn is_escaped(character: char) -> bool {
    matches!(character, '&' | '<' | '>' | '"') || is_refused(character)
}

/// Whether XML 1.0 refuses a character, or Unicode has none at the place.
fn is_refused(character: char) -> bool {
    let code = u32::from(character);
    (character.is_control() && character != '\n') || code & 0xfffe == 0xfffe || (0xfdd0..=0xfdef).contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_refused_characters_are_escaped() {
        let mut out = String::new();
        Markup.write_escaped_str(&mut out, "<a b=\"'&\u{1}\u{fffe}é\n\u{1fffe}\u{7f}").unwrap();
        assert_eq!(out, "&lt;a b=&quot;'&amp;\\u{1}\\u{fffe}é\n\\u{1fffe}\\u{7f}");
    }
}
