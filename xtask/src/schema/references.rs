//! The target of a `$ref`, in its file and in a document that holds all definitions.

use serde_json::Value;

use super::document::segment;
use super::version::{Folder, qualified};

/// Returns the name at the end of a `$ref` to a definition.
#[must_use]
pub fn target(reference: &str) -> String {
    reference.rsplit('/').next().unwrap_or_default().to_owned()
}

/// Returns the unique name of the definition that a `$ref` in the file `from` refers to.
#[must_use]
pub fn definition(from: &str, reference: &str) -> String {
    let (file, pointer) = resolve(from, reference);
    let name = target(&pointer);
    Folder::of(&file).map_or(name.clone(), |folder| qualified(&folder.version, &name))
}

/// Resolves a relative `$ref` from the file that holds it to a file and a pointer.
#[must_use]
pub fn resolve(from: &str, reference: &str) -> (String, String) {
    let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
    if file.is_empty() {
        return (from.to_owned(), pointer.to_owned());
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in file.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    (parts.join("/"), pointer.to_owned())
}

/// Returns every `$ref` below a value, with the pointer of the object that holds it.
#[must_use]
pub fn references(value: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect_references(value, "", &mut found);
    found
}

fn collect_references(value: &Value, pointer: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(object) => {
            for (key, below) in object {
                match below {
                    Value::String(reference) if key == "$ref" => found.push((pointer.to_owned(), reference.clone())),
                    _ => collect_references(below, &format!("{pointer}/{}", segment(key)), found),
                }
            }
        }
        Value::Array(array) => {
            for (index, below) in array.iter().enumerate() {
                collect_references(below, &format!("{pointer}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// Copies a value of the file `from`: references to definitions point below `prefix`, and references to
/// `service.json` into the document.
#[must_use]
pub fn relink(value: &Value, from: &str, prefix: &str) -> Value {
    match value {
        Value::Object(object) => object
            .iter()
            .map(|(key, below)| match below {
                Value::String(reference) if key == "$ref" => {
                    (key.clone(), Value::String(link(reference, from, prefix)))
                }
                _ => (key.clone(), relink(below, from, prefix)),
            })
            .collect(),
        Value::Array(array) => array.iter().map(|below| relink(below, from, prefix)).collect(),
        other => other.clone(),
    }
}

fn link(reference: &str, from: &str, prefix: &str) -> String {
    match reference.split_once('#') {
        Some((_, pointer)) if pointer.starts_with("/components/") => format!("#{pointer}"),
        _ => format!("{prefix}{}", definition(from, reference)),
    }
}
