//! Debug logs of the vendor's Terraform providers: a call is several messages, of which other calls may come between.
//!
//! Terraform 1.x keeps the lines of a message, 0.12 to 0.14 put a prefix before every line, `TF_LOG=JSON` makes a string of
//! the message, and `go test` writes the date only.

use std::collections::VecDeque;
use std::io::Read;
use std::ops::Range;

use memchr::{memchr, memmem};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::block::{Block, Part, PartKind, Parts};
use super::encoding::Encoding;
use super::extent::Extent;
use super::position::{Position, Segment};
use super::window::Window;
use super::{BLOCK, Container};
use crate::json::places::Places;
use crate::json::reader;

mod line;

#[cfg(feature = "har")]
pub(crate) use line::without_prefixes;
use line::{Event, Side};
pub(crate) use line::{contents, is_log};

/// So many calls may be open at the same time; one that was not answered by then never will be.
const MOST_OPEN: usize = 1024;

/// So much of a log is looked at for the end of a body, and then twice as much.
const FIRST_WINDOW: usize = 1 << 12;

/// A call as a log has it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct LogCall {
    /// What is called; `None` when the log does not say to which call the bodies belong.
    pub(crate) call: Option<(String, String)>,
    pub(crate) status: Option<u16>,
    pub(crate) request: Option<Piece>,
    pub(crate) response: Option<Piece>,
}

/// The text of a body as the log has it, in the text of its block.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Piece {
    pub(crate) range: Range<usize>,
    pub(crate) form: Form,
}

/// How a log writes the lines of a body.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Form {
    /// As they are.
    #[default]
    Plain,
    /// With a prefix before each line after the first.
    Prefixed,
    /// In a JSON string.
    Escaped,
}

/// The calls of a log.
#[derive(Debug, Default)]
pub(super) struct Log {
    open: VecDeque<Open>,
    /// The body whose lines are read.
    body: Option<Body>,
    /// What is ready to be given.
    text: Vec<u8>,
    segments: Vec<Segment>,
    parts: Vec<Part>,
}

/// A call that may go on.
#[derive(Debug, Default)]
struct Open {
    id: Option<String>,
    call: Option<(String, String)>,
    status: Option<u16>,
    request: Option<Text>,
    response: Option<Text>,
}

/// A text out of the log.
#[derive(Debug)]
struct Text {
    raw: Vec<u8>,
    start: Position,
    form: Form,
}

/// A body, as far as it was read.
#[derive(Debug)]
struct Body {
    id: Option<String>,
    side: Side,
    text: Text,
    /// The same without prefixes.
    plain: Vec<u8>,
    extent: Extent,
    /// Whether its first line was the last one.
    is_new: bool,
}

impl<R: Read> Container<R> for Log {
    fn next(&mut self, window: &mut Window<R>) -> Option<Block> {
        while self.text.len() < BLOCK {
            window.source.fill_at_once(window.step());
            while memchr::memrchr(b'\n', window.ahead()).is_none() && !window.ended() {
                window.fill_more();
            }
            let length = match memchr::memrchr(b'\n', window.ahead()) {
                _ if window.ended() => window.ahead().len(),
                end => end.map_or(0, |end| end + 1),
            };
            if length == 0 {
                break;
            }
            let (text, mut position) = window.take(length);
            let encoding = window.source.encoding();
            let mut at = 0;
            while at < text.len() {
                let end = memchr(b'\n', &text[at..]).map_or(text.len(), |end| at + end + 1);
                self.line(&text[at..end], position, encoding);
                position.advance_line(&text[at..end], encoding);
                at = end;
                let body = self.rest_of_body(&text[at..]);
                position.advance(&text[at..at + body], encoding);
                at += body;
            }
            if window.source.live && !self.parts.is_empty() {
                break;
            }
        }
        if window.ended() && window.ahead().is_empty() {
            self.end_body();
            while let Some(open) = self.open.pop_front() {
                self.give(open);
            }
        }
        if self.parts.is_empty() {
            return None;
        }
        let (text, segments) = (std::mem::take(&mut self.text), std::mem::take(&mut self.segments));
        Some(window.block(text, segments, Parts::Each(std::mem::take(&mut self.parts))))
    }
}

