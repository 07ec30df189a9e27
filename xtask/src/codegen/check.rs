//! What a meta-schema cannot say: the files of an operation must agree with each other and with the evidence.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use super::bundle;
use super::load::{Sources, example_of, resolve};
use super::model::{Definition, Model, Operation, target};
use super::rules;
use super::rust_names;
use super::shape;
use super::source::{Doc, Problem, segment};
use super::unions;

/// Every disagreement in the schemas; empty when there is none.
#[must_use]
pub fn check(sources: &Sources, model: &Model) -> Vec<Problem> {
    let check = Check { sources, model, validators: validators(model) };
    let mut problems = check.type_names();
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

/// The definition whose values are the states of a task.
const TASK_STATES: &str = "JobStatus";

struct Check<'a> {
    sources: &'a Sources,
    model: &'a Model,
    validators: BTreeMap<String, Validator>,
}

/// What is wrong with a statement of the API Explorer as evidence against the page.
fn of_the_explorer(page: &Validator, evidence: &Value) -> Option<String> {
    let explorer = jsonschema::draft202012::options().should_validate_formats(true).build(&evidence["says"]);
    let Ok(explorer) = explorer else { return Some("this is not a schema".to_owned()) };
    let value = &evidence["value"];
    (page.is_valid(value) == explorer.is_valid(value)).then(|| {
        format!(
            "page and API Explorer agree about {value}; name a value that one of them refuses, or drop the deviation"
        )
    })
}

