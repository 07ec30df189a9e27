//! The strict reading of all schemas, compiled when it is first asked for.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use drs_types::Redacted;
use serde_json::{Value, json};

use crate::finding::{Code, Finding};
use crate::secrets::Secrets;

/// Made from `schemas/` by `cargo xtask codegen`.
const BUNDLE: &str = include_str!("generated/bundle.json");

/// The definitions of all schemas, by name.
#[derive(Debug)]
pub(crate) struct Schemas {
    /// The `$defs` of the bundle.
    pub(crate) definitions: Value,
    /// Which fields must not be shown.
    pub(crate) secrets: Secrets,
    compiled: BTreeMap<String, OnceLock<jsonschema::Validator>>,
}

impl Schemas {
    /// Reads the bundle. It is part of this crate, and the tests below compile every definition of it.
    pub(crate) fn load() -> Self {
        let mut bundle: Value = serde_json::from_str(BUNDLE).expect("the embedded bundle is JSON");
        let definitions = bundle["$defs"].take();
        let names = definitions.as_object().into_iter().flatten().map(|(name, _)| name.clone());
        let compiled = names.map(|name| (name, OnceLock::new())).collect();
        Self { secrets: Secrets::of(&definitions), compiled, definitions }
    }

    /// Everything in a value that the definition of this name does not say.
    ///
    /// A name that the schemas do not define has no findings. All count as drift, since the side is not known.
    pub(crate) fn check(&self, name: &str, value: &Value) -> Vec<Finding> {
        let Some(slot) = self.compiled.get(name) else { return Vec::new() };
        let validator = slot.get_or_init(|| self.compile(name).unwrap_or_else(|_| refuse_everything()));
        let mut findings: Vec<Finding> = validator.iter_errors(value).flat_map(|error| Finding::of(&error)).collect();
        // What has the wrong type breaks every other rule too; once is enough.
        let wrong: Vec<String> =
            findings.iter().filter(|f| f.code == Code::WrongType).map(|finding| finding.pointer.clone()).collect();
        findings.retain(|finding| finding.code == Code::WrongType || !wrong.contains(&finding.pointer));
        for finding in &mut findings {
            let rule = finding.schema_pointer.strip_prefix("/$defs").unwrap_or_default();
            let definition = rule.split('/').nth(1).unwrap_or(name);
            finding.table = self.definitions[definition]["x-drs"]["table"].as_str().map(str::to_owned);
            let property = rule.rsplit_once('/').and_then(|(property, _)| self.definitions.pointer(property));
            let field = finding.pointer.rsplit('/').next().unwrap_or_default();
            if property.is_some_and(|property| property["format"] == "password")
                || (finding.code == Code::UnknownField && self.secrets.contain(field))
            {
                Redacted::MASK.clone_into(&mut finding.found);
            }
        }
        findings
    }

    /// How many members of a value a definition knows, on all levels.
    pub(crate) fn known_fields(&self, definition: &str, value: &Value) -> usize {
        let properties = &self.definitions[definition]["properties"];
        let members = value.as_object().into_iter().flatten();
        let known = members.filter_map(|(name, member)| Some((properties.get(name)?, member)));
        known.map(|(property, member)| 1 + self.known_below(property, member)).sum()
    }

    /// How many fields a definition has.
    pub(crate) fn number_of_fields(&self, definition: &str) -> usize {
        self.definitions[definition]["properties"].as_object().map_or(0, serde_json::Map::len)
    }

    fn known_below(&self, property: &Value, value: &Value) -> usize {
        if let Some(definition) = named(property) {
            return self.known_fields(definition, value);
        }
        match value {
            Value::Array(elements) => {
                elements.iter().map(|element| self.known_below(&property["items"], element)).sum()
            }
            Value::Object(members) if property["additionalProperties"].is_object() => {
                members.values().map(|member| 1 + self.known_below(&property["additionalProperties"], member)).sum()
            }
            _ => 0,
        }
    }

    /// Compiles a definition with whatever it leads to; the rest would only take time.
    fn compile(&self, name: &str) -> Result<jsonschema::Validator, Box<jsonschema::ValidationError<'static>>> {
        let mut reached = serde_json::Map::new();
        let mut open = vec![name.to_owned()];
        while let Some(name) = open.pop() {
            if !reached.contains_key(&name) {
                let definition = self.definitions[&name].clone();
                references(&definition, &mut open);
                reached.insert(name, definition);
            }
        }
        let schema = json!({ "$ref": format!("#/$defs/{name}"), "$defs": reached });
        jsonschema::draft202012::new(&schema).map_err(Box::new)
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
