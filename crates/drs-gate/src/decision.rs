//! The decision of the gate.

use serde::{Deserialize, Serialize};

use crate::verdict::Verdict;

/// What the gate decides, for one task or for all. The order says which one wins when tasks differ: the last.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Decision {
    /// The task may start. Exit code 0 of `drs`.
    Pass,
    /// The pre-check is still running. Exit code 4 of `drs`.
    Unfinished,
    /// The pre-check failed, or the policy stops the task. Exit code 1 of `drs`.
    Fail,
    /// There is no verdict: unclear, stale, refused or missing. Exit code 3 of `drs`.
    Unclear,
}

impl From<Verdict> for Decision {
    /// The decision without a policy that wants more than the verdict.
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Passed | Verdict::PassedWithAlarms | Verdict::PassedWithWaivers => Self::Pass,
            Verdict::Running => Self::Unfinished,
            Verdict::Failed => Self::Fail,
            Verdict::Unclear | Verdict::Stale | Verdict::Refused | Verdict::Missing => Self::Unclear,
        }
    }
}
