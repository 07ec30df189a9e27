//! JSON values, one after the other: pretty-printed, side by side, or a single one. Of an array, and of a value that holds an
//! array of records, each item is a record.

use std::io::Read;

use memchr::memmem;

use super::block::{Block, Part, PartKind, Parts};
use super::extent::Extent;
use super::find::{self, Search, skip_space};
use super::items::{self, Items, skip_extent};
use super::looks;
use super::window::Window;
use super::{BLOCK, Container};

/// The values of a stream.
#[derive(Debug)]
pub(super) struct Values {
    /// The arrays whose items are records.
    pointers: Vec<String>,
    /// Whether all that follows a value belongs to it.
    is_one: bool,
    /// Whether there must be a value.
    is_due: bool,
    /// The array of which the items are read.
    items: Option<Items>,
    /// How many values had no end.
    recovered: usize,
}

/// After so many values without an end, the rest is one record: to look for the end of each costs a walk over the rest.
const MOST_DAMAGED: usize = 64;

impl Values {
    pub(super) fn new(pointers: Vec<String>, is_one: bool, is_due: bool) -> Self {
        Self { pointers, is_one, is_due, items: None, recovered: 0 }
    }

    /// The value that starts here, of which the window shows all that is needed.
    fn value<R: Read>(&mut self, window: &mut Window<R>) -> Option<Block> {
        if self.is_one {
            while !window.ended() && window.ahead().len() <= window.limit {
                window.fill_more();
            }
            let is_too_large = window.ahead().len() > window.limit;
            window.source.ended |= is_too_large;
            let (text, start) = window.take(window.ahead().len());
            return Some(record(window, if is_too_large { Vec::new() } else { text }, start, is_too_large));
        }
        let (mut extent, mut walk) = (Extent::new(0), None);
        loop {
            let ahead = window.ahead();
            walk = walk.or_else(|| if is_open(ahead) { extent.end(ahead) } else { Some(0) });
            let closed = walk.filter(|end| *end == 0 || is_closed(&ahead[..*end]));
            let end = closed.and_then(|end| end_of_record(ahead, end, window.ended() || window.source.live));
            let is_lost = end.is_none() && (walk != closed || window.ended() || ahead.len() > window.limit);
            let end = end.or_else(|| {
                self.recovered += usize::from(is_lost);
                let next = if is_lost && self.recovered <= MOST_DAMAGED { next_line(ahead, 0) } else { None };
                next.or_else(|| window.ended().then_some(ahead.len()))
            });
            if let Some(end) = end {
                let (text, start) = window.take(end);
                return Some(record(window, text, start, false));
            }
            let length = ahead.len();
            if length > window.limit {
                let start = window.start();
                match walk {
                    Some(_) => window.skip(length),
                    None => skip_extent(window, extent),
                }
                return Some(record(window, Vec::new(), start, true));
            }
            window.fill_more();
        }
    }

    /// Several small values at once.
    fn small_values<R: Read>(&self, window: &mut Window<R>) -> Option<Block> {
        if self.is_one {
            return None;
        }
        let ahead = window.ahead();
        let (mut parts, mut at) = (Vec::new(), 0);
        while at < BLOCK && matches!(ahead.get(at), Some(b'{')) {
            let Some(end) = find::skip(ahead, at) else { break };
            let next = skip_space(ahead, end);
            let is_next = matches!(ahead.get(next), Some(b'{' | b'['));
            if !is_next || find::array(&ahead[..end], at, &self.pointers, true) != Search::Nothing {
                break;
            }
            parts.push(Part::record(at..end));
            at = next;
        }
        if parts.is_empty() {
            return None;
        }
        let (text, start) = window.take(at);
        Some(window.block(text, vec![(0, start)], Parts::Each(parts)))
    }
}

