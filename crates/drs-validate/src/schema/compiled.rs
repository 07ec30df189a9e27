//! The strict reading of a definition, compiled when it is first asked for.

use std::collections::{BTreeMap, HashSet};
use std::sync::OnceLock;

use drs_types::pointer;
use serde_json::{Value, json};

use crate::finding::difference::Rule;
use crate::finding::{Code, Finding};
use crate::generated::DEFINITIONS;
use crate::schema::builder::Builder;
use crate::schema::definitions;
use crate::schema::explain;

/// The schemas of all definitions, by name.
#[derive(Debug)]
pub(crate) struct Schemas(BTreeMap<&'static str, OnceLock<Box<Schema>>>);

/// The schema of a definition.
#[derive(Debug)]
pub(crate) struct Schema {
    pub(crate) name: String,
    /// A document whose `$defs` are the definition and all that it leads to; the rest would only take time.
    document: Value,
    compiled: jsonschema::Validator,
}

impl Schemas {
    /// All of them; none is read yet.
    pub(crate) fn new() -> Self {
        Self(DEFINITIONS.iter().map(|definition| (definition.name, OnceLock::new())).collect())
    }

    /// The schema of a definition.
    pub(crate) fn get(&self, name: &str) -> Option<&Schema> {
        self.0.get(name).map(|schema| &**schema.get_or_init(|| Schema::load(name).into()))
    }
}

impl Schema {
    /// Reads it from the bundle. That is part of this crate, and the tests compile every definition of it.
    fn load(name: &str) -> Self {
        let texts = definitions::reached([name]);
        let texts: Vec<String> =
            texts.iter().map(|definition| format!("{}:{}", Value::from(definition.name), definition.text())).collect();
        let document =
            format!(r#"{{"$schema":"https://json-schema.org/draft/2020-12/schema","$defs":{{{}}}}}"#, texts.join(","));
        Self::of(name, serde_json::from_str(&document).expect("the bundle is JSON"))
    }

    /// The schema of a definition in a document.
    pub(crate) fn of(name: &str, document: Value) -> Self {
        let compiled =
            compile(name, &document).expect("every definition of the bundle compiles; a test holds them to it");
        Self { name: name.to_owned(), compiled, document }
    }

    /// Adds everything in a body that the schema does not say.
    pub(crate) fn check(&self, value: &Value, builder: &mut Builder<'_>) {
        let before = builder.found().list.len();
        for error in self.compiled.iter_errors(value) {
            explain::add(&error, builder);
            if builder.found().is_full() {
                break;
            }
        }
        // What has the wrong type breaks every other rule too; once is enough.
        let list = &mut builder.found().list;
        let is_wrong = |finding: &&Finding| finding.code == Code::WrongType;
        let wrong: HashSet<String> =
            list[before..].iter().filter(is_wrong).map(|finding| finding.pointer.clone()).collect();
        let mut places = 0..;
        list.retain(|finding| places.next() < Some(before) || is_wrong(&finding) || !wrong.contains(&finding.pointer));
    }

    /// Whether a rule is one for a password.
    pub(crate) fn is_of_password(&self, rule: &Rule) -> bool {
        self.document.pointer(&rule.schema()).is_some_and(|property| property["format"] == "password")
    }

    /// The table of the documentation that has the field at a pointer into a body; else the nearest one around it.
    pub(crate) fn table(&self, pointer: &str) -> Option<&str> {
        let mut definition = self.followed(self.definition(&self.name));
        let mut table = definition["x-drs"]["table"].as_str();
        for part in pointer::split(pointer) {
            let is_index = part.bytes().all(|byte| byte.is_ascii_digit());
            let field = definition["properties"].get(&*part);
            let element = definition.get("items").filter(|_| is_index);
            definition = self.followed(field.or(element).unwrap_or(&definition["additionalProperties"]));
            table = definition["x-drs"]["table"].as_str().or(table);
        }
        table
    }

    /// Whether a place in a body is a field, rather than an item of an array or a value of a map.
    pub(crate) fn is_field(&self, value: &Value, pointer: &str) -> bool {
        let (mut definition, mut value) = (self.followed(self.definition(&self.name)), value);
        let mut is_field = false;
        for name in pointer::split(pointer) {
            let field = definition["properties"].get(&*name).filter(|_| value.is_object());
            let below = if value.is_array() { &definition["items"] } else { &definition["additionalProperties"] };
            is_field = field.is_some();
            definition = self.followed(field.unwrap_or(below));
            value = value.get(&*name).or_else(|| value.get(name.parse::<usize>().ok()?)).unwrap_or(&Value::Null);
        }
        is_field
    }

    /// A definition that it leads to; `null` when none has this name.
    pub(crate) fn definition(&self, name: &str) -> &Value {
        &self.document["$defs"][name]
    }

    /// The definition of a reference, or of "a reference or null".
    fn followed<'a>(&'a self, mut schema: &'a Value) -> &'a Value {
        while let Some(name) = named(schema) {
            schema = self.definition(name);
        }
        schema
    }
}

/// Compiles a definition of a document.
///
/// The root, one reference, is of draft 4: `jsonschema` holds every root to the meta-schema of its draft, and that of
/// 2020-12 takes longer to compile than any of our definitions, which the tests hold to it.
fn compile(name: &str, document: &Value) -> Result<jsonschema::Validator, Box<dyn std::error::Error>> {
    let registry = jsonschema::Registry::new().add("drs:definitions", document)?.prepare()?;
    let root = json!({ "$ref": format!("drs:definitions#/$defs/{name}") });
    Ok(jsonschema::draft4::options().with_registry(&registry).build(&root)?)
}

/// The name of the definition that a property is, even where it may be null or an empty string instead.
pub(crate) fn named(property: &Value) -> Option<&str> {
    let reference = property["$ref"].as_str().or_else(|| property["anyOf"][0]["$ref"].as_str());
    reference.and_then(|reference| reference.rsplit('/').next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_definition_of_the_bundle_is_a_schema_and_compiles() {
        let schemas = Schemas::new();
        assert!(!schemas.0.is_empty());
        for name in schemas.0.keys() {
            let Schema { document, .. } = schemas.get(name).unwrap();
            jsonschema::meta::validate(document).unwrap_or_else(|error| panic!("{name}: {error}"));
            compile(name, document).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }

    #[test]
    fn every_body_of_every_operation_has_its_definition() {
        let schemas = Schemas::new();
        for info in drs_types::OPERATIONS {
            let bodies = info.request.iter().chain(info.responses.iter().filter_map(|response| response.body.as_ref()));
            for body in bodies {
                assert!(schemas.0.contains_key(body.schema), "{}: {}", info.id, body.schema);
            }
        }
    }
}
