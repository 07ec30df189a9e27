//! The limits of excerpts and of the search for secrets, each with its reason.

/// The limits of excerpts and of the search for secrets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The longest excerpt of a body, in characters. An error is read by people.
    pub(crate) excerpt: usize,
    /// The beginning of a body in which an HTML page is identified, in characters.
    pub(crate) html_head: usize,
    /// The longest title of an HTML page, in characters.
    pub(crate) html_title: usize,
    /// A secret with fewer characters, as JSON writes them, is part of many words. It is masked only by the name of its
    /// field or header.
    pub(crate) searched_secret: usize,
    /// The most backslashes before one character: those of JSON inside JSON inside JSON. A server cannot make the
    /// search for secrets long.
    pub(crate) backslashes: usize,
    /// The longest HTML entity, such as `&#x0010ffff;`, in bytes.
    pub(crate) entity: usize,
}

/// The limits of the product.
pub(crate) const LIMITS: Limits =
    Limits { excerpt: 2000, html_head: 1000, html_title: 200, searched_secret: 4, backslashes: 8, entity: 16 };
