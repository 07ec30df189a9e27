//! What must not be shown: the values of fields that hold passwords and the like.

use std::collections::BTreeSet;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use drs_types::redacted::SECRET_WORDS;

use crate::definitions::Definitions;
use crate::reader::{self, Parsed};
use crate::tree::{Kind, Node};

/// The names of all fields that hold a secret.
#[derive(Clone, Debug)]
pub(crate) struct Secrets {
    names: BTreeSet<String>,
    /// Finds any of the names, and of the words, in a text.
    mentions: Option<AhoCorasick>,
    /// Whether a documented field holds one; else nothing that is clean does.
    are_documented: bool,
}

impl Secrets {
    /// The fields that the schemas call passwords.
    pub(crate) fn of(definitions: &Definitions) -> Self {
        let fields = |name| definitions[name]["properties"].as_object().into_iter().flatten();
        // A definition that does not have the word does not have to be read.
        let password = memchr::memmem::Finder::new("\"password\"");
        let candidates = definitions.texts().filter(|(_, text)| password.find(text.as_bytes()).is_some());
        let secret = candidates.flat_map(|(name, _)| fields(name)).filter(|(_, field)| field["format"] == "password");
        let names: BTreeSet<String> = secret.map(|(name, _)| name.clone()).collect();
        let patterns = names.iter().map(String::as_str).chain(SECRET_WORDS);
        let mut builder = AhoCorasick::builder();
        builder.ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA));
        let mentions = builder.build(patterns).ok();
        let secrets = Self { names, mentions, are_documented: true };
        let are_documented =
            !secrets.names.is_empty() || definitions.names().flat_map(fields).any(|(name, _)| secrets.contain(name));
        Self { are_documented, ..secrets }
    }

    /// Whether a field of this name holds a secret.
    pub(crate) fn contain(&self, name: &str) -> bool {
        self.names.contains(name) || self.are_mentioned(name.as_bytes())
    }

    /// Whether a text mentions such a field, so that it may hold a secret.
    pub(crate) fn are_mentioned(&self, text: &[u8]) -> bool {
        self.mentions.as_ref().is_none_or(|mentions| mentions.is_match(text))
    }

    /// Where the secrets stand in a text; `None` when it cannot be read, and may hold some.
    pub(crate) fn places(&self, text: &[u8], parsed: &Parsed) -> Option<Vec<Range<usize>>> {
        let mut found = Vec::new();
        match &parsed.root {
            Some(root) if !self.are_documented => self.collect(root, &mut found),
            _ if !self.are_mentioned(text) => {}
            // There may be one in what was passed over.
            _ => self.collect(&reader::parse(text).root?, &mut found),
        }
        Some(found)
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
