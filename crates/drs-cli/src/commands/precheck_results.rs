//! `drs precheck results`: requests pre-check results and reports them.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::Args;
use drs_client::Secrets;
use drs_client::precheck::{self, Results};
use drs_emulator::{Emulator, Scenario};
use drs_gate::{CallFailure, Date, Outcome, Policy, PrecheckReport, Snapshot, assess, v3};
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
    let mut snapshot = snapshot(precheck::results(&connected.client, &jobs).await?);
    mask(&connected.client.secrets(None).await, &mut snapshot);
    snapshot.source.endpoint = Some(connected.client.endpoint().to_owned());
    snapshot.source.embedded = connected.emulator.is_some();
    let scenario = connected.emulator.as_ref().and_then(Emulator::scenario);
    snapshot.source.synthetic = scenario.map(|scenario| Scenario::name(scenario).to_owned());
    let assessment = assess(snapshot, &Policy::default(), Date::of(SystemTime::now()));
    let printed = match options.output {
        Format::Text => output::print(output::Kind::Text, |out| text::results(out, &assessment, options.all)),
        Format::Json => output::print(output::Kind::Json, |out| json::document(out, &assessment)),
        Format::Ndjson => output::print(output::Kind::Json, |out| json::lines(out, &assessment)),
    };
    if let Some(emulator) = connected.emulator {
        emulator.stop().await;
    }
    printed.map(|()| assessment.decision.into())
}

/// Maps the results of the client for the gate.
fn snapshot(results: Results) -> Snapshot {
    let tasks = results.tasks.into_iter().map(|task| (task.id.into_string(), outcome(task.outcome)));
    let mut snapshot = Snapshot::new(tasks.collect());
    snapshot.unrequested = results.unasked.into_iter().map(|entry| v3::report(entry, Vec::new())).collect();
    snapshot.misfits = results.misfits;
    snapshot.source.request_ids = results.request_ids;
    snapshot
}

fn outcome(outcome: precheck::Outcome) -> Outcome {
    use precheck::Outcome::{Contradicted, Failed, Incomplete, Missing, Refused, Reported};
    match outcome {
        Reported(entry) | Refused { entry, .. } => v3::report(*entry, Vec::new()).into(),
        Incomplete { entry, misfits } => v3::report(*entry, misfits).into(),
        Contradicted(entry) => {
            let mut report = v3::report(*entry, Vec::new());
            report.contradicted = true;
            report.into()
        }
        Missing => Outcome::Missing,
        Failed(error) => Outcome::CallFailed(Failure::from(&*error).into()),
        other => {
            let message = format!("an outcome that this version of drs does not know: {other:?}");
            Outcome::CallFailed(CallFailure::new(message))
        }
    }
}

/// Masks secrets that the service sends back.
fn mask(secrets: &Secrets, snapshot: &mut Snapshot) {
    let reported = snapshot.tasks.iter_mut().filter_map(|(_, outcome)| match outcome {
        Outcome::Reported(report) | Outcome::Stale(report) => Some(&mut **report),
        _ => None,
    });
    for report in reported.chain(&mut snapshot.unrequested) {
        *report = masked(secrets, report);
    }
}

/// Returns a report without secrets.
fn masked(secrets: &Secrets, report: &PrecheckReport) -> PrecheckReport {
    let mut value = serde_json::to_value(report).expect("a report is JSON");
    secrets.mask_value(&mut value);
    serde_json::from_value(value).expect("a masked string is a string")
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
