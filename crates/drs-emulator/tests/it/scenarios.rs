//! Scenarios: pre-checks that take their course.

use std::path::PathBuf;

use drs_emulator::{Emulator, Scenario, scenario_schema};
use serde_json::{Value, json};

use crate::{MYSQL, Service};

const TASK: &str = "5e7e0009-0000-4000-8000-0000001jb101";

/// Returns a scenario with one task of these runs, and the reports `failed` and `passed`.
fn of_runs(task: &Value) -> Scenario {
    let failed = json!({
        "like": MYSQL,
        "items": [{ "item": "srcDbBinlogIsOff", "result": "FAILED", "group": "db_params", "failed_reason": "X" }],
    });
    let mut whole = json!({ "id": TASK });
    whole.as_object_mut().unwrap().extend(task.as_object().unwrap().clone());
    let reports = json!({ "failed": failed, "passed": { "like": MYSQL } });
    let scenario = json!({ "synthetic": true, "title": "t", "reports": reports, "tasks": [whole] });
    Scenario::parse("test.json", &scenario.to_string()).unwrap()
}

impl Service {
    async fn with(scenario: Scenario) -> Self {
        let emulator = Emulator::builder().scenario(scenario).start().await.unwrap();
        Self { emulator, ..Self::start().await }
    }

    async fn begin(&self) -> Value {
        let body = json!({ "jobs": [{ "job_id": TASK, "precheck_mode": "forStartJob" }] });
        self.done("batch_check_jobs", body).await["results"][0]["status"].clone()
    }

    /// Queries the task; returns the progress and the result, or the code of the error.
    async fn seen(&self) -> String {
        let response = self.done("batch_check_results", json!({ "jobs": [TASK] })).await;
        let entry = &response["results"][0];
        match entry["error_code"].as_str() {
            Some(code) => code.to_owned(),
            None if entry.is_null() => "missing".to_owned(),
            None => format!("{} {}", entry["process"].as_str().unwrap(), entry["result"]),
        }
    }

    async fn seen_times(&self, times: usize) -> Vec<String> {
        let mut seen = Vec::new();
        for _ in 0..times {
            seen.push(self.seen().await);
        }
        seen
    }
}

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

