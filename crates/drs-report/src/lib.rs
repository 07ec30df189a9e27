//! Reports on pre-checks and captures. Of a pre-check: one assessment in, one document out, in the format that the reader needs.
//!
//! | format | for | keeps to |
//! |---|---|---|
//! | [`Format::Text`] | a terminal | |
//! | [`Format::Json`] | programs: the whole [`Assessment`](drs_gate::Assessment) | `docs/assessment.schema.json` |
//! | [`Format::Ndjson`] | programs that read line by line: a line per task, then one with the decision | the same |
//! | [`Format::Junit`] | the test report of a CI server | Jenkins' schema of JUnit |
//! | [`Format::Sarif`] | code scanning | SARIF 2.1.0 |
//! | [`Format::Markdown`] | a comment on a pull request, the summary of a CI job | 65,536 characters |
//! | [`Format::Html`] | people: one file, without network | a strict Content Security Policy |
//!
//! The crate writes to what it is given and does no other I/O. Every value of the service is escaped for its format, and
//! invisible characters are written as codes. Reports on captures, with the feature `captures`, are in the module `captures`. Every format says the decision, each verdict, each finding and whether the
//! source is an emulator; a document that leaves something out says what and how much.
//!
//! ```
//! use drs_gate::{Outcome, Policy, Snapshot, assess};
//! use drs_report::{Format, Options, write};
//!
//! let tasks = vec![("a".to_owned(), Outcome::Missing)];
//! let assessment = assess(Snapshot::new(tasks), &Policy::default(), "2026-11-26".parse()?);
//! let mut report = Vec::new();
//! write(Format::Text, &assessment, &Options::default(), &mut report)?;
//! assert!(String::from_utf8(report)?.starts_with("MISSING  a\n  The response does not mention this task."));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "captures")]
pub mod captures;
mod explanation;
mod format;
mod guard;
mod html;
mod json;
mod junit;
mod limits;
mod markdown;
mod markup;
mod options;
mod sarif;
mod text;
mod view;
mod write;

pub use format::{DiffFormat, Format, UnknownFormat};
pub use guard::{Codes, Guard};
pub use options::Options;
pub use write::{write, write_diff};
