//! Documents made of all schema files: the strict bundle that the validator embeds, and OpenAPI.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use proc_macro2::Literal;
use quote::quote;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::ordered::Ordered;
use super::render::render;
use crate::schema::model::SERVICE;
use crate::schema::references::relink;
use crate::schema::{Definition, Doc, Model, Response, Sources};

/// Builds the strict reading of all definitions, as the validator embeds it.
#[must_use]
pub fn strict(model: &Model) -> String {
    let bundle = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": super::GENERATED,
        "$defs": model.strict_definitions("#/$defs/"),
    });
    Ordered::new(model).write(&bundle)
}

/// Builds a table of the definitions in the strict reading. It takes longer to parse the bundle than to validate a payload.
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
        let refers_to: BTreeSet<&str> = model.definition(name).into_iter().flat_map(Definition::references).collect();
        let refers_to = refers_to.iter();
        quote! { Definition { name: #name, place: #start..#end, refers_to: &[#(#refers_to),*] } }
    });
    render(quote! {
        /// The definitions in the bundle.
        pub(crate) static DEFINITIONS: &[Definition] = &[#(#rows),*];
    })
}

/// Builds the OpenAPI 3.1 document.
#[must_use]
pub fn openapi(sources: &Sources, model: &Model) -> String {
    let mut document = relink(&model.service.written, SERVICE, PREFIX);
    put(&mut document, "/info/x-generated", json!(super::GENERATED));
    put(&mut document, "/components/schemas", Value::Object(model.strict_definitions(PREFIX)));
    let used = |tag: &Value| {
        let name = tag.get("name").and_then(Value::as_str);
        model.operations.iter().any(|operation| operation.tags.iter().any(|tag| Some(tag.as_str()) == name))
    };
    if let Some(tags) = document.pointer_mut("/tags").and_then(Value::as_array_mut) {
        tags.retain(used);
    }
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for operation in &model.operations {
        let mut value = relink(&operation.written, &operation.file, PREFIX);
        put(&mut value, "/operationId", json!(operation.id));
        add_statuses_of_errors(model, &mut value);
        let examples = |side: &str| -> Value {
            let name = |path: &str| path.rsplit('/').next().unwrap_or_default().trim_end_matches(".json").to_owned();
            let examples = sources.examples(&operation.folder, side);
            examples.map(|doc: &Doc| (name(&doc.path), json!({ "value": doc.value }))).collect()
        };
        if operation.request.is_some() {
            put(&mut value, "/requestBody/content/application~1json/examples", examples("request"));
        }
        if let Some(Response { status, body: Some(_) }) = operation.success() {
            let pointer = format!("/responses/{status}/content/application~1json/examples");
            put(&mut value, &pointer, examples("response"));
        }
        paths.entry(&operation.path).or_default().insert(operation.method.clone(), value);
    }
    put(&mut document, "/paths", json!(paths));
    Ordered::new(model).write(&document)
}

/// The pointer prefix of definitions in the OpenAPI document.
const PREFIX: &str = "#/components/schemas/";

/// Inserts a member into the object at a pointer.
fn put(document: &mut Value, pointer: &str, value: Value) {
    let Some((object, key)) = pointer.rsplit_once('/') else { return };
    if let Some(object) = document.pointer_mut(object).and_then(Value::as_object_mut) {
        object.insert(key.to_owned(), value);
    }
}

/// Adds the statuses of all error codes: a page names one status of failure, but a response may have any of them.
fn add_statuses_of_errors(model: &Model, operation: &mut Value) {
    let Some(responses) = operation.pointer_mut("/responses").and_then(Value::as_object_mut) else { return };
    let is_error = |status: &str| status >= "400";
    let Some((_, documented)) = responses.iter().find(|(status, _)| is_error(status)) else { return };
    let documented = documented.clone();
    let meanings = model.definitions().flat_map(Definition::meanings);
    let statuses = meanings.filter_map(|(_, meaning)| Some(meaning.code()?.status.to_string()));
    for status in statuses.filter(|status| is_error(status)) {
        responses.entry(status).or_insert_with(|| documented.clone());
    }
}
