//! What the files of `schemas/` say, parsed once into types: the ground floor of `codegen`, `import` and `compat`.
//!
//! `document → load → model → check`. A file is held to its meta-schema first, so that every mistake has its place;
//! then it is parsed into types that refuse an unknown key, so that no stage reads a keyword by its name again.

pub mod annotations;
pub mod check;
pub mod definition;
pub mod document;
pub mod load;
pub mod model;
pub mod operation;
pub mod property;
pub mod references;
pub mod service;
pub mod source;
pub mod version;

pub use definition::{Definition, Object, Shape, StringShape};
pub use document::{Doc, Problem, listed, segment};
pub use load::Sources;
pub use model::{Model, Module};
pub use operation::{Operation, Parameter, Response};
pub use property::{JsonType, Limits, Property, Type};
pub use version::Folder;