#[test]
fn the_schema_of_scenarios_is_the_one_of_the_types() {
    let path = root().join("schemas/meta/scenario.schema.json");
    let schema = format!("{:#}\n", serde_json::to_value(scenario_schema()).unwrap());
    if std::env::var_os("XTASK_BLESS").is_some() {
        std::fs::write(&path, &schema).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(schema == there, "schemas/meta/scenario.schema.json is stale, to accept: cargo xtask bless");
}

/// `Service::call` validates each response.
#[tokio::test]
async fn every_response_of_a_ready_scenario_is_valid_and_marked_as_synthetic() {
    let names: Vec<&str> = Scenario::ready().map(|(name, _)| name).collect();
    assert_eq!(names, ["alarms-dds", "failing-mysql", "fixed-mysql", "slow-mysql", "stuck-dds"]);
    for name in names {
        let service = Service::with(Scenario::find(name).unwrap()).await;
        let ids: Vec<&str> = service.emulator.scenario().unwrap().task_ids().collect();
        for call in ["batch_list_job_status", "batch_list_job_details", "batch_list_progresses"] {
            service.done(call, json!({ "jobs": ids })).await;
        }
        service.done("batch_check_results", json!({ "jobs": ids })).await;
        let starts: Vec<Value> = ids.iter().map(|id| json!({ "job_id": id, "precheck_mode": "forStartJob" })).collect();
        let started = service.done("batch_check_jobs", json!({ "jobs": starts })).await;
        assert!(started["results"].as_array().unwrap().iter().all(|row| row["status"] == "success"), "{started:#}");
        for _ in 0..12 {
            service.done("batch_check_results", json!({ "jobs": ids })).await;
        }
        let health = service.http.get(format!("{}/healthz", service.emulator.url())).send().await.unwrap();
        assert_eq!(health.headers()[Scenario::HEADER], format!("synthetic; {name}"));
    }
}

#[tokio::test]
async fn the_documented_tasks_stay() {
    let service = Service::with(Scenario::find("failing-mysql").unwrap()).await;
    let response = service.done("batch_check_results", json!({ "jobs": [MYSQL] })).await;
    assert_eq!(response["results"][0]["result"], true);
}

#[tokio::test]
async fn a_report_has_what_follows_from_its_items() {
    let service = Service::with(Scenario::find("failing-mysql").unwrap()).await;
    let id = service.emulator.scenario().unwrap().task_ids().next().unwrap();
    let response = service.done("batch_check_results", json!({ "jobs": [id] })).await;
    let entry = &response["results"][0];
    let items = entry["precheck_result"].as_array().unwrap();
    let count = |result: &str| items.iter().filter(|item| item["result"] == result).count();
    assert_eq!((items.len(), count("FAILED"), count("ALARM")), (39, 3, 2));
    assert_eq!((&entry["result"], &entry["process"]), (&json!(false), &json!("100%")));
    assert_eq!(entry["total_passed_rate"], "92%");
    assert!(items.iter().any(|item| !item["failed_sub_jobs"].is_null()));
}

#[tokio::test]
async fn steps_last_for_one_query_each_and_show_the_first_items() {
    let run = json!({ "steps": [{ "percent": 0 }, { "percent": 50 }], "report": "passed" });
    let service = Service::with(of_runs(&json!({ "runs": [run] }))).await;
    assert_eq!(service.seen().await, "DRS.M00304");
    assert_eq!(service.begin().await, "success");
    assert_eq!(service.seen().await, "0% false");
    let half = service.done("batch_check_results", json!({ "jobs": [TASK] })).await;
    assert_eq!(half["results"][0]["precheck_result"].as_array().unwrap().len(), 19);
    assert_eq!(service.seen_times(2).await, ["100% true", "100% true"]);
}

#[tokio::test]
async fn steps_with_a_time_do_not_depend_on_queries() {
    let steps = json!([{ "percent": 1 }, { "percent": 99 }]);
    let run = json!({ "steps": steps, "step_ms": 3_600_000, "report": "passed" });
    let service = Service::with(of_runs(&json!({ "started": true, "runs": [run] }))).await;
    assert_eq!(service.seen_times(3).await, ["1% false"; 3]);
    let run = json!({ "steps": steps, "step_ms": 1, "report": "passed" });
    let service = Service::with(of_runs(&json!({ "started": true, "runs": [run] }))).await;
    tokio::time::sleep(std::time::Duration::from_millis(3)).await;
    assert_eq!(service.seen().await, "100% true");
}

/// The trap of every gate: right after a start, the service may send the report of the run before.
#[tokio::test]
async fn the_report_of_the_run_before_may_stay_for_a_while() {
    let run = json!({ "steps": ["previous", { "percent": 10 }], "report": "passed" });
    let service = Service::with(of_runs(&json!({ "previous": "failed", "runs": [run] }))).await;
    assert_eq!(service.seen().await, "100% false");
    service.begin().await;
    assert_eq!(service.seen_times(3).await, ["100% false", "10% false", "100% true"]);
    service.begin().await;
    assert_eq!(service.seen().await, "100% true");
}

#[tokio::test]
async fn a_run_follows_each_start_and_the_last_one_repeats() {
    let runs = json!([{ "report": "failed" }, { "report": "passed" }]);
    let service = Service::with(of_runs(&json!({ "runs": runs }))).await;
    for expected in ["100% false", "100% true", "100% true"] {
        service.begin().await;
        assert_eq!(service.seen().await, expected);
    }
}

#[tokio::test]
async fn a_run_may_wait_for_an_operation() {
    let runs = json!([{ "report": "failed" }, { "after": "batch_update_job", "report": "passed" }]);
    let service = Service::with(of_runs(&json!({ "runs": runs }))).await;
    for expected in ["100% false", "100% false"] {
        service.begin().await;
        assert_eq!(service.seen().await, expected);
    }
    service.done("batch_update_job", json!({ "jobs": [{ "job_id": TASK, "name": "fixed" }] })).await;
    service.begin().await;
    assert_eq!(service.seen().await, "100% true");
}

#[tokio::test]
async fn a_run_may_never_end_break_off_or_have_no_entry() {
    let service = async |steps: Value| {
        Service::with(of_runs(&json!({ "started": true, "runs": [{ "steps": steps, "ends": false }] }))).await
    };
    let stuck = service(json!([{ "percent": 7 }])).await;
    assert_eq!(stuck.seen_times(3).await, ["7% false"; 3]);
    let broken = json!({ "refused": { "code": "DRS.M00004", "message": "m" } });
    let broken = service(json!([{ "percent": 7 }, broken])).await;
    assert_eq!(broken.seen_times(3).await, ["7% false", "DRS.M00004", "DRS.M00004"]);
    let missing = service(json!(["missing"])).await;
    assert_eq!(missing.seen_times(2).await, ["missing"; 2]);
}

#[tokio::test]
async fn many_tasks_have_one_course() {
    let runs = json!([{ "steps": [{ "percent": 0 }], "report": "failed" }]);
    let scenario = of_runs(&json!({ "repeat": 10_000, "previous": "failed", "runs": runs }));
    let ids: Vec<String> = scenario.task_ids().map(str::to_owned).collect();
    assert_eq!((ids.len(), ids[0xff].as_str()), (10_000, "5e7e0009-0000-4000-8000-0000100jb101"));
    let service = Service::with(scenario).await;
    let response = service.done("batch_check_results", json!({ "jobs": ids[9_990..] })).await;
    assert_eq!(response["results"][9]["precheck_id"], ids[9_999]);
    assert_eq!(response["results"][9]["total_passed_rate"], "97%");
}

#[tokio::test]
async fn a_report_may_break_the_documentation_when_it_says_so() {
    let entry = json!({ "result": "yes", "total_passed_rate": null });
    let mut scenario = json!({
        "synthetic": true, "title": "t", "reports": { "odd": { "entry": entry, "undocumented": true } },
        "tasks": [{ "id": TASK, "previous": "odd", "runs": [{ "report": "odd" }] }],
    });
    let service = Service::with(Scenario::parse("x", &scenario.to_string()).unwrap()).await;
    let url = format!("{}/v3/{}/jobs/batch-precheck-result", service.emulator.url(), drs_emulator::project_id());
    let request = service.http.post(url).header("X-Auth-Token", "any").body(json!({ "jobs": [TASK] }).to_string());
    let response: Value = serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap();
    assert_eq!(
        (&response["results"][0]["result"], &response["results"][0]["total_passed_rate"]),
        (&json!("yes"), &Value::Null)
    );
    scenario["reports"]["odd"]["undocumented"] = false.into();
    assert!(Scenario::parse("x", &scenario.to_string()).is_err());
}

/// Returns the message about a scenario with one change, and the place in its text.
fn refused(change: impl FnOnce(&mut Value)) -> String {
    let item = json!({ "item": "a", "result": "PASSED", "group": "g" });
    let mut scenario = json!({
        "synthetic": true, "title": "t", "reports": { "fine": { "items": [item] } },
        "tasks": [{ "id": TASK, "previous": "fine", "runs": [{ "steps": [{ "percent": 1 }], "report": "fine" }] }],
    });
    change(&mut scenario);
    let parsed = Scenario::parse("my.json", &format!("{scenario:#}"));
    parsed.map_or_else(|error| error.to_string(), |_| String::new())
}

#[test]
fn a_mistake_is_named_with_file_line_pointer_and_what_was_expected() {
    let changes: [fn(&mut Value); 18] = [
        |s| s["synthetic"] = false.into(),
        |s| drop(s.as_object_mut().unwrap().remove("synthetic")),
        |s| s["task"] = json!([]),
        |s| s["tasks"][0]["id"] = "task-1".into(),
        |s| s["tasks"][0]["id"] = MYSQL.into(),
        |s| s["tasks"][0]["repeat"] = 0.into(),
        |s| s["tasks"][0]["repeat"] = 1_000_001.into(),
        |s| {
            s["tasks"][0] =
                json!({ "id": "5e7e0009-0000-4000-8000-fffffffjb101", "repeat": 2, "runs": s["tasks"][0]["runs"] });
        },
        |s| s["tasks"][0]["status"] = "READY".into(),
        |s| s["tasks"][0]["previous"] = "fien".into(),
        |s| s["tasks"][0]["runs"] = json!([]),
        |s| s["tasks"][0]["runs"][0]["steps"][0]["percent"] = 100.into(),
        |s| s["tasks"][0]["runs"][0]["steps"][0] = json!({ "percents": 1 }),
        |s| s["tasks"][0]["runs"][0]["after"] = "batch_update_jobs".into(),
        |s| drop(s["tasks"][0]["runs"][0].as_object_mut().unwrap().remove("report")),
        |s| s["reports"]["fine"]["like"] = "x".into(),
        |s| s["reports"]["fine"]["items"][0]["result"] = "FAILED".into(),
        |s| s["reports"]["fine"]["entry"] = json!({ "process": "almost" }),
    ];
    let mut messages: Vec<String> = changes.into_iter().map(refused).collect();
    messages.extend(["{", "{} {}", ""].map(|text| Scenario::parse("my.json", text).unwrap_err().to_string()));
    insta::assert_snapshot!(messages.join("\n"));
}
