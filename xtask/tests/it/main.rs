//! Tests of the generator and of the other tasks.
#![allow(clippy::unwrap_used)]

mod against;
mod cases;
mod catalogue;
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

/// The files generated from the schemas of this repository, once for all tests.
static REAL: LazyLock<Files> = LazyLock::new(|| {
    generate(&xtask::root().join("schemas")).unwrap_or_else(|problems| panic!("{}", xtask::schema::listed(&problems)))
});

/// Copies a folder recursively.
fn copy(from: &Path, to: &Path) {
    xtask::golden::copy(from, to).unwrap();
}

/// Copies a small tree of schemas for tests to damage: three operations of two versions.
fn schemas() -> TempDir {
    xtask::golden::tree(&xtask::root()).unwrap()
}

/// Copies the schemas of this repository, for tests that depend on all of them.
fn real_schemas() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&xtask::root().join("schemas"), folder.path());
    folder
}
