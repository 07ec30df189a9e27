//! The items of an array, one after the other, and the text around them.

use std::io::Read;

use super::BLOCK;
use super::block::{Block, Part, PartKind, Parts};
use super::extent::Extent;
use super::find::{skip, skip_space};
use super::position::Segment;
use super::values::is_closed;
use super::window::Window;

/// An array of records, as far as it was read.
#[derive(Debug)]
pub(super) struct Items {
    /// The pointer of the array.
    base: String,
    /// In how many brackets it is.
    depth: usize,
    /// The text from the start of the value to the opening bracket.
    before: Vec<u8>,
    before_at: Segment,
    /// Whether the rest of the stream belongs to this value.
    to_the_end: bool,
    walk: Walk,
}

/// The way over the items.
#[derive(Clone, Copy, Debug, Default)]
struct Walk {
    index: usize,
    state: State,
    /// How many damaged items had an end that was looked for.
    recovered: usize,
}

/// After so many damaged items, the rest of an array is one record: to look for the end of each costs a walk over the rest.
const MOST_DAMAGED: usize = 64;

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum State {
    /// After the opening bracket.
    #[default]
    First,
    /// After a comma.
    Next,
    /// At the closing bracket.
    Closed,
    /// The array has no end, or one that cannot be found.
    Lost,
    /// Everything was given.
    Over,
}

impl Items {
    /// At the start of a value, of which so many bytes lead up to the items.
    pub(super) fn open<R: Read>(
        window: &mut Window<R>,
        length: usize,
        depth: usize,
        base: String,
        to_the_end: bool,
    ) -> Self {
        let (before, start) = window.take(length);
        Self { base, depth, before, before_at: (0, start), to_the_end, walk: Walk::default() }
    }

    /// The next items, or at last what is around them.
    pub(super) fn next<R: Read>(&mut self, window: &mut Window<R>) -> Option<Block> {
        loop {
            match self.walk.state {
                State::Over => return None,
                State::Closed | State::Lost => return Some(self.frame(window)),
                State::First | State::Next => {}
            }
            if window.ahead().is_empty() && !window.ended() {
                window.source.fill(window.step());
            }
            window.source.fill_at_once(window.step());
            let mut walk = self.walk;
            let (parts, used) = walk.over(window.ahead(), window.ended());
            if parts.is_empty() && used == 0 && !matches!(walk.state, State::Closed | State::Lost) {
                if window.ahead().len() > window.limit {
                    return Some(self.too_large(window));
                }
                window.fill_more();
                continue;
            }
            self.walk = walk;
            let (mut text, start) = window.take(used);
            if let Some(last) = parts.last() {
                // A closing bracket in the place of an item is a record, and closes the array.
                text.extend_from_slice(&window.ahead()[..last.range.end.saturating_sub(used)]);
                let mut block = window.block(text, vec![(0, start)], Parts::Each(parts));
                block.base.clone_from(&self.base);
                return Some(block);
            }
        }
    }

    /// Steps over an item with more bytes than allowed.
    fn too_large<R: Read>(&mut self, window: &mut Window<R>) -> Block {
        let blank = skip_space(window.ahead(), 0);
        window.skip(blank);
        let start = window.start();
        if matches!(window.ahead().first(), Some(b'{' | b'[')) {
            skip_extent(window, Extent::new(0));
        } else {
            skip_scalar(window);
        }
        window.skip_space();
        match window.ahead().first() {
            Some(b',') => {
                window.skip(1);
                self.walk.state = State::Next;
            }
            Some(b']') => self.walk.state = State::Closed,
            _ => self.walk.state = State::Lost,
        }
        let part = Part { range: 0..0, kind: PartKind::TooLarge, index: Some(self.walk.index) };
        self.walk.index += 1;
        let mut block = window.block(Vec::new(), vec![(0, start)], Parts::Each(vec![part]));
        block.base.clone_from(&self.base);
        block
    }

    /// What is around the items.
    fn frame<R: Read>(&mut self, window: &mut Window<R>) -> Block {
        let is_whole = self.walk.state == State::Closed;
        self.walk.state = State::Over;
        let length = after(window, self.depth, self.to_the_end || !is_whole);
        let (after, start) = window.take(length);
        let mut text = std::mem::take(&mut self.before);
        let before = text.len();
        text.extend_from_slice(&after);
        let kind = PartKind::Frame { before, after: before, is_whole };
        let part = Part { range: 0..text.len(), kind, index: None };
        window.block(text, vec![self.before_at, (before, start)], Parts::Each(vec![part]))
    }
}

/// The length of what follows the items of an array in so many brackets.
fn after<R: Read>(window: &mut Window<R>, depth: usize, to_the_end: bool) -> usize {
    let mut extent = Extent::inside(0, depth + 1);
    loop {
        if !to_the_end && let Some(end) = extent.end(window.ahead()) {
            return end;
        }
        if window.ended() || window.ahead().len() > window.limit {
            return window.ahead().len();
        }
        window.fill_more();
    }
}

/// Steps over what is too large to be kept.
pub(super) fn skip_extent<R: Read>(window: &mut Window<R>, mut extent: Extent) {
    loop {
        let end = extent.end(window.ahead());
        let used = end.unwrap_or(window.ahead().len());
        window.skip(used);
        extent.shift(used);
        if end.is_some() || window.ended() {
            return;
        }
        window.source.ahead.shrink_to(BLOCK);
        window.source.fill(window.step());
    }
}

