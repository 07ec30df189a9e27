//! An exchange in a record: what it calls, each body by itself, then a request beside its response.

pub(crate) mod forms;
mod logged;
pub(crate) mod mapped;

mod pair;

use std::ops::Range;
use std::sync::Arc;

use drs_types::OperationInfo;
use drs_types::operation::BodyInfo;

use crate::finding::Finding;
use crate::finding::list::{Findings, ROOM};
use crate::identify::BodyKind;
use crate::json::places::Places;
use crate::json::reader::{self, Parsed};
use crate::json::source::Source;
use crate::json::tree::{Kind, Node};
use crate::payload;
use crate::record::{Body, RecordReport, ValidatedPayload, visible};
use crate::schema::builder::Builder;
use crate::{Side, Validator, by_url};

/// The status of a response without one that resembles no documented response.
const SUCCESS: u16 = 200;

/// One call: what was sent, and what came back.
#[derive(Debug)]
pub(crate) struct Exchange<'a> {
    pub(crate) method: Option<&'a str>,
    /// What is called, or why that is not known.
    pub(crate) url: Result<&'a str, Box<Finding>>,
    pub(crate) status: Status,
    /// The request, and its place in the record as a JSON Pointer.
    pub(crate) request: (Content<'a>, String),
    /// The response in the same way.
    pub(crate) response: (Content<'a>, String),
}

/// The status of a response.
#[derive(Debug)]
pub(crate) enum Status {
    Known(u16),
    Missing,
    /// It is not a status.
    Broken(Box<Finding>),
}

/// What a record has of a request or a response.
#[derive(Debug)]
pub(crate) enum Content<'a> {
    /// A body.
    Text(Box<Source<'a>>),
    /// It has an empty body, which would be here.
    Empty(usize),
    /// The record does not say whether there was a body, which would be here.
    NotRecorded(usize),
    /// The record has no such member.
    NotGiven(usize),
    /// The record of the call ends before it.
    Lost,
    /// There was none.
    Nothing,
}

/// What a record has of a call of this API.
#[derive(Debug, Default)]
struct Call<'a> {
    bodies: Vec<Body<'a>>,
    /// How many of its bodies the record does not have.
    unrecorded: usize,
    /// What is wrong with the record of the call.
    findings: Vec<Finding>,
    /// Whether it is a call of something else.
    is_foreign: bool,
}

impl Validator {
    /// Validates an exchange, and what is wrong with the text around its bodies.
    pub(crate) fn validate_exchange(
        &self,
        text: &[u8],
        parsed: &Parsed,
        outer: &Arc<Places>,
        exchange: Exchange<'_>,
    ) -> RecordReport {
        let mut call = exchange.call();
        let mut flaws = Findings::within(ROOM);
        if !call.is_foreign {
            payload::flaws(text, parsed, None, &mut Builder::of_text(&mut flaws));
        }
        // The bodies are validated by themselves, and a call of another service is not validated.
        let in_place = call.bodies.iter().filter(|body| body.source.is_in_place());
        let covered: Vec<Range<usize>> = in_place.map(|body| body.source.range.clone()).collect();
        flaws.list.retain(|finding| !covered.iter().any(|range| range.contains(&finding.offset)));
        for body in &mut call.bodies {
            let source = std::mem::replace(&mut body.source, Source::empty(0));
            body.source = source.through(outer);
        }
        let mut report = self.validate_call(call);
        report.around.extend(flaws.close(text.len()));
        for finding in &mut report.around {
            finding.offset = outer.original(finding.offset);
        }
        report.around.sort_by_key(|finding| finding.offset);
        if !report.around.is_empty() {
            report.visible = visible(text, parsed, None, outer, outer.original(0)..outer.original(text.len()));
        }
        report
    }

    fn validate_call(&self, call: Call<'_>) -> RecordReport {
        let Call { bodies, unrecorded, findings, is_foreign } = call;
        let (payloads, skipped) = (self.payloads(bodies), usize::from(is_foreign));
        RecordReport { payloads, around: findings, skipped, unrecorded, is_exchange: true, ..RecordReport::default() }
    }

    /// Validates a request and its response, each by itself and then together.
    fn payloads(&self, bodies: Vec<Body<'_>>) -> Vec<ValidatedPayload> {
        let mut together = match bodies.as_slice() {
            [request, response] => self.compare(request, response),
            _ => [None, None],
        };
        let found = |found: &mut Option<Findings>| found.take().unwrap_or(Findings::within(ROOM));
        let all = bodies.into_iter().zip(&mut together);
        all.map(|(body, together)| self.payload(body, found(together))).collect()
    }
}

impl<'a> Exchange<'a> {
    /// What is there of it, when it calls this API.
    fn call(self) -> Call<'a> {
        let mut call = Call::default();
        let operation = match self.url {
            Ok(url) => by_url(self.method, url),
            Err(finding) => {
                call.findings.push(*finding);
                return call;
            }
        };
        let Some(operation) = operation else {
            call.is_foreign = true;
            return call;
        };
        let (sent, part) = self.request;
        call.add(sent, BodyKind { operation, side: Side::Request }, part);
        let (received, part) = self.response;
        let status = match (self.status, &received) {
            (_, Content::Lost | Content::Nothing) => SUCCESS,
            (Status::Known(status), _) => status,
            // Without a status and a body, there is nothing to validate.
            (Status::Missing | Status::Broken(_), Content::NotGiven(_)) => return call,
            (Status::Missing, Content::Text(source)) => {
                reader::parse(&source.text).root.and_then(|body| likely_status(operation, &body)).unwrap_or(SUCCESS)
            }
            (Status::Missing, _) => SUCCESS,
            (Status::Broken(finding), _) => {
                call.findings.push(*finding);
                return call;
            }
        };
        call.add(received, BodyKind { operation, side: Side::Response(status) }, part);
        call
    }
}

impl<'a> Call<'a> {
    fn add(&mut self, content: Content<'a>, known: BodyKind, part: String) {
        let is_documented = known.operation.body(known.side).is_some();
        let is_response = known.side != Side::Request;
        let source = match content {
            Content::Text(source) => *source,
            // Where no body is documented, none is missing.
            Content::Empty(_) if !is_response && !is_documented => return,
            Content::Empty(at) => Source::empty(at),
            Content::NotRecorded(at) | Content::NotGiven(at) if is_response && !is_documented => Source::empty(at),
            Content::NotRecorded(_) => {
                self.unrecorded += usize::from(is_documented);
                return;
            }
            Content::Lost => {
                self.unrecorded += 1;
                return;
            }
            Content::NotGiven(_) | Content::Nothing => return,
        };
        if !is_response && !is_documented && source.text.trim_ascii().is_empty() {
            return;
        }
        self.bodies.push(Body { known, part, source });
    }
}

/// The likely status of a response without one: that of the documented response with which it shares most fields.
fn likely_status(operation: &OperationInfo, body: &Node) -> Option<u16> {
    let Kind::Object(_) = &body.kind else { return None };
    let shared = |known: &BodyInfo| known.outline.members.iter().filter(|(name, _)| body.get(name).is_some()).count();
    let measured: Vec<(u16, usize)> = operation
        .responses
        .iter()
        .filter_map(|response| Some((response.status, shared(response.body.as_ref()?))))
        .collect();
    let most = measured.iter().map(|(_, shared)| *shared).max()?;
    let mut best = measured.into_iter().filter(|(_, shared)| *shared == most).map(|(status, _)| status);
    let first = best.next()?;
    Some(std::iter::once(first).chain(best).find(|status| *status < 300).unwrap_or(first))
}
