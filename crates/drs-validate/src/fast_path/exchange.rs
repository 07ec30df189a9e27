//! Decides quickly that an exchange is clean: one walk over its record, in any order of its members, that runs the recogniser of a
//! body in place, and builds nothing.

use drs_types::{OperationInfo, Side};

use super::scanner::Scanner;
use super::{Body, body};
use crate::by_url;
use crate::identify::BodyKind;

/// What a clean exchange has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Clean {
    /// A call of this API with these bodies.
    Call { request: Option<BodyKind>, response: Option<BodyKind> },
    /// A call of something else.
    Foreign,
}

/// What is used again for the next exchange.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    request: Vec<u8>,
    response: Vec<u8>,
    method: Vec<u8>,
    url: Vec<u8>,
    /// What the last URL calls.
    called: Option<Called>,
}

/// An operation and the recognisers of its bodies.
#[derive(Clone, Copy, Debug)]
struct Called {
    operation: &'static OperationInfo,
    request: Option<&'static Body>,
    /// Of the last status.
    response: Option<(u16, &'static Body)>,
}

/// A body in a record.
#[derive(Clone, Copy, Debug, Default)]
enum Slot {
    #[default]
    Missing,
    /// JSON from here on, which is not recognised yet.
    Json(usize),
    /// A string, which was decoded.
    Text,
    /// JSON that was recognised.
    Recognised,
}

/// The form of a record.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Form {
    #[default]
    Unknown,
    /// Request and response are bodies.
    Capture,
    /// Request and response are objects that have bodies.
    Nested,
}

/// The walk over a record.
struct Walk<'a, 'm> {
    memory: &'m mut Memory,
    is_entry: bool,
    is_dated: bool,
    form: Form,
    are_described: Option<bool>,
    method: Option<&'a [u8]>,
    url: Option<&'a [u8]>,
    status: Option<u16>,
    request: Slot,
    response: Slot,
    asked: Option<Vec<&'a [u8]>>,
    answered: Option<Vec<&'a [u8]>>,
}

/// What a record is, when it is an exchange that certainly has no finding. An entry of a HAR is known to be one.
pub(crate) fn exchange(text: &[u8], is_entry: bool, memory: &mut Memory) -> Option<Clean> {
    simdutf8::basic::from_utf8(text).ok()?;
    let mut walk = Walk {
        memory,
        is_entry,
        is_dated: false,
        form: Form::Unknown,
        are_described: None,
        method: None,
        url: None,
        status: None,
        request: Slot::Missing,
        response: Slot::Missing,
        asked: None,
        answered: None,
    };
    let mut scanner = Scanner::new(text);
    walk.record(&mut scanner)?;
    if !scanner.is_at_end() {
        return None;
    }
    walk.decide(text)
}

