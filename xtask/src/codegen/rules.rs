//! The rules that stand in `x-drs` because JSON Schema has no word for them: do they speak of fields that exist?

use serde_json::Value;

use super::model::{Definition, Model, target};
use super::source::segment;

/// Reports every rule of a definition that could never be kept or broken.
pub fn check(model: &Model, definition: &Definition, report: &mut dyn FnMut(String, String)) {
    let at = &definition.pointer;
    let kind = |field: &str| kind(model, &definition.schema["properties"][field]);
    for field in &definition.fields {
        let property = &definition.schema["properties"][field];
        let rule = format!("{at}/properties/{}/x-drs", segment(field));
        if let Some(list) = property["x-drs"]["counts"].as_str()
            && (kind(field), kind(list)) != (Some("integer"), Some("array"))
        {
            report(format!("{rule}/counts"), format!("`{field}` must be an integer and `{list}` a list beside it"));
        }
        if property["x-drs"]["form"].is_string() && kind(field) != Some("string") {
            report(format!("{rule}/form"), format!("`{field}` is not a text"));
        }
    }
    let reason = &definition.schema["x-drs"]["reason"];
    let texts = |key: &str| reason[key].as_array().into_iter().flatten().filter_map(Value::as_str);
    let Some(of) = reason["of"].as_str() else { return };
    let listed = enum_of(model, &definition.schema["properties"][of]);
    for value in texts("values") {
        if !listed.iter().any(|known| known == value) {
            report(format!("{at}/x-drs/reason/values"), format!("`{value}` is not a listed value of `{of}`"));
        }
    }
    for field in texts("in") {
        if kind(field) != Some("string") {
            report(format!("{at}/x-drs/reason/in"), format!("`{field}` is not a text field beside `{of}`"));
        }
    }
}

/// The JSON type of a property, behind its reference.
fn kind<'a>(model: &'a Model, property: &'a Value) -> Option<&'a str> {
    match property["$ref"].as_str() {
        Some(reference) => model.definition(&target(reference))?.schema["type"].as_str(),
        None => property["type"].as_str(),
    }
}

fn enum_of<'a>(model: &'a Model, property: &'a Value) -> &'a [Value] {
    let definition = property["$ref"].as_str().and_then(|reference| model.definition(&target(reference)));
    definition.and_then(|definition| definition.schema["enum"].as_array()).map_or(&[], Vec::as_slice)
}
