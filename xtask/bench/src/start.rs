//! The time of a whole process for one small file, including start-up.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::{Value, json};

use crate::corpus::EXAMPLES;
use crate::measure::{median, smallest};
use crate::schema;

/// A command that is run once in each round.
struct Run {
    name: &'static str,
    command: Command,
    /// The expected exit code.
    code: i32,
    seconds: Vec<f64>,
}

/// Runs `drs` and `jsonschema-cli` in turns on a documented response, and on the same response with a mistake.
///
/// # Errors
/// Fails when a command cannot be run or has another exit code than expected.
pub fn race(drs: &Path, other: &Path, folder: &Path, rounds: usize) -> io::Result<Vec<Value>> {
    fs::create_dir_all(folder)?;
    let in_folder = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).map(|()| path)
    };
    let schema = in_folder("schema.json", &schema::of_response().to_string())?;
    let clean = in_folder("clean.json", EXAMPLES[0])?;
    let broken = in_folder("broken.json", &EXAMPLES[0].replacen("\"count\" : 1", "\"count\" : \"1\"", 1))?;
    let ours = |file: &Path| {
        let mut command = Command::new(drs);
        command.arg("validate").arg(file);
        command
    };
    let theirs = |file: &Path| {
        let mut command = Command::new(other);
        command.arg("validate").arg(&schema).arg("-i").arg(file);
        command
    };
    let mut nothing = Command::new(drs);
    nothing.arg("--version");
    let run = |name, command, code| Run { name, command, code, seconds: Vec::new() };
    let mut runs = [
        run("drs --version", nothing, 0),
        run("drs validate, documented", ours(&clean), 0),
        run("jsonschema-cli, documented", theirs(&clean), 0),
        run("drs validate, broken", ours(&broken), 1),
        run("jsonschema-cli, broken", theirs(&broken), 1),
    ];
    for run in &mut runs {
        run.command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    }
    // The first round warms up the caches and does not count.
    for round in 0..=rounds {
        for run in &mut runs {
            let start = Instant::now();
            let status = run.command.status()?;
            let seconds = start.elapsed().as_secs_f64();
            if status.code() != Some(run.code) {
                return Err(io::Error::other(format!("{} ended with {status}", run.name)));
            }
            if round > 0 {
                run.seconds.push(seconds);
            }
        }
    }
    Ok(runs.iter().map(Run::to_json).collect())
}

impl Run {
    fn to_json(&self) -> Value {
        json!({ "name": self.name, "median": median(self.seconds.clone()), "smallest": smallest(&self.seconds) })
    }
}
