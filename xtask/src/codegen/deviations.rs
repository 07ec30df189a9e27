//! `docs/deviations.md`: where the documentation contradicts itself, and what the schemas say instead.

use serde_json::Value;

use super::model::{Definition, Model};
use super::shape;
use super::source::segment;

/// The page, in Markdown.
#[must_use]
pub fn page(model: &Model) -> String {
    let mut out = format!(
        "<!-- {} -->\n\n# Deviations\n\nWhere the documentation says one thing and its own examples, the vendor's API Explorer or its SDK say\n\
         another. Each entry stands beside its field in `schemas/`, and code generation fails when the evidence no\n\
         longer contradicts the page.\n",
        super::GENERATED
    );
    for module in &model.modules {
        let mut entries = String::new();
        if let Some(operation) = model.operations.iter().find(|operation| operation.id == module.name) {
            for deviation in list(&operation.value["x-drs"]["deviations"]) {
                entry(&operation.id, &operation.file, &operation.pointer, deviation, &mut entries);
            }
        }
        for definition in &module.definitions {
            let mut add = |name: &str, pointer: &str, schema: &Value| {
                for deviation in list(&schema["x-drs"]["deviations"]) {
                    entry(name, &definition.file, pointer, deviation, &mut entries);
                }
            };
            add(&definition.name, &definition.pointer, &definition.schema);
            for field in &definition.fields {
                let pointer = format!("{}/properties/{}", definition.pointer, segment(field));
                add(&format!("{}.{field}", definition.name), &pointer, &definition.schema["properties"][field]);
            }
        }
        if !entries.is_empty() {
            let title = if module.name == "common" { "Shared shapes".to_owned() } else { format!("`{}`", module.name) };
            out.push_str(&format!("\n## {title}\n{entries}"));
        }
    }
    explorer_only(model, &mut out);
    sdk_only(model, &mut out);
    calls(model, &mut out);
    out
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn entry(name: &str, file: &str, pointer: &str, deviation: &Value, out: &mut String) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    out.push_str(&format!("\n### `{name}`\n\n{}\n\n", text(&deviation["note"])));
    match &deviation["says"] {
        Value::Null => {}
        says if says["not"].as_object().is_some_and(serde_json::Map::is_empty) => {
            out.push_str("- The page has no such field.\n");
        }
        says => out.push_str(&format!("- The page says: `{says}`\n")),
    }
    for evidence in list(&deviation["evidence"]) {
        if evidence["example"].is_string() {
            out.push_str(&format!(
                "- Evidence: `{}` at `{}`\n",
                text(&evidence["example"]),
                text(&evidence["pointer"])
            ));
        } else if let Some(explorer) = evidence["explorer"].as_str() {
            let says = evidence.get("says").map(|says| format!(", `{explorer}`: `{says}`"));
            let says = says.unwrap_or_else(|| format!(": {explorer}"));
            out.push_str(&format!("- Evidence, from the API Explorer{says}\n"));
        } else if evidence["sdk"].is_string() {
            out.push_str(&format!("- Evidence, from the SDK: {}\n", text(&evidence["sdk"])));
        } else {
            out.push_str(&format!("- Evidence, from the documentation: {}\n", text(&evidence["page"])));
        }
    }
    out.push_str(&format!("- Schema: `schemas/{file}` at `{pointer}`\n"));
}

/// What no page has and the API Explorer does: it is in the schemas.
fn explorer_only(model: &Model, out: &mut String) {
    let fields: String = model
        .definitions()
        .filter_map(|definition| {
            let new = shape::explorer(&definition.schema).is_some();
            let from = |field: &&String| new || shape::explorer(&definition.schema["properties"][*field]).is_some();
            row(&definition.name, definition.fields.iter().filter(from).map(String::as_str))
        })
        .collect();
    if !fields.is_empty() {
        let edition = model.service["x-drs"]["explorer"]["edition"].as_str().unwrap_or_default();
        out.push_str(&format!(
            "\n## Fields that only the API Explorer has\n\nNo page has them, but the vendor's API Explorer of {edition} does. \
             They are in the schemas, and never mandatory.\n\n| shape | fields |\n|---|---|\n{fields}"
        ));
    }
}

/// What only the SDK knows. It is in no schema, so it is listed here and nowhere else.
fn sdk_only(model: &Model, out: &mut String) {
    let names = |definition: &Definition| {
        row(&definition.name, list(&definition.schema["x-drs"]["sdk_only"]).filter_map(Value::as_str))
    };
    let fields: String = model.definitions().filter_map(names).collect();
    if !fields.is_empty() {
        out.push_str(
            "\n## Fields that only the SDK has\n\nNo page, no documented payload and no API Explorer has them, so the schemas have not either. An answer with\n\
             one of them is reported as drift.\n\n| shape | fields |\n|---|---|\n",
        );
        out.push_str(&fields);
    }
}

/// A row of a table of fields, if there is one.
fn row<'a>(shape: &str, fields: impl Iterator<Item = &'a str>) -> Option<String> {
    let fields: Vec<String> = fields.map(|field| format!("`{field}`")).collect();
    (!fields.is_empty()).then(|| format!("| `{shape}` | {} |\n", fields.join(", ")))
}

/// The calls without a page.
fn calls(model: &Model, out: &mut String) {
    let sources = [("explorer_only", "the API Explorer"), ("sdk_only", "the SDK")];
    for (key, source) in sources {
        let calls: String = list(&model.service["x-drs"][key])
            .map(|call| {
                let text = |key: &str| call[key].as_str().unwrap_or_default();
                let deprecated = if call["deprecated"] == true { "deprecated" } else { "" };
                format!("| `{}` | `{}` | `{}` | {deprecated} |\n", text("operation"), text("method"), text("path"))
            })
            .collect();
        if !calls.is_empty() {
            out.push_str(&format!(
                "\n## Calls that only {source} has\n\nNo page describes them.\n\n| call | method | path | |\n|---|---|---|---|\n{calls}"
            ));
        }
    }
}
