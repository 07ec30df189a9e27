//! Payloads out of one record: a payload itself, a capture `{method, url, status, request, response}`, or a HAR.

use std::borrow::Cow;
use std::io::Read as _;
use std::ops::Range;

use base64::Engine as _;
use serde_json::Value;

use crate::finding::{Code, Finding, Severity, shown};
use crate::places::Places;
use crate::reader::{self, Parsed};
use crate::recognise::{Recognised, by_url};
use crate::tree::{Kind, Node};
use crate::{LIMIT, Side, Validator, decompress, documented, key, recogniser, rules};

/// What the caller knows of the records.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// What every payload is; without it, each is recognised by URL or by shape.
    pub known_as: Option<Recognised>,
    /// A JSON Pointer to the record's own key, to find a record again.
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
    /// The record's own key, where [`Options::key`] leads to one and there are findings.
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
    /// The part of the record that may be shown, and the secrets in it.
    pub(crate) visible: Option<Visible>,
}

/// A part of a record that may be shown, and the secrets in it.
pub(crate) type Visible = (Range<usize>, Vec<Range<usize>>);

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

/// A payload inside of a record, not judged yet.
struct Body<'a> {
    known: Recognised,
    part: String,
    text: Cow<'a, [u8]>,
    places: Places,
    /// Where it stands in the record.
    range: Range<usize>,
    /// What is wrong with the way it is written there.
    broken: Option<&'static str>,
}

impl Validator {
    /// Judges all payloads of a record.
    #[must_use]
    pub fn judge_record(&self, text: &[u8], options: &Options) -> Judged {
        self.judge_suspect(text, options)
    }

    /// The same for a record that is not clean at first sight.
    pub(crate) fn judge_suspect(&self, text: &[u8], options: &Options) -> Judged {
        // Of a payload whose kind has to be found out, everything counts.
        let known = options.known_as.and_then(|known| documented(known.operation, known.side));
        let parsed = reader::parse_suspect(text, known.and_then(|body| self.shape(body.schema)));
        let Some(root) = &parsed.root else {
            let payload = match options.known_as {
                Some(known) => self.payload(whole(known, text), Some(&parsed)),
                None => self.unknown(text, &parsed),
            };
            let key = options.key.as_deref().and_then(|pointer| key::find(text, pointer));
            return Judged { payloads: vec![payload], key, ..Judged::default() };
        };
        let mut judged = Judged::default();
        if let Some(entries) = root.get("log").and_then(|log| log.get("entries")) {
            for (index, entry) in entries.elements().iter().enumerate() {
                match har_entry(text, entry, &format!("/log/entries/{index}")) {
                    Some(bodies) => self.exchange(bodies, &mut judged),
                    None => judged.skipped += 1,
                }
            }
        } else if root.get("url").is_some() && (root.get("request").is_some() || root.get("response").is_some()) {
            match capture(text, root) {
                Some(bodies) => self.exchange(bodies, &mut judged),
                None => judged.skipped += 1,
            }
        } else {
            judged.payloads.push(match self.recognise(text, &parsed, root, options) {
                Ok(known) => self.payload(whole(known, text), Some(&parsed)),
                Err(finding) => {
                    let mut payload = self.unknown(text, &parsed);
                    payload.findings.push(*finding);
                    payload
                }
            });
        }
        if judged.payloads.iter().any(|payload| !payload.findings.is_empty()) {
            judged.key = options.key.as_deref().and_then(|pointer| key::find(text, pointer));
        }
        judged
    }