impl<'a> Walk<'a, '_> {
    fn record(&mut self, s: &mut Scanner<'a>) -> Option<()> {
        s.members(|s, name| match name {
            b"method" => self.take_form(Form::Capture).and_then(|()| self.take_method(s)),
            b"url" => self.take_form(Form::Capture).and_then(|()| self.take_url(s)),
            b"status" => self.take_form(Form::Capture).and_then(|()| self.take_status(s)),
            b"startedDateTime" => {
                self.is_dated = true;
                s.any()
            }
            b"request" => match s.first()? {
                b'n' => s.null(),
                b'"' => self.string(s, Side::Request),
                _ if s.starts_with_member(&MESSAGE) => self.message(s, Side::Request),
                _ => self.json(s, Side::Request),
            },
            b"response" => match s.first()? {
                b'n' => s.null(),
                b'"' => self.string(s, Side::Response(0)),
                _ if s.starts_with_member(&MESSAGE) => self.message(s, Side::Response(0)),
                _ => self.json(s, Side::Response(0)),
            },
            b"uri" | b"path" | b"statusCode" | b"status_code" | b"code" | b"req" | b"res" | b"resp"
            | b"httpRequest" | b"httpResponse" | b"isBase64Encoded" | b"log" | b"traces" => None,
            _ => s.any_distinct(),
        })
    }

    /// A request or a response that is an object with a body.
    fn message(&mut self, s: &mut Scanner<'a>, side: Side) -> Option<()> {
        self.take_form(Form::Nested)?;
        let is_request = side == Side::Request;
        s.members(|s, name| match name {
            b"method" if is_request => self.take_method(s),
            b"url" if is_request => self.take_url(s),
            b"status" if !is_request => self.take_status(s),
            b"body" if !self.is_entry => match s.first()? {
                b'"' => self.take_bodies(false).and_then(|()| self.text(s, side)),
                b'{' => self.take_bodies(false).and_then(|()| self.value(s, side)),
                _ => None,
            },
            b"postData" if is_request => self.described(s, side),
            b"content" if !is_request => self.described(s, side),
            b"url" | b"uri" | b"path" | b"method" | b"status" | b"statusCode" | b"status_code" | b"code"
            | b"jsonBody" | b"bodyText" | b"payload" | b"rawBody" | b"data" | b"content" | b"isBase64Encoded"
            | b"body" => None,
            _ => s.any_distinct(),
        })
    }

    /// A body in an object with its type and its size.
    fn described(&mut self, s: &mut Scanner<'a>, side: Side) -> Option<()> {
        self.take_bodies(true)?;
        s.members(|s, name| match name {
            b"text" => self.text(s, side),
            b"encoding" | b"string" | b"content" | b"base64_string" | b"_file" => None,
            _ => s.any_distinct(),
        })
    }

    fn string(&mut self, s: &mut Scanner<'a>, side: Side) -> Option<()> {
        self.take_form(Form::Capture)?;
        self.text(s, side)
    }

    fn json(&mut self, s: &mut Scanner<'a>, side: Side) -> Option<()> {
        self.take_form(Form::Capture)?;
        self.value(s, side)
    }

    /// A body in a string. It is decoded while its end is looked for.
    fn text(&mut self, s: &mut Scanner<'a>, side: Side) -> Option<()> {
        let (buffer, slot) = match side {
            Side::Request => (&mut self.memory.request, &mut self.request),
            Side::Response(_) => (&mut self.memory.response, &mut self.response),
        };
        if !matches!(slot, Slot::Missing) {
            return None;
        }
        *slot = Slot::Text;
        s.decoded(buffer)
    }

    /// A body as it is: recognised when it is known what it is, else skipped.
    fn value(&mut self, s: &mut Scanner<'a>, side: Side) -> Option<()> {
        let start = s.at();
        let known = match side {
            Side::Request => self.called().and_then(|called| called.request),
            Side::Response(_) => self.status.and_then(|status| self.response_of(status)),
        };
        let (slot, ids) = match side {
            Side::Request => (&mut self.request, &mut self.asked),
            Side::Response(_) => (&mut self.response, &mut self.answered),
        };
        if !matches!(slot, Slot::Missing) {
            return None;
        }
        match known {
            Some(body) => {
                (body.recognise)(s)?;
                *ids = s.take_ids();
                *slot = Slot::Recognised;
            }
            None => {
                s.any_distinct()?;
                *slot = Slot::Json(start);
            }
        }
        Some(())
    }

    fn take_form(&mut self, form: Form) -> Option<()> {
        let fits = (self.form == Form::Unknown || self.form == form) && (form == Form::Nested || !self.is_entry);
        self.form = form;
        fits.then_some(())
    }

    /// Bodies are in objects with their type, or they are not; a HAR has such objects only.
    fn take_bodies(&mut self, are_described: bool) -> Option<()> {
        (*self.are_described.get_or_insert(are_described) == are_described).then_some(())
    }

    fn take_method(&mut self, s: &mut Scanner<'a>) -> Option<()> {
        let method = s.text()?.plain()?;
        self.method.replace(method).is_none().then_some(())
    }

    fn take_url(&mut self, s: &mut Scanner<'a>) -> Option<()> {
        let url = s.text()?.plain()?;
        self.url.replace(url).is_none().then_some(())
    }

    fn take_status(&mut self, s: &mut Scanner<'a>) -> Option<()> {
        let status = s.integer().filter(|status| (1..1000).contains(status))?;
        self.status.replace(status.try_into().ok()?).is_none().then_some(())
    }

    /// What is called, once method and URL are known; most records of a stream call the same.
    fn called(&mut self) -> Option<Called> {
        let (method, url) = (self.method?, self.url?);
        let memory = &mut *self.memory;
        if memory.method != method || memory.url != url {
            let text = |bytes| std::str::from_utf8(bytes).ok();
            memory.called = by_url(Some(text(method)?), text(url)?).map(|operation| Called {
                operation,
                request: operation.body(Side::Request).and_then(|known| body(known.schema)),
                response: None,
            });
            memory.method.clear();
            memory.method.extend_from_slice(method);
            memory.url.clear();
            memory.url.extend_from_slice(url);
        }
        memory.called
    }

    /// The body of the response with a status.
    fn response_of(&mut self, status: u16) -> Option<&'static Body> {
        let called = self.called()?;
        if let Some((known, body)) = called.response
            && known == status
        {
            return Some(body);
        }
        let known = called.operation.body(Side::Response(status)).and_then(|known| body(known.schema))?;
        self.memory.called = Some(Called { response: Some((status, known)), ..called });
        Some(known)
    }

    /// The verdict, when the whole record was read.
    fn decide(mut self, text: &[u8]) -> Option<Clean> {
        let is_mixed = self.is_dated && self.are_described == Some(false);
        if self.form == Form::Unknown || is_mixed {
            return None;
        }
        self.url?;
        self.method?;
        let Some(Called { operation, request, .. }) = self.called() else { return Some(Clean::Foreign) };
        let sent = match (self.request, request) {
            // A capture need not have a request; of a HAR, one that is missing is counted.
            (Slot::Missing, None) => None,
            (Slot::Missing, Some(_)) if self.form == Form::Capture => None,
            (Slot::Missing, Some(_)) | (_, None) => return None,
            (_, Some(known)) => Some(known),
        };
        let received = match (self.response, self.status) {
            (Slot::Missing, Some(status)) if self.form == Form::Capture => {
                self.response_of(status)?;
                None
            }
            (Slot::Missing, _) | (_, None) => return None,
            (_, Some(status)) => Some((status, self.response_of(status)?)),
        };
        let Self { memory, request, response, asked, answered, .. } = self;
        let asked = match sent {
            Some(known) => recognised(text, request, &memory.request, known, asked)?,
            None => None,
        };
        let answered = match received {
            Some((_, known)) => recognised(text, response, &memory.response, known, answered)?,
            None => None,
        };
        let status = received.map(|(status, _)| status);
        if sent.is_some() && status.is_some() && !agree(operation, status, asked, answered) {
            return None;
        }
        let kind = |side| BodyKind { operation, side };
        Some(Clean::Call {
            request: sent.map(|_| kind(Side::Request)),
            response: status.map(|status| kind(Side::Response(status))),
        })
    }
}

