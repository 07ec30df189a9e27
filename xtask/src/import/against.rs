//! A page compared with our schema of the same operation. Tables are matched by their position, never by their names: the
//! vendor uses some names twice.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::schema::{Definition, Model, Operation, Problem, Property, Sources};

use super::draft::is_transport;
use super::examples;
use super::explain::{Matter, explain, explain_in_words};
use super::field::{self, Finding};
use super::ours::{Field, Said, deviations};
use super::page::{Call, Page, Role, Row, Table};

/// The result of a comparison, in the order of the files.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// Differences without a recorded deviation.
    pub(super) differences: Vec<Problem>,
    /// Differences that a recorded deviation explains, with its note.
    pub(super) explained: Vec<(Problem, String)>,
    /// Remarks that are not differences.
    pub(super) notes: Vec<Problem>,
}

/// Compares a page with an operation.
pub(super) fn compare(page: &Page, sources: &Sources, model: &Model, operation: &Operation) -> Report {
    let mut comparison =
        Comparison { page, sources, model, operation, seen: BTreeSet::new(), report: Report::default() };
    comparison.call();
    comparison.parameters();
    comparison.statuses();
    comparison.bodies();
    comparison.payloads();
    comparison.left_over();
    let mut report = comparison.report;
    report.differences.sort();
    report.explained.sort();
    report.notes.sort();
    report
}

struct Comparison<'a> {
    page: &'a Page,
    sources: &'a Sources,
    model: &'a Model,
    operation: &'a Operation,
    /// Pairs of a table and a definition that were compared.
    seen: BTreeSet<(usize, &'a str)>,
    report: Report,
}

/// `Table 5 or 7, Endpoint`
static TABLE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^Table ([\d, or]+?)(?:, ([A-Za-z].*))?$").expect("a constant pattern"));

impl<'a> Comparison<'a> {
    fn add(&mut self, file: &str, pointer: &str, line: usize, finding: Finding) {
        let Some(doc) = self.sources.get(file) else { return };
        let place = if line == 0 { String::new() } else { format!(" (line {line} of the page)") };
        let at = |message: String| doc.problem(pointer, message + &place);
        match finding {
            Finding::Difference(message) => self.report.differences.push(at(message)),
            Finding::Explained(message, note) => self.report.explained.push((at(message), note)),
            Finding::Note(message) => self.report.notes.push(at(message)),
        }
    }

    /// A difference of the operation itself, which deviations explain in words.
    fn add_to_call(&mut self, below: &str, line: usize, message: String, word: &str) {
        let operation = self.operation;
        let finding = match explain_in_words(&operation.drs.deviations, word) {
            Some(note) => Finding::Explained(message, note),
            None => Finding::Difference(message),
        };
        self.add(&operation.file, &format!("{}{below}", operation.pointer), line, finding);
    }

    fn call(&mut self) {
        let operation = self.operation;
        if let Some(Call { line, method, path }) = &self.page.call
            && (*method != operation.method || *path != operation.path)
        {
            let (method, ours) = (method.to_uppercase(), operation.method.to_uppercase());
            let message = format!("the page says {method} {path}, the schema {ours} {}", operation.path);
            self.add_to_call("", *line, message, path);
        }
        let known = &operation.drs;
        if known.page != self.page.title {
            let message = format!("the page is titled {:?}", self.page.title);
            self.add_to_call("/x-drs/page", 0, message, &self.page.title);
        }
        if let Some(label) = self.page.label.as_deref().filter(|label| known.label.as_deref() != Some(*label)) {
            self.add_to_call("/x-drs/label", 0, format!("the label of the page is {label}"), label);
        }
    }

    fn parameters(&mut self) {
        let (page, operation) = (self.page, self.operation);
        let mut found = BTreeSet::new();
        for table in &page.tables {
            let Role::Parameters(place) = table.role else { continue };
            for row in table.rows.iter().filter(|row| !is_transport(row, place, &self.model.service)) {
                let mut ours = operation.parameters.iter();
                let ours = ours.position(|ours| ours.name == row.name && ours.location.name() == place);
                let Some(index) = ours else {
                    let message = format!("the page has the {place} parameter `{}`, the schema does not", row.name);
                    self.add_to_call("/parameters", row.line, message, &row.name);
                    continue;
                };
                found.insert(index);
                let (parameter, below) = (&operation.parameters[index], format!("/parameters/{index}"));
                if row.required.is_some_and(|required| required != parameter.required) {
                    let message = required_differs(row, parameter.required);
                    self.add_to_call(&below, row.line, message, &row.name);
                }
                let field = Field { model: self.model, property: &parameter.schema, of: None };
                for finding in field::compare(row, field) {
                    self.add(&operation.file, &format!("{}{below}", operation.pointer), row.line, finding);
                }
            }
        }
        for (index, parameter) in operation.parameters.iter().enumerate().filter(|(index, _)| !found.contains(index)) {
            let message = format!("the page has no {} parameter `{}`", parameter.location.name(), parameter.name);
            self.add_to_call(&format!("/parameters/{index}"), 0, message, &parameter.name);
        }
    }

