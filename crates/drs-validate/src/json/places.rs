//! The places of a payload's bytes in the record that holds it.

use std::sync::Arc;

use crate::json::escape::{self, BadEscape, UNIT};
use crate::json::plain::plain;

/// The places of a payload's bytes in its record.
#[derive(Clone, Debug)]
pub(crate) enum Places {
    /// Side by side, from here on.
    At(usize),
    /// With escapes between them: pairs of a place in the payload and the same place in the record's text, which
    /// starts here.
    Escaped(Vec<(usize, usize)>, usize),
    /// In a payload that has places of its own: those of the inner, and then those of the outer.
    Through(Box<Places>, Arc<Places>),
    /// Encoded; all that can be said is where the encoded text starts.
    Inside(usize),
}

impl Places {
    /// The places of a payload that is a JSON string; `raw` is between its quotes.
    pub(crate) fn of_text(raw: &[u8], start: usize) -> Self {
        Self::Escaped(escapes(raw), start)
    }

    /// The same in a text that has places of its own.
    pub(crate) fn through(self, outer: &Arc<Self>) -> Self {
        match (self, &**outer) {
            (inner, Self::At(0)) => inner,
            (inner, _) => Self::Through(Box::new(inner), Arc::clone(outer)),
        }
    }

    /// Whether the text in these places is encoded.
    pub(crate) fn are_encoded(&self) -> bool {
        match self {
            Self::Inside(_) => true,
            Self::Through(inner, outer) => inner.are_encoded() || outer.are_encoded(),
            Self::At(_) | Self::Escaped(..) => false,
        }
    }

    /// The place in the record of a place in the payload.
    pub(crate) fn original(&self, offset: usize) -> usize {
        match self {
            Self::At(start) => start + offset,
            Self::Inside(start) => *start,
            Self::Through(inner, outer) => outer.original(inner.original(offset)),
            Self::Escaped(pairs, start) => {
                let before = pairs.partition_point(|(inner, _)| *inner <= offset).checked_sub(1);
                let (inner, outer) = before.map_or((0, 0), |index| pairs[index]);
                start + outer + (offset - inner)
            }
        }
    }
}

/// The places after each escape of a string: in the decoded string, and in the source. What the reader leaves out, a
/// control character or an unknown escape, has no bytes in the decoded string, and what is not UTF-8 has those of a
/// replacement character.
fn escapes(raw: &[u8]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let (mut inner, mut outer) = (0, 0);
    while outer < raw.len() {
        let plain = &raw[outer..][..plain(&raw[outer..])];
        for chunk in plain.utf8_chunks() {
            let (valid, invalid) = (chunk.valid().len(), chunk.invalid().len());
            (inner, outer) = (inner + valid, outer + valid);
            if invalid > 0 {
                (inner, outer) = (inner + char::REPLACEMENT_CHARACTER.len_utf8(), outer + invalid);
                pairs.push((inner, outer));
            }
        }
        let (length, width) = match raw.get(outer) {
            None => break,
            Some(b'\\') => match escape::decode(&raw[outer..]) {
                Ok((character, width)) => (character.len_utf8(), width),
                Err(BadEscape::Surrogate(_)) => (char::REPLACEMENT_CHARACTER.len_utf8(), UNIT),
                Err(_) => (0, 2),
            },
            Some(_) => (0, 1),
        };
        (inner, outer) = (inner + length, outer + width);
        pairs.push((inner, outer));
    }
    pairs
}
