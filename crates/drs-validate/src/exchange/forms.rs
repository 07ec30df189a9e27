//! The forms in which a record holds an exchange: a capture `{method, url, status, request, response}`, the same with objects for
//! request and response, and an entry of a HAR.

use drs_types::integer;

use crate::attached::Attached;
use crate::exchange::{Content, Exchange, Status, mapped};
use crate::finding::difference::Found;
use crate::finding::{Code, Finding, Severity};
use crate::json::source::Source;
use crate::json::tree::{Kind, Node};

/// The names of a request and of a response.
const REQUESTS: [&str; 3] = ["request", "req", "httpRequest"];
const RESPONSES: [&str; 4] = ["response", "res", "resp", "httpResponse"];
/// The names of a body in a request or a response, none of which a documented body has.
const BODIES: [&str; 7] = ["body", "jsonBody", "bodyText", "payload", "rawBody", "data", "content"];
/// The names of the bodies beside a URL.
const REQUEST_BODIES: [&str; 5] = ["request", "requestBody", "request_body", "reqBody", "req_body"];
const RESPONSE_BODIES: [&str; 6] = ["response", "responseBody", "response_body", "resBody", "res_body", "respBody"];
const URLS: [&str; 3] = ["url", "uri", "path"];
const STATUSES: [&str; 4] = ["status", "statusCode", "status_code", "code"];

/// The exchange in a record; `None` when the record is something else. An entry of a HAR is one in any case.
pub(crate) fn read<'a>(
    record: &'a [u8],
    root: &'a Node,
    is_entry: bool,
    attached: Option<&Attached>,
) -> Option<Exchange<'a>> {
    let form = Form { record, root };
    if is_entry || is_entry_alone(root) {
        return Some(form.entry(attached));
    }
    if is_nested(root) {
        return Some(form.nested());
    }
    if is_capture(root) {
        return Some(form.capture());
    }
    mapped::known(record, root)
}

/// Whether a record is an entry of a HAR by itself.
fn is_entry_alone(root: &Node) -> bool {
    let Some(request) = root.get("request").filter(|request| request.get("url").is_some()) else { return false };
    let content = root.get("response").and_then(|response| response.get("content"));
    root.get("startedDateTime").is_some()
        || request.get("postData").is_some()
        || content.is_some_and(|content| content.get("mimeType").is_some() || content.get("size").is_some())
}

/// Whether a record has a URL and bodies beside it. An exchange without bodies has a status. Some documented bodies have a path
/// or a URI, but none has a method beside it.
fn is_capture(root: &Node) -> bool {
    let has = |names: &[&str]| first(root, names).is_some();
    let has_url = root.get("url").is_some() || (has(&URLS) && root.get("method").is_some());
    has_url && (has(&REQUEST_BODIES) || has(&RESPONSE_BODIES) || has(&STATUSES[..3]))
}

/// The body of a response or of a request in a record that does not say what was called, and its place; of a string, all of it.
pub(crate) fn wrapped(root: &Node) -> Option<(String, &Node)> {
    if root.text().is_some() {
        return Some((String::new(), root));
    }
    named_in(Some(root), "", &RESPONSE_BODIES).or_else(|| named_in(Some(root), "", &REQUEST_BODIES))
}

/// Whether request or response is an object with more than a body: no documented request has a method, and no documented
/// response has headers or a body.
fn is_nested(root: &Node) -> bool {
    let request = first(root, &REQUESTS);
    let response = first(root, &RESPONSES);
    let has = |node: Option<&Node>, names: &[&str]| node.is_some_and(|node| first(node, names).is_some());
    let has_url = |node: Option<&Node>| has(node, &URLS);
    (has(request, &["method"]) && (has_url(request) || has_url(Some(root))))
        || (has_url(Some(root))
            && (has(request, &["headers", "body"]) || has(response, &["headers", "body", "jsonBody"])))
}

#[derive(Clone, Copy)]
struct Form<'a> {
    record: &'a [u8],
    root: &'a Node,
}

