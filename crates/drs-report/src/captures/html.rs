//! The report as one HTML file: a summary, then the findings by code and body, each place with an example.
//!
//! A place is a pointer with `*` for the indexes of arrays. The report keeps one example of each place, and counts what is
//! at the same place and what does not fit.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use askama::Template;
use drs_types::text::{count, printable};
use drs_validate::{Code, Diagnostic, PayloadReport, Severity};

use super::run::few;
use super::text::size;
use super::{Ended, Outcome, Reporter, Run};
use crate::html::page::{Choices, POLICY, SCRIPT, STYLE};
use crate::limits::LIMITS;

/// The reporter. It keeps examples, and writes the file at the end.
#[derive(Default)]
pub(super) struct Html {
    /// The findings of each code in each kind of payload.
    kinds: BTreeMap<(Code, String), Kind>,
}

/// The findings of one code in one kind of payload.
#[derive(Default)]
struct Kind {
    places: BTreeMap<String, Example>,
    left_out: u64,
}

/// The first finding at a place of a payload, and how many there are.
struct Example {
    severity: Severity,
    count: u64,
    /// The input with line and column.
    location: String,
    key: Option<String>,
    table: Option<String>,
    message: String,
    /// The source before the finding, what it is about, and what follows.
    excerpt: Option<[String; 3]>,
}

impl Reporter for Html {
    fn suspect(&mut self, _: &mut dyn Write, input: &str, suspect: &PayloadReport) -> io::Result<()> {
        let payload = suspect.body_kind.map(|known| known.name()).unwrap_or_default();
        for located in &suspect.findings {
            let kind = self.kinds.entry((located.finding.code, payload.clone())).or_default();
            let place = cut(&located.finding.place());
            let places = kind.places.len();
            match kind.places.entry(place) {
                Entry::Occupied(example) => example.into_mut().count += 1,
                Entry::Vacant(_) if places == LIMITS.places => kind.left_out += 1,
                Entry::Vacant(first) => drop(first.insert(Example::of(input, suspect, located))),
            }
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, ended: &Ended<'_>) -> io::Result<()> {
        let mut codes: BTreeMap<Code, Vec<(String, Kind)>> = BTreeMap::new();
        for ((code, payload), kind) in std::mem::take(&mut self.kinds) {
            codes.entry(code).or_default().push((payload, kind));
        }
        let page = Page { ended, run: ended.run, codes: codes.into_iter().collect(), policy: &POLICY };
        page.write_into(out)?;
        writeln!(out)
    }
}

impl Example {
    fn of(input: &str, suspect: &PayloadReport, located: &Diagnostic) -> Self {
        let excerpt = located.excerpt.as_ref().map(|excerpt| {
            let mut characters = excerpt.text.chars();
            let before = characters.by_ref().take(excerpt.before).collect();
            let about = characters.by_ref().take(excerpt.width).collect();
            [before, about, characters.collect()]
        });
        Self {
            severity: located.finding.severity,
            count: 1,
            location: printable(&format!("{input}:{}:{}", located.line, located.column)),
            key: suspect.key.as_ref().map(|key| printable(&key.to_string())),
            table: located.finding.table.clone(),
            message: printable(&located.finding.message()),
            excerpt,
        }
    }

    fn class(&self) -> &'static str {
        match self.severity {
            Severity::Error => "failed",
            Severity::Drift => "alarm",
        }
    }

    fn times(&self) -> Option<String> {
        (self.count > 1).then(|| format!("{} times", self.count))
    }
}

/// A pointer, without its end when it is longer than any documented one.
fn cut(pointer: &str) -> String {
    let mut place: String = pointer.chars().take(LIMITS.value).collect();
    if place.len() < pointer.len() {
        place.push('…');
    }
    if place.is_empty() { "the body".to_owned() } else { printable(&place) }
}

