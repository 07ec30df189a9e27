//! What must not be shown: the values of fields that hold passwords and the like.

use std::ops::Range;

use drs_types::redacted::is_secret;

use crate::finding::secret;
use crate::identify;
use crate::json::reader::{self, Parsed};
use crate::json::tree::{Kind, Node};

/// The places of the secrets in a source; `None` when it cannot be read, and may hold some.
///
/// `schema` is the body that it was read as, if it was.
pub(crate) fn places<G>(text: &[u8], parsed: &Parsed<Node<G>>, schema: Option<&str>) -> Option<Vec<Range<usize>>> {
    let holds_none = || schema.and_then(identify::body).is_some_and(|body| !body.may_hold_secrets);
    let mut found = Vec::new();
    match &parsed.root {
        Some(root) if holds_none() || !root.has_gaps() => collect(root, &mut found),
        _ if !secret::is_mentioned(text) => {}
        // A skipped object may hold one.
        _ => collect(&reader::parse(text).root?, &mut found),
    }
    Some(found)
}

fn collect<G>(node: &Node<G>, found: &mut Vec<Range<usize>>) {
    match &node.kind {
        Kind::Array(elements) => elements.iter().for_each(|element| collect(element, found)),
        Kind::Object(members) => members.iter().for_each(|member| {
            if is_secret(&member.key) {
                found.push(member.value.start..member.value.end);
            } else {
                collect(&member.value, found);
            }
        }),
        Kind::String(text) if secret::may_be_in(text) => found.push(node.start..node.end),
        _ => {}
    }
}
