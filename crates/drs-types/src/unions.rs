//! Values that the sources of the documentation give different JSON types. Both are read, and written back as they came.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

/// A `T` that is a text in one source and a plain value in another, such as `"3306"` and `3306`.
///
/// ```
/// use drs_types::TextOr;
/// let ports: Vec<TextOr<i64>> = serde_json::from_str(r#"["3306", 3306, "many"]"#)?;
/// assert_eq!(ports[0].value(), Some(3306));
/// assert_eq!(ports[1].value(), Some(3306));
/// assert_eq!(ports[2].value(), None);
/// assert_eq!(serde_json::to_string(&ports)?, r#"["3306",3306,"many"]"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum TextOr<T> {
    /// The plain value.
    Value(T),
    /// A text, whatever it says.
    Text(String),
}

impl<T: Clone + FromStr> TextOr<T> {
    /// The value; `None` when it is a text that is none.
    #[must_use]
    pub fn value(&self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value.clone()),
            Self::Text(text) => text.trim().parse().ok(),
        }
    }
}

impl<T> From<T> for TextOr<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

/// What is a map in one source and a list in another.
///
/// ```
/// use drs_types::MapOrList;
/// let map: MapOrList<i64, i64> = serde_json::from_str(r#"{ "a": 1, "b": 2 }"#)?;
/// let list: MapOrList<i64, i64> = serde_json::from_str("[1, 2]")?;
/// assert_eq!(map.map().map(|map| map["b"]), Some(2));
/// assert_eq!(list.list(), Some([1, 2].as_slice()));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum MapOrList<V, E> {
    /// A map, by name.
    Map(BTreeMap<String, V>),
    /// A list.
    List(Vec<E>),
}

impl<V, E> MapOrList<V, E> {
    /// The map, when it is one.
    #[must_use]
    pub fn map(&self) -> Option<&BTreeMap<String, V>> {
        match self {
            Self::Map(map) => Some(map),
            Self::List(_) => None,
        }
    }

    /// The list, when it is one.
    #[must_use]
    pub fn list(&self) -> Option<&[E]> {
        match self {
            Self::Map(_) => None,
            Self::List(list) => Some(list),
        }
    }
}

/// A value of a request that may be null, which is not the same there as leaving it out.
///
/// ```
/// use drs_types::Nullable;
/// assert_eq!(serde_json::to_string(&[Nullable::Null, Nullable::from(1)])?, "[null,1]");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Nullable<T> {
    /// The value.
    Value(T),
    /// Null.
    Null,
}

impl<T> Nullable<T> {
    /// The value; `None` for null.
    #[must_use]
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Null => None,
        }
    }
}

impl<T> From<T> for Nullable<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

/// Reads null as a value of its own, where an `Option` would take it for nothing.
///
/// # Errors
/// What is neither null nor a `T`.
pub(crate) fn null_is_a_value<'de, T, D>(deserializer: D) -> Result<Option<Nullable<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Nullable::deserialize(deserializer).map(Some)
}

/// The schemas of these types, written as the documentation is: one schema with several types.
#[cfg(feature = "schemars")]
mod schemas {
    use std::borrow::Cow;
    use std::collections::BTreeMap;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::{MapOrList, Nullable, TextOr};

    impl<T: JsonSchema> JsonSchema for TextOr<T> {
        fn schema_name() -> Cow<'static, str> {
            format!("TextOr_{}", T::schema_name()).into()
        }

        fn inline_schema() -> bool {
            true
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            let plain = T::json_schema(generator);
            json_schema!({ "type": [plain.get("type"), "string"] })
        }
    }

    impl<V: JsonSchema, E: JsonSchema> JsonSchema for MapOrList<V, E> {
        fn schema_name() -> Cow<'static, str> {
            format!("MapOrList_{}_{}", V::schema_name(), E::schema_name()).into()
        }

        fn inline_schema() -> bool {
            true
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            let map = BTreeMap::<String, V>::json_schema(generator);
            let list = Vec::<E>::json_schema(generator);
            json_schema!({
                "type": ["object", "array"],
                "additionalProperties": map.get("additionalProperties"),
                "items": list.get("items"),
            })
        }
    }

    impl<T: JsonSchema> JsonSchema for Nullable<T> {
        fn schema_name() -> Cow<'static, str> {
            Option::<T>::schema_name()
        }

        fn inline_schema() -> bool {
            true
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            Option::<T>::json_schema(generator)
        }
    }
}
