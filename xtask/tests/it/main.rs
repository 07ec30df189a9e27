//! What the generator promises to whoever edits a schema.
#![allow(clippy::unwrap_used)]

mod against;
mod cases;
mod compat;
mod compat_output;
mod errors;
mod fresh;
mod import;
mod layouts;
mod openapi;
mod phases;
mod sync;
mod versions;

use std::path::Path;
use std::sync::LazyLock;

use tempfile::TempDir;
use xtask::codegen::{Files, generate};

/// What the schemas of this repository give, generated once for all tests.
static REAL: LazyLock<Files> = LazyLock::new(|| {
    generate(&xtask::root().join("schemas")).unwrap_or_else(|problems| panic!("{}", xtask::schema::listed(&problems)))
});

/// Copies a folder with everything below it.
fn copy(from: &Path, to: &Path) {
    xtask::golden::copy(from, to).unwrap();
}

/// A small tree of schemas to damage: three operations of two versions.
fn schemas() -> TempDir {
    xtask::golden::tree(&xtask::root()).unwrap()
}

/// A copy of the schemas of this repository, for what depends on all of them.
fn real_schemas() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&xtask::root().join("schemas"), folder.path());
    folder
}
