//! The parts of an exchange, whatever held them: what is called, and its bodies, each recognised as soon as it is known what it is.

use drs_types::{OperationInfo, Side};

use super::Clean;
use crate::by_url;
use crate::fast_path::scanner::Scanner;
use crate::fast_path::scanner::envelope::Decoded;
use crate::fast_path::{Body, body};
use crate::identify::BodyKind;

/// What is used again for the next exchange.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    request: Decoded,
    response: Decoded,
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

/// The parts of an exchange that were found so far. What is found twice is suspect.
#[derive(Debug)]
pub(super) struct Call<'a, 'm> {
    memory: &'m mut Memory,
    pub(super) method: Option<&'a [u8]>,
    pub(super) url: Option<&'a [u8]>,
    pub(super) status: Option<u16>,
    request: Slot,
    response: Slot,
    asked: Ids<'a>,
    answered: Ids<'a>,
}

/// The ids of a batch, where a body has them.
type Ids<'a> = Option<Vec<&'a [u8]>>;

impl<'a, 'm> Call<'a, 'm> {
    pub(super) fn new(memory: &'m mut Memory) -> Self {
        Self {
            memory,
            method: None,
            url: None,
            status: None,
            request: Slot::Missing,
            response: Slot::Missing,
            asked: None,
            answered: None,
        }
    }

    pub(super) fn take_method(&mut self, s: &mut Scanner<'a>) -> Option<()> {
        let method = s.text()?.plain()?;
        self.method.replace(method).is_none().then_some(())
    }

    pub(super) fn take_url(&mut self, s: &mut Scanner<'a>) -> Option<()> {
        let url = s.text()?.plain()?;
        self.url.replace(url).is_none().then_some(())
    }

    pub(super) fn take_status(&mut self, s: &mut Scanner<'a>) -> Option<()> {
        let status = s.integer().filter(|status| (1..1000).contains(status))?;
        self.status.replace(status.try_into().ok()?).is_none().then_some(())
    }

    /// Whether the record has a method and a URL only, so that it is not an exchange.
    pub(super) fn is_bare(&self) -> bool {
        self.status.is_none() && matches!((self.request, self.response), (Slot::Missing, Slot::Missing))
    }

    /// A body in a string. It is decoded while its end is looked for.
    pub(super) fn text(&mut self, s: &mut Scanner<'a>, side: Side) -> Option<()> {
        s.decoded(self.buffer(side)?)
    }

    /// A body in a string whose quotes are not there.
    pub(super) fn unquoted(&mut self, s: &mut Scanner<'a>, side: Side) -> Option<()> {
        s.decode(self.buffer(side)?)
    }

    /// A body in pieces.
    pub(super) fn pieces<'p>(&mut self, pieces: impl Iterator<Item = &'p [u8]>, side: Side) -> Option<()> {
        let buffer = self.buffer(side)?;
        buffer.clear();
        pieces.for_each(|piece| buffer.add(piece));
        Some(())
    }

    fn buffer(&mut self, side: Side) -> Option<&mut Decoded> {
        let (buffer, slot) = match side {
            Side::Request => (&mut self.memory.request, &mut self.request),
            Side::Response(_) => (&mut self.memory.response, &mut self.response),
        };
        let is_first = matches!(std::mem::replace(slot, Slot::Text), Slot::Missing);
        is_first.then_some(buffer)
    }

    /// A body as it is: recognised when it is known what it is, else skipped.
    pub(super) fn value(&mut self, s: &mut Scanner<'a>, side: Side) -> Option<()> {
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

    /// The verdict, when the whole record was read. Where bodies may be missing, one that is missing is not counted.
    pub(super) fn decide(mut self, text: &'a [u8], may_be_missing: bool) -> Option<Clean> {
        self.url?;
        self.method?;
        let Some(Called { operation, request, .. }) = self.called() else { return Some(Clean::Foreign) };
        let sent = match (self.request, request) {
            (Slot::Missing, None) => None,
            (Slot::Missing, Some(_)) if may_be_missing => None,
            (Slot::Missing, Some(_)) | (_, None) => return None,
            (_, Some(known)) => Some(known),
        };
        let received = match (self.response, self.status) {
            (Slot::Missing, Some(status)) if may_be_missing => {
                self.response_of(status)?;
                None
            }
            (Slot::Missing, _) | (_, None) => return None,
            (_, Some(status)) => Some((status, self.response_of(status)?)),
        };
        let Self { memory, request, response, asked, answered, .. } = self;
        let asked = match sent {
            Some(known) => recognised(text, request, memory.request.text(), known, asked)?,
            None => None,
        };
        let answered = match received {
            Some((_, known)) => recognised(text, response, memory.response.text(), known, answered)?,
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
