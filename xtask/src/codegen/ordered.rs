//! Writes JSON with its keys in the order of the source files, so that the output is easy to compare with them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::json::Node;
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

    /// Renders a value, with a line for each member.
    #[must_use]
    pub fn write(&self, value: &Value) -> String {
        self.node(value).write(0)
    }

    fn node(&self, value: &Value) -> Node {
        match value {
            Value::Object(object) => {
                Node::object(self.keys(object).into_iter().map(|key| (key.as_str(), self.node(&object[key]))))
            }
            Value::Array(items) => Node::Array(items.iter().map(|item| self.node(item)).collect()),
            leaf => Node::Leaf(leaf.clone()),
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
