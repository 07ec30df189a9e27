//! Exit codes. Scripts rely on them.

use std::process::ExitCode;

use drs_client::precheck::Verdict;

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
    /// Combines the verdicts on all tasks: the first that applies of service, findings, unfinished, clean.
    pub(crate) fn of(verdicts: impl IntoIterator<Item = Verdict>) -> Self {
        let rank = |exit: &Self| match exit {
            Self::Clean => 0,
            Self::Unfinished => 1,
            Self::Findings => 2,
            _ => 3,
        };
        let exits = verdicts.into_iter().map(|verdict| match verdict {
            Verdict::Passed | Verdict::PassedWithAlarms => Self::Clean,
            Verdict::Running => Self::Unfinished,
            Verdict::Failed => Self::Findings,
            _ => Self::Service,
        });
        exits.max_by_key(rank).unwrap_or(Self::Clean)
    }

    /// Returns the exit code of the process.
    pub(crate) fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_task_decides() {
        use Verdict::{Failed, Missing, Passed, PassedWithAlarms, Refused, Running, Unclear};
        assert_eq!(Exit::of([Passed, PassedWithAlarms]), Exit::Clean);
        assert_eq!(Exit::of([Passed, Running]), Exit::Unfinished);
        assert_eq!(Exit::of([Failed, Running, Passed]), Exit::Findings);
        for unanswered in [Refused, Missing, Unclear] {
            assert_eq!(Exit::of([Failed, unanswered]), Exit::Service);
        }
    }
}
