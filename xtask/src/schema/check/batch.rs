//! Checks that the pointers of a batch lead to fields of the right type.

use super::rules::kind;
use crate::schema::definition::{Definition, Shape};
use crate::schema::model::Model;
use crate::schema::operation::Operation;
use crate::schema::property::{JsonType, Property};

/// Returns each mistake with the key of the batch that has it. The model is `complete` when no mistake was found before.
pub(super) fn check(model: &Model, operation: &Operation, complete: bool) -> Vec<(&'static str, String)> {
    let Some(batch) = &operation.drs.batch else { return Vec::new() };
    let (request, response) = (operation.request.as_deref(), operation.success_body());
    let field = |from: Option<&str>, pointer: &str| model.definition(from?)?.property(pointer.strip_prefix('/')?);
    // The items are objects, except for those that are the id.
    let items = |from, pointer: &str| field(from, pointer).and_then(|array| array.ty.element());
    let object = |property: Option<&Property>| -> Option<String> { Some(property?.ty.named()?.to_owned()) };
    let item = items(request, &batch.request);
    let (thing, row) = (object(item), object(items(response, &batch.response)));
    let text: &[JsonType] = &[JsonType::String];
    let known: [(_, _, _, &[JsonType]); 7] = [
        ("request", Some(&batch.request), request, &[JsonType::Array]),
        ("asked", batch.asked.as_ref(), thing.as_deref(), text),
        ("response", Some(&batch.response), response, &[JsonType::Array]),
        ("id", batch.id.as_ref(), row.as_deref(), text),
        ("error_code", batch.error_code.as_ref(), row.as_deref(), text),
        ("error_msg", batch.error_msg.as_ref(), row.as_deref(), text),
        (
            "outcome/at",
            batch.outcome.as_ref().map(|outcome| &outcome.at),
            row.as_deref(),
            &[JsonType::String, JsonType::Boolean],
        ),
    ];
    let mut mistakes = Vec::new();
    for (key, pointer, from, types) in known {
        let Some(pointer) = pointer else { continue };
        if !complete && from.is_none_or(|name| model.definition(name).is_none()) {
            continue;
        }
        match field(from, pointer).map(|property| kind(model, property)) {
            None => {
                mistakes.push((key, format!("there is no field at {pointer} of `{}`", from.unwrap_or("nothing"))));
            }
            Some(Some(found)) if !types.contains(&found) => {
                let expected: Vec<&str> = types.iter().map(|one| one.name()).collect();
                let message = format!("expected a field of the type {}, found {found}", expected.join(" or "));
                mistakes.push((key, message));
            }
            Some(_) => {}
        }
    }
    let is_id = |item: &Property| kind(model, item) == Some(JsonType::String);
    if batch.asked.is_none() && item.is_some_and(|item| !is_id(item)) {
        mistakes.push(("request", "the items are not ids; name the field of their id in `asked`".to_owned()));
    }
    let is_object = |row: &Definition| matches!(row.shape, Shape::Object(_));
    if complete && !row.as_deref().and_then(|row| model.definition(row)).is_some_and(is_object) {
        mistakes.push(("response", "the items must be objects with a definition of their own".to_owned()));
    }
    mistakes
}
