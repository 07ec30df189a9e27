//! Waiting for the pre-checks of any number of tasks, until each has ended, the time is over, or Ctrl-C.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use drs_client::Client;
use drs_client::precheck::{self, Start};
use drs_gate::{CallFailure, Doubt, Outcome, PrecheckReport, RunWatch, Snapshot};
use drs_types::common::JobId;
use drs_types::operations::v3::batch_check_jobs::PrecheckMode;
use drs_types::text::count;
use tokio::time::{Instant, sleep, sleep_until};

use super::pace::Pace;
use super::progress::Progress;
use super::query;
use crate::output::hint;
use crate::signals::Signals;

/// A task whose pre-check is awaited.
pub(crate) struct Watched {
    id: JobId,
    watch: RunWatch,
    /// The time from which the watch counts.
    since: Instant,
    /// What the last query said.
    outcome: Outcome,
    state: State,
    /// How the pre-check is started again, for a start of unknown outcome.
    restart: Option<PrecheckMode>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    Pending,
    Ended,
}

impl Watched {
    /// A pre-check that was started by someone else, and what a first query said. A report at 100% is its end.
    pub(crate) fn running(id: JobId, outcome: Outcome, settle: Duration) -> Self {
        let mut task = Self::pending(id, RunWatch::of_running(settle), Outcome::Missing);
        // Nothing more will come for a task that the service does not know.
        let is_known =
            |report: &PrecheckReport| report.refusal.as_ref().is_none_or(|refusal| refusal.temporary != Some(false));
        if outcome.report().is_some_and(is_known) {
            task.observe(outcome);
        } else {
            task.end(outcome);
        }
        task
    }

    /// A pre-check that was just started. `before` is what a query right before the start said.
    pub(crate) fn started(id: JobId, start: Start, before: Outcome, mode: &PrecheckMode, settle: Duration) -> Self {
        let mut task = Self::pending(id, RunWatch::new(before, settle), Outcome::CallFailed(CallFailure::new(UNSEEN)));
        match start {
            Start::Accepted => {}
            Start::Refused(entry) => task.end(query::refused(&task.id, *entry)),
            Start::Failed(error) => task.end(query::failed(&error)),
            // A start that this version does not know may have been carried out, too.
            _ => task.restart = Some(mode.clone()),
        }
        task
    }

    fn pending(id: JobId, watch: RunWatch, outcome: Outcome) -> Self {
        Self { id, watch, since: Instant::now(), outcome, state: State::Pending, restart: None }
    }

    fn end(&mut self, outcome: Outcome) {
        self.outcome = outcome;
        self.state = State::Ended;
    }

    /// Takes what a query said.
    fn observe(&mut self, outcome: Outcome) {
        let progress = self.watch.observe(self.since.elapsed(), &outcome);
        self.outcome = outcome;
        match progress {
            drs_gate::Progress::Pending => {}
            drs_gate::Progress::Stale => {
                self.outcome = stale(std::mem::replace(&mut self.outcome, Outcome::Missing));
                self.state = State::Ended;
            }
            _ => self.state = State::Ended,
        }
    }

    /// Whether the start may not have arrived: its outcome is unknown, and no query shows its effect.
    fn needs_restart(&self) -> bool {
        let is_seen = matches!(&self.outcome, Outcome::Reported(report) if report.refusal.is_none());
        self.state == State::Ended && self.restart.is_some() && !is_seen
    }

    pub(crate) fn is_ended(&self) -> bool {
        self.state == State::Ended
    }

    /// Returns what is known at the end. A report that was not accepted as the one of the new pre-check is stale.
    fn known(self) -> (String, Outcome) {
        let is_accepted = self.state == State::Ended;
        let outcome = match self.outcome {
            Outcome::Reported(report) if !is_accepted && report.is_complete() => Outcome::Stale(report),
            outcome => outcome,
        };
        (self.id.into_string(), outcome)
    }
}

/// The outcome of a task that no query was about.
const UNSEEN: &str = "the pre-check was started, but its report was not queried before the end";

fn stale(outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Reported(report) => Outcome::Stale(report),
        outcome => outcome,
    }
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum End {
    Ended,
    TimedOut,
    Interrupted,
}

/// The wait for all tasks.
pub(crate) struct Watch<'a> {
    client: &'a Client,
    interval: Duration,
    settle: Duration,
    timeout: Duration,
    pub(crate) tasks: Vec<Watched>,
    /// The entries about other tasks in the last responses.
    unrequested: Vec<PrecheckReport>,
    /// What contradicts the responses as a whole in which a pre-check ended.
    pub(crate) doubts: Vec<Doubt>,
    request_ids: Vec<String>,
}

