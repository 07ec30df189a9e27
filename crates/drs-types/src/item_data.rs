//! The `data` of a check item: a string that usually holds structured data.

use std::fmt;

use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::Value;

mod dict;

pub use dict::Entry;

/// A readable view of the `data` string of a check item. It never replaces the string itself.
///
/// The service writes figures and names as JSON, as a dictionary in the style of Python, as plain text, or not at all.
/// Nothing is guessed: a name may hold commas, quotes, braces and literal `\u4E2D`, and keeps them.
///
/// ```
/// use drs_types::ItemData;
///
/// let data = ItemData::parse("{'size': '5263360', 'diskSizeTimes':'1.5'}");
/// assert!(matches!(data, ItemData::Dict(_)));
/// assert_eq!(data.entries()[0], ("size".to_owned(), "5263360".to_owned()));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ItemData {
    /// An empty string, or only white space.
    Empty,
    /// JSON.
    Json(Vec<Entry>),
    /// A dictionary in the style of Python.
    Dict(Vec<Entry>),
    /// Any other string, unchanged.
    Text(String),
}

impl ItemData {
    /// Parses a `data` string. Every string has a view; an unknown form is [`ItemData::Text`].
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if text.trim().is_empty() {
            return Self::Empty;
        }
        let is_exact = |entries: &Vec<Entry>| entries.iter().all(|(_, value)| is_exact(value));
        if let Some(entries) = json(text).filter(is_exact) {
            return Self::Json(entries);
        }
        match dict::parse(text).filter(is_exact) {
            Some(entries) => Self::Dict(entries),
            None => Self::Text(text.to_owned()),
        }
    }

    /// Returns names and values for people: strings without quotes, everything else as JSON. The name is empty where
    /// there is none.
    #[must_use]
    pub fn entries(&self) -> Vec<(String, String)> {
        match self {
            Self::Empty => Vec::new(),
            Self::Text(text) => vec![(String::new(), text.clone())],
            Self::Json(entries) | Self::Dict(entries) => {
                entries.iter().map(|(name, value)| (name.clone(), shown(value))).collect()
            }
        }
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Whether every number keeps its digits. An integer that fits no integer type is an `f64`, which rounds from 2⁵³ on.
fn is_exact(value: &Value) -> bool {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Number(number) if number.is_f64() => number.as_f64().is_some_and(|number| number.abs() < EXACT),
        Value::Array(items) => items.iter().all(is_exact),
        Value::Object(members) => members.values().all(is_exact),
        _ => true,
    }
}

/// Parses strict JSON. A number that does not fit an `f64` is refused.
fn json(text: &str) -> Option<Vec<Entry>> {
    if text.trim_start().starts_with('{') {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let entries = deserializer.deserialize_map(InOrder).ok()?;
        deserializer.end().ok()?;
        return Some(entries);
    }
    let value: Value = serde_json::from_str(text).ok()?;
    Some(vec![(String::new(), value)])
}

/// Keeps the members of an object in their order, with duplicate keys.
struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Vec<Entry>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = members.next_entry()? {
            entries.push(entry);
        }
        Ok(entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The `data` of an item of a documented response.
    fn documented(file: &str, item: &str) -> String {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/v3/batch_check_results/examples");
        let text = std::fs::read_to_string(format!("{folder}/{file}")).unwrap();
        let response: Value = serde_json::from_str(&text).unwrap();
        let items = response["results"][0]["precheck_result"].as_array().unwrap().clone();
        let item = items.into_iter().find(|candidate| candidate["item"] == item).unwrap();
        item["data"].as_str().unwrap().to_owned()
    }

    fn text_of(data: &ItemData) -> Option<&str> {
        match data {
            ItemData::Text(text) => Some(text),
            _ => None,
        }
    }

    #[test]
    fn both_documented_forms_keep_their_order() {
        let mysql = ItemData::parse(&documented("response.1.json", "dstDbDiskSize"));
        assert!(matches!(mysql, ItemData::Json(_)));
        let names: Vec<String> = mysql.entries().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["diskSizeTimes", "dstVolumeSize", "srcIndexSize", "size", "srcIndexAmount"]);
        let dds = ItemData::parse(&documented("response.2.json", "dstDbDiskSize"));
        assert!(matches!(dds, ItemData::Dict(_)));
        assert_eq!(dds.entries()[1], ("dstVolumeSize".to_owned(), "19089431762".to_owned()));
    }

    #[test]
    fn a_name_with_special_characters_stays_whole() {
        let data = ItemData::parse(&documented("response.2.json", "srcShardKeyConfiguration"));
        let value = &data.entries()[0].1;
        assert!(value.contains(r"fastunit.testSpecial\u4E2D\u6587~!@#%^&*()_+=-[]{};:?,`,fastunit.log"), "{value}");
        assert!(value.contains("testdb3.coll1,testdb3.Coll1"), "names that differ by case were folded");
    }

    #[test]
    fn a_blank_string_is_empty() {
        assert_eq!(ItemData::parse(&documented("response.1.json", "dstStatusCheck")), ItemData::Empty);
        assert_eq!(ItemData::parse(" \n"), ItemData::Empty);
    }

    #[test]
    fn a_string_of_unknown_form_stays_text() {
        for text in ["{\"a\":\"b", "{\"a\":1e400}", "disk is full", "{'a': 'b", "{\"a\":1} trailing", "{a}"] {
            assert_eq!(text_of(&ItemData::parse(text)), Some(text));
        }
    }

    #[test]
    fn a_number_that_cannot_keep_its_digits_stays_text() {
        for text in ["{\"a\":123456789012345678901}", "{'a': [-123456789012345678901]}", "{'a': {'b': 1e300}}"] {
            assert_eq!(text_of(&ItemData::parse(text)), Some(text));
        }
        let exact = ItemData::parse(r#"{"a":18446744073709551615,"b":1.5}"#);
        assert_eq!(exact.entries(), [("a", "18446744073709551615"), ("b", "1.5")].map(|(k, v)| (k.into(), v.into())));
    }

    #[test]
    fn values_outside_an_object_have_no_name() {
        assert_eq!(ItemData::parse("[1,2]"), ItemData::Json(vec![(String::new(), json!([1, 2]))]));
        assert_eq!(ItemData::parse("true").entries(), [(String::new(), "true".to_owned())]);
    }

    #[test]
    fn a_duplicate_key_is_kept_twice() {
        let entries = ItemData::parse(r#"{"size":"1","size":"2"}"#).entries();
        assert_eq!(entries.len(), 2);
    }
}
