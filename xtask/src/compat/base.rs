//! The revision that the working tree is compared with: its schemas in a temporary folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// The schemas of a revision, for as long as this lives.
#[derive(Debug)]
pub(super) struct Base {
    /// The name of the revision, for people.
    pub(super) name: String,
    folder: TempDir,
}

impl Base {
    /// The folder of the schemas.
    pub(super) fn schemas(&self) -> PathBuf {
        self.folder.path().join("schemas")
    }
}

/// Checks out the schemas of a revision. Neither the working tree nor its index changes.
pub(super) fn check_out(root: &Path, revision: Option<&str>) -> Result<Base, String> {
    let git = Git { root };
    let (commit, name) = match revision {
        Some(revision) => {
            let commit = git.ask(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit_of(revision)])?;
            let commit = commit.ok_or_else(|| {
                format!(
                    "`{revision}` is not a revision of this repository; name a branch, a tag or a commit after --base"
                )
            })?;
            (commit, revision.to_owned())
        }
        None => git.usual_base()?,
    };
    let name = format!("{name} ({})", commit.get(..10).unwrap_or(&commit));
    let tree = format!("{commit}:schemas");
    if git.ask(&["rev-parse", "--verify", "--quiet", &tree])?.is_none() {
        return Err(format!("{name} has no schemas/; choose a later revision with --base"));
    }
    let folder = tempfile::tempdir().map_err(|error| format!("cannot create a temporary folder: {error}"))?;
    let index = folder.path().join("index");
    git.with_index(&index, &["read-tree", &tree])?;
    let prefix = format!("--prefix={}/schemas/", folder.path().display());
    git.with_index(&index, &["checkout-index", "--all", &prefix])?;
    Ok(Base { name, folder })
}

fn commit_of(revision: &str) -> String {
    format!("{revision}^{{commit}}")
}

struct Git<'a> {
    root: &'a Path,
}

impl Git<'_> {
    /// Where this branch left the main one; on the main branch itself, the last commit.
    fn usual_base(&self) -> Result<(String, String), String> {
        let head = self.ask(&["rev-parse", "--verify", "--quiet", &commit_of("HEAD")])?;
        let head = head.ok_or("not a git repository with a commit to compare with")?;
        for main in ["origin/main", "main"] {
            if let Some(fork) = self.ask(&["merge-base", "HEAD", main])?
                && fork != head
            {
                return Ok((fork, format!("where this branch left {main}")));
            }
        }
        Ok((head, "the last commit".to_owned()))
    }

    /// The output of git, or nothing when it fails.
    fn ask(&self, arguments: &[&str]) -> Result<Option<String>, String> {
        let output = self.run(Command::new("git").args(arguments))?;
        Ok(output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned()))
    }

    fn with_index(&self, index: &Path, arguments: &[&str]) -> Result<(), String> {
        let output = self.run(Command::new("git").args(arguments).env("GIT_INDEX_FILE", index))?;
        if output.status.success() {
            return Ok(());
        }
        Err(format!("git {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim()))
    }

    fn run(&self, command: &mut Command) -> Result<std::process::Output, String> {
        command.current_dir(self.root).output().map_err(|error| format!("cannot run git: {error}"))
    }
}
