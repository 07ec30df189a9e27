//! Writes generated files, or compares them with the files on disk.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::codegen::{Files, OWNED};

/// The difference between a file on disk and its generated content.
#[derive(Debug)]
pub enum Difference {
    /// The file has another content; holds the diff.
    Stale(PathBuf, String),
    /// The file does not exist.
    Missing(PathBuf),
    /// The file is in a generated folder, but is no longer generated.
    LeftOver(PathBuf),
}

impl Difference {
    /// Returns the file, relative to the root of the repository.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Stale(path, _) | Self::Missing(path) | Self::LeftOver(path) => path,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stale(path, diff) => write!(f, "stale: {}\n{diff}", path.display()),
            Self::Missing(path) => writeln!(f, "missing: {}", path.display()),
            Self::LeftOver(path) => writeln!(f, "left over: {}", path.display()),
        }
    }
}

/// Returns all differences between `files` and the repository at `root`.
///
/// # Errors
/// A file or folder that cannot be read.
pub fn compare(root: &Path, files: &Files) -> io::Result<Vec<Difference>> {
    compare_in(root, files, OWNED)
}

/// Does the same as [`compare`], where `owned` are the folders that hold only generated files.
///
/// # Errors
/// A file or folder that cannot be read.
pub fn compare_in(root: &Path, files: &Files, owned: &[&str]) -> io::Result<Vec<Difference>> {
    let mut differences = Vec::new();
    for (path, wanted) in files {
        match std::fs::read_to_string(root.join(path)) {
            Ok(found) if found == *wanted => {}
            Ok(found) => differences.push(Difference::Stale(path.clone(), diff(&found, wanted))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                differences.push(Difference::Missing(path.clone()));
            }
            Err(error) => return Err(error),
        }
    }
    for folder in owned {
        for entry in walkdir::WalkDir::new(root.join(folder)).sort_by_file_name().into_iter().filter_map(Result::ok) {
            let path = entry.path().strip_prefix(root).unwrap_or(entry.path());
            if entry.file_type().is_file() && !files.contains_key(path) {
                differences.push(Difference::LeftOver(path.to_owned()));
            }
        }
    }
    Ok(differences)
}

/// Writes `files` to the repository at `root` and returns the differences before. Unchanged files are not touched.
///
/// # Errors
/// A file that cannot be read, written or removed.
pub fn write(root: &Path, files: &Files) -> io::Result<Vec<Difference>> {
    write_in(root, files, OWNED)
}

/// Does the same as [`write`](fn@write), where `owned` are the folders that hold only generated files.
///
/// # Errors
/// A file that cannot be read, written or removed.
pub fn write_in(root: &Path, files: &Files, owned: &[&str]) -> io::Result<Vec<Difference>> {
    let differences = compare_in(root, files, owned)?;
    for difference in &differences {
        match difference {
            Difference::Stale(path, _) | Difference::Missing(path) => {
                let target = root.join(path);
                if let Some(parent) = target.parent() {
                    std::fs::create_dir_all(parent)?;
                }
                std::fs::write(target, &files[path])?;
            }
            Difference::LeftOver(path) => std::fs::remove_file(root.join(path))?,
        }
    }
    Ok(differences)
}

fn diff(found: &str, wanted: &str) -> String {
    similar::TextDiff::from_lines(found, wanted)
        .unified_diff()
        .context_radius(2)
        .header("on disk", "generated")
        .to_string()
}
