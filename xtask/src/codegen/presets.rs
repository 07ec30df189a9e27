//! The presets of `drs validate`: how the records of other programs hold an exchange.

use quote::quote;
use serde::Deserialize;

use super::render::render;
use crate::schema::{Problem, Sources};

/// A file of `schemas/presets/`, as the validator reads it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Preset {
    #[serde(rename = "$schema")]
    _schema: Option<String>,
    title: String,
    #[serde(rename = "source")]
    _source: String,
    #[serde(default)]
    records: Vec<String>,
    body: Option<String>,
    each: Option<String>,
    pair: Option<String>,
    capture: Option<Capture>,
}

/// The parts of an exchange.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "only read to be checked")]
struct Capture {
    method: Option<Vec<String>>,
    url: Vec<String>,
    status: Option<Vec<String>>,
    request: Option<Vec<String>>,
    response: Option<Vec<String>>,
}

/// Returns the mistakes that the meta-schema does not find.
#[must_use]
pub fn check(sources: &Sources) -> Vec<Problem> {
    let mut problems = Vec::new();
    for doc in sources.iter().filter(|doc| doc.path.starts_with("presets/")) {
        match serde_json::from_value::<Preset>(doc.value.clone()) {
            Err(error) => problems.push(doc.problem("", error.to_string())),
            Ok(preset) => {
                let Preset { records, body, each, pair, capture, .. } = preset;
                if pair.is_some() && capture.is_none() {
                    problems.push(doc.problem("/pair", "`pair` needs `capture`, whose pointers start at each record"));
                }
                if each.is_some() && capture.is_none() {
                    problems.push(doc.problem("/each", "`each` needs `capture`, whose pointers start at each object"));
                }
                if records.is_empty() && body.is_none() && capture.is_none() {
                    problems.push(doc.problem("", "a preset needs `records`, `body` or `capture`"));
                }
            }
        }
    }
    problems
}

/// Generates the table of all presets: name, title, and the file.
#[must_use]
pub fn table(sources: &Sources) -> String {
    let rows = sources.iter().filter_map(|doc| {
        let name = doc.path.strip_prefix("presets/")?.strip_suffix(".json")?;
        let preset: Preset = serde_json::from_value(doc.value.clone()).ok()?;
        let (title, mut value) = (preset.title, doc.value.clone());
        if let Some(members) = value.as_object_mut() {
            for key in ["$schema", "title", "source"] {
                members.remove(key);
            }
        }
        let text = value.to_string();
        Some(quote!((#name, #title, #text)))
    });
    render(quote! {
        /// The name of each preset, what it reads, and the mapping in JSON.
        pub(crate) static PRESETS: &[(&str, &str, &str)] = &[#(#rows),*];
    })
}