/// Steps over a string or a word that is too large to be kept.
fn skip_scalar<R: Read>(window: &mut Window<R>) {
    let is_string = window.ahead().first() == Some(&b'"');
    let mut escaped = false;
    window.skip(usize::from(is_string));
    loop {
        let is_end = |byte: &u8| match byte {
            _ if !is_string => matches!(byte, b',' | b']' | b'\n' | b' '),
            _ if std::mem::take(&mut escaped) => false,
            b'\\' => {
                escaped = true;
                false
            }
            _ => *byte == b'"',
        };
        let end = window.ahead().iter().position(is_end);
        window.skip(end.map_or(window.ahead().len(), |end| end + usize::from(is_string)));
        if end.is_some() || window.ended() {
            return;
        }
        window.source.fill(window.step());
    }
}

/// The parts of a value that is in memory, of which the items start here.
pub(super) fn divided(text: &[u8], start: usize, items: usize, depth: usize, to_the_end: bool) -> (Vec<Part>, usize) {
    let mut walk = Walk::default();
    let (mut parts, mut at) = (Vec::new(), items);
    while matches!(walk.state, State::First | State::Next) {
        let (more, used) = walk.over(&text[at..], true);
        parts.extend(more.into_iter().map(|part| part.moved(at)));
        at += used;
    }
    let is_whole = walk.state == State::Closed;
    let end = if to_the_end || !is_whole { None } else { Extent::inside(at, depth + 1).end(text) };
    let end = end.unwrap_or(text.len());
    let kind = PartKind::Frame { before: items, after: at, is_whole };
    parts.push(Part { range: start..end, kind, index: None });
    (parts, end)
}

impl Walk {
    /// The items of a text that starts after a bracket or a comma, and how many of its bytes are used. Without an item,
    /// more of the text is needed.
    fn over(&mut self, text: &[u8], ended: bool) -> (Vec<Part>, usize) {
        let (mut parts, mut used) = (Vec::new(), 0);
        while used < BLOCK && matches!(self.state, State::First | State::Next) {
            let start = skip_space(text, used);
            match text.get(start) {
                None if !ended => break,
                Some(b']') if self.state == State::First => {
                    self.state = State::Closed;
                    used = start;
                    break;
                }
                // The array ends after its bracket.
                None if self.state == State::First => {
                    self.state = State::Lost;
                    used = start;
                    break;
                }
                _ => {}
            }
            let Some((end, next)) = self.item(text, used, start, ended) else { break };
            parts.push(Part { range: start..end, kind: PartKind::Record, index: Some(self.index) });
            self.index += 1;
            (self.state, used) = next;
        }
        (parts, used)
    }

    /// Where the item ends that starts here, and how it goes on; `None` when more of the text is needed.
    fn item(&mut self, text: &[u8], used: usize, start: usize, ended: bool) -> Option<(usize, (State, usize))> {
        let is_open = matches!(text.get(start), Some(b'{' | b'['));
        let end = match skip(text, start) {
            Some(end) if is_open && !is_closed(&text[start..end]) && ended => {
                return Some(self.recovered(text, used, start));
            }
            Some(end) if is_open && !is_closed(&text[start..end]) => return None,
            Some(end) => end,
            None if ended && !matches!(text.get(start), Some(b'{' | b'[' | b'"')) => text.len(),
            None if ended => return Some(self.recovered(text, used, start)),
            None => return None,
        };
        let next = skip_space(text, end);
        match text.get(next) {
            // A comma or a bracket in the place of an item is a record that is not a value.
            Some(b',') if end == start => Some((start + 1, (State::Next, start + 1))),
            Some(b']') if end == start => Some((start + 1, (State::Closed, start))),
            Some(b',') => Some((end, (State::Next, next + 1))),
            Some(b']') => Some((end, (State::Closed, next))),
            _ if !ended => None,
            None => Some((end, (State::Lost, end))),
            Some(_) => Some(self.recovered(text, used, start)),
        }
    }

    /// Where a damaged item ends: before the next line that starts as its own does, else at the end of the text.
    fn recovered(&mut self, text: &[u8], used: usize, start: usize) -> (usize, (State, usize)) {
        self.recovered += 1;
        let next = if self.recovered <= MOST_DAMAGED { next_like(text, used, start) } else { None };
        match next {
            Some(next) => (text[..next].trim_ascii_end().len().max(start), (State::Next, next)),
            None => (text.len(), (State::Lost, text.len())),
        }
    }
}

/// The start of the next line that starts as the line of this item does.
fn next_like(text: &[u8], used: usize, start: usize) -> Option<usize> {
    let line = memchr::memrchr(b'\n', &text[used..start]).map(|at| used + at);
    let line = line?;
    let indent = &text[line..=start];
    let is_blank = text[line..start].iter().all(u8::is_ascii_whitespace);
    let next = memchr::memmem::find(&text[start..], indent)?;
    (is_blank && matches!(indent, [.., b'{' | b'[']) && next > 0).then_some(start + next + indent.len() - 1)
}
