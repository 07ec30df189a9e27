//! The commands. Each module has the arguments and the code of one command.

pub(crate) mod call;
pub(crate) mod config;
mod diagnosis;
pub(crate) mod dry_run;
pub(crate) mod explain;
pub(crate) mod ops;
pub(crate) mod precheck;
pub(crate) mod reference;
pub(crate) mod serve;
pub(crate) mod validate;
