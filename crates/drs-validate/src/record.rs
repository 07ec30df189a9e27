//! Payloads out of one record: a payload itself, a capture `{method, url, status, request, response}`, or a HAR.

use base64::Engine as _;
use serde_json::Value;

use crate::finding::{Code, Finding, Severity, shown};
use crate::reader::{self, Flaw, Parsed};
use crate::recognise::{Recognised, by_url};
use crate::tree::{Kind, Node};
use crate::{Side, Validator};

/// What the caller knows of the records.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// What every payload is; without it, each is recognised by URL or by shape.
    pub known_as: Option<Recognised>,
    /// A JSON Pointer to the record's own key, to find a payload again.
    pub key: Option<String>,
}

/// What a record holds.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Judged {
    /// The payloads, judged.
    pub payloads: Vec<Payload>,
    /// Calls of a HAR or a capture that are no call of this API.
    pub skipped: usize,
    /// The record's own key, where [`Options::key`] leads to one.
    pub key: Option<Value>,
}

/// A judged payload.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Payload {
    /// What it was judged as; `None` when it could not be judged.
    pub known_as: Option<Recognised>,
    /// Where it stands in its record, as a JSON Pointer; empty when it is the record.
    pub part: String,
    /// Everything that is not documented. Offsets count from the start of the record.
    pub findings: Vec<Finding>,
}

impl Options {
    /// Every payload is this; nothing is guessed.
    #[must_use]
    pub fn known_as(mut self, known: Recognised) -> Self {
        self.known_as = Some(known);
        self
    }

    /// Where the record's own key stands.
    #[must_use]
    pub fn key(mut self, pointer: impl Into<String>) -> Self {
        self.key = Some(pointer.into());
        self
    }
}

impl Validator {
    /// Judges all payloads of a record.
    #[must_use]
    pub fn judge_record(&self, text: &[u8], options: &Options) -> Judged {
        let parsed = reader::parse(text);
        let Some(root) = &parsed.root else {
            let payload = match options.known_as {
                Some(known) => self.payload(known, "", text, &Places::At(0)),
                None => Payload { known_as: None, part: String::new(), findings: flaws(parsed) },
            };
            return Judged { payloads: vec![payload], ..Judged::default() };
        };
        let mut judged = Judged {
            key: options.key.as_deref().and_then(|key| root.to_value().pointer(key).cloned()),
            ..Judged::default()
        };
        let entries = root.get("log").and_then(|log| log.get("entries"));
        if let Some(entries) = entries {
            for (index, entry) in entries.elements().iter().enumerate() {
                self.har_entry(text, entry, &format!("/log/entries/{index}"), &mut judged);
            }
        } else if root.get("url").is_some() && (root.get("request").is_some() || root.get("response").is_some()) {
            self.capture(text, root, &mut judged);
        } else {
            let payload = match self.recognise(root, options) {
                Ok(known) => self.payload(known, "", text, &Places::At(0)),
                Err(finding) => {
                    let mut findings = flaws(parsed);
                    findings.push(*finding);
                    Payload { known_as: None, part: String::new(), findings }
                }
            };
            judged.payloads.push(payload);
        }
        judged
    }

    fn recognise(&self, root: &Node, options: &Options) -> Result<Recognised, Box<Finding>> {
        if let Some(known) = options.known_as {
            return Ok(known);
        }
        let value = root.to_value();
        match self.by_shape(&value).as_slice() {
            [one] => Ok(*one),
            [] => {
                let expected = "a documented body, a capture with url, request and response, or a HAR";
                Err(Finding::new(Code::UnknownPayload, Severity::Error, "", expected, &shown(&value)).into())
            }
            several => {
                let names: Vec<String> = several.iter().map(Recognised::name).collect();
                let expected = "a body that fits one operation only; say which";
                Err(Finding::new(Code::AmbiguousPayload, Severity::Error, "", expected, &names.join(", ")).into())
            }
        }
    }

    fn capture(&self, text: &[u8], root: &Node, judged: &mut Judged) {
        let url = root.get("url").and_then(Node::text).unwrap_or_default();
        let Some(operation) = by_url(root.get("method").and_then(Node::text), url) else {
            judged.skipped += 1;
            return;
        };
        let status = root.get("status").and_then(status).or(operation.success().map(|response| response.status));
        let sides = [("request", Some(Side::Request)), ("response", status.map(Side::Response))];
        for (name, side) in sides {
            if let (Some(body), Some(side)) = (root.get(name), side) {
                self.body(text, body, Recognised { operation, side }, &format!("/{name}"), false, judged);
            }
        }
    }

