//! The checks that a meta-schema cannot express: files agree with each other and with the evidence.

mod batch;
mod catalogue;
mod pages;
mod rules;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::Validator;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::definition::Definition;
use super::document::{Doc, Problem, segment};
use super::load::{Sources, example_of};
use super::model::Model;
use super::operation::{Location, Operation, Reference};
use super::property::Property;
use super::references::{self, resolve};
use super::source::{Deviation, Evidence, ExplorerEvidence};
use super::version::Folder;

/// Returns every contradiction in the schemas. The model is `complete` when no mistake was found before; otherwise a
/// definition may be missing only because its file could not be parsed.
#[must_use]
pub fn check(sources: &Sources, model: &Model, complete: bool) -> Vec<Problem> {
    let check = Check { sources, model, validators: validators(model), complete };
    let mut problems = words::check(sources);
    for definition in model.definitions() {
        check.definition(definition, &mut problems);
    }
    check.shared_examples(&mut problems);
    for operation in &model.operations {
        check.operation(operation, &mut problems);
        check.examples(operation, &mut problems);
        check.tests(operation, &mut problems);
    }
    problems
}

pub use catalogue::check as check_catalogue;

/// The definition whose enum values are the states of a task.
const TASK_STATES: &str = "JobStatus";

struct Check<'a> {
    sources: &'a Sources,
    model: &'a Model,
    validators: BTreeMap<String, Validator>,
    complete: bool,
}

/// Returns why a statement of the API Explorer is not evidence against the page.
fn of_the_explorer(page: &Validator, evidence: &ExplorerEvidence) -> Option<String> {
    let says = evidence.says.as_ref()?;
    let explorer = jsonschema::draft202012::options().should_validate_formats(true).build(says.fragment());
    let Ok(explorer) = explorer else { return Some("this is not a schema".to_owned()) };
    let value = &evidence.value;
    (page.is_valid(value) == explorer.is_valid(value)).then(|| {
        format!(
            "page and API Explorer agree about {value}; name a value that only one of them accepts, or remove the deviation"
        )
    })
}

/// Compiles one validator for each definition, from the strict reading.
fn validators(model: &Model) -> BTreeMap<String, Validator> {
    let shapes = model.strict_definitions("#/$defs/");
    let build = |name: &str| {
        let mut reached = BTreeSet::new();
        model.reach([name.to_owned()], &mut reached);
        let shapes: Map<String, Value> =
            shapes.iter().filter(|(name, _)| reached.contains(*name)).map(|(k, v)| (k.clone(), v.clone())).collect();
        let schema = json!({ "$ref": format!("#/$defs/{name}"), "$defs": shapes });
        jsonschema::draft202012::new(&schema).ok()
    };
    model.definitions().filter_map(|d| Some((d.name.clone(), build(&d.name)?))).collect()
}

