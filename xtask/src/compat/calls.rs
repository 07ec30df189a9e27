//! One operation in two versions: its address, parameters, statuses and rules, and then its bodies.

use std::collections::{BTreeMap, BTreeSet};

use super::Version;
use super::report::{Change, Effect, Who};
use super::rust;
use super::sentences::Difference;
use super::shapes::Walk;
use super::subset::relation;
use super::words::{Piece, condition, default, of_texts};
use crate::schema::annotations::Batch;
use crate::schema::operation::Location;
use crate::schema::{Operation, Parameter, segment};

/// What differs between two versions of a call.
pub(super) struct Call<'a> {
    versions: [&'a Version; 2],
    operations: [&'a Operation; 2],
    changes: Vec<Change>,
}

impl<'a> Call<'a> {
    /// Every change of an operation.
    pub(super) fn compare(versions: [&'a Version; 2], operations: [&'a Operation; 2]) -> Vec<Change> {
        let mut call = Self { versions, operations, changes: Vec::new() };
        call.address();
        call.parameters();
        call.request();
        call.answers();
        call.retries();
        call.batch();
        call.states();
        call.changes
    }

    fn address(&mut self) {
        let [was, is] = self.operations.map(|operation| (operation.method.to_uppercase(), &operation.path));
        // A parameter that is called something else is a matter of the parameters.
        let on_the_wire = |path: &str| {
            path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect::<Vec<_>>().join("/")
        };
        if was.0 != is.0 || on_the_wire(was.1) != on_the_wire(is.1) {
            let sentence = format!(" was {} {}, is {} {}: calls to the old address fail", was.0, was.1, is.0, is.1);
            self.say(Who::Sends, Effect::Breaking, "", &sentence);
        }
        let [was, is] = self.operations.map(|operation| &operation.security);
        if was != is {
            self.say(Who::Sends, Effect::Breaking, "/security", &format!(" was secured by {was}, is by {is}"));
        }
    }

    fn parameters(&mut self) {
        let [old, new] = self.operations;
        for (index, was) in old.parameters.iter().enumerate() {
            if !new.parameters.iter().any(|is| self.are_the_same(was, is)) {
                self.parameter(was, index, &Difference::FieldIsGone, None);
            }
        }
        for (index, is) in new.parameters.iter().enumerate() {
            let Some(was) = old.parameters.iter().find(|was| self.are_the_same(was, is)) else {
                self.parameter(is, index, &Difference::FieldIsNew { mandatory: is.required }, None);
                continue;
            };
            let schemas = [&was.schema, &is.schema];
            let mut differences: Vec<Difference> = default(schemas).into_iter().collect();
            if let Some(words) = of_texts(self.versions, schemas.map(Piece::of_property)) {
                let relation = relation(self.versions, [&was.written, &is.written]);
                differences.push(Difference::Words(words, relation));
            }
            match [was.required, is.required] {
                [false, true] => differences.push(Difference::BecameMandatory),
                [true, false] => differences.push(Difference::BecameOptional),
                _ => {}
            }
            let rust = rust::became(&rust::parameter(was), &rust::parameter(is));
            if differences.is_empty() && rust.is_some() {
                differences.push(Difference::OnlyRust);
            }
            for difference in differences {
                self.parameter(is, index, &difference, rust.as_deref());
            }
            if let [Some(was), Some(is)] = schemas.map(|schema| schema.ty.named())
                && was == is
            {
                self.changes.extend(Walk::through(self.versions, Who::Sends, [was, is]));
            }
        }
    }

    /// A parameter in the path is known by its place there, any other by its name.
    fn are_the_same(&self, was: &Parameter, is: &Parameter) -> bool {
        let [old, new] = self.operations;
        let place = |operation: &Operation, parameter: &Parameter| {
            operation.path.split('/').position(|part| part == format!("{{{}}}", parameter.name))
        };
        let by_place = was.location == Location::Path && place(old, was) == place(new, is);
        was.location == is.location && (by_place || was.name == is.name)
    }

    fn parameter(&mut self, parameter: &Parameter, index: usize, difference: &Difference, rust: Option<&str>) {
        // Nothing around a parameter can make up for it.
        let effect = difference.effect(Who::Sends, true, rust.is_some());
        let place = parameter.location.name();
        let sentence = difference.sentence(Who::Sends, effect, rust);
        let sentence = format!(": the {place} parameter `{}`{sentence}", parameter.name);
        self.push(difference.is_about_what_is_gone(), Who::Sends, effect, &format!("/parameters/{index}"), &sentence);
    }

    fn request(&mut self) {
        let below = "/requestBody";
        match self.operations.map(|operation| operation.request.as_deref()) {
            [Some(was), Some(is)] => self.changes.extend(Walk::through(self.versions, Who::Sends, [was, is])),
            [Some(_), None] => {
                let sentence = " takes no body any more: callers that send one are refused";
                self.push(true, Who::Sends, Effect::Breaking, below, sentence);
            }
            [None, Some(_)] => {
                let sentence = " takes a body now: callers that send none are refused";
                self.say(Who::Sends, Effect::Breaking, below, sentence);
            }
            [None, None] => {}
        }
    }

    fn answers(&mut self) {
        let [old, new] = self.operations.map(|operation| {
            operation
                .responses
                .iter()
                .map(|response| (response.status, response.body.as_deref()))
                .collect::<BTreeMap<_, _>>()
        });
        let is_success = |status: u16| (200..300).contains(&status);
        for (status, was) in &old {
            if let Some(is) = new.get(status) {
                self.answer(*status, [*was, *is]);
                continue;
            }
            let effect = if is_success(*status) { Effect::Breaking } else { Effect::None };
            self.push(
                true,
                Who::Reads,
                effect,
                &format!("/responses/{status}"),
                &format!(" no longer answers {status}"),
            );
        }
        for status in new.keys().filter(|status| !old.contains_key(status)) {
            let sentence = format!(" may answer {status}, which is new");
            self.say(Who::Reads, Effect::Additive, &format!("/responses/{status}"), &sentence);
        }
        // The body of a success is compared even where its status changed.
        if let [Some(before), Some(after)] = self.operations.map(Operation::success)
            && before.status != after.status
        {
            self.answer(after.status, [before.body.as_deref(), after.body.as_deref()]);
        }
    }

    /// The body of one response.
    fn answer(&mut self, status: u16, bodies: [Option<&str>; 2]) {
        let at = format!("/responses/{status}");
        match bodies {
            [Some(was), Some(is)] => self.changes.extend(Walk::through(self.versions, Who::Reads, [was, is])),
            [Some(_), None] => {
                let sentence = format!(": the response {status} has no body any more");
                self.push(true, Who::Reads, Effect::Breaking, &at, &sentence);
            }
            [None, Some(_)] => {
                self.say(Who::Reads, Effect::Additive, &at, &format!(": the response {status} has a body now"));
            }
            [None, None] => {}
        }
    }

    fn retries(&mut self) {
        let (effect, sentence) = match self.operations.map(|operation| operation.drs.retry_safe) {
            [true, false] => {
                (Effect::Breaking, " does harm when it is sent twice: callers that try again must stop it")
            }
            [false, true] => (Effect::Additive, " does no harm when it is sent twice: callers may try again"),
            _ => return,
        };
        self.say(Who::Sends, effect, "/x-drs/retry_safe", sentence);
    }

    /// Where the answer to one thing among many is found.
    fn batch(&mut self) {
        let members = |operation: &Operation| operation.drs.batch.as_ref().map(Batch::members).unwrap_or_default();
        let batches = self.operations.map(members);
        for key in batches.iter().flat_map(BTreeMap::keys).collect::<BTreeSet<_>>() {
            let below = format!("/x-drs/batch/{}", segment(key));
            match batches.each_ref().map(|batch| batch.get(key)) {
                [Some(before), Some(after)] if before != after => {
                    let sentence =
                        format!(": `{key}` of a batch was {before}, is {after}: readers must look elsewhere");
                    self.say(Who::Reads, Effect::Breaking, &below, &sentence);
                }
                [Some(before), None] => {
                    let sentence = format!(": `{key}` of a batch, {before}, is gone: readers find nothing there");
                    self.push(true, Who::Reads, Effect::Breaking, &below, &sentence);
                }
                [None, Some(after)] => {
                    let sentence = format!(": `{key}` of a batch, {after}, is new");
                    self.say(Who::Reads, Effect::Additive, &below, &sentence);
                }
                _ => {}
            }
        }
    }

    /// In which states a task takes the call, for each condition that a rule has.
    fn states(&mut self) {
        let [old, new] = self.operations.map(rules);
        let conditions: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for when in conditions {
            let [was, is] = [&old, &new].map(|rules| rules.get(when).or_else(|| rules.get("")).cloned().flatten());
            if was == is {
                continue;
            }
            let still = match (&was, &is) {
                (_, None) => true,
                (None, Some(_)) => false,
                (Some(was), Some(is)) => was.is_subset(is),
            };
            let [before, after] = [was, is].map(|states| {
                states.map_or("any".into(), |states| states.into_iter().collect::<Vec<_>>().join(" or "))
            });
            let tail = if still { "" } else { ": callers in other states are refused" };
            let sentence = format!("{when}: the state of the task had to be {before}, is to be {after}{tail}");
            let effect = if still { Effect::Additive } else { Effect::Breaking };
            self.say(Who::Sends, effect, "/x-drs/task", &sentence);
        }
    }

    fn say(&mut self, who: Who, effect: Effect, below: &str, sentence: &str) {
        self.push(false, who, effect, below, sentence);
    }

    fn push(&mut self, gone: bool, who: Who, effect: Effect, below: &str, sentence: &str) {
        let side = usize::from(!gone);
        let operation = self.operations[side];
        let Some(doc) = self.versions[side].sources.get(&operation.file) else { return };
        let what = doc.problem(&format!("{}{below}", operation.pointer), format!("`{}`{sentence}", operation.id));
        self.changes.push(Change { effect, who, what, gone });
    }
}

/// The states of each rule by its condition, which is empty for the rule that always holds; `None` is any state.
fn rules(operation: &Operation) -> BTreeMap<String, Option<BTreeSet<String>>> {
    let rules = operation.drs.task.iter();
    rules
        .map(|rule| {
            let when = condition(&rule.when);
            let states = rule.states.as_ref().map(|states| states.iter().cloned().collect());
            (if when.is_empty() { when } else { format!(" when {when}") }, states)
        })
        .collect()
}
