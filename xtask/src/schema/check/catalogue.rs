//! The checks of the catalogue: names are unique, references lead somewhere, every item and reason of a documented payload
//! is explained, and an explanation does not claim more than its sources.

use std::collections::BTreeMap;

use crate::schema::catalogue::{Catalogue, Cited, Confidence, Group, GroupKind, Item, SHARED, Seen};
use crate::schema::document::{Doc, Problem, segment};
use crate::schema::load::{BASE, Sources};

/// Returns every contradiction in the catalogue.
#[must_use]
pub fn check(sources: &Sources, catalogue: &Catalogue) -> Vec<Problem> {
    let mut check = Check { sources, catalogue, names: BTreeMap::new(), problems: Vec::new() };
    check.names();
    check.shared();
    for group in &catalogue.groups {
        check.group(group);
    }
    for seen in &catalogue.seen {
        check.seen(seen);
    }
    check.problems
}

struct Check<'a> {
    sources: &'a Sources,
    catalogue: &'a Catalogue,
    /// Where each name is, by its form without case and separators.
    names: BTreeMap<String, String>,
    problems: Vec<Problem>,
}

/// The form of a name in which `drs explain` compares: without case and separators.
fn folded(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// The file of a group.
fn file_of(group: &Group) -> String {
    format!("checks/{}.json", group.name)
}

impl<'a> Check<'a> {
    fn report(&mut self, file: &str, pointer: &str, message: impl Into<String>) {
        let doc: Option<&Doc> = self.sources.get(file);
        self.problems.extend(doc.map(|doc| doc.problem(pointer, message)));
    }

    /// Every name and alias leads to one thing.
    fn names(&mut self) {
        let catalogue: &'a Catalogue = self.catalogue;
        let mut all: Vec<(String, String, &str)> = Vec::new();
        for (group, name, item) in catalogue.items() {
            let at = format!("/items/{}", segment(name));
            all.push((file_of(group), at.clone(), name));
            let aliases = item.aliases.iter().enumerate();
            all.extend(aliases.map(|(index, alias)| (file_of(group), format!("{at}/aliases/{index}"), alias.as_str())));
        }
        let reasons = catalogue.shared.reasons.keys();
        all.extend(reasons.map(|code| (SHARED.to_owned(), format!("/reasons/{code}"), code.as_str())));
        for (file, pointer, name) in all {
            let place = format!("{file} at {pointer}");
            if let Some(first) = self.names.insert(folded(name), place) {
                let message = format!("`{name}` is the same as a name in {first}; case and separators do not count");
                self.report(&file, &pointer, message);
            }
        }
    }

    fn shared(&mut self) {
        let shared = &self.catalogue.shared;
        self.id(SHARED, &shared.id);
        for (code, reason) in &shared.reasons {
            let at = format!("/reasons/{code}");
            for (index, item) in reason.items.iter().enumerate() {
                if self.catalogue.items().all(|(_, name, _)| name != item) {
                    self.report(SHARED, &format!("{at}/items/{index}"), format!("no item is called `{item}`"));
                }
            }
            if !reason.items.contains(&reason.explained_by) {
                let message = format!("`{}` is not among the items of the reason", reason.explained_by);
                self.report(SHARED, &format!("{at}/explained_by"), message);
            }
            self.cited(SHARED, &at, &reason.sources);
            let sentences = [Some(&reason.means), reason.trap.as_ref(), reason.note.as_ref()];
            sentences.into_iter().flatten().for_each(|sentence| self.sentence(SHARED, &at, sentence));
            if reason.sources.is_empty() && self.catalogue.seen.iter().all(|seen| seen.reason.as_ref() != Some(code)) {
                self.report(SHARED, &at, "no documented payload has this reason; give its sources");
            }
        }
    }

    fn group(&mut self, group: &'a Group) {
        let file = file_of(group);
        self.id(&file, &group.id);
        for (name, item) in &group.items {
            let at = format!("/items/{}", segment(name));
            let is_ours = name.contains('-') || !name.contains(|letter: char| letter.is_ascii_uppercase());
            if is_ours != (group.kind == GroupKind::Topics) {
                let message = "names of the service are in camel case; names of ours are lower-case words with hyphens";
                self.report(&file, &at, message);
            }
            if group.kind == GroupKind::Group && self.catalogue.results_seen(name).is_empty() {
                let message = "no documented payload has this item, so its group is not known; move it to another file";
                self.report(&file, &at, message);
            }
            for (index, other) in item.see.iter().enumerate() {
                let known = other != name && self.catalogue.items().any(|(_, name, _)| name == other);
                if !known {
                    self.report(&file, &format!("{at}/see/{index}"), format!("no other item is called `{other}`"));
                }
            }
            let of_steps = item.fix.iter().filter_map(|step| step.engine.as_ref());
            for engine in item.engines.iter().chain(of_steps) {
                if !self.catalogue.shared.engines.contains_key(engine) {
                    let message = format!("unknown engine `{engine}`; add it to the engines of schemas/{SHARED}");
                    self.report(&file, &at, message);
                }
            }
            self.cited(&file, &at, &item.sources);
            self.claims(&file, &at, item);
            let fixes = item.fix.iter().map(|step| &step.text);
            let sentences = [&item.checks].into_iter().chain(&item.causes).chain(fixes).chain(&item.notes);
            let optional = [&item.scope, &item.results_note, &item.trap].into_iter().flatten();
            sentences.chain(optional).for_each(|sentence| self.sentence(&file, &at, sentence));
        }
    }

    /// The confidence of an item follows from its sources.
    fn claims(&mut self, file: &str, at: &str, item: &Item) {
        let has_page = item.sources.iter().any(|cited| cited.path.is_some());
        let rests_on_page = item.basis == "page" || item.fix.iter().any(|step| step.basis.as_deref() == Some("page"));
        if rests_on_page && !has_page {
            self.report(file, &format!("{at}/basis"), "`page` needs a source with a page");
        }
        if item.confidence != Confidence::Low && item.basis != "page" {
            self.report(
                file,
                &format!("{at}/confidence"),
                "without a page as its basis, an explanation has the confidence `low`",
            );
        }
        if item.confidence != Confidence::Low && (item.causes.is_empty() || item.fix.is_empty()) {
            self.report(file, at, "an item that a page explains has causes and a fix");
        }
    }

    fn cited(&mut self, file: &str, at: &str, cited: &[Cited]) {
        for (index, Cited { origin, path }) in cited.iter().enumerate() {
            let message = match self.catalogue.shared.sources.get(origin) {
                None => format!("unknown source `{origin}`; describe it among the sources of schemas/{SHARED}"),
                Some(known) if known.url.is_some() != path.is_some() => {
                    format!(
                        "`{origin}` {}",
                        if path.is_some() {
                            "has no pages; remove the path"
                        } else {
                            "has pages; give the path of one"
                        }
                    )
                }
                Some(_) => continue,
            };
            self.report(file, &format!("{at}/sources/{index}"), message);
        }
    }

    fn sentence(&mut self, file: &str, at: &str, sentence: &str) {
        if !sentence.ends_with('.') || sentence.contains("TODO") {
            self.report(file, at, format!("expected a finished sentence with a full stop, found {sentence:?}"));
        }
    }

    fn id(&mut self, file: &str, id: &str) {
        let expected = format!("{BASE}{file}");
        if id != expected {
            self.report(file, "/$id", format!("expected {expected:?} for the path of this file"));
        }
    }

    /// What a documented payload shows is explained, and in the right group.
    fn seen(&mut self, seen: &Seen) {
        let Seen { item, group, result, reason, file, pointer } = seen;
        match self.catalogue.items().find(|(_, name, _)| name == item) {
            None => {
                let message =
                    format!("no item of the catalogue explains `{item}`; add it to schemas/checks/{group}.json");
                self.report(file, pointer, message);
            }
            Some((found, ..)) if found.name != *group => {
                let message = format!(
                    "`{item}` belongs to the group {group}; move it from schemas/{} to schemas/checks/{group}.json",
                    file_of(found)
                );
                self.report(file, pointer, message);
            }
            Some((_, _, known)) if result != "PASSED" && !known.results.contains(result) => {
                let message = format!("the result of `{item}` is {result}; the catalogue does not list it");
                self.report(file, pointer, message);
            }
            Some(_) => {}
        }
        let Some(reason) = reason else { return };
        let known = self.catalogue.shared.reasons.get(reason);
        if known.is_none_or(|known| !known.items.contains(item) || !known.results.contains(result)) {
            let message = format!("schemas/{SHARED} does not list the reason `{reason}` with `{item}` and {result}");
            self.report(file, &format!("{pointer}/failed_reason"), message);
        }
    }
}
