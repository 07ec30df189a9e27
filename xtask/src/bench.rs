//! `cargo xtask bench`: builds `xtask/bench` and what it measures, and runs it.

use std::path::Path;
use std::process::Command;

/// The version of `jsonschema-cli` that `drs validate` is compared with.
const JSONSCHEMA_CLI: &str = "0.60.2";

/// Runs the benchmark of the validator, built for any machine and for this one. Also writes the figures to
/// `target/bench/`.
///
/// # Errors
/// Fails when it cannot be built, or when the validator missed or invented a finding.
pub fn validate(root: &Path, size: usize, rounds: usize, print: impl Fn(&str)) -> Result<(), String> {
    for (name, flags) in [("portable", None), ("native", Some("-C target-cpu=native"))] {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(root).args(["run", "--quiet", "--release", "--package", "drs-bench"]);
        if let Some(flags) = flags {
            // A separate folder, so that neither build replaces the other.
            cargo.env("RUSTFLAGS", flags).arg("--target-dir").arg(root.join("target").join(name));
        }
        let folder = root.join("target/bench").join(name);
        cargo.args(["--", "validate", "--size", &size.to_string(), "--rounds", &rounds.to_string(), "--folder"]);
        print(&format!("== {name} release build"));
        run(cargo.arg(folder))?;
        print("");
    }
    Ok(())
}

/// Measures the time and the memory of a HAR, and of bare bodies, of growing size.
///
/// # Errors
/// Fails when the benchmark cannot be built or run.
pub fn grow(root: &Path, size: usize) -> Result<(), String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root).args(["run", "--quiet", "--release", "--package", "drs-bench", "--", "grow"]);
    run(cargo.args(["--size", &size.to_string(), "--folder"]).arg(root.join("target/bench/grow")))
}

/// Runs `drs validate` on one small file, beside `jsonschema-cli`, which it installs into `target/bench/`.
///
/// # Errors
/// Fails when a program cannot be built or has another exit code than expected.
pub fn start(root: &Path, rounds: usize) -> Result<(), String> {
    let cargo = |arguments: &[&str]| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(root).args(arguments);
        cargo
    };
    let folder = root.join("target/bench/start");
    let other = folder.join("bin/jsonschema-cli");
    if !other.exists() {
        let install = ["install", "jsonschema-cli", "--version", JSONSCHEMA_CLI, "--locked", "--root"];
        run(cargo(&install).arg(&folder))?;
    }
    run(&mut cargo(&["build", "--release", "--package", "drs-cli"]))?;
    let mut race = cargo(&["run", "--quiet", "--release", "--package", "drs-bench", "--", "start"]);
    race.arg("--drs").arg(root.join("target/release/drs")).arg("--other").arg(&other);
    run(race.args(["--rounds", &rounds.to_string(), "--folder"]).arg(&folder))
}

/// Runs the benchmark of the client, and writes the figures to `target/bench/client/`.
///
/// # Errors
/// Fails when it cannot be built, or when a request fails.
pub fn client(root: &Path, rounds: usize) -> Result<(), String> {
    let folder = root.join("target/bench/client");
    run(measuring(root).args(["client", "--rounds", &rounds.to_string(), "--folder"]).arg(folder))
}

/// Has all kinds of faults happen to the client for some minutes.
///
/// # Errors
/// Fails when it cannot be built, when an id was lost or doubled, or when the memory grew.
pub fn soak(root: &Path, minutes: u64) -> Result<(), String> {
    run(measuring(root).args(["soak", "--minutes", &minutes.to_string()]))
}

/// The program of `bench/` in its release build, without arguments.
fn measuring(root: &Path) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root).args(["run", "--quiet", "--release", "--package", "drs-bench", "--"]);
    cargo
}

fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("{command:?} cannot be run: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed: {status}")) }
}
