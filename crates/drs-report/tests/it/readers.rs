//! Reports as their readers take them: JSON Schemas, and the library of another JUnit writer.

use drs_report::Format;
use serde_json::{Value, json};

use crate::{one, plain, sample};

#[test]
fn sarif_keeps_its_schema() {
    let mut schema: Value = serde_json::from_str(include_str!("../schemas/sarif-2.1.0.json")).unwrap();
    // The pattern of the language is not a valid regular expression, and our output has no language.
    for definition in ["run", "toolComponent"] {
        schema["definitions"][definition]["properties"]["language"] = true.into();
    }
    let validator = jsonschema::options().build(&schema).unwrap();
    for assessment in [sample(), one(&json!({}))] {
        let sarif: Value = serde_json::from_str(&plain(Format::Sarif, &assessment)).unwrap();
        let errors: Vec<String> = validator.iter_errors(&sarif).map(|error| error.to_string()).collect();
        assert_eq!(errors, [""; 0]);
    }
}

#[test]
fn sarif_has_waived_findings_as_suppressed_with_the_reason() {
    let sarif: Value = serde_json::from_str(&plain(Format::Sarif, &sample())).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let suppressed: Vec<&Value> = results.iter().filter(|result| result["suppressions"][0].is_object()).collect();
    assert_eq!(suppressed.len(), 1);
    assert_eq!(suppressed[0]["ruleId"], "srcCollHasTtlIndex");
    let reason = "accepted by @dba-team until 2026-12-31: The collection is rebuilt after the migration.";
    assert_eq!(suppressed[0]["suppressions"][0]["justification"], reason);
}

#[test]
fn json_keeps_its_schema() {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<drs_gate::Assessment>();
    let validator = jsonschema::validator_for(schema.as_value()).unwrap();
    let document: Value = serde_json::from_str(&plain(Format::Json, &sample())).unwrap();
    let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert_eq!(errors, [""; 0]);
}

#[test]
fn junit_is_read_by_another_library_with_the_same_numbers() {
    let text = plain(Format::Junit, &sample());
    let report = quick_junit::Report::deserialize_from_str(&text).unwrap();
    let suites = report.test_suites;
    assert_eq!(suites.len(), 10);
    for suite in &suites {
        assert_eq!(suite.tests, suite.test_cases.len(), "{:?}", suite.name);
    }
    assert_eq!(report.tests, suites.iter().map(|suite| suite.tests).sum::<usize>());
    assert_eq!(report.failures, suites.iter().map(|suite| suite.failures).sum::<usize>());
    assert_eq!(report.errors, suites.iter().map(|suite| suite.errors).sum::<usize>());
    assert_eq!((report.failures, report.errors), (2, 6), "{text}");
}
