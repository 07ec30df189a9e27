//! `drs precheck`: starts pre-checks, waits for them, and gates on what they found.

mod assessing;
mod diff;
mod gate;
mod pace;
mod progress;
mod query;
mod run;
mod saved;
mod tasks;
mod wait;
mod watch;

use clap::Subcommand;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Format;

/// The commands about pre-checks.
#[derive(Debug, Subcommand)]
pub(crate) enum Precheck {
    /// Start the pre-checks of tasks, wait for their end, and gate on them
    Run(run::Arguments),
    /// Wait for the end of pre-checks that are running, and gate on them
    Wait(wait::Arguments),
    /// Gate on the pre-checks as they are now, or on a saved response
    #[command(visible_alias = "results")]
    Gate(gate::Arguments),
    /// Compare two saved runs: what got better, worse, is new or gone
    Diff(diff::Arguments),
}

impl Precheck {
    /// The format of errors.
    pub(crate) fn output(&self) -> Format {
        match self {
            Self::Run(run) => run.assessing.errors(),
            Self::Wait(wait) => wait.assessing.errors(),
            Self::Gate(gate) => gate.assessing.errors(),
            Self::Diff(diff) => diff.errors(),
        }
    }

    /// Runs the command to its end.
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        match self {
            Self::Run(arguments) => run::run(arguments).await,
            Self::Wait(arguments) => wait::run(arguments).await,
            Self::Gate(arguments) => gate::run(arguments).await,
            Self::Diff(arguments) => diff::run(&arguments),
        }
    }
}