impl<'a> Watch<'a> {
    pub(crate) fn new(client: &'a Client, pace: &Pace, interval: Duration, tasks: Vec<Watched>) -> Self {
        let (settle, timeout) = (pace.settle(), pace.timeout());
        Self {
            client,
            interval,
            settle,
            timeout,
            tasks,
            unrequested: Vec::new(),
            doubts: Vec::new(),
            request_ids: Vec::new(),
        }
    }

    /// Queries until all pre-checks have ended, the time is over, or a signal came, and returns what is known then.
    pub(crate) async fn watch(mut self, signals: &mut Signals) -> Snapshot {
        let deadline = Instant::now() + self.timeout;
        let mut progress = Progress::new(self.tasks.iter().map(|task| task.id.as_str()));
        let end = {
            let mut queries = pin!(self.query_all(&mut progress));
            tokio::select! {
                () = &mut queries => End::Ended,
                () = sleep_until(deadline) => End::TimedOut,
                () = signals.first() => End::Interrupted,
            }
        };
        progress.finish();
        self.say(end);
        let mut snapshot = Snapshot::new(self.tasks.into_iter().map(Watched::known).collect());
        snapshot.unrequested = self.unrequested;
        snapshot.doubts = self.doubts;
        snapshot.source.request_ids = self.request_ids;
        snapshot
    }

    async fn query_all(&mut self, progress: &mut Progress) {
        loop {
            for (index, task) in self.tasks.iter().enumerate() {
                progress.show(index, &task.outcome, task.is_ended());
            }
            progress.total(self.tasks.iter().filter(|task| task.is_ended()).count());
            if self.tasks.iter().all(Watched::is_ended) {
                return;
            }
            sleep(self.interval).await;
            self.query().await;
            self.restart().await;
        }
    }

    /// Queries all tasks that have not ended.
    async fn query(&mut self) {
        let pending: Vec<usize> = (0..self.tasks.len()).filter(|index| !self.tasks[*index].is_ended()).collect();
        let ids: Vec<JobId> = pending.iter().map(|index| self.tasks[*index].id.clone()).collect();
        match precheck::results(self.client, &ids).await {
            Ok(results) => {
                self.unrequested = query::unrequested(results.unasked);
                self.request_ids = results.request_ids;
                let mut has_ended = false;
                for (index, task) in pending.into_iter().zip(results.tasks) {
                    self.tasks[index].observe(query::outcome(task.outcome));
                    has_ended |= self.tasks[index].is_ended();
                }
                if has_ended {
                    self.doubts.extend(query::miscounts(&results.miscounts));
                }
            }
            Err(error) => {
                let is_final = !error.is_retryable();
                let failed = query::failed(&error);
                for index in pending {
                    self.tasks[index].observe(failed.clone());
                    if is_final {
                        self.tasks[index].state = State::Ended;
                    }
                }
            }
        }
    }

    /// Starts the pre-checks again whose start seems not to have arrived, once.
    async fn restart(&mut self) {
        for index in 0..self.tasks.len() {
            if !self.tasks[index].needs_restart() {
                continue;
            }
            let task = &mut self.tasks[index];
            let Some(mode) = task.restart.take() else { continue };
            hint(&format!(
                "note: the outcome of the start of {} is unknown, and nothing shows it: starting again",
                task.id
            ));
            let before = std::mem::replace(&mut task.outcome, Outcome::Missing);
            let before = match before {
                Outcome::Stale(report) => Outcome::Reported(report),
                before => before,
            };
            let start = match precheck::start(self.client, std::slice::from_ref(&task.id), &mode).await {
                Ok(starts) => starts.into_iter().next().map_or(Start::Unknown(None), |task| task.start),
                Err(error) => Start::Failed(Arc::new(error)),
            };
            let again = Watched::started(task.id.clone(), start, before, &mode, self.settle);
            *task = Watched { restart: None, ..again };
        }
    }

    fn say(&self, end: End) {
        let running: Vec<&str> =
            self.tasks.iter().filter(|task| !task.is_ended()).map(|task| task.id.as_str()).collect();
        if let (Some(first), false) = (running.first(), end == End::Ended) {
            let why = match end {
                End::TimedOut => format!("the time of {} is over", count(self.timeout.as_secs(), "second")),
                _ => "interrupted".to_owned(),
            };
            let more = if running.len() > 1 { format!(" and {} more", running.len() - 1) } else { String::new() };
            hint(&format!("note: {why}, and the pre-check of {first}{more} has not ended"));
        }
    }
}
