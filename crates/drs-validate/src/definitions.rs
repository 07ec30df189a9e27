//! The definitions of the embedded bundle, each read when it is first asked for: most runs need a few of them.

use std::ops::Index;
use std::sync::OnceLock;

use indexmap::IndexMap;
use serde_json::Value;

use crate::generated::DEFINITIONS;

/// Made from `schemas/` by `cargo xtask codegen`.
const BUNDLE: &str = include_str!("generated/bundle.json");

static NOTHING: Value = Value::Null;

/// The `$defs` of the bundle, in its order.
#[derive(Debug)]
pub(crate) struct Definitions(IndexMap<&'static str, Definition>);

#[derive(Debug)]
struct Definition {
    text: &'static str,
    value: OnceLock<Value>,
}

impl Definitions {
    /// The definitions of all schemas. They are part of this crate, and the tests compile every one of them.
    pub(crate) fn load() -> Self {
        Self::of(DEFINITIONS.iter().map(|(name, place)| (*name, &BUNDLE[place.clone()])))
    }

    /// The definitions with these names and texts.
    pub(crate) fn of(texts: impl IntoIterator<Item = (&'static str, &'static str)>) -> Self {
        let definition = |(name, text)| (name, Definition { text, value: OnceLock::new() });
        Self(texts.into_iter().map(definition).collect())
    }

    /// The names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.keys().copied()
    }

    /// Names and texts.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.0.iter().map(|(name, definition)| (*name, definition.text))
    }

    /// What a JSON Pointer below `$defs` leads to.
    pub(crate) fn pointer(&self, pointer: &str) -> Option<&Value> {
        let (name, rest) = pointer.strip_prefix('/').map(|path| path.split_at(path.find('/').unwrap_or(path.len())))?;
        self[name].pointer(rest)
    }
}

/// The definition of a name; `null` when there is none.
impl Index<&str> for Definitions {
    type Output = Value;

    fn index(&self, name: &str) -> &Value {
        let read = |definition: &Definition| serde_json::from_str(definition.text).unwrap_or_default();
        self.0.get(name).map_or(&NOTHING, |definition| definition.value.get_or_init(|| read(definition)))
    }
}
