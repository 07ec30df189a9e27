//! The record's own key, also of a record that ends early, somewhere after its key.

use std::borrow::Cow;
use std::fmt;

use drs_types::pointer;
use serde::Deserialize as _;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::json::{BYTE_ORDER_MARK, reader};

/// What a JSON Pointer leads to in the text of a record.
pub(crate) fn find(text: &[u8], pointer: &str) -> Option<Value> {
    if !pointer.is_empty() && !pointer.starts_with('/') {
        return None;
    }
    let steps: Vec<Cow<'_, str>> = pointer::split(pointer).collect();
    let mut key = None;
    let json = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    // An error only ends the walk: where the text breaks off, the key may be found already.
    let _ = Walk { steps: &steps, key: &mut key }.deserialize(&mut serde_json::Deserializer::from_slice(json));
    // What has a mistake before its key is read in full.
    key.or_else(|| reader::parse(text).root?.to_value().pointer(pointer).cloned())
}

/// Walks to the key and builds nothing else. Of a duplicate key, the last value counts.
struct Walk<'a> {
    steps: &'a [Cow<'a, str>],
    key: &'a mut Option<Value>,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        if self.steps.is_empty() {
            *self.key = Some(Value::deserialize(value)?);
            return Ok(());
        }
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Some((first, steps)) = self.steps.split_first() else { return Ok(()) };
        while let Some(name) = members.next_key::<String>()? {
            if name == *first {
                members.next_value_seed(Walk { steps, key: &mut *self.key })?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let Some((first, steps)) = self.steps.split_first() else { return Ok(()) };
        for index in 0.. {
            let more = if *first == index.to_string() {
                elements.next_element_seed(Walk { steps, key: &mut *self.key })?.is_some()
            } else {
                elements.next_element::<IgnoredAny>()?.is_some()
            };
            if !more {
                break;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_key_is_where_the_pointer_leads() {
        let text = br#"{"a/b": [1, {"k": "x"}], "n": {"k": [2]}, "n": {"k": 3}}"#;
        assert_eq!(find(text, "/a~1b/1/k"), Some(json!("x")));
        assert_eq!(find(text, "/n/k"), Some(json!(3)), "the last one counts");
        assert_eq!(find(b"7", ""), Some(json!(7)));
        for nowhere in ["n", "/x", "/a~1b/7", "/n/k/0/1"] {
            assert_eq!(find(text, nowhere), None, "{nowhere}");
        }
    }

    #[test]
    fn a_broken_record_has_its_key_all_the_same() {
        for broken in [
            &br#"{"id": "r1", "url"#[..],
            br#"{"id": "r1", "x": [1,}"#,
            br#"{"id": "r1"} }"#,
            b"{\"id\": \"r1\", \"x\": \"\xff\"}",
            b"\xef\xbb\xbf{\"id\": \"r1\"}",
            b"{\"x\": \"\t\", \"id\": \"r1\"}",
        ] {
            assert_eq!(find(broken, "/id"), Some(json!("r1")), "{}", String::from_utf8_lossy(broken));
        }
        assert_eq!(find(br#"{"id": "r"#, "/id"), None, "it ends inside a value itself");
    }
}
