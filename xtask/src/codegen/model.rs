//! What the schemas say, resolved: operations, and the shapes that they send and receive.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::load::{Sources, references, resolve};
use super::source::{Problem, segment};

/// The whole API.
#[derive(Debug)]
pub struct Model {
    /// `service.json` as it is.
    pub service: Value,
    /// `common` first, then one module for each operation, by name.
    pub modules: Vec<Module>,
    /// By id.
    pub operations: Vec<Operation>,
    /// The key orders of all files, for output that reads like its source.
    pub key_orders: Vec<Vec<String>>,
}

/// The definitions that become one Rust module.
#[derive(Debug)]
pub struct Module {
    /// `common`, or the id of the operation.
    pub name: String,
    /// What it is made from, below the repository.
    pub source: String,
    /// In the order of the files.
    pub definitions: Vec<Definition>,
}

/// One entry of `$defs`.
#[derive(Debug)]
pub struct Definition {
    /// The vendor's name; unique in the whole of `schemas/`.
    pub name: String,
    /// The module that it belongs to.
    pub module: String,
    /// The file, below `schemas/`.
    pub file: String,
    /// Where it stands in the file.
    pub pointer: String,
    /// As written.
    pub schema: Value,
    /// The property names in the order of the page.
    pub fields: Vec<String>,
    /// Whether a request reaches it.
    pub sent: bool,
    /// Whether an answer reaches it.
    pub received: bool,
}

/// One call.
#[derive(Debug)]
pub struct Operation {
    /// The vendor's name of it.
    pub id: String,
    /// The file, below `schemas/`.
    pub file: String,
    /// Where the operation object stands in the file.
    pub pointer: String,
    /// The template, such as `/v3/{project_id}/jobs`.
    pub path: String,
    /// The lower-case HTTP method.
    pub method: String,
    /// The OpenAPI operation object, as written.
    pub value: Value,
    /// Path, query and header parameters, as written.
    pub parameters: Vec<Parameter>,
    /// The definition of the request body.
    pub request: Option<String>,
    /// The definition of the body for each documented status: those of the page first, each by status.
    pub responses: Vec<(u16, String)>,
}

impl Definition {
    /// The names of the mandatory fields, as written.
    pub fn required(&self) -> impl Iterator<Item = &str> {
        self.schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str)
    }
}

impl Operation {
    /// Whether the vendor calls it deprecated.
    #[must_use]
    pub fn is_deprecated(&self) -> bool {
        self.value["deprecated"] == true
    }

    /// The groups that it belongs to.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.value["tags"].as_array().into_iter().flatten().filter_map(Value::as_str)
    }

    /// The body and status of the documented success.
    #[must_use]
    pub fn success(&self) -> Option<&(u16, String)> {
        self.responses.iter().find(|(status, _)| (200..300).contains(status))
    }
}

/// One parameter of a call.
#[derive(Debug)]
pub struct Parameter {
    /// The parameter object, as written.
    pub value: Value,
    /// The definition of its type, when it has a name.
    pub definition: Option<String>,
    /// Whether it stands in `service.json`: the client knows its value for all calls.
    pub shared: bool,
}

impl Parameter {
    /// The name on the wire.
    #[must_use]
    pub fn name(&self) -> &str {
        self.value["name"].as_str().unwrap_or_default()
    }

    /// Whether a call without it is refused.
    #[must_use]
    pub fn required(&self) -> bool {
        self.value["required"].as_bool().unwrap_or_default()
    }
}

