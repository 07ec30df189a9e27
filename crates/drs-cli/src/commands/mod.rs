//! One module a command.

mod precheck_results;
mod serve;
mod validate;

use crate::cli::{Command, Precheck};
use crate::exit::Exit;
use crate::failure::Failure;

/// Runs a command to its end.
pub(crate) async fn run(command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Precheck(Precheck::Results(results)) => precheck_results::run(results).await,
        Command::Validate(options) => validate::run(&options),
        Command::Serve(serve) => serve::run(&serve).await,
    }
}
