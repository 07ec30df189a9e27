//! Scenarios: results that are made up, and marked.

use insta::assert_snapshot;
use serde_json::Value;

use crate::serve::Serving;
use crate::{drs, run, stable};

fn results(scenario: &str, more: &[&str]) -> crate::Run {
    run(drs(&["precheck", "results", "--embedded", "--scenario", scenario]).args(more))
}

#[test]
fn each_ready_scenario_has_its_exit_code() {
    let expected = [("failing-mysql", 1), ("fixed-mysql", 1), ("alarms-dds", 0), ("slow-mysql", 4), ("stuck-dds", 3)];
    for (name, code) in expected {
        let shown = results(name, &[]);
        assert_eq!(shown.code, code, "{name}: {}{}", shown.stdout, shown.stderr);
        assert!(shown.stdout.starts_with("Synthetic: "), "{}", shown.stdout);
    }
}

#[test]
fn a_failing_pre_check_is_shown_as_made_up() {
    let _stable = stable();
    let shown = results("failing-mysql", &[]);
    assert_snapshot!("failing_mysql", shown.stdout);
    assert_snapshot!(shown.stderr, @"note: using the embedded emulator at http://127.0.0.1:PORT, with the synthetic scenario failing-mysql: A MySQL migration whose pre-check fails");
}

#[test]
fn the_formats_for_programs_mark_results_that_are_made_up() {
    let json: Value = serde_json::from_str(&results("alarms-dds", &["--output", "json"]).stdout).unwrap();
    assert_eq!(json["source"]["synthetic"], "alarms-dds");
    let lines = results("stuck-dds", &["--output", "ndjson"]).stdout;
    assert_eq!(lines.lines().count(), 4);
    let last: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!(last["source"]["synthetic"], "stuck-dds");
}

#[test]
fn an_unknown_scenario_is_refused_with_the_ready_ones() {
    let shown = run(&mut drs(&["serve", "--scenario", "failing-mysq"]));
    assert_eq!(shown.code, 2);
    assert_snapshot!(shown.stderr);
    let shown = run(&mut drs(&["ops", "--scenario", "failing-mysql"]));
    assert_eq!(shown.code, 2);
    let shown = run(&mut drs(&["precheck", "results", "--scenario", "failing-mysql"]));
    assert!(shown.code == 2 && shown.stderr.contains("--embedded"), "{}", shown.stderr);
}

#[test]
fn a_file_with_a_mistake_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.json");
    std::fs::write(&file, "{\n  \"synthetic\": true,\n  \"titel\": \"t\"\n}").unwrap();
    let shown = run(drs(&["serve", "--scenario"]).arg(&file));
    assert_eq!(shown.code, 2);
    let place = "mine.json:3:12, /titel: unknown field `titel`, expected one of `synthetic`, `title`";
    assert!(shown.stderr.contains(place), "{}", shown.stderr);
    let shown = run(drs(&["serve", "--scenario"]).arg(folder.path().join("other.json")));
    assert!(shown.code == 2 && shown.stderr.contains("other.json"), "{}", shown.stderr);
}

#[test]
fn a_scenario_of_a_file_is_played_and_its_tasks_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.json");
    let runs = r#"[{ "steps": ["missing"], "ends": false }]"#;
    let tasks = format!(r#"[{{ "id": "5e7e0009-0000-4000-8000-0000001jb101", "repeat": 12, "runs": {runs} }}]"#);
    std::fs::write(&file, format!(r#"{{ "synthetic": true, "title": "Mine", "tasks": {tasks} }}"#)).unwrap();
    let mut serving = Serving::start_with(&["--scenario", file.to_str().unwrap()]);
    let said = serving.lines().take(14).collect::<Vec<_>>().join("\n");
    assert!(said.starts_with("It plays the synthetic scenario mine: Mine"), "{said}");
    assert!(said.contains("5e7e0009-0000-4000-8000-000000ajb101\n  and more"), "{said}");
}

#[test]
fn results_of_an_emulator_elsewhere_are_marked_as_made_up_too() {
    let serving = Serving::start_with(&["--scenario", "alarms-dds"]);
    let endpoint = format!("http://{}", serving.address);
    let task = "5e7e0004-0000-4000-8000-0000001jb105";
    let mut command =
        drs(&["precheck", "gate", task, "--endpoint", &endpoint, "--project-id", drs_emulator::project_id()]);
    let shown = run(command.env("OS_TOKEN", "any"));
    assert_eq!(shown.code, 0, "{}{}", shown.stdout, shown.stderr);
    assert!(shown.stdout.starts_with("Synthetic: an emulator plays the scenario alarms-dds."), "{}", shown.stdout);
}
