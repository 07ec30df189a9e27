//! Values with different JSON types in different sources of the documentation. Both types are read and written back.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::integer;

/// A `T` that is a string in one source and a plain value in another, such as `"3306"` and `3306`.
///
/// ```
/// use drs_types::StringOr;
/// let ports: Vec<StringOr<i64>> = serde_json::from_str(r#"["3306", 3306, "many"]"#)?;
/// assert_eq!(ports[0].value(), Some(3306));
/// assert_eq!(ports[1].value(), Some(3306));
/// assert_eq!(ports[2].value(), None);
/// assert_eq!(serde_json::to_string(&ports)?, r#"["3306",3306,"many"]"#);
/// assert_eq!(serde_json::from_str::<StringOr<i64>>("3306.0")?, StringOr::Value(3306));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(untagged)]
pub enum StringOr<T> {
    /// The plain value.
    Value(T),
    /// A string with any content.
    String(String),
}

impl<T: Clone + FromStr> StringOr<T> {
    /// The value; `None` for a string that does not hold one.
    #[must_use]
    pub fn value(&self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value.clone()),
            Self::String(text) => text.trim().parse().ok(),
        }
    }
}

impl<T> From<T> for StringOr<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

/// A JSON scalar that may also be a string.
pub trait Scalar: Sized {
    /// Its name in a message.
    #[doc(hidden)]
    const NAME: &'static str;

    /// The value of a boolean.
    #[doc(hidden)]
    fn of_flag(_: bool) -> Option<Self> {
        None
    }

    /// The value of a number.
    #[doc(hidden)]
    fn of_number(_: &serde_json::Number) -> Option<Self> {
        None
    }
}

impl Scalar for bool {
    const NAME: &'static str = "a boolean or a string";

    fn of_flag(value: bool) -> Option<Self> {
        Some(value)
    }
}

impl Scalar for i64 {
    const NAME: &'static str = "an integer of 64 bits or a string";

    fn of_number(number: &serde_json::Number) -> Option<Self> {
        integer::of(number)
    }
}

impl Scalar for f64 {
    const NAME: &'static str = "a number or a string";

    fn of_number(number: &serde_json::Number) -> Option<Self> {
        number.as_f64()
    }
}

impl<'de, T: Scalar> Deserialize<'de> for StringOr<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);
        impl<T: Scalar> Either<T> {
            fn number<E: Error>(self, number: &serde_json::Number, found: Unexpected<'_>) -> Result<StringOr<T>, E> {
                T::of_number(number).map(StringOr::Value).ok_or_else(|| E::invalid_value(found, &self))
            }
        }
        impl<T: Scalar> Visitor<'_> for Either<T> {
            type Value = StringOr<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(T::NAME)
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<StringOr<T>, E> {
                T::of_flag(value).map(StringOr::Value).ok_or_else(|| E::invalid_type(Unexpected::Bool(value), &self))
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<StringOr<T>, E> {
                self.number(&value.into(), Unexpected::Signed(value))
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<StringOr<T>, E> {
                self.number(&value.into(), Unexpected::Unsigned(value))
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<StringOr<T>, E> {
                let found = Unexpected::Float(value);
                match serde_json::Number::from_f64(value) {
                    Some(number) => self.number(&number, found),
                    None => Err(E::invalid_value(found, &self)),
                }
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<StringOr<T>, E> {
                Ok(StringOr::String(text.to_owned()))
            }

            fn visit_string<E: Error>(self, text: String) -> Result<StringOr<T>, E> {
                Ok(StringOr::String(text))
            }
        }
        deserializer.deserialize_any(Either(PhantomData))
    }
}

/// A value that is a map in one source and an array in another.
///
/// ```
/// use drs_types::MapOrArray;
/// let map: MapOrArray<i64, i64> = serde_json::from_str(r#"{ "a": 1, "b": 2 }"#)?;
/// let array: MapOrArray<i64, i64> = serde_json::from_str("[1, 2]")?;
/// assert_eq!(map.map().map(|map| map["b"]), Some(2));
/// assert_eq!(array.array(), Some([1, 2].as_slice()));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(untagged)]
pub enum MapOrArray<V, E> {
    /// A map, by name.
    Map(BTreeMap<String, V>),
    /// An array.
    Array(Vec<E>),
}

impl<V, E> MapOrArray<V, E> {
    /// The map, when it is one.
    #[must_use]
    pub fn map(&self) -> Option<&BTreeMap<String, V>> {
        match self {
            Self::Map(map) => Some(map),
            Self::Array(_) => None,
        }
    }

    /// The items, when it is an array.
    #[must_use]
    pub fn array(&self) -> Option<&[E]> {
        match self {
            Self::Map(_) => None,
            Self::Array(array) => Some(array),
        }
    }
}

impl<'de, V: Deserialize<'de>, E: Deserialize<'de>> Deserialize<'de> for MapOrArray<V, E> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<V, E>(PhantomData<(V, E)>);
        impl<'de, V: Deserialize<'de>, E: Deserialize<'de>> Visitor<'de> for Either<V, E> {
            type Value = MapOrArray<V, E>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object or an array")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
                BTreeMap::deserialize(MapAccessDeserializer::new(members)).map(MapOrArray::Map)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<Self::Value, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(elements)).map(MapOrArray::Array)
            }
        }
        deserializer.deserialize_any(Either(PhantomData))
    }
}

/// A value of a request that may be null. Null there means something else than a missing field.
///
/// ```
/// use drs_types::Nullable;
/// assert_eq!(serde_json::to_string(&[Nullable::Null, Nullable::from(1)])?, "[null,1]");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
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

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}

/// Reads a required value that may be null. Serde would accept an `Option` that is missing.
///
/// # Errors
/// The value is neither null nor a `T`.
pub(crate) fn null_or_value<'de, T, D>(deserializer: D) -> Result<Nullable<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Nullable::deserialize(deserializer)
}

/// Reads null as a value, where an `Option` alone would be `None`.
///
/// # Errors
/// The value is neither null nor a `T`.
pub(crate) fn null_is_a_value<'de, T, D>(deserializer: D) -> Result<Option<Nullable<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Nullable::deserialize(deserializer).map(Some)
}

/// The schemas of these types, in the form of the documentation: one schema with several types.
#[cfg(feature = "schemars")]
mod schemas {
    use std::borrow::Cow;
    use std::collections::BTreeMap;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::{MapOrArray, Nullable, StringOr};

    impl<T: JsonSchema> JsonSchema for StringOr<T> {
        fn schema_name() -> Cow<'static, str> {
            format!("StringOr_{}", T::schema_name()).into()
        }

        fn inline_schema() -> bool {
            true
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            let plain = T::json_schema(generator);
            json_schema!({ "type": [plain.get("type"), "string"] })
        }
    }

    impl<V: JsonSchema, E: JsonSchema> JsonSchema for MapOrArray<V, E> {
        fn schema_name() -> Cow<'static, str> {
            format!("MapOrArray_{}_{}", V::schema_name(), E::schema_name()).into()
        }

        fn inline_schema() -> bool {
            true
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            let map = BTreeMap::<String, V>::json_schema(generator);
            let array = Vec::<E>::json_schema(generator);
            json_schema!({
                "type": ["object", "array"],
                "additionalProperties": map.get("additionalProperties"),
                "items": array.get("items"),
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
