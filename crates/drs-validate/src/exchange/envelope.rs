//! What is around payloads: a capture `{method, url, status, request, response}`, or a HAR.

use std::borrow::Cow;
use std::ops::Range;

use drs_types::{OperationInfo, integer};

use crate::exchange::packed;
use crate::fast_path;
use crate::finding::difference::Found;
use crate::finding::{Code, Finding, Severity};
use crate::identify::BodyKind;
use crate::json::places::Places;
use crate::json::reader;
use crate::json::tree::{Kind, Node};
use crate::record::{Body, Calls};
use crate::{Side, by_url};

/// The status of a response without one that resembles no documented response.
const SUCCESS: u16 = 200;

/// The text of a body before it is known what it is.
struct Source<'a> {
    text: Cow<'a, [u8]>,
    places: Places,
    range: Range<usize>,
    broken: Option<Finding>,
}

/// One call of the record: what was sent, and what came back.
#[derive(Debug, Default)]
pub(crate) struct Call<'a> {
    pub(crate) bodies: Vec<Body<'a>>,
    /// How many of its bodies the record does not have.
    pub(crate) unrecorded: usize,
    /// What is wrong with the record of the call.
    pub(crate) findings: Vec<Finding>,
    /// Whether it is a call of something else.
    pub(crate) foreign: bool,
}

/// A record that holds calls.
#[derive(Debug)]
pub(crate) struct Envelope<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) calls: &'a Calls<'a>,
}

