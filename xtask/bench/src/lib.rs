//! Measures `drs-validate` and other readers of the same bytes in one process, in turns.
//!
//! Every contender gets the same records from the same blocks of the same file, and differs only in how it reads a record.
//! Machines are noisy, so only the ratios count.

pub mod contenders;
pub mod corpus;
pub mod measure;
pub mod schema;
pub mod start;
pub mod truth;
