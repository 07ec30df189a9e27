//! JSON with comments and trailing commas, as `drs new` writes it; as strict as JSON in everything else.

use std::fmt;

use jsonc_parser::ast::Value as Node;
use jsonc_parser::common::Ranged as _;
use jsonc_parser::{CollectOptions, ParseOptions};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

const OPTIONS: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_trailing_commas: true,
    allow_loose_object_property_names: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// Reads a text.
///
/// # Errors
/// What is wrong with it, and where.
pub(crate) fn parse(text: &str) -> Result<Value, String> {
    let parsed =
        jsonc_parser::parse_to_serde_value::<Option<Strict>>(text, &OPTIONS).map_err(|error| error.to_string())?;
    parsed.map(|Strict(value)| value).ok_or_else(|| "it is empty".to_owned())
}

/// Where the value of a JSON Pointer stands in a text that can be parsed: its line, and its column in characters. For a
/// value that is not there, the place of what it is missing from.
pub(crate) fn place(text: &str, pointer: &str) -> Option<(usize, usize)> {
    let parsed = jsonc_parser::parse_to_ast(text, &CollectOptions::default(), &OPTIONS).ok()?;
    let mut value = parsed.value?;
    for name in pointer.split('/').skip(1) {
        let name = name.replace("~1", "/").replace("~0", "~");
        let below = match &mut value {
            Node::Object(object) => {
                let at = object.properties.iter().position(|property| property.name.as_str() == name);
                at.map(|at| object.properties.swap_remove(at).value)
            }
            Node::Array(array) => {
                let at = name.parse().ok().filter(|at| *at < array.elements.len());
                at.map(|at: usize| array.elements.swap_remove(at))
            }
            _ => None,
        };
        match below {
            Some(below) => value = below,
            None => break,
        }
    }
    let before = text.get(..value.start())?;
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    Some((before.matches('\n').count() + 1, before[line_start..].chars().count() + 1))
}

/// A value in which no name stands twice and nothing is nested without end.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Visit).map(Self)
    }
}

struct Visit;

impl<'de> Visitor<'de> for Visit {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(Strict(element)) = list.next_element()? {
            elements.push(element);
        }
        Ok(elements.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some((name, Strict(member))) = map.next_entry::<String, _>()? {
            if members.insert(name.clone(), member).is_some() {
                return Err(A::Error::custom(format!("the name {name:?} stands in one object twice")));
            }
        }
        Ok(members.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn comments_and_trailing_commas_may_stay() {
        let read =
            parse("// a\n{ \"a\": [1, 2.5, -3,], /* b */ \"c\": { \"d\": null, }, \"e\": \"\\u00e4 // no comment\", }");
        assert_eq!(read, Ok(json!({ "a": [1, 2.5, -3], "c": { "d": null }, "e": "ä // no comment" })));
    }

    #[test]
    fn a_place_is_found_among_comments_and_what_is_missing_is_missing_somewhere() {
        let text = "{ // é\n  \"é\": [1, { \"a/b\": 2 }],\n  \"c\": {},\n}";
        assert_eq!(place(text, ""), Some((1, 1)));
        assert_eq!(place(text, "/é/1/a~1b"), Some((2, 21)));
        assert_eq!(place(text, "/é/1/x"), Some((2, 12)));
        assert_eq!(place(text, "/c/d/e"), Some((3, 8)));
        assert_eq!(place(text, "/é/9"), Some((2, 8)));
    }

    #[test]
    fn everything_else_is_as_strict_as_json() {
        for wrong in ["", "{", "{a:1}", "{'a':1}", "[1 2]", "[+1]", "[NaN]", "[0x1]", "{} {}", "{\"a\":1,\"a\":2}"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        assert!(parse(&"[".repeat(100_000)).is_err(), "nested without end");
    }
}
