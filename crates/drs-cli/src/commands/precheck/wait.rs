//! `drs precheck wait`: waits for the end of pre-checks, and assesses them.

use clap::Args;
use drs_client::precheck;
use drs_types::common::JobId;

use super::assessing::Assessing;
use super::pace::Pace;
use super::query;
use super::tasks::Tasks;
use super::watch::{Watch, Watched};
use crate::connect::connect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ids;
use crate::settings::{Connection, environment};
use crate::signals::Signals;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    tasks: Tasks,
    #[command(flatten)]
    pace: Pace,
    #[command(flatten)]
    pub(super) assessing: Assessing,
    #[command(flatten)]
    connection: Connection,
}

pub(super) async fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let Arguments { tasks, pace, assessing, connection } = arguments;
    let (from, is_text) = (tasks.file().cloned(), assessing.is_text());
    let jobs = tasks.wanted(&connection)?;
    let assessor = assessing.prepare(&from)?;
    let connected = connect(&connection, &environment).await?;
    if is_text {
        ids::note_unusual(jobs.iter().map(JobId::as_str));
    }
    // What cannot be queried at all is a failure of the command, not of each task.
    let first = precheck::results(&connected.client, &jobs).await?;
    let doubts = query::miscounts(&first.miscounts);
    let watched =
        first.tasks.into_iter().map(|task| Watched::running(task.id, query::outcome(task.outcome), pace.settle()));
    let mut watch = Watch::new(&connected.client, &pace, pace.interval(&connection), watched.collect());
    if watch.tasks.iter().any(Watched::is_ended) {
        watch.doubts = doubts;
    }
    let snapshot = watch.watch(&mut Signals::listen()?).await;
    query::report(snapshot, connected, assessor).await
}
