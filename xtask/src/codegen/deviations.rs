//! `docs/deviations.md`: the contradictions in the documentation, and what the schemas say instead.

use crate::schema::source::{Deviation, Evidence};
use crate::schema::{Definition, Model};

/// Renders the page, in Markdown.
#[must_use]
pub fn page(model: &Model) -> String {
    let mut out = format!(
        "<!-- {} -->\n\n# Deviations\n\nWhere the documentation says one thing and its own examples, the vendor's API Explorer or its SDK say\n\
         another. Each entry is beside its field in `schemas/`, and code generation fails when the evidence no\n\
         longer contradicts the page.\n",
        super::GENERATED
    );
    for module in &model.modules {
        let mut entries = String::new();
        if let Some(operation) = model.operations.iter().find(|operation| operation.id == module.name) {
            for deviation in &operation.drs.deviations {
                entry(&operation.id, &operation.file, &operation.pointer, deviation, &mut entries);
            }
        }
        for definition in &module.definitions {
            let file = &definition.file;
            for deviation in definition.deviations() {
                entry(&definition.name, file, &definition.pointer, deviation, &mut entries);
            }
            for (field, property) in definition.properties() {
                let (name, pointer) = (format!("{}.{field}", definition.name), definition.pointer_of(field));
                for deviation in &property.drs.deviations {
                    entry(&name, file, &pointer, deviation, &mut entries);
                }
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

fn entry(name: &str, file: &str, pointer: &str, deviation: &Deviation, out: &mut String) {
    out.push_str(&format!("\n### `{name}`\n\n{}\n\n", deviation.note));
    match &deviation.says {
        None => {}
        Some(says) if says.is_absence() => out.push_str("- The page has no such field.\n"),
        Some(says) => out.push_str(&format!("- The page says: `{}`\n", says.fragment())),
    }
    for evidence in &deviation.evidence {
        out.push_str(&match evidence {
            Evidence::Example(value) => format!("- Evidence: `{}` at `{}`\n", value.example, value.pointer),
            Evidence::Explorer(evidence) => {
                let name = &evidence.explorer;
                let says = evidence.says.as_ref().map(|says| format!(", `{name}`: `{}`", says.fragment()));
                format!("- Evidence, from the API Explorer{}\n", says.unwrap_or_else(|| format!(": {name}")))
            }
            Evidence::Sdk(evidence) => format!("- Evidence, from the SDK: {}\n", evidence.sdk),
            Evidence::Page(evidence) => format!("- Evidence, from the documentation: {}\n", evidence.page),
        });
    }
    out.push_str(&format!("- Schema: `schemas/{file}` at `{pointer}`\n"));
}

/// Renders the fields that only the API Explorer has. They are in the schemas.
fn explorer_only(model: &Model, out: &mut String) {
    let names = |definition: &Definition| {
        let new = definition.explorer().is_some();
        let fields = definition.properties().filter(|(_, property)| new || property.explorer().is_some());
        row(&definition.name, fields.map(|(name, _)| name))
    };
    let fields: String = model.definitions().filter_map(names).collect();
    if !fields.is_empty() {
        let edition = &model.service.drs.explorer.edition;
        out.push_str(&format!(
            "\n## Fields that only the API Explorer has\n\nNo page has them, but the vendor's API Explorer of {edition} does. \
             They are in the schemas, and never required.\n\n| shape | fields |\n|---|---|\n{fields}"
        ));
    }
}

/// Renders the fields that only the SDK has. They are listed here and not in the schemas.
fn sdk_only(model: &Model, out: &mut String) {
    let names = |definition: &Definition| {
        let sdk_only = &definition.object()?.drs.sdk_only;
        row(&definition.name, sdk_only.iter().map(String::as_str))
    };
    let fields: String = model.definitions().filter_map(names).collect();
    if !fields.is_empty() {
        out.push_str(
            "\n## Fields that only the SDK has\n\nNo page, no documented payload and no API Explorer has them, so they are not in the schemas. A response with\n\
             one of them is reported as drift.\n\n| shape | fields |\n|---|---|\n",
        );
        out.push_str(&fields);
    }
}

/// Renders a row of a table of fields, if there is any field.
fn row<'a>(shape: &str, fields: impl Iterator<Item = &'a str>) -> Option<String> {
    let fields: Vec<String> = fields.map(|field| format!("`{field}`")).collect();
    (!fields.is_empty()).then(|| format!("| `{shape}` | {} |\n", fields.join(", ")))
}

/// Renders the operations without a page.
fn calls(model: &Model, out: &mut String) {
    let notes = &model.service.drs;
    for (calls, source) in [(&notes.explorer_only, "the API Explorer"), (&notes.sdk_only, "the SDK")] {
        let rows = calls.iter().map(|call| {
            let deprecated = if call.deprecated { "deprecated" } else { "" };
            format!("| `{}` | `{}` | `{}` | {deprecated} |\n", call.operation, call.method, call.path)
        });
        let rows: String = rows.collect();
        if !rows.is_empty() {
            out.push_str(&format!(
                "\n## Calls that only {source} has\n\nNo page describes them.\n\n| call | method | path | |\n|---|---|---|---|\n{rows}"
            ));
        }
    }
}