/// One validator for each definition, over the strict reading of what it leads to.
fn validators(model: &Model) -> BTreeMap<String, Validator> {
    let shapes = bundle::definitions(model, "#/$defs/");
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
    /// No two definitions, and no definition and operation, may become the same type of Rust.
    fn type_names(&self) -> Vec<Problem> {
        let operations = self.model.operations.iter().map(|operation| operation.id.as_str());
        let names = self.model.definitions().map(|definition| definition.name.as_str()).chain(operations);
        rust_names::clashes(names, rust_names::shape)
            .into_iter()
            .map(|(first, second)| Problem {
                file: "schemas".to_owned(),
                line: 0,
                pointer: String::new(),
                message: format!("`{first}` and `{second}` make the same Rust type; rename one definition"),
            })
            .collect()
    }

    fn definition(&self, definition: &Definition, problems: &mut Vec<Problem>) {
        let Some(doc) = self.sources.get(&definition.file) else { return };
        let at = &definition.pointer;
        let mut report = |pointer: String, message: String| problems.push(doc.problem(&pointer, message));
        if !definition.sent && !definition.received {
            report(at.clone(), format!("nothing refers to `{}`; remove it", definition.name));
        }
        for (index, name) in definition.schema["required"].as_array().into_iter().flatten().enumerate() {
            if name.as_str().is_none_or(|name| !definition.fields.iter().any(|field| field == name)) {
                report(format!("{at}/required/{index}"), format!("{name} is not among the properties"));
            }
        }
        for name in definition.required() {
            let source = &definition.schema["properties"][name];
            if [source, &definition.schema].into_iter().any(|piece| shape::explorer(piece).is_some()) {
                let message = "a field that only the API Explorer has is never mandatory".to_owned();
                report(format!("{at}/properties/{}", segment(name)), message);
            }
        }
        for (index, name) in definition.schema["x-drs"]["sdk_only"].as_array().into_iter().flatten().enumerate() {
            if definition.fields.iter().any(|field| name == field) {
                report(format!("{at}/x-drs/sdk_only/{index}"), format!("{name} is a field of the schema"));
            }
        }
        if let Some(values) = definition.schema["enum"].as_array() {
            let listed: BTreeSet<&str> = values.iter().filter_map(Value::as_str).collect();
            let described = definition.schema["x-drs"]["values"].as_object();
            let described: BTreeSet<&str> = described.into_iter().flatten().map(|(key, _)| key.as_str()).collect();
            for value in listed.difference(&described) {
                report(format!("{at}/enum"), format!("`{value}` has no text in x-drs/values"));
            }
            for value in described.difference(&listed) {
                let pointer = format!("{at}/x-drs/values/{}", segment(value));
                report(pointer, format!("`{value}` is not a value of the enum"));
            }
            for (first, second) in rust_names::clashes(listed, rust_names::variant) {
                report(format!("{at}/enum"), format!("`{first}` and `{second}` make the same Rust name"));
            }
        }
        let name = |field: &String| rust_names::wire_or_own(field, &definition.schema["properties"][field]);
        let names: Vec<String> = definition.fields.iter().map(name).collect();
        for (first, second) in rust_names::clashes(names.iter().map(String::as_str), rust_names::field) {
            let message = format!("`{first}` and `{second}` make the same Rust name; give one a `rust_name` in x-drs");
            report(format!("{at}/properties"), message);
        }
        for field in &definition.fields {
            let property = &definition.schema["properties"][field];
            if shape::is_union(property) && unions::rust_type(self.model, definition, property).is_none() {
                let message = format!("no Rust type holds {}; see unions.rs", property["type"]);
                report(format!("{at}/properties/{}", segment(field)), message);
            }
        }
        rules::check(self.model, definition, &mut report);
        if self.validators.contains_key(&definition.name) {
            self.deviations(definition, at, &definition.schema, problems);
            for field in &definition.fields {
                let pointer = format!("{at}/properties/{}", segment(field));
                self.deviations(definition, &pointer, &definition.schema["properties"][field], problems);
            }
        } else {
            report(at.clone(), "this is not a schema that can be compiled".to_owned());
        }
    }

    /// The evidence of a deviation must break what the page says; else the page is right after all.
    fn deviations(&self, definition: &Definition, at: &str, schema: &Value, problems: &mut Vec<Problem>) {
        let Some(doc) = self.sources.get(&definition.file) else { return };
        for (index, deviation) in schema["x-drs"]["deviations"].as_array().into_iter().flatten().enumerate() {
            let at = format!("{at}/x-drs/deviations/{index}");
            let page = jsonschema::draft202012::options().should_validate_formats(true).build(&deviation["says"]);
            let Ok(page) = page else {
                problems.push(doc.problem(&format!("{at}/says"), "this is not a schema"));
                continue;
            };
            for (index, evidence) in deviation["evidence"].as_array().into_iter().flatten().enumerate() {
                let at = format!("{at}/evidence/{index}");
                if evidence["explorer"].is_string() {
                    problems.extend(of_the_explorer(&page, evidence).map(|message| doc.problem(&at, message)));
                    continue;
                }
                let Some(example) = evidence["example"].as_str() else { continue };
                let pointer = evidence["pointer"].as_str().unwrap_or_default();
                let (file, _) = resolve(&definition.file, example);
                // The payloads of an operation go with its folder, and what they tell of a shared shape stays true.
                let folder = file.strip_prefix("v3/").and_then(|rest| rest.split('/').next());
                if folder.is_some_and(|folder| !self.model.operations.iter().any(|operation| operation.id == folder)) {
                    continue;
                }
                let Some(found) = self.sources.get(&file).and_then(|example| example.value.pointer(pointer)) else {
                    problems.push(doc.problem(&at, format!("nothing stands at {pointer} of schemas/{file}")));
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
        let declared: BTreeSet<&str> = operation
            .parameters
            .iter()
            .filter(|p| p.value["in"] == "path")
            .map(super::model::Parameter::name)
            .collect();
        for name in in_path.symmetric_difference(&declared) {
            let message = format!("`{name}` must stand both in the path and among the parameters");
            problems.push(doc.problem(&format!("{at}/parameters"), message));
        }
        let described = self.model.service["tags"].as_array().map(Vec::as_slice).unwrap_or_default();
        for (index, name) in operation.tags().enumerate() {
            if !described.iter().any(|tag| tag["name"] == name) {
                let message = format!("`{name}` is not described among the tags of schemas/service.json");
                problems.push(doc.problem(&format!("{at}/tags/{index}"), message));
            }
        }
        if operation.is_deprecated() != operation.value["x-drs"]["deprecated_by"].is_string() {
            let message = "`deprecated` and `x-drs.deprecated_by` stand together or not at all";
            problems.push(doc.problem(at, message));
        }
        if operation.success().is_none() {
            problems.push(doc.problem(&format!("{at}/responses"), "no status of success (2xx) is described"));
        }
        let batch = &operation.value["x-drs"]["batch"];
        if batch.is_object() {
            let answer = operation.success().map(|(_, name)| name.as_str());
            let row = answer.and_then(|name| self.follow(name, batch["answers"].as_str()?));
            let request = operation.request.as_deref();
            let thing = request.and_then(|name| self.follow(name, batch["request"].as_str()?));
            let known = [
                ("/request", request),
                ("/asked", thing.as_deref()),
                ("/paged", request),
                ("/answers", answer),
                ("/id", row.as_deref()),
                ("/error_code", row.as_deref()),
                ("/error_msg", row.as_deref()),
                ("/outcome/at", row.as_deref()),
            ];
            for (key, from) in known {
                let Some(pointer) = batch.pointer(key).and_then(Value::as_str) else { continue };
                if from.and_then(|name| self.follow(name, pointer)).is_none() {
                    let message = format!("no field stands at {pointer} of `{}`", from.unwrap_or("nothing"));
                    problems.push(doc.problem(&format!("{at}/x-drs/batch{key}"), message));
                }
            }
        }
        self.task_rules(operation, doc, problems);
    }

    /// The states in the rules of a task must be states of a task.
    fn task_rules(&self, operation: &Operation, doc: &Doc, problems: &mut Vec<Problem>) {
        let states = self.model.definition(TASK_STATES).and_then(|definition| definition.schema["enum"].as_array());
        for (index, rule) in operation.value["x-drs"]["task"].as_array().into_iter().flatten().enumerate() {
            let at = format!("{}/x-drs/task/{index}", operation.pointer);
            let named = rule["states"].as_array().into_iter().flatten().chain(rule.get("becomes"));
            for state in named.filter(|state| !states.is_some_and(|states| states.contains(state))) {
                problems.push(doc.problem(&at, format!("{state} is not a value of `{TASK_STATES}`")));
            }
        }
    }

    /// Walks a pointer through definitions: the name it ends at, or an empty one for a plain JSON type.
    fn follow(&self, from: &str, pointer: &str) -> Option<String> {
        let mut name = from.to_owned();
        for part in pointer.split('/').skip(1) {
            let property = self.model.definition(&name)?.schema["properties"].get(part)?;
            let reference = property["$ref"].as_str().or_else(|| property["items"]["$ref"].as_str());
            let null_too = || property["anyOf"][0]["$ref"].as_str();
            name = reference.or_else(null_too).map(target).unwrap_or_default();
        }
        Some(name)
    }

    fn examples(&self, operation: &Operation, problems: &mut Vec<Problem>) {
        let sides =
            [("request", operation.request.as_deref()), ("response", operation.success().map(|(_, n)| n.as_str()))];
        for (side, body) in sides {
            let Some(body) = body else { continue };
            let prefix = format!("v3/{}/examples/{side}.", operation.id);
            let mut examples = self.sources.iter().filter(|doc| doc.path.starts_with(&prefix)).peekable();
            if examples.peek().is_none() {
                let file = format!("schemas/{prefix}1.json");
                let message = "an operation needs at least one documented payload on each side".to_owned();
                problems.push(Problem { file, line: 0, pointer: String::new(), message });
            }
            let Some(validator) = self.validators.get(body) else { continue };
            for doc in examples {
                breaches(doc, body, validator, problems);
            }
        }
    }

    /// The documented payloads that belong to no call: each must fit the shape that it is named after.
    fn shared_examples(&self, problems: &mut Vec<Problem>) {
        for doc in self.sources.iter() {
            let Some(name) = doc.path.strip_prefix("common/examples/").and_then(example_of) else { continue };
            match self.validators.get(name) {
                Some(validator) => breaches(doc, name, validator, problems),
                None => problems.push(doc.problem("", format!("there is no definition `{name}`"))),
            }
        }
    }

    fn tests(&self, operation: &Operation, problems: &mut Vec<Problem>) {
        let Some(doc) = self.sources.get(&format!("v3/{}/tests.json", operation.id)) else { return };
        for (g, group) in doc.value.as_array().into_iter().flatten().enumerate() {
            let name = target(group["schema"]["$ref"].as_str().unwrap_or_default());
            let Some(validator) = self.validators.get(&name) else { continue };
            for (t, test) in group["tests"].as_array().into_iter().flatten().enumerate() {
                let expected = test["valid"].as_bool().unwrap_or_default();
                let at = format!("/{g}/tests/{t}");
                match validator.iter_errors(&test["data"]).next() {
                    Some(error) if expected => {
                        problems.push(
                            doc.problem(&at, format!("{} should be accepted, but: {error}", test["description"])),
                        );
                    }
                    None if !expected => {
                        problems
                            .push(doc.problem(&at, format!("{} should be refused by `{name}`", test["description"])));
                    }
                    _ => {}
                }
            }
        }
    }
}

/// Reports everything in a documented payload that breaks its schema.
fn breaches(doc: &Doc, body: &str, validator: &Validator, problems: &mut Vec<Problem>) {
    for error in validator.iter_errors(&doc.value) {
        let message =
            format!("the documented payload breaks its schema `{body}`: {error}; mend the schema, not the payload");
        problems.push(doc.problem(error.instance_path().as_str(), message));
    }
}
