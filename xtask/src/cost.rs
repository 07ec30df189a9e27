//! `cargo xtask cost`: what it costs to depend on `drs-types`, measured by building it cold.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::Value;

/// Builds `drs-types` and what it depends on from nothing, in each of the ways that a user may, and prints a table.
///
/// # Errors
/// cargo cannot be run, or a build fails.
pub fn report(root: &Path, print: impl Fn(&str)) -> Result<(), String> {
    print(&format!("{:<10} {:<10} {:>6} {:>8}", "profile", "features", "crates", "seconds"));
    for profile in ["dev", "release"] {
        for features in ["", "schemars"] {
            let (crates, seconds) = build(root, profile, features)?;
            let features = if features.is_empty() { "none" } else { features };
            print(&format!("{profile:<10} {features:<10} {crates:>6} {seconds:>8.1}"));
        }
    }
    Ok(())
}

/// How many crates a cold build compiles, and how long it takes.
fn build(root: &Path, profile: &str, features: &str) -> Result<(usize, f64), String> {
    let target = root.join("target/cost");
    let _ = std::fs::remove_dir_all(&target);
    let start = Instant::now();
    let output = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()))
        .args([
            "build",
            "--package",
            "drs-types",
            "--message-format=json",
            "--profile",
            profile,
            "--features",
            features,
        ])
        .arg("--target-dir")
        .arg(&target)
        .current_dir(root)
        .stderr(Stdio::piped())
        .output()
        .map_err(|error| format!("cargo cannot be run: {error}"))?;
    let seconds = start.elapsed().as_secs_f64();
    let _ = std::fs::remove_dir_all(&target);
    if !output.status.success() {
        return Err(format!("the build failed:\n{}", String::from_utf8_lossy(&output.stderr)));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let messages = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let built = messages.filter(|message| message["reason"] == "compiler-artifact");
    let packages: BTreeSet<String> = built.map(|message| message["package_id"].to_string()).collect();
    Ok((packages.len(), seconds))
}