/// The names that request and response have in a record when they are not bodies.
const MESSAGE: [&[u8]; 11] = [
    b"method",
    b"url",
    b"status",
    b"headers",
    b"body",
    b"httpVersion",
    b"statusText",
    b"content",
    b"postData",
    b"bodySize",
    b"cookies",
];

/// The ids of a batch, where a body has them.
type Ids<'a> = Option<Vec<&'a [u8]>>;

/// The ids in a body that is certainly clean.
fn recognised<'t>(
    text: &'t [u8],
    slot: Slot,
    decoded: &'t [u8],
    known: &'static Body,
    ids: Ids<'t>,
) -> Option<Ids<'t>> {
    let mut scanner = match slot {
        Slot::Recognised => return Some(ids),
        Slot::Json(start) => Scanner::starting(text, start),
        Slot::Text => Scanner::new(decoded),
        Slot::Missing => return None,
    };
    (known.recognise)(&mut scanner)?;
    if matches!(slot, Slot::Text) && !scanner.is_at_end() {
        return None;
    }
    Some(scanner.take_ids())
}

/// Whether a response has the ids that its request asks for, and no other.
fn agree(operation: &OperationInfo, status: Option<u16>, asked: Ids<'_>, answered: Ids<'_>) -> bool {
    let is_success = status.is_some_and(|status| (200..300).contains(&status));
    if !is_success || operation.batch.as_ref().is_none_or(|batch| batch.id.is_none()) {
        return true;
    }
    let (Some(mut asked), Some(mut answered)) = (asked, answered) else { return false };
    if asked == answered {
        return true;
    }
    asked.sort_unstable();
    answered.sort_unstable();
    asked.dedup();
    answered.dedup();
    if operation.pages.is_none() {
        asked == answered
    } else {
        answered.iter().all(|id| asked.binary_search(id).is_ok())
    }
}

#[cfg(test)]
mod tests;
