//! The records in a record: a line may hold an array, a HAR or several values.

use std::ops::{ControlFlow, Range};

use super::block::{Part, PartKind};
use super::find::ENTRIES;
use super::looks;
use super::values::divided;

/// A record in a record may hold records itself, but not deeper than that.
const DEEPEST: usize = 2;

/// A record, or what is around the items of an array.
pub(crate) enum Piece {
    /// A record.
    Record {
        range: Range<usize>,
        /// Its place in its array as a JSON Pointer; empty when it is not an item.
        name: String,
        /// Whether it is an entry of a HAR.
        is_entry: bool,
    },
    /// The text around items.
    Frame(Part),
}

/// Gives each record in a part of a text, in order.
pub(crate) fn pieces(
    text: &[u8],
    range: Range<usize>,
    arrays: &[String],
    each: &mut dyn FnMut(Piece) -> ControlFlow<()>,
) -> ControlFlow<()> {
    below(text, range, arrays, (String::new(), false), 0, each)
}

fn below(
    text: &[u8],
    range: Range<usize>,
    arrays: &[String],
    (name, is_entry): (String, bool),
    depth: usize,
    each: &mut dyn FnMut(Piece) -> ControlFlow<()>,
) -> ControlFlow<()> {
    // `[2024-01-26 15:20:00] …` is a line of a log.
    let is_log = text[range.clone()].starts_with(b"[") && looks::looks_like(&text[range.clone()]).is_some();
    let divisions = if depth < DEEPEST && !is_log { divided(&text[range.clone()], arrays) } else { Vec::new() };
    let is_record = |parts: &[Part]| matches!(parts, [Part { kind: PartKind::Record, index: None, .. }]);
    if divisions.len() <= 1 && divisions.iter().all(|(_, parts)| is_record(parts)) {
        return each(Piece::Record { range, name, is_entry });
    }
    for (base, parts) in divisions {
        for part in parts {
            let part = part.moved(range.start);
            match (&part.kind, part.index) {
                (PartKind::Frame { .. }, _) => each(Piece::Frame(part))?,
                (_, Some(index)) => {
                    let name = (format!("{name}{base}/{index}"), base == ENTRIES);
                    below(text, part.range, arrays, name, depth + 1, each)?;
                }
                (_, None) => below(text, part.range, arrays, (name.clone(), false), depth + 1, each)?,
            }
        }
    }
    ControlFlow::Continue(())
}
