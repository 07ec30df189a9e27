//! Reads JSON and reports every mistake in it.
//!
//! A reader for payloads under suspicion: where `serde_json` stops at the first mistake or passes one over in silence
//! (a duplicate key), this one says where it is and goes on as far as it makes sense.

mod string;

use std::collections::HashSet;
use std::ops::Range;

use drs_types::pointer;
use serde_json::Number;

use crate::finding::Code;
use crate::finding::difference::short;
use crate::finding::list::ROOM;
use crate::json::BYTE_ORDER_MARK;
use crate::json::tree::{Complete, Gap, Kind, Member, Node, Partial};
use crate::limits::{LIMITS, Limits};

/// A mistake in the text itself.
#[derive(Debug)]
pub(crate) struct Flaw {
    pub(crate) code: Code,
    pub(crate) at: usize,
    pub(crate) pointer: String,
    pub(crate) expected: &'static str,
    pub(crate) found: String,
}

/// The outcome of a reading.
#[derive(Debug)]
pub(crate) struct Parsed<T = Complete> {
    /// The value; `None` when the text cannot be read to its end.
    pub(crate) root: Option<T>,
    /// What is wrong with the text, in its order.
    pub(crate) flaws: Vec<Flaw>,
    /// How many values it has; a skipped object counts as one.
    pub(crate) values: usize,
    /// Whether more is wrong than there was room for.
    pub(crate) has_more_flaws: bool,
}

/// Reads a source that should be one JSON value.
pub(crate) fn parse(text: &[u8]) -> Parsed {
    parse_within(LIMITS, text, &[])
}

/// The same without the objects that are known to be clean, whose places are given in their order.
pub(crate) fn parse_around(text: &[u8], clean: &[Range<usize>]) -> Parsed<Partial> {
    parse_within(LIMITS, text, clean)
}

fn parse_within<G: Gap>(limits: Limits, text: &[u8], clean: &[Range<usize>]) -> Parsed<Node<G>> {
    let mut reader = Reader { text, limits, at: 0, clean, path: Vec::new(), values: 0, flaws: Vec::new(), room: ROOM };
    if let Some(encoding) = wide_encoding(text) {
        reader.flaw(Code::InvalidUtf8, 0, "", encoding);
        return reader.parsed(None);
    }
    if text.starts_with(BYTE_ORDER_MARK) {
        reader.flaw(Code::ByteOrderMark, 0, "", "EF BB BF");
        reader.at = BYTE_ORDER_MARK.len();
    }
    let root = reader.value(0);
    if root.is_some() {
        reader.skip_space();
        if reader.at < text.len() {
            let found = reader.rest();
            reader.flaw(Code::TrailingCharacters, reader.at, "", found);
        }
    }
    reader.parsed(root)
}

/// The encoding of a source whose every character takes several bytes: the first one of JSON is in ASCII.
fn wide_encoding(text: &[u8]) -> Option<&'static str> {
    match text {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] | [0, 0, 0, 1..=255, ..] | [1..=255, 0, 0, 0, ..] => {
            Some("UTF-32")
        }
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 1..=255, 0, 1..=255, ..] | [1..=255, 0, 1..=255, 0, ..] => {
            Some("UTF-16")
        }
        _ => None,
    }
}

/// One step of the way from the root to here. Only a flaw makes a pointer of it.
enum Step {
    /// Into the member whose key is there.
    Key(Range<usize>),
    /// Into an item.
    Index(usize),
}

struct Reader<'a> {
    text: &'a [u8],
    limits: Limits,
    at: usize,
    /// The clean objects from here on.
    clean: &'a [Range<usize>],
    path: Vec<Step>,
    values: usize,
    flaws: Vec<Flaw>,
    /// How many bytes more flaws may take.
    room: usize,
}

