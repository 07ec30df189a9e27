//! An entry of `$defs`: an object of the page, or a named string.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use super::annotations::{EnumValue, Literal, ObjectNotes, Reason, StringNotes};
use super::document::segment;
use super::property::{Limits, Property};
use super::source::{Deviation, Source};

/// One entry of `$defs`.
#[derive(Debug)]
pub struct Definition {
    /// The vendor's name, unique over all versions: outside `v3`, the version is its prefix.
    pub name: String,
    /// The module that it belongs to: `common`, or the id of an operation.
    pub module: String,
    /// The file, below `schemas/`.
    pub file: String,
    /// Its JSON Pointer in the file.
    pub pointer: String,
    /// The schema as written, with unique names in its references, for output that copies it.
    pub written: Value,
    /// The description, in our words.
    pub description: String,
    /// Whether the vendor calls it deprecated.
    pub deprecated: bool,
    /// The shape: an object or a string.
    pub shape: Shape,
    /// Whether a request reaches it.
    pub sent: bool,
    /// Whether a response reaches it.
    pub received: bool,
}

/// The shape of a definition.
#[derive(Debug)]
pub enum Shape {
    /// An object of the page.
    Object(Object),
    /// A named string: an id, or an open set of values.
    String(StringShape),
}

impl Shape {
    /// Turns the references as written in the file `from` into unique names.
    pub(super) fn resolve(&mut self, from: &str) {
        if let Self::Object(object) = self {
            object.properties.values_mut().for_each(|property| property.ty.resolve(from));
        }
    }
}

/// An object of the page.
#[derive(Debug)]
pub struct Object {
    /// The properties in the order of the page.
    pub properties: IndexMap<String, Property>,
    /// The names of the required properties.
    pub required: Vec<String>,
    /// The properties that are required because of the value of another property.
    pub obligations: Vec<Obligation>,
    /// The facts that JSON Schema has no keyword for.
    pub drs: ObjectNotes,
}

/// A named string: an id, or an open set of values.
#[derive(Debug)]
pub struct StringShape {
    /// The enum values; `None` when any string is valid.
    pub values: Option<Vec<String>>,
    /// The documented limits.
    pub limits: Limits,
    /// The facts that JSON Schema has no keyword for.
    pub drs: StringNotes,
}

/// A conditional requirement: `required` applies when every property of `when` has one of its values.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(from = "WrittenObligation")]
pub struct Obligation {
    /// The properties of the condition, each with the values for which it holds.
    pub when: BTreeMap<String, Vec<Literal>>,
    /// The properties that must be present for the condition to hold.
    pub present: Vec<String>,
    /// The properties that are required then.
    pub required: Vec<String>,
}

impl Obligation {
    /// Renders the condition in words, such as `net_type is eip`.
    #[must_use]
    pub fn condition(&self) -> String {
        let conditions = self.when.iter().map(|(property, values)| {
            let values: Vec<String> = values.iter().map(ToString::to_string).collect();
            format!("{property} is {}", values.join(" or "))
        });
        conditions.collect::<Vec<_>>().join(" and ")
    }
}

impl Definition {
    /// Returns the definition as an object.
    #[must_use]
    pub fn object(&self) -> Option<&Object> {
        match &self.shape {
            Shape::Object(object) => Some(object),
            Shape::String(_) => None,
        }
    }

    /// Returns the definition as a string.
    #[must_use]
    pub fn string(&self) -> Option<&StringShape> {
        match &self.shape {
            Shape::Object(_) => None,
            Shape::String(string) => Some(string),
        }
    }

    /// Returns the properties of an object, in the order of the page; a string has none.
    pub fn properties(&self) -> impl Iterator<Item = (&str, &Property)> {
        let properties = self.object().into_iter().flat_map(|object| &object.properties);
        properties.map(|(name, property)| (name.as_str(), property))
    }