#[derive(Template)]
#[template(path = "captures.html", whitespace = "minimize")]
struct Page<'a> {
    ended: &'a Ended<'a>,
    run: &'a Run,
    codes: Vec<(Code, Vec<(String, Kind)>)>,
    policy: &'static str,
}

impl Page<'_> {
    /// What came of the run: a word, the class of its colour, and a sentence.
    fn result(&self) -> (&'static str, &'static str, String) {
        let counts = &self.run.counts;
        let found = format!("{}, {} drift in {}.", count(counts.errors, "error"), counts.drifts, self.run.read());
        match (self.ended.outcome, counts.errors, counts.drifts) {
            (Outcome::Incomplete, ..) => {
                let why = self.run.nothing_validated();
                let why = why.unwrap_or_else(|| count(self.run.unreadable.len() as u64, "unreadable input"));
                ("incomplete", "unclear", format!("{found} The run is incomplete: {why}."))
            }
            (_, 0, 0) => match self.run.nothing_validated() {
                Some(why) => ("empty", "unclear", format!("{found} {why}.")),
                None => ("clean", "passed", found),
            },
            (_, 0, _) => ("drift", "alarm", found),
            _ => ("errors", "failed", found),
        }
    }

    /// The facts of the run, each with its name.
    fn facts(&self) -> Vec<(String, String)> {
        let counts = &self.run.counts;
        let facts = [
            ("records", counts.records.to_string()),
            ("payloads validated", self.run.validated.to_string()),
            ("errors", counts.errors.to_string()),
            ("drift", counts.drifts.to_string()),
            ("read", size(counts.bytes)),
        ];
        let left =
            self.run.left_aside().map(|(number, one, many)| (if number == 1 { one } else { many }, number.to_string()));
        facts.into_iter().chain(left).map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn payloads(&self) -> Vec<(&str, u64, u64)> {
        let counts = &self.run.counts;
        let findings = |name: &str| counts.findings.get(name).copied().unwrap_or_default();
        counts.payloads.iter().map(|(name, number)| (body(name), *number, findings(name))).collect()
    }

    /// Inputs that need a look, each kind with a title.
    fn notes(&self) -> Vec<(&'static str, Vec<String>)> {
        let unreadable = self.run.unreadable.iter();
        let unreadable = unreadable.map(|one| printable(&format!("{}: {}", one.source, one.reason))).collect();
        let named = |names: &[String]| if names.is_empty() { Vec::new() } else { vec![few(names, LIMITS.names)] };
        let notes = [
            ("Inputs that cannot be read", unreadable),
            ("Inputs without a payload", named(&self.run.without_payload)),
            ("Files that were not read because of their names", named(&self.run.passed_over)),
        ];
        notes.into_iter().filter(|(_, names)| !names.is_empty()).collect()
    }

    fn choices(&self) -> Vec<Choices> {
        let kinds = || self.codes.iter().flat_map(|(_, kinds)| kinds);
        let severities = kinds().flat_map(|(_, kind)| kind.places.values()).map(|example| example.severity.to_string());
        let choices = [
            ("status", "Severity", severities.collect::<BTreeSet<String>>()),
            ("group", "Code", self.codes.iter().map(|(code, _)| code.to_string()).collect()),
            ("side", "Payload", kinds().map(|(payload, _)| body(payload).to_owned()).collect()),
        ];
        Choices::several(choices)
    }

    /// Drift that is shown in the table.
    fn drift(&self) -> &[drs_validate::Drift] {
        let drift = &self.run.counts.drift;
        &drift[..drift.len().min(LIMITS.drift_rows)]
    }

    fn drift_left_out(&self) -> Option<String> {
        let more = (self.run.counts.drift.len() - self.drift().len()) as u64 + self.run.counts.drift_left_out;
        (more > 0).then(|| format!("{} of drift are left out of this file.", count(more, "more kind")))
    }
}

/// The name of a kind of payload.
fn body(payload: &str) -> &str {
    if payload.is_empty() { "could not be validated" } else { payload }
}
