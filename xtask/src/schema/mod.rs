//! The files of `schemas/`, parsed once into types that `codegen`, `import` and `compat` share.
//!
//! `document → load → model → check`. A file is validated against its meta-schema first, so that every mistake has a location;
//! then it is parsed into types that refuse unknown keys, so that no later stage looks up a keyword by name.

pub mod annotations;
pub mod catalogue;
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

pub use catalogue::Catalogue;
pub use definition::{Definition, Object, Shape, StringShape};
pub use document::{Doc, Problem, listed, segment};
pub use load::Sources;
pub use model::{Model, Module};
pub use operation::{Operation, Parameter, Response};
pub use property::{JsonType, Limits, Property, Type};
pub use version::Folder;