impl Check<'_> {
    fn definition(&self, definition: &Definition, problems: &mut Vec<Problem>) {
        let Some(doc) = self.sources.get(&definition.file) else { return };
        let at = &definition.pointer;
        let mut report = |pointer: String, message: String| problems.push(doc.problem(&pointer, message));
        if self.complete && !definition.sent && !definition.received {
            report(at.clone(), format!("nothing refers to `{}`; remove it", definition.name));
        }
        let required = definition.object().map_or(&[][..], |object| &object.required);
        for (index, name) in required.iter().enumerate() {
            if definition.property(name).is_none() {
                report(format!("{at}/required/{index}"), format!("{name:?} is not among the properties"));
            }
        }
        for name in required {
            let property = definition.property(name).and_then(Property::explorer);
            if property.or(definition.explorer()).is_some() {
                let message = "a field that only the API Explorer has cannot be required".to_owned();
                report(definition.pointer_of(name), message);
            }
        }
        let sdk_only = definition.object().map_or(&[][..], |object| &object.drs.sdk_only);
        for (index, name) in sdk_only.iter().enumerate() {
            if definition.property(name).is_some() {
                report(
                    format!("{at}/x-drs/sdk_only/{index}"),
                    format!("{name:?} is a property, so the SDK is not its only source"),
                );
            }
        }
        if let (Some(values), Some(string)) = (definition.listed(), definition.string()) {
            let listed: BTreeSet<&str> = values.iter().map(String::as_str).collect();
            let described: BTreeSet<&str> = string.drs.values.keys().map(String::as_str).collect();
            for value in listed.difference(&described) {
                report(format!("{at}/enum"), format!("`{value}` has no meaning in x-drs/values"));
            }
            for value in described.difference(&listed) {
                let pointer = format!("{at}/x-drs/values/{}", segment(value));
                report(pointer, format!("`{value}` is not an enum value"));
            }
        }
        for value in definition.last().filter(|value| !definition.listed().unwrap_or_default().contains(value)) {
            report(format!("{at}/x-drs/final/values"), format!("`{value}` is not an enum value"));
        }
        rules::check(self.model, definition, &mut report);
        if self.validators.contains_key(&definition.name) {
            self.deviations(definition, at, definition.deviations(), problems);
            for (name, property) in definition.properties() {
                self.deviations(definition, &definition.pointer_of(name), &property.drs.deviations, problems);
            }
        } else if self.complete {
            report(at.clone(), "this schema cannot be compiled".to_owned());
        }
    }

    /// Checks that the evidence of a deviation breaks what the page says; otherwise the page is right.
    fn deviations(&self, definition: &Definition, at: &str, deviations: &[Deviation], problems: &mut Vec<Problem>) {
        let Some(doc) = self.sources.get(&definition.file) else { return };
        for (index, deviation) in deviations.iter().enumerate() {
            let at = format!("{at}/x-drs/deviations/{index}");
            let Some(says) = &deviation.says else { continue };
            let page = jsonschema::draft202012::options().should_validate_formats(true).build(says.fragment());
            let Ok(page) = page else {
                problems.push(doc.problem(&format!("{at}/says"), "this is not a schema"));
                continue;
            };
            for (index, evidence) in deviation.evidence.iter().enumerate() {
                let at = format!("{at}/evidence/{index}");
                if let Evidence::Explorer(evidence) = evidence {
                    problems.extend(of_the_explorer(&page, evidence).map(|message| doc.problem(&at, message)));
                }
                let Evidence::Example(evidence) = evidence else { continue };
                let pointer = &evidence.pointer;
                let (file, _) = resolve(&definition.file, &evidence.example);
                // The payloads are gone with the folder of their operation; what they showed of a shared definition stays true.
                let is_known = |folder| self.model.operations.iter().any(|operation| operation.folder == folder);
                if Folder::of(&file).is_some_and(|folder| !is_known(folder)) {
                    continue;
                }
                if self.sources.is_unfit(&file) {
                    continue;
                }
                let Some(found) = self.sources.get(&file).and_then(|example| example.value.pointer(pointer)) else {
                    problems.push(doc.problem(&at, format!("there is nothing at {pointer} of schemas/{file}")));
                    continue;
                };
                if page.is_valid(found) {
                    let message =
                        format!("{found} does not contradict what the page says; this deviation no longer applies");
                    problems.push(doc.problem(&at, message));
                }
            }
        }
    }

    fn operation(&self, operation: &Operation, problems: &mut Vec<Problem>) {
        let Some(doc) = self.sources.get(&operation.file) else { return };
        let at = &operation.pointer;
        let in_path: BTreeSet<&str> =
            operation.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        let declared = operation.parameters.iter().filter(|parameter| parameter.location == Location::Path);
        let declared: BTreeSet<&str> = declared.map(|parameter| parameter.name.as_str()).collect();
        for name in in_path.symmetric_difference(&declared) {
            let message = format!("`{name}` must be in both the path and the parameters");
            problems.push(doc.problem(&format!("{at}/parameters"), message));
        }
        for (index, name) in operation.tags.iter().enumerate() {
            if !self.model.service.tags.iter().any(|tag| tag.name == *name) {
                let message = format!("unknown tag `{name}`; describe it among the tags of schemas/service.json");
                problems.push(doc.problem(&format!("{at}/tags/{index}"), message));
            }
        }
        if operation.deprecated != operation.drs.deprecated_by.is_some() {
            let message = "`deprecated` needs `x-drs.deprecated_by`, and the other way round";
            problems.push(doc.problem(at, message));
        }
        if operation.success().is_none() {
            problems.push(doc.problem(&format!("{at}/responses"), "missing status of success (2xx)"));
        }
        if !operation.responses.iter().any(|response| response.status >= 400) {
            let message = "missing status of failure; a page without one means 400, with the shared response Error";
            problems.push(doc.problem(&format!("{at}/responses"), message));
        }
        for (key, message) in batch::check(self.model, operation, self.complete) {
            problems.push(doc.problem(&format!("{at}/x-drs/batch/{key}"), message));
        }
        self.task_rules(operation, doc, problems);
        pages::check(self, operation, doc, problems);
    }

    /// Checks that the states in the rules of a task are states of a task.
    fn task_rules(&self, operation: &Operation, doc: &Doc, problems: &mut Vec<Problem>) {
        let states = self.model.definition(TASK_STATES).and_then(Definition::listed).unwrap_or_default();
        for (index, rule) in operation.drs.task.iter().enumerate() {
            let at = format!("{}/x-drs/task/{index}", operation.pointer);
            let named = rule.states.iter().flatten().chain(&rule.becomes);
            for state in named.filter(|state| !states.contains(state)) {
                problems.push(doc.problem(&at, format!("{state:?} is not an enum value of `{TASK_STATES}`")));
            }
        }
    }

    fn examples(&self, operation: &Operation, problems: &mut Vec<Problem>) {
        let without = &operation.drs.no_payload;
        let sides = [
            ("request", operation.request.as_deref(), &without.request),
            ("response", operation.success_body(), &without.response),
        ];
        for (side, body, reason) in sides {
            let mut examples = self.sources.examples(&operation.folder, side).peekable();
            let first = operation.folder.file(&format!("examples/{side}.1.json"));
            let exists = examples.peek().is_some() || self.sources.is_unfit(&first);
            if let (Some(_), Some(doc)) = (reason, self.sources.get(&operation.file))
                && (exists || body.is_none())
            {
                let what = if exists { "there is a documented payload" } else { "there is no body" };
                let at = format!("{}/x-drs/no_payload/{side}", operation.pointer);
                problems.push(doc.problem(&at, format!("{what}; remove the reason")));
            }
            let Some(body) = body else {
                let message = format!("the {side} of `{}` has no body, so it has no payload", operation.id);
                problems.extend(examples.map(|doc| doc.problem("", message.clone())));
                continue;
            };
            if !exists && reason.is_none() {
                let message = "expected a documented payload; if the documentation has none, give the reason in \
                               `x-drs.no_payload` of operation.json";
                problems.push(Problem::of_file(format!("schemas/{first}"), message));
            }
            let Some(validator) = self.validators.get(body) else { continue };
            for doc in examples {
                breaches(doc, body, validator, problems);
            }
        }
    }

    /// Checks the documented payloads of no operation: each is valid against the definition that it is named after.
    fn shared_examples(&self, problems: &mut Vec<Problem>) {
        for doc in self.sources.iter() {
            let Some(name) = doc.path.strip_prefix("common/examples/").and_then(example_of) else { continue };
            match self.validators.get(name) {
                Some(validator) => breaches(doc, name, validator, problems),
                None if self.complete => problems.push(doc.problem("", format!("unknown definition `{name}`"))),
                None => {}
            }
        }
    }

    fn tests(&self, operation: &Operation, problems: &mut Vec<Problem>) {
        let Some(doc) = self.sources.get(&operation.folder.file("tests.json")) else { return };
        let groups = Vec::<Group>::deserialize(&doc.value).unwrap_or_default();
        for (g, group) in groups.iter().enumerate() {
            let name = references::definition(&doc.path, &group.schema.reference);
            let Some(validator) = self.validators.get(&name) else { continue };
            for (t, test) in group.tests.iter().enumerate() {
                let described = &test.description;
                let message = match validator.iter_errors(&test.data).next() {
                    Some(error) if test.valid => format!("{described:?} should be accepted, but: {error}"),
                    None if !test.valid => format!("{described:?} should be refused by `{name}`"),
                    _ => continue,
                };
                problems.push(doc.problem(&format!("/{g}/tests/{t}"), message));
            }
        }
    }
}

/// A group of schema tests.
#[derive(Deserialize)]
struct Group {
    schema: Reference,
    tests: Vec<Test>,
}

/// A payload that a schema accepts or refuses.
#[derive(Deserialize)]
struct Test {
    description: String,
    data: Value,
    valid: bool,
}

/// Reports each violation of the schema in a documented payload.
fn breaches(doc: &Doc, body: &str, validator: &Validator, problems: &mut Vec<Problem>) {
    for error in validator.iter_errors(&doc.value) {
        let message =
            format!("the documented payload breaks its schema `{body}`: {error}; correct the schema, not the payload");
        problems.push(doc.problem(error.instance_path().as_str(), message));
    }
}
