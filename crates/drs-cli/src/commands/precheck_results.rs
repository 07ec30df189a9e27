//! `drs precheck results`: requests pre-check results and reports them.

use std::path::{Path, PathBuf};

use clap::Args;
use drs_client::Secrets;
use drs_client::precheck::{self, Outcome, Results};
use drs_emulator::{Emulator, Scenario};
use drs_types::common::JobId;

use crate::connect::connect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, Format, json, text};
use crate::settings::{Connection, environment};
use crate::{files, ids};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Ids of the tasks; by default those of the scenario
    #[arg(value_name = "JOB")]
    pub(crate) jobs: Vec<JobId>,
    /// Read more ids from a file, one per line; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) from: Option<PathBuf>,
    /// Show every check item, and all data in full length
    #[arg(long)]
    pub(crate) all: bool,
    /// Format of the result and of errors
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) output: Format,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

pub(crate) async fn run(options: Arguments) -> Result<Exit, Failure> {
    let mut jobs = options.jobs;
    if let Some(file) = &options.from {
        jobs.extend(read_ids(file)?);
    }
    if jobs.is_empty() {
        let of_scenario = options.connection.scenario.iter().flat_map(Scenario::task_ids);
        jobs.extend(of_scenario.map(|id| id.parse().expect("a scenario has valid ids")));
    }
    if jobs.is_empty() {
        let failure =
            Failure::usage("no task is given").help("Give the ids of tasks, or --from FILE with one id per line.");
        return Err(match (options.connection.embedded, ids::documented()) {
            (true, documented) => failure.help(format!("The emulator has these tasks: {}", documented.join(", "))),
            (false, _) => failure,
        });
    }
    let connected = connect(&options.connection, &environment).await?;
    if options.output == Format::Text {
        ids::note_unusual(jobs.iter().map(JobId::as_str));
    }
    let mut results = precheck::results(&connected.client, &jobs).await?;
    mask(&connected.client.secrets(None).await, &mut results);
    let exit = Exit::of(results.tasks.iter().map(|task| task.outcome.verdict()));
    let synthetic = connected.emulator.as_ref().and_then(Emulator::scenario).map(Scenario::name);
    let source =
        json::Source { endpoint: connected.client.endpoint(), embedded: connected.emulator.is_some(), synthetic };
    let printed = match options.output {
        Format::Text => output::print(output::Kind::Text, |out| text::results(out, &source, &results, options.all)),
        Format::Json => output::print(output::Kind::Json, |out| json::document(out, &source, &results)),
        Format::Ndjson => output::print(output::Kind::Json, |out| json::lines(out, &source, &results)),
    };
    if let Some(emulator) = connected.emulator {
        emulator.stop().await;
    }
    printed.map(|()| exit)
}

/// Masks secrets that the service sends back.
fn mask(secrets: &Secrets, results: &mut Results) {
    let reported = results.tasks.iter_mut().filter_map(|task| match &mut task.outcome {
        Outcome::Reported(entry) | Outcome::Contradicted(entry) | Outcome::Refused { entry, .. } => Some(&mut **entry),
        _ => None,
    });
    for entry in reported.chain(&mut results.unasked) {
        let Ok(mut value) = serde_json::to_value(&*entry) else { continue };
        secrets.mask_value(&mut value);
        if let Ok(masked) = serde_json::from_value(value) {
            *entry = masked;
        }
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
