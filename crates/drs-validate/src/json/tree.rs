//! JSON with the place of everything in it.

use std::collections::HashMap;
use std::convert::Infallible;

use drs_types::pointer;
use serde_json::{Map, Number, Value};

/// A value and its place, in bytes from the start of the source. Only a partial tree has gaps.
#[derive(Debug)]
pub(crate) struct Node<G = Infallible> {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: Kind<G>,
}

#[derive(Debug)]
pub(crate) enum Kind<G = Infallible> {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    Array(Vec<Node<G>>),
    Object(Vec<Member<G>>),
    /// An object that was skipped.
    Gap(G),
}

/// Every value of a source, which can be asked for any of them.
pub(crate) type Complete = Node<Infallible>;

/// The values of a source without those that are known to be clean. It can be checked, but not be asked for a value.
pub(crate) type Partial = Node<Skipped>;

/// The place of an object without any finding.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Skipped;

/// What a tree may have in the place of a clean object.
pub(crate) trait Gap: Sized {
    /// The gap; `None` when the tree must be complete.
    const CLEAN: Option<Self>;
}

impl Gap for Infallible {
    const CLEAN: Option<Self> = None;
}

impl Gap for Skipped {
    const CLEAN: Option<Self> = Some(Self);
}

/// The place of a value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Place {
    /// Where the name starts; for what has no name, where the value starts.
    pub(crate) key: usize,
    /// Where the value starts.
    pub(crate) value: usize,
}

/// A member of an object; its key may be a duplicate.
#[derive(Debug)]
pub(crate) struct Member<G = Infallible> {
    pub(crate) key: String,
    pub(crate) key_start: usize,
    pub(crate) value: Node<G>,
}

impl Complete {
    /// The value without places; of a duplicate key, the last value counts.
    pub(crate) fn to_value(&self) -> Value {
        self.to_checked()
    }

    /// The member of an object.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match &self.kind {
            Kind::Object(members) => members.iter().rfind(|member| member.key == key).map(|member| &member.value),
            _ => None,
        }
    }

    /// The items of an array; empty for anything else.
    #[cfg(feature = "har")]
    pub(crate) fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::Array(elements) => elements,
            _ => &[],
        }
    }

    /// The string, when it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }
}

impl<G> Node<G> {
    /// The value as it is checked, without places: a skipped object is empty, which breaks no rule that the skipped one
    /// keeps. Of a duplicate key, the last value counts.
    pub(crate) fn to_checked(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(value) => Value::Bool(*value),
            Kind::Number(number) => Value::Number(number.clone()),
            Kind::String(text) => Value::String(text.clone()),
            Kind::Array(elements) => elements.iter().map(Node::to_checked).collect(),
            Kind::Gap(_) => Value::Object(Map::new()),
            Kind::Object(members) => {
                let members = members.iter().map(|member| (member.key.clone(), member.value.to_checked()));
                members.collect::<Map<_, _>>().into()
            }
        }
    }

    /// Whether something in it was skipped.
    pub(crate) fn has_gaps(&self) -> bool {
        match &self.kind {
            Kind::Gap(_) => true,
            Kind::Array(elements) => elements.iter().any(Node::has_gaps),
            Kind::Object(members) => members.iter().any(|member| member.value.has_gaps()),
            _ => false,
        }
    }

    /// Whether it has a number that not every reader takes for an integer, although it may be one.
    pub(crate) fn has_unusual_number(&self) -> bool {
        match &self.kind {
            Kind::Number(number) => number.as_i64().is_none(),
            Kind::Array(elements) => elements.iter().any(Node::has_unusual_number),
            Kind::Object(members) => members.iter().any(|member| member.value.has_unusual_number()),
            _ => false,
        }
    }

    /// The innermost value around a place, and its JSON Pointer.
    pub(crate) fn innermost(&self, at: usize) -> (String, &Self) {
        let inside = |node: &Self| node.start <= at && at <= node.end;
        let below = match &self.kind {
            Kind::Array(elements) => {
                elements.iter().position(inside).map(|index| (index.to_string(), &elements[index]))
            }
            Kind::Object(members) => {
                let member = members.iter().find(|member| member.key_start <= at && at <= member.value.end);
                member.map(|member| (pointer::escape(&member.key).into_owned(), &member.value))
            }
            _ => None,
        };
        let Some((part, node)) = below else { return (String::new(), self) };
        let (pointer, node) = node.innermost(at);
        (format!("/{part}{pointer}"), node)
    }
}

/// Finds places in a tree of any kind.
pub(crate) trait Locate {
    /// Where the key of the member at a JSON Pointer starts, or the value when it is not a member. Of something that is
    /// not there, where its parent starts.
    fn locate(&mut self, pointer: &str) -> Place;
}

impl<G> Locate for Locator<'_, G> {
    fn locate(&mut self, pointer: &str) -> Place {
        let (key, node) = self.find(pointer);
        Place { key, value: node.start }
    }
}

/// Finds values by their pointers. It learns where the members of a wide object are, so that to find many of them costs
/// one walk over it.
#[derive(Debug)]
pub(crate) struct Locator<'a, G> {
    root: &'a Node<G>,
    /// By the place where an object starts.
    wide: HashMap<usize, HashMap<&'a str, &'a Member<G>>>,
}

impl<'a, G> Locator<'a, G> {
    pub(crate) fn new(root: &'a Node<G>) -> Self {
        Self { root, wide: HashMap::new() }
    }

    fn find(&mut self, pointer: &str) -> (usize, &'a Node<G>) {
        let mut node = self.root;
        let mut key = node.start;
        for part in pointer::split(pointer) {
            let next = match &node.kind {
                Kind::Array(elements) => {
                    part.parse::<usize>().ok().and_then(|index| elements.get(index)).map(|next| (next.start, next))
                }
                Kind::Object(members) => {
                    self.member(node.start, members, &part).map(|member| (member.key_start, &member.value))
                }
                _ => None,
            };
            match next {
                Some((start, next)) => (key, node) = (start, next),
                None => return (node.start, node),
            }
        }
        (key, node)
    }

    fn member(&mut self, start: usize, members: &'a [Member<G>], key: &str) -> Option<&'a Member<G>> {
        const FEW: usize = 32;
        if members.len() <= FEW {
            return members.iter().rfind(|member| member.key == key);
        }
        let known = self.wide.entry(start);
        known.or_insert_with(|| members.iter().map(|member| (member.key.as_str(), member)).collect()).get(key).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::reader::parse;

    #[test]
    fn places_and_pointers_lead_to_each_other() {
        let text = br#"{"a": [1, {"b/c": "x"}]}"#;
        let root = parse(text).root.unwrap();
        let mut locator = Locator::new(&root);
        assert_eq!(locator.locate("/a/1/b~1c"), Place { key: 11, value: 18 });
        assert_eq!(root.innermost(19).0, "/a/1/b~1c");
        assert_eq!(locator.locate("/a/7").value, 6);
    }
}
