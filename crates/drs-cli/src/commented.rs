//! JSON with comments and trailing commas, as `drs new` writes it; as strict as JSON in everything else.

use std::fmt;

use jsonc_parser::ParseOptions;
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
    let text = text.trim_start_matches('\u{feff}');
    let parsed =
        jsonc_parser::parse_to_serde_value::<Option<Strict>>(text, &OPTIONS).map_err(|error| error.to_string())?;
    parsed.map(|Strict(value)| value).ok_or_else(|| "it is empty".to_owned())
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
    fn everything_else_is_as_strict_as_json() {
        for wrong in ["", "{", "{a:1}", "{'a':1}", "[1 2]", "[+1]", "[NaN]", "[0x1]", "{} {}", "{\"a\":1,\"a\":2}"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        assert!(parse(&"[".repeat(100_000)).is_err(), "nested without end");
    }
}
