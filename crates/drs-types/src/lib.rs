//! The API of Huawei Cloud's Data Replication Service (DRS) as Rust types.
//!
//! The types are generated from the tables of the vendor's documentation. Decoding is tolerant: a field may be missing
//! or null, an enum value may be unlisted, an unknown field is ignored. Sending is strict: [`Operation::check`] names
//! every documented limit that a request breaks.
//!
//! ```
//! use drs_types::operations::v3::batch_check_results::{BatchCheckResultsResponse, PrecheckItemResult};
//!
//! let body = r#"{ "count": 1, "results": [ { "process": "100%", "precheck_result": [
//!     { "item": "srcCollHasTtlIndex", "result": "ALARM" }, { "item": "madeUp", "result": "SKIPPED" } ] } ] }"#;
//! let response: BatchCheckResultsResponse = serde_json::from_str(body)?;
//! let task = &response.results()[0];
//! assert!(task.process.as_ref().is_some_and(|process| process.is_complete()));
//! assert_eq!(task.precheck_result()[0].result, Some(PrecheckItemResult::Alarm));
//! let unknown = task.precheck_result()[1].result.as_ref().unwrap();
//! assert!(!unknown.is_listed());
//! assert_eq!(unknown.as_str(), "SKIPPED");
//! # Ok::<(), serde_json::Error>(())
//! ```

#[macro_use]
mod open_enum;
#[macro_use]
mod setters;
#[macro_use]
mod string_id;
pub mod batch;
mod body;
#[allow(dead_code, reason = "generated code uses parts of it, depending on the schemas")]
mod check;
#[cfg(feature = "examples")]
mod examples;
pub mod integer;
mod item_data;
pub mod operation;
pub mod outline;
mod pages;
mod parameter;
mod pattern;
mod percent;
pub mod pointer;
mod prelude;
pub mod reading;
pub mod redacted;
mod side;
pub mod text;
#[allow(dead_code, reason = "generated code uses parts of it, depending on the schemas")]
mod unions;

#[rustfmt::skip]
// The tests of the generator compile this crate with other output.
#[cfg_attr(expected_output, path = "../../../xtask/tests/output/generated/mod.rs")]
#[allow(clippy::pedantic, clippy::too_many_arguments)]
mod generated;

pub use batch::Batch;
pub use check::{Limit, Violation};
#[cfg(feature = "examples")]
pub use examples::Example;
pub use generated::*;
pub use item_data::{Entry, ItemData};
pub use open_enum::{NotListed, Unlisted};
pub use operation::{Operation, OperationInfo, Parts, Retry};
pub use outline::{Outline, Outlined};
pub use pages::{Paged, Progress};
pub use percent::Percent;
pub use reading::{Misfit, Reading};
pub use redacted::Redacted;
pub use side::Side;
pub use string_id::InvalidId;
pub use unions::{MapOrArray, Nullable, StringOr};

/// Support for the generated code of other crates of this workspace. Not part of the public API.
#[doc(hidden)]
pub mod __private {
    pub use crate::check::Pointer;
    pub use crate::pattern::Pattern;
    pub use crate::redacted::SECRET_WORDS;
}