impl<R: Read> Container<R> for Values {
    fn next(&mut self, window: &mut Window<R>) -> Option<Block> {
        if let Some(items) = &mut self.items
            && let Some(block) = items.next(window)
        {
            return Some(block);
        }
        self.items = None;
        window.skip_space();
        if window.ahead().is_empty() && !std::mem::take(&mut self.is_due) {
            return None;
        }
        self.is_due = false;
        window.source.fill_at_once(window.step());
        if let Some(block) = self.small_values(window) {
            return Some(block);
        }
        // `[2024-01-26 15:20:00] …` is a line of a log.
        if window.ahead().first() == Some(&b'[') && looks::looks_like(window.ahead()).is_some() {
            return self.value(window);
        }
        loop {
            match find::array(window.ahead(), 0, &self.pointers, window.ended()) {
                Search::Array { open, depth, pointer } => {
                    let mut items = Items::open(window, open + 1, depth, pointer, self.is_one);
                    let block = items.next(window);
                    self.items = Some(items);
                    return block;
                }
                Search::More if window.ahead().len() <= window.limit => drop(window.fill_more()),
                Search::More | Search::Nothing => return self.value(window),
            }
        }
    }
}

fn record<R: Read>(window: &mut Window<R>, text: Vec<u8>, start: super::Position, is_too_large: bool) -> Block {
    let kind = if is_too_large { PartKind::TooLarge } else { PartKind::Record };
    let part = Part { range: 0..text.len(), kind, index: None };
    window.block(text, vec![(0, start)], Parts::Each(vec![part]))
}

/// Whether the first bracket and the last one belong together.
pub(super) fn is_closed(text: &[u8]) -> bool {
    matches!((text.first(), text.last()), (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']')))
}

fn is_open(text: &[u8]) -> bool {
    matches!(text.first(), Some(b'{' | b'['))
}

/// The end of a record whose value ends here. What follows and does not start the next value belongs to it.
fn end_of_record(text: &[u8], end: usize, is_all: bool) -> Option<usize> {
    let next = skip_space(text, end);
    match text.get(next) {
        Some(b'{' | b'[' | &super::sequence::SEPARATOR) if end > 0 => Some(end),
        None if is_all => Some(end.max(next)),
        None => None,
        Some(_) => next_line(text, next).or(is_all.then_some(text.len())),
    }
}

/// The start of the next line that starts a value.
fn next_line(text: &[u8], at: usize) -> Option<usize> {
    let find = |start: &[u8]| memmem::find(&text[at..], start).map(|found| at + found + 1);
    [find(b"\n{"), find(b"\n["), find(b"\n\x1e")].into_iter().flatten().min()
}

/// Some parts of a text, and the array whose items they are, as a JSON Pointer.
pub(super) type Division = (String, Vec<Part>);

/// The parts of a text in memory; a text that is one record has one part.
pub(super) fn divided(text: &[u8], pointers: &[String]) -> Vec<Division> {
    let (mut divisions, mut at) = (Vec::new(), skip_space(text, 0));
    // A HAR may have a byte order mark.
    let mark = if text[at..].starts_with(b"\xef\xbb\xbf{") { 3 } else { 0 };
    loop {
        let start = if divisions.is_empty() { at + mark } else { at };
        let next = next_value(text, start);
        let (end, division) = match find::array(text, start, pointers, true) {
            Search::Array { open, depth, pointer } => {
                let (items, end) = items::divided(text, at, open + 1, depth, next.is_none());
                (end, (pointer, items))
            }
            _ => {
                let start = if divisions.is_empty() { 0 } else { at };
                let end = next.unwrap_or(text.len());
                (end, (String::new(), vec![Part::record(start..end)]))
            }
        };
        divisions.push(division);
        at = skip_space(text, end);
        if next.is_none() || at >= text.len() {
            return divisions;
        }
    }
}

/// Whether another value follows the first one.
pub(super) fn is_followed(text: &[u8]) -> bool {
    next_value(text, 0).is_some()
}

/// The end of a value that is followed by another one.
fn next_value(text: &[u8], at: usize) -> Option<usize> {
    let end = if is_open(&text[at..]) { find::skip(text, at)? } else { return None };
    matches!(text.get(skip_space(text, end)), Some(b'{' | b'[')).then_some(end)
}
