//! NDJSON: one value on each line.

use std::io::Read;

use memchr::{memchr, memrchr};

use super::block::{Block, Part, PartKind, Parts};
use super::window::Window;
use super::{BLOCK, Container};

/// The lines of a stream.
#[derive(Debug)]
pub(super) struct Lines;

impl<R: Read> Container<R> for Lines {
    fn next(&mut self, window: &mut Window<R>) -> Option<Block> {
        if window.ahead().is_empty() {
            window.source.fill(BLOCK.min(window.limit).max(1));
        }
        if window.ahead().is_empty() {
            return None;
        }
        let Some(first) = fill_line(window) else { return Some(too_large(window)) };
        window.source.fill_at_once(BLOCK.min(window.limit));
        let ahead = window.ahead();
        let end = if window.ended() { ahead.len() } else { memrchr(b'\n', ahead).map_or(first, |end| end + 1) };
        // The last line may be longer than allowed only when the stream has ended with it.
        let (text, start) = window.take(end.max(first));
        Some(window.block(text, vec![(0, start)], Parts::Lines))
    }
}

/// Reads until there is a whole line ahead; `None` when it is longer than allowed.
pub(super) fn fill_line<R: Read>(window: &mut Window<R>) -> Option<usize> {
    let mut searched = 0;
    loop {
        if let Some(end) = memchr(b'\n', &window.ahead()[searched..]) {
            return (searched + end <= window.limit).then_some(searched + end + 1);
        }
        searched = window.ahead().len();
        if searched > window.limit {
            return None;
        }
        if window.ended() {
            return Some(searched);
        }
        window.source.fill((searched * 2).max(BLOCK).min(window.limit.saturating_add(1)));
    }
}

/// Steps over a line that is longer than allowed.
fn too_large<R: Read>(window: &mut Window<R>) -> Block {
    let start = window.start();
    loop {
        let end = memchr(b'\n', window.ahead()).map(|end| end + 1);
        window.skip(end.unwrap_or(window.ahead().len()));
        if end.is_some() || (window.ended() && window.ahead().is_empty()) {
            let part = Part { range: 0..0, kind: PartKind::TooLarge, index: None };
            return window.block(Vec::new(), vec![(0, start)], Parts::Each(vec![part]));
        }
        window.source.ahead.shrink_to(BLOCK);
        window.source.fill(BLOCK.min(window.limit.saturating_add(1)));
    }
}
