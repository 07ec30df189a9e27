//! `cargo xtask compat`: what a change of the schemas breaks.
//!
//! *Wire*: requests accepted before are still accepted, and captures of the old service are still read. Whether types
//! and limits lie within the old ones is proved by the `canonical` module of the jsonschema crate, one field or one
//! definition at a time: asked about a whole request with conditions, each of which splits its definition in two, it
//! takes seconds and does not know. What it cannot prove counts as breaking.
//!
//! *Rust*: callers that compiled still compile. The Rust of both versions is generated and compared.

mod base;
mod calls;
mod keywords;
mod operations;
mod output;
mod report;
mod rust;
mod sentences;
mod shapes;
mod subset;

use std::path::Path;

pub use operations::compare;
pub use output::{Format, render};
pub use report::{Change, Effect, Impact, Part, Report};

use crate::schema::{Model, Problem, Sources, listed};
use rust::RustTypes;

/// One version of the schemas.
#[derive(Debug)]
pub struct Version {
    /// What the schemas say.
    pub model: Model,
    sources: Sources,
    types: RustTypes,
}

impl Version {
    /// Reads a folder of schemas.
    ///
    /// Examples and schema tests are ignored: they do not change what the schemas mean.
    ///
    /// # Errors
    /// Every problem that keeps the schemas from being read, and definitions without a Rust type.
    pub fn load(schemas: &Path) -> Result<Self, Vec<Problem>> {
        let sources = Sources::load(schemas)?;
        let model = Model::build(&sources)?;
        let types = RustTypes::of(&model).map_err(|problem| vec![problem])?;
        Ok(Self { model, sources, types })
    }
}

/// Compares the schemas of the working tree with those of a revision; returns the name of the revision too.
///
/// # Errors
/// The revision is unknown or has no schemas, or one of the two versions cannot be read.
pub fn against(root: &Path, revision: Option<&str>) -> Result<(String, Report), String> {
    let base = base::check_out(root, revision)?;
    let read = |whose: &str, folder: &Path| {
        Version::load(folder)
            .map_err(|problems| format!("{}\nthe schemas of {whose} cannot be read", listed(&problems)))
    };
    let old = read(&base.name, &base.schemas())?;
    let new = read("the working tree", &root.join("schemas"))?;
    Ok((base.name.clone(), compare(&old, &new)))
}
