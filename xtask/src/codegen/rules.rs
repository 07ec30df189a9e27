//! The rules that stand in `x-drs` because JSON Schema has no word for them: do they speak of fields that exist?

use serde_json::Value;

use super::model::{Definition, Model};
use super::shape;
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
    obligations(model, definition, report);
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

/// An obligation must speak of fields that exist, and of values that they can have.
fn obligations(model: &Model, definition: &Definition, report: &mut dyn FnMut(String, String)) {
    for (index, obligation) in definition.schema["allOf"].as_array().into_iter().flatten().enumerate() {
        let at = format!("{}/allOf/{index}", definition.pointer);
        let lists = [&obligation["if"]["required"], &obligation["then"]["required"]];
        for name in lists.into_iter().flat_map(|list| list.as_array().into_iter().flatten()).filter_map(Value::as_str) {
            if !definition.fields.iter().any(|field| field == name) {
                report(at.clone(), format!("`{name}` is not among the properties"));
            }
        }
        for (name, condition) in obligation["if"]["properties"].as_object().into_iter().flatten() {
            let property = &definition.schema["properties"][name];
            let needed = obligation["if"]["required"].as_array().into_iter().flatten().any(|required| required == name);
            if !needed {
                report(at.clone(), format!("`{name}` must also stand in `required` of the condition"));
            }
            let listed = enum_of(model, property);
            for value in condition["enum"].as_array().into_iter().flatten() {
                let fits = match value {
                    Value::Bool(_) => kind(model, property) == Some("boolean"),
                    _ => kind(model, property) == Some("string") && (listed.is_empty() || listed.contains(value)),
                };
                if !fits {
                    report(at.clone(), format!("{value} is not a value that `{name}` can have"));
                }
            }
        }
    }
}

/// The JSON type of a property, behind its reference; of several, the first.
fn kind<'a>(model: &'a Model, property: &'a Value) -> Option<&'a str> {
    match shape::named(property) {
        Some(name) => model.definition(&name)?.schema["type"].as_str(),
        None => shape::types(property).first().copied(),
    }
}

fn enum_of<'a>(model: &'a Model, property: &'a Value) -> &'a [Value] {
    let definition = shape::named(property).and_then(|name| model.definition(&name));
    definition.and_then(|definition| definition.schema["enum"].as_array()).map_or(&[], Vec::as_slice)
}
