//! `cargo xtask bless`: accepts the current output as the expected output.
//!
//! It writes generated code, the expected output of the generator, pages with examples, and snapshots. Review the diff.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{api, codegen, golden, schema, sync};

/// The environment variable that lets tests write the files that they compare with.
const WRITES: &str = "XTASK_BLESS";

/// Writes all expected output and runs all tests.
///
/// # Errors
/// Returns mistakes in the schemas, or that a test fails for another reason than its expected output.
pub fn run(root: &Path, print: impl Fn(&str)) -> Result<(), String> {
    let unwritten = |error: std::io::Error| format!("cannot write the expected output: {error}");
    let files = codegen::generate(&root.join("schemas")).map_err(|problems| schema::listed(&problems))?;
    let mut differences = sync::write(root, &files).map_err(unwritten)?;
    differences.extend(sync::write_in(root, &golden::files(root)?, golden::OWNED).map_err(unwritten)?);
    differences.extend(sync::write_in(root, &api::files(root)?, &[]).map_err(unwritten)?);
    for difference in &differences {
        print(&format!("wrote {}", difference.path().display()));
    }
    let references = tempfile::NamedTempFile::new().map_err(unwritten)?;
    let status = Command::new("cargo")
        .args(["test", "--workspace", "--all-features", "--quiet", "--no-fail-fast"])
        .envs([(WRITES, "1"), ("INSTA_UPDATE", "always")])
        .env("INSTA_SNAPSHOT_REFERENCES_FILE", references.path())
        .current_dir(root)
        .status()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    if !status.success() {
        return Err(
            "a test fails for another reason than its expected output, or an inline snapshot differs".to_owned()
        );
    }
    for snapshot in unreferenced(root, references.path()).map_err(unwritten)? {
        std::fs::remove_file(root.join(&snapshot)).map_err(unwritten)?;
        print(&format!("removed {}", snapshot.display()));
    }
    Ok(())
}

/// Returns the snapshots of the repository that no test has used. `references` is the file that tests write when
/// `INSTA_SNAPSHOT_REFERENCES_FILE` names it.
///
/// # Errors
/// A file or folder that cannot be read.
pub fn unreferenced(root: &Path, references: &Path) -> std::io::Result<Vec<PathBuf>> {
    let text = std::fs::read_to_string(references)?;
    let used: BTreeSet<PathBuf> = text.lines().filter_map(|line| Path::new(line).canonicalize().ok()).collect();
    let mut unused = Vec::new();
    for folder in ["crates", "xtask"] {
        for entry in walkdir::WalkDir::new(root.join(folder)).sort_by_file_name() {
            let path = entry?.into_path();
            if path.extension().is_some_and(|extension| extension == "snap") && !used.contains(&path.canonicalize()?) {
                unused.push(path.strip_prefix(root).unwrap_or(&path).to_owned());
            }
        }
    }
    Ok(unused)
}
