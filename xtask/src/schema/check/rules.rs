//! Checks that the rules in `x-drs` refer to fields and values that exist.

use crate::schema::annotations::Literal;
use crate::schema::definition::{Definition, Shape};
use crate::schema::document::segment;
use crate::schema::model::Model;
use crate::schema::property::{JsonType, Property};

/// Reports each rule of a definition that refers to a missing field or value.
pub(super) fn check(model: &Model, definition: &Definition, report: &mut dyn FnMut(String, String)) {
    let at = &definition.pointer;
    let kind = |field: &str| definition.property(field).and_then(|property| kind(model, property));
    for (field, property) in definition.properties() {
        let rule = format!("{at}/properties/{}/x-drs", segment(field));
        if let Some(list) = &property.drs.counts
            && (kind(field), kind(list)) != (Some(JsonType::Integer), Some(JsonType::Array))
        {
            report(
                format!("{rule}/counts"),
                format!("`{field}` must be an integer and `{list}` an array in the same object"),
            );
        }
        if property.drs.form.is_some() && kind(field) != Some(JsonType::String) {
            report(format!("{rule}/form"), format!("`{field}` is not a string"));
        }
    }
    for (field, property) in definition.properties() {
        format_of(property, &format!("{at}/properties/{}", segment(field)), report);
    }
    obligations(model, definition, report);
    let Some(reason) = definition.reason() else { return };
    let of = &reason.of;
    let listed = listed(model, definition.property(of));
    for value in &reason.values {
        if !listed.contains(value) {
            report(format!("{at}/x-drs/reason/values"), format!("`{value}` is not an enum value of `{of}`"));
        }
    }
    for field in &reason.fields {
        if kind(field) != Some(JsonType::String) {
            report(format!("{at}/x-drs/reason/in"), format!("`{field}` is not a string field beside `{of}`"));
        }
    }
}

/// Checks that a format has its type; without it, the format has no effect.
fn format_of(property: &Property, at: &str, report: &mut dyn FnMut(String, String)) {
    let has = |wanted: JsonType| property.ty.json_types().contains(&wanted);
    let needed = match property.format.as_deref() {
        Some("int32" | "int64") if !has(JsonType::Integer) => Some("integer"),
        Some("password") if !has(JsonType::String) => Some("string"),
        _ => None,
    };
    if let (Some(needed), Some(format)) = (needed, &property.format) {
        report(format!("{at}/format"), format!("`{format}` needs the type {needed}"));
    }
}

/// Checks that an obligation refers to fields that exist, and to values that they can have.
fn obligations(model: &Model, definition: &Definition, report: &mut dyn FnMut(String, String)) {
    for (index, obligation) in definition.obligations().iter().enumerate() {
        let at = format!("{}/allOf/{index}", definition.pointer);
        for name in obligation.present.iter().chain(&obligation.required) {
            if definition.property(name).is_none() {
                report(at.clone(), format!("`{name}` is not among the properties"));
            }
        }
        for (name, values) in &obligation.when {
            let property = definition.property(name);
            if !obligation.present.contains(name) {
                report(at.clone(), format!("`{name}` must also be in `required` of the condition"));
            }
            let (kind, listed) = (property.and_then(|property| kind(model, property)), listed(model, property));
            for value in values {
                let (fits, shown) = match value {
                    Literal::Flag(flag) => (kind == Some(JsonType::Boolean), flag.to_string()),
                    Literal::Text(text) => {
                        let is_listed = listed.is_empty() || listed.contains(text);
                        (kind == Some(JsonType::String) && is_listed, format!("{text:?}"))
                    }
                };
                if !fits {
                    report(at.clone(), format!("{shown} is not a value that `{name}` can have"));
                }
            }
        }
    }
}

/// Returns the JSON type of a property or of its definition; of several, the first.
pub(super) fn kind(model: &Model, property: &Property) -> Option<JsonType> {
    match property.ty.named() {
        Some(name) => Some(match model.definition(name)?.shape {
            Shape::Object(_) => JsonType::Object,
            Shape::String(_) => JsonType::String,
        }),
        None => property.ty.json_types().first().copied(),
    }
}

/// Returns the enum values of the definition of a property.
fn listed<'a>(model: &'a Model, property: Option<&Property>) -> &'a [String] {
    let definition = property.and_then(|property| property.ty.named()).and_then(|name| model.definition(name));
    definition.and_then(Definition::listed).unwrap_or_default()
}
