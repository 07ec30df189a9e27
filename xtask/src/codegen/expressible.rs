//! Checks for what Rust cannot express: names that collide, and combinations of JSON types without a Rust type.

use super::{rust_names, unions};
use crate::schema::{Definition, JsonType, Model, Problem, Sources};

/// Returns a problem for everything in the schemas that Rust cannot express.
#[must_use]
pub fn check(sources: &Sources, model: &Model) -> Vec<Problem> {
    let mut problems = type_names(model);
    for definition in model.definitions() {
        let Some(doc) = sources.get(&definition.file) else { continue };
        let report = |(pointer, message): (String, String)| doc.problem(&pointer, message);
        problems.extend(of_definition(model, definition).into_iter().map(report));
    }
    problems
}

/// Checks that definitions and operations have different Rust types.
fn type_names(model: &Model) -> Vec<Problem> {
    let operations = model.operations.iter().map(|operation| operation.id.as_str());
    let names = model.definitions().map(|definition| definition.name.as_str()).chain(operations);
    let clashes = rust_names::clashes(names, rust_names::unique_shape).into_iter();
    let message = |(first, second)| format!("`{first}` and `{second}` make the same Rust type; rename one definition");
    clashes.map(|clash| Problem::of_file("schemas", message(clash))).collect()
}

/// Returns pointer and message of everything in a definition that Rust cannot express.
fn of_definition(model: &Model, definition: &Definition) -> Vec<(String, String)> {
    let at = &definition.pointer;
    let mut found = Vec::new();
    let mut listed: Vec<&str> = definition.listed().unwrap_or_default().iter().map(String::as_str).collect();
    listed.sort_unstable();
    for (first, second) in rust_names::clashes(listed, rust_names::variant) {
        found.push((format!("{at}/enum"), format!("`{first}` and `{second}` make the same Rust name")));
    }
    let names = definition.properties().map(|(name, property)| rust_names::wire_or_own(name, property));
    let names: Vec<String> = names.collect();
    for (first, second) in rust_names::clashes(names.iter().map(String::as_str), rust_names::field) {
        let message = format!("`{first}` and `{second}` make the same Rust name; give one a `rust_name` in x-drs");
        found.push((format!("{at}/properties"), message));
    }
    for (name, property) in definition.properties() {
        if property.ty.is_union() && unions::rust_type(model, definition, &property.ty).is_none() {
            let types: Vec<&str> = property.ty.json_types().into_iter().map(JsonType::name).collect();
            found.push((
                definition.pointer_of(name),
                format!("no Rust type holds {}; see unions.rs", types.join(" or ")),
            ));
        }
    }
    found
}
