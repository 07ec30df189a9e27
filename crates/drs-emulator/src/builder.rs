//! The settings of an emulator.

use std::io;
use std::time::Duration;

use drs_auth::AccessKey;

use crate::identity::{Identity, demo_access_key};
use crate::{Emulator, Limits, Scenario};

/// Documented: a token of IAM is valid for 24 hours.
const TOKEN_LIFETIME: Duration = Duration::from_hours(24);

/// A longer life of a token could not be written as a date.
const LONGEST_TOKEN_LIFETIME: Duration = Duration::from_hours(24 * 365 * 100);

/// The settings of an emulator, and its start.
///
/// ```
/// use std::time::Duration;
///
/// use drs_emulator::{AccessKey, Emulator};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let key = AccessKey::new("AKMINE", "hunter2");
/// let emulator = Emulator::builder().access_key(key).token_lifetime(Duration::from_secs(60)).start().await?;
/// emulator.stop().await;
/// # std::io::Result::Ok(()) }).unwrap();
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    port: u16,
    access_key: AccessKey,
    token_lifetime: Duration,
    limits: Limits,
    scenario: Option<Scenario>,
}

impl Default for Builder {
    fn default() -> Self {
        let (port, access_key, limits) = (0, demo_access_key(), Limits::default());
        Self { port, access_key, token_lifetime: TOKEN_LIFETIME, limits, scenario: None }
    }
}

impl Builder {
    /// Sets the port on 127.0.0.1. By default, or with 0, it is any free port.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets the only access key whose signatures are accepted. By default it is [`demo_access_key`].
    pub fn access_key(mut self, key: AccessKey) -> Self {
        self.access_key = key;
        self
    }

    /// Sets how long a token is valid that the emulator issues: 24 hours by default, at most 100 years. With zero every
    /// token is expired at once.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = lifetime.min(LONGEST_TOKEN_LIFETIME);
        self
    }

    /// Sets the time limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Adds the tasks of a scenario to the documented ones. By default there is none.
    pub fn scenario(mut self, scenario: Scenario) -> Self {
        self.scenario = Some(scenario);
        self
    }

    /// Starts the emulator on 127.0.0.1.
    ///
    /// # Errors
    /// The port is taken or not allowed.
    pub async fn start(self) -> io::Result<Emulator> {
        let identity = Identity::new(self.access_key, self.token_lifetime);
        Emulator::serve(self.port, identity, self.limits, self.scenario).await
    }
}
