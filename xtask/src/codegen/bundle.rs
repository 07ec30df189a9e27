//! One document out of many files: the strict bundle that the validator embeds, and OpenAPI.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use proc_macro2::Literal;
use quote::quote;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::load::{Sources, references};
use super::model::{Model, target};
use super::ordered::Ordered;
use super::types::render;

/// All definitions as written, by name, with every `$ref` pointing below `prefix`.
#[must_use]
pub fn definitions(model: &Model, prefix: &str) -> Map<String, Value> {
    model.definitions().map(|definition| (definition.name.clone(), relink(&definition.schema, prefix))).collect()
}

/// The strict reading of everything, as the validator embeds it.
#[must_use]
pub fn strict(model: &Model) -> String {
    let bundle = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": super::GENERATED,
        "$defs": definitions(model, "#/$defs/"),
    });
    Ordered::new(model).write(&bundle)
}

/// A table of the definitions in the strict reading: to read the whole of it takes longer than to judge a payload.
#[must_use]
pub fn table(model: &Model, bundle: &str) -> String {
    #[derive(Deserialize)]
    struct Bundle<'a> {
        #[serde(rename = "$defs", borrow)]
        definitions: IndexMap<&'a str, &'a RawValue>,
    }
    let definitions = serde_json::from_str::<Bundle<'_>>(bundle).map(|bundle| bundle.definitions).unwrap_or_default();
    let rows = definitions.iter().map(|(name, text)| {
        let start = text.get().as_ptr() as usize - bundle.as_ptr() as usize;
        let (start, end) = (Literal::usize_unsuffixed(start), Literal::usize_unsuffixed(start + text.get().len()));
        let refers_to = model.definition(name).map(|definition| references(&definition.schema)).unwrap_or_default();
        let refers_to: BTreeSet<String> = refers_to.iter().map(|(_, reference)| target(reference)).collect();
        let refers_to = refers_to.iter();
        quote! { Definition { name: #name, place: #start..#end, refers_to: &[#(#refers_to),*] } }
    });
    render(quote! {
        /// Every definition in the bundle.
        pub(crate) static DEFINITIONS: &[Definition] = &[#(#rows),*];
    })
}

/// The OpenAPI 3.1 document of everything.
#[must_use]
pub fn openapi(sources: &Sources, model: &Model) -> String {
    let mut document = relink(&model.service, "#/components/schemas/");
    document["info"]["x-generated"] = json!(super::GENERATED);
    document["components"]["schemas"] = Value::Object(definitions(model, "#/components/schemas/"));
    let used = |tag: &Value| model.operations.iter().any(|operation| operation.tags().any(|name| name == tag["name"]));
    if let Some(tags) = document["tags"].as_array_mut() {
        tags.retain(used);
    }
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for operation in &model.operations {
        let mut value = relink(&operation.value, "#/components/schemas/");
        add_statuses_of_errors(model, &mut value["responses"]);
        let examples = |side: &str| -> Map<String, Value> {
            let prefix = format!("v3/{}/examples/{side}.", operation.id);
            let name = |path: &str| path.rsplit('/').next().unwrap_or_default().trim_end_matches(".json").to_owned();
            let docs = sources.iter().filter(|doc| doc.path.starts_with(&prefix));
            docs.map(|doc| (name(&doc.path), json!({ "value": doc.value }))).collect()
        };
        if operation.request.is_some() {
            value["requestBody"]["content"]["application/json"]["examples"] = Value::Object(examples("request"));
        }
        if let Some((status, _)) = operation.success() {
            value["responses"][status.to_string()]["content"]["application/json"]["examples"] =
                Value::Object(examples("response"));
        }
        paths.entry(&operation.path).or_default().insert(operation.method.clone(), value);
    }
    document["paths"] = json!(paths);
    Ordered::new(model).write(&document)
}

/// A page names one status of failure; every call may answer with any status that an error code has.
fn add_statuses_of_errors(model: &Model, responses: &mut Value) {
    let Some(responses) = responses.as_object_mut() else { return };
    let is_error = |status: &str| status >= "400";
    let Some((_, documented)) = responses.iter().find(|(status, _)| is_error(status)) else { return };
    let documented = documented.clone();
    let values =
        model.definitions().filter_map(|definition| definition.schema["x-drs"]["values"].as_object()).flatten();
    let statuses = values.filter_map(|(_, facts)| Some(facts["status"].as_u64()?.to_string()));
    for status in statuses.filter(|status| is_error(status)) {
        responses.entry(status).or_insert_with(|| documented.clone());
    }
}

/// Points references to definitions below `prefix`, and references to `service.json` into the document.
fn relink(value: &Value, prefix: &str) -> Value {
    match value {
        Value::Object(object) => object
            .iter()
            .map(|(key, below)| match below {
                Value::String(reference) if key == "$ref" => (key.clone(), Value::String(link(reference, prefix))),
                _ => (key.clone(), relink(below, prefix)),
            })
            .collect(),
        Value::Array(array) => array.iter().map(|below| relink(below, prefix)).collect(),
        other => other.clone(),
    }
}

fn link(reference: &str, prefix: &str) -> String {
    match reference.split_once('#') {
        Some((_, pointer)) if pointer.starts_with("/components/") => format!("#{pointer}"),
        _ => format!("{prefix}{}", target(reference)),
    }
}
