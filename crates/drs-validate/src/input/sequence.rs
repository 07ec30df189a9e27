//! JSON text sequences (RFC 7464): each value comes after the byte 1E.

use std::io::Read;

use memchr::{memchr, memchr_iter};

use super::Container;
use super::block::{Block, Part, PartKind, Parts};
use super::window::Window;

/// The byte before each value.
pub(super) const SEPARATOR: u8 = 0x1e;

/// The values of a sequence. A damaged value ends at the next separator.
#[derive(Debug)]
pub(super) struct Sequence;

impl<R: Read> Container<R> for Sequence {
    fn next(&mut self, window: &mut Window<R>) -> Option<Block> {
        loop {
            window.skip_space();
            if window.ahead().first() != Some(&SEPARATOR) {
                break;
            }
            window.skip(1);
        }
        if window.ahead().is_empty() {
            return None;
        }
        window.source.fill_at_once(window.step());
        let mut end = memchr::memrchr(SEPARATOR, window.ahead());
        while end.is_none() && !window.ended() && window.ahead().len() <= window.limit {
            window.fill_more();
            end = memchr(SEPARATOR, window.ahead());
        }
        if end.is_none() && window.ahead().len() > window.limit {
            return Some(too_large(window));
        }
        let end = if window.ended() { window.ahead().len() } else { end.unwrap_or(window.ahead().len()) };
        let (text, start) = window.take(end);
        let parts = divided(&text);
        Some(window.block(text, vec![(0, start)], Parts::Each(parts)))
    }
}

/// The values of a text, without blank ones.
fn divided(text: &[u8]) -> Vec<Part> {
    let ends = memchr_iter(SEPARATOR, text).chain([text.len()]);
    let mut start = 0;
    let parts = ends.filter_map(|end| {
        let from = std::mem::replace(&mut start, end + 1);
        let length = text[from..end].trim_ascii_end().len();
        let blanks = text[from..from + length].len() - text[from..from + length].trim_ascii_start().len();
        (length > 0).then(|| Part::record(from + blanks..from + length))
    });
    parts.collect()
}

/// Steps over a value with more bytes than allowed.
fn too_large<R: Read>(window: &mut Window<R>) -> Block {
    let start = window.start();
    loop {
        let end = memchr(SEPARATOR, window.ahead());
        window.skip(end.unwrap_or(window.ahead().len()));
        if end.is_some() || window.ended() {
            let part = Part { range: 0..0, kind: PartKind::TooLarge, index: None };
            return window.block(Vec::new(), vec![(0, start)], Parts::Each(vec![part]));
        }
        window.source.fill(window.step());
    }
}
