//! Failures of a run, and advice.

use std::error::Error as StdError;
use std::fmt::Write as _;

use drs_auth::iam::IamError;
use drs_client::{Error, Stage};
use drs_gate::CallFailure;
use drs_types::OperationInfo;
use serde_json::{Value, json};

use crate::exit::Exit;

/// A failure of a run.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) message: String,
    /// Advice, one sentence per entry.
    pub(crate) help: Vec<String>,
    facts: Vec<(&'static str, String)>,
}

impl Failure {
    /// Creates the failure of unusable arguments or input.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, message: message.into(), help: Vec::new(), facts: Vec::new() }
    }

    /// Creates the failure of the service, the network or this machine.
    pub(crate) fn service(message: impl Into<String>) -> Self {
        Self { exit: Exit::Service, ..Self::usage(message) }
    }

    /// Adds a line of advice.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Returns the error of the JSON output.
    pub(crate) fn to_json(&self) -> Value {
        let mut error = json!({ "exit": self.exit.code(), "message": self.message, "help": self.help });
        for (name, value) in &self.facts {
            error[*name] = json!(value);
        }
        json!({ "error": error })
    }
}

impl From<Failure> for CallFailure {
    fn from(failure: Failure) -> Self {
        let mut call = Self::new(failure.message);
        call.help = failure.help;
        call.facts = failure.facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        call
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let message = with_causes(error);
        let mut failure = if error.is_request_invalid() { Self::usage(message) } else { Self::service(message) };
        let code = error.code().map(ToString::to_string);
        let status = error.status().map(|status| status.as_u16().to_string());
        let request_id = error.request_id().map(str::to_owned);
        let retry_after = error.head().and_then(|head| head.retry_after.clone());
        let facts =
            [("error_code", code), ("status", status), ("request_id", request_id), ("retry_after", retry_after)];
        failure.facts = facts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        failure.help.extend(advice(error));
        failure
    }
}

impl From<IamError> for Failure {
    fn from(error: IamError) -> Self {
        let message = with_causes(&error);
        match error {
            IamError::NoProject { .. } | IamError::SeveralProjects { .. } => Self::usage(message),
            _ => Self::service(message).help("Only IAM was asked; the call was not sent."),
        }
    }
}

/// Returns the message of an error and of its causes.
fn with_causes(error: &dyn StdError) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let said = next.to_string();
        // Some causes repeat the message of their error.
        if !message.ends_with(&said) {
            let _ = write!(message, ": {said}");
        }
        cause = next.source();
    }
    message
}

/// Returns advice for an error of the network or the service. Only a call that may be sent twice should be retried.
fn advice(error: &Error) -> Vec<String> {
    let is_retry_safe = OperationInfo::find(error.operation()).is_some_and(|info| info.retry_safe);
    let mut advice = Vec::new();
    match error {
        Error::NotSent { stage: Stage::Resolve, .. } => {
            advice.push("Nothing was sent. Check the name in the endpoint, and the name servers of this machine.");
        }
        Error::NotSent { stage: Stage::Tls, .. } => {
            advice.push(
                "Nothing was sent. Check the endpoint. For an authority of your own, name its PEM file in SSL_CERT_FILE.",
            );
        }
        Error::NotSent { stage: Stage::Proxy, .. } => {
            advice.push("Nothing was sent. Check HTTPS_PROXY and ALL_PROXY; NO_PROXY names hosts that need no proxy.");
        }
        Error::NotSent { .. } => {
            advice.push("Nothing was sent. Check the endpoint, and whether this machine can reach it.");
        }
        Error::Redirected { .. } => {
            advice.push(
                "The redirect was not followed, because that would send the token elsewhere. If the service has moved: --endpoint URL",
            );
        }
        Error::TimedOut { .. } => advice.push("--request-timeout SECONDS allows more time."),
        _ => {}
    }
    if matches!(error, Error::Decode { .. }) && !is_retry_safe {
        advice.push("The service has carried out the operation; do not send the request again.");
    } else if error.may_be_done() && !is_retry_safe {
        advice.push("The service may have carried out the operation; check before you send the request again.");
    }
    if matches!(error.status().map(|status| status.as_u16()), Some(401 | 403)) {
        advice.push("drs config check finds out what is wrong with the credentials.");
    }
    let mut advice: Vec<String> = advice.into_iter().map(str::to_owned).collect();
    if error.is_retryable() && is_retry_safe && !matches!(error, Error::NotSent { .. }) {
        advice.push(match error.head().and_then(|head| head.retry_after.as_deref()) {
            Some(seconds) if seconds.parse::<u32>().is_ok() => {
                format!("The problem may be temporary: try again in {seconds} seconds.")
            }
            Some(date) => format!("The problem may be temporary: try again after {date}."),
            None => "The problem may be temporary: try again in a minute.".to_owned(),
        });
    }
    advice
}

impl From<drs_client::BuildError> for Failure {
    fn from(error: drs_client::BuildError) -> Self {
        Self::usage(error.to_string())
    }
}
