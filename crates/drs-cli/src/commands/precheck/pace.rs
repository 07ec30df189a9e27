//! How often and how long to query.

use std::time::Duration;

use clap::Args;
use drs_client::Operation as _;
use drs_gate::SETTLE;
use drs_types::operations::v3::batch_check_results::BatchCheckResults;

use crate::settings::Connection;

/// The options of waiting.
#[derive(Debug, Args)]
#[command(next_help_heading = "Waiting")]
pub(crate) struct Pace {
    /// Longest wait for the end of all pre-checks, in seconds; the exit code is 4 after it
    #[arg(long, value_name = "SECONDS", default_value_t = limit().as_secs(), value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// Seconds between two queries; by default 10, and 1 with an emulator
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    interval: Option<Duration>,
    /// Seconds after which a report counts as stale that is the same as before the start
    #[arg(long, value_name = "SECONDS", default_value_t = SETTLE.as_secs())]
    settle: u64,
}

impl Pace {
    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }

    pub(crate) fn settle(&self) -> Duration {
        Duration::from_secs(self.settle)
    }

    pub(crate) fn interval(&self, connection: &Connection) -> Duration {
        self.interval.unwrap_or(if connection.embedded { EMBEDDED } else { interval() })
    }
}

/// An emulator takes no harm from frequent queries.
const EMBEDDED: Duration = Duration::from_secs(1);

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "expected seconds, such as 10 or 0.5")?;
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|interval| (0.05..=3600.0).contains(&interval.as_secs_f64()))
        .ok_or_else(|| "expected 0.05 to 3600 seconds".to_owned())
}

fn interval() -> Duration {
    BatchCheckResults::INFO.polling.as_ref().and_then(|polling| polling.interval).unwrap_or(Duration::from_secs(10))
}

fn limit() -> Duration {
    BatchCheckResults::INFO.polling.as_ref().and_then(|polling| polling.limit).unwrap_or(Duration::from_mins(30))
}
