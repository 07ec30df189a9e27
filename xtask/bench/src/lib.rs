//! Measures `drs-validate` beside other ways to read the same bytes, in one process, one after the other, in turns.
//!
//! Every contender gets the same records out of the same blocks of the same file; only what it does with a record
//! differs. Machines are noisy, so it is the ratios that count.

pub mod contenders;
pub mod corpus;
pub mod measure;
pub mod schema;
pub mod start;
pub mod truth;
