//! Retries: which calls are sent again, and after which wait.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use drs_types::OperationInfo;

use crate::error::Error;

/// The rules by which a client sends a call again.
///
/// A call is sent again only after an error that may pass ([`Error::is_retryable`]), and only if its operation may be
/// sent twice ([`OperationInfo::retry_safe`]) or nothing of it was sent ([`Error::NotSent`]). The wait is random between
/// zero and a bound that doubles with each attempt (full jitter), and at least as long as the `Retry-After` of the
/// service. All calls of a client share a budget of retries, so that a service in trouble gets no storm of them.
///
/// ```
/// use drs_client::RetryPolicy;
///
/// let patient = RetryPolicy { max_attempts: 6, ..RetryPolicy::default() };
/// assert!(patient.max_attempts > RetryPolicy::never().max_attempts);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct RetryPolicy {
    /// The most attempts of one call, the first included. 3 by default.
    pub max_attempts: u32,
    /// The bound of the first wait. 500 milliseconds by default.
    pub base: Duration,
    /// The longest wait. 20 seconds by default. A `Retry-After` that is longer ends the call with its error, which names
    /// it: a caller decides whether to wait so long.
    pub max_wait: Duration,
    /// The retries that the client has in reserve. Each retry costs one, as does each split of a refused chunk (see
    /// [`batch`](crate::batch)), and each call that succeeds at once returns a tenth. 50 by default.
    pub budget: u32,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { max_attempts: 3, base: Duration::from_millis(500), max_wait: Duration::from_secs(20), budget: 50 }
    }
}

impl RetryPolicy {
    /// Sends every call once.
    #[must_use]
    pub fn never() -> Self {
        Self { max_attempts: 1, ..Self::default() }
    }

    /// Returns the wait before the next attempt; `None` when the error is final. `attempt` counts from 1, `now` is for a
    /// `Retry-After` that is a date, `random` is between 0 and 1.
    pub(crate) fn wait(
        &self,
        info: &OperationInfo,
        error: &Error,
        attempt: u32,
        now: SystemTime,
        random: f64,
    ) -> Option<Duration> {
        let may_be_sent = info.retry_safe || matches!(error, Error::NotSent { .. });
        let told = error.head().and_then(|head| head.retry_after.as_deref());
        (error.is_retryable() && may_be_sent).then(|| self.pause(told, attempt, now, random)).flatten()
    }

    /// Returns the wait before the next attempt of what may be sent again; `None` after the last attempt, or when the
    /// service tells to wait longer than the policy allows. `told` is the `Retry-After`.
    pub(crate) fn pause(&self, told: Option<&str>, attempt: u32, now: SystemTime, random: f64) -> Option<Duration> {
        if attempt >= self.max_attempts {
            return None;
        }
        let bound = self.base.saturating_mul(1 << (attempt - 1).min(16)).min(self.max_wait);
        let told = told.and_then(|text| retry_after(text, now));
        let wait = bound.mul_f64(random).max(told.unwrap_or_default());
        (wait <= self.max_wait).then_some(wait)
    }
}

/// The wait of a `Retry-After`: seconds, or until a date.
pub(crate) fn retry_after(text: &str, now: SystemTime) -> Option<Duration> {
    match text.trim().parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => Some(httpdate::parse_http_date(text.trim()).ok()?.duration_since(now).unwrap_or_default()),
    }
}

/// The retries that all calls of a client share, in tenths.
#[derive(Debug)]
pub(crate) struct Budget {
    full: u32,
    left: Mutex<u32>,
}

impl Budget {
    const RETRY: u32 = 10;
    const SUCCESS: u32 = 1;

    pub(crate) fn new(retries: u32) -> Self {
        let full = retries.saturating_mul(Self::RETRY);
        Self { full, left: Mutex::new(full) }
    }

    /// Takes a retry; false when none is left.
    pub(crate) fn take(&self) -> bool {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let after = left.checked_sub(Self::RETRY);
        *left = after.unwrap_or(*left);
        after.is_some()
    }

    /// Gives back a retry that was worth it.
    pub(crate) fn give_back(&self) {
        self.add(Self::RETRY);
    }

    /// Gives back a part after a success at the first attempt.
    pub(crate) fn refill(&self) {
        self.add(Self::SUCCESS);
    }

    fn add(&self, tenths: u32) {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        *left = left.saturating_add(tenths).min(self.full);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retry_after_is_seconds_or_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let wait = |text: &str| retry_after(text, now).map(|wait| wait.as_secs());
        assert_eq!(wait("120"), Some(120));
        assert_eq!(wait("Sun, 06 Nov 1994 08:50:37 GMT"), Some(60));
        assert_eq!(wait("Sun, 06 Nov 1994 08:49:37 GMT"), Some(0));
        assert_eq!(wait("Sat, 05 Nov 1994 08:49:37 GMT"), Some(0));
        assert_eq!(wait("soon"), None);
        assert_eq!(wait("-1"), None);
    }

    #[test]
    fn a_budget_ends_and_successes_refill_it() {
        let budget = Budget::new(2);
        assert!(budget.take() && budget.take() && !budget.take());
        for _ in 0..10 {
            budget.refill();
        }
        assert!(budget.take() && !budget.take());
    }
}
