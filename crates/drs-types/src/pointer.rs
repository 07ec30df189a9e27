//! JSON Pointers (RFC 6901): how a key is written in one, and how one is taken apart.

use std::borrow::Cow;

/// A key as a segment of a pointer.
///
/// ```
/// assert_eq!(drs_types::pointer::escape("a/b~c"), "a~1b~0c");
/// ```
#[must_use]
pub fn escape(key: &str) -> Cow<'_, str> {
    if key.contains(['~', '/']) { key.replace('~', "~0").replace('/', "~1").into() } else { key.into() }
}

/// A segment of a pointer as a key.
///
/// ```
/// assert_eq!(drs_types::pointer::unescape("a~1b~0c"), "a/b~c");
/// ```
#[must_use]
pub fn unescape(segment: &str) -> Cow<'_, str> {
    if segment.contains('~') { segment.replace("~1", "/").replace("~0", "~").into() } else { segment.into() }
}

/// The pointer of a member of the object at `parent`.
///
/// ```
/// assert_eq!(drs_types::pointer::join("/jobs/0", "a/b"), "/jobs/0/a~1b");
/// ```
#[must_use]
pub fn join(parent: &str, key: &str) -> String {
    format!("{parent}/{}", escape(key))
}

/// The keys and indexes of a pointer, from the root on.
///
/// ```
/// let keys: Vec<_> = drs_types::pointer::split("/jobs/0/a~1b").collect();
/// assert_eq!(keys, ["jobs", "0", "a/b"]);
/// assert_eq!(drs_types::pointer::split("").count(), 0);
/// ```
pub fn split(pointer: &str) -> impl Iterator<Item = Cow<'_, str>> {
    pointer.split('/').skip(1).map(unescape)
}

/// The last key of a pointer; empty for the root.
///
/// ```
/// assert_eq!(drs_types::pointer::last("/jobs/0/a~1b"), "a/b");
/// ```
#[must_use]
pub fn last(pointer: &str) -> Cow<'_, str> {
    pointer.rsplit_once('/').map_or(Cow::Borrowed(""), |(_, segment)| unescape(segment))
}
