//! `drs precheck run`: starts pre-checks, waits for their end, and assesses them.

use std::pin::pin;

use clap::Args;
use drs_client::precheck;
use drs_types::common::JobId;
use drs_types::operations::v3::batch_check_jobs::PrecheckMode;

use super::assessing::Assessing;
use super::pace::Pace;
use super::query;
use super::tasks::Tasks;
use super::watch::{Watch, Watched};
use crate::connect::connect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ids;
use crate::output::hint;
use crate::settings::{Connection, environment};
use crate::signals::Signals;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    tasks: Tasks,
    /// What the pre-check is for: forStartJob or forRetryJob
    #[arg(long, default_value = "forStartJob", value_parser = PrecheckMode::parse_listed)]
    mode: PrecheckMode,
    #[command(flatten)]
    pace: Pace,
    #[command(flatten)]
    pub(super) assessing: Assessing,
    #[command(flatten)]
    connection: Connection,
}

pub(super) async fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let Arguments { tasks, mode, pace, assessing, connection } = arguments;
    let (from, is_text) = (tasks.file().cloned(), assessing.is_text());
    let jobs = tasks.wanted(&connection)?;
    let assessor = assessing.prepare(&from)?;
    let connected = connect(&connection, &environment).await?;
    if is_text {
        ids::note_unusual(jobs.iter().map(JobId::as_str));
    }
    // The reports of before tell the new report from the old one. Without them, nothing is started.
    let before = precheck::results(&connected.client, &jobs).await?;
    let mut signals = Signals::listen()?;
    let starts = {
        let mut start = pin!(precheck::start(&connected.client, &jobs, &mode));
        tokio::select! {
            starts = &mut start => starts,
            () = signals.first() => {
                hint("note: interrupted while pre-checks are started; waiting for the responses");
                start.await
            }
        }
    }?;
    let watched = starts.into_iter().zip(before.tasks).map(|(started, before)| {
        Watched::started(started.id, started.start, query::outcome(before.outcome), &mode, pace.settle())
    });
    let watch = Watch::new(&connected.client, &pace, pace.interval(&connection), watched.collect());
    let snapshot = watch.watch(&mut signals).await;
    query::report(snapshot, connected, assessor).await
}
