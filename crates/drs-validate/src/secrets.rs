//! What must not be shown: the values of fields that hold passwords and the like.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::Value;

use crate::tree::{Kind, Node};

/// A field with one of these in its name is taken for a secret, whatever the schemas say of it.
const SECRET_WORDS: [&str; 5] = ["password", "passwd", "secret", "token", "credential"];

/// The names of all fields that hold a secret.
#[derive(Clone, Debug)]
pub(crate) struct Secrets {
    names: BTreeSet<String>,
}

impl Secrets {
    /// The fields that the schemas call passwords.
    pub(crate) fn of(definitions: &Value) -> Self {
        let properties = definitions.as_object().into_iter().flatten().map(|(_, definition)| &definition["properties"]);
        let fields = properties.filter_map(Value::as_object).flatten();
        let secret = fields.filter(|(_, property)| property["format"] == "password");
        Self { names: secret.map(|(name, _)| name.clone()).collect() }
    }

    /// Whether a field of this name holds a secret.
    pub(crate) fn contain(&self, name: &str) -> bool {
        self.names.contains(name) || is_secret_word(name)
    }

    /// Whether there are secrets in a text; when it could not be read, whether it mentions such a field at all.
    pub(crate) fn are_in(&self, text: &[u8], root: Option<&Node>) -> bool {
        root.map_or_else(|| self.are_mentioned(text), |root| !self.places(root).is_empty())
    }

    fn are_mentioned(&self, text: &[u8]) -> bool {
        let text = String::from_utf8_lossy(text);
        self.names.iter().any(|name| text.contains(name)) || is_secret_word(&text)
    }

    /// Where the secrets stand in a text.
    pub(crate) fn places(&self, root: &Node) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        self.collect(root, &mut found);
        found
    }

    fn collect(&self, node: &Node, found: &mut Vec<Range<usize>>) {
        match &node.kind {
            Kind::List(elements) => elements.iter().for_each(|element| self.collect(element, found)),
            Kind::Object(members) => members.iter().for_each(|member| {
                if self.contain(&member.key) {
                    found.push(member.value.start..member.value.end);
                } else {
                    self.collect(&member.value, found);
                }
            }),
            _ => {}
        }
    }
}

/// Whether a name speaks of a secret.
pub(crate) fn is_secret_word(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_WORDS.iter().any(|word| name.contains(word))
}
