//! Two definitions part by part, and every pair of definitions below them.

use std::collections::BTreeSet;

use super::Version;
use super::keywords::{Piece, compared, default, definitions_below, rules, values};
use super::report::{Change, Effect, Impact, Part};
use super::rust::{self, InRust};
use super::sentences::Difference;
use super::subset::relation;
use crate::codegen::rust_names;
use crate::schema::{Definition, segment};

/// A walk through the definitions of one body.
pub(super) struct Walk<'a> {
    versions: [&'a Version; 2],
    part: Part,
    seen: BTreeSet<[String; 2]>,
    changes: Vec<Change>,
}

/// The old and the new definition of the same value.
type Pair<'a> = [&'a Definition; 2];

/// One difference of a pair on its way to a sentence.
struct Found {
    /// The field, if it is not the definition itself.
    field: Option<String>,
    /// The keyword that differs, below the field or the definition.
    at: &'static str,
    difference: Difference,
    rust: InRust,
}

impl<'a> Walk<'a> {
    /// Everything that differs between two bodies.
    pub(super) fn through(versions: [&'a Version; 2], part: Part, names: [&str; 2]) -> Vec<Change> {
        let mut walk = Self { versions, part, seen: BTreeSet::new(), changes: Vec::new() };
        walk.pair(names.map(str::to_owned));
        walk.changes
    }

    fn pair(&mut self, names: [String; 2]) {
        let [old, new] = self.versions;
        let (Some(was), Some(is)) = (old.model.definition(&names[0]), new.model.definition(&names[1])) else { return };
        if !self.seen.insert(names) {
            return;
        }
        let pair = [was, is];
        let mut found = self.of_definition(pair);
        let added = is.properties().filter(|(field, _)| was.property(field).is_none());
        for (field, _) in was.properties().chain(added) {
            self.of_field(pair, field, &mut found);
        }
        // Asked only where it matters: a definition with many rules takes its time.
        let refuses = self.part != Part::Response
            && found.iter().any(|found| found.difference.relation().refuses)
            && relation(self.versions, self.part, [&was.written, &is.written]).refuses;
        for found in found {
            self.add(pair, refuses, &found);
        }
        for (field, before) in was.properties() {
            let names = is.property(field).and_then(|after| definitions_below([&before.ty, &after.ty]));
            if let Some(names) = names.filter(|names| names[0] == names[1] || self.are_objects(names)) {
                self.pair(names);
            }
        }
    }

    /// Strings of different names are compared where they are named: nothing is below them.
    fn are_objects(&self, names: &[String; 2]) -> bool {
        let mut both = self.versions.iter().zip(names);
        both.all(|(version, name)| version.model.definition(name).is_some_and(|found| found.object().is_some()))
    }

    /// What differs outside of the fields.
    fn of_definition(&self, pair: Pair<'_>) -> Vec<Found> {
        let [old, new] = self.versions;
        let relation = || relation(self.versions, self.part, pair.map(|definition| &definition.written));
        let mut found = Vec::new();
        let mut push = |at, difference, rust| found.push(Found { field: None, at, difference, rust });
        for difference in values(pair, relation) {
            let effect = match difference {
                Difference::ValueRemoved(_) => Effect::Breaking,
                Difference::ValueAdded(_) => Effect::Additive,
                _ => Effect::None,
            };
            push("/enum", difference, InRust::of(effect));
        }
        let [before, after] = pair.map(rules);
        for rule in before.difference(&after) {
            push("/allOf", Difference::RuleRemoved(rule.clone()), InRust::default());
        }
        for rule in after.difference(&before) {
            push("/allOf", Difference::RuleAdded(rule.clone()), InRust::default());
        }
        if let Some(changes) = compared(self.versions, pair.map(Piece::of_definition)) {
            push("", Difference::Keywords(changes, relation()), InRust::default());
        }
        let rust = rust::types([old.types.definition(pair[0]), new.types.definition(pair[1])]);
        if rust.effect != Effect::None {
            push("", Difference::OnlyRust, rust);
        }
        found
    }

    fn of_field(&self, pair: Pair<'_>, field: &str, found: &mut Vec<Found>) {
        let [old, new] = self.versions;
        let properties = pair.map(|definition| definition.property(field));
        let names = properties.map(|property| property.map(|property| rust_names::field_of(field, property)));
        let types = [old.types.definition(pair[0]), new.types.definition(pair[1])];
        let rust = rust::fields(types, names.each_ref().map(Option::as_deref));
        let mut push =
            |difference| found.push(Found { field: Some(field.to_owned()), at: "", difference, rust: rust.clone() });
        let required = pair.map(|definition| definition.requires(field));
        let properties = match properties {
            [Some(before), Some(after)] => [before, after],
            [Some(_), None] => return push(Difference::FieldRemoved),
            [None, _] => return push(Difference::FieldAdded { required: required[1] }),
        };
        let mut differences = Vec::new();
        if let Some(changes) = compared(self.versions, properties.map(Piece::of_property)) {
            let written = pair.map(|definition| definition.written_property(field));
            differences.push(Difference::Keywords(changes, relation(self.versions, self.part, written)));
        }
        if self.part == Part::Request {
            differences.extend(default(properties));
        }
        match required {
            [false, true] => differences.push(Difference::BecameRequired),
            [true, false] => differences.push(Difference::BecameOptional),
            _ => {}
        }
        if differences.is_empty() && rust.effect != Effect::None {
            differences.push(Difference::OnlyRust);
        }
        differences.into_iter().for_each(push);
    }

    /// Turns a difference into a change.
    fn add(&mut self, pair: Pair<'_>, refuses: bool, Found { field, at, difference, rust }: &Found) {
        let in_base = difference.is_removal();
        let (version, definition) = if in_base { (0, pair[0]) } else { (1, pair[1]) };
        let Some(doc) = self.versions[version].sources.get(&definition.file) else { return };
        let (mut subject, mut place) = (pair[1].name.clone(), definition.pointer.clone());
        if let Some(field) = field {
            subject.push_str(&format!(".{field}"));
            place.push_str(&format!("/properties/{}", segment(field)));
        }
        let impact = Impact { wire: difference.wire(self.part, refuses), rust: rust.effect };
        let sentence = difference.sentence(self.part, impact.wire, rust.sentence.as_deref());
        let what = doc.problem(&format!("{place}{at}"), format!("`{subject}`{sentence}"));
        self.changes.push(Change { impact, part: self.part, what, in_base });
    }
}
