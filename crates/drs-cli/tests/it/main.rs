//! The tests of the real binary.
#![allow(clippy::unwrap_used)]

mod arguments;
mod calls;
mod captures;
mod captures_page;
mod closed_pipe;
mod config;
mod credentials;
#[cfg(unix)]
mod curl;
mod embedded;
mod explain;
mod folders;
mod har;
mod inputs;
#[cfg(unix)]
mod interrupted;
mod machine_formats;
mod migration;
mod misfits;
mod nothing_validated;
mod precheck;
mod readme;
mod retries;
mod scenario;
mod schemas;
mod secrets;
mod sent;
mod serve;
mod service;
mod shapes;
mod terminal;
mod transport;
mod validate;
mod validate_formats;
mod validate_reports;

use assert_cmd::Command;

const MYSQL: &str = "140b5236-88ad-43c8-811c-1268453jb101";
const DDS: &str = "a281f62f-4631-45d6-a2d3-679a9f4jb105";

/// Creates a command for `drs` without the environment variables that it reads.
fn drs(arguments: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("drs"));
    command.env_clear().args(arguments);
    command
}

/// The output of a run, and its exit code.
struct Run {
    code: i32,
    stdout: String,
    stderr: String,
}

fn run(command: &mut Command) -> Run {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Replaces ports, which differ from run to run.
fn stable() -> insta::internals::SettingsBindDropGuard {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT");
    settings.add_filter(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?", "TIME");
    settings.bind_to_scope()
}