impl<'a> Form<'a> {
    fn capture(self) -> Exchange<'a> {
        let root = self.root;
        let content = |names: &[&'static str]| match named(root, names).filter(|(_, node)| !is_null(node)) {
            Some((name, node)) => (Content::Text(Source::of(self.record, node, false).into()), format!("/{name}")),
            None => (Content::NotGiven(root.start), format!("/{}", names[0])),
        };
        let (url_at, url_node) = named(root, &URLS).unzip();
        let (status_at, status_node) = named(root, &STATUSES[..3]).unzip();
        Exchange {
            method: root.get("method").and_then(Node::text),
            url: url(url_node, root, &format!("/{}", url_at.unwrap_or(URLS[0]))),
            status: status(status_node, &format!("/{}", status_at.unwrap_or(STATUSES[0]))),
            request: content(&REQUEST_BODIES),
            response: content(&RESPONSE_BODIES),
        }
    }

    fn nested(self) -> Exchange<'a> {
        let root = self.root;
        let request = named(root, &REQUESTS);
        let response = named(root, &RESPONSES);
        let in_request = request.as_ref().map(|(_, node)| *node);
        let (at, node) = named_in(in_request, "/request", &URLS).or(named_in(Some(root), "", &URLS)).unzip();
        let url = url(node.map(|node| node.get("raw").unwrap_or(node)), root, at.as_deref().unwrap_or("/url"));
        let in_response = response.as_ref().map(|(_, node)| *node);
        let found = named_in(in_response, "/response", &STATUSES).or(named_in(Some(root), "", &STATUSES));
        let status = match &found {
            Some((at, node)) => status(Some(node.get("code").unwrap_or(node)), at),
            None => Status::Missing,
        };
        Exchange {
            method: in_request.and_then(|node| node.get("method")).or(root.get("method")).and_then(Node::text),
            url,
            status,
            request: self.content(request),
            response: self.content(response),
        }
    }

    /// The body of a request or a response that is an object.
    fn content(self, message: Option<(&str, &'a Node)>) -> (Content<'a>, String) {
        let Some((name, message)) = message.filter(|(_, message)| !is_null(message)) else {
            return (Content::NotRecorded(self.root.start), String::new());
        };
        let Some((part, body)) = named_in(Some(message), &format!("/{name}"), &BODIES) else {
            return (Content::NotRecorded(message.start), format!("/{name}"));
        };
        let (part, body, encoded) = match inner(body) {
            Some((inside, inner)) => (format!("{part}/{inside}"), inner, body),
            None => (part, body, message),
        };
        let is_flagged =
            |node: &Node| node.get("isBase64Encoded").is_some_and(|flag| matches!(flag.kind, Kind::Bool(true)));
        let base64 =
            is_base64(encoded) || is_flagged(message) || is_flagged(self.root) || part.ends_with("base64_string");
        let content = if has_text(Some(body)) {
            Content::Text(Source::of(self.record, body, base64).into())
        } else {
            Content::NotRecorded(body.start)
        };
        (content, part)
    }

    fn entry(self, attached: Option<&Attached>) -> Exchange<'a> {
        let root = self.root;
        let none = |content| (content, String::new());
        let Some(request) = root.get("request") else {
            let expected = "an entry of a HAR, with a request and a response";
            let url = Err(broken(Code::UnknownPayload, "", expected, root));
            return Exchange {
                method: None,
                url,
                status: Status::Missing,
                request: none(Content::Nothing),
                response: none(Content::Nothing),
            };
        };
        let posted = request.get("postData");
        let text = posted.and_then(|posted| posted.get("text"));
        let sent = match text.filter(|text| has_text(Some(text))) {
            Some(text) => Content::Text(Source::of(self.record, text, posted.is_some_and(is_base64)).into()),
            None if let Some(source) = posted.and_then(|posted| beside(posted, attached)) => {
                Content::Text(source.into())
            }
            None if request.get("bodySize").is_some_and(is_zero) => {
                Content::Empty(start_of(text, posted.unwrap_or(request)))
            }
            None => Content::NotRecorded(start_of(text, posted.unwrap_or(request))),
        };
        let (status, received) = self.received(attached);
        Exchange {
            method: request.get("method").and_then(Node::text),
            url: url(request.get("url"), request, "/request/url"),
            status,
            request: (sent, "/request/postData/text".to_owned()),
            response: (received, "/response/content/text".to_owned()),
        }
    }

    /// The response of an entry of a HAR.
    fn received(self, attached: Option<&Attached>) -> (Status, Content<'a>) {
        // A request without a response has null or nothing there.
        let Some(response) = self.root.get("response").filter(|response| !is_null(response)) else {
            return (Status::Missing, Content::Lost);
        };
        let content = response.get("content").unwrap_or(response);
        let text = content.get("text");
        let status = match response.get("status") {
            // A call that was blocked or broken off has the status 0 and no response; Firefox writes 0 for a response, too.
            Some(node) if status_of(node) == Some(0) && !has_text(text) => return (Status::Missing, Content::Nothing),
            Some(node) if status_of(node) == Some(0) => Status::Missing,
            Some(node) => status(Some(node), "/response/status"),
            None => {
                let expected = "a response with an HTTP status";
                Status::Broken(broken(Code::UndocumentedStatus, "/response", expected, response))
            }
        };
        let received = match text.filter(|text| has_text(Some(text))) {
            Some(text) => {
                let mut source = Source::of(self.record, text, is_base64(content));
                source.note_encoding(encoding_of(response));
                Content::Text(source.into())
            }
            None if let Some(source) = beside(content, attached) => Content::Text(source.into()),
            None if content.get("size").is_some_and(is_zero) => Content::Empty(start_of(text, content)),
            None => Content::NotRecorded(start_of(text, content)),
        };
        (status, received)
    }
}

