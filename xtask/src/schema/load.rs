//! Reads `schemas/` and validates every file against its meta-schema.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Registry, ValidationError, Validator};
use serde_json::json;

use super::document::{Doc, Problem, segment};
use super::version::{Folder, is_version};

/// The prefix of every stable `$id`. It names the files; it is never fetched.
pub const BASE: &str = "https://drs.example/schemas/";

/// The files of `schemas/` by path, each valid against its meta-schema.
#[derive(Debug, Default)]
pub struct Sources {
    docs: BTreeMap<String, Doc>,
    /// The files with mistakes, by path.
    unfit: BTreeSet<String>,
}

impl Sources {
    /// Reads all files below `schemas`.
    ///
    /// # Errors
    /// Returns every file that cannot be read, is not JSON, has an unknown name or breaks its meta-schema.
    pub fn load(schemas: &Path) -> Result<Self, Vec<Problem>> {
        let (sources, problems) = Self::load_all(schemas);
        if problems.is_empty() { Ok(sources) } else { Err(problems) }
    }

    /// Reads all files, and returns the mistakes along with the files that could be read.
    #[must_use]
    pub fn load_all(schemas: &Path) -> (Self, Vec<Problem>) {
        let mut sources = Self::default();
        let mut problems = Vec::new();
        for entry in walkdir::WalkDir::new(schemas).sort_by_file_name() {
            match entry {
                Ok(entry) if entry.file_type().is_file() => {
                    let path = entry.path().strip_prefix(schemas).unwrap_or(entry.path());
                    let path = path.to_string_lossy().replace('\\', "/");
                    if !path.ends_with(".md") {
                        sources.read(&path, entry.path(), &mut problems);
                    }
                }
                Ok(_) => {}
                Err(error) => problems.push(unreadable("schemas", &error)),
            }
        }
        match sources.meta_schemas() {
            Ok(meta) => problems.extend(sources.docs.values().flat_map(|doc| meta.check(doc))),
            Err(found) => problems.extend(found),
        }
        let unfit = problems.iter().filter_map(|problem| problem.file.strip_prefix("schemas/"));
        sources.unfit = unfit.map(str::to_owned).collect();
        (sources, problems)
    }

    /// Whether a mistake in the file is reported already.
    #[must_use]
    pub fn is_unfit(&self, path: &str) -> bool {
        self.unfit.contains(path)
    }

    /// Returns the file at a path below `schemas/`.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Doc> {
        self.docs.get(path)
    }

    /// Returns all files, by path.
    pub fn iter(&self) -> impl Iterator<Item = &Doc> {
        self.docs.values()
    }

    /// Returns the files that describe the API: all but the meta-schemas and the scenarios.
    pub fn of_api(&self) -> impl Iterator<Item = &Doc> {
        self.iter().filter(|doc| !matches!(Kind::of(&doc.path), Some(Kind::Meta | Kind::Scenario)))
    }

    /// Returns the ready scenarios of the emulator, by path.
    pub fn scenarios(&self) -> impl Iterator<Item = &Doc> {
        self.iter().filter(|doc| Kind::of(&doc.path) == Some(Kind::Scenario))
    }

    /// Returns the folders of the operations.
    #[must_use]
    pub fn operations(&self) -> Vec<Folder> {
        let folders: BTreeSet<Folder> = self.docs.keys().filter_map(|path| Folder::of(path)).collect();
        folders.into_iter().collect()
    }

    /// Returns the documented payloads of one side of an operation, by path.
    pub fn examples(&self, folder: &Folder, side: &str) -> impl Iterator<Item = &Doc> {
        let prefix = folder.file(&format!("examples/{side}."));
        self.docs.values().filter(move |doc| doc.path.starts_with(&prefix))
    }

    fn read(&mut self, path: &str, file: &Path, problems: &mut Vec<Problem>) {
        if Kind::of(path).is_none() {
            let message = "unknown file name; schemas/README.md lists the files of this folder";
            problems.push(Problem::of_file(format!("schemas/{path}"), message));
            return;
        }
        match std::fs::read_to_string(file) {
            Ok(text) => match Doc::parse(path, text) {
                Ok(doc) => drop(self.docs.insert(path.to_owned(), doc)),
                Err(found) => problems.extend(found),
            },
            Err(error) => problems.push(unreadable(&format!("schemas/{path}"), &error)),
        }
    }

    fn meta_schemas(&self) -> Result<MetaSchemas, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut registry = Registry::new();
        for doc in self.docs.values().filter(|doc| Kind::of(&doc.path) == Some(Kind::Meta)) {
            match registry.add(format!("{BASE}{}", doc.path), doc.value.clone()) {
                Ok(next) => registry = next,
                Err(error) => return Err(vec![doc.problem("", format!("this meta-schema cannot be used: {error}"))]),
            }
        }
        let registry = match registry.prepare() {
            Ok(registry) => registry,
            Err(error) => {
                let message = format!("the meta-schemas cannot be compiled together: {error}");
                return Err(vec![unreadable("schemas/meta", &message)]);
            }
        };
        let mut validators = BTreeMap::new();
        for kind in Kind::CHECKED {
            let path = kind.meta_schema();
            if !self.docs.contains_key(path) {
                problems.push(unreadable(&format!("schemas/{path}"), &"this meta-schema is missing"));
                continue;
            }
            let reference = json!({ "$ref": format!("{BASE}{path}") });
            let options = jsonschema::draft202012::options().should_validate_formats(true);
            match options.with_registry(&registry).build(&reference) {
                Ok(validator) => drop(validators.insert(kind, validator)),
                Err(error) => problems.push(unreadable(&format!("schemas/{path}"), &error)),
            }
        }
        if problems.is_empty() { Ok(MetaSchemas(validators)) } else { Err(problems) }
    }
}

