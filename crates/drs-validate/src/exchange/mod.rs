//! The calls of a capture or a HAR: each body by itself, then a request beside its response.

pub(crate) mod envelope;
pub(crate) mod packed;

use std::collections::HashSet;
use std::ops::{ControlFlow, Range};

use drs_types::OperationInfo;
use drs_types::batch::BatchInfo;
use serde_json::Value;

use crate::exchange::envelope::{Call, Envelope};
use crate::finding::difference::short;
use crate::finding::list::{Findings, ROOM};
use crate::finding::{Code, Finding};
use crate::identify::BodyKind;
use crate::json::places::Places;
use crate::json::reader::{self, Parsed};
use crate::json::tree::Locator;
use crate::payload;
use crate::record::{Body, Calls, Each, RecordReport, ValidatedPayload, visible};
use crate::schema::rules::{drift, list, response_ids, success_of};
use crate::{Side, Validator};

impl Validator {
    /// Validates all calls of a capture or a HAR, one after the other, and then what is wrong with the text around their bodies.
    pub(crate) fn validate_calls(
        &self,
        text: &[u8],
        parsed: &Parsed,
        calls: &Calls<'_>,
        each: Each<'_>,
    ) -> ControlFlow<()> {
        let envelope = Envelope { text, calls };
        let mut around = Findings::within(ROOM);
        // The bodies, which are validated by themselves, and the calls of other services.
        let mut covered = Vec::new();
        for index in 0..calls.nodes.len() {
            let Call { bodies, unrecorded, findings, foreign } = envelope.call(index);
            for finding in findings {
                around.push(finding);
            }
            if foreign {
                covered.extend(calls.nodes.get(index).map(|call| call.start..call.end));
            }
            covered.extend(bodies.iter().filter(|body| body.is_in_place()).map(|body| body.range.clone()));
            let payloads = self.exchange(bodies);
            each(RecordReport { payloads, skipped: usize::from(foreign), unrecorded, ..RecordReport::default() })?;
        }
        covered.sort_by_key(|range: &Range<usize>| range.start);
        let is_covered = |at: usize| {
            let before = covered.partition_point(|range| range.start <= at).checked_sub(1);
            before.and_then(|index| covered.get(index)).is_some_and(|range| range.contains(&at))
        };
        payload::flaws(text, parsed, None, &mut around);
        // A HAR may start with a byte order mark.
        let may_be = |finding: &Finding| calls.is_har && finding.code == Code::ByteOrderMark;
        around.list.retain(|finding| !is_covered(finding.offset) && !may_be(finding));
        around.list.sort_by_key(|finding| finding.offset);
        let around = around.close(text.len());
        if around.is_empty() {
            return ControlFlow::Continue(());
        }
        let visible = visible(text, parsed, None, &Places::At(0), 0..text.len());
        each(RecordReport { around, visible, ..RecordReport::default() })
    }

    /// Validates a request and its response, each by itself and then together.
    fn exchange(&self, bodies: Vec<Body<'_>>) -> Vec<ValidatedPayload> {
        let mut together = match bodies.as_slice() {
            [request, response] => self.compare(request, response),
            _ => [None, None],
        };
        let found = |found: &mut Option<Findings>| found.take().unwrap_or(Findings::within(ROOM));
        let all = bodies.into_iter().zip(&mut together);
        all.map(|(body, together)| self.payload(body, None, found(together))).collect()
    }

    /// What is found in a request and in its response when they are compared.
    fn compare(&self, request: &Body<'_>, response: &Body<'_>) -> [Option<Findings>; 2] {
        let BodyKind { operation, side } = response.known;
        let Some(batch) = &operation.batch else { return [None, None] };
        if !matches!(side, Side::Response(200..=299)) {
            return [None, None];
        }
        // Values below the ids do not matter here.
        let read = |body: &Body<'_>, list: &str, id: Option<&str>| {
            let levels = |pointer: &str| pointer.matches('/').count();
            let below = levels(list) + 1 + levels(id.unwrap_or_default());
            reader::parse_from(below, &body.text, self.shape_of(body.known)).root
        };
        let asked = read(request, batch.request, batch.asked);
        let received = read(response, batch.response, batch.id);
        let (Some(asked), Some(received)) = (asked, received) else { return [None, None] };
        let [mut in_request, mut in_response] = [Findings::within(ROOM), Findings::within(ROOM)];
        let values = [&asked.to_value(), &received.to_value()];
        differences(operation, side, values, [&mut in_request, &mut in_response]);
        for (found, root) in [(&mut in_request, &asked), (&mut in_response, &received)] {
            let mut locator = Locator::new(root);
            for finding in &mut found.list {
                finding.offset = locator.locate(&finding.pointer).value;
            }
        }
        [Some(in_request), Some(in_response)]
    }
}

/// Checks that a request and its response have the same ids: adds what is found in the one, and in the other.
fn differences(
    operation: &OperationInfo,
    side: Side,
    [request, response]: [&Value; 2],
    [in_request, in_response]: [&mut Findings; 2],
) {
    let Some(batch) = success_of(operation, side).filter(|batch| batch.id.is_some()) else { return };
    let (Some(asked), Some(_)) = (list(request, batch.request), list(response, batch.response)) else { return };
    let responded: HashSet<&str> = response_ids(batch, response).map(|(_, id)| id).collect();
    let asked = || asked.iter().enumerate().filter_map(|(index, thing)| Some((index, id_in(batch, thing)?)));
    let questions: HashSet<&str> = asked().map(|(_, id)| id).collect();
    for (index, id) in asked().filter(|(_, id)| operation.pages.is_none() && !responded.contains(id)) {
        let pointer = format!("{}/{index}{}", batch.request, batch.asked.unwrap_or_default());
        in_request.push(drift(
            Code::NotAnswered,
            &pointer,
            "an item of the response with this id",
            format!("none for {}", short(format!("{id:?}"))),
        ));
    }
    for (pointer, id) in response_ids(batch, response).filter(|(_, id)| !questions.contains(id)) {
        in_response.push(drift(Code::NotRequested, &pointer, "an id of the request", short(format!("{id:?}"))));
    }
}

/// The id of a thing that a request asks for.
fn id_in<'a>(batch: &BatchInfo, thing: &'a Value) -> Option<&'a str> {
    thing.pointer(batch.asked.unwrap_or_default())?.as_str()
}
