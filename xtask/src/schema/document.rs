//! A JSON file of `schemas/` with the location of each value, and the problems that are reported about it.

use std::collections::BTreeMap;
use std::fmt;

use jsonc_parser::ast;
use serde_json::Value;

/// A mistake in the schemas: where it is, and what to do about it.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Problem {
    /// The file, relative to the repository.
    pub file: String,
    /// The line, counted from 1; 0 when the problem is the file itself.
    pub line: usize,
    /// The JSON Pointer of the value; empty for the whole file.
    pub pointer: String,
    /// The mistake, and what was expected.
    pub message: String,
}

impl Problem {
    /// Creates a problem of a file as a whole.
    #[must_use]
    pub fn of_file(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self { file: file.into(), line: 0, pointer: String::new(), message: message.into() }
    }

    /// Renders the file, the line and the pointer, as far as they are known.
    #[must_use]
    pub fn place(&self) -> String {
        let mut place = self.file.clone();
        if self.line > 0 {
            place.push_str(&format!(":{}", self.line));
        }
        if !self.pointer.is_empty() {
            place.push_str(&format!(" at {}", self.pointer));
        }
        place
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place(), self.message)
    }
}

/// Renders problems, one per line.
#[must_use]
pub fn listed(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// A parsed file that keeps the line of each value and the order of the keys.
#[derive(Debug)]
pub struct Doc {
    /// The path below `schemas/`, with forward slashes.
    pub path: String,
    /// The source text of the file.
    pub text: String,
    /// The parsed value.
    pub value: Value,
    lines: BTreeMap<String, usize>,
    keys: BTreeMap<String, Vec<String>>,
}

impl Doc {
    /// Parses a file. Refuses anything but strict JSON, and duplicate keys.
    ///
    /// # Errors
    /// Returns every problem with its line.
    pub fn parse(path: &str, text: String) -> Result<Self, Vec<Problem>> {
        let broken =
            |line, message: String| vec![Problem { line, ..Problem::of_file(format!("schemas/{path}"), message) }];
        // serde_json runs first: it is strict, and it bounds the depth for the parser that keeps locations.
        let value: Value =
            serde_json::from_str(&text).map_err(|error| broken(error.line(), format!("this is not JSON: {error}")))?;
        let tree = jsonc_parser::parse_to_ast(&text, &<_>::default(), &<_>::default())
            .map_err(|error| broken(error.line_display(), format!("this is not JSON: {}", error.kind())))?
            .value;
        let mut doc =
            Self { path: path.to_owned(), value, lines: <_>::default(), keys: <_>::default(), text: String::new() };
        let mut index = Index { lines: LineStarts::of(&text), doc: &mut doc, problems: Vec::new() };
        if let Some(tree) = &tree {
            index.visit(tree, String::new());
        }
        let problems = index.problems;
        doc.text = text;
        if problems.is_empty() { Ok(doc) } else { Err(problems) }
    }

    /// Creates a problem of the value at `pointer`.
    #[must_use]
    pub fn problem(&self, pointer: &str, message: impl Into<String>) -> Problem {
        Problem {
            file: format!("schemas/{}", self.path),
            line: self.line(pointer),
            pointer: pointer.to_owned(),
            message: message.into(),
        }
    }

    /// Returns the keys of the object at `pointer`, in the order of the file.
    #[must_use]
    pub fn keys(&self, pointer: &str) -> &[String] {
        self.keys.get(pointer).map_or(&[], Vec::as_slice)
    }

    /// Returns the order of the keys of every object in the file.
    pub fn key_orders(&self) -> impl Iterator<Item = &Vec<String>> {
        self.keys.values()
    }

    /// Returns the line of a value, or of the nearest value around it.
    fn line(&self, pointer: &str) -> usize {
        let mut pointer = pointer;
        loop {
            if let Some(line) = self.lines.get(pointer) {
                return *line;
            }
            let Some(parent) = pointer.rfind('/') else { return 1 };
            pointer = &pointer[..parent];
        }
    }
}

/// Escapes one segment of a JSON Pointer.
#[must_use]
pub fn segment(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

struct LineStarts(Vec<usize>);

impl LineStarts {
    fn of(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    fn line(&self, offset: usize) -> usize {
        self.0.partition_point(|end| *end < offset) + 1
    }
}

struct Index<'a> {
    lines: LineStarts,
    doc: &'a mut Doc,
    problems: Vec<Problem>,
}

impl Index<'_> {
    fn visit(&mut self, value: &ast::Value<'_>, pointer: String) {
        let start = jsonc_parser::common::Ranged::start(value);
        self.doc.lines.entry(pointer.clone()).or_insert_with(|| self.lines.line(start));
        match value {
            ast::Value::Object(object) => {
                let mut keys: Vec<String> = Vec::new();
                for property in &object.properties {
                    let name = property.name.as_str();
                    let below = format!("{pointer}/{}", segment(name));
                    self.doc.lines.entry(below.clone()).or_insert_with(|| self.lines.line(property.range.start));
                    if keys.iter().any(|key| key == name) {
                        let message = format!("duplicate key `{name}`; remove one of the two");
                        let mut problem = self.doc.problem(&below, message);
                        problem.line = self.lines.line(property.range.start);
                        self.problems.push(problem);
                    }
                    keys.push(name.to_owned());
                    self.visit(&property.value, below);
                }
                self.doc.keys.insert(pointer, keys);
            }
            ast::Value::Array(array) => {
                for (index, element) in array.elements.iter().enumerate() {
                    self.visit(element, format!("{pointer}/{index}"));
                }
            }
            _ => {}
        }
    }
}
