//! The text of a body in a record, and where it is: JSON as it is, in a string, or in base64 and maybe compressed.

use std::borrow::Cow;
use std::ops::Range;
#[cfg(feature = "har")]
use std::sync::Arc;

use crate::finding::Finding;
#[cfg(feature = "har")]
use crate::finding::{Code, Severity};
#[cfg(feature = "har")]
use crate::json::packed;
use crate::json::places::Places;
#[cfg(feature = "har")]
use crate::json::tree::{Kind, Node};

/// The text of a body before it is known what it is.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    pub(crate) text: Cow<'a, [u8]>,
    pub(crate) places: Places,
    /// Its place in the record.
    pub(crate) range: Range<usize>,
    /// Why it cannot be decoded.
    pub(crate) broken: Option<Box<Finding>>,
}

#[cfg(feature = "har")]
impl<'a> Source<'a> {
    /// A body without a text, which would be here.
    pub(crate) fn empty(at: usize) -> Self {
        Self { text: Cow::Borrowed(b""), places: Places::Inside(at), range: at..at, broken: None }
    }

    /// The body in a node of a record. JSON that is called base64 is taken as it is.
    pub(crate) fn of(record: &'a [u8], node: &'a Node, base64: bool) -> Self {
        let range = node.start..node.end;
        let inside = |text, broken| Source { text, places: Places::Inside(node.start), range: range.clone(), broken };
        let broken = |finding: Finding| Some(Finding { offset: node.start, ..finding }.into());
        if let Some(bytes) = base64.then(|| packed::from_base64(node)).flatten() {
            return match packed::unpacked(&bytes) {
                Ok(plain) => inside(Cow::Owned(plain), None),
                Err(finding) => inside(Cow::Borrowed(b""), broken(*finding)),
            };
        }
        match &node.kind {
            Kind::Null => inside(Cow::Borrowed(b""), None),
            // What cannot be read may hold a secret, so that nothing of it is shown.
            Kind::String(inner) if base64 && !inner.trim_start().starts_with(['{', '[']) => {
                let expected = "base64, or JSON as it is";
                let finding = Finding::new(Code::SyntaxError, Severity::Error, "", expected, "neither");
                inside(Cow::Borrowed(b""), broken(finding))
            }
            Kind::String(inner) => {
                let places = Places::of_text(&record[node.start + 1..node.end - 1], node.start + 1);
                Source { text: Cow::Borrowed(inner.as_bytes()), places, range, broken: None }
            }
            _ => Source {
                text: Cow::Borrowed(&record[range.clone()]),
                places: Places::At(node.start),
                range,
                broken: None,
            },
        }
    }

    /// The same in a text that has places of its own.
    pub(crate) fn through(self, outer: &Arc<Places>) -> Self {
        let range = outer.original(self.range.start)..outer.original(self.range.end);
        let broken = self.broken.map(|mut finding| {
            finding.offset = outer.original(finding.offset);
            finding
        });
        Self { text: self.text, places: self.places.through(outer), range, broken }
    }

    /// Says how the body was compressed, when that is why it cannot be read.
    pub(crate) fn note_encoding(&mut self, encoding: Option<&str>) {
        let Some(encoding) = encoding.filter(|_| std::str::from_utf8(&self.text).is_err()) else { return };
        let expected = "a body that is compressed with gzip, deflate or zstd, or not at all";
        let found = format!("Content-Encoding: {encoding}");
        let finding = Finding::new(Code::SyntaxError, Severity::Error, "", expected, found);
        self.broken = Some(Finding { offset: self.range.start, ..finding }.into());
    }

    /// Whether the record has it as it is.
    pub(crate) fn is_in_place(&self) -> bool {
        matches!(self.places, Places::At(_))
    }
}
