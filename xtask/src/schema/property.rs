//! A property, an item of an array or a value of a map: its type, its limits and its notes.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use super::annotations::PropertyNotes;
use super::references;
use super::source::Source;

/// A property, an item of an array, a value of a map, or the value of a parameter.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Written")]
pub struct Property {
    /// The type.
    pub ty: Type,
    /// The documented limits.
    pub limits: Limits,
    /// `int32`, `int64` or `password`.
    pub format: Option<String>,
    /// The description, in our words; empty for an item.
    pub description: String,
    /// Whether the vendor calls it deprecated.
    pub deprecated: bool,
    /// The value that the service assumes when it is missing.
    pub default: Option<Value>,
    /// The facts that JSON Schema has no keyword for.
    pub drs: PropertyNotes,
}

impl Property {
    /// Returns its name in the API Explorer, when no other source has it.
    #[must_use]
    pub fn explorer(&self) -> Option<&str> {
        self.drs.source.as_ref().and_then(Source::explorer)
    }

    /// Whether it holds a secret.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.format.as_deref() == Some("password")
    }
}

/// The type of a value.
#[derive(Clone, Debug)]
pub enum Type {
    /// A string without a name.
    String,
    /// An integer.
    Integer,
    /// Any number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An array of this.
    Array(Box<Property>),
    /// An object with any keys, and values of this.
    Map(Box<Property>),
    /// A definition, by its unique name; before the model resolves it, by its reference.
    Named(String),
    /// The empty string, as an alternative to another type.
    EmptyString,
    /// One of several types, in the order of the file: the sources disagree.
    OneOf(Vec<Type>),
    /// The type or null.
    Nullable(Box<Type>),
}

/// A type of JSON.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum JsonType {
    /// An array.
    Array,
    /// A boolean.
    Boolean,
    /// An integer.
    Integer,
    /// Null.
    Null,
    /// Any number.
    Number,
    /// An object.
    Object,
    /// A string.
    String,
}

impl JsonType {
    /// Returns its name in JSON Schema.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Array => "array",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Null => "null",
            Self::Number => "number",
            Self::Object => "object",
            Self::String => "string",
        }
    }
}

impl fmt::Display for JsonType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Type {
    /// Returns the name of its definition, also where null or the empty string is an alternative.
    #[must_use]
    pub fn named(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            Self::Nullable(inner) => inner.named(),
            Self::OneOf(alternatives) => alternatives.iter().find_map(Self::named),
            _ => None,
        }
    }

    /// Returns the alternatives except null: the type itself, or each of several.
    #[must_use]
    pub fn alternatives(&self) -> &[Self] {
        match self {
            Self::OneOf(alternatives) => alternatives,
            Self::Nullable(inner) => inner.alternatives(),
            one => std::slice::from_ref(one),
        }
    }

    /// Returns the JSON types of the unnamed alternatives, without null.
    #[must_use]
    pub fn json_types(&self) -> Vec<JsonType> {
        self.alternatives().iter().filter_map(Self::json_type).collect()
    }

    /// Returns the JSON type of a single unnamed type.
    #[must_use]
    pub fn json_type(&self) -> Option<JsonType> {
        Some(match self {
            Self::String => JsonType::String,
            Self::Integer => JsonType::Integer,
            Self::Number => JsonType::Number,
            Self::Boolean => JsonType::Boolean,
            Self::Array(_) => JsonType::Array,
            Self::Map(_) => JsonType::Object,
            Self::Named(_) | Self::EmptyString | Self::OneOf(_) | Self::Nullable(_) => return None,
        })
    }

    /// Whether null is documented.
    #[must_use]
    pub fn is_nullable(&self) -> bool {
        matches!(self, Self::Nullable(_))
    }

    /// Whether the empty string is an alternative to a definition.
    #[must_use]
    pub fn may_be_empty(&self) -> bool {
        self.alternatives().iter().any(|one| matches!(one, Self::EmptyString))
    }

    /// Whether the type, or the type of its items or values, is more than one JSON type.
    #[must_use]
    pub fn is_union(&self) -> bool {
        match self {
            Self::OneOf(_) | Self::Nullable(_) => true,
            Self::Array(inner) | Self::Map(inner) => inner.ty.is_union(),
            _ => false,
        }
    }

    /// Returns the items of an array, also where the array is one of several types.
    #[must_use]
    pub fn element(&self) -> Option<&Property> {
        self.alternatives().iter().find_map(|one| match one {
            Self::Array(element) => Some(&**element),
            _ => None,
        })
    }

    /// Returns the values of a map, also where the map is one of several types.
    #[must_use]
    pub fn value(&self) -> Option<&Property> {
        self.alternatives().iter().find_map(|one| match one {
            Self::Map(value) => Some(&**value),
            _ => None,
        })
    }

    /// Turns the references as written in the file `from` into unique names.
    pub(super) fn resolve(&mut self, from: &str) {
        match self {
            Self::Named(reference) => *reference = references::definition(from, reference),
            Self::Array(inner) | Self::Map(inner) => inner.ty.resolve(from),
            Self::OneOf(alternatives) => alternatives.iter_mut().for_each(|one| one.resolve(from)),
            Self::Nullable(inner) => inner.resolve(from),
            Self::String | Self::Integer | Self::Number | Self::Boolean | Self::EmptyString => {}
        }
    }

    /// Returns the names of all definitions that it refers to, each as often as it occurs.
    #[must_use]
    pub fn references(&self) -> Vec<&str> {
        match self {
            Self::Named(name) => vec![name],
            Self::Array(inner) | Self::Map(inner) => inner.ty.references(),
            Self::OneOf(alternatives) => alternatives.iter().flat_map(Self::references).collect(),
            Self::Nullable(inner) => inner.references(),
            _ => Vec::new(),
        }
    }
}

