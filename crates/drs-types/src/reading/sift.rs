//! The second pass: takes out the values of a body that do not fit its table.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::Misfit;
use super::strict::Anything;
use crate::Redacted;
use crate::check::Pointer;
use crate::integer;
use crate::outline::{Outline, Type};
use crate::redacted::is_secret;
use crate::text::one_of;

/// The bytes that all misfits of a body may take.
const ROOM: usize = 32 << 20;

/// The first integer that 64 bits with a sign do not hold: 2^63.
const FIRST_TOO_LARGE: f64 = 9_223_372_036_854_775_808.0;

/// A longer string is shown as its length.
const LONGEST: usize = 100;

/// The misfits so far, within the limit of memory.
#[derive(Default)]
pub(super) struct Notes {
    misfits: Vec<Misfit>,
    taken: usize,
    full: bool,
}

impl Notes {
    fn add(&mut self, at: &Pointer<'_>, expected: &str, found: impl Into<String>) {
        if self.full {
            return;
        }
        let misfit = Misfit { pointer: at.to_string(), expected: expected.to_owned(), found: found.into() };
        self.taken += size_of::<Misfit>() + misfit.pointer.len() + misfit.expected.len() + misfit.found.len();
        self.full = self.taken > ROOM;
        self.misfits.push(misfit);
    }

    /// Returns the misfits. When there are more than fit, the last one says so; its location is the whole body.
    pub(super) fn into_misfits(mut self) -> Vec<Misfit> {
        if self.full {
            let (expected, found) = ("fewer misfits".to_owned(), "more than can be listed".to_owned());
            self.misfits.push(Misfit { pointer: String::new(), expected, found });
        }
        self.misfits
    }
}

/// Reads one value, and returns it if it fits.
pub(super) struct Sift<'a> {
    outline: &'static Outline,
    at: Pointer<'a>,
    /// Whether it is a field; null counts as missing there.
    is_field: bool,
    is_secret: bool,
    notes: &'a mut Notes,
}

impl<'a> Sift<'a> {
    /// Reads a whole body.
    pub(super) fn body(outline: &'static Outline, notes: &'a mut Notes) -> Self {
        Self { outline, at: Pointer::Root, is_field: false, is_secret: false, notes }
    }

    fn has(&self, kind: Type) -> bool {
        self.outline.types.contains(&kind)
    }

    /// Returns the value when it fits, and adds a misfit when not.
    fn fit(self, fits: bool, value: impl Into<Value>) -> Option<Value> {
        let value = value.into();
        if fits {
            return Some(value);
        }
        let found = match &value {
            Value::String(text) if text.chars().nth(LONGEST).is_some() => {
                format!("a string of {} characters", text.chars().count())
            }
            plain => plain.to_string(),
        };
        self.refuse(&found)
    }

    fn refuse(self, found: &str) -> Option<Value> {
        let found = if self.is_secret { Redacted::MASK } else { found };
        self.notes.add(&self.at, &expected(self.outline.types), found);
        None
    }

    fn number(self, number: Number) -> Option<Value> {
        if self.has(Type::Number) {
            return Some(number.into());
        }
        match integer::of(&number) {
            Some(integer) if self.has(Type::Integer) => Some(integer.into()),
            None if self.has(Type::Integer) && number.as_f64().is_some_and(|double| double.fract() == 0.0) => {
                let is_too_large = number.as_f64().is_none_or(|double| double.abs() >= FIRST_TOO_LARGE);
                let expected = if is_too_large {
                    "an integer of 64 bits"
                } else {
                    "an integer below 2^53, or one without fraction and exponent"
                };
                let found = if self.is_secret { Redacted::MASK.to_owned() } else { number.to_string() };
                self.notes.add(&self.at, expected, found);
                None
            }
            _ => self.fit(false, number),
        }
    }
}

/// Names the types in words.
fn expected(types: &[Type]) -> String {
    let word = |one: &Type| match one {
        Type::Null => "null",
        Type::Boolean => "a boolean",
        Type::Integer => "an integer",
        Type::Number => "a number",
        Type::String => "a string",
        Type::Array => "an array",
        Type::Object => "an object",
    };
    one_of(types.iter().map(word))
}

impl<'de> DeserializeSeed<'de> for Sift<'_> {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Sift<'_> {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        let fits = self.is_field || self.has(Type::Null);
        Ok(self.fit(fits, Value::Null))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        let fits = self.has(Type::Boolean);
        Ok(self.fit(fits, value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(self.number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(self.number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Number::from_f64(value).and_then(|number| self.number(number)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        let fits = self.has(Type::String);
        Ok(self.fit(fits, value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        if !self.has(Type::Array) {
            Anything.visit_seq(elements)?;
            return Ok(self.refuse("an array"));
        }
        let outline = self.outline.items.unwrap_or(&Outline::NOTHING);
        let mut kept = Vec::new();
        for index in 0.. {
            let seed = Sift {
                outline,
                at: self.at.index(index),
                is_field: false,
                is_secret: self.is_secret,
                notes: &mut *self.notes,
            };
            let Some(element) = elements.next_element_seed(seed)? else { break };
            kept.extend(element);
        }
        Ok(Some(Value::Array(kept)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        if !self.has(Type::Object) {
            Anything.visit_map(members)?;
            return Ok(self.refuse("an object"));
        }
        let mut kept = Map::new();
        let mut known = vec![false; self.outline.members.len()];
        while let Some(key) = members.next_key::<String>()? {
            let field = self.outline.members.iter().position(|(name, _)| *name == key);
            let outline = field.map(|index| self.outline.members[index].1).or(self.outline.others);
            let Some(outline) = outline else {
                members.next_value::<Anything>()?;
                continue;
            };
            let at = self.at.key(&key);
            if field.is_some_and(|index| std::mem::replace(&mut known[index], true)) {
                // The last value counts, as in most readers.
                self.notes.add(&at, "each key once", "a duplicate key");
            }
            let is_secret = self.is_secret || is_secret(&key);
            let seed = Sift { outline, at, is_field: field.is_some(), is_secret, notes: &mut *self.notes };
            if let Some(value) = members.next_value_seed(seed)? {
                kept.insert(key, value);
            }
        }
        Ok(Some(Value::Object(kept)))
    }
}
