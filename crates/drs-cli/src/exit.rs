//! Exit codes. Scripts rely on them.

use std::process::ExitCode;

use drs_gate::Decision;
use drs_report::captures::Outcome;

/// The result of a run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Success, without findings.
    Clean = 0,
    /// Findings, or a failed pre-check.
    Findings = 1,
    /// The arguments or the input cannot be used; nothing was sent.
    Usage = 2,
    /// The service or the network failed, or its response gives no verdict.
    Service = 3,
    /// Not finished in time.
    Unfinished = 4,
    /// A bug in `drs`.
    Internal = 70,
}

impl Exit {
    /// Returns the exit code of the process.
    pub(crate) fn code(self) -> u8 {
        self as u8
    }
}

impl From<Decision> for Exit {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Pass => Self::Clean,
            Decision::Unfinished => Self::Unfinished,
            Decision::Fail => Self::Findings,
            _ => Self::Service,
        }
    }
}

impl From<Outcome> for Exit {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Clean => Self::Clean,
            Outcome::Findings => Self::Findings,
            _ => Self::Usage,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
