//! The tasks that a command is about.

use std::path::{Path, PathBuf};

use clap::Args;
use drs_emulator::Scenario;
use drs_types::common::JobId;

use crate::failure::Failure;
use crate::settings::Connection;
use crate::{files, ids};

/// The ids of tasks.
#[derive(Debug, Args)]
pub(crate) struct Tasks {
    /// Ids of the tasks; by default those of the scenario
    #[arg(value_name = "JOB")]
    jobs: Vec<JobId>,
    /// Read more ids from a file, one per line; `-` is standard input
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
}

impl Tasks {
    /// The file with more ids.
    pub(crate) fn file(&self) -> Option<&PathBuf> {
        self.from.as_ref()
    }

    /// Returns the ids that are given; none is not an error.
    pub(crate) fn given(self) -> Result<Vec<JobId>, Failure> {
        let mut jobs = self.jobs;
        if let Some(file) = &self.from {
            jobs.extend(read_ids(file)?);
        }
        Ok(jobs)
    }

    /// Returns the ids to ask the service for.
    pub(crate) fn wanted(self, connection: &Connection) -> Result<Vec<JobId>, Failure> {
        let mut jobs = self.given()?;
        if jobs.is_empty() {
            let of_scenario = connection.scenario.iter().flat_map(Scenario::task_ids);
            jobs.extend(of_scenario.map(|id| id.parse().expect("a scenario has valid ids")));
        }
        if jobs.is_empty() {
            let failure =
                Failure::usage("no task is given").help("Give the ids of tasks, or --from FILE with one id per line.");
            return Err(match (connection.embedded, ids::documented()) {
                (true, documented) => failure.help(format!("The emulator has these tasks: {}", documented.join(", "))),
                (false, _) => failure,
            });
        }
        Ok(jobs)
    }
}

/// Reads the ids in a file, one per line. Empty lines and lines that start with `#` are ignored.
fn read_ids(file: &Path) -> Result<Vec<JobId>, Failure> {
    let (text, name) = files::read(file)
        .map_err(|(name, problem)| Failure::usage(format!("cannot read ids from {name}: {problem}")))?;
    let lines = text.lines().map(str::trim);
    let mut ids = Vec::new();
    for (number, line) in (1..).zip(lines).filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        if line.contains(char::is_whitespace) {
            return Err(Failure::usage(format!("{name}, line {number}: expected one id, found {line:?}")));
        }
        let id = line.parse().map_err(|error| Failure::usage(format!("{name}, line {number}: {error}")))?;
        ids.push(id);
    }
    Ok(ids)
}
