//! `drs precheck results`: asks, judges, reports.

use std::io::Read as _;
use std::path::Path;

use drs_client::precheck;
use drs_types::common::JobId;

use crate::cli::{Output, Results};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, json, text};
use crate::settings::{connect, environment};

pub(crate) async fn run(options: Results) -> Result<Exit, Failure> {
    let mut ids = options.jobs;
    if let Some(file) = &options.from {
        ids.extend(read_ids(file)?);
    }
    if ids.is_empty() {
        let failure =
            Failure::usage("no task to ask for").help("Give ids of tasks, or --from FILE with one id a line.");
        return Err(match (options.connection.embedded, documented_tasks()) {
            (true, documented) => failure.help(format!("The emulator knows: {}", documented.join(", "))),
            (false, _) => failure,
        });
    }
    let connected = connect(&options.connection, environment).await?;
    let results = precheck::results(&connected.client, &ids).await?;
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
    let (name, read) = if file == Path::new("-") {
        let mut text = String::new();
        ("standard input".to_owned(), std::io::stdin().read_to_string(&mut text).map(|_| text))
    } else {
        (file.display().to_string(), std::fs::read_to_string(file))
    };
    let text = read.map_err(|error| Failure::usage(format!("no ids can be read from {name}: {error}")))?;
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
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

/// The tasks of the documented examples.
fn documented_tasks() -> Vec<String> {
    use drs_emulator::examples::{Side, examples};
    use drs_types::batch_check_results::BatchQueryPrecheckResultReq;
    let requests = examples("batch_check_results", Side::Request);
    let requests =
        requests.filter_map(|example| serde_json::from_str::<BatchQueryPrecheckResultReq>(example.json).ok());
    requests.flat_map(|request| request.jobs).map(|id| id.to_string()).collect()
}
