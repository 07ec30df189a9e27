//! `cargo xtask compat`: what a change of the schemas means for those who use the API through them.
//!
//! *Whoever sends* is judged by the wire: a request that was taken must still be taken. The walk through the shapes
//! knows what a field, a value or an obligation does that comes or goes; whether other types and limits lie within the
//! old ones, and whether a shape refuses anything at all, is proved by the `canonical` module of the jsonschema crate.
//! It is asked about one field or one shape at a time, where a shape inside another one counts as unchanged. Asked about
//! a whole request with obligations, each of which splits its shape in two, it takes seconds and does not know. What it
//! cannot prove counts as breaking.
//!
//! *Whoever reads* uses our types, which forgive: new values and new fields do no harm, a field that is gone or is of
//! another type does. So the Rust of both versions is made and compared.
//!
//! Where only Rust sees a difference, code stops compiling on either side. Where a request may hold more than before,
//! that counts, and the sentence tells what became of the Rust.

mod base;
mod calls;
mod operations;
mod output;
mod report;
mod rust;
mod sentences;
mod shapes;
mod subset;
mod words;

use std::path::Path;

pub use operations::compare;
pub use output::{Format, render};
pub use report::{Change, Effect, Report, Verdict, Who};

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
    /// Examples and schema tests are not looked at: they do not change what the schemas mean.
    ///
    /// # Errors
    /// Every problem that keeps the schemas from being read, and what has no Rust type.
    pub fn load(schemas: &Path) -> Result<Self, Vec<Problem>> {
        let sources = Sources::load(schemas)?;
        let model = Model::build(&sources)?;
        let types = RustTypes::of(&model).map_err(|problem| vec![problem])?;
        Ok(Self { model, sources, types })
    }
}

/// Compares the schemas of the working tree with those of a revision, and says what was compared and what changed.
///
/// # Errors
/// The revision is unknown or has no schemas, or one of the two versions cannot be read.
pub fn run(root: &Path, revision: Option<&str>) -> Result<String, String> {
    let (base, report) = against(root, revision)?;
    Ok(render(&report, &base, Format::Text))
}

/// The same as a report, with the name of what was compared.
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
