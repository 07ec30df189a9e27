//! Dictionaries as Python prints them, with single or double quotes.

use serde_json::{Map, Number, Value};

/// A member of the data, in the order of the string. The name is empty for a value that is not a member of an object.
pub type Entry = (String, Value);

/// Deeper nesting is not parsed; the string stays plain text.
const DEEPEST: usize = 64;

/// Parses a string that is one whole dictionary in the style of Python.
pub(crate) fn parse(text: &str) -> Option<Vec<Entry>> {
    let mut parser = Parser { rest: text.trim() };
    let entries = parser.dict(0)?;
    parser.rest.is_empty().then_some(entries)
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn dict(&mut self, depth: usize) -> Option<Vec<Entry>> {
        self.sequence('{', '}', |parser| {
            let key = parser.string()?;
            parser.take(':')?;
            Some((key, parser.value(depth + 1)?))
        })
    }

    /// Items between two brackets, separated by commas; one comma may follow the last.
    fn sequence<T>(&mut self, open: char, close: char, item: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.take(open)?;
        let mut items = Vec::new();
        while self.take(close).is_none() {
            items.push(item(self)?);
            if self.take(',').is_none() {
                self.take(close)?;
                break;
            }
        }
        Some(items)
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > DEEPEST {
            return None;
        }
        match self.rest.chars().next()? {
            '{' => Some(Value::Object(self.dict(depth)?.into_iter().collect::<Map<_, _>>())),
            '[' => Some(Value::Array(self.sequence('[', ']', |parser| parser.value(depth + 1))?)),
            '\'' | '"' => self.string().map(Value::String),
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

    fn string(&mut self) -> Option<String> {
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
                    // Any other escape may be part of a name; it is kept unchanged.
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
    fn python_values_are_parsed_when_nested() {
        let value = read("{'a': None, 'b': [True, False, 1, -2.5, {}], 'c': {'d': ''},}");
        assert_eq!(value, Some(json!({ "a": null, "b": [true, false, 1, -2.5, {}], "c": { "d": "" } })));
    }

    #[test]
    fn a_truncated_or_continued_dictionary_is_not_parsed() {
        for text in ["{'a': 'b", "{'a' 'b'}", "{'a': 1} x", "{a: 1}", "{'a': }", "{'a': 1e999}", "{,}", "", "['a']"] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn deep_nesting_is_not_parsed_and_does_not_overflow_the_stack() {
        let bomb = format!("{{'a': {}", "[".repeat(100_000));
        assert_eq!(read(&bomb), None);
    }
}
