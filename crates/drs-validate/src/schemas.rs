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

    /// Whether a definition has a field.
    pub(crate) fn has_field(&self, definition: &str, field: &str) -> bool {
        self.definitions[definition]["properties"].get(field).is_some()
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