impl Reader<'_> {
    fn parsed<T>(self, root: Option<T>) -> Parsed<T> {
        Parsed { root, flaws: self.flaws, values: self.values, has_more_flaws: self.room == 0 }
    }

    fn flaw(&mut self, code: Code, at: usize, expected: &'static str, found: impl Into<String>) {
        if self.room == 0 {
            return;
        }
        let part = |step: &Step| match step {
            Step::Index(index) => format!("/{index}"),
            Step::Key(range) => {
                let raw = &self.text[range.clone()];
                let key = serde_json::from_slice(raw).unwrap_or_else(|_| {
                    let inner = raw.get(1..raw.len() - 1).unwrap_or_default();
                    String::from_utf8_lossy(inner).into_owned()
                });
                pointer::join("", &key)
            }
        };
        let pointer: String = self.path.iter().map(part).collect();
        self.room = self.room.saturating_sub(size_of::<Flaw>() + pointer.len());
        self.flaws.push(Flaw { code, at, pointer, expected, found: short(found.into()) });
    }

    /// The value here; `None` when the text cannot be read any further.
    fn value<G: Gap>(&mut self, depth: usize) -> Option<Node<G>> {
        self.skip_space();
        let start = self.at;
        if let Some(gap) = G::CLEAN
            && let Some(end) = self.end_of_clean(start)
        {
            self.at = end;
            return Some(Node { start, end, kind: Kind::Gap(gap) });
        }
        self.values += 1;
        if self.values > self.limits.record_values {
            self.flaw(
                Code::TooLarge,
                start,
                "a record with fewer values",
                format!("more than {}", self.limits.record_values),
            );
            return None;
        }
        if depth >= self.limits.depth && matches!(self.peek(), Some(b'{' | b'[')) {
            self.flaw(Code::NestingTooDeep, start, "at most 127 levels", "");
            return None;
        }
        let kind = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Kind::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true", Kind::Bool(true))?,
            Some(b'f') => self.word("false", Kind::Bool(false))?,
            Some(b'n') => self.word("null", Kind::Null)?,
            _ => return self.unexpected("a value"),
        };
        Some(Node { start, end: self.at, kind })
    }

    /// Where the object that starts here ends, when it is clean.
    fn end_of_clean(&mut self, start: usize) -> Option<usize> {
        while let [first, rest @ ..] = self.clean
            && first.start <= start
        {
            self.clean = rest;
            if first.start == start {
                return Some(first.end);
            }
        }
        None
    }

    fn object<G: Gap>(&mut self, depth: usize) -> Option<Kind<G>> {
        self.at += 1;
        let mut members: Vec<Member<G>> = Vec::new();
        let mut keys = HashSet::new();
        self.skip_space();
        if self.take(b'}') {
            return Some(Kind::Object(members));
        }
        loop {
            self.skip_space();
            let key_start = self.at;
            if self.peek() != Some(b'"') {
                return self.unexpected("a name in quotes");
            }
            let key = self.string()?;
            self.path.push(Step::Key(key_start..self.at));
            if is_known(&key, &members, &mut keys) {
                self.flaw(Code::DuplicateKey, key_start, "", "");
            }
            self.skip_space();
            if !self.take(b':') {
                return self.unexpected("a colon");
            }
            let value = self.value(depth + 1)?;
            self.path.pop();
            members.push(Member { key, key_start, value });
            self.skip_space();
            if self.take(b'}') {
                return Some(Kind::Object(members));
            }
            if !self.take(b',') {
                return self.unexpected("a comma or a closing brace");
            }
        }
    }

    fn array<G: Gap>(&mut self, depth: usize) -> Option<Kind<G>> {
        self.at += 1;
        let mut elements = Vec::new();
        self.skip_space();
        if self.take(b']') {
            return Some(Kind::Array(elements));
        }
        loop {
            self.path.push(Step::Index(elements.len()));
            elements.push(self.value(depth + 1)?);
            self.path.pop();
            self.skip_space();
            if self.take(b']') {
                return Some(Kind::Array(elements));
            }
            if !self.take(b',') {
                return self.unexpected("a comma or a closing bracket");
            }
        }
    }

    fn number<G>(&mut self) -> Option<Kind<G>> {
        let start = self.at;
        let end = self.text[start..]
            .iter()
            .position(|byte| !matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
            .map_or(self.text.len(), |length| start + length);
        let digits = String::from_utf8_lossy(&self.text[start..end]).into_owned();
        match digits.parse::<Number>() {
            Ok(number) => {
                self.at = end;
                Some(Kind::Number(number))
            }
            Err(_) if is_number(digits.as_bytes()) => {
                self.flaw(Code::NumberRange, start, "", digits);
                self.at = end;
                Some(Kind::Number(0.into()))
            }
            Err(_) => self.unexpected("a number"),
        }
    }

    fn word<G>(&mut self, word: &'static str, kind: Kind<G>) -> Option<Kind<G>> {
        if self.text[self.at..].starts_with(word.as_bytes()) {
            self.at += word.len();
            return Some(kind);
        }
        self.unexpected(word)
    }

    /// Reports that reading ends here: the input ends, or something else follows.
    fn unexpected<T>(&mut self, expected: &'static str) -> Option<T> {
        let rest = self.rest();
        let word = self.text.get(self.at..).unwrap_or_default();
        // `tru` at the end is an unexpected end, `trux` is not.
        let cut = word.len() < expected.len() && expected.as_bytes().starts_with(word);
        let code = if word.is_empty() || cut { Code::UnexpectedEnd } else { Code::SyntaxError };
        let found = if word.is_empty() { String::new() } else { rest };
        self.flaw(code, self.at.min(self.text.len()), expected, found);
        None
    }

    /// A few characters of what comes next.
    fn rest(&self) -> String {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let few = &rest[..rest.len().min(20)];
        format!("{:?}", String::from_utf8_lossy(few))
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }
}