impl Log {
    /// Takes the lines of a body that has just begun up to its end at once, when none of them can be anything else; returns how many
    /// bytes they have.
    fn rest_of_body(&mut self, text: &[u8]) -> usize {
        let Some(body) = &mut self.body else { return 0 };
        if !std::mem::take(&mut body.is_new) {
            return 0;
        }
        let mut extent = body.extent.clone();
        if extent.end(&body.plain).is_some() {
            return 0;
        }
        extent.shift(body.plain.len());
        if text.first().is_some_and(u8::is_ascii_digit) {
            return 0;
        }
        // In growing windows, so that a body without an end costs no more than the way to the next message.
        let (mut seen, mut size) = (0, FIRST_WINDOW);
        let end = loop {
            let window = &text[..size.min(text.len())];
            let end = extent.end(window);
            // The words of a message may be on both sides of the place where a window ends.
            if line::may_have_message(&window[seen..end.unwrap_or(window.len())])
                || (end.is_none() && size >= text.len())
            {
                return 0;
            }
            if let Some(end) = end {
                break end;
            }
            (seen, size) = (window.len().saturating_sub(line::LONGEST_WORD), 2 * size);
        };
        body.text.raw.extend_from_slice(&text[..end]);
        self.end_body();
        memchr(b'\n', &text[end..]).map_or(text.len(), |line| end + line + 1)
    }

    fn line(&mut self, raw: &[u8], position: Position, encoding: Encoding) {
        let line = raw.strip_suffix(b"\n").unwrap_or(raw);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.trim_ascii_start().starts_with(b"{") && self.body.is_none() {
            return self.json(line, position, encoding);
        }
        let kind = line::kind(line);
        if let Some(body) = &mut self.body {
            if !kind.starts_a_message(body.text.form) {
                if body.more(raw, &kind) {
                    self.end_body();
                }
                return;
            }
            self.end_body();
        }
        let after = kind.after_prefix();
        let Some((id, event)) = line::event(&line[after..]) else { return };
        let form = if kind.is_prefixed() { Form::Prefixed } else { Form::Plain };
        self.event(id, event, &mut |from| {
            let mut start = position;
            start.advance(&raw[..after + from], encoding);
            (raw[after + from..].to_vec(), start, form)
        });
        if self.body.as_ref().is_some_and(|body| body.extent.clone().end(&body.plain).is_some()) {
            self.close_body();
        }
    }

    /// A message as a string in JSON.
    fn json(&mut self, line: &[u8], position: Position, encoding: Encoding) {
        if !line::may_have_event(line) {
            return;
        }
        let Some((message, place)) = message(line) else { return };
        let Some((id, event)) = line::event(message.as_bytes()) else { return };
        let from = |at: usize| {
            let places = Places::of_text(&line[place.clone()], place.start);
            let start = places.original(at);
            let end = Extent::new(at).end(message.as_bytes()).map_or(place.end, |end| places.original(end));
            let mut position = position;
            position.advance(&line[..start], encoding);
            (line[start..end].to_vec(), position, Form::Escaped)
        };
        self.event(id, event, &mut { from });
        self.end_body();
    }

    /// Takes a message; `text` gives the text of the line from a place in the message on.
    fn event(&mut self, id: Option<String>, event: Event, text: &mut dyn FnMut(usize) -> (Vec<u8>, Position, Form)) {
        match event {
            Event::Url(method, url) => {
                let call = Some((method, url));
                // A call that is sent again was not answered, and one with a status has had its response.
                let is_over = |open: &Open| match (&open.id, &id) {
                    (None, None) => open.call == call || open.status.is_some(),
                    (known, id) => known == id,
                };
                let again = self.open.iter().position(is_over);
                if let Some(open) = again.and_then(|index| self.open.remove(index)) {
                    self.give(open);
                }
                if self.open.len() == MOST_OPEN
                    && let Some(open) = self.open.pop_front()
                {
                    self.give(open);
                }
                self.open.push_back(Open { id, call, ..Open::default() });
            }
            Event::Code(status) => {
                if let Some(open) = self.of(id.as_deref()) {
                    open.status = Some(status);
                }
            }
            Event::Body(side, at) => {
                let (raw, start, form) = text(at);
                let (plain, extent) = (raw.clone(), Extent::new(0));
                self.body = Some(Body { id, side, text: Text { raw, start, form }, plain, extent, is_new: true });
            }
            Event::NoBody(Side::Response) => self.close(id.as_deref()),
            Event::NoBody(Side::Request) => {}
        }
    }

    /// The open call that a message belongs to; none when there is a doubt.
    fn of(&mut self, id: Option<&str>) -> Option<&mut Open> {
        let index = self.index(id)?;
        self.open.get_mut(index)
    }

