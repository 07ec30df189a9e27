//! Measures `drs-validate` and other readers of the same bytes in one process, in turns.
//!
//! The same responses stand in each form in which people hold them. Machines are noisy, so only the ratios count.

pub mod contenders;
pub mod corpus;
pub mod forms;
pub mod measure;
pub mod schema;
pub mod start;
pub mod truth;
mod typed;
