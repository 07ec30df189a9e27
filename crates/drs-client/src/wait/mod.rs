//! Waiting until tasks reach a state, or whatever else an operation reports on.
//!
//! [`BatchCall::wait`] waits for each item of a batch call, such as tasks or their pre-checks; [`Client::wait`] waits for
//! what a single call reports on. The operation must report [`Progress`]; how often to query and how long to wait are
//! facts of its description ([`OperationInfo::polling`](crate::types::OperationInfo::polling)), which a caller can
//! override.
//!
//! - **End.** Without a condition, the wait for an item ends when no other state follows. With [`Wait::until`], it ends
//!   when the condition holds, or when it can no longer hold: see [`End`]. Items that have ended are not queried again.
//! - **Failures.** A call that fails in a way that may pass does not end the wait. The report of before stays, beside the
//!   error. The pause doubles with each such failure up to a minute, and is as long as the `Retry-After` of the service.
//! - **Deadline.** The wait ends after its timeout, also in the middle of a query, and returns what was last seen.
//! - **Cancellation.** Everything runs inside the future. Nothing is sent any more once it is dropped.
//!
//! No report on a pre-check says which run it is about: right after a start, the service may still send the report of
//! the run before. [`Wait::decide`] takes a rule that knows the report of before the start, such as the `RunWatch` of the
//! crate drs-gate.
//!
//! # Examples
//!
//! ```
//! use drs_client::types::common::{BatchQueryJobReqPage, JobStatus};
//! use drs_client::types::operations::v3::batch_list_job_status::BatchListJobStatus;
//! use drs_client::wait::End;
//! # use drs_client::{Client, Credentials};
//! # use std::time::Duration;
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # runtime.block_on(async {
//! # let service = drs_emulator::Emulator::start(0).await?;
//! # let project = drs_emulator::project_id().parse()?;
//! # let client = Client::builder(&service.url(), project, Credentials::token("any")).build()?;
//! let ids = vec!["140b5236-88ad-43c8-811c-1268453jb101".parse()?];
//! let call = BatchListJobStatus::new(BatchQueryJobReqPage::new(ids));
//! let wait = client.batch(call).wait().until(|task| task.status == Some(JobStatus::Configuration));
//! let waited = wait.timeout(Duration::from_secs(600)).on_observation(|seen| println!("{} to go", seen.pending())).run().await?;
//! assert_eq!(waited.items[0].end, End::Reached);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`BatchCall::wait`]: crate::batch::BatchCall::wait

mod rounds;
mod subject;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use drs_types::common::ErrorCode;
use drs_types::operation::PollingInfo;
use drs_types::{Batch, Operation, Progress, Retry};
use tokio::time::timeout;

use crate::batch::{BatchCall, Outcome};
use crate::limits::LIMITS;
use crate::{Client, Error};

use rounds::Rounds;
pub use subject::{SingleCall, Subject};

impl Client {
    /// Prepares a wait for what one call reports on, which is not a batch. The result has one item. See [`wait`](self).
    ///
    /// ```
    /// use drs_client::types::operations::v3::show_switch_vip_status::ShowSwitchVipStatus;
    /// # use drs_client::{Client, Credentials, wait::End};
    ///
    /// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    /// # runtime.block_on(async {
    /// # let service = drs_emulator::Emulator::start(0).await?;
    /// # let project = drs_emulator::project_id().parse()?;
    /// # let client = Client::builder(&service.url(), project, Credentials::token("any")).build()?;
    /// # let id = "140b5236-88ad-43c8-811c-1268453jb101".parse()?;
    /// let waited = client.wait(ShowSwitchVipStatus::new(id)).run().await?;
    /// assert!(waited.is_reached());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn wait<O>(&self, call: O) -> Wait<SingleCall<O>>
    where
        O: Operation<Response: Progress + Clone + fmt::Debug + Send> + Send + Sync,
    {
        Wait::new(SingleCall { client: self.clone(), call }, O::INFO.polling.as_ref())
    }
}

impl<O: Batch<Row: Progress>> BatchCall<O> {
    /// Prepares a wait for each item of the call. See [`wait`](self).
    pub fn wait(self) -> Wait<Self> {
        Wait::new(self, O::INFO.polling.as_ref())
    }
}

/// What decides on the end of the wait for an item.
type Decide<S> = Box<dyn FnMut(&<S as Subject>::Item, &Outcome<<S as Subject>::Report>) -> Decision + Send>;

