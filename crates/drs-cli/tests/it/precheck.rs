//! `drs precheck run`, `wait`, `gate` and `diff`, over the scenarios of the emulator.

use std::path::Path;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::{Run, drs, run, stable};

/// Waits little, so that tests are quick.
const QUICK: [&str; 4] = ["--interval", "0.05", "--settle", "1"];

fn precheck(verb: &str, scenario: &str, more: &[&str]) -> Run {
    run(drs(&["precheck", verb, "--embedded", "--scenario", scenario]).args(more))
}

/// Writes a scenario with one task.
fn scenario(folder: &Path, task: Value) -> String {
    scenario_with_faults(folder, task, &json!([]))
}

/// Writes a scenario with one task, and calls that go wrong.
fn scenario_with_faults(folder: &Path, task: Value, faults: &Value) -> String {
    let item = json!({ "item": "srcDbBinlogIsOff", "group": "db_params", "result": "FAILED", "failed_reason": "SOURCE_DB_BINLOG_IS_OFF_FOR_UP" });
    let file = folder.join("scenario.json");
    let mut task = task;
    task["id"] = json!("5e7e0009-0000-4000-8000-0000001jb101");
    let scenario = json!({
        "synthetic": true, "title": "t", "description": "d",
        "reports": {
            "failed": { "like": crate::MYSQL, "items": [item] },
            "passed": { "like": crate::MYSQL }
        },
        "tasks": [task],
        "faults": faults
    });
    std::fs::write(&file, scenario.to_string()).unwrap();
    file.to_str().unwrap().to_owned()
}

#[test]
fn run_ends_each_ready_scenario_with_its_exit_code() {
    let expected = [("failing-mysql", 1), ("fixed-mysql", 0), ("alarms-dds", 0), ("slow-mysql", 0), ("stuck-dds", 3)];
    for (name, code) in expected {
        let shown = precheck("run", name, &[&QUICK[..], &["--timeout", "4"]].concat());
        assert_eq!(shown.code, code, "{name}: {}{}", shown.stdout, shown.stderr);
        assert!(shown.stdout.starts_with("Synthetic: "), "{}", shown.stdout);
    }
}

#[test]
fn run_explains_what_failed() {
    let _stable = stable();
    let shown = precheck("run", "failing-mysql", &QUICK);
    assert_snapshot!(shown.stdout);
}

#[test]
fn a_new_report_counts_although_the_one_of_before_is_still_there_at_first() {
    let folder = tempfile::tempdir().unwrap();
    let task =
        json!({ "previous": "failed", "runs": [{ "steps": ["previous", { "percent": 50 }], "report": "passed" }] });
    let shown = precheck("run", &scenario(folder.path(), task), &QUICK);
    assert_eq!(shown.code, 0, "{}{}", shown.stdout, shown.stderr);
    assert!(shown.stderr.contains("100%, as before the start"), "{}", shown.stderr);
}

#[test]
fn a_report_that_stays_that_of_before_the_start_is_stale_even_if_it_passed() {
    let folder = tempfile::tempdir().unwrap();
    let steps = vec![json!("previous"); 200];
    let task = json!({ "previous": "passed", "runs": [{ "steps": steps, "report": "passed" }] });
    let shown = precheck("run", &scenario(folder.path(), task), &QUICK);
    assert_eq!(shown.code, 3, "{}{}", shown.stdout, shown.stderr);
    assert!(shown.stdout.contains("STALE"), "{}", shown.stdout);
    assert!(shown.stderr.contains("unchanged since before the start"), "{}", shown.stderr);
}

/// A second start would begin the second run, which passes.
#[test]
fn a_start_of_unknown_outcome_is_not_sent_again_when_its_effect_shows() {
    let folder = tempfile::tempdir().unwrap();
    let steps = json!([{ "percent": 50 }]);
    let task =
        json!({ "previous": "passed", "runs": [{ "steps": steps, "report": "failed" }, { "report": "passed" }] });
    let faults = json!([{ "operation": "batch_check_jobs", "effect": { "reset": "before_head" } }]);
    let shown = precheck("run", &scenario_with_faults(folder.path(), task, &faults), &QUICK);
    assert_eq!(shown.code, 1, "{}{}", shown.stdout, shown.stderr);
    assert!(!shown.stderr.contains("starting again"), "{}", shown.stderr);
}

