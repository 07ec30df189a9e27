//! `drs`: the Data Replication Service on the command line.

mod attached;
mod cli;
mod commands;
mod commented;
mod connect;
mod curl;
mod exit;
mod failure;
mod field;
mod files;
mod ids;
mod inputs;
mod limits;
mod names;
mod output;
mod plain_schema;
mod report_file;
mod scenario;
mod settings;
mod signals;
mod skeleton;
mod synthetic;
mod trace;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use cli::Cli;
use exit::Exit;
use failure::Failure;
use output::Format;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let outcome = std::panic::catch_unwind(|| run(&arguments));
    outcome.unwrap_or(Exit::Internal).into()
}

fn run(arguments: &[OsString]) -> Exit {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            return match output::print(output::Kind::Text, |out| write!(out, "{}", error.render().ansi())) {
                Ok(()) => Exit::Clean,
                Err(failure) => output::report(&failure, Format::Text),
            };
        }
        Err(error) if wants_json(arguments) => {
            let text = error.render().to_string();
            let failure = Failure::usage(text.trim_start_matches("error: ").trim_end());
            return output::report(&failure, Format::Json);
        }
        Err(error) => {
            output::usage(error.render().ansi());
            return Exit::Usage;
        }
    };
    let format = cli.command.output();
    cli.command.run().unwrap_or_else(|failure| output::report(&failure, format))
}

/// Whether arguments that cannot be parsed ask for JSON.
fn wants_json(arguments: &[OsString]) -> bool {
    let strings: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    let json = |text: &str| matches!(text, "json" | "ndjson");
    strings.iter().any(|text| text.strip_prefix("--output=").is_some_and(json))
        || strings.windows(2).any(|pair| pair[0] == "--output" && json(pair[1]))
}
