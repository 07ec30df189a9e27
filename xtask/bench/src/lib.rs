//! Measures `drs-validate` and `drs-client` beside others that do the same, in one run and in turns.
//!
//! Every reader gets the same responses in each form in which people hold them; every client sends the same requests to the
//! same server. Machines are noisy, so only the ratios count.

pub mod client;
pub mod contenders;
pub mod corpus;
pub mod forms;
pub mod measure;
pub mod schema;
pub mod soak;
pub mod start;
pub mod truth;
mod typed;
