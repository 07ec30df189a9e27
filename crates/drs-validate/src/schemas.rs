//! The strict reading of all schemas, compiled when it is first asked for.

use std::collections::{BTreeMap, HashSet};
use std::sync::OnceLock;

use drs_types::Redacted;
use drs_types::redacted::is_secret;
use serde_json::{Value, json};

use crate::definitions::Definitions;
use crate::finding::{Code, Finding};
use crate::found::Found;
use crate::tree::unescaped;

/// The definitions of all schemas, by name.
#[derive(Debug)]
pub(crate) struct Schemas {
    /// The `$defs` of the bundle.
    pub(crate) definitions: Definitions,
    compiled: BTreeMap<&'static str, OnceLock<jsonschema::Validator>>,
}

impl Schemas {
    /// Finds the definitions in the bundle.
    pub(crate) fn load() -> Self {
        Self::of(Definitions::load())
    }

    /// The schemas of some definitions.
    pub(crate) fn of(definitions: Definitions) -> Self {
        let compiled = definitions.names().map(|name| (name, OnceLock::new())).collect();
        Self { definitions, compiled }
    }

    /// Adds everything in a value that the definition of this name does not say.
    ///
    /// A name that the schemas do not define has no findings. All count as drift, since the side is not known.
    pub(crate) fn check(&self, name: &str, value: &Value, found: &mut Found) {
        let Some(slot) = self.compiled.get(name) else { return };
        let validator = slot.get_or_init(|| self.compile(name).unwrap_or_else(|_| refuse_everything()));
        let before = found.list.len();
        for error in validator.iter_errors(value) {
            Finding::add(&error, found);
            if found.is_full() {
                break;
            }
        }
        let mut findings = found.list.split_off(before);
        // What has the wrong type breaks every other rule too; once is enough.
        let wrong: HashSet<String> =
            findings.iter().filter(|f| f.code == Code::WrongType).map(|finding| finding.pointer.clone()).collect();
        findings.retain(|finding| finding.code == Code::WrongType || !wrong.contains(&finding.pointer));
        for finding in &mut findings {
            let rule = finding.schema_pointer.strip_prefix("/$defs").unwrap_or_default();
            let property = rule.rsplit_once('/').and_then(|(property, _)| self.definitions.pointer(property));
            let field = finding.pointer.rsplit('/').next().unwrap_or_default();
            if property.is_some_and(|property| property["format"] == "password")
                || (finding.code == Code::UnknownField && is_secret(field))
            {
                Redacted::MASK.clone_into(&mut finding.found);
            }
        }
        found.list.append(&mut findings);
    }

    /// The table of the documentation that has the field at a pointer into a body; else the nearest one around it.
    pub(crate) fn table(&self, body: &str, pointer: &str) -> Option<&str> {
        let mut definition = self.followed(&self.definitions[body]);
        let mut table = definition["x-drs"]["table"].as_str();
        for part in pointer.split('/').skip(1) {
            let is_index = part.bytes().all(|byte| byte.is_ascii_digit());
            let field = definition["properties"].get(unescaped(part));
            let element = definition.get("items").filter(|_| is_index);
            definition = self.followed(field.or(element).unwrap_or(&definition["additionalProperties"]));
            table = definition["x-drs"]["table"].as_str().or(table);
        }
        table
    }

    /// Whether a place in a body is a field, rather than an element of a list or of a map.
    pub(crate) fn is_field(&self, body: &str, value: &Value, pointer: &str) -> bool {
        let (mut definition, mut value) = (self.followed(&self.definitions[body]), value);
        let mut is_field = false;
        for part in pointer.split('/').skip(1) {
            let name = unescaped(part);
            let field = definition["properties"].get(&name).filter(|_| value.is_object());
            let below = if value.is_array() { &definition["items"] } else { &definition["additionalProperties"] };
            is_field = field.is_some();
            definition = self.followed(field.unwrap_or(below));
            value = value.get(&name).or_else(|| value.get(name.parse::<usize>().ok()?)).unwrap_or(&Value::Null);
        }
        is_field
    }

    /// The definition behind a reference, or behind "a reference or null".
    fn followed<'a>(&'a self, mut schema: &'a Value) -> &'a Value {
        while let Some(name) = named(schema) {
            schema = &self.definitions[name];
        }
        schema
    }

    /// Some definitions, and all that they lead to.
    pub(crate) fn reached(&self, names: &[&str]) -> serde_json::Map<String, Value> {
        let mut reached = serde_json::Map::new();
        let mut open: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        while let Some(name) = open.pop() {
            if !reached.contains_key(&name) {
                let definition = self.definitions[&name].clone();
                references(&definition, &mut open);
                reached.insert(name, definition);
            }
        }
        reached
    }

    /// Compiles a definition with whatever it leads to; the rest would only take time.
    ///
    /// The root, one reference, is of draft 4: `jsonschema` holds every root to the meta-schema of its draft, and that of
    /// 2020-12 takes longer to compile than any of our definitions, which the tests hold to it.
    fn compile(&self, name: &str) -> Result<jsonschema::Validator, Box<dyn std::error::Error>> {
        let mut definitions = json!({ "$schema": "https://json-schema.org/draft/2020-12/schema" });
        definitions["$defs"] = self.reached(&[name]).into();
        let registry = jsonschema::Registry::new().add("drs:definitions", definitions)?.prepare()?;
        let root = json!({ "$ref": format!("drs:definitions#/$defs/{name}") });
        Ok(jsonschema::draft4::options().with_registry(&registry).build(&root)?)
    }
}

/// The name of the definition that a property is, even where it may be null or an empty text instead.
pub(crate) fn named(property: &Value) -> Option<&str> {
    let reference = property["$ref"].as_str().or_else(|| property["anyOf"][0]["$ref"].as_str());
    reference.and_then(|reference| reference.rsplit('/').next())
}

/// The names of the definitions that a schema refers to.
fn references(schema: &Value, found: &mut Vec<String>) {
    match schema {
        Value::Object(members) => {
            found.extend(
                members.get("$ref").and_then(|reference| reference.as_str()?.rsplit('/').next()).map(str::to_owned),
            );
            members.values().for_each(|below| references(below, found));
        }
        Value::Array(elements) => elements.iter().for_each(|below| references(below, found)),
        _ => {}
    }
}

fn refuse_everything() -> jsonschema::Validator {
    jsonschema::draft202012::new(&json!(false)).expect("`false` is a schema")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_definition_of_the_bundle_compiles() {
        let schemas = Schemas::load();
        assert!(!schemas.compiled.is_empty());
        for name in schemas.compiled.keys() {
            schemas.compile(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }

    #[test]
    fn every_body_of_every_operation_has_its_definition() {
        let schemas = Schemas::load();
        for info in drs_types::OPERATIONS {
            let bodies = info.request.iter().chain(info.responses.iter().map(|response| &response.body));
            for body in bodies {
                assert!(schemas.compiled.contains_key(body.schema), "{}: {}", info.id, body.schema);
            }
        }
    }
}
