//! The payloads of a page compared with ours: equal ones first, then the rest in their order.

use serde_json::Value;

use crate::schema::{Doc, Operation, Sources, segment};

use super::field::Finding;
use super::page::{Example, Page};

/// The differences of requests or of responses: file, pointer, line of the page, finding.
pub(super) fn compare(
    page: &Page,
    sources: &Sources,
    operation: &Operation,
    in_response: bool,
    side: &str,
) -> Vec<(String, String, usize, Finding)> {
    let mut ours: Vec<&Doc> = sources.examples(&operation.folder, side).collect();
    ours.sort_by_key(|doc| (doc.path.len(), &doc.path));
    let mut theirs: Vec<&Example> = page.examples.iter().filter(|example| example.in_response == in_response).collect();
    theirs.retain(|example| {
        let same = ours.iter().position(|doc| doc.value == example.value);
        same.map(|at| ours.remove(at)).is_none()
    });
    let mut found = Vec::new();
    let mut ours = ours.into_iter();
    for example in theirs {
        found.push(match ours.next() {
            Some(doc) => {
                let (pointer, page, own) = difference(&example.value, &doc.value, String::new());
                let message = format!("the payload of the page has {page} here, ours {own}");
                (doc.path.clone(), pointer, example.line, Finding::Difference(message))
            }
            None => {
                let message = format!("the page has a {side} payload that the folder does not have");
                (operation.file.clone(), operation.pointer.clone(), example.line, Finding::Difference(message))
            }
        });
    }
    // A payload may be from another page of the vendor, such as one about a scenario.
    let elsewhere = "this payload is not on the page".to_owned();
    found.extend(ours.map(|doc| (doc.path.clone(), String::new(), 0, Finding::Note(elsewhere.clone()))));
    found
}

/// The first difference of two values: its pointer, and both sides.
fn difference(page: &Value, ours: &Value, pointer: String) -> (String, String, String) {
    let shown = |value: Option<&Value>| {
        let text = value.map_or("no value".to_owned(), Value::to_string);
        if text.chars().count() > 60 { text.chars().take(57).chain("…".chars()).collect() } else { text }
    };
    match (page, ours) {
        (Value::Object(theirs), Value::Object(own)) => {
            let key = theirs.keys().chain(own.keys()).find(|key| theirs.get(*key) != own.get(*key));
            if let Some(key) = key {
                let below = format!("{pointer}/{}", segment(key));
                return match (theirs.get(key), own.get(key)) {
                    (Some(theirs), Some(own)) => difference(theirs, own, below),
                    (theirs, own) => (below, shown(theirs), shown(own)),
                };
            }
        }
        (Value::Array(theirs), Value::Array(own)) => {
            let index = (0..theirs.len().max(own.len())).find(|index| theirs.get(*index) != own.get(*index));
            if let Some(index) = index {
                let below = format!("{pointer}/{index}");
                return match (theirs.get(index), own.get(index)) {
                    (Some(theirs), Some(own)) => difference(theirs, own, below),
                    (theirs, own) => (below, shown(theirs), shown(own)),
                };
            }
        }
        _ => {}
    }
    (pointer, shown(Some(page)), shown(Some(ours)))
}
