//! Pre-check results, task by task.
//!
//! The service reports each task separately, in any order, and may refuse one task inside a successful response. Here
//! every requested task gets exactly one outcome.

use std::sync::Arc;

use drs_types::Misfit;
use drs_types::common::{ErrorCode, JobId};
use drs_types::operations::v3::batch_check_jobs::{
    BatchCheckJobs, BatchPrecheckReq, PostPreCheckResp, PreCheckInfo, PrecheckMode,
};
use drs_types::operations::v3::batch_check_results::{
    BatchCheckResults, BatchQueryPrecheckResultReq, QueryPreCheckResp,
};

use crate::{Client, Error, batch};

/// The outcomes of the requested tasks.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Results {
    /// One outcome for each task, in the order of the request.
    pub tasks: Vec<Task>,
    /// Entries of the responses about other tasks, and further entries about a task that already has its outcome.
    pub unasked: Vec<QueryPreCheckResp>,
    /// All values of the responses that do not fit their type and were left out, inside the entries of tasks and
    /// outside.
    pub misfits: Vec<Misfit>,
    /// The responses that have another number of entries than they state.
    pub miscounts: Vec<batch::Miscount>,
    /// The service's ids of the requests, those of failures included. The vendor's support asks for them.
    pub request_ids: Vec<String>,
}

/// A requested task and its outcome.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Task {
    /// The id of the task.
    pub id: JobId,
    /// The outcome.
    pub outcome: Outcome,
}

/// The outcome of the request for one task.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// The service reports on the task. The crate drs-gate says what that means.
    Reported(Box<QueryPreCheckResp>),
    /// The service reports on the task, but part of the report does not fit its type and was left out.
    Incomplete {
        /// The part that could be read.
        entry: Box<QueryPreCheckResp>,
        /// The values that could not be read.
        misfits: Vec<Misfit>,
    },
    /// The service refuses to report on this task.
    Refused {
        /// The error code.
        code: ErrorCode,
        /// The whole entry, with the error message.
        entry: Box<QueryPreCheckResp>,
    },
    /// The response has several entries about the task, and they differ. This is the first; [`Results::unasked`] has
    /// the others.
    Contradicted(Box<QueryPreCheckResp>),
    /// The response does not mention the task.
    Missing,
    /// The call with the task has no usable response. The tasks of a chunk share the error.
    Failed(Arc<Error>),
}

impl Outcome {
    /// Returns the entry of the service; `None` without one.
    #[must_use]
    pub fn entry(&self) -> Option<&QueryPreCheckResp> {
        match self {
            Self::Reported(entry)
            | Self::Incomplete { entry, .. }
            | Self::Refused { entry, .. }
            | Self::Contradicted(entry) => Some(entry),
            Self::Missing | Self::Failed(_) => None,
        }
    }
}

/// Requests the pre-check results of any number of tasks, in chunks. See [`batch`].
///
/// # Errors
/// There is no id, or a duplicate ([`Error::Invalid`], which names the id; nothing was sent), or all calls fail: the
/// error is that of the first. When only some calls fail, their tasks have [`Outcome::Failed`]. A refusal of one task is
/// an [`Outcome`].
pub async fn results(client: &Client, ids: &[JobId]) -> Result<Results, Error> {
    let call = BatchCheckResults::new(BatchQueryPrecheckResultReq::new(ids.to_vec()));
    let batch::Outcomes { items, unasked, misfits, miscounts, request_ids } = client.batch(call).outcomes().await?;
    let tasks = items.into_iter().map(|item| Task { id: item.item, outcome: Outcome::of(item.outcome) });
    let results = Results { tasks: tasks.collect(), unasked, misfits, miscounts, request_ids };
    results.unless_all_failed()
}

/// A task whose pre-check was to be started, and what came of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StartedTask {
    /// The id of the task.
    pub id: JobId,
    /// What came of the start.
    pub start: Start,
}

/// What came of the start of one pre-check.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Start {
    /// The service has started it.
    Accepted,
    /// The service refuses to start it. The entry may have an error code and a message.
    Refused(Box<PostPreCheckResp>),
    /// It is not known whether the service has started it: query the results before another start. The error is that of
    /// the call; without one, the response does not say.
    Unknown(Option<Arc<Error>>),
    /// The call failed, and the service did not start it.
    Failed(Arc<Error>),
}

/// Starts the pre-checks of any number of tasks, in chunks. `mode` says what they are for, such as
/// [`PrecheckMode::ForStartJob`]. A call of unknown outcome is not sent again.
///
/// # Errors
/// There is no id, or a duplicate, or an invalid value ([`Error::Invalid`]); nothing was sent. A call that fails is the
/// [`Start`] of its tasks.
pub async fn start(client: &Client, ids: &[JobId], mode: &PrecheckMode) -> Result<Vec<StartedTask>, Error> {
    let jobs = ids.iter().map(|id| PreCheckInfo::new(id.clone(), mode.clone())).collect();
    let outcomes = client.batch(BatchCheckJobs::new(BatchPrecheckReq::new(jobs))).outcomes().await?;
    let started = outcomes.items.into_iter();
    Ok(started.map(|item| StartedTask { id: item.item.job_id, start: Start::of(item.outcome) }).collect())
}

impl Start {
    fn of(outcome: batch::Outcome<PostPreCheckResp>) -> Self {
        match outcome {
            batch::Outcome::Done(_) => Self::Accepted,
            batch::Outcome::Refused { row, .. } => Self::Refused(Box::new(row)),
            batch::Outcome::Unclear { .. } | batch::Outcome::Contradicted(_) | batch::Outcome::Missing => {
                Self::Unknown(None)
            }
            batch::Outcome::Failed(error) if error.may_be_done() => Self::Unknown(Some(error)),
            batch::Outcome::Failed(error) => Self::Failed(error),
        }
    }
}

impl Results {
    /// Returns the error of the first task when every task has one.
    fn unless_all_failed(self) -> Result<Self, Error> {
        let failed = |task: &Task| matches!(task.outcome, Outcome::Failed(_));
        if !self.tasks.iter().all(failed) {
            return Ok(self);
        }
        // The tasks of a chunk share their error: it is free when the others are gone.
        let mut errors = self.tasks.into_iter().filter_map(|task| match task.outcome {
            Outcome::Failed(error) => Some(error),
            _ => None,
        });
        let first = errors.next();
        errors.for_each(drop);
        match first.map(Arc::try_unwrap) {
            Some(Ok(error)) => Err(error),
            _ => unreachable!("every task is gone, and with it every other share of the error"),
        }
    }
}

impl Outcome {
    fn of(outcome: batch::Outcome<QueryPreCheckResp>) -> Self {
        match outcome {
            batch::Outcome::Done(entry) => Self::Reported(Box::new(entry)),
            batch::Outcome::Refused { code: Some(code), row } => Self::Refused { code, entry: Box::new(row) },
            // An entry without a code is not a refusal, as this operation has no other sign of one.
            batch::Outcome::Refused { code: None, row } => {
                Self::Incomplete { entry: Box::new(row), misfits: Vec::new() }
            }
            batch::Outcome::Unclear { row, misfits } => Self::Incomplete { entry: Box::new(row), misfits },
            batch::Outcome::Contradicted(row) => Self::Contradicted(Box::new(row)),
            batch::Outcome::Missing => Self::Missing,
            batch::Outcome::Failed(error) => Self::Failed(error),
        }
    }
}
