//! The commands: a module each, with its arguments and what it does.

pub(crate) mod call;
pub(crate) mod ops;
pub(crate) mod precheck_results;
pub(crate) mod reference;
pub(crate) mod serve;
pub(crate) mod validate;