    /// What a payload is. Of several bodies that know its fields equally well, one that it fits without a finding.
    fn recognise(
        &self,
        text: &[u8],
        parsed: &Parsed,
        root: &Node,
        options: &Options,
    ) -> Result<Recognised, Box<Finding>> {
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
                let clean =
                    |known: &&Recognised| self.judge_parsed(known.operation, known.side, text, parsed).is_empty();
                let clean = several.iter().find(clean).copied();
                // Else one that has the fewest fields besides those of the payload.
                let size = |known: &Recognised| {
                    let body = documented(known.operation, known.side);
                    body.map_or(usize::MAX, |body| self.schemas().number_of_fields(body.schema))
                };
                let least = several.iter().map(size).min();
                let mut tightest = several.iter().filter(|known| Some(size(known)) == least);
                let tightest = tightest.next().filter(|_| tightest.next().is_none()).copied();
                clean.or(tightest).ok_or_else(|| ambiguous(several).into())
            }
        }
    }

    /// Judges a request and its answer, each by itself and then together.
    fn exchange(&self, bodies: Vec<Body<'_>>, judged: &mut Judged) {
        let more = match bodies.as_slice() {
            [request, response] => compare(request, response),
            _ => Default::default(),
        };
        for (body, more) in bodies.into_iter().zip([more.0, more.1]) {
            let mut payload = self.payload(body, None);
            payload.findings.extend(more);
            payload.findings.sort_by_key(|finding| finding.offset);
            judged.payloads.push(payload);
        }
    }

    fn payload(&self, body: Body<'_>, parsed: Option<&Parsed>) -> Payload {
        let Body { known, part, text, places, range, broken } = body;
        let payload = |findings, visible| Payload { known_as: Some(known), part, findings, visible };
        if let Some(expected) = broken {
            let finding = Finding::new(Code::Syntax, Severity::Error, "", expected, "something else");
            return payload(vec![Finding { offset: range.start, ..finding }], None);
        }
        let fresh;
        let parsed = match parsed {
            Some(parsed) => parsed,
            None if self.is_clean(known, &text) => return payload(Vec::new(), None),
            None => {
                let body = documented(known.operation, known.side);
                fresh = reader::parse_suspect(&text, body.and_then(|body| self.shape(body.schema)));
                &fresh
            }
        };
        let mut findings = self.judge_parsed(known.operation, known.side, &text, parsed);
        let encoded = matches!(places, Places::Inside(_));
        let visible = if findings.is_empty() || encoded { None } else { self.visible(&text, parsed, &places, range) };
        for finding in &mut findings {
            finding.offset = places.original(finding.offset);
        }
        payload(findings, visible)
    }

    /// Whether a body certainly has no finding.
    pub(crate) fn is_clean(&self, known: Recognised, text: &[u8]) -> bool {
        let body = documented(known.operation, known.side);
        self.fast && body.is_some_and(|body| recogniser::is_clean(body.schema, text))
    }

    /// What may be shown of a payload; nothing when it mentions secrets that cannot be told apart from the rest.
    fn visible(&self, text: &[u8], parsed: &Parsed, places: &Places, range: Range<usize>) -> Option<Visible> {
        let original = |secret: Range<usize>| places.original(secret.start)..places.original(secret.end);
        Some((range, self.schemas().secrets.places(text, parsed)?.into_iter().map(original).collect()))
    }

    fn unknown(&self, text: &[u8], parsed: &Parsed) -> Payload {
        let visible = self.visible(text, parsed, &Places::At(0), 0..text.len());
        Payload { known_as: None, part: String::new(), findings: self.flaws(text, parsed), visible }
    }
}

/// What is found in a request and in its answer when they are read side by side.
fn compare(request: &Body<'_>, response: &Body<'_>) -> (Vec<Finding>, Vec<Finding>) {
    let Recognised { operation, side } = response.known;
    if operation.batch.is_none() || !matches!(side, Side::Response(200..=299)) {
        return Default::default();
    }
    let (Some(asked), Some(answer)) = (reader::parse(&request.text).root, reader::parse(&response.text).root) else {
        return Default::default();
    };
    let (mut unanswered, mut unasked) = rules::of_exchange(operation, side, &asked.to_value(), &answer.to_value());
    for (findings, root, body) in [(&mut unanswered, &asked, request), (&mut unasked, &answer, response)] {
        for finding in findings {
            finding.offset = body.places.original(root.locate(&finding.pointer).value);
        }
    }
    (unanswered, unasked)
}

