//! Where the records of other programs have what an exchange is made of, as JSON Pointers: data, not code.

use drs_types::pointer;
use serde::Deserialize;
use serde_json::Value;

use crate::generated::presets::PRESETS;
use crate::json::tree::{Kind, Node};

/// Where a record has what an exchange is made of.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(default)]
pub struct Mapping {
    /// The arrays whose items are the records.
    pub(crate) records: Vec<String>,
    /// The member whose string is the record.
    pub(crate) body: Option<String>,
    /// Every object with a member of this name is an exchange, wherever it is.
    pub(crate) each: Option<String>,
    /// The member that a request and its response share when each is a record of its own.
    pub(crate) pair: Option<String>,
    pub(crate) capture: Option<Capture>,
}

/// How a request and its response, each a record of its own, find each other.
#[derive(Clone, Debug)]
pub(crate) struct Pairing {
    /// The member that they share.
    pub(crate) by: String,
    pub(crate) capture: Capture,
}

/// The pointers to the parts of an exchange; of several, the first that leads somewhere counts.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(default)]
pub(crate) struct Capture {
    pub(crate) method: Pointers,
    pub(crate) url: Pointers,
    pub(crate) status: Pointers,
    pub(crate) request: Pointers,
    pub(crate) response: Pointers,
}

pub(crate) type Pointers = Vec<String>;

impl Mapping {
    /// The mapping of a known program, such as `ecs`.
    #[must_use]
    pub fn preset(name: &str) -> Option<Self> {
        let (.., text) = PRESETS.iter().find(|(known, ..)| *known == name)?;
        let value: Value = serde_json::from_str(text).expect("a preset is JSON; codegen checks it");
        Some(serde_json::from_value(value).expect("a preset is a mapping; codegen checks it"))
    }

    /// The names of all presets, each with what it reads.
    pub fn presets() -> impl Iterator<Item = (&'static str, &'static str)> {
        PRESETS.iter().map(|(name, title, _)| (*name, *title))
    }

    /// The items of the array at this pointer are the records.
    #[must_use]
    pub fn records(mut self, pointer: impl Into<String>) -> Self {
        self.records = vec![pointer.into()];
        self
    }

    /// The record is in the string at this pointer.
    #[must_use]
    pub fn body(mut self, pointer: impl Into<String>) -> Self {
        self.body = Some(pointer.into());
        self
    }

    /// How requests and responses find each other, when each is a record of its own.
    pub(crate) fn pairing(&self) -> Option<Pairing> {
        Some(Pairing { by: self.pair.clone()?, capture: self.capture.clone()? })
    }

    /// The parts of an exchange are at these pointers, such as `url=/path,method=/verb`.
    ///
    /// # Errors
    /// Says which part is unknown, or which pointer is not one.
    pub fn capture(mut self, parts: &str) -> Result<Self, String> {
        let mut capture = Capture::default();
        for part in parts.split(',') {
            let (name, pointer) = part.split_once('=').unwrap_or((part, ""));
            let into = match name.trim() {
                "method" => &mut capture.method,
                "url" => &mut capture.url,
                "status" => &mut capture.status,
                "request" => &mut capture.request,
                "response" => &mut capture.response,
                other => return Err(format!("{other:?} is not method, url, status, request or response")),
            };
            if !pointer.starts_with('/') {
                return Err(format!("{name} needs a JSON Pointer, such as {name}=/{name}"));
            }
            into.push(pointer.to_owned());
        }
        if capture.url.is_empty() {
            return Err("without url=POINTER, no operation can be found".to_owned());
        }
        self.capture = Some(capture);
        Ok(self)
    }
}

/// The first value that one of the pointers leads to, and the pointer.
pub(crate) fn find<'a>(root: &'a Node, pointers: &[String]) -> Option<(&'a Node, String)> {
    pointers.iter().find_map(|pointer| Some((at(root, pointer)?, pointer.clone())))
}

/// The value at a pointer.
pub(crate) fn at<'a>(root: &'a Node, pointer: &str) -> Option<&'a Node> {
    pointer::split(pointer).try_fold(root, |node, part| match &node.kind {
        Kind::Array(items) => items.get(part.parse::<usize>().ok()?),
        _ => node.get(&part),
    })
}

/// Every object below with a member of this name.
pub(crate) fn each<'a>(node: &'a Node, name: &str, found: &mut Vec<&'a Node>) {
    match &node.kind {
        Kind::Object(_) if node.get(name).is_some() => found.push(node),
        Kind::Object(members) => members.iter().for_each(|member| each(&member.value, name, found)),
        Kind::Array(items) => items.iter().for_each(|item| each(item, name, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_a_mapping() {
        for (name, title) in Mapping::presets() {
            let mapping = Mapping::preset(name).unwrap();
            assert!(mapping != Mapping::default() && !title.is_empty(), "{name}");
        }
        assert_eq!(Mapping::preset("x"), None);
    }

    #[test]
    fn the_parts_of_an_exchange_are_named_by_pointers() {
        let mapping = Mapping::default().capture("url=/a/b, method=/m").unwrap().capture.unwrap();
        assert_eq!((mapping.url, mapping.method), (vec!["/a/b".to_owned()], vec!["/m".to_owned()]));
        assert!(Mapping::default().capture("url=a").unwrap_err().contains("url=/url"));
        assert!(Mapping::default().capture("uri=/a").unwrap_err().contains("uri"));
        assert!(Mapping::default().capture("method=/a").unwrap_err().contains("url="));
    }
}