#[test]
fn a_start_of_unknown_outcome_is_sent_again_when_nothing_shows_it() {
    let folder = tempfile::tempdir().unwrap();
    let task = json!({ "previous": "failed", "runs": [{ "steps": [{ "percent": 50 }], "report": "passed" }] });
    let lost = json!({ "respond": { "status": 504, "body": "a gateway" } });
    let faults = json!([{ "operation": "batch_check_jobs", "when": { "first": 1 }, "effect": lost }]);
    let shown = precheck("run", &scenario_with_faults(folder.path(), task, &faults), &QUICK);
    assert_eq!(shown.code, 0, "{}{}", shown.stdout, shown.stderr);
    assert!(shown.stderr.contains("starting again"), "{}", shown.stderr);
}

#[test]
fn a_deadline_ends_with_4_and_says_what_was_running() {
    let folder = tempfile::tempdir().unwrap();
    let steps = vec![json!({ "percent": 40 }); 500];
    let task = json!({ "runs": [{ "steps": steps, "report": "passed" }] });
    let file = scenario(folder.path(), task);
    let shown = precheck("run", &file, &["--interval", "0.05", "--timeout", "1", "--output", "json"]);
    assert_eq!(shown.code, 4, "{}{}", shown.stdout, shown.stderr);
    assert!(shown.stderr.contains("the time of 1 second is over"), "{}", shown.stderr);
    let report: Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!((&report["decision"], &report["tasks"][0]["verdict"]), (&json!("unfinished"), &json!("running")));
}

#[test]
fn wait_ends_with_the_report_of_a_running_pre_check() {
    let shown = precheck("wait", "slow-mysql", &QUICK);
    assert_eq!(shown.code, 0, "{}{}", shown.stdout, shown.stderr);
}

#[test]
fn an_alarm_fails_only_if_it_is_asked_to() {
    assert_eq!(precheck("gate", "alarms-dds", &[]).code, 0);
    assert_eq!(precheck("gate", "alarms-dds", &["--fail-on", "alarm"]).code, 1);
}

#[test]
fn a_waived_finding_passes_and_stays_visible() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("policy.toml");
    let waiver =
        |item: &str| format!("[[waivers]]\nitem = '{item}'\nreason = 'known'\nowner = 'dba'\nexpires = 2999-12-31\n");
    let items = ["srcDbBinlogIsOff", "srcDbPrivilegesIsEnoughForIncre", "srcDstTableNameCaseSensitiveCheck"];
    std::fs::write(&policy, items.map(waiver).concat()).unwrap();
    let shown = precheck("gate", "failing-mysql", &["--policy", policy.to_str().unwrap()]);
    assert_eq!(shown.code, 0, "{}{}", shown.stdout, shown.stderr);
    assert!(shown.stdout.contains("srcDbBinlogIsOff") && shown.stdout.contains("dba"), "{}", shown.stdout);
    std::fs::write(&policy, "[[waivers]]\nitem = 'x'\n").unwrap();
    let shown = precheck("gate", "failing-mysql", &["--policy", policy.to_str().unwrap()]);
    assert_eq!(shown.code, 2);
    assert!(shown.stderr.contains("policy.toml, line 1: "), "{}", shown.stderr);
}

#[test]
fn reports_are_written_beside_the_result_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let formats = ["text", "json", "ndjson", "junit", "sarif", "markdown", "html"];
    let reports: Vec<String> =
        formats.iter().map(|format| format!("{format}={}", folder.path().join(format).display())).collect();
    let options: Vec<&str> = reports.iter().flat_map(|report| ["--report", report]).collect();
    assert_eq!(precheck("gate", "failing-mysql", &options).code, 1);
    for format in formats {
        let written = std::fs::read_to_string(folder.path().join(format)).unwrap();
        assert!(written.contains("srcDbBinlogIsOff") && written.contains("failing-mysql"), "{format}: {written}");
    }
    let shown = precheck("gate", "failing-mysql", &["--report", "junit=/nowhere/x.xml"]);
    assert_eq!((shown.code, shown.stdout.as_str()), (2, ""));
    let shown = precheck("gate", "failing-mysql", &["--report", "junitt=x"]);
    assert!(shown.code == 2 && shown.stderr.contains("did you mean junit?"), "{}", shown.stderr);
}

