//! The resolved schemas: operations, and the definitions of their requests and responses.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::definition::{Definition, Written};
use super::document::{Doc, Problem, segment};
use super::load::Sources;
use super::operation::{Operation, OrReference, Parameter, Response, WrittenOperation, WrittenPaths};
use super::property::Property;
use super::references::{references, relink, resolve, target};
use super::service::Service;
use super::version::{Folder, qualified, split};

/// The whole API.
#[derive(Debug)]
pub struct Model {
    /// `service.json`.
    pub service: Service,
    /// The modules: `common` first, then one for each operation, by name.
    pub modules: Vec<Module>,
    /// The operations, by id.
    pub operations: Vec<Operation>,
    /// The key orders of all files, for output in the order of its source.
    pub key_orders: Vec<Vec<String>>,
    /// The position of each definition: the index of its module, and its index there.
    index: BTreeMap<String, (usize, usize)>,
}

/// The head of the OpenAPI document.
pub const SERVICE: &str = "service.json";

/// The prefix of a reference by a unique name.
pub(super) const UNIQUE: &str = "#/$defs/";

/// The module of the definitions that operations share.
pub const COMMON: &str = "common";

/// The definitions of one Rust module.
#[derive(Debug)]
pub struct Module {
    /// `common`, or the id of the operation.
    pub name: String,
    /// The source, relative to the repository.
    pub source: String,
    /// The definitions, in the order of the files.
    pub definitions: Vec<Definition>,
}

impl Model {
    /// Resolves all references.
    ///
    /// # Errors
    /// Returns every unresolved reference, duplicate name and missing file.
    pub fn build(sources: &Sources) -> Result<Self, Vec<Problem>> {
        match Self::build_all(sources) {
            (Some(model), problems) if problems.is_empty() => Ok(model),
            (_, problems) => Err(problems),
        }
    }

    /// Resolves all references, and returns the mistakes along with what could be resolved. A consequence of a reported
    /// mistake is not reported.
    #[must_use]
    pub fn build_all(sources: &Sources) -> (Option<Self>, Vec<Problem>) {
        let mut problems = Vec::new();
        let Some(service) = sources.get(SERVICE) else {
            let message = "this file is missing; it holds the servers and the shared parameters";
            let missing = Problem::of_file(format!("schemas/{SERVICE}"), message);
            return (None, if sources.is_unfit(SERVICE) { problems } else { vec![missing] });
        };
        let modules = modules(sources, &mut problems);
        let reported: BTreeSet<String> = problems.iter().map(|problem| problem.file.clone()).collect();
        // A file that cannot be parsed is reported once, and not at each reference to it.
        let misread = |file: &str| {
            let mut definitions = modules.iter().flat_map(|module| &module.definitions);
            (sources.is_unfit(file) || reported.contains(&format!("schemas/{file}")))
                && !definitions.any(|definition| definition.file == file)
        };
        let names: BTreeSet<(String, String)> = modules
            .iter()
            .flat_map(|module| &module.definitions)
            .map(|d| (d.file.clone(), d.pointer.clone()))
            .collect();
        for doc in sources.of_api().filter(|doc| !doc.path.contains("/examples/")) {
            for (at, reference) in references(&doc.value) {
                let (file, pointer) = resolve(&doc.path, &reference);
                if Folder::of(&file).is_some_and(|folder| Folder::of(&doc.path) != Some(folder)) {
                    let message =
                        format!("`{reference}` is a definition of another operation; move it to schemas/common/");
                    problems.push(doc.problem(&format!("{at}/$ref"), message));
                }
                let found = names.contains(&(file.clone(), pointer.clone()))
                    || (file == SERVICE && service.value.pointer(&pointer).is_some());
                if !found && !misread(&file) {
                    let message = format!("there is nothing at `{reference}` (schemas/{file}, {pointer})");
                    problems.push(doc.problem(&format!("{at}/$ref"), message));
                }
            }
        }
        let written = service.value.clone();
        let Some(mut service) = typed::<Service>(sources, service, &mut problems) else { return (None, problems) };
        service.written = written;
        let operations = operations(sources, &service, &mut problems);
        let index = index(&modules);
        let mut model = Self {
            service,
            modules,
            operations,
            index,
            key_orders: sources.of_api().flat_map(Doc::key_orders).cloned().collect(),
        };
        model.mark_sides();
        (Some(model), problems)
    }

    /// Returns which sources call operations deprecated, and which do not.
    #[must_use]
    pub fn deprecation(&self) -> String {
        let explorer = &self.service.drs.explorer;
        format!("Deprecated, says the vendor's API Explorer of {}. {}", explorer.edition, explorer.deprecated)
    }

    /// Returns all definitions, `common` first.
    pub fn definitions(&self) -> impl Iterator<Item = &Definition> {
        self.modules.iter().flat_map(|module| &module.definitions)
    }