impl<'a> Envelope<'a> {
    /// One of the calls.
    pub(crate) fn call(&self, index: usize) -> Call<'a> {
        let mut call = Call::default();
        let Some(node) = self.calls.nodes.get(index).copied() else { return call };
        if self.calls.is_har {
            self.har_entry(node, &format!("/log/entries/{index}"), &mut call);
        } else {
            self.capture(node, &mut call);
        }
        call
    }

    fn capture(&self, node: &'a Node, call: &mut Call<'a>) {
        let Some(operation) = operation(node, node.get("method"), node.get("url"), "/url", call) else { return };
        if let Some(sent) = node.get("request").filter(|sent| !matches!(sent.kind, Kind::Null)) {
            let known = BodyKind { operation, side: Side::Request };
            self.body(Some(sent), sent, known, "/request".to_owned(), false, call);
        }
        let Some(received) = node.get("response").filter(|received| !matches!(received.kind, Kind::Null)) else {
            // Without a documented body, none is missing.
            let side = node.get("status").and_then(status_of).map(Side::Response);
            if let Some(side) = side.filter(|side| operation.body(*side).is_none()) {
                self.body(None, node, BodyKind { operation, side }, "/response".to_owned(), false, call);
            }
            return;
        };
        let status = match node.get("status").map(|status| (status, status_of(status))) {
            Some((_, Some(status))) => Some(status),
            None | Some((Node { kind: Kind::Null, .. }, _)) => {
                let inner = match &received.kind {
                    Kind::String(text) => reader::parse(text.as_bytes()).root,
                    Kind::Clean => reader::parse(&self.text[received.start..received.end]).root,
                    _ => None,
                };
                likely_status(operation, inner.as_ref().unwrap_or(received))
            }
            Some((status, None)) => return call.broken(Code::UndocumentedStatus, "/status", "an HTTP status", status),
        };
        if let Some(status) = status {
            let known = BodyKind { operation, side: Side::Response(status) };
            self.body(Some(received), received, known, "/response".to_owned(), false, call);
        }
    }

    fn har_entry(&self, entry: &'a Node, at: &str, call: &mut Call<'a>) {
        let Some(request) = entry.get("request") else {
            return call.broken(Code::UnknownPayload, at, "an entry of a HAR, with a request and a response", entry);
        };
        let url = format!("{at}/request/url");
        let Some(operation) = operation(request, request.get("method"), request.get("url"), &url, call) else { return };
        let known = BodyKind { operation, side: Side::Request };
        let sent = request.get("postData");
        let text = sent.and_then(|sent| sent.get("text"));
        let is_recorded = has_text(text) || request.get("bodySize").is_some_and(is_zero);
        if is_recorded {
            let base64 = sent.is_some_and(is_base64);
            self.body(text, sent.unwrap_or(request), known, format!("{at}/request/postData/text"), base64, call);
        } else if operation.body(Side::Request).is_some() {
            call.unrecorded += 1;
        }
        // A request without a response has null or nothing there.
        let Some(response) = entry.get("response").filter(|response| !matches!(response.kind, Kind::Null)) else {
            call.unrecorded += 1;
            return;
        };
        let content = response.get("content").unwrap_or(response);
        let text = content.get("text");
        let status = match response.get("status").map(|status| (status, status_of(status))) {
            // A call that was blocked or broken off has the status 0 and no response; Firefox writes 0 for a response, too.
            Some((_, Some(0))) if !has_text(text) => return,
            Some((_, Some(0))) => {
                let source = self.source(text, content, is_base64(content));
                let body = reader::parse(&source.text).root;
                body.and_then(|body| likely_status(operation, &body)).unwrap_or(SUCCESS)
            }
            Some((_, Some(status))) => status,
            Some((status, None)) => {
                let pointer = format!("{at}/response/status");
                return call.broken(Code::UndocumentedStatus, &pointer, "an HTTP status", status);
            }
            None => {
                let pointer = format!("{at}/response");
                return call.broken(Code::UndocumentedStatus, &pointer, "a response with an HTTP status", response);
            }
        };
        let known = BodyKind { operation, side: Side::Response(status) };
        let is_undocumented = operation.body(known.side).is_none();
        if has_text(text) || content.get("size").is_some_and(is_zero) || is_undocumented {
            let before = call.bodies.len();
            self.body(text, content, known, format!("{at}/response/content/text"), is_base64(content), call);
            call.note_encoding(before, response);
        } else {
            call.unrecorded += 1;
        }
    }

    /// Adds a body. Without a text, its place is that of `around`.
    fn body(
        &self,
        node: Option<&'a Node>,
        around: &'a Node,
        known: BodyKind,
        part: String,
        base64: bool,
        call: &mut Call<'a>,
    ) {
        let Source { text, places, range, broken } = self.source(node, around, base64);
        // Where no body is documented, none is missing.
        if known.side == Side::Request && text.trim_ascii().is_empty() && known.operation.body(known.side).is_none() {
            return;
        }
        call.bodies.push(Body { known, part, text, places, range, broken });
    }

    /// The source of a body, and its place: JSON as it is, or in a string, or in base64 and maybe compressed. JSON that is
    /// called base64 is taken as it is.
    fn source(&self, node: Option<&'a Node>, around: &Node, base64: bool) -> Source<'a> {
        let range = node.map_or(around.start..around.start, |node| node.start..node.end);
        let bytes = node.filter(|_| base64).and_then(packed::from_base64);
        let mut broken = None;
        let (text, places) = match (bytes, node.map(|node| (node, &node.kind))) {
            (Some(bytes), _) => {
                let plain = packed::unpacked(&bytes).map_err(|finding| {
                    broken = Some(Finding { offset: range.start, ..*finding });
                });
                (Cow::Owned(plain.unwrap_or_default()), Places::Inside(range.start))
            }
            (None, None | Some((_, Kind::Null))) => (Cow::Borrowed(&b""[..]), Places::Inside(range.start)),
            // What cannot be read may hold a secret, so that nothing of it is shown.
            (None, Some((_, Kind::String(inner)))) if base64 && !inner.trim_start().starts_with(['{', '[']) => {
                let finding =
                    Finding::new(Code::SyntaxError, Severity::Error, "", "base64, or JSON as it is", "neither");
                broken = Some(Finding { offset: range.start, ..finding });
                (Cow::Borrowed(&b""[..]), Places::Inside(range.start))
            }
            (None, Some((node, Kind::String(inner)))) => {
                let places = Places::of_text(&self.text[node.start + 1..node.end - 1], node.start + 1);
                (Cow::Borrowed(inner.as_bytes()), places)
            }
            (None, Some(_)) => (Cow::Borrowed(&self.text[range.clone()]), Places::At(range.start)),
        };
        Source { text, places, range, broken }
    }
}

