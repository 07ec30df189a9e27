//! Writes JSON with its keys in the order of the source files, so that the output is easy to compare with them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::schema::Model;

/// The order of the keys of an object that is in no source file; other keys follow in alphabetical order.
const USUAL: &[&str] = &[
    "openapi",
    "$schema",
    "$comment",
    "info",
    "title",
    "version",
    "operationId",
    "summary",
    "type",
    "$ref",
    "description",
    "servers",
    "tags",
    "security",
    "parameters",
    "requestBody",
    "responses",
    "paths",
    "components",
];

/// The writer. Its output is deterministic and ends with a line feed.
pub struct Ordered {
    learned: BTreeMap<Vec<String>, Vec<String>>,
    definitions: Vec<String>,
}

impl Ordered {
    /// Creates a writer with the key orders of the sources.
    #[must_use]
    pub fn new(model: &Model) -> Self {
        let mut learned = BTreeMap::new();
        for keys in &model.key_orders {
            let mut sorted = keys.clone();
            sorted.sort();
            learned.entry(sorted).or_insert_with(|| keys.clone());
        }
        let definitions = model.definitions().map(|definition| definition.name.clone()).collect();
        Self { learned, definitions }
    }

    /// Renders a value, indented by two spaces.
    #[must_use]
    pub fn write(&self, value: &Value) -> String {
        let mut out = String::new();
        self.value(value, 0, &mut out);
        out.push('\n');
        out
    }

    fn value(&self, value: &Value, depth: usize, out: &mut String) {
        let line = |out: &mut String, depth: usize| {
            out.push('\n');
            out.extend(std::iter::repeat_n("  ", depth));
        };
        match value {
            Value::Object(object) if !object.is_empty() => {
                out.push('{');
                for (index, key) in self.keys(object).into_iter().enumerate() {
                    out.push_str(if index == 0 { "" } else { "," });
                    line(out, depth + 1);
                    out.push_str(&Value::String(key.clone()).to_string());
                    out.push_str(": ");
                    self.value(&object[key], depth + 1, out);
                }
                line(out, depth);
                out.push('}');
            }
            Value::Array(array) if !array.is_empty() => {
                out.push('[');
                for (index, element) in array.iter().enumerate() {
                    out.push_str(if index == 0 { "" } else { "," });
                    line(out, depth + 1);
                    self.value(element, depth + 1, out);
                }
                line(out, depth);
                out.push(']');
            }
            other => out.push_str(&other.to_string()),
        }
    }

    fn keys<'a>(&'a self, object: &'a Map<String, Value>) -> Vec<&'a String> {
        let mut keys: Vec<&String> = object.keys().collect();
        keys.sort();
        let sorted: Vec<String> = keys.iter().map(|key| (*key).clone()).collect();
        if let Some(order) = self.learned.get(&sorted) {
            return order.iter().collect();
        }
        let rank = |key: &String, names: &[String]| names.iter().position(|name| name == key).unwrap_or(usize::MAX);
        let usual = |key: &String| USUAL.iter().position(|name| name == key).unwrap_or(USUAL.len());
        keys.sort_by_key(|key| (usual(key), rank(key, &self.definitions)));
        keys
    }
}
