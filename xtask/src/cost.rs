//! `cargo xtask cost`: measures the cost of a build. It builds `drs-types` and `drs` from nothing, and `drs-types` alone
//! with a growing number of operations.
#![allow(clippy::cast_precision_loss, reason = "counts of lines are small")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use serde_json::Value;

/// The builds that users and maintainers make: package, profile and features.
const BUILDS: [(&str, &str, &str); 6] = [
    ("drs-types", "dev", ""),
    ("drs-types", "dev", "schemars"),
    ("drs-types", "release", ""),
    ("drs-types", "release", "schemars"),
    ("drs-cli", "release", ""),
    ("drs-cli", "dist", ""),
];

/// Builds `drs-types` and `drs` from nothing, prints a table, and then prints the cost of one more operation.
///
/// # Errors
/// cargo cannot be run, or a build fails.
pub fn report(root: &Path, print: impl Fn(&str)) -> Result<(), String> {
    print(&format!(
        "{:<10} {:<8} {:<9} {:>6} {:>8} {:>12}",
        "package", "profile", "features", "crates", "seconds", "user seconds"
    ));
    for (package, profile, features) in BUILDS {
        let Build { crates, seconds, user } = build(root, package, profile, features)?;
        let features = if features.is_empty() { "none" } else { features };
        print(&format!("{package:<10} {profile:<8} {features:<9} {crates:>6} {seconds:>8.1} {user:>12.1}"));
    }
    print("");
    slope(root, print)
}

/// Builds the crate for a growing number of operations, after its dependencies are built.
fn slope(root: &Path, print: impl Fn(&str)) -> Result<(), String> {
    let work = tempfile::tempdir().map_err(|error| error.to_string())?;
    let folder = root.join("crates/drs-types");
    copy_crate(root, work.path()).map_err(|error| format!("the crate cannot be copied: {error}"))?;
    let generated = work.path().join("crates/drs-types/src/generated/mod.rs");
    let table = std::fs::read_to_string(folder.join("src/generated/mod.rs")).map_err(|error| error.to_string())?;
    let operations: Vec<&str> = table.lines().filter_map(|line| line.trim().strip_suffix("::INFO,")).collect();
    let operations: Vec<&str> = operations.into_iter().filter_map(|line| line.strip_prefix('&')).collect();
    let lines = |kept: &[&str]| -> usize {
        let files = kept
            .iter()
            .filter_map(|name| std::fs::read_to_string(folder.join(format!("src/generated/{name}.rs"))).ok());
        files.map(|text| text.lines().count()).sum()
    };
    print(&format!("{:>10} {:>10} {:>10} {:>10}", "operations", "lines", "dev s", "release s"));
    let mut rows = Vec::new();
    for kept in [1, operations.len() / 2, operations.len()] {
        let (kept, dropped) = operations.split_at(kept.min(operations.len()));
        let without = |line: &&str| {
            let line = line.trim();
            !dropped.iter().any(|name| line == format!("pub mod {name};") || line == format!("&{name}::INFO,"))
        };
        let table: Vec<&str> = table.lines().filter(without).collect();
        std::fs::write(&generated, table.join("\n")).map_err(|error| error.to_string())?;
        let seconds = ["dev", "release"].map(|profile| alone(work.path(), profile));
        let [dev, release] = seconds;
        let row = (kept.len(), lines(kept), dev?, release?);
        print(&format!("{:>10} {:>10} {:>10.1} {:>10.1}", row.0, row.1, row.2, row.3));
        rows.push(row);
    }
    if let [first, .., last] = rows.as_slice() {
        let more = (last.0 - first.0).max(1) as f64;
        let [lines, dev, release] =
            [(last.1 - first.1) as f64, last.2 - first.2, last.3 - first.3].map(|difference| difference / more);
        print(&format!("each additional operation: {lines:.0} lines, {dev:.2} s in dev, {release:.2} s in release"));
    }
    Ok(())
}

/// Creates a separate workspace with the crate and its settings.
fn copy_crate(root: &Path, work: &Path) -> std::io::Result<()> {
    for file in ["Cargo.lock", "rust-toolchain.toml"] {
        std::fs::copy(root.join(file), work.join(file))?;
    }
    let manifest = std::fs::read_to_string(root.join("Cargo.toml"))?;
    std::fs::write(
        work.join("Cargo.toml"),
        manifest.replace("\"crates/*\", \"xtask\", \"xtask/bench\", \"xtask/tests/output\"", "\"crates/drs-types\""),
    )?;
    let (from, to) = (root.join("crates/drs-types"), work.join("crates/drs-types"));
    std::fs::create_dir_all(&to)?;
    let manifest = std::fs::read_to_string(from.join("Cargo.toml"))?;
    let dependencies = manifest.split("[dev-dependencies]").next().unwrap_or_default();
    std::fs::write(to.join("Cargo.toml"), dependencies)?;
    for entry in walkdir::WalkDir::new(from.join("src")) {
        let entry = entry?;
        let target = to.join(entry.path().strip_prefix(&from).unwrap_or(entry.path()));
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Returns the seconds that the crate itself takes.
fn alone(work: &Path, profile: &str) -> Result<f64, String> {
    let build = || {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
        command.args(["build", "--quiet", "--offline", "--package", "drs-types", "--profile", profile]);
        let output = command.current_dir(work).env("CARGO_TARGET_DIR", work.join("target")).output();
        let output = output.map_err(|error| format!("cargo cannot be run: {error}"))?;
        if output.status.success() {
            return Ok(());
        }
        Err(format!("the build failed:\n{}", String::from_utf8_lossy(&output.stderr)))
    };
    build()?;
    let lib = work.join("crates/drs-types/src/lib.rs");
    let text = std::fs::read_to_string(&lib).map_err(|error| error.to_string())?;
    // An empty change, so that only this crate is built again.
    std::fs::write(&lib, text + "\n").map_err(|error| error.to_string())?;
    let start = Instant::now();
    build()?;
    Ok(start.elapsed().as_secs_f64())
}

/// The cost of a cold build.
struct Build {
    crates: usize,
    /// Wall-clock seconds.
    seconds: f64,
    /// Seconds of processor time in user mode, over all processors: less noisy than wall-clock time.
    user: f64,
}

fn build(root: &Path, package: &str, profile: &str, features: &str) -> Result<Build, String> {
    let target = root.join("target/cost");
    let _ = std::fs::remove_dir_all(&target);
    let (start, user) = (Instant::now(), user_seconds_of_children()?);
    let output = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()))
        .args(["build", "--locked", "--message-format=json", "--package", package])
        .args(["--profile", profile, "--features", features])
        .arg("--target-dir")
        .arg(&target)
        .current_dir(root)
        .stderr(Stdio::piped())
        .output()
        .map_err(|error| format!("cargo cannot be run: {error}"))?;
    let (seconds, user) = (start.elapsed().as_secs_f64(), user_seconds_of_children()? - user);
    let _ = std::fs::remove_dir_all(&target);
    if !output.status.success() {
        return Err(format!("the build failed:\n{}", String::from_utf8_lossy(&output.stderr)));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let messages = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let built = messages.filter(|message| message["reason"] == "compiler-artifact");
    let packages: BTreeSet<String> = built.map(|message| message["package_id"].to_string()).collect();
    Ok(Build { crates: packages.len(), seconds, user })
}

/// Returns the processor time of all child processes that have ended.
fn user_seconds_of_children() -> Result<f64, String> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|error| format!("processor time is unknown: {error}"))?;
    let time = usage.user_time();
    Ok(time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6)
}