    fn statuses(&mut self) {
        let listed = &self.page.statuses;
        let known: Vec<u16> = self.operation.responses.iter().map(|response| response.status).collect();
        for (status, line) in listed.iter().filter(|(status, _)| !known.contains(status)) {
            let message = format!("the page lists the status {status}, the schema does not");
            self.add_to_call("/responses", *line, message, &status.to_string());
        }
        for status in known.iter().filter(|status| !listed.iter().any(|(listed, _)| listed == *status)) {
            let (message, below) =
                (format!("the page does not list the status {status}"), format!("/responses/{status}"));
            let operation = self.operation;
            if let Some(name) = operation.explorer_statuses.get(status) {
                let pointer = format!("{}{below}", operation.pointer);
                self.add(&operation.file, &pointer, 0, Finding::Explained(message, in_the_explorer(name)));
            } else {
                self.add_to_call(&below, 0, message, &status.to_string());
            }
        }
    }

    fn bodies(&mut self) {
        let (page, operation) = (self.page, self.operation);
        match (page.table(Role::Request), operation.request.as_deref()) {
            (Some(table), Some(name)) => self.table(table, name),
            (Some(table), None) => {
                let line = page.tables[table].line;
                self.add_to_call("", line, "the page has a request body, the schema has none".into(), "body");
            }
            (None, Some(_)) => {
                self.add_to_call("/requestBody", 0, "the page has no request body that could be read".into(), "body");
            }
            (None, None) => {}
        }
        let mut has_success = false;
        for (place, table) in page.tables.iter().enumerate() {
            let Role::Response(status) = table.role else { continue };
            let same = operation.responses.iter().find(|response| response.status == status);
            if let Some(response) = same.or_else(|| operation.success().filter(|_| status < 300)) {
                match &response.body {
                    Some(name) => self.table(place, name),
                    None => {
                        let message = format!("the page has a body of the response {status}, the schema has none");
                        self.add_to_call(&format!("/responses/{}", response.status), table.line, message, "body");
                    }
                }
            }
            has_success |= status < 300;
        }
        if !has_success && operation.success_body().is_some() {
            self.add_to_call("/responses", 0, "the page has no response that could be read".into(), "response");
        }
    }

    /// A table and the definition in the same position.
    fn table(&mut self, place: usize, name: &str) {
        let model = self.model;
        let Some(definition) = model.definition(name) else { return };
        if !self.seen.insert((place, &definition.name)) {
            return;
        }
        let table = &self.page.tables[place];
        self.name_of_table(table, definition);
        let deviations = deviations(definition);
        for row in &table.rows {
            self.row(row, table, definition, &deviations);
        }
        let is_on_page = |name: &str| table.rows.iter().any(|row| row.name == name);
        for (name, property) in definition.properties().filter(|(name, _)| !is_on_page(name)) {
            let field = field_of(model, definition, (name, property));
            let message = format!("the page has no field `{name}` here");
            let explorer = property.explorer().map(in_the_explorer);
            let finding = match explain(&field.deviations(), Matter::Absent).or(explorer) {
                Some(note) => Finding::Explained(message, note),
                None => Finding::Difference(message),
            };
            self.add(&definition.file, &definition.pointer_of(name), table.line, finding);
        }
        let page: Vec<&str> = table.rows.iter().map(|row| row.name.as_str()).collect();
        let ours = definition.properties().map(|(name, _)| name);
        let ours: Vec<&str> = ours.filter(|name| page.contains(name)).collect();
        let page: Vec<&str> = page.into_iter().filter(|name| ours.contains(name)).collect();
        if let Some((theirs, _)) = page.iter().zip(&ours).find(|(theirs, ours)| theirs != ours) {
            let message = format!("the order of fields differs from `{theirs}` on: the page has {}", page.join(", "));
            let pointer = format!("{}/properties", definition.pointer);
            self.add(&definition.file, &pointer, table.line, Finding::Difference(message));
        }
    }

