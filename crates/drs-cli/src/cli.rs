//! The command tree.

use clap::{Parser, Subcommand};

use crate::commands::precheck::Precheck;
use crate::commands::{call, config, explain, ops, reference, serve, validate};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Format;
use crate::settings::described_sources;

/// Huawei Cloud's Data Replication Service: pre-checks, calls, and validation of captured payloads.
#[derive(Debug, Parser)]
#[command(name = "drs", version, disable_help_subcommand = true, after_help = EXITS)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXITS: &str = "Exit codes: 0 clean, 1 findings, 2 usage or unreadable input, 3 service or network, \
                     4 not finished, 70 a bug of drs";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start pre-checks, wait for them, and gate on what they found
    #[command(subcommand)]
    Precheck(Precheck),
    /// Validate captured payloads against the documentation
    Validate(validate::Validate),
    /// Explain a check item, a failed reason, an error code or a finding: why it fails, and how to fix it
    Explain(explain::Explain),
    /// List the documented operations
    Ops(ops::Ops),
    /// Send a request of any documented operation, after validation of its body
    Call(call::Call),
    /// Print the JSON Schema of the request and the response of an operation
    Schema(reference::Schema),
    /// Print a documented payload of an operation
    Example(reference::Example),
    /// Print a request body to fill in, with comments on every field
    New(reference::New),
    /// Show the settings of the connection with their origin, or try them
    #[command(subcommand, after_help = described_sources())]
    Config(Config),
    /// Run the emulator until Ctrl-C; it has the documented tasks and those that you create
    Serve(serve::Serve),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// List every setting with its origin; secrets are masked, and nothing is sent
    Show(config::Show),
    /// Send one call that changes nothing, and explain what is wrong
    Check(config::Check),
}

impl Command {
    /// The format of results and errors.
    pub(crate) fn output(&self) -> Format {
        match self {
            Self::Precheck(precheck) => precheck.output(),
            Self::Validate(validate) => validate.errors(),
            Self::Explain(explain) if explain.output == ops::Format::Json => Format::Json,
            Self::Ops(ops) if ops.output == ops::Format::Json => Format::Json,
            Self::Config(Config::Show(show)) if show.output == ops::Format::Json => Format::Json,
            _ => Format::Text,
        }
    }

    /// Runs the command to its end.
    ///
    /// # Errors
    /// The command has no result.
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        match self {
            Self::Precheck(precheck) => online(precheck.run()),
            Self::Validate(options) => validate::run(&options),
            Self::Explain(explain) => explain::run(&explain),
            Self::Ops(ops) => ops::run(&ops),
            Self::Call(call) => online(call::run(call)),
            Self::Schema(schema) => reference::schema(&schema),
            Self::Example(example) => reference::example(&example),
            Self::New(new) => reference::new(&new),
            Self::Config(Config::Show(show)) => config::show(&show),
            Self::Config(Config::Check(check)) => online(config::check(check)),
            Self::Serve(serve) => online(serve::run(serve)),
        }
    }
}

/// Runs a future in an event loop.
fn online(command: impl Future<Output = Result<Exit, Failure>>) -> Result<Exit, Failure> {
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(command),
        Err(error) => Err(Failure::service(format!("the event loop cannot start: {error}"))),
    }
}
