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

/// The README shows the real output.
#[test]
fn the_readme_shows_the_real_output() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md")).unwrap();
    let shown = run(&mut drs(&["precheck", "results", MYSQL, "--embedded"]));
    assert!(readme.contains(&format!("```text\n{}```", shown.stdout)), "the README does not show:\n{}", shown.stdout);
    let arguments = format!("precheck results {MYSQL} --embedded");
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
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["verdict"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(verdicts, ["passed", "passed_with_alarms"]);
}

#[test]
fn a_refused_task_does_not_hide_the_others() {
    let shown = run(&mut drs(&["precheck", "results", "nobody", MYSQL, "--embedded"]));
    assert_eq!(shown.code, 3);
    assert_snapshot!(shown.stdout.lines().take(5).collect::<Vec<_>>().join("\n"), @"
    REFUSED  nobody
      DRS.M05003: The emulator has no task with this id.
      The task does not exist.

    PASSED  140b5236-88ad-43c8-811c-1268453jb101
    ");
    assert!(shown.stdout.ends_with("2 tasks: 1 passed, 1 refused\n"), "{}", shown.stdout);
}

#[test]
fn the_emulator_is_not_reachable_by_accident() {
    let shown = run(&mut drs(&["precheck", "results", MYSQL]));
    assert_eq!((shown.code, shown.stdout.as_str()), (2, ""));
}
