//! Dictionaries as Python prints them, with single or double quotes.

use serde_json::{Map, Number, Value};

use crate::item_data::Entry;

/// Deeper nesting is not read; the text stays a text.
const DEEPEST: usize = 64;

/// The members of a dictionary in the style of Python, when the whole text is one.
pub(crate) fn parse(text: &str) -> Option<Vec<Entry>> {
    let mut reader = Reader { rest: text.trim() };
    let entries = reader.dict(0)?;
    reader.rest.is_empty().then_some(entries)
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn dict(&mut self, depth: usize) -> Option<Vec<Entry>> {
        self.sequence('{', '}', |reader| {
            let key = reader.text()?;
            reader.take(':')?;
            Some((key, reader.value(depth + 1)?))
        })
    }

    /// Elements between two signs, separated by commas; one comma may follow the last.
    fn sequence<T>(&mut self, open: char, close: char, element: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.take(open)?;
        let mut elements = Vec::new();
        while self.take(close).is_none() {
            elements.push(element(self)?);
            if self.take(',').is_none() {
                self.take(close)?;
                break;
            }
        }
        Some(elements)
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > DEEPEST {
            return None;
        }
        match self.rest.chars().next()? {
            '{' => Some(Value::Object(self.dict(depth)?.into_iter().collect::<Map<_, _>>())),
            '[' => Some(Value::Array(self.sequence('[', ']', |reader| reader.value(depth + 1))?)),
            '\'' | '"' => self.text().map(Value::String),
            _ => self.word(),
        }
    }

    /// A number, or one of Python's constants.
    fn word(&mut self) -> Option<Value> {
        let end =
            self.rest.find(|c: char| !(c.is_ascii_alphanumeric() || "+-._".contains(c))).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        Some(match word {
            "None" => Value::Null,
            "True" => Value::Bool(true),
            "False" => Value::Bool(false),
            number => Value::Number(number.parse::<Number>().ok()?),
        })
    }

    fn text(&mut self) -> Option<String> {
        let quote = self.rest.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
        let mut text = String::new();
        let mut characters = self.rest.char_indices().skip(1);
        while let Some((at, character)) = characters.next() {
            match character {
                '\\' => match characters.next()?.1 {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    'r' => text.push('\r'),
                    escaped @ ('\\' | '\'' | '"') => text.push(escaped),
                    // Any other escape may be part of a name; it stays as it is.
                    other => text.extend(['\\', other]),
                },
                end if end == quote => {
                    self.rest = self.rest[at + 1..].trim_start();
                    return Some(text);
                }
                plain => text.push(plain),
            }
        }
        None
    }

    fn take(&mut self, sign: char) -> Option<()> {
        self.rest = self.rest.strip_prefix(sign)?.trim_start();
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(text: &str) -> Option<Value> {
        parse(text).map(|entries| Value::Object(entries.into_iter().collect()))
    }

    #[test]
    fn quotes_inside_of_names_survive() {
        assert_eq!(read(r#"{'t': "it's"}"#), Some(json!({ "t": "it's" })));
        assert_eq!(read(r"{'t': 'it\'s'}"), Some(json!({ "t": "it's" })));
        assert_eq!(read(r#"{"t": 'say "o"'}"#), Some(json!({ "t": "say \"o\"" })));
        assert_eq!(read(r"{'t': 'a\u4E2Db'}"), Some(json!({ "t": "a\\u4E2Db" })));
    }

    #[test]
    fn python_values_are_read_at_any_sensible_depth() {
        let value = read("{'a': None, 'b': [True, False, 1, -2.5, {}], 'c': {'d': ''},}");
        assert_eq!(value, Some(json!({ "a": null, "b": [true, false, 1, -2.5, {}], "c": { "d": "" } })));
    }

    #[test]
    fn what_is_cut_off_or_goes_on_is_no_dictionary() {
        for text in ["{'a': 'b", "{'a' 'b'}", "{'a': 1} x", "{a: 1}", "{'a': }", "{'a': 1e999}", "{,}", "", "['a']"] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_bomb_of_brackets_is_no_dictionary_and_no_crash() {
        let bomb = format!("{{'a': {}", "[".repeat(100_000));
        assert_eq!(read(&bomb), None);
    }
}