fn unreadable(file: &str, error: &dyn std::fmt::Display) -> Problem {
    Problem::of_file(file, error.to_string())
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Kind {
    Meta,
    Service,
    Definitions,
    Operation,
    Tests,
    Preset,
    Example,
    Scenario,
    Catalogue,
    Checks,
}

impl Kind {
    const CHECKED: [Self; 8] = [
        Self::Service,
        Self::Definitions,
        Self::Operation,
        Self::Tests,
        Self::Preset,
        Self::Scenario,
        Self::Catalogue,
        Self::Checks,
    ];

    fn of(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').collect();
        Some(match parts.as_slice() {
            ["service.json"] => Self::Service,
            ["presets", name] if name.ends_with(".json") => Self::Preset,
            ["meta", name] if name.ends_with(".schema.json") => Self::Meta,
            ["checks", "catalogue.json"] => Self::Catalogue,
            ["checks", name] if name.ends_with(".json") => Self::Checks,
            ["common", name] if name.ends_with(".json") => Self::Definitions,
            ["scenarios", name] if name.ends_with(".json") => Self::Scenario,
            [version, _, "schema.json"] if is_version(version) => Self::Definitions,
            [version, _, "operation.json"] if is_version(version) => Self::Operation,
            [version, _, "tests.json"] if is_version(version) => Self::Tests,
            [version, _, "examples", name]
                if is_version(version) && ["request", "response"].contains(&example_of(name)?) =>
            {
                Self::Example
            }
            ["common", "examples", name] if !example_of(name)?.is_empty() => Self::Example,
            _ => return None,
        })
    }

    fn meta_schema(self) -> &'static str {
        match self {
            Self::Service => "meta/service.schema.json",
            Self::Operation => "meta/operation.schema.json",
            Self::Tests => "meta/tests.schema.json",
            Self::Scenario => "meta/scenario.schema.json",
            Self::Catalogue => "meta/catalogue.schema.json",
            Self::Checks => "meta/checks.schema.json",
            Self::Preset => "meta/preset.schema.json",
            Self::Definitions | Self::Meta | Self::Example => "meta/definitions.schema.json",
        }
    }
}

/// Returns what the example `<what>.<n>.json` shows: `request` or `response` in an operation, a definition in `common/`.
#[must_use]
pub fn example_of(name: &str) -> Option<&str> {
    let (what, number) = name.strip_suffix(".json")?.split_once('.')?;
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(what)
}

struct MetaSchemas(BTreeMap<Kind, Validator>);

impl MetaSchemas {
    fn check(&self, doc: &Doc) -> Vec<Problem> {
        let Some(validator) = Kind::of(&doc.path).and_then(|kind| self.0.get(&kind)) else { return Vec::new() };
        validator.iter_errors(&doc.value).flat_map(|error| explain(doc, &error)).collect()
    }
}

/// Converts a finding of the validator into problems that point at the wrong key.
fn explain(doc: &Doc, error: &ValidationError<'_>) -> Vec<Problem> {
    let at = error.instance_path().as_str();
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => unexpected
            .iter()
            .map(|key| doc.problem(&format!("{at}/{}", segment(key)), format!("unknown key `{key}`")))
            .collect(),
        ValidationErrorKind::OneOfNotValid { context } | ValidationErrorKind::AnyOf { context } => {
            let nearest = context.iter().min_by_key(|branch| branch.iter().map(depth_penalty).sum::<usize>());
            match nearest {
                Some(branch) if !branch.is_empty() => branch.iter().flat_map(|error| explain(doc, error)).collect(),
                _ => vec![doc.problem(at, "the value matches none of the allowed forms")],
            }
        }
        ValidationErrorKind::Required { property } => {
            vec![doc.problem(at, format!("missing key {property}"))]
        }
        ValidationErrorKind::Pattern { pattern } if pattern == "\\S" => {
            vec![doc.problem(at, "this string is empty; write a sentence")]
        }
        _ => vec![doc.problem(at, error.to_string())],
    }
}

/// Ranks a branch: one that fails at its own type is a worse match than one that fails inside.
fn depth_penalty(error: &ValidationError<'static>) -> usize {
    match error.kind() {
        ValidationErrorKind::Type { .. } => 10,
        ValidationErrorKind::Required { .. } => 3,
        _ => 1,
    }
}
