//! The examples of docs/reports.md, in every format. `cargo xtask bless` writes them.

use std::fs;
use std::path::{Path, PathBuf};

use drs_gate::{Assessment, Outcome, Policy, Snapshot, assess, v3};
use drs_report::{Format, Options, write};
use drs_types::operations::v3::batch_check_results::BatchCheckResultsResponse;
use serde_json::{Value, json};

const MYSQL: &str = include_str!("../../../../schemas/v3/batch_check_results/examples/response.1.json");
const DDS: &str = include_str!("../../../../schemas/v3/batch_check_results/examples/response.2.json");

const POLICY: &str = r#"
[[waivers]]
item = "srcCollHasTtlIndex"
reason = "The index is created again after the migration."
owner = "dba@example.com"
expires = 2026-12-31
"#;

/// Both documented results, the first with items that fail, and a task that is not finished.
fn example() -> Assessment {
    let mut mysql: Value = serde_json::from_str(MYSQL).unwrap();
    let task = &mut mysql["results"][0];
    task["result"] = false.into();
    task["total_passed_rate"] = "94.87%".into();
    set(
        task,
        "dstDbDiskSize",
        &json!({
            "result": "FAILED",
            "data": "{\"diskSizeTimes\":\"1.5\",\"dstVolumeSize\":\"37660000000\",\"srcIndexSize\":0,\"size\":\"41875931136\"}",
        }),
    );
    set(task, "srcDbBinlogIsOff", &json!({ "result": "FAILED", "failed_reason": "SOURCE_DB_BINLOG_IS_OFF_FOR_UP" }));
    set(task, "dbClockConsistency", &json!({ "result": "ALARM" }));
    let running = json!({ "results": [{
        "precheck_id": "3d2b4a7e-1f0c-4c52-9d5e-0b7c2e9a6jb201", "process": "42%",
        "precheck_result": [{ "item": "srcDbConnection", "group": "network", "result": "PASSED" }],
    }] });
    let tasks = [mysql, serde_json::from_str(DDS).unwrap(), running].map(|response| {
        let response: BatchCheckResultsResponse = serde_json::from_value(response).unwrap();
        let report = v3::report(response.results.unwrap().remove(0), Vec::new());
        (report.task.clone().unwrap(), Outcome::from(report))
    });
    let mut snapshot = Snapshot::new(tasks.into());
    snapshot.source.embedded = true;
    snapshot.source.synthetic = Some("example".to_owned());
    assess(snapshot, &Policy::parse(POLICY).unwrap(), "2026-11-26".parse().unwrap())
}

fn set(task: &mut Value, item: &str, members: &Value) {
    let items = task["precheck_result"].as_array_mut().unwrap();
    let found = items.iter_mut().find(|known| known["item"] == item).unwrap();
    for (name, value) in members.as_object().unwrap() {
        found[name] = value.clone();
    }
}

#[test]
fn the_examples_of_the_documentation_are_what_the_formats_write() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reports");
    for (format, name) in [
        (Format::Text, "example.txt"),
        (Format::Json, "example.json"),
        (Format::Ndjson, "example.ndjson"),
        (Format::Junit, "example.junit.xml"),
        (Format::Sarif, "example.sarif"),
        (Format::Markdown, "example.md"),
        (Format::Html, "example.html"),
    ] {
        let mut out = Vec::new();
        write(format, &example(), &Options::default(), &mut out).unwrap();
        expect(folder.join(name), &String::from_utf8(out).unwrap());
    }
}

#[test]
fn the_page_shows_the_text() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reports.md");
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once("```text\n").unwrap();
    let (_, after) = rest.split_once("```\n").unwrap();
    let mut text = Vec::new();
    write(Format::Text, &example(), &Options::default(), &mut text).unwrap();
    expect(path, &format!("{before}```text\n{}```\n{after}", String::from_utf8(text).unwrap()));
}

pub(crate) fn expect(path: PathBuf, text: &str) {
    if std::env::var_os("XTASK_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    } else {
        let found = fs::read_to_string(&path).unwrap_or_default();
        assert!(found == text, "{} is old; to accept: cargo xtask bless", path.display());
    }
}