    /// Returns the definition with a name.
    #[must_use]
    pub fn definition(&self, name: &str) -> Option<&Definition> {
        let (module, place) = self.index.get(name)?;
        self.modules.get(*module)?.definitions.get(*place)
    }

    /// Follows a JSON Pointer through the definitions, from the one with a name. `*` stands for the values of a map or the
    /// items of an array.
    #[must_use]
    pub fn follow(&self, from: &str, pointer: &str) -> Option<&Property> {
        let mut reached: Option<&Property> = None;
        for part in pointer.split('/').skip(1) {
            reached = Some(match (part, reached) {
                ("*", Some(list)) => list.ty.value().or_else(|| list.ty.element())?,
                (name, None) => self.definition(from)?.property(name)?,
                (name, Some(at)) => {
                    let named = at.ty.named().or_else(|| at.ty.element()?.ty.named())?;
                    self.definition(named)?.property(name)?
                }
            });
        }
        reached
    }

    /// Returns all definitions as written, by name, with every `$ref` pointing below `prefix`.
    #[must_use]
    pub fn strict_definitions(&self, prefix: &str) -> Map<String, Value> {
        self.definitions()
            .map(|definition| (definition.name.clone(), relink(&definition.written, "", prefix)))
            .collect()
    }

    fn mark_sides(&mut self) {
        let (mut sent, mut received) = (BTreeSet::new(), BTreeSet::new());
        for operation in &self.operations {
            let parameters = operation.parameters.iter().filter_map(|parameter| parameter.schema.ty.named());
            let parameters = parameters.map(str::to_owned);
            self.reach(operation.request.iter().cloned().chain(parameters), &mut sent);
            self.reach(operation.responses.iter().filter_map(|response| response.body.clone()), &mut received);
        }
        for definition in self.modules.iter_mut().flat_map(|module| &mut module.definitions) {
            definition.sent = sent.contains(&definition.name);
            definition.received = received.contains(&definition.name);
        }
    }

    /// Adds the names of some definitions, and of all that they refer to.
    pub fn reach(&self, from: impl IntoIterator<Item = String>, reached: &mut BTreeSet<String>) {
        let mut open: Vec<String> = from.into_iter().collect();
        while let Some(name) = open.pop() {
            if let Some(definition) = self.definition(&name)
                && reached.insert(name)
            {
                open.extend(definition.references().map(str::to_owned));
            }
        }
    }
}

fn modules(sources: &Sources, problems: &mut Vec<Problem>) -> Vec<Module> {
    let common = Module { name: COMMON.into(), source: "schemas/common/".into(), definitions: Vec::new() };
    let mut modules = vec![common];
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for folder in sources.operations() {
        let name = folder.id();
        let source = format!("schemas/{}", folder.file(""));
        if name == COMMON {
            problems.push(Problem::of_file(&source, "this name is reserved for the shared definitions"));
        }
        modules.push(Module { name, source, definitions: Vec::new() });
    }
    for doc in sources.iter() {
        let folder = Folder::of(&doc.path);
        let name = match &folder {
            Some(folder) if doc.path == folder.file("schema.json") => folder.id(),
            None if matches!(doc.path.split('/').collect::<Vec<_>>().as_slice(), ["common", _]) => COMMON.to_owned(),
            _ => continue,
        };
        let Some(file) = typed::<DefinitionsFile>(sources, doc, problems) else { continue };
        let expected = format!("{}{}", super::load::BASE, doc.path);
        if file.id != expected {
            problems.push(doc.problem("/$id", format!("expected \"{expected}\" for the path of this file")));
        }
        let Some(module) = modules.iter_mut().find(|module| module.name == name) else { continue };
        for (name, written) in file.definitions {
            let pointer = format!("/$defs/{}", segment(&name));
            let name = folder.as_ref().map_or(name.clone(), |folder| qualified(&folder.version, &name));
            if let Some(first) = seen.insert(name.clone(), doc.path.clone()) {
                let (_, name) = split(&name);
                let message = format!("the name `{name}` is already defined in schemas/{first}; rename one of the two");
                problems.push(doc.problem(&pointer, message));
            }
            let (description, deprecated, mut shape) = written.into_parts();
            shape.resolve(&doc.path);
            module.definitions.push(Definition {
                name,
                module: module.name.clone(),
                file: doc.path.clone(),
                written: doc.value.pointer(&pointer).map(|value| relink(value, &doc.path, UNIQUE)).unwrap_or_default(),
                pointer,
                description,
                deprecated,
                shape,
                sent: false,
                received: false,
            });
        }
    }
    modules
}

