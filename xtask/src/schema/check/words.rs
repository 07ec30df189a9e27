//! Checks that sentences for people are finished: a TODO is a mistake.

use serde_json::Value;

use crate::schema::document::{Doc, Problem, segment};
use crate::schema::load::Sources;

/// The keys whose values are sentences for people.
const SENTENCES: [&str; 5] = ["title", "summary", "description", "note", "page"];

/// Returns every sentence with a TODO.
pub(super) fn check(sources: &Sources) -> Vec<Problem> {
    let mut problems = Vec::new();
    for doc in sources.iter().filter(|doc| !doc.path.starts_with("meta/") && !doc.path.contains("/examples/")) {
        walk(doc, &doc.value, "", &mut problems);
    }
    problems
}

fn walk(doc: &Doc, value: &Value, at: &str, problems: &mut Vec<Problem>) {
    match value {
        Value::Object(object) => {
            for (key, below) in object {
                let at = format!("{at}/{}", segment(key));
                match below {
                    Value::String(text) if SENTENCES.contains(&key.as_str()) && text.contains("TODO") => {
                        problems.push(doc.problem(&at, "this sentence has a TODO; write it"));
                    }
                    _ => walk(doc, below, &at, problems),
                }
            }
        }
        Value::Array(array) => {
            for (index, below) in array.iter().enumerate() {
                walk(doc, below, &format!("{at}/{index}"), problems);
            }
        }
        _ => {}
    }
}