impl Model {
    /// Resolves all references.
    ///
    /// # Errors
    /// Every reference that leads nowhere, every name that is used twice, every missing file.
    pub fn build(sources: &Sources) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let Some(service) = sources.get("service.json") else {
            let message = "this file is missing; it holds the servers and the shared parameters";
            return Err(vec![missing("schemas/service.json", message)]);
        };
        let modules = modules(sources, &mut problems);
        let names: BTreeSet<(String, String)> = modules
            .iter()
            .flat_map(|module| &module.definitions)
            .map(|d| (d.file.clone(), d.pointer.clone()))
            .collect();
        for doc in sources.iter().filter(|doc| !doc.path.starts_with("meta/") && !doc.path.contains("/examples/")) {
            for (at, reference) in references(&doc.value) {
                let (file, pointer) = resolve(&doc.path, &reference);
                if file.starts_with("v3/") && folder(&file) != folder(&doc.path) {
                    let message = format!("`{reference}` is a shape of another operation; move it to schemas/common/");
                    problems.push(doc.problem(&format!("{at}/$ref"), message));
                }
                let found = names.contains(&(file.clone(), pointer.clone()))
                    || (file == "service.json" && service.value.pointer(&pointer).is_some());
                if !found {
                    let message = format!("nothing stands at `{reference}` (schemas/{file}, {pointer})");
                    problems.push(doc.problem(&format!("{at}/$ref"), message));
                }
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let operations = operations(sources, &service.value, &mut problems);
        let mut model = Self {
            service: service.value.clone(),
            modules,
            operations,
            key_orders: sources
                .iter()
                .filter(|doc| !doc.path.starts_with("meta/"))
                .flat_map(super::source::Doc::key_orders)
                .cloned()
                .collect(),
        };
        model.mark_sides();
        if problems.is_empty() { Ok(model) } else { Err(problems) }
    }

    /// Who calls operations deprecated, and who does not.
    #[must_use]
    pub fn deprecation(&self) -> String {
        let explorer = &self.service["x-drs"]["explorer"];
        let text = |key: &str| explorer[key].as_str().unwrap_or_default();
        format!("Deprecated, says the vendor's API Explorer of {}. {}", text("edition"), text("deprecated"))
    }

    /// All definitions, `common` first.
    pub fn definitions(&self) -> impl Iterator<Item = &Definition> {
        self.modules.iter().flat_map(|module| &module.definitions)
    }

    /// The definition of a name.
    #[must_use]
    pub fn definition(&self, name: &str) -> Option<&Definition> {
        self.definitions().find(|definition| definition.name == name)
    }

    fn mark_sides(&mut self) {
        let (mut sent, mut received) = (BTreeSet::new(), BTreeSet::new());
        for operation in &self.operations {
            let parameters = operation.parameters.iter().filter_map(|parameter| parameter.definition.clone());
            self.reach(operation.request.iter().cloned().chain(parameters), &mut sent);
            self.reach(operation.responses.iter().map(|(_, name)| name.clone()), &mut received);
        }
        for definition in self.modules.iter_mut().flat_map(|module| &mut module.definitions) {
            definition.sent = sent.contains(&definition.name);
            definition.received = received.contains(&definition.name);
        }
    }

    /// Adds the names of some definitions, and of all that they lead to.
    pub fn reach(&self, from: impl IntoIterator<Item = String>, reached: &mut BTreeSet<String>) {
        let mut open: Vec<String> = from.into_iter().collect();
        while let Some(name) = open.pop() {
            if let Some(definition) = self.definition(&name)
                && reached.insert(name)
            {
                open.extend(references(&definition.schema).into_iter().map(|(_, reference)| target(&reference)));
            }
        }
    }
}

/// The name that a `$ref` to a definition ends in.
#[must_use]
pub fn target(reference: &str) -> String {
    reference.rsplit('/').next().unwrap_or_default().to_owned()
}

fn folder(file: &str) -> &str {
    file.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn missing(file: &str, message: &str) -> Problem {
    Problem { file: file.to_owned(), line: 0, pointer: String::new(), message: message.to_owned() }
}

fn modules(sources: &Sources, problems: &mut Vec<Problem>) -> Vec<Module> {
    let common = Module { name: "common".into(), source: "schemas/common/".into(), definitions: Vec::new() };
    let mut modules = vec![common];
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for name in sources.operations() {
        if name == "common" || name == "service" {
            problems.push(missing(&format!("schemas/v3/{name}"), "this name is taken by a generated module"));
        }
        let source = format!("schemas/v3/{name}/");
        modules.push(Module { name: name.to_owned(), source, definitions: Vec::new() });
    }
    for doc in sources.iter() {
        let name = match doc.path.split('/').collect::<Vec<_>>().as_slice() {
            ["common", _] => "common",
            ["v3", operation, "schema.json"] => operation,
            _ => continue,
        };
        let expected = format!("{}{}", super::load::BASE, doc.path);
        if doc.value["$id"] != expected.as_str() {
            problems.push(doc.problem("/$id", format!("expected \"{expected}\", after the place of the file")));
        }
        let Some(module) = modules.iter_mut().find(|module| module.name == name) else { continue };
        for key in doc.keys("/$defs") {
            let pointer = format!("/$defs/{}", segment(key));
            if let Some(first) = seen.insert(key.clone(), doc.path.clone()) {
                let message = format!("the name `{key}` is already defined in schemas/{first}; tell the two apart");
                problems.push(doc.problem(&pointer, message));
            }
            module.definitions.push(Definition {
                name: key.clone(),
                module: name.to_owned(),
                file: doc.path.clone(),
                schema: doc.value["$defs"][key].clone(),
                fields: doc.keys(&format!("{pointer}/properties")).to_vec(),
                pointer,
                sent: false,
                received: false,
            });
        }
    }
    modules
}

fn operations(sources: &Sources, service: &Value, problems: &mut Vec<Problem>) -> Vec<Operation> {
    let mut operations = Vec::new();
    for folder in sources.operations() {
        for file in ["schema.json", "operation.json", "tests.json"] {
            if sources.get(&format!("v3/{folder}/{file}")).is_none() {
                problems.push(missing(&format!("schemas/v3/{folder}/{file}"), "an operation needs this file"));
            }
        }
        let file = format!("v3/{folder}/operation.json");
        let Some(doc) = sources.get(&file) else { continue };
        let Some((path, item)) = doc.value.as_object().and_then(|paths| paths.iter().next()) else { continue };
        let Some((method, value)) = item.as_object().and_then(|item| item.iter().next()) else { continue };
        let pointer = format!("/{}/{method}", segment(path));
        if value["operationId"] != folder {
            let message = format!("expected \"{folder}\", after the folder");
            problems.push(doc.problem(&format!("{pointer}/operationId"), message));
        }
        let body =
            |content: &Value| content.pointer("/application~1json/schema/$ref").and_then(Value::as_str).map(target);
        let mut responses: Vec<(u16, String)> = Vec::new();
        let (explorer, page): (Vec<_>, Vec<_>) = (value["responses"].as_object().into_iter().flatten())
            .partition(|(_, response)| super::shape::explorer(response).is_some());
        for (status, response) in page.into_iter().chain(explorer) {
            let response = follow(service, response);
            if let (Ok(status), Some(name)) = (status.parse(), body(&response["content"])) {
                responses.push((status, name));
            }
        }
        operations.push(Operation {
            id: folder.to_owned(),
            file: file.clone(),
            pointer,
            path: path.clone(),
            method: method.clone(),
            parameters: value["parameters"].as_array().into_iter().flatten().map(|p| parameter(service, p)).collect(),
            request: body(&value["requestBody"]["content"]),
            responses,
            value: value.clone(),
        });
    }
    operations
}

fn parameter(service: &Value, written: &Value) -> Parameter {
    let value = follow(service, written);
    Parameter {
        definition: value["schema"]["$ref"].as_str().map(target),
        shared: written.get("$ref").is_some(),
        value: value.clone(),
    }
}

/// The shared component that `written` refers to, or `written` itself.
fn follow<'a>(service: &'a Value, written: &'a Value) -> &'a Value {
    written["$ref"].as_str().and_then(|reference| service.pointer(reference.split_once('#')?.1)).unwrap_or(written)
}
