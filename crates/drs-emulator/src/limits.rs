//! The time limits of the emulator.

use std::time::Duration;

/// The most tasks with the same course in a scenario.
pub(crate) const MOST_TASKS: u32 = 1_000_000;

/// The time limits of the emulator. Change a field of [`Limits::default`] to set another limit.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// The longest wait of [`Emulator::stop`](crate::Emulator::stop) for pending responses: 2 seconds by default. A
    /// stalled client cannot delay the end for longer.
    pub shutdown: Duration,
    /// The pause after a connection could not be accepted: 100 milliseconds by default.
    pub accept_pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { shutdown: Duration::from_secs(2), accept_pause: Duration::from_millis(100) }
    }
}
