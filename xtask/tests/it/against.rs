//! Changes of a page or of a schema are reported, except for recorded deviations.

use std::fs;

use insta::assert_snapshot;
use tempfile::TempDir;
use xtask::import::against;

use crate::import::{PAGES, drafted, edit, fill, page};

/// Drafts an operation from a page, and then changes it.
fn made(name: &str, operation: &str, schema: &[(&str, &str)], call: &[(&str, &str)]) -> TempDir {
    let (schemas, _) = drafted(name, operation);
    fill(&schemas, operation);
    let folder = schemas.path().join("v3").join(operation);
    edit(&folder.join("schema.json"), schema);
    edit(&folder.join("operation.json"), call);
    schemas
}

/// Returns the output of a comparison, with its verdict at the end.
fn compared(name: &str, operation: &str, schemas: &TempDir) -> Result<String, String> {
    let mut printed = String::new();
    let verdict = against(&page(name), operation, schemas.path(), |line| printed.push_str(&format!("{line}\n")));
    match verdict {
        Ok(()) => Ok(printed),
        Err(verdict) => Err(format!("{printed}{verdict}\n")),
    }
}

#[test]
fn a_page_does_not_differ_from_its_draft() {
    for (name, operation) in &PAGES[..4] {
        let pattern = (r#""minutes": {"#, r#""minutes": { "pattern": "^([5-9]|[1-5][0-9]|60)$","#);
        let by_hand: &[_] = if *name == "gauges.rst" { &[pattern] } else { &[] };
        let report = compared(name, operation, &made(name, operation, by_hand, &[])).unwrap();
        assert!(report.contains("the page and the schema agree, except for recorded deviations"), "{report}");
        assert!(!report.contains("Differences"), "{report}");
        assert!(!report.contains("Explained"), "{report}");
    }
}

/// The plain page is an older edition. Its tables are counted, because nothing names them.
#[test]
fn enum_values_that_the_plain_layout_lacks_are_not_a_difference() {
    let numbers =
        [(r#""Table 7""#, r#""Table 5""#), (r#""Table 8, "#, r#""Table 6, "#), (r#""Table 5 or 9, "#, r#""Table 7, "#)];
    let schemas = made("gauges.rst", "calibrate_gauges", &numbers, &[]);
    assert_snapshot!(compared("gauges.txt", "calibrate_gauges", &schemas).unwrap_err());
}

#[test]
fn every_kind_of_difference_is_reported_with_its_location() {
    let schema = [
        (r#""Table 4, GaugeOrder""#, r#""Table 5, GaugeOrders""#),
        (r#""required": ["id", "method"]"#, r#""required": ["id", "spot"]"#),
        (r#""note": {"#, r#""remark": {"#),
        (r#""maxLength": 12"#, r#""maxLength": 16"#),
        (r#", "default": 3"#, ""),
        (r#"["staff", "laser", ""]"#, r#"["staff", "sonar", ""]"#),
        (r#""laser": "Text.""#, r#""sonar": "Text.""#),
        (r#""format": "int64""#, r#""format": "int32""#),
        (r#""pier": { "type": "string""#, r#""pier": { "type": "integer""#),
        (r#""minutes": {"#, r#""minutes": { "pattern": "^[0-9]+$","#),
        (r#""sea": { "type": "string""#, r##""sea": { "$ref": "#/$defs/GaugeOrderMethod""##),
        (r#""Table 3""#, r#""Table 3", "sdk_only": ["note"]"#),
        (r##""$ref": "#/$defs/GaugeSpot""##, r##""anyOf": [{ "$ref": "#/$defs/GaugeSpot" }, { "type": "null" }]"##),
        (
            r##""$ref": "#/$defs/GaugeOutcomeStatus""##,
            r##""anyOf": [{ "$ref": "#/$defs/GaugeOutcomeStatus" }, { "const": "" }]"##,
        ),
        (r#""count": {"#, r#""number": { "type": "integer", "description": "Text." }, "count": {"#),
        (r##"{ "$ref": "#/$defs/GaugeOutcomeParts" }"##, r#"{ "type": "integer" }"#),
        (
            r#""mark": { "type": "string", "description": "Text." }, "height": { "type": "string", "description": "Text." }"#,
            r#""height": { "type": "string", "description": "Text." }, "mark": { "type": "string", "description": "Text." }"#,
        ),
    ];
    let call = [
        ("gauges/batch-calibration", "gauges/calibration"),
        (r#""post""#, r#""put""#),
        (r#""202""#, r#""200""#),
        (r#""tide_01""#, r#""tide_10""#),
        ("Calibrating Gauges in Batches", "Calibrating Gauges"),
        (r#""X-Harbour""#, r#""X-Haven""#),
    ];
    let schemas = made("gauges.rst", "calibrate_gauges", &schema, &call);
    let examples = schemas.path().join("v3/calibrate_gauges/examples");
    edit(&examples.join("request.1.json"), &[(r#""staff""#, r#""sonar""#)]);
    fs::remove_file(examples.join("response.1.json")).unwrap();
    fs::write(examples.join("request.3.json"), "{}").unwrap();
    assert_snapshot!(compared("gauges.rst", "calibrate_gauges", &schemas).unwrap_err());
}

/// Records one deviation for each kind of difference that can have one.
#[test]
fn a_difference_that_a_recorded_deviation_explains_does_not_count() {
    let schema = [
        (
            r#""depth": { "type": "number","#,
            r#""depth": { DEVIATES({ "type": "number" }) }, "type": ["number", "string"],"#,
        ),
        (r#""maximum": 1440"#, r#"DEVIATES({ "maximum": 1440 }) }, "maximum": 99"#),
        (
            r#""properties": { "mark": {"#,
            r#""properties": { "colour": { DEVIATES({ "not": {} }) }, "type": "string", "description": "Text." }, "mark": {"#,
        ),
        (
            r#""note": { "type": "string","#,
            r#""note": { DEVIATES({ "not": { "type": "null" } }) }, "type": ["string", "null"],"#,
        ),
        (r#"["staff", "laser", ""]"#, r#"["staff", "sonar", ""]"#),
        (
            r#""x-drs": { "values": { "staff": "Text.", "laser""#,
            r#"DEVIATES({ "enum": ["staff", "laser", ""] }), "values": { "staff": "Text.", "sonar""#,
        ),
        (r#""required": ["mark"],"#, ""),
        (r#""minutes": {"#, r#""minutes": { "pattern": "^([5-9]|[1-5][0-9]|60)$","#),
        (r#""keeperName": {"#, r#""keeper_name": { DEVIATES({ "not": {} }) },"#),
        (
            r#""x-drs": { "table": "Table 6, GaugeLevel""#,
            r#"DEVIATES({ "required": ["mark"] }), "table": "Table 6, GaugeLevel""#,
        ),
    ];
    let schema = schema.map(|(from, to)| (from, deviates(to)));
    let schema = schema.each_ref().map(|(from, to)| (*from, to.as_str()));
    let note = r#""deviations": [{ "note": "Refused with 403, where the page has 400.", "evidence": [{ "sdk": "It has 403." }] }], "retry_safe""#;
    let call = [(r#""400""#, r#""403""#), (r#""retry_safe""#, note)];
    let schemas = made("gauges.rst", "calibrate_gauges", &schema, &call);
    assert_snapshot!(compared("gauges.rst", "calibrate_gauges", &schemas).unwrap_or_else(|report| panic!("{report}")));
}

#[test]
fn a_field_of_the_explorer_is_not_a_difference_until_the_page_has_it_too() {
    let source = r#""x-drs": { "source": { "explorer": "GaugeOrder" } }"#;
    let added = format!(r#""colour": {{ "type": "string", "description": "Text.", {source} }}, "depth": {{"#);
    let pattern = (r#""minutes": {"#, r#""minutes": { "pattern": "^([5-9]|[1-5][0-9]|60)$","#);
    let schema = [pattern, (r#""depth": {"#, added.as_str())];
    let answer = r#""201": { "description": "Text.", "content": { "application/json": { "schema": { "$ref": "schema.json#/$defs/CalibrateGaugesResponse" } } }, "x-drs": { "source": { "explorer": "CalibrateGauges" } } }, "400""#;
    let schemas = made("gauges.rst", "calibrate_gauges", &schema, &[(r#""400""#, answer)]);
    let report = compared("gauges.rst", "calibrate_gauges", &schemas).unwrap_or_else(|report| panic!("{report}"));
    assert!(report.contains("the page has no field `colour` here"), "{report}");
    assert!(report.contains("the page does not list the status 201"), "{report}");
    assert!(report.contains("The vendor's API Explorer has it, as GaugeOrder."), "{report}");
    assert!(!report.contains("Differences"), "{report}");

    let on_the_page = format!(r#""depth": {{ {source},"#);
    let schemas = made("gauges.rst", "calibrate_gauges", &[(r#""depth": {"#, &on_the_page)], &[]);
    let report = compared("gauges.rst", "calibrate_gauges", &schemas).unwrap_err();
    assert!(report.contains("the page has `depth`, whose source is recorded as the API Explorer alone"), "{report}");
}

#[test]
fn a_deviation_from_a_former_page_is_a_difference() {
    let schema = [
        (r#""maximum": 1440"#, r#"DEVIATES({ "maximum": 60, "type": "string" }) }, "maximum": 1440"#),
        (r#""depth": {"#, r#""depth": { DEVIATES({ "not": {} }) },"#),
    ];
    let schema = schema.map(|(from, to)| (from, deviates(to)));
    let schema = schema.each_ref().map(|(from, to)| (*from, to.as_str()));
    let schemas = made("gauges.rst", "calibrate_gauges", &schema, &[]);
    assert_snapshot!(compared("gauges.rst", "calibrate_gauges", &schemas).unwrap_err());
}

/// Expands `DEVIATES(says)` to an `x-drs` with one deviation, without its closing brace.
fn deviates(text: &str) -> String {
    let Some((before, rest)) = text.split_once("DEVIATES(") else { return text.to_owned() };
    let (says, after) = rest.split_once(')').unwrap();
    let deviation = format!(r#"{{ "says": {says}, "note": "Seen.", "evidence": [{{ "sdk": "It differs." }}] }}"#);
    format!(r#"{before}"x-drs": {{ "deviations": [{deviation}]{after}"#)
}
