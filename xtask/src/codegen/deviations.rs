//! `docs/deviations.md`: where the documentation contradicts itself, and what the schemas say instead.

use serde_json::Value;

use super::model::Model;
use super::source::segment;

/// The page, in Markdown.
#[must_use]
pub fn page(model: &Model) -> String {
    let mut out = format!(
        "<!-- {} -->\n\n# Deviations\n\nWhere the documentation says one thing and its own examples, or the vendor's SDK, say another.\n\
         Each entry stands beside its field in `schemas/`, and code generation fails when the evidence no longer\n\
         contradicts the page.\n",
        super::GENERATED
    );
    for definition in model.definitions() {
        entries(&definition.name, &definition.file, &definition.pointer, &definition.schema, &mut out);
        for field in &definition.fields {
            let name = format!("{}.{field}", definition.name);
            let pointer = format!("{}/properties/{}", definition.pointer, segment(field));
            entries(&name, &definition.file, &pointer, &definition.schema["properties"][field], &mut out);
        }
    }
    out
}

fn entries(name: &str, file: &str, pointer: &str, schema: &Value, out: &mut String) {
    for deviation in schema["x-drs"]["deviations"].as_array().into_iter().flatten() {
        let note = deviation["note"].as_str().unwrap_or_default();
        out.push_str(&format!("\n## `{name}`\n\n{note}\n\n- The page says: `{}`\n", deviation["says"]));
        for evidence in deviation["evidence"].as_array().into_iter().flatten() {
            match (evidence["example"].as_str(), evidence["sdk"].as_str()) {
                (Some(example), _) => {
                    let pointer = evidence["pointer"].as_str().unwrap_or_default();
                    out.push_str(&format!("- Evidence: `{example}` at `{pointer}`\n"));
                }
                (None, sdk) => out.push_str(&format!("- Evidence, from the SDK: {}\n", sdk.unwrap_or_default())),
            }
        }
        out.push_str(&format!("- Schema: `schemas/{file}` at `{pointer}`\n"));
    }
}