    fn index(&self, id: Option<&str>) -> Option<usize> {
        if let Some(index) = id.and_then(|id| self.open.iter().position(|open| open.id.as_deref() == Some(id))) {
            return Some(index);
        }
        // Without an id, or with one that the response does not share, the order decides while one call is open.
        let is_alike = |open: &Open| match (&open.id, id) {
            (None, None) => true,
            (Some(known), Some(id)) => known.ends_with("-0") && id.ends_with("-0"),
            _ => false,
        };
        let mut alike = self.open.iter().enumerate().filter(|(_, open)| is_alike(open)).map(|(index, _)| index);
        let first = alike.next()?;
        alike.next().is_none().then_some(first)
    }

    /// The body that was read goes to its call; without one, it is validated alone.
    fn end_body(&mut self) {
        let Some(Body { id, side, text, .. }) = self.body.take() else { return };
        let index = self.index(id.as_deref());
        match (index.and_then(|index| self.open.get_mut(index)), side) {
            (Some(open), Side::Request) => open.request = Some(text),
            (Some(open), Side::Response) => {
                open.response = Some(text);
                self.close(id.as_deref());
            }
            (None, side) => {
                // Nobody knows which of the open calls without an id it belongs to, nor what comes next for them.
                if id.is_none() {
                    for open in std::mem::take(&mut self.open) {
                        if open.id.is_none() { self.give(open) } else { self.open.push_back(open) }
                    }
                }
                let (request, response) = if side == Side::Request { (Some(text), None) } else { (None, Some(text)) };
                self.give(Open { request, response, ..Open::default() });
            }
        }
    }

    /// Ends a body at the end of its value.
    fn close_body(&mut self) {
        if let Some(body) = &mut self.body
            && let Some(end) = body.extent.end(&body.plain)
        {
            body.text.raw.truncate(end);
        }
        self.end_body();
    }

    fn close(&mut self, id: Option<&str>) {
        if let Some(open) = self.index(id).and_then(|index| self.open.remove(index)) {
            self.give(open);
        }
    }

    /// Makes a record of a call.
    fn give(&mut self, open: Open) {
        let Open { call, status, request, response, .. } = open;
        let start = self.text.len();
        let mut piece = |text: Option<Text>| {
            let Text { raw, start, form } = text?;
            let from = self.text.len();
            self.segments.push((from, start));
            self.text.extend_from_slice(&raw);
            let range = from..self.text.len();
            // The end of a body is a place of its own, and not the start of the next one.
            self.text.push(b'\n');
            Some(Piece { range, form })
        };
        let (request, response) = (piece(request), piece(response));
        let call = LogCall { call, status, request, response };
        self.parts.push(Part { range: start..self.text.len(), kind: PartKind::Call(Box::new(call)), index: None });
    }
}

impl Body {
    /// Adds a line; returns whether the body ends in it.
    fn more(&mut self, raw: &[u8], kind: &line::Kind) -> bool {
        let before = self.text.raw.len();
        self.text.raw.extend_from_slice(raw);
        let Some(after) = kind.content(self.text.form) else { return false };
        let plain = self.plain.len();
        self.plain.extend_from_slice(&raw[after..]);
        // A body ends with a bracket; to look for the end at once takes fewer steps.
        if memchr::memchr2(b'}', b']', raw).is_none() {
            return false;
        }
        let end = self.extent.end(&self.plain);
        if let Some(end) = end {
            self.text.raw.truncate(before + after + end - plain);
        }
        end.is_some()
    }
}

/// A line in JSON.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, rename = "@message")]
    message: &'a RawValue,
}

/// The message of a line in JSON, and its place between the quotes.
fn message(line: &[u8]) -> Option<(String, Range<usize>)> {
    let quickly = || {
        let Line { message } = serde_json::from_slice(line).ok()?;
        let start = message.get().as_ptr().addr() - line.as_ptr().addr() + 1;
        Some((serde_json::from_str(message.get()).ok()?, start..start + message.get().len() - 2))
    };
    // A line with a mistake in it may still have a message.
    quickly().or_else(|| {
        let root = reader::parse(line).root?;
        let node = root.get("@message")?;
        Some((node.text()?.to_owned(), node.start + 1..node.end - 1))
    })
}

/// Whether a stream whose lines are objects is such a log.
pub(super) fn has_messages(start: &[u8]) -> bool {
    const FIRST: usize = 64;
    start.split(|byte| *byte == b'\n').take(FIRST).any(|line| memmem::find(line, b"\"@message\":").is_some())
}
