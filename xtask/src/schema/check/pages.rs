//! Checks that the facts about pages and polling refer to fields of the right type.

use super::Check;
use crate::schema::document::{Doc, Problem};
use crate::schema::model::Model;
use crate::schema::operation::Operation;
use crate::schema::property::{JsonType, Property};

pub(super) fn check(check: &Check<'_>, operation: &Operation, doc: &Doc, problems: &mut Vec<Problem>) {
    let model = check.model;
    let mut expect = |key: String, from: Option<&str>, pointer: &str, what: &str, fits: &dyn Fn(&Property) -> bool| {
        // A definition that could not be read is reported already.
        if !check.complete && from.is_none_or(|name| model.definition(name).is_none()) {
            return;
        }
        if !from.and_then(|name| model.follow(name, pointer)).is_some_and(fits) {
            let message = format!("there is no {what} at {pointer} of `{}`", from.unwrap_or("nothing"));
            problems.push(doc.problem(&format!("{}/x-drs/{key}", operation.pointer), message));
        }
    };
    let is_integer = |property: &Property| property.ty.json_types().contains(&JsonType::Integer);
    let (request, response) = (operation.request.as_deref(), operation.success_body());
    if let Some(pages) = &operation.drs.pages {
        expect("pages/number".to_owned(), request, &pages.number, "integer", &is_integer);
        expect("pages/size".to_owned(), request, &pages.size, "integer", &is_integer);
        for (index, list) in pages.lists.iter().enumerate() {
            let at = |key: &str| format!("pages/lists/{index}/{key}");
            let is_array = |property: &Property| property.ty.element().is_some();
            // The generated code takes the items of the main list, which have a type of their own.
            let is_main = |property: &Property| {
                let item = property.ty.element().and_then(|item| item.ty.named());
                !list.items.contains('*') && item.is_some()
            };
            match index {
                0 => expect(at("items"), response, &list.items, "array of named objects", &is_main),
                _ => expect(at("items"), response, &list.items, "array", &is_array),
            }
            if let Some(total) = &list.total {
                expect(at("total"), response, total, "integer", &is_integer);
            }
            if let Some(id) = &list.id {
                let items = response.and_then(|name| model.follow(name, &list.items));
                let item = items.and_then(|items| items.ty.element()?.ty.named());
                // Without an array, that mistake is reported above.
                if item.is_some() {
                    expect(at("id"), item, id, "field", &|_| true);
                }
            }
        }
    }
    if let Some(polling) = &operation.drs.polling {
        let rows = |responses: &str| response.and_then(|name| model.follow(name, responses));
        let report = match &operation.drs.batch {
            Some(batch) => rows(&batch.response).and_then(|rows| rows.ty.element()?.ty.named()),
            None => response,
        };
        let ends = |property: &Property| ends(model, property);
        expect("polling/at".to_owned(), report, &polling.at, "percentage, or string with final values,", &ends);
    }
}

/// Whether the value of a property says when there is nothing more to wait for.
fn ends(model: &Model, property: &Property) -> bool {
    let definition = property.ty.named().and_then(|name| model.definition(name));
    definition.is_some_and(|definition| definition.is_percent() || definition.last().next().is_some())
}
