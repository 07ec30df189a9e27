//! One operation in two versions: its address, parameters, statuses and rules, and then its bodies.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Version;
use super::keywords::{Piece, compared, condition, default};
use super::report::{Change, Effect, Impact, Part};
use super::rust::{self, InRust};
use super::sentences::Difference;
use super::shapes::Walk;
use super::subset::relation;
use crate::codegen::rust_names;
use crate::schema::annotations::members;
use crate::schema::operation::Location;
use crate::schema::{Operation, Parameter, segment};

/// The comparison of an operation with its older version.
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
        call.responses();
        call.retries();
        call.facts("batch", "a batch", |operation| members(operation.drs.batch.as_ref()));
        call.facts("pages", "its pages", |operation| members(operation.drs.pages.as_ref()));
        call.states();
        call.changes
    }

    fn address(&mut self) {
        let [was, is] = self.operations.map(|operation| (operation.method.to_uppercase(), &operation.path));
        // A renamed parameter is reported with the parameters.
        let on_the_wire = |path: &str| {
            path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect::<Vec<_>>().join("/")
        };
        if was.0 != is.0 || on_the_wire(was.1) != on_the_wire(is.1) {
            let sentence = format!(" moved from {} {} to {} {}", was.0, was.1, is.0, is.1);
            self.wire(Part::Request, Effect::Breaking, "", &sentence);
        }
        let [was, is] = self.operations.map(|operation| &operation.security);
        if was != is {
            let sentence = format!(": the security changed from {was} to {is}");
            self.wire(Part::Request, Effect::Breaking, "/security", &sentence);
        }
    }

    fn parameters(&mut self) {
        let [old, new] = self.operations;
        for (index, was) in old.parameters.iter().enumerate() {
            if !new.parameters.iter().any(|is| self.are_the_same(was, is)) {
                let rust = self.in_rust([Some(&was.name), None]);
                self.parameter(was, index, &Difference::FieldRemoved, &rust);
            }
        }
        for (index, is) in new.parameters.iter().enumerate() {
            let Some(was) = old.parameters.iter().find(|was| self.are_the_same(was, is)) else {
                let rust = self.in_rust([None, Some(&is.name)]);
                self.parameter(is, index, &Difference::FieldAdded { required: is.required }, &rust);
                continue;
            };
            let schemas = [&was.schema, &is.schema];
            let mut differences: Vec<Difference> = default(schemas).into_iter().collect();
            if let Some(changes) = compared(self.versions, schemas.map(Piece::of_property)) {
                let relation = relation(self.versions, Part::Request, [&was.written, &is.written]);
                differences.push(Difference::Keywords(changes, relation));
            }
            match [was.required, is.required] {
                [false, true] => differences.push(Difference::BecameRequired),
                [true, false] => differences.push(Difference::BecameOptional),
                _ => {}
            }
            let rust = self.in_rust([Some(&was.name), Some(&is.name)]);
            if differences.is_empty() && rust.effect != Effect::None {
                differences.push(Difference::OnlyRust);
            }
            for difference in differences {
                self.parameter(is, index, &difference, &rust);
            }
            if let [Some(was), Some(is)] = schemas.map(|schema| schema.ty.named())
                && was == is
            {
                self.changes.extend(Walk::through(self.versions, Part::Request, [was, is]));
            }
        }
        let [old_types, new_types] = self.versions.map(|version| &version.types);
        let InRust { effect, sentence } = rust::types([old_types.operation(old), new_types.operation(new)]);
        if let Some(sentence) = sentence {
            let impact = Impact { wire: Effect::None, rust: effect };
            self.add(false, Part::Request, impact, "/parameters", &format!(": in Rust, {sentence}"));
        }
    }

    /// A parameter in the path is known by its position there, any other by its name.
    fn are_the_same(&self, was: &Parameter, is: &Parameter) -> bool {
        let [old, new] = self.operations;
        let position = |operation: &Operation, parameter: &Parameter| {
            operation.path.split('/').position(|part| part == format!("{{{}}}", parameter.name))
        };
        let by_position = was.location == Location::Path && position(old, was) == position(new, is);
        was.location == is.location && (by_position || was.name == is.name)
    }

    /// What a field of the operation's struct became.
    fn in_rust(&self, names: [Option<&str>; 2]) -> InRust {
        let types = [0, 1].map(|version| self.versions[version].types.operation(self.operations[version]));
        let names = names.map(|name| name.map(rust_names::field));
        rust::fields(types, names.each_ref().map(Option::as_deref))
    }

    fn parameter(&mut self, parameter: &Parameter, index: usize, difference: &Difference, rust: &InRust) {
        // Nothing around a parameter can make up for it.
        let impact = Impact { wire: difference.wire(Part::Request, true), rust: rust.effect };
        let sentence = difference.sentence(Part::Request, impact.wire, rust.sentence.as_deref());
        let sentence = format!(": the {} parameter `{}`{sentence}", parameter.location.name(), parameter.name);
        self.add(difference.is_removal(), Part::Request, impact, &format!("/parameters/{index}"), &sentence);
    }

    fn request(&mut self) {
        let (below, breaking) = ("/requestBody", Impact { wire: Effect::Breaking, rust: Effect::Breaking });
        match self.operations.map(|operation| operation.request.as_deref()) {
            [Some(was), Some(is)] => self.changes.extend(Walk::through(self.versions, Part::Request, [was, is])),
            [Some(_), None] => {
                let sentence = ": the request body was removed: requests with one are rejected";
                self.add(true, Part::Request, breaking, below, sentence);
            }
            [None, Some(_)] => {
                let sentence = ": a request body was added: requests without one are rejected";
                self.add(false, Part::Request, breaking, below, sentence);
            }
            [None, None] => {}
        }
    }

    fn responses(&mut self) {
        let [old, new] = self.operations.map(|operation| {
            let responses = operation.responses.iter().map(|response| (response.status, response.body.as_deref()));
            responses.collect::<BTreeMap<u16, Option<&str>>>()
        });
        let is_success = |status: u16| (200..300).contains(&status);
        for (status, was) in &old {
            if let Some(is) = new.get(status) {
                self.response(*status, [*was, *is]);
                continue;
            }
            let wire = if is_success(*status) { Effect::Breaking } else { Effect::None };
            let impact = Impact { wire, rust: Effect::None };
            let (below, sentence) = (format!("/responses/{status}"), format!(": the status {status} was removed"));
            self.add(true, Part::Response, impact, &below, &sentence);
        }
        for status in new.keys().filter(|status| !old.contains_key(status)) {
            let sentence = format!(": the status {status} was added");
            self.wire(Part::Response, Effect::Additive, &format!("/responses/{status}"), &sentence);
        }
        // The body of a success is compared even where its status changed.
        if let [Some(before), Some(after)] = self.operations.map(Operation::success)
            && before.status != after.status
        {
            self.response(after.status, [before.body.as_deref(), after.body.as_deref()]);
        }
    }

    /// The body of one response.
    fn response(&mut self, status: u16, bodies: [Option<&str>; 2]) {
        let below = format!("/responses/{status}");
        // The type of the response is the body of the success.
        let rust = if (200..300).contains(&status) { Effect::Breaking } else { Effect::None };
        match bodies {
            [Some(was), Some(is)] => self.changes.extend(Walk::through(self.versions, Part::Response, [was, is])),
            [Some(_), None] => {
                let impact = Impact { wire: Effect::Breaking, rust };
                let sentence = format!(": the body of the response {status} was removed");
                self.add(true, Part::Response, impact, &below, &sentence);
            }
            [None, Some(_)] => {
                let impact = Impact { wire: Effect::Additive, rust };
                let sentence = format!(": a body of the response {status} was added");
                self.add(false, Part::Response, impact, &below, &sentence);
            }
            [None, None] => {}
        }
    }

    fn retries(&mut self) {
        let (effect, sentence) = match self.operations.map(|operation| operation.drs.retry_safe) {
            [true, false] => (Effect::Breaking, " is no longer safe to retry"),
            [false, true] => (Effect::Additive, " became safe to retry"),
            _ => return,
        };
        self.wire(Part::Request, effect, "/x-drs/retry_safe", sentence);
    }

    /// Where request and response hold the items of a batch, or a page.
    fn facts(&mut self, name: &str, noun: &str, members: fn(&Operation) -> BTreeMap<String, Value>) {
        let facts = self.operations.map(members);
        for key in facts.iter().flat_map(BTreeMap::keys).collect::<BTreeSet<_>>() {
            let below = format!("/x-drs/{name}/{}", segment(key));
            match facts.each_ref().map(|facts| facts.get(key)) {
                [Some(before), Some(after)] if before != after => {
                    let sentence = format!(": `{key}` of {noun} changed from {before} to {after}");
                    self.wire(Part::Response, Effect::Breaking, &below, &sentence);
                }
                [Some(before), None] => {
                    let impact = Impact { wire: Effect::Breaking, rust: Effect::None };
                    let sentence = format!(": `{key}` of {noun}, {before}, was removed");
                    self.add(true, Part::Response, impact, &below, &sentence);
                }
                [None, Some(after)] => {
                    let sentence = format!(": `{key}` of {noun}, {after}, was added");
                    self.wire(Part::Response, Effect::Additive, &below, &sentence);
                }
                _ => {}
            }
        }
    }

    /// In which states a task accepts the request, for each condition of a rule.
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
            let tail = if still { "" } else { ": requests in other states are rejected" };
            let sentence = format!("{when}: the required state of the task changed from {before} to {after}{tail}");
            let effect = if still { Effect::Additive } else { Effect::Breaking };
            self.wire(Part::Request, effect, "/x-drs/task", &sentence);
        }
    }

    /// Adds a change of the new version that Rust does not see.
    fn wire(&mut self, part: Part, wire: Effect, below: &str, sentence: &str) {
        self.add(false, part, Impact { wire, rust: Effect::None }, below, sentence);
    }

    fn add(&mut self, in_base: bool, part: Part, impact: Impact, below: &str, sentence: &str) {
        let version = usize::from(!in_base);
        let operation = self.operations[version];
        let Some(doc) = self.versions[version].sources.get(&operation.file) else { return };
        let what = doc.problem(&format!("{}{below}", operation.pointer), format!("`{}`{sentence}", operation.id));
        self.changes.push(Change { impact, part, what, in_base });
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
