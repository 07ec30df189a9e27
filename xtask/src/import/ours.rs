//! One of our fields or parameters, with the named shapes that it refers to.

use serde_json::Value;

use crate::codegen::load::references;
use crate::codegen::model::{Definition, Model, target};
use crate::codegen::shape;

/// A property as written, and where to look its names up.
#[derive(Clone, Copy)]
pub(super) struct Field<'a> {
    pub(super) model: &'a Model,
    pub(super) schema: &'a Value,
    /// The definition that it is a field of; a parameter has none.
    pub(super) of: Option<(&'a Definition, &'a str)>,
}

impl<'a> Field<'a> {
    /// The field itself, and the definition that it refers to by name.
    fn layers(self) -> impl Iterator<Item = &'a Value> {
        let named = shape::named(self.schema).and_then(|name| self.model.definition(&name));
        std::iter::once(self.schema).chain(named.map(|definition| &definition.schema))
    }

    /// What the field holds, when it is a list or a map.
    pub(super) fn inner(self, key: &str) -> Option<Self> {
        let schema = self.schema.get(key)?;
        Some(Self { schema, of: None, ..self })
    }

    /// What lists and maps hold in the end.
    fn innermost(self) -> Self {
        let inner = self.inner("items").or_else(|| self.inner("additionalProperties"));
        inner.map_or(self, Self::innermost)
    }

    /// The JSON types that it may have.
    pub(super) fn types(self) -> Vec<&'a str> {
        let mut types = Vec::new();
        for layer in self.layers() {
            match &layer["type"] {
                Value::String(one) => types.push(one.as_str()),
                several => types.extend(several.as_array().into_iter().flatten().filter_map(Value::as_str)),
            }
        }
        if shape::is_nullable(self.schema) && !types.contains(&"null") {
            types.push("null");
        }
        types
    }

    /// The values that are listed for it.
    pub(super) fn values(self) -> Option<Vec<&'a str>> {
        let list = self.innermost().layers().find_map(|layer| layer["enum"].as_array())?;
        let or_empty = self.schema["anyOf"][1]["const"].as_str();
        Some(list.iter().filter_map(Value::as_str).chain(or_empty).collect())
    }

    /// What it, or the definition that it refers to, has under a key.
    pub(super) fn get(self, key: &str) -> Option<&'a Value> {
        self.layers().find_map(|layer| layer.get(key))
    }

    /// Where a fact is from that the page does not have.
    pub(super) fn source(self) -> Option<&'a str> {
        self.layers().chain(self.innermost().layers()).find_map(|layer| layer["x-drs"]["source"].as_str())
    }

    /// The objects that it leads to.
    pub(super) fn objects(self) -> Vec<&'a Definition> {
        let names = references(self.schema).into_iter().map(|(_, reference)| target(&reference));
        let mut found: Vec<&Definition> = names.filter_map(|name| self.model.definition(&name)).collect();
        found.retain(|definition| definition.schema["type"] == "object");
        found.dedup_by_key(|definition| &definition.name);
        found
    }

    /// The deviations that are recorded for the field itself.
    pub(super) fn own_deviations(self) -> impl Iterator<Item = &'a Value> {
        deviations(self.schema)
    }

    /// All that may explain a difference: of the field, of what it refers to, and of the definition around it.
    pub(super) fn deviations(self) -> Vec<(&'a Value, &'a Value)> {
        let pair = |deviation: &'a Value| (&deviation["says"], deviation);
        let here = self.layers().chain(self.innermost().layers()).flat_map(deviations).map(pair);
        let around = self.of.into_iter().flat_map(|(definition, name)| {
            let about = move |deviation: &'a Value| (&deviation["says"]["properties"][name], deviation);
            deviations(&definition.schema).flat_map(move |deviation| [about(deviation), pair(deviation)])
        });
        here.chain(around).collect()
    }
}

fn deviations(schema: &Value) -> impl Iterator<Item = &Value> {
    schema["x-drs"]["deviations"].as_array().into_iter().flatten()
}