impl Body<'_> {
    /// Whether the record has its source as it is.
    pub(crate) fn is_in_place(&self) -> bool {
        matches!(self.places, Places::At(_))
    }
}

impl Call<'_> {
    fn broken(&mut self, code: Code, pointer: &str, expected: &str, node: &Node) {
        let finding = Finding::new(code, Severity::Error, pointer, expected, Found::value_of(&node.to_value()));
        self.findings.push(Finding { offset: node.start, ..finding });
    }

    /// Says of a body that cannot be read how it was compressed, when that is the reason.
    fn note_encoding(&mut self, before: usize, response: &Node) {
        let headers = response.get("headers").map(Node::items).unwrap_or_default();
        let name = |header: &Node, name: &str| {
            header.get("name").and_then(Node::text).is_some_and(|known| known.eq_ignore_ascii_case(name))
        };
        let encoding =
            headers.iter().find(|header| name(header, "content-encoding")).and_then(|header| header.get("value"));
        let Some(encoding) = encoding.and_then(Node::text) else { return };
        for body in self.bodies.iter_mut().skip(before).filter(|body| std::str::from_utf8(&body.text).is_err()) {
            let expected = "a body that is compressed with gzip, deflate or zstd, or not at all";
            let found = format!("Content-Encoding: {encoding}");
            let finding = Finding::new(Code::SyntaxError, Severity::Error, "", expected, found);
            body.broken = Some(Finding { offset: body.range.start, ..finding });
        }
    }
}

/// The operation that is called; `None` when it is of another service, or unknown.
fn operation(
    node: &Node,
    method: Option<&Node>,
    url: Option<&Node>,
    at: &str,
    call: &mut Call<'_>,
) -> Option<&'static OperationInfo> {
    let Some(url) = url.and_then(Node::text) else {
        call.broken(Code::UnknownPayload, at, "the URL of the call", url.unwrap_or(node));
        return None;
    };
    let operation = by_url(method.and_then(Node::text), url);
    call.foreign = operation.is_none();
    operation
}

fn has_text(node: Option<&Node>) -> bool {
    node.is_some_and(|node| !matches!(&node.kind, Kind::Null) && node.text().is_none_or(|text| !text.is_empty()))
}

fn is_base64(node: &Node) -> bool {
    node.get("encoding").and_then(Node::text).is_some_and(|encoding| encoding.eq_ignore_ascii_case("base64"))
}

fn is_zero(node: &Node) -> bool {
    matches!(&node.kind, Kind::Number(number) if integer::of(number) == Some(0))
}

/// The status in a number or a string.
fn status_of(node: &Node) -> Option<u16> {
    let status = match &node.kind {
        Kind::Number(number) => integer::of(number).and_then(|status| status.try_into().ok()),
        Kind::String(text) => text.parse().ok(),
        _ => None,
    };
    status.filter(|status| *status < 1000)
}

/// The likely status of a response without one: that of the documented response with which it shares most fields.
fn likely_status(operation: &OperationInfo, body: &Node) -> Option<u16> {
    let shared = |schema| {
        let members = fast_path::body(schema).map_or(&[][..], |body| body.outline.members);
        members.iter().filter(|(name, _)| body.get(name).is_some()).count()
    };
    let best = best_by(operation.responses.iter().collect(), |response| {
        response.body.as_ref().map(|body| shared(body.schema))
    });
    let success = best.iter().find(|response| response.status < 300);
    success.or(best.first()).map(|response| response.status)
}

/// Those for which a measure is largest.
fn best_by<T, M: Ord>(candidates: Vec<T>, measure: impl Fn(&T) -> M) -> Vec<T> {
    let measures: Vec<M> = candidates.iter().map(measure).collect();
    let most = measures.iter().max();
    candidates.into_iter().zip(&measures).filter(|(_, measure)| Some(*measure) == most).map(|(one, _)| one).collect()
}