fn ambiguous(fitting: &[Recognised]) -> Finding {
    const FEW: usize = 3;
    let names: Vec<String> = fitting.iter().take(FEW).map(Recognised::name).collect();
    let mut found = names.join(", ");
    if fitting.len() > FEW {
        found.push_str(&format!(" and {} more", fitting.len() - FEW));
    }
    let expected = "a body that fits one operation best; --as, or a capture with its URL, says which";
    Finding::new(Code::AmbiguousPayload, Severity::Error, "", expected, &found)
}

fn whole(known: Recognised, text: &[u8]) -> Body<'_> {
    let range = 0..text.len();
    Body { known, part: String::new(), text: Cow::Borrowed(text), places: Places::At(0), range, broken: None }
}

/// The bodies of a capture; `None` when it is no call of this API.
fn capture<'a>(text: &'a [u8], root: &'a Node) -> Option<Vec<Body<'a>>> {
    let url = root.get("url").and_then(Node::text).unwrap_or_default();
    let operation = by_url(root.get("method").and_then(Node::text), url)?;
    let status = root.get("status").and_then(status).or(operation.success().map(|response| response.status));
    let sides = [("request", Some(Side::Request)), ("response", status.map(Side::Response))];
    let bodies = sides.into_iter().filter_map(|(name, side)| {
        body(text, root.get(name)?, Recognised { operation, side: side? }, format!("/{name}"), false)
    });
    Some(bodies.collect())
}

/// The bodies of an entry of a HAR; `None` when it is no call of this API.
fn har_entry<'a>(text: &'a [u8], entry: &'a Node, at: &str) -> Option<Vec<Body<'a>>> {
    let request = entry.get("request")?;
    let url = request.get("url").and_then(Node::text).unwrap_or_default();
    let operation = by_url(request.get("method").and_then(Node::text), url)?;
    let sent = request.get("postData").and_then(|data| data.get("text")).and_then(|sent| {
        let known = Recognised { operation, side: Side::Request };
        body(text, sent, known, format!("{at}/request/postData/text"), false)
    });
    let received = entry.get("response").and_then(|response| {
        let content = response.get("content")?;
        let known = Recognised { operation, side: Side::Response(response.get("status").and_then(status)?) };
        let base64 = content.get("encoding").and_then(Node::text) == Some("base64");
        body(text, content.get("text")?, known, format!("{at}/response/content/text"), base64)
    });
    Some(sent.into_iter().chain(received).collect())
}

/// A body inside of a record: JSON as it stands, or JSON written as a text, or that in base64 and maybe compressed.
fn body<'a>(text: &'a [u8], node: &'a Node, known: Recognised, part: String, base64: bool) -> Option<Body<'a>> {
    let range = node.start..node.end;
    let mut broken = None;
    let (text, places) = match &node.kind {
        Kind::Null => return None,
        Kind::Text(inner) if inner.trim().is_empty() => return None,
        Kind::Text(inner) if base64 => {
            let bytes = base64::engine::general_purpose::STANDARD.decode(inner.trim()).ok();
            if bytes.is_none() {
                broken = Some("base64");
            }
            let mut plain = Vec::new();
            let bytes = bytes.unwrap_or_default();
            let read =
                decompress(bytes.as_slice()).and_then(|stream| stream.take(LIMIT as u64).read_to_end(&mut plain));
            if read.is_err() {
                broken = Some("text that can be decompressed");
            }
            (Cow::Owned(plain), Places::Inside(node.start))
        }
        Kind::Text(inner) => {
            let places = Places::of_text(&text[node.start + 1..node.end - 1], node.start + 1);
            (Cow::Borrowed(inner.as_bytes()), places)
        }
        _ => (Cow::Borrowed(&text[node.start..node.end]), Places::At(node.start)),
    };
    Some(Body { known, part, text, places, range, broken })
}

fn status(node: &Node) -> Option<u16> {
    match &node.kind {
        Kind::Number(number) => number.as_u64().and_then(|status| status.try_into().ok()),
        Kind::Text(text) => text.parse().ok(),
        _ => None,
    }
}
