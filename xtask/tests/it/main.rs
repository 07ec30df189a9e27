//! What the generator promises to whoever edits a schema.
#![allow(clippy::unwrap_used)]

mod against;
mod cases;
mod compat;
mod errors;
mod fresh;
mod import;
mod layouts;
mod openapi;
mod phases;
mod sync;
mod versions;

use std::path::Path;

use tempfile::TempDir;

/// Copies a folder with everything below it.
fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.unwrap();
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(target).unwrap();
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A copy of `schemas/` to damage.
fn schemas() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&xtask::root().join("schemas"), folder.path());
    folder
}
