//! The generator of this repository and the checks of its rules.
//!
//! It does not depend on the crates that it generates, so that it works while they do not compile.

pub mod api;
pub mod bench;
pub mod bless;
pub mod checks;
pub mod codegen;
pub mod compat;
pub mod cost;
pub mod golden;
pub mod import;
mod json;
pub mod schema;
pub mod sync;
pub mod tidy;

use std::path::{Path, PathBuf};

/// Returns the root of the repository.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_owned()
}

/// Renders a number with its noun, such as `1 problem`, `2 problems` and `2 queries`, like `drs_types::text::count`.
#[must_use]
pub fn count(number: usize, noun: &str) -> String {
    match (number, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        (_, None) => format!("{number} {noun}s"),
    }
}
