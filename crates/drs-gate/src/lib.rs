//! What a pre-check of DRS means: verdict, policy, waivers, the comparison of two runs, evidence. The crate does no I/O and
//! has no clock.
//!
//! | step | use |
//! |---|---|
//! | map a response to reports that have no version | [`v3`] |
//! | wait for the pre-check that was started, not for the one before | [`RunWatch`] |
//! | read a policy file | [`Policy::parse`] |
//! | assess tasks by the policy; the result is what all reports are made of | [`assess`] → [`Assessment`] |
//! | compare two runs | [`diff()`] |
//! | find out what one report means | [`evaluate`] |
//! | decode the `data` of an item | [`Evidence`] |
//! | explain an item and its failed reason | [`catalogue`] |
//!
//! # From a response to a decision
//!
//! ```
//! use drs_gate::{Decision, Policy, Verdict, assess, v3};
//! use drs_types::reading;
//!
//! let response = br#"{ "count": 1, "results": [{ "precheck_id": "a", "process": "100%", "result": false,
//!     "total_passed_rate": "50%", "precheck_result": [
//!         { "item": "dstDbDiskSize", "result": "FAILED", "failed_reason": "NO_SPACE" },
//!         { "item": "srcHasUser", "result": "PASSED" } ] }] }"#;
//! let snapshot = v3::snapshot(&["a".parse()?], reading::read(response)?);
//! let policy = Policy::parse(
//!     r#"
//!     [[waivers]]
//!     item = "dstDbDiskSize"
//!     reason = "The volume grows by itself."
//!     owner = "sre"
//!     expires = 2026-12-31
//!     "#,
//! )?;
//! let assessment = assess(snapshot, &policy, "2026-11-26".parse()?);
//! assert_eq!(assessment.decision, Decision::Pass);
//! assert_eq!(assessment.tasks[0].verdict, Verdict::PassedWithWaivers);
//! assert_eq!(assessment.tasks[0].findings[0].waiver.as_ref().unwrap().owner, "sre");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod assessment;
pub mod catalogue;
mod date;
mod decision;
mod diff;
mod doubt;
mod evidence;
mod policy;
mod report;
pub mod v3;
mod verdict;
mod watch;

#[rustfmt::skip]
#[allow(clippy::pedantic)]
mod generated;

pub use assessment::{
    Assessment, Effect, Finding, Snapshot, Source, TaskAssessment, WaiverStatus, WaiverUse, assess, assess_task,
};
pub use date::{Date, InvalidDate};
pub use decision::Decision;
pub use diff::{Change, Diff, ItemDiff, ItemState, TaskDiff, diff};
pub use doubt::Doubt;
pub use evidence::{DiskSpace, Evidence, Factor, Form, Member, Namespace, Namespaces, bytes};
pub use policy::{FailOn, Policy, PolicyError, Waiver};
pub use report::{CallFailure, CheckItem, CheckResult, Outcome, PrecheckReport, Refusal, Subtask};
pub use verdict::{Evaluation, ItemVerdict, Verdict, evaluate};
pub use watch::{Progress, RunWatch, SETTLE};