/// Whether the bytes are a number of JSON, of any size.
fn is_number(bytes: &[u8]) -> bool {
    let digits = |bytes: &[u8]| bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut rest = bytes.strip_prefix(b"-").unwrap_or(bytes);
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest[0] == b'0') {
        return false;
    }
    rest = &rest[whole..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let length = digits(fraction);
        if length == 0 {
            return false;
        }
        rest = &fraction[length..];
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let exponent = exponent.strip_prefix(b"+").or(exponent.strip_prefix(b"-")).unwrap_or(exponent);
        let length = digits(exponent);
        return length > 0 && length == exponent.len();
    }
    rest.is_empty()
}

/// Whether a member has this key already. A large object keeps a set of its keys.
fn is_known<G>(key: &str, members: &[Member<G>], keys: &mut HashSet<String>) -> bool {
    const FEW: usize = 16;
    if members.len() < FEW {
        return members.iter().any(|member| member.key == key);
    }
    if keys.is_empty() {
        keys.extend(members.iter().map(|member| member.key.clone()));
    }
    !keys.insert(key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaws(text: &[u8]) -> Vec<(Code, usize)> {
        parse(text).flaws.iter().map(|flaw| (flaw.code, flaw.at)).collect()
    }

    #[test]
    fn every_flaw_is_told_apart_and_placed() {
        assert_eq!(flaws(b"\xef\xbb\xbf{}"), [(Code::ByteOrderMark, 0)]);
        assert_eq!(flaws(b"{\"a\":1,\"b\":2,\"a\":3}"), [(Code::DuplicateKey, 13)]);
        assert_eq!(flaws(b"{\"a\":\"x\xff\"}"), [(Code::InvalidUtf8, 7)]);
        assert_eq!(flaws(b"{\"a\":"), [(Code::UnexpectedEnd, 5)]);
        assert_eq!(flaws(b"{\"a\":tru"), [(Code::UnexpectedEnd, 5)]);
        assert_eq!(flaws(b""), [(Code::UnexpectedEnd, 0)]);
        assert_eq!(flaws(b"{} {}"), [(Code::TrailingCharacters, 3)]);
        assert_eq!(flaws(b"{a:1}"), [(Code::SyntaxError, 1)]);
        assert_eq!(flaws(b"[1,]"), [(Code::SyntaxError, 3)]);
        assert_eq!(flaws(b"[01]"), [(Code::SyntaxError, 1)]);
        assert_eq!(flaws(b"[1e999]"), [(Code::NumberRange, 1)]);
        assert_eq!(flaws(b"[\"\\ud800\"]"), [(Code::UnpairedSurrogate, 2)]);
        assert_eq!(flaws(b"[\"a\nb\"]"), [(Code::SyntaxError, 3)]);
        assert_eq!(flaws(&b"[".repeat(10_000)), [(Code::NestingTooDeep, 127)]);
    }

    #[test]
    fn a_string_with_more_values_than_the_limit_is_refused_at_the_first_one_above_it() {
        let limits = Limits { record_values: 4, ..LIMITS };
        let flaws = |text: &[u8]| -> Vec<(Code, usize)> {
            let parsed: Parsed = parse_within(limits, text, &[]);
            parsed.flaws.iter().map(|flaw| (flaw.code, flaw.at)).collect()
        };
        assert_eq!(flaws(b"[1,2,3]"), []);
        assert_eq!(flaws(b"[1,2,3,4]"), [(Code::TooLarge, 7)]);
    }

    #[test]
    fn reading_goes_on_after_a_flaw_in_a_string() {
        assert_eq!(flaws(b"[\"\\ud800\", \"\xff\", 1e999]").len(), 3);
    }
}
