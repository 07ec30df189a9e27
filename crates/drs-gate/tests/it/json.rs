//! The JSON of an assessment.

use drs_gate::{Assessment, Outcome, PrecheckReport, Verdict};
use serde_json::{Value, json};

use crate::{assessed, failed, finished, outcome, waiver};

/// An assessment with all that one can have.
fn everything() -> Assessment {
    let disk = "{'size': '5263360', 'dstVolumeSize':'19089431762', 'diskSizeTimes':'1.5'}";
    let failed = failed(json!([
        { "item": "dstDbDiskSize", "group": "db_disk_size", "result": "FAILED", "reason": "NO_SPACE", "data": disk },
        { "item": "colls", "result": "ALARM", "data": "{\"xColls\":\"a.b,`\"}", "message": "m", "skipped": true,
          "subtasks": [{ "id": "7", "name": "s", "result": "ALARM" }] },
    ]));
    let refusal = json!({ "refusal": { "code": "DRS.M05003", "message": "no such task", "temporary": false } });
    let mut failure = drs_gate::CallFailure::new("no route");
    failure.facts.insert("status".to_owned(), "503".to_owned());
    let tasks = vec![
        ("a", outcome(failed)),
        ("b", outcome(refusal)),
        ("c", outcome(finished(json!([{ "item": "new", "result": "SKIPPED" }])))),
        ("d", Outcome::Missing),
        ("e", Outcome::CallFailed(failure)),
    ];
    assessed(tasks, &(waiver("dstDbDiskSize", "") + &waiver("other", "task = 'a'")))
}

#[test]
fn an_assessment_in_json() {
    insta::assert_snapshot!(serde_json::to_string_pretty(&everything()).unwrap());
}

#[test]
fn a_report_survives_json() {
    for task in everything().tasks.into_iter().filter_map(|task| task.report) {
        let json = serde_json::to_string(&task).unwrap();
        assert_eq!(serde_json::from_str::<PrecheckReport>(&json).unwrap(), task);
    }
}

#[test]
fn every_verdict_has_one_word_in_json() {
    for verdict in Verdict::ALL {
        assert_eq!(serde_json::to_value(verdict).unwrap(), json!(verdict.as_str()));
        assert_eq!(verdict.to_string(), verdict.as_str().replace('_', " "));
    }
}

/// The published schema is the one of the types, and the JSON keeps it. `cargo xtask bless` writes the file.
#[cfg(feature = "schemars")]
#[test]
fn the_published_schema_is_current_and_kept() {
    let mut schema = schemars::generate::SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<Assessment>();
    schema.insert("title".to_owned(), json!("The result of the gate"));
    let text = format!("{:#}\n", schema.as_value());
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/assessment.schema.json");
    if std::env::var_os("XTASK_BLESS").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let published = std::fs::read_to_string(path).unwrap_or_default();
    assert!(published == text, "docs/assessment.schema.json is not current; run: cargo xtask bless");
    let validator = jsonschema::draft202012::new(schema.as_value()).unwrap();
    let mut value = serde_json::to_value(everything()).unwrap();
    let mistakes: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert_eq!(mistakes, [""; 0]);
    value["tasks"][0]["verdict"] = Value::from("fine");
    assert!(!validator.is_valid(&value));
}
