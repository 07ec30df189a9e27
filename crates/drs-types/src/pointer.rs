//! JSON Pointers (RFC 6901).

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::value::RawValue;

/// Escapes a key to a segment of a pointer.
///
/// ```
/// assert_eq!(drs_types::pointer::escape("a/b~c"), "a~1b~0c");
/// ```
#[must_use]
pub fn escape(key: &str) -> Cow<'_, str> {
    if key.contains(['~', '/']) { key.replace('~', "~0").replace('/', "~1").into() } else { key.into() }
}

/// Converts a segment of a pointer to its key.
///
/// ```
/// assert_eq!(drs_types::pointer::unescape("a~1b~0c"), "a/b~c");
/// ```
#[must_use]
pub fn unescape(segment: &str) -> Cow<'_, str> {
    if segment.contains('~') { segment.replace("~1", "/").replace("~0", "~").into() } else { segment.into() }
}

/// Returns the pointer of a member of the object at `parent`.
///
/// ```
/// assert_eq!(drs_types::pointer::join("/jobs/0", "a/b"), "/jobs/0/a~1b");
/// ```
#[must_use]
pub fn join(parent: &str, key: &str) -> String {
    format!("{parent}/{}", escape(key))
}

/// Splits a pointer into its keys and indexes, from the root.
///
/// ```
/// let keys: Vec<_> = drs_types::pointer::split("/jobs/0/a~1b").collect();
/// assert_eq!(keys, ["jobs", "0", "a/b"]);
/// assert_eq!(drs_types::pointer::split("").count(), 0);
/// ```
pub fn split(pointer: &str) -> impl Iterator<Item = Cow<'_, str>> {
    pointer.split('/').skip(1).map(unescape)
}

/// Returns the last key of a pointer; empty for the root.
///
/// ```
/// assert_eq!(drs_types::pointer::last("/jobs/0/a~1b"), "a/b");
/// ```
#[must_use]
pub fn last(pointer: &str) -> Cow<'_, str> {
    pointer.rsplit_once('/').map_or(Cow::Borrowed(""), |(_, segment)| unescape(segment))
}

/// Returns the line and the column, in characters from 1, of the value at a pointer in a JSON document; `None` when the
/// document cannot be read. A missing value has the location of its object or array.
///
/// ```
/// use drs_types::pointer::location;
///
/// let document = "{\n  \"jobs\": [\"a\", 1]\n}";
/// assert_eq!(location(document, "/jobs/1"), Some((2, 17)));
/// assert_eq!(location(document, "/jobs/7"), Some((2, 11)));
/// ```
#[must_use]
pub fn location(document: &str, pointer: &str) -> Option<(usize, usize)> {
    let mut value: &RawValue = serde_json::from_str(document).ok()?;
    for name in split(pointer) {
        let below = if let Ok(mut members) = serde_json::from_str::<HashMap<String, &RawValue>>(value.get()) {
            members.remove(&*name)
        } else if let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(value.get()) {
            name.parse().ok().and_then(|index: usize| items.get(index).copied())
        } else {
            None
        };
        match below {
            Some(below) => value = below,
            None => break,
        }
    }
    // The value borrows from the document.
    let at = value.get().as_ptr().addr() - document.as_ptr().addr();
    let before = document.get(..at)?;
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    Some((before.matches('\n').count() + 1, before[line_start..].chars().count() + 1))
}
