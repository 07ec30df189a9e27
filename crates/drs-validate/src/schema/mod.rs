//! The strict reading of the schemas: definitions, compiled schemas, rules in words, and the explanation of what breaks them.

pub(crate) mod compiled;
pub(crate) mod definitions;
pub(crate) mod explain;
pub(crate) mod integers;
pub(crate) mod rules;