#[test]
fn a_run_without_an_assessment_leaves_no_report_not_even_an_older_one() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("precheck.html");
    let option = format!("html={}", report.display());
    assert_eq!(precheck("gate", "failing-mysql", &["--report", &option]).code, 1);
    assert!(report.exists());
    let missing = folder.path().join("missing.json");
    let shown = run(drs(&["precheck", "gate", "--report", &option, "--input"]).arg(&missing));
    assert!(shown.code == 2 && !report.exists(), "{}", shown.stderr);
}

#[test]
fn a_report_never_overwrites_a_file_that_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let [input, policy, ids] = ["input.json", "policy.toml", "ids.txt"].map(|name| {
        let path = folder.path().join(name);
        std::fs::write(&path, "kept").unwrap();
        path
    });
    for path in [&input, &policy, &ids] {
        let option = format!("json={}", path.display());
        let mut command = drs(&["precheck", "gate", "--report", &option, "--input"]);
        let shown = run(command.arg(&input).arg("--policy").arg(&policy).arg("--from").arg(&ids));
        assert!(shown.code == 2 && shown.stderr.contains("would overwrite an input"), "{}", shown.stderr);
        assert_eq!(std::fs::read_to_string(path).unwrap(), "kept");
    }
}

#[test]
fn a_saved_response_is_assessed_like_that_of_the_service() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("saved.json");
    let assessed = |body: &str, more: &[&str]| {
        std::fs::write(&file, body).unwrap();
        run(drs(&["precheck", "gate", "--input", file.to_str().unwrap()]).args(more))
    };
    let response = r#"{"count": 1, "results": [{"precheck_id": "a", "process": "100%", "result": true, "total_passed_rate": "100%",
        "precheck_result": [{"item": "x", "group": "g", "result": "PASSED"}]}]}"#;
    assert_eq!(assessed(response, &[]).code, 0);
    assert_eq!(assessed(&format!("{{\"url\": \"u\", \"response\": {response}}}"), &[]).code, 0);
    assert_eq!(assessed(&response.replace("PASSED", "FAILED"), &[]).code, 1);
    assert_eq!(assessed(&response.replace("\"count\": 1", "\"count\": 2"), &[]).code, 3);
    assert_eq!(assessed(response, &["b"]).code, 3);
    assert_eq!(assessed("{}", &[]).code, 2);
    assert_eq!(assessed("not json", &[]).code, 2);
    let report = precheck("gate", "failing-mysql", &["--output", "json"]).stdout;
    assert_eq!(assessed(&report, &[]).code, 1);
}

#[test]
fn diff_says_what_got_better_and_fails_when_something_got_worse() {
    let folder = tempfile::tempdir().unwrap();
    let saved = |name: &str, result: &str, passed: bool| {
        let file = folder.path().join(name);
        let body = json!({ "count": 1, "results": [{ "precheck_id": "a", "process": "100%", "result": passed,
            "total_passed_rate": if passed { "100%" } else { "0%" },
            "precheck_result": [{ "item": "srcDbBinlogIsOff", "group": "db_params", "result": result }] }] });
        std::fs::write(&file, body.to_string()).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let (failed, passed) = (saved("failed", "FAILED", false), saved("passed", "PASSED", true));
    let better = run(&mut drs(&["precheck", "diff", &failed, &passed]));
    assert_eq!(better.code, 0, "{}{}", better.stdout, better.stderr);
    assert_snapshot!(better.stdout);
    assert_eq!(run(&mut drs(&["precheck", "diff", &passed, &failed])).code, 1);
    let json: Value =
        serde_json::from_str(&run(&mut drs(&["precheck", "diff", &failed, &passed, "--output", "json"])).stdout)
            .unwrap();
    assert_eq!(json["tasks"][0]["items"][0]["change"], "better");
}
