//! The definitions of the embedded bundle: the text of each, and which others it leads to.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::generated::DEFINITIONS;

/// Made from `schemas/` by `cargo xtask codegen`.
const BUNDLE: &str = include_str!("../generated/bundle.json");

/// A definition in the bundle.
#[derive(Debug)]
pub(crate) struct Definition {
    /// The name.
    pub(crate) name: &'static str,
    /// The place of its source in the bundle.
    pub(crate) place: Range<usize>,
    /// The names of the definitions that it refers to.
    pub(crate) refers_to: &'static [&'static str],
}

impl Definition {
    /// The text.
    pub(crate) fn text(&self) -> &'static str {
        &BUNDLE[self.place.clone()]
    }
}

/// The definitions with these names and all that they lead to, in the order of the documentation.
pub(crate) fn reached<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<&'static Definition> {
    let mut open: Vec<&str> = names.into_iter().collect();
    let mut reached = BTreeSet::new();
    while let Some(name) = open.pop() {
        if let Some(at) = DEFINITIONS.iter().position(|definition| definition.name == name)
            && reached.insert(at)
        {
            open.extend(DEFINITIONS[at].refers_to);
        }
    }
    reached.into_iter().map(|at| &DEFINITIONS[at]).collect()
}
