//! The queries of a wait, one after the other.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::{Instant, sleep};
use tracing::debug;

use super::subject::sealed::Answer;
use super::{Decision, End, Observation, Subject, Wait, Waited, WaitedItem};
use crate::Error;
use crate::batch::Outcome;
use crate::limits::LIMITS;
use crate::retry::retry_after;

/// A wait that runs.
pub(super) struct Rounds<S: Subject> {
    wait: Wait<S>,
    pub(super) waited: Waited<S::Item, S::Report>,
    started: Instant,
    queries: u32,
    /// The number of queries with a failure since the last one without.
    failures: u32,
}

impl<S: Subject> Rounds<S> {
    pub(super) fn new(wait: Wait<S>) -> Self {
        let items = wait.subject.items().into_iter();
        let items = items.map(|item| WaitedItem { item, end: End::TimedOut, outcome: None, error: None });
        let waited = Waited { items: items.collect(), request_ids: Vec::new() };
        Self { wait, waited, started: Instant::now(), queries: 0, failures: 0 }
    }

    /// Queries until no item is pending.
    pub(super) async fn run(&mut self) -> Result<(), Error> {
        loop {
            let items = self.waited.items.iter().enumerate();
            let pending: Vec<usize> =
                items.filter(|(_, item)| item.end == End::TimedOut).map(|(position, _)| position).collect();
            if pending.is_empty() && self.queries > 0 {
                return Ok(());
            }
            let answer = self.wait.subject.query(&pending).await?;
            let pause = self.take(&pending, answer);
            if self.waited.items.iter().any(|item| item.end == End::TimedOut) {
                sleep(pause).await;
            }
        }
    }

    /// Takes what a query says, and returns the pause before the next one.
    fn take(&mut self, pending: &[usize], answer: Answer<S::Report>) -> Duration {
        self.queries += 1;
        self.waited.request_ids = answer.request_ids;
        let mut errors: Vec<Arc<Error>> = Vec::new();
        for (position, outcome) in pending.iter().zip(answer.outcomes) {
            let item = &mut self.waited.items[*position];
            item.end = match (self.wait.decide)(&item.item, &outcome) {
                Decision::Pending => End::TimedOut,
                Decision::Reached => End::Reached,
                Decision::Stopped => End::Stopped,
            };
            match outcome {
                Outcome::Failed(error) => {
                    errors.push(Arc::clone(&error));
                    item.error = Some(error);
                }
                outcome => {
                    item.outcome = Some(outcome);
                    item.error = None;
                }
            }
        }
        self.failures = if errors.is_empty() { 0 } else { self.failures + 1 };
        let Self { waited, started, queries, .. } = self;
        let observation = Observation { elapsed: started.elapsed(), queries: *queries, items: &waited.items };
        debug!(queries, pending = observation.pending(), failures = errors.len(), "observed");
        (self.wait.note)(&observation);
        self.pause(&errors)
    }

    /// Returns the pause before the next query: longer after failures, and as long as the service tells.
    fn pause(&self, errors: &[Arc<Error>]) -> Duration {
        let interval = self.wait.interval;
        let longer = interval.saturating_mul(1 << self.failures.min(16)).min(LIMITS.wait_pause);
        let now = SystemTime::now();
        let told = errors.iter().filter_map(|error| retry_after(error.head()?.retry_after.as_deref()?, now));
        longer.max(interval).max(told.max().unwrap_or_default())
    }
}
