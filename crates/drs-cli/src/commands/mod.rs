//! One module a command.

mod call;
mod ops;
mod precheck_results;
mod reference;
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
        Command::Ops(ops) => Ok(ops::run(&ops)),
        Command::Call(call) => call::run(call).await,
        Command::Schema(schema) => reference::schema(&schema),
        Command::Example(example) => reference::example(&example),
        Command::New(new) => reference::new(&new),
        Command::Serve(serve) => serve::run(&serve).await,
    }
}