/// A file of definitions.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DefinitionsFile {
    #[serde(rename = "$schema")]
    _dialect: String,
    #[serde(rename = "$id")]
    id: String,
    #[serde(rename = "title")]
    _title: String,
    #[serde(rename = "description")]
    _description: Option<String>,
    #[serde(rename = "$defs")]
    definitions: IndexMap<String, Written>,
}

/// Parses a file into its type. The meta-schema is at least as strict, and reports a mistake with its location first.
pub(super) fn typed<T: DeserializeOwned>(sources: &Sources, doc: &Doc, problems: &mut Vec<Problem>) -> Option<T> {
    match serde_json::from_str(&doc.text) {
        Ok(value) => Some(value),
        Err(_) if sources.is_unfit(&doc.path) => None,
        Err(error) => {
            let message = format!("the meta-schema accepts this file, but the typed model does not: {error}");
            problems.push(Problem { line: error.line(), ..doc.problem("", message) });
            None
        }
    }
}

fn index(modules: &[Module]) -> BTreeMap<String, (usize, usize)> {
    let mut index = BTreeMap::new();
    for (module, of_module) in modules.iter().enumerate() {
        for (place, definition) in of_module.definitions.iter().enumerate() {
            index.entry(definition.name.clone()).or_insert((module, place));
        }
    }
    index
}

fn operations(sources: &Sources, service: &Service, problems: &mut Vec<Problem>) -> Vec<Operation> {
    let mut operations = Vec::new();
    for folder in sources.operations() {
        let exists = |file: &str| sources.get(&folder.file(file)).is_some() || sources.is_unfit(&folder.file(file));
        let mut missing = |file: &str, reason: &str| {
            if !exists(file) {
                problems.push(Problem::of_file(format!("schemas/{}", folder.file(file)), reason));
            }
        };
        missing("operation.json", "an operation needs this file");
        // An operation without bodies has no definitions.
        if exists("schema.json") {
            missing("tests.json", "the definitions of schema.json need this file");
        }
        let Some(doc) = sources.get(&folder.file("operation.json")) else { continue };
        let Some(paths) = typed::<WrittenPaths>(sources, doc, problems) else { continue };
        let calls = paths
            .into_iter()
            .flat_map(|(path, item)| item.into_iter().map(move |(method, call)| (path.clone(), method, call)));
        for (path, method, written) in calls {
            operations.push(operation(service, doc, &folder, (path, method, written), problems));
        }
    }
    operations
}

fn operation(
    service: &Service,
    doc: &Doc,
    folder: &Folder,
    (path, method, written): (String, String, WrittenOperation),
    problems: &mut Vec<Problem>,
) -> Operation {
    let pointer = format!("/{}/{method}", segment(&path));
    if written.operation_id != folder.operation {
        let message = format!("expected \"{}\", the name of the folder", folder.operation);
        problems.push(doc.problem(&format!("{pointer}/operationId"), message));
    }
    if !path.starts_with(&format!("/{}/", folder.version)) {
        let message = format!("expected a path below `/{}/`, the version of the folder", folder.version);
        problems.push(doc.problem(&format!("/{}", segment(&path)), message));
    }
    let parameters = written.parameters.into_iter().filter_map(|parameter| match parameter {
        OrReference::Own(mut parameter) => {
            parameter.resolve(&doc.path);
            Some(parameter)
        }
        OrReference::Reference(shared) => {
            let parameter = service.components.parameters.get(&target(&shared.reference))?;
            let mut parameter = Parameter { shared: true, ..parameter.clone() };
            parameter.resolve(SERVICE);
            Some(parameter)
        }
    });
    let responses = written.responses.into_iter().filter_map(|(status, response)| {
        let (file, body) = match response {
            OrReference::Own(body) => (doc.path.as_str(), body),
            OrReference::Reference(shared) => {
                (SERVICE, service.components.responses.get(&target(&shared.reference))?.clone())
            }
        };
        Some((status.parse::<u16>().ok()?, (file, body)))
    });
    let (explorer, page): (Vec<_>, Vec<_>) = responses.partition(|(_, (_, body))| body.explorer().is_some());
    let names = explorer.iter().filter_map(|(status, (_, body))| Some((*status, body.explorer()?.to_owned())));
    let explorer_statuses = names.collect();
    let responses = page.into_iter().chain(explorer);
    let responses = responses.map(|(status, (file, body))| Response { status, body: body.definition(file) });
    Operation {
        id: folder.id(),
        folder: folder.clone(),
        file: doc.path.clone(),
        written: doc.value.pointer(&pointer).cloned().unwrap_or_default(),
        pointer,
        path,
        method,
        summary: written.summary,
        description: written.description,
        tags: written.tags,
        security: written.security,
        parameters: parameters.collect(),
        request: written.request_body.and_then(|body| body.definition(&doc.path)),
        responses: responses.collect(),
        explorer_statuses,
        deprecated: written.deprecated,
        drs: written.drs,
    }
}
