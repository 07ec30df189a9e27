//! Pre-check results without an account.

use insta::assert_snapshot;
use serde_json::Value;

use crate::{DDS, MYSQL, drs, run, stable};

#[test]
fn both_documented_results_are_shown_and_exit_is_clean() {
    let _stable = stable();
    let shown = run(&mut drs(&["precheck", "results", MYSQL, DDS, "--embedded"]));
    assert_eq!(shown.code, 0);
    assert_snapshot!("results", shown.stdout);
    assert_snapshot!(shown.stderr, @"note: using the embedded emulator at http://127.0.0.1:PORT, which has only the documented tasks");
}

/// The README shows the start and the end of the real output.
#[test]
fn the_readme_shows_the_real_output() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md")).unwrap();
    let arguments = ["precheck", "run", "--embedded", "--scenario", "failing-mysql"];
    let shown = run(drs(&arguments).args(["--interval", "0.05"]));
    assert_eq!(shown.code, 1, "{}", shown.stderr);
    let lines: Vec<&str> = shown.stdout.lines().collect();
    let (start, end) = (lines[..12].join("\n"), lines[lines.len() - 2..].join("\n"));
    let expected = format!("```text\n{start}\n  …\n{end}\n```");
    assert!(readme.contains(&expected), "the README does not show:\n{expected}");
    let arguments = arguments.join(" ");
    assert!(readme.contains(&arguments), "the README runs something else than {arguments}");
}

#[test]
fn every_item_and_all_data_are_shown_with_all() {
    let shown = run(&mut drs(&["precheck", "results", DDS, "--embedded", "--all"]));
    assert_snapshot!("all", shown.stdout);
}

#[test]
fn json_has_source_verdicts_and_reports() {
    let shown = run(&mut drs(&["precheck", "results", MYSQL, DDS, "nobody", "--embedded", "--output", "json"]));
    let mut document: Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!(document["tasks"][1]["report"]["items"].as_array().unwrap().len(), 27);
    for task in document["tasks"].as_array_mut().unwrap() {
        task["report"]["items"] = Value::Null;
    }
    document["today"] = "TODAY".into();
    document["source"]["fetched_at"] = "TIME".into();
    document["source"]["endpoint"] = "http://127.0.0.1:PORT/".into();
    assert_snapshot!("json", format!("{document:#}"));
    assert_eq!(shown.code, 3);
}

#[test]
fn ndjson_is_one_line_per_task() {
    let shown = run(&mut drs(&["precheck", "results", MYSQL, DDS, "--embedded", "--output", "ndjson"]));
    let verdicts: Vec<String> = shown
        .stdout
        .lines()
        .filter_map(|line| Some(serde_json::from_str::<Value>(line).unwrap()["verdict"].as_str()?.to_owned()))
        .collect();
    let last: Value = serde_json::from_str(shown.stdout.lines().last().unwrap()).unwrap();
    assert_eq!(last["decision"], "pass");
    assert_eq!(verdicts, ["passed", "passed_with_alarms"]);
}

#[test]
fn a_refused_task_does_not_hide_the_others() {
    let shown = run(&mut drs(&["precheck", "results", "nobody", MYSQL, "--embedded"]));
    assert_eq!(shown.code, 3);
    assert_snapshot!(shown.stdout.lines().take(6).collect::<Vec<_>>().join("\n"), @"
    REFUSED  nobody
      DRS.M05003: The emulator has no task with this id.
      The task does not exist.
      The same request would fail again.

    PASSED  140b5236-88ad-43c8-811c-1268453jb101
    ");
    assert!(shown.stdout.contains("\n2 tasks: 1 passed, 1 refused\n"), "{}", shown.stdout);
}

#[test]
fn the_emulator_is_not_reachable_by_accident() {
    let shown = run(&mut drs(&["precheck", "results", MYSQL]));
    assert_eq!((shown.code, shown.stdout.as_str()), (2, ""));
}
