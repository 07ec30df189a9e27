//! Two shapes side by side, and every pair of shapes below them.

use std::collections::BTreeSet;

use super::Version;
use super::report::{Change, Who};
use super::rust;
use super::sentences::Difference;
use super::subset::relation;
use super::words::{Piece, default, obligations, of_texts, of_values, shapes_below};
use crate::schema::{Definition, segment};

/// A walk through the shapes of one body, for one side.
pub(super) struct Walk<'a> {
    versions: [&'a Version; 2],
    who: Who,
    seen: BTreeSet<[String; 2]>,
    changes: Vec<Change>,
}

/// Two shapes that stand in the same place.
struct Pair<'a> {
    was: &'a Definition,
    is: &'a Definition,
}

/// One difference of a pair on its way to a sentence.
struct Found {
    /// The field, if it is not the shape itself.
    field: Option<String>,
    /// The words that differ, below the field or the shape.
    at: &'static str,
    difference: Difference,
    /// What became of our types here, if they differ.
    rust: Option<String>,
}

impl<'a> Walk<'a> {
    /// Everything that differs between two bodies.
    pub(super) fn through(versions: [&'a Version; 2], who: Who, names: [&str; 2]) -> Vec<Change> {
        let mut walk = Self { versions, who, seen: BTreeSet::new(), changes: Vec::new() };
        walk.pair(names.map(str::to_owned));
        walk.changes
    }

    fn pair(&mut self, names: [String; 2]) {
        let [old, new] = self.versions;
        let (Some(was), Some(is)) = (old.model.definition(&names[0]), new.model.definition(&names[1])) else { return };
        if !self.seen.insert(names) {
            return;
        }
        let pair = Pair { was, is };
        let mut found = self.of_the_shape(&pair);
        let added = is.properties().filter(|(field, _)| was.property(field).is_none());
        for (field, _) in was.properties().chain(added) {
            self.of_a_field(&pair, field, &mut found);
        }
        // Asked only where it matters: a shape with many obligations takes its time.
        let refuses = found.iter().any(|found| found.difference.relation().refuses)
            && relation(self.versions, [&was.written, &is.written]).refuses;
        for found in found {
            self.say(&pair, refuses, &found);
        }
        for (field, before) in was.properties() {
            let names = is.property(field).and_then(|after| shapes_below([&before.ty, &after.ty]));
            if let Some(names) = names.filter(|names| names[0] == names[1] || self.are_objects(names)) {
                self.pair(names);
            }
        }
    }

    /// Texts of different names are compared where they are named: nothing is below them.
    fn are_objects(&self, names: &[String; 2]) -> bool {
        let mut both = self.versions.iter().zip(names);
        both.all(|(version, name)| version.model.definition(name).is_some_and(|found| found.object().is_some()))
    }

    /// What differs outside of the fields.
    fn of_the_shape(&self, pair: &Pair<'_>) -> Vec<Found> {
        let [old, new] = self.versions;
        let definitions = [pair.was, pair.is];
        let relation = || relation(self.versions, definitions.map(|definition| &definition.written));
        let mut found = Vec::new();
        let mut push = |at, difference| found.push(Found { field: None, at, difference, rust: None });
        for difference in of_values(definitions, relation) {
            push("/enum", difference);
        }
        let [before, after] = definitions.map(obligations);
        for rule in before.difference(&after) {
            push("/allOf", Difference::ObligationIsGone(rule.clone()));
        }
        for rule in after.difference(&before) {
            push("/allOf", Difference::ObligationIsNew(rule.clone()));
        }
        if let Some(words) = of_texts(self.versions, definitions.map(Piece::of_definition)) {
            push("", Difference::Words(words, relation()));
        }
        let rust = rust::became(&old.types.called(pair.was), &new.types.called(pair.is));
        if rust.is_some() {
            found.push(Found { field: None, at: "", difference: Difference::OnlyRust, rust });
        }
        found
    }

    fn of_a_field(&self, pair: &Pair<'_>, field: &str, found: &mut Vec<Found>) {
        let [old, new] = self.versions;
        let Pair { was, is } = pair;
        let mandatory = [was, is].map(|definition| definition.requires(field));
        let mut push = |at, difference, rust| found.push(Found { field: Some(field.to_owned()), at, difference, rust });
        let (before, after) = match [was, is].map(|definition| definition.property(field)) {
            [Some(before), Some(after)] => (before, after),
            [Some(_), None] => return push("", Difference::FieldIsGone, None),
            [None, _] => return push("", Difference::FieldIsNew { mandatory: mandatory[1] }, None),
        };
        let mut differences = Vec::new();
        if let Some(words) = of_texts(self.versions, [before, after].map(Piece::of_property)) {
            let written = [was, is].map(|definition| definition.written_property(field));
            differences.push(Difference::Words(words, relation(self.versions, written)));
        }
        if self.who == Who::Sends {
            differences.extend(default([before, after]));
        }
        match mandatory {
            [false, true] => differences.push(Difference::BecameMandatory),
            [true, false] => differences.push(Difference::BecameOptional),
            _ => {}
        }
        let rust = rust::became(&old.types.field(was, field), &new.types.field(is, field));
        if differences.is_empty() && rust.is_some() {
            differences.push(Difference::OnlyRust);
        }
        for difference in differences {
            push("", difference, rust.clone());
        }
    }

    /// Turns a difference into a change.
    fn say(&mut self, pair: &Pair<'_>, refuses: bool, Found { field, at, difference, rust }: &Found) {
        let effect = difference.effect(self.who, refuses, rust.is_some());
        let [old, new] = self.versions;
        let gone = difference.is_about_what_is_gone();
        let (version, definition) = if gone { (old, pair.was) } else { (new, pair.is) };
        let Some(doc) = version.sources.get(&definition.file) else { return };
        let (mut subject, mut place) = (pair.is.name.clone(), definition.pointer.clone());
        if let Some(field) = field {
            subject.push_str(&format!(".{field}"));
            place.push_str(&format!("/properties/{}", segment(field)));
        }
        let sentence = format!("`{subject}`{}", difference.sentence(self.who, effect, rust.as_deref()));
        let what = doc.problem(&format!("{place}{at}"), sentence);
        self.changes.push(Change { effect, who: self.who, what, gone });
    }
}
