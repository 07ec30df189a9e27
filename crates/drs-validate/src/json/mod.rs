//! JSON with every mistake in it and the place of everything: reader, tree, strings and their offsets.

pub(crate) mod escape;
pub(crate) mod key;
#[cfg(feature = "har")]
mod packed;
#[cfg_attr(not(feature = "har"), allow(dead_code, reason = "only bodies of captures are escaped or encoded"))]
pub(crate) mod places;
pub(crate) mod plain;
pub(crate) mod reader;
pub(crate) mod source;
pub(crate) mod tree;

/// The byte order mark of UTF-8.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
