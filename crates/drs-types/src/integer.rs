//! Integers as JSON Schema understands them: `1.0` and `1e3` are integers too.
//!
//! A number with a fraction or an exponent is read when it is an integer below 2^53 in magnitude: up to there a double
//! holds every integer exactly. It is written back as a plain integer.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error, Unexpected, Visitor};
use serde_json::Number;

use crate::unions::{MapOrArray, Nullable};

/// The limit below which a double holds every integer exactly: 2^53.
const FIRST_INEXACT: f64 = 9_007_199_254_740_992.0;

/// Converts a number to an integer, when it is one that fits 64 bits.
///
/// ```
/// use drs_types::integer;
/// let integer = |text: &str| integer::of(&serde_json::from_str(text).unwrap());
/// assert_eq!((integer("1.0"), integer("1e3"), integer("-0")), (Some(1), Some(1000), Some(0)));
/// assert_eq!((integer("1.5"), integer("9007199254740993.0"), integer("9223372036854775808")), (None, None, None));
/// ```
#[must_use]
pub fn of(number: &Number) -> Option<i64> {
    number.as_i64().or_else(|| of_double(number.as_f64().filter(|_| number.is_f64())?))
}

#[allow(clippy::cast_possible_truncation, reason = "it has no fraction and is below 2^53")]
pub(crate) fn of_double(double: f64) -> Option<i64> {
    (double.fract() == 0.0 && double.abs() < FIRST_INEXACT).then_some(double as i64)
}

/// Reads a field that consists of integers. Generated types use it where their schema has `integer`.
///
/// # Errors
/// A value of another type, or a number that is not an integer of 64 bits.
pub(crate) fn read<'de, T: Integers, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::Read::deserialize(deserializer).map(T::of)
}

/// Reads a field that consists of integers and may be null.
///
/// # Errors
/// A value that is neither null nor an integer of 64 bits.
#[allow(dead_code, reason = "generated code uses it, depending on the schemas")]
pub(crate) fn read_nullable<'de, T: Integers, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Nullable<T>>, D::Error> {
    read(deserializer).map(Some)
}

/// A type that consists of integers.
pub(crate) trait Integers {
    /// The type that is read first.
    type Read: DeserializeOwned;

    /// Converts the type that was read.
    fn of(read: Self::Read) -> Self;
}

/// An integer that may be written with a fraction or an exponent.
pub(crate) struct Integer(i64);

impl<'de> Deserialize<'de> for Integer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneInteger;
        impl Visitor<'_> for OneInteger {
            type Value = Integer;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an integer of 64 bits")
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Integer, E> {
                Ok(Integer(value))
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Integer, E> {
                i64::try_from(value).map(Integer).map_err(|_| E::invalid_value(Unexpected::Unsigned(value), &self))
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Integer, E> {
                of_double(value).map(Integer).ok_or_else(|| E::invalid_value(Unexpected::Float(value), &self))
            }
        }
        deserializer.deserialize_i64(OneInteger)
    }
}

impl Integers for i64 {
    type Read = Integer;

    fn of(read: Integer) -> Self {
        read.0
    }
}

impl<T: Integers> Integers for Option<T> {
    type Read = Option<T::Read>;

    fn of(read: Self::Read) -> Self {
        read.map(T::of)
    }
}

impl<T: Integers> Integers for Vec<T> {
    type Read = Vec<T::Read>;

    fn of(read: Self::Read) -> Self {
        read.into_iter().map(T::of).collect()
    }
}

impl<T: Integers> Integers for BTreeMap<String, T> {
    type Read = BTreeMap<String, T::Read>;

    fn of(read: Self::Read) -> Self {
        read.into_iter().map(|(key, value)| (key, T::of(value))).collect()
    }
}

impl<V: Integers, E: Integers> Integers for MapOrArray<V, E> {
    type Read = MapOrArray<V::Read, E::Read>;

    fn of(read: Self::Read) -> Self {
        match read {
            MapOrArray::Map(map) => Self::Map(BTreeMap::of(map)),
            MapOrArray::Array(array) => Self::Array(Vec::of(array)),
        }
    }
}

impl<T: Integers> Integers for Nullable<T> {
    type Read = Nullable<T::Read>;

    fn of(read: Self::Read) -> Self {
        match read {
            Nullable::Value(value) => Self::Value(T::of(value)),
            Nullable::Null => Self::Null,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read_as<T: Integers>(text: &str) -> Result<T, serde_json::Error> {
        read(&mut serde_json::Deserializer::from_str(text))
    }

    #[test]
    fn an_integer_may_be_written_with_a_fraction_or_an_exponent_below_2_to_the_53() {
        for (text, integer) in [
            ("1", Some(1)),
            ("1.0", Some(1)),
            ("-1.0", Some(-1)),
            ("1e3", Some(1000)),
            ("1.5e1", Some(15)),
            ("-0", Some(0)),
            ("-0.0", Some(0)),
            ("9007199254740991.0", Some(9_007_199_254_740_991)),
            ("9007199254740992.0", None),
            ("9007199254740993.0", None),
            ("-9007199254740992.0", None),
            ("9007199254740993", Some(9_007_199_254_740_993)),
            ("9223372036854775807", Some(i64::MAX)),
            ("-9223372036854775808", Some(i64::MIN)),
            ("9223372036854775808", None),
            ("-9223372036854775809", None),
            ("1.5", None),
            ("1e300", None),
            ("\"1\"", None),
            ("null", None),
            ("true", None),
        ] {
            assert_eq!(read_as::<i64>(text).ok(), integer, "{text}");
            assert_eq!(serde_json::from_str::<Number>(text).ok().and_then(|number| of(&number)), integer, "{text}");
        }
    }

    #[test]
    fn integers_are_read_alike_in_arrays_and_maps_and_as_nullable_values() {
        assert_eq!(read_as::<Vec<Vec<i64>>>("[[1.0], []]").unwrap(), [vec![1], vec![]]);
        let map = read_as::<Option<BTreeMap<String, i64>>>(r#"{"a":1e2}"#).unwrap();
        assert_eq!(serde_json::to_value(&map).unwrap(), json!({ "a": 100 }));
        assert_eq!(read_as::<Option<i64>>("null").unwrap(), None);
        let array = read_as::<MapOrArray<i64, i64>>("[2.0]").unwrap();
        assert_eq!(array.array(), Some([2].as_slice()));
        let read = |text: &str| read_nullable::<i64, _>(&mut serde_json::Deserializer::from_str(text)).unwrap();
        assert_eq!((read("null"), read("3.0")), (Some(Nullable::Null), Some(Nullable::Value(3))));
        assert!(read_as::<Vec<i64>>("[1.5]").is_err());
    }
}
