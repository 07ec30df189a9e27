//! Ctrl-C while `drs precheck run` waits.

use std::io::{BufRead, BufReader, Lines, Read as _};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

use serde_json::{Value, json};

/// Writes a scenario with one pre-check that ends, and others that never do.
fn scenario(folder: &Path, never: usize) -> String {
    let task = |id: &str, repeat: usize, report: &str, ends: bool| {
        json!({
            "id": id, "repeat": repeat,
            "runs": [{ "steps": [{ "percent": 40 }], "report": report, "ends": ends }],
        })
    };
    let scenario = json!({
        "synthetic": true, "title": "t",
        "reports": { "passed": { "like": crate::MYSQL } },
        "tasks": [
            task("5e7e0008-0000-4000-8000-0000001jb101", 1, "passed", true),
            task("5e7e0009-0000-4000-8000-0000001jb101", never, "passed", false),
        ],
    });
    let file = folder.join("scenario.json");
    std::fs::write(&file, scenario.to_string()).unwrap();
    file.to_str().unwrap().to_owned()
}

/// A running `drs precheck run`. It ends with the test.
struct Waiting {
    process: Child,
    stderr: Lines<BufReader<ChildStderr>>,
}

impl Waiting {
    fn start(scenario: &str, more: &[&str]) -> Self {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("drs"));
        command.args(["precheck", "run", "--embedded", "--interval", "0.05", "--scenario", scenario]).args(more);
        let mut process = command.env_clear().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(process.stderr.take().unwrap()).lines();
        Self { process, stderr }
    }

    /// Reads progress up to a line with these words.
    fn until(&mut self, words: &str) -> String {
        self.stderr.by_ref().map(Result::unwrap).find(|line| line.contains(words)).unwrap()
    }

    fn interrupt(&self) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-s", "INT", &id]).status().unwrap().success());
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn it_ends_with_what_is_known_so_far_in_all_reports() {
    let folder = tempfile::tempdir().unwrap();
    let html = folder.path().join("precheck.html");
    let report = format!("html={}", html.display());
    let mut waiting = Waiting::start(&scenario(folder.path(), 1), &["--output", "json", "--report", &report]);
    waiting.until("0000001jb101: ended");
    waiting.interrupt();
    let note = waiting.until("note: interrupted");
    assert!(note.ends_with("the pre-check of 5e7e0009-0000-4000-8000-0000001jb101 has not ended"), "{note}");
    let mut stdout = String::new();
    waiting.process.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
    assert_eq!(waiting.process.wait().unwrap().code(), Some(4));
    let found: Value = serde_json::from_str(&stdout).unwrap();
    let verdicts: Vec<&str> =
        found["tasks"].as_array().unwrap().iter().map(|task| task["verdict"].as_str().unwrap()).collect();
    assert_eq!((verdicts.as_slice(), &found["decision"]), (&["passed", "running"][..], &json!("unfinished")));
    assert!(std::fs::read_to_string(html).unwrap().contains("data-decision=\"unfinished\""));
}

/// The report does not fit the pipe that nobody reads, so the process cannot end by itself.
#[test]
fn a_second_ctrl_c_ends_it_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut waiting = Waiting::start(&scenario(folder.path(), 100), &["--output", "json"]);
    waiting.until("1 of 101 pre-checks ended");
    waiting.interrupt();
    waiting.until("note: interrupted");
    waiting.interrupt();
    assert_eq!(waiting.process.wait().unwrap().code(), Some(130));
}
