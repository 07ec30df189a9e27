//! `drs precheck results`: asks, judges, reports.

use std::path::Path;

use drs_client::precheck;
use drs_types::common::JobId;

use crate::cli::{Output, Results};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, json, text};
use crate::settings::{connect, environment};
use crate::{files, ids};

pub(crate) async fn run(options: Results) -> Result<Exit, Failure> {
    let mut jobs = options.jobs;
    if let Some(file) = &options.from {
        jobs.extend(read_ids(file)?);
    }
    if jobs.is_empty() {
        let failure =
            Failure::usage("no task to ask for").help("Give ids of tasks, or --from FILE with one id a line.");
        return Err(match (options.connection.embedded, ids::documented()) {
            (true, documented) => failure.help(format!("The emulator knows: {}", documented.join(", "))),
            (false, _) => failure,
        });
    }
    let connected = connect(&options.connection, environment).await?;
    if options.output == Output::Text {
        ids::note_unusual(jobs.iter().map(JobId::as_str));
    }
    let results = precheck::results(&connected.client, &jobs).await?;
    let exit = Exit::of(results.tasks.iter().map(|task| task.outcome.verdict()));
    let source =
        json::Source { endpoint: connected.client.endpoint().as_str(), embedded: connected.emulator.is_some() };
    let printed = match options.output {
        Output::Text => output::print(output::Kind::Text, |out| text::results(out, &results, options.all)),
        Output::Json => output::print(output::Kind::Json, |out| json::document(out, &source, &results)),
        Output::Ndjson => output::print(output::Kind::Json, |out| json::lines(out, &results)),
    };
    if let Some(emulator) = connected.emulator {
        emulator.stop().await;
    }
    printed.map(|()| exit)
}

/// The ids of a file, one a line. Empty lines and lines that start with `#` are passed over.
fn read_ids(file: &Path) -> Result<Vec<JobId>, Failure> {
    let (text, name) = files::read(file)
        .map_err(|(name, problem)| Failure::usage(format!("no ids can be read from {name}: {problem}")))?;
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
