//! How long the emulator waits.

use std::time::Duration;

/// How long the emulator waits. Change a field of [`Limits::default`] to set another limit.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// How long [`Emulator::stop`](crate::Emulator::stop) waits for responses that are under way: 2 seconds by default. A client that
    /// stalls cannot delay the end for longer.
    pub shutdown: Duration,
    /// How long it waits after a connection could not be accepted: 100 milliseconds by default.
    pub accept_pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { shutdown: Duration::from_secs(2), accept_pause: Duration::from_millis(100) }
    }
}