    fn name_of_table(&mut self, table: &Table, definition: &Definition) {
        let said = definition.table().unwrap_or_default();
        let parts = TABLE.captures(said);
        if parts.is_none() && !said.is_empty() {
            // It is from another page.
            return;
        }
        let part = |at: usize| parts.as_ref().and_then(|parts| parts.get(at)).map(|part| part.as_str());
        let numbers: Vec<&str> = part(1).unwrap_or_default().split([',', ' ']).collect();
        let body = !matches!(table.role, Role::Object { .. });
        let named = table.name.as_deref().map_or(body && part(2).is_some(), |name| part(2) != Some(name));
        // A page without captions does not name its shapes.
        let differs = named || !numbers.contains(&table.number.to_string().as_str());
        if differs {
            let name = table.name.as_ref().map(|name| format!(", {name}")).unwrap_or_default();
            let message = format!("the page says Table {}{name}, the schema {said:?}", table.number);
            let pointer = format!("{}/x-drs/table", definition.pointer);
            self.add(&definition.file, &pointer, table.line, Finding::Difference(message));
        }
    }

    fn row(&mut self, row: &Row, table: &Table, definition: &'a Definition, deviations: &[Said<'_>]) {
        let own = definition.properties().find(|(name, _)| *name == row.name);
        let known = own.is_some();
        let Some((name, property)) = own.or_else(|| self.other_spelling(row, table, definition)) else {
            let sdk_only = definition.object().is_some_and(|object| object.drs.sdk_only.contains(&row.name));
            let more = if sdk_only { ", which is recorded as known to the SDK only" } else { "" };
            let message = format!("the page has the field `{}`{more}", row.name);
            let pointer = format!("{}/properties", definition.pointer);
            return self.add(&definition.file, &pointer, row.line, Finding::Difference(message));
        };
        let (pointer, field) = (definition.pointer_of(name), field_of(self.model, definition, (name, property)));
        let required = definition.requires(name);
        if row.required.is_some_and(|page| page != required) {
            let matter = Matter::Required { field: name };
            let note = explain(deviations, matter).filter(|_| !required);
            let message = required_differs(row, required);
            let finding = match note {
                Some(note) => Finding::Explained(message, note),
                None => Finding::Difference(message),
            };
            self.add(&definition.file, &pointer, row.line, finding);
        }
        if known && property.explorer().is_some() {
            let message = format!("the page has `{name}`, whose source is recorded as the API Explorer alone");
            self.add(&definition.file, &pointer, row.line, Finding::Difference(message));
        }
        // In another spelling, the deviation states that the page does not have our field, which is right.
        for finding in field::compare(row, field).into_iter().filter(|_| known) {
            self.add(&definition.file, &pointer, row.line, finding);
        }
        if let Some(place) = super::names::target(row) {
            for object in field.objects() {
                self.table(place, &object.name);
            }
        }
    }

    /// Our field that the page has in another spelling, and a deviation records as absent.
    fn other_spelling(&self, row: &Row, table: &Table, definition: &'a Definition) -> Option<(&'a str, &'a Property)> {
        let spelt = heck::ToSnakeCase::to_snake_case(row.name.as_str());
        definition.properties().filter(|(name, _)| *name == spelt).find(|(name, property)| {
            let field = field_of(self.model, definition, (name, property));
            explain(&field.deviations(), Matter::Absent).is_some() && !table.rows.iter().any(|row| row.name == *name)
        })
    }

    fn payloads(&mut self) {
        for (in_response, side) in [(false, "request"), (true, "response")] {
            for (file, pointer, line, finding) in
                examples::compare(self.page, self.sources, self.operation, in_response, side)
            {
                self.add(&file, &pointer, line, finding);
            }
        }
    }

    /// Tables that no body of ours refers to.
    fn left_over(&mut self) {
        let page = self.page;
        for (place, table) in page.tables.iter().enumerate() {
            let compared = self.seen.iter().any(|(seen, _)| *seen == place);
            if !compared && !matches!(table.role, Role::Parameters(_)) {
                let name = table.name.as_deref().map(|name| format!(", {name}")).unwrap_or_default();
                let message = format!("no field refers to Table {}{name}, so it was not compared", table.number);
                let operation = self.operation;
                self.add(&operation.file, &operation.pointer, table.line, Finding::Note(message));
            }
        }
    }
}

/// The note for what only the API Explorer has.
fn in_the_explorer(name: &str) -> String {
    format!("The vendor's API Explorer has it, as {name}.")
}

fn field_of<'a>(model: &'a Model, definition: &'a Definition, (name, property): (&'a str, &'a Property)) -> Field<'a> {
    Field { model, property, of: Some((definition, name)) }
}

fn required_differs(row: &Row, required: bool) -> String {
    let word = |required: bool| if required { "required" } else { "optional" };
    format!("`{}` is {} on the page, {} in the schema", row.name, word(row.required == Some(true)), word(required))
}
