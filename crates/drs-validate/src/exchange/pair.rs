//! A request beside its response: what one has and the other has not.

use std::collections::HashSet;

use drs_types::OperationInfo;
use drs_types::batch::BatchInfo;
use serde_json::Value;

use crate::finding::Code;
use crate::finding::difference::{Difference, short};
use crate::finding::list::{Findings, ROOM};
use crate::identify::BodyKind;
use crate::json::reader;
use crate::json::tree::{Complete, Locator};
use crate::record::Body;
use crate::schema::builder::Builder;
use crate::schema::rules::{list, response_ids, success_of};
use crate::{Side, Validator};

impl Validator {
    /// What is found in a request and in its response when they are compared.
    pub(super) fn compare(&self, request: &Body<'_>, response: &Body<'_>) -> [Option<Findings>; 2] {
        let BodyKind { operation, side } = response.known;
        if success_of(operation, side).is_none() {
            return [None, None];
        }
        let read = |body: &Body<'_>| reader::parse(&body.source.text).root;
        let (Some(asked), Some(received)) = (read(request), read(response)) else { return [None, None] };
        let values = [&asked.to_value(), &received.to_value()];
        let [in_request, in_response] = differences(operation, side, values);
        let built = |body: &Body<'_>, root: &Complete, value, differences: Vec<Difference>| {
            let BodyKind { operation, side } = body.known;
            let schema = operation.body(side).and_then(|body| self.schemas.get(body.schema));
            let (mut found, mut locator) = (Findings::within(ROOM), Locator::new(root));
            let mut builder = Builder::new(&mut found, side, schema, Some(value), Some(&mut locator));
            for difference in differences {
                builder.add(difference);
            }
            found
        };
        let [of_request, of_response] = values;
        let in_request = built(request, &asked, of_request, in_request);
        [Some(in_request), Some(built(response, &received, of_response, in_response))]
    }
}

/// Checks that a request and its response have the same ids: what differs in the one, and in the other.
fn differences(operation: &OperationInfo, side: Side, [request, response]: [&Value; 2]) -> [Vec<Difference>; 2] {
    let [mut in_request, mut in_response] = [Vec::new(), Vec::new()];
    let Some(batch) = success_of(operation, side).filter(|batch| batch.id.is_some()) else { return Default::default() };
    let (Some(asked), Some(_)) = (list(request, batch.request), list(response, batch.response)) else {
        return Default::default();
    };
    let responded: HashSet<&str> = response_ids(batch, response).map(|(_, id)| id).collect();
    let asked = || asked.iter().enumerate().filter_map(|(index, thing)| Some((index, id_in(batch, thing)?)));
    let questions: HashSet<&str> = asked().map(|(_, id)| id).collect();
    for (index, id) in asked().filter(|(_, id)| operation.pages.is_none() && !responded.contains(id)) {
        let pointer = format!("{}/{index}{}", batch.request, batch.asked.unwrap_or_default());
        in_request.push(Difference::new(
            Code::NotAnswered,
            pointer,
            "an item of the response with this id",
            format!("none for {}", short(format!("{id:?}"))),
        ));
    }
    for (pointer, id) in response_ids(batch, response).filter(|(_, id)| !questions.contains(id)) {
        in_response.push(Difference::new(
            Code::NotRequested,
            pointer,
            "an id of the request",
            short(format!("{id:?}")),
        ));
    }
    [in_request, in_response]
}

/// The id of a thing that a request asks for.
fn id_in<'a>(batch: &BatchInfo, thing: &'a Value) -> Option<&'a str> {
    thing.pointer(batch.asked.unwrap_or_default())?.as_str()
}