    /// Returns the property with a name.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.object()?.properties.get(name)
    }

    /// Whether a property is required.
    #[must_use]
    pub fn requires(&self, name: &str) -> bool {
        self.object().is_some_and(|object| object.required.iter().any(|required| required == name))
    }

    /// Returns the enum values of an open set.
    #[must_use]
    pub fn listed(&self) -> Option<&[String]> {
        self.string()?.values.as_deref()
    }

    /// Returns each enum value with its meaning, in the order of the enum.
    pub fn meanings(&self) -> impl Iterator<Item = (&str, &EnumValue)> {
        let string = self.string().into_iter();
        string.flat_map(|string| {
            let listed = string.values.iter().flatten();
            listed.filter_map(|value| Some((value.as_str(), string.drs.values.get(value)?)))
        })
    }

    /// Returns the enum values after which no other follows.
    pub fn last(&self) -> impl Iterator<Item = &String> {
        self.string().and_then(|string| string.drs.last.as_ref()).into_iter().flat_map(|last| &last.values)
    }

    /// Whether it is a percentage, which is final at a hundred percent.
    #[must_use]
    pub fn is_percent(&self) -> bool {
        self.string().is_some_and(|string| string.drs.unit.as_deref() == Some("percent"))
    }

    /// Returns the deviations of the definition as a whole.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        match &self.shape {
            Shape::Object(object) => &object.drs.deviations,
            Shape::String(string) => &string.drs.deviations,
        }
    }

    /// Returns the source of the definition, if it is not its page.
    #[must_use]
    pub fn source(&self) -> Option<&Source> {
        match &self.shape {
            Shape::Object(object) => object.drs.source.as_ref(),
            Shape::String(string) => string.drs.source.as_ref(),
        }
    }

    /// Returns its name in the API Explorer, when no other source has it.
    #[must_use]
    pub fn explorer(&self) -> Option<&str> {
        self.source().and_then(Source::explorer)
    }

    /// Returns the table of the page.
    #[must_use]
    pub fn table(&self) -> Option<&str> {
        self.object()?.drs.table.as_deref()
    }

    /// Returns the rule that one property gives the reason for the value of another one.
    #[must_use]
    pub fn reason(&self) -> Option<&Reason> {
        self.object()?.drs.reason.as_ref()
    }

    /// The properties that are required because of the value of another property.
    #[must_use]
    pub fn obligations(&self) -> &[Obligation] {
        self.object().map_or(&[], |object| &object.obligations)
    }

    /// Returns the JSON Pointer of a property in the file.
    #[must_use]
    pub fn pointer_of(&self, property: &str) -> String {
        format!("{}/properties/{}", self.pointer, segment(property))
    }

    /// Returns a property as written.
    #[must_use]
    pub fn written_property(&self, name: &str) -> &Value {
        &self.written["properties"][name]
    }

    /// Returns the names of all definitions that it refers to directly.
    pub fn references(&self) -> impl Iterator<Item = &str> {
        self.properties().flat_map(|(_, property)| property.ty.references())
    }
}

/// A definition as it is in the file.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Written {
    Object(WrittenObject),
    String(WrittenString),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct WrittenObject {
    #[serde(rename = "title")]
    _title: Option<String>,
    description: String,
    #[serde(default)]
    deprecated: bool,
    properties: IndexMap<String, Property>,
    #[serde(default)]
    required: Vec<String>,
    #[serde(rename = "additionalProperties")]
    _closed: bool,
    #[serde(default)]
    all_of: Vec<Obligation>,
    #[serde(default, rename = "x-drs")]
    drs: ObjectNotes,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct WrittenString {
    #[serde(rename = "title")]
    _title: Option<String>,
    description: String,
    #[serde(default)]
    deprecated: bool,
    #[serde(rename = "enum")]
    values: Option<Vec<String>>,
    pattern: Option<String>,
    min_length: Option<u64>,
    max_length: Option<u64>,
    #[serde(default, rename = "x-drs")]
    drs: StringNotes,
}

impl Written {
    /// Splits it into description, deprecation and shape.
    pub(super) fn into_parts(self) -> (String, bool, Shape) {
        match self {
            Self::Object(object) => {
                let WrittenObject { description, deprecated, properties, required, all_of, drs, .. } = object;
                let shape = Shape::Object(Object { properties, required, obligations: all_of, drs });
                (description, deprecated, shape)
            }
            Self::String(string) => {
                let WrittenString { description, deprecated, values, pattern, min_length, max_length, drs, .. } =
                    string;
                let limits = Limits { max_length, min_length, pattern, ..Limits::default() };
                (description, deprecated, Shape::String(StringShape { values, limits, drs }))
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenObligation {
    #[serde(rename = "$comment")]
    _comment: Option<String>,
    #[serde(rename = "if")]
    condition: WrittenCondition,
    then: WrittenConsequence,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCondition {
    properties: BTreeMap<String, WrittenValues>,
    required: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenValues {
    #[serde(rename = "enum")]
    values: Vec<Literal>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenConsequence {
    required: Vec<String>,
}

impl From<WrittenObligation> for Obligation {
    fn from(WrittenObligation { condition, then, .. }: WrittenObligation) -> Self {
        let when = condition.properties.into_iter().map(|(property, values)| (property, values.values)).collect();
        Self { when, present: condition.required, required: then.required }
    }
}
