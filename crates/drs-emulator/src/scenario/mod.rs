//! Scenarios: tasks that are made up, with pre-checks that take their course, and calls that go wrong.

mod fault;
mod format;
mod plan;
mod rules;
#[cfg(feature = "schemars")]
mod schema;

use std::fmt;

use drs_types::{pointer, text};
use serde_path_to_error::Segment;

use crate::faults::{Faults, Rule};
use crate::generated::SCENARIOS;
use plan::Mistake;

pub(crate) use plan::Tasks;
#[cfg(feature = "schemars")]
pub use schema::scenario_schema;

/// Tasks that an emulator has in addition to the documented ones, what their pre-checks do, and what goes wrong with calls. `docs/scenarios.md`
/// describes the format of the files.
///
/// A scenario is made up. It is marked as *synthetic* in the file, and by the header [`Scenario::HEADER`] of every response.
///
/// ```
/// use drs_emulator::{Emulator, Scenario};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let scenario = Scenario::find("failing-mysql").expect("it is ready");
/// let emulator = Emulator::builder().scenario(scenario).start().await?;
/// let first = emulator.scenario().and_then(|scenario| scenario.task_ids().next());
/// assert!(first.is_some());
/// # std::io::Result::Ok(()) }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct Scenario {
    name: String,
    title: String,
    description: String,
    tasks: Vec<Tasks>,
    rules: Vec<Rule>,
    seed: u64,
}

/// The mistake of a scenario that cannot be used.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ScenarioError {
    /// The name of the file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The place as a JSON Pointer; `None` when the file is not JSON.
    pub pointer: Option<String>,
    /// What was expected, and what was found.
    pub problem: String,
}

impl Scenario {
    /// The header of every response of an emulator with a scenario. Its value is `synthetic`, and the name of the scenario
    /// where a header can have it.
    pub const HEADER: &'static str = "x-drs-scenario";

    /// Returns the names of the ready scenarios, each with its title.
    pub fn ready() -> impl Iterator<Item = (&'static str, String)> {
        let title = |name, json| Self::parse(name, json).expect("a test reads every ready scenario").title;
        SCENARIOS.iter().map(move |(name, json)| (*name, title(name, json)))
    }

    /// Returns the ready scenario with this name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        let (name, json) = SCENARIOS.iter().find(|(known, _)| *known == name)?;
        Some(Self::parse(name, json).expect("a test reads every ready scenario"))
    }

    /// Returns the name of the ready scenario that is most similar to another name.
    #[must_use]
    pub fn nearest(name: &str) -> Option<&'static str> {
        text::nearest(name, SCENARIOS.iter().map(|(known, _)| *known))
    }

    /// Reads a scenario from the JSON of a file. The name of the file is for messages; without `.json` and the folder it
    /// is the name of the scenario.
    ///
    /// # Errors
    /// The first mistake of the file.
    pub fn parse(file: &str, json: &str) -> Result<Self, ScenarioError> {
        let mut format: format::Format = read(json).map_err(|mistake| mistake.of(file, json))?;
        let (seed, faults) = (format.seed, std::mem::take(&mut format.faults));
        let rules = rules::rules(faults).map_err(|mistake| Located::from(mistake).of(file, json))?;
        let (title, description) = (format.title.clone(), format.description.clone());
        let tasks = plan::tasks(format).map_err(|mistake| Located::from(mistake).of(file, json))?;
        let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
        Ok(Self { name: name.strip_suffix(".json").unwrap_or(name).to_owned(), title, description, tasks, rules, seed })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What happens, in one line.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What happens, and what there is to see; may be empty.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Returns the ids of its tasks, in the order of the file.
    pub fn task_ids(&self) -> impl Iterator<Item = &str> {
        self.tasks.iter().flat_map(|tasks| &tasks.ids).map(String::as_str)
    }

    /// Returns its faults, with no call counted; `None` without any.
    pub(crate) fn faults(&self) -> Option<Faults> {
        (!self.rules.is_empty()).then(|| Faults::new(self.rules.iter().cloned(), self.seed))
    }

    pub(crate) fn tasks(&self) -> &[Tasks] {
        &self.tasks
    }
}

/// A mistake before its line is known.
struct Located {
    pointer: Option<String>,
    /// The line and column that the parser reports.
    at: (usize, usize),
    problem: String,
}

impl From<Mistake> for Located {
    fn from((pointer, problem): Mistake) -> Self {
        Self { pointer: Some(pointer), at: (1, 1), problem }
    }
}

impl Located {
    fn of(self, file: &str, json: &str) -> ScenarioError {
        let found = self.pointer.as_deref().and_then(|pointer| pointer::location(json, pointer));
        let (line, column) = found.unwrap_or(self.at);
        ScenarioError { file: file.to_owned(), line, column, pointer: self.pointer, problem: self.problem }
    }
}

fn read<'a, T: serde::Deserialize<'a>>(json: &'a str) -> Result<T, Located> {
    let mut source = serde_json::Deserializer::from_str(json);
    let syntax = |error: &serde_json::Error| (error.line(), error.column().max(1));
    let read = serde_path_to_error::deserialize(&mut source).map_err(|error| {
        let cause = error.inner();
        let is_json = cause.is_data();
        let pointer = error.path().iter().filter_map(key).fold(String::new(), |at, key| pointer::join(&at, &key));
        Located { pointer: is_json.then_some(pointer), at: syntax(cause), problem: without_place(cause) }
    })?;
    source.end().map_err(|error| Located { pointer: None, at: syntax(&error), problem: without_place(&error) })?;
    Ok(read)
}

fn key(segment: &Segment) -> Option<String> {
    match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } => Some(key.clone()),
        Segment::Enum { variant } => Some(variant.clone()),
        Segment::Unknown => None,
    }
}

/// Returns the message of an error without its line and column.
fn without_place(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let end = message.rfind(" at line ").unwrap_or(message.len());
    message[..end].to_owned()
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, pointer, problem } = self;
        write!(f, "{file}:{line}:{column}")?;
        match pointer.as_deref() {
            None => write!(f, ": {problem}"),
            Some("") => write!(f, ", the scenario: {problem}"),
            Some(pointer) => write!(f, ", {pointer}: {problem}"),
        }
    }
}

impl std::error::Error for ScenarioError {}