/// A body in a file beside the HAR, which Playwright names in `_file`.
fn beside<'a>(node: &Node, attached: Option<&Attached>) -> Option<Source<'a>> {
    let file = node.get("_file")?;
    let (name, attached) = (file.text()?, attached?);
    let mut source = Source::empty(file.start);
    match attached.read(name) {
        Ok(bytes) => source.text = bytes.into(),
        Err(error) => {
            let expected = "a file beside the HAR that can be read";
            let finding = Finding::new(Code::SyntaxError, Severity::Error, "", expected, error.to_string());
            source.broken = Some(Finding { offset: file.start, ..finding }.into());
        }
    }
    Some(source)
}

/// The text in an object that describes a body: `{"encoding": …, "string": …}`.
fn inner(body: &Node) -> Option<(&'static str, &Node)> {
    const DESCRIBING: [&str; 9] =
        ["encoding", "mimeType", "contentType", "type", "size", "bytes", "charset", "base64_string", "headers"];
    const TEXTS: [&str; 4] = ["string", "base64_string", "text", "content"];
    let Kind::Object(members) = &body.kind else { return None };
    let is_description = |name: &str| DESCRIBING.contains(&name) || TEXTS.contains(&name);
    let describes = members.iter().all(|member| is_description(&member.key));
    TEXTS.iter().filter(|_| describes).find_map(|name| Some((*name, body.get(name)?)))
}

fn first<'a>(node: &'a Node, names: &[&str]) -> Option<&'a Node> {
    names.iter().find_map(|name| node.get(name))
}

fn named<'a>(node: &'a Node, names: &[&'static str]) -> Option<(&'static str, &'a Node)> {
    names.iter().find_map(|name| Some((*name, node.get(name)?)))
}

fn named_in<'a>(node: Option<&'a Node>, at: &str, names: &[&'static str]) -> Option<(String, &'a Node)> {
    named(node?, names).map(|(name, node)| (format!("{at}/{name}"), node))
}

fn start_of(text: Option<&Node>, around: &Node) -> usize {
    text.map_or(around.start, |text| text.start)
}

/// The URL of an exchange in a node.
fn url<'a>(node: Option<&'a Node>, around: &Node, at: &str) -> Result<&'a str, Box<Finding>> {
    let text = node.and_then(Node::text);
    text.ok_or_else(|| broken(Code::UnknownPayload, at, "the URL of the call", node.unwrap_or(around)))
}

/// The status in a node.
pub(crate) fn status(node: Option<&Node>, at: &str) -> Status {
    match node.map(|node| (node, status_of(node))) {
        Some((_, Some(status))) => Status::Known(status),
        None | Some((Node { kind: Kind::Null, .. }, _)) => Status::Missing,
        Some((node, None)) => Status::Broken(broken(Code::UndocumentedStatus, at, "an HTTP status", node)),
    }
}

fn broken(code: Code, pointer: &str, expected: &str, node: &Node) -> Box<Finding> {
    let finding = Finding::new(code, Severity::Error, pointer, expected, Found::value_of(&node.to_value()));
    Finding { offset: node.start, ..finding }.into()
}

/// How a response was compressed on its way.
fn encoding_of(response: &Node) -> Option<&str> {
    let headers = response.get("headers").map(Node::items).unwrap_or_default();
    let is_it = |header: &&Node| {
        let name = header.get("name").and_then(Node::text);
        name.is_some_and(|name| name.eq_ignore_ascii_case("content-encoding"))
    };
    headers.iter().find(is_it).and_then(|header| header.get("value")).and_then(Node::text)
}

fn is_null(node: &Node) -> bool {
    matches!(node.kind, Kind::Null)
}

pub(crate) fn has_text(node: Option<&Node>) -> bool {
    node.is_some_and(|node| !is_null(node) && node.text().is_none_or(|text| !text.is_empty()))
}

pub(crate) fn is_base64(node: &Node) -> bool {
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
