//! `cargo xtask bench validate`: builds `drs-bench` for any machine and for this one, and runs both.

use std::path::Path;
use std::process::Command;

/// Runs the benchmark of the validator; its figures also stand in `target/bench/`.
///
/// # Errors
/// It cannot be built, or the validator missed or invented a finding.
pub fn validate(root: &Path, size: usize, rounds: usize, print: impl Fn(&str)) -> Result<(), String> {
    for (name, flags) in [("portable", None), ("native", Some("-C target-cpu=native"))] {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(root).args(["run", "--quiet", "--release", "--package", "drs-bench"]);
        if let Some(flags) = flags {
            // A folder of its own, so that neither build throws the other away.
            cargo.env("RUSTFLAGS", flags).arg("--target-dir").arg(root.join("target").join(name));
        }
        let folder = root.join("target/bench").join(name);
        cargo.args(["--", "validate", "--size", &size.to_string(), "--rounds", &rounds.to_string(), "--folder"]);
        print(&format!("== {name} release build"));
        let status = cargo.arg(folder).status().map_err(|error| format!("cargo cannot be run: {error}"))?;
        if !status.success() {
            return Err(format!("the {name} benchmark failed: {status}"));
        }
        print("");
    }
    Ok(())
}
