//! Waiting for the pre-check that was just started, and not for the one before it.
//!
//! Right after the start, the service may still send the report of the pre-check before, at 100%, and no report has an id or
//! a time. A report at 100% is the one of the new pre-check only if
//!
//! - the progress was seen to fall since the report of before the start, or
//! - there was no report before the start, or one at 0%, or
//! - it differs from the report of before the start.
//!
//! A report that is the same for the settle time is [`Progress::Stale`]: nothing shows which pre-check it is about.

use std::time::Duration;

use drs_types::Percent;

use crate::report::{Outcome, PrecheckReport};

/// The time after which a report that is still the one of before the start is taken as stale: two minutes. A pre-check that
/// was started shows in the progress of a task much sooner.
pub const SETTLE: Duration = Duration::from_mins(2);

/// Watches the pre-check of one task from its start to its end. It has no clock: the caller passes the time.
///
/// ```
/// use std::time::Duration;
///
/// use drs_gate::{Outcome, PrecheckReport, Progress, RunWatch, SETTLE};
///
/// let report = |progress: &str| {
///     let json = format!(r#"{{ "progress": "{progress}", "result": true, "items": [] }}"#);
///     Outcome::from(serde_json::from_str::<PrecheckReport>(&json).unwrap())
/// };
/// let seconds = Duration::from_secs;
/// let mut watch = RunWatch::new(report("100%"), SETTLE);
/// // The service still has the report of before the start.
/// assert_eq!(watch.observe(seconds(1), &report("100%")), Progress::Pending);
/// assert_eq!(watch.observe(seconds(11), &report("40%")), Progress::Pending);
/// assert_eq!(watch.observe(seconds(21), &report("100%")), Progress::Final);
/// ```
#[derive(Clone, Debug)]
pub struct RunWatch {
    before: Before,
    settle: Duration,
    /// Whether the new pre-check was seen.
    is_new: bool,
    /// The progress of the last report that has one.
    last: Option<f64>,
    /// The end that the last observations point to, and when the first of them was.
    resting: Option<(End, Duration)>,
}

/// What an observation says about the pre-check that was started.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Progress {
    /// It may still run: observe again.
    Pending,
    /// It has ended, or the service will say no more about it: the observed outcome counts.
    Final,
    /// The report did not change since before the start: the observed outcome counts as [`Outcome::Stale`].
    Stale,
}

/// What was known before the start.
#[derive(Clone, Debug)]
enum Before {
    /// There was no pre-check.
    Nothing,
    /// There was this report.
    Report(Box<PrecheckReport>),
    /// There may have been a report.
    Unknown,
}

/// An observation that is not progress.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum End {
    Unchanged,
    Refused,
    Missing,
    CallFailed,
    Unreadable,
}

impl RunWatch {
    /// Watches a pre-check that is about to be started. `before` is the outcome of a request right before the start.
    #[must_use]
    pub fn new(before: Outcome, settle: Duration) -> Self {
        let before = match before {
            Outcome::Reported(report) | Outcome::Stale(report) => match &report.refusal {
                // A refusal that is sure not to pass by itself means that there is nothing to report.
                Some(refusal) if refusal.temporary == Some(false) => Before::Nothing,
                Some(_) => Before::Unknown,
                // At 0% nothing was checked yet: whatever comes was checked after the start.
                None if report.progress.as_ref().and_then(Percent::value) == Some(0.0) => Before::Nothing,
                None => Before::Report(report),
            },
            Outcome::Missing | Outcome::CallFailed(_) => Before::Unknown,
        };
        let last = match &before {
            Before::Nothing => None,
            Before::Report(report) => report.progress.as_ref().and_then(Percent::value).or(Some(100.0)),
            Before::Unknown => Some(100.0),
        };
        Self { is_new: matches!(before, Before::Nothing), before, settle, last, resting: None }
    }

    /// Watches a pre-check that someone else has started: a report at 100% is its end, as nothing tells it from an older
    /// one.
    #[must_use]
    pub fn of_running(settle: Duration) -> Self {
        Self { before: Before::Nothing, settle, is_new: true, last: None, resting: None }
    }

    /// Takes the outcome of a request after the start. `at` is the time since the start, and never falls.
    pub fn observe(&mut self, at: Duration, outcome: &Outcome) -> Progress {
        let end = match outcome {
            Outcome::Missing => End::Missing,
            Outcome::CallFailed(_) => End::CallFailed,
            Outcome::Reported(report) | Outcome::Stale(report) => match self.end(report) {
                Ok(progress) => {
                    self.resting = None;
                    return progress;
                }
                Err(end) => end,
            },
        };
        let since = match self.resting {
            Some((known, since)) if known == end => since,
            _ => at,
        };
        self.resting = Some((end, since));
        match end {
            _ if at.saturating_sub(since) < self.settle => Progress::Pending,
            End::Unchanged => Progress::Stale,
            _ => Progress::Final,
        }
    }

    /// Returns the progress that a report shows, or the end that it points to.
    fn end(&mut self, report: &PrecheckReport) -> Result<Progress, End> {
        if report.refusal.is_some() {
            return Err(End::Refused);
        }
        let Some(progress) = report.progress.as_ref().and_then(Percent::value) else { return Err(End::Unreadable) };
        self.is_new |= self.last.is_some_and(|last| progress < last);
        self.last = Some(progress);
        match () {
            () if !report.is_complete() => Ok(Progress::Pending),
            () if self.is_new || self.differs(report) => Ok(Progress::Final),
            () => Err(End::Unchanged),
        }
    }

    /// Whether a report at 100% is surely another one than that of before the start. One that was not read whole, or is
    /// one of several, differs for that reason alone.
    fn differs(&self, report: &PrecheckReport) -> bool {
        let is_whole = |report: &PrecheckReport| report.misfits.is_empty() && !report.contradicted;
        match &self.before {
            Before::Report(before) => {
                before.is_complete() && is_whole(before) && is_whole(report) && !report.is_same_as(before)
            }
            Before::Nothing | Before::Unknown => false,
        }
    }
}
