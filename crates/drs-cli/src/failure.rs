//! Why a run has no result, and how that is said.

use std::fmt::Write as _;

use serde_json::json;

use crate::cli::Output;
use crate::exit::Exit;
use crate::output;

/// Why a run has no result.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    exit: Exit,
    message: String,
    help: Vec<String>,
    facts: Vec<(&'static str, String)>,
}

impl Failure {
    /// The arguments or the input cannot be used.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, message: message.into(), help: Vec::new(), facts: Vec::new() }
    }

    /// The service, the network or this machine failed.
    pub(crate) fn service(message: impl Into<String>) -> Self {
        Self { exit: Exit::Service, ..Self::usage(message) }
    }

    /// Adds a line that says what to do.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Says it on stderr, as JSON when the output would have been JSON.
    pub(crate) fn report(&self, format: Output) -> Exit {
        if format == Output::Text {
            output::error(&self.message, &self.help);
        } else {
            let mut error = json!({ "exit": self.exit.code(), "message": self.message, "help": self.help });
            for (name, value) in &self.facts {
                error[*name] = json!(value);
            }
            output::json_error(&json!({ "error": error }));
        }
        self.exit
    }
}

impl From<drs_client::Error> for Failure {
    fn from(error: drs_client::Error) -> Self {
        let mut message = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(next) = cause {
            let _ = write!(message, ": {next}");
            cause = next.source();
        }
        let mut failure = if error.is_ours() { Self::usage(message) } else { Self::service(message) };
        let code = error.code().map(ToString::to_string);
        let status = error.status().map(|status| status.as_u16().to_string());
        let request_id = error.request_id().map(str::to_owned);
        let facts = [("error_code", code), ("status", status), ("request_id", request_id)];
        failure.facts = facts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        match error.status().map(|status| status.as_u16()) {
            Some(401 | 403) => failure.help("Is the token of this project, and younger than 24 hours?"),
            None if !error.is_ours() => failure.help("Check the endpoint, and whether this machine can reach it."),
            _ if error.is_temporary() => failure.help("This may pass: try again in a minute."),
            _ => failure,
        }
    }
}

impl From<drs_client::BuildError> for Failure {
    fn from(error: drs_client::BuildError) -> Self {
        Self::usage(error.to_string())
    }
}
