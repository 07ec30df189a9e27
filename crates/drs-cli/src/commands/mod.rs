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
pub(crate) fn run(command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Precheck(Precheck::Results(results)) => online(precheck_results::run(results)),
        Command::Validate(options) => validate::run(&options),
        Command::Ops(ops) => ops::run(&ops),
        Command::Call(call) => online(call::run(call)),
        Command::Schema(schema) => reference::schema(&schema),
        Command::Example(example) => reference::example(&example),
        Command::New(new) => reference::new(&new),
        Command::Serve(serve) => online(serve::run(&serve)),
    }
}

/// Runs what needs an event loop.
fn online(command: impl Future<Output = Result<Exit, Failure>>) -> Result<Exit, Failure> {
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(command),
        Err(error) => Err(Failure::service(format!("no event loop can be started: {error}"))),
    }
}
