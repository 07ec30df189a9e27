//! Exchanges whose request and response are on lines of their own, which share a key.

use std::collections::VecDeque;
use std::io::Read;
use std::ops::Range;

use drs_types::integer;

use super::Container;
use super::block::{Block, Part, PartKind, Parts};
use super::lines::Lines;
use super::log::{Form, LogCall, Piece};
use super::position::{Position, Segment};
use super::window::Window;
use crate::json::reader;
use crate::json::tree::{Kind, Node};
use crate::mapping::{Capture, Pairing, at, find};

/// So many lines may wait for the other one of their exchange; one that has not found it by then never will.
const MOST_OPEN: usize = 1024;

/// The exchanges of lines.
#[derive(Debug)]
pub(super) struct Pairs {
    pairing: Pairing,
    open: VecDeque<Half>,
    /// What is ready to be given.
    text: Vec<u8>,
    segments: Vec<Segment>,
    parts: Vec<Part>,
}

/// One line of an exchange.
#[derive(Debug)]
struct Half {
    key: String,
    line: Vec<u8>,
    start: Position,
    /// What a request calls; a response does not say it.
    call: Option<(String, String)>,
    status: Option<u16>,
    body: Option<(Range<usize>, Form)>,
}

impl<R: Read> Container<R> for Pairs {
    fn next(&mut self, window: &mut Window<R>) -> Option<Block> {
        let Some(mut block) = Lines.next(window) else {
            while let Some(half) = self.open.pop_front() {
                self.alone(half);
            }
            let (text, segments, parts) = self.ready()?;
            return Some(window.block(text, segments, Parts::Each(parts)));
        };
        let mut cursor = block.cursor();
        for part in block.parts() {
            let start = cursor.go_to(part.range.start);
            let line = &block.text[part.range.clone()];
            match Half::of(line, start, &self.pairing).filter(|_| part.kind == PartKind::Record) {
                Some(half) => self.half(half),
                None => self.other(line, start, part.kind),
            }
        }
        let (text, segments, parts) = self.ready().unwrap_or_default();
        (block.text, block.segments, block.parts) = (text, segments, Parts::Each(parts));
        Some(block)
    }
}

impl Pairs {
    pub(super) fn new(pairing: Pairing) -> Self {
        Self { pairing, open: VecDeque::new(), text: Vec::new(), segments: Vec::new(), parts: Vec::new() }
    }

    /// Takes a line that has a key: with the other one of its exchange, it is complete.
    fn half(&mut self, half: Half) {
        let is_other = |open: &Half| open.key == half.key && open.call.is_some() != half.call.is_some();
        let other = self.open.iter().position(is_other).and_then(|index| self.open.remove(index));
        match other {
            Some(other) if half.call.is_some() => self.call(Some(half), Some(other)),
            Some(other) => self.call(Some(other), Some(half)),
            None => {
                if self.open.len() == MOST_OPEN
                    && let Some(first) = self.open.pop_front()
                {
                    self.alone(first);
                }
                self.open.push_back(half);
            }
        }
    }

    fn alone(&mut self, half: Half) {
        if half.call.is_some() { self.call(Some(half), None) } else { self.call(None, Some(half)) }
    }

    /// Makes a record of an exchange.
    fn call(&mut self, request: Option<Half>, response: Option<Half>) {
        let start = self.text.len();
        let call = request.as_ref().and_then(|half| half.call.clone());
        let status = response.as_ref().and_then(|half| half.status);
        let mut piece = |half: Option<Half>| {
            let Half { line, start, body, .. } = half?;
            let from = self.text.len();
            self.segments.push((from, start));
            self.text.extend_from_slice(&line);
            self.text.push(b'\n');
            let (range, form) = body?;
            Some(Piece { range: from + range.start..from + range.end, form })
        };
        let (request, response) = (piece(request), piece(response));
        let call = LogCall { call, status, request, response };
        self.parts.push(Part { range: start..self.text.len(), kind: PartKind::Call(Box::new(call)), index: None });
    }

    /// Takes a line that is no half of an exchange.
    fn other(&mut self, line: &[u8], start: Position, kind: PartKind) {
        let from = self.text.len();
        self.segments.push((from, start));
        self.text.extend_from_slice(line);
        self.parts.push(Part { range: from..self.text.len(), kind, index: None });
        self.text.push(b'\n');
    }

    fn ready(&mut self) -> Option<(Vec<u8>, Vec<Segment>, Vec<Part>)> {
        let parts = std::mem::take(&mut self.parts);
        (!parts.is_empty()).then(|| (std::mem::take(&mut self.text), std::mem::take(&mut self.segments), parts))
    }
}

impl Half {
    /// The half of an exchange in a line; `None` when it has no key, or is damaged outside of its body.
    fn of(line: &[u8], start: Position, pairing: &Pairing) -> Option<Self> {
        let parsed = reader::parse(line);
        let root = parsed.root.as_ref()?;
        let Capture { method, url, status, request, response } = &pairing.capture;
        let text = |pointers: &[String]| find(root, pointers).and_then(|(node, _)| node.text()).map(str::to_owned);
        let key = match &at(root, &pairing.by)?.kind {
            Kind::String(key) => key.clone(),
            Kind::Number(key) => key.to_string(),
            _ => return None,
        };
        let call = text(url).map(|url| (text(method), url));
        let body = find(root, if call.is_some() { request } else { response }).and_then(|(node, _)| body(node));
        let inside = |offset: usize| body.as_ref().is_some_and(|(range, _)| range.contains(&offset));
        if !parsed.flaws.iter().all(|flaw| inside(flaw.at)) {
            return None;
        }
        let status = find(root, status).and_then(|(node, _)| match &node.kind {
            Kind::Number(number) => integer::of(number).and_then(|status| status.try_into().ok()),
            Kind::String(text) => text.parse().ok(),
            _ => None,
        });
        let call = match call {
            Some((Some(method), url)) => Some((method, url)),
            // Without a method, the URL alone does not say what is called.
            Some((None, _)) => return None,
            None => None,
        };
        Some(Self { key, line: line.to_vec(), start, call, status, body })
    }
}

/// The text of a body, and how the line has it.
fn body(node: &Node) -> Option<(Range<usize>, Form)> {
    match &node.kind {
        Kind::Null => None,
        Kind::String(text) if text.is_empty() => None,
        Kind::String(_) => Some((node.start + 1..node.end - 1, Form::Escaped)),
        _ => Some((node.start..node.end, Form::Plain)),
    }
}