/// What is shown each observation.
type Note<S> = Box<dyn FnMut(&Observation<'_, <S as Subject>::Item, <S as Subject>::Report>) + Send>;

/// A wait, and its settings.
#[must_use = "nothing is sent before it runs"]
pub struct Wait<S: Subject> {
    subject: S,
    decide: Decide<S>,
    note: Note<S>,
    interval: Duration,
    timeout: Duration,
}

impl<S: Subject> Wait<S> {
    fn new(subject: S, polling: Option<&PollingInfo>) -> Self {
        let documented = |fact: fn(&PollingInfo) -> Option<Duration>| polling.and_then(fact);
        Self {
            subject,
            decide: Box::new(|_, outcome| decision(outcome, Progress::is_final)),
            note: Box::new(|_| ()),
            interval: documented(|polling| polling.interval).unwrap_or(LIMITS.wait_interval),
            timeout: documented(|polling| polling.limit).unwrap_or(LIMITS.wait_timeout),
        }
    }

    /// Sets the state to wait for. The wait for an item also ends when its report is final without it, and when the
    /// service or the client refuses the item in a way that does not pass.
    pub fn until(self, mut holds: impl FnMut(&S::Report) -> bool + Send + 'static) -> Self {
        self.decide(move |_, outcome| decision(outcome, &mut holds))
    }

    /// Replaces the rule for the end of the wait for an item. It sees the outcome of each query about the item, failures
    /// included.
    pub fn decide(mut self, decide: impl FnMut(&S::Item, &Outcome<S::Report>) -> Decision + Send + 'static) -> Self {
        self.decide = Box::new(decide);
        self
    }

    /// Sets what is called after each query, in the order of the queries.
    pub fn on_observation(mut self, note: impl FnMut(&Observation<'_, S::Item, S::Report>) + Send + 'static) -> Self {
        self.note = Box::new(note);
        self
    }

    /// Sets the pause between two queries. By default that of the documentation, and 10 seconds where it has none.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Sets the longest wait. By default that of the documentation, and 30 minutes where it has none.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Queries until the wait has ended for each item, or the time is over. The first query is sent at once.
    ///
    /// # Errors
    /// The call has no item or a duplicate, or breaks the documentation ([`Error::Invalid`]); nothing was sent. A call
    /// that fails is part of the result.
    pub async fn run(self) -> Result<Waited<S::Item, S::Report>, Error> {
        let longest = self.timeout;
        let mut rounds = Rounds::new(self);
        // The future that runs out of time is dropped, and what it has seen stays.
        timeout(longest, rounds.run()).await.unwrap_or(Ok(()))?;
        Ok(rounds.waited)
    }
}

impl<S: Subject> fmt::Debug for Wait<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { interval, timeout, .. } = self;
        f.debug_struct("Wait").field("interval", interval).field("timeout", timeout).finish_non_exhaustive()
    }
}

/// What a rule says about an item.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Decision {
    /// Query again.
    Pending,
    /// The state is reached.
    Reached,
    /// The state will not be reached.
    Stopped,
}

/// How the wait for an item ended.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum End {
    /// The state is reached. The outcome says whether its report could be read without doubt.
    Reached,
    /// The state will not be reached: no other state follows the last report, or the service or the client refuses the
    /// item in a way that does not pass.
    Stopped,
    /// The time is over.
    TimedOut,
}

/// The result of a wait. `I` is what is waited for, `R` the report.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Waited<I, R> {
    /// One item for each that is waited for, in the order of the call.
    pub items: Vec<WaitedItem<I, R>>,
    /// The service's ids of the requests of the last query. The vendor's support asks for them.
    pub request_ids: Vec<String>,
}

impl<I, R> Waited<I, R> {
    /// Whether each item has reached the state, by a report that could be read without doubt.
    #[must_use]
    pub fn is_reached(&self) -> bool {
        let is_reached =
            |item: &WaitedItem<I, R>| item.end == End::Reached && item.outcome.as_ref().is_some_and(Outcome::is_done);
        self.items.iter().all(is_reached)
    }
}

/// What is waited for, and what is known of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WaitedItem<I, R> {
    /// The item of the batch, such as the id of a task; `()` for a single call.
    pub item: I,
    /// How the wait ended. [`End::TimedOut`] while it lasts.
    pub end: End,
    /// What the last successful query says; `None` when there was none. It is never [`Outcome::Failed`].
    pub outcome: Option<Outcome<R>>,
    /// The error of the last query; `None` when it succeeded.
    pub error: Option<Arc<Error>>,
}

/// What is known after a query.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Observation<'a, I, R> {
    /// The time since the start of the wait.
    pub elapsed: Duration,
    /// The number of queries so far.
    pub queries: u32,
    /// All items, those that have ended included.
    pub items: &'a [WaitedItem<I, R>],
}

impl<I, R> Observation<'_, I, R> {
    /// The number of items whose wait has not ended.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.items.iter().filter(|item| item.end == End::TimedOut).count()
    }
}

/// The rule for a condition on the report.
fn decision<R: Progress>(outcome: &Outcome<R>, mut holds: impl FnMut(&R) -> bool) -> Decision {
    let may_come = match outcome {
        Outcome::Done(report) | Outcome::Unclear { row: report, .. } => {
            if holds(report) {
                return Decision::Reached;
            }
            !report.is_final()
        }
        // The meaning of a code that is not listed is not known. The deadline ends the wait.
        Outcome::Refused { code, .. } => {
            code.as_ref().and_then(ErrorCode::retry).is_none_or(|retry| retry == Retry::Later)
        }
        Outcome::Contradicted(_) | Outcome::Missing => true,
        Outcome::Failed(error) => error.is_retryable(),
    };
    if may_come { Decision::Pending } else { Decision::Stopped }
}