/// The documented limits of a value.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// The greatest number of items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_items: Option<u64>,
    /// The greatest number of characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u64>,
    /// The greatest value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum: Option<Number>,
    /// The least number of items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_items: Option<u64>,
    /// The least number of characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u64>,
    /// The least value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum: Option<Number>,
    /// A regular expression.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Whether duplicate items are invalid.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unique_items: bool,
}

impl Limits {
    /// Returns the keywords of JSON Schema with their values.
    #[must_use]
    pub fn keywords(&self) -> serde_json::Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(keywords)) => keywords,
            _ => serde_json::Map::new(),
        }
    }
}

/// A property as it is in the file. The meta-schema says which keywords go together.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Written {
    #[serde(rename = "$ref")]
    reference: Option<String>,
    any_of: Option<[Alternative; 2]>,
    #[serde(rename = "type")]
    types: Option<Types>,
    #[serde(rename = "title")]
    _title: Option<String>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    deprecated: bool,
    #[serde(rename = "readOnly")]
    _read_only: Option<bool>,
    #[serde(rename = "writeOnly")]
    _write_only: Option<bool>,
    default: Option<Value>,
    format: Option<String>,
    items: Option<Box<Property>>,
    additional_properties: Option<Box<Property>>,
    max_items: Option<u64>,
    max_length: Option<u64>,
    maximum: Option<Number>,
    min_items: Option<u64>,
    min_length: Option<u64>,
    minimum: Option<Number>,
    pattern: Option<String>,
    #[serde(default)]
    unique_items: bool,
    #[serde(default, rename = "x-drs")]
    drs: PropertyNotes,
}

/// One branch of `anyOf`: a definition, null, or the empty string.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Alternative {
    #[serde(rename = "$ref")]
    reference: Option<String>,
    #[serde(rename = "type")]
    null: Option<JsonType>,
    #[serde(rename = "const")]
    empty: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Types {
    One(JsonType),
    Several(Vec<JsonType>),
}

impl TryFrom<Written> for Property {
    type Error = String;

    fn try_from(mut written: Written) -> Result<Self, String> {
        let ty = written.ty()?;
        Ok(Self {
            ty,
            limits: Limits {
                max_items: written.max_items,
                max_length: written.max_length,
                maximum: written.maximum,
                min_items: written.min_items,
                min_length: written.min_length,
                minimum: written.minimum,
                pattern: written.pattern,
                unique_items: written.unique_items,
            },
            format: written.format,
            description: written.description,
            deprecated: written.deprecated,
            default: written.default,
            drs: written.drs,
        })
    }
}

impl Written {
    fn ty(&mut self) -> Result<Type, String> {
        if let Some(reference) = &self.reference {
            return Ok(Type::Named(reference.clone()));
        }
        if let Some([first, second]) = &self.any_of {
            let named = first.reference.clone().map(Type::Named);
            let named = named.ok_or("the first branch of anyOf is a definition")?;
            return Ok(match (second.null, second.empty.as_deref()) {
                (Some(JsonType::Null), None) => Type::Nullable(Box::new(named)),
                (None, Some("")) => Type::OneOf(vec![named, Type::EmptyString]),
                _ => return Err("the second branch of anyOf is null or the empty string".to_owned()),
            });
        }
        match self.types.take() {
            Some(Types::One(one)) => self.single(one),
            Some(Types::Several(several)) => {
                let is_nullable = several.contains(&JsonType::Null);
                let types = several.into_iter().filter(|ty| *ty != JsonType::Null);
                let mut types = types.map(|ty| self.single(ty)).collect::<Result<Vec<_>, _>>()?;
                let ty = if types.len() == 1 { types.remove(0) } else { Type::OneOf(types) };
                Ok(if is_nullable { Type::Nullable(Box::new(ty)) } else { ty })
            }
            None => Err("a property needs a type, a reference or anyOf".to_owned()),
        }
    }

    fn single(&mut self, ty: JsonType) -> Result<Type, String> {
        Ok(match ty {
            JsonType::String => Type::String,
            JsonType::Integer => Type::Integer,
            JsonType::Number => Type::Number,
            JsonType::Boolean => Type::Boolean,
            JsonType::Array => Type::Array(self.items.take().ok_or("an array needs `items`")?),
            JsonType::Object => {
                Type::Map(self.additional_properties.take().ok_or("a map needs `additionalProperties`")?)
            }
            JsonType::Null => return Err("null needs another type beside it".to_owned()),
        })
    }
}
