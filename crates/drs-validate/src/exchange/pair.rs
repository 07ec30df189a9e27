//! A request beside its response: what one has and the other has not.

use std::collections::HashSet;

use drs_types::OperationInfo;
use drs_types::batch::BatchInfo;
use serde_json::Value;

use crate::finding::Code;
use crate::finding::difference::short;
use crate::finding::list::{Findings, ROOM};
use crate::identify::BodyKind;
use crate::json::reader;
use crate::json::tree::Locator;
use crate::record::Body;
use crate::schema::rules::{drift, list, response_ids, success_of};
use crate::{Side, Validator};

impl Validator {
    /// What is found in a request and in its response when they are compared.
    pub(super) fn compare(&self, request: &Body<'_>, response: &Body<'_>) -> [Option<Findings>; 2] {
        let BodyKind { operation, side } = response.known;
        let Some(batch) = &operation.batch else { return [None, None] };
        if !matches!(side, Side::Response(200..=299)) {
            return [None, None];
        }
        // Values below the ids do not matter here.
        let read = |body: &Body<'_>, list: &str, id: Option<&str>| {
            let levels = |pointer: &str| pointer.matches('/').count();
            let below = levels(list) + 1 + levels(id.unwrap_or_default());
            reader::parse_from(below, &body.source.text, self.clean_parts_of(body.known)).root
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