    fn har_entry(&self, text: &[u8], entry: &Node, at: &str, judged: &mut Judged) {
        let Some(request) = entry.get("request") else { return };
        let url = request.get("url").and_then(Node::text).unwrap_or_default();
        let Some(operation) = by_url(request.get("method").and_then(Node::text), url) else {
            judged.skipped += 1;
            return;
        };
        if let Some(body) = request.get("postData").and_then(|data| data.get("text")) {
            let known = Recognised { operation, side: Side::Request };
            self.body(text, body, known, &format!("{at}/request/postData/text"), false, judged);
        }
        let Some(response) = entry.get("response") else { return };
        let Some(content) = response.get("content") else { return };
        if let (Some(status), Some(body)) = (response.get("status").and_then(status), content.get("text")) {
            let known = Recognised { operation, side: Side::Response(status) };
            let base64 = content.get("encoding").and_then(Node::text) == Some("base64");
            self.body(text, body, known, &format!("{at}/response/content/text"), base64, judged);
        }
    }

    /// A body inside of a record: JSON as it stands, or JSON written as a text.
    fn body(&self, text: &[u8], body: &Node, known: Recognised, part: &str, base64: bool, judged: &mut Judged) {
        let payload = match &body.kind {
            Kind::Null => return,
            Kind::Text(inner) if inner.trim().is_empty() => return,
            Kind::Text(inner) if base64 => match decode_base64(inner) {
                Some(bytes) => self.payload(known, part, &bytes, &Places::Inside(body.start)),
                None => {
                    let finding = Finding::new(Code::Syntax, Severity::Error, "", "base64", "something else");
                    let findings = vec![Finding { offset: body.start, ..finding }];
                    Payload { known_as: Some(known), part: part.to_owned(), findings }
                }
            },
            Kind::Text(inner) => {
                let places = Places::Escaped(escapes(&text[body.start + 1..body.end - 1]), body.start + 1);
                self.payload(known, part, inner.as_bytes(), &places)
            }
            _ => self.payload(known, part, &text[body.start..body.end], &Places::At(body.start)),
        };
        judged.payloads.push(payload);
    }

    fn payload(&self, known: Recognised, part: &str, text: &[u8], places: &Places) -> Payload {
        let mut findings = self.judge(known.operation, known.side, text);
        for finding in &mut findings {
            finding.offset = places.original(finding.offset);
        }
        Payload { known_as: Some(known), part: part.to_owned(), findings }
    }
}

fn flaws(parsed: Parsed) -> Vec<Finding> {
    let finding = |flaw: Flaw| Finding {
        offset: flaw.at,
        ..Finding::new(flaw.code, Severity::Error, flaw.pointer, flaw.expected, &flaw.found)
    };
    parsed.flaws.into_iter().map(finding).collect()
}

fn status(node: &Node) -> Option<u16> {
    match &node.kind {
        Kind::Number(number) => number.as_u64().and_then(|status| status.try_into().ok()),
        Kind::Text(text) => text.parse().ok(),
        _ => None,
    }
}

/// Where the bytes of a payload stand in its record.
enum Places {
    /// Side by side, from here on.
    At(usize),
    /// With escapes between them: pairs of a place in the payload and the same place in the record's text, which
    /// starts here.
    Escaped(Vec<(usize, usize)>, usize),
    /// Encoded; all that can be said is where the encoded text starts.
    Inside(usize),
}

impl Places {
    fn original(&self, offset: usize) -> usize {
        match self {
            Self::At(start) => start + offset,
            Self::Inside(start) => *start,
            Self::Escaped(pairs, start) => {
                let before = pairs.partition_point(|(inner, _)| *inner <= offset).checked_sub(1);
                let (inner, outer) = before.map_or((0, 0), |index| pairs[index]);
                start + outer + (offset - inner)
            }
        }
    }
}

/// The places behind each escape of a text: in what it stands for, and in the text.
fn escapes(raw: &[u8]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let (mut inner, mut outer) = (0, 0);
    while outer < raw.len() {
        if raw[outer] != b'\\' {
            (inner, outer) = (inner + 1, outer + 1);
            continue;
        }
        let unit = |at: usize| {
            let digits = raw.get(at..at + 6).filter(|escape| escape.starts_with(b"\\u"))?;
            u32::from_str_radix(std::str::from_utf8(&digits[2..]).ok()?, 16).ok()
        };
        let (length, width) = match (unit(outer), unit(outer + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (4, 12),
            (Some(code), _) => (char::from_u32(code).map_or(3, char::len_utf8), 6),
            (None, _) => (1, 2),
        };
        (inner, outer) = (inner + length, outer + width);
        pairs.push((inner, outer));
    }
    pairs
}

fn decode_base64(text: &str) -> Option<Vec<u8>> {
    base64::engine::general_purpose::STANDARD.decode(text.trim()).ok()
}
