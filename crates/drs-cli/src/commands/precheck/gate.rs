//! `drs precheck gate`: assesses the pre-checks as they are now, or a saved response.

use std::path::PathBuf;

use clap::Args;
use drs_client::precheck;
use drs_types::common::JobId;

use super::assessing::Assessing;
use super::tasks::Tasks;
use super::{query, saved};
use crate::connect::connect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ids;
use crate::settings::{Connection, environment};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    tasks: Tasks,
    /// Assess a saved response, or a saved JSON report, instead of the service; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "embedded")]
    input: Option<PathBuf>,
    #[command(flatten)]
    pub(super) assessing: Assessing,
    #[command(flatten)]
    connection: Connection,
}

pub(super) async fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let Arguments { tasks, input, assessing, connection } = arguments;
    let is_text = assessing.is_text();
    if let Some(file) = input {
        let assessor = assessing.prepare(tasks.file().into_iter().chain([&file]))?;
        return assessor.report(saved::read(&file, &tasks.given()?)?);
    }
    let from = tasks.file().cloned();
    let jobs = tasks.wanted(&connection)?;
    let assessor = assessing.prepare(&from)?;
    let connected = connect(&connection, &environment).await?;
    if is_text {
        ids::note_unusual(jobs.iter().map(JobId::as_str));
    }
    let snapshot = query::snapshot(precheck::results(&connected.client, &jobs).await?);
    query::report(snapshot, connected, assessor).await
}
