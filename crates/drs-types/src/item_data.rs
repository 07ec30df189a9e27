//! The `data` of a check item: a text that usually holds something structured.

use std::fmt;

use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::Value;

use crate::dict_text;

/// A readable view of the `data` text of a check item. The text itself is never replaced by it.
///
/// The service writes figures and names as JSON, as text in the style of a Python dictionary, as plain text, or not at
/// all. Nothing is guessed: a name may hold commas, quotes, braces and literal `\u4E2D`, and keeps them.
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
    /// Nothing, or only white space.
    Empty,
    /// JSON.
    Json(Vec<Entry>),
    /// A dictionary in the style of Python.
    Dict(Vec<Entry>),
    /// Anything else, as it is.
    Text(String),
}

/// A member of the data, in the order of the text. The name is empty for a value that is no member of an object.
pub type Entry = (String, Value);

impl ItemData {
    /// Reads a `data` text. Every text has a view; what is no known form is [`ItemData::Text`].
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if text.trim().is_empty() {
            return Self::Empty;
        }
        if let Some(entries) = json(text) {
            return Self::Json(entries);
        }
        match dict_text::parse(text) {
            Some(entries) => Self::Dict(entries),
            None => Self::Text(text.to_owned()),
        }
    }

    /// Names and values for people: texts without quotes, everything else as JSON. The name is empty where there is
    /// none.
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

/// Strict JSON. A number that no `f64` holds is no JSON here, since it could not be shown as it stands.
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

/// Keeps the members of an object in their order, and a name that stands twice, twice.
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
