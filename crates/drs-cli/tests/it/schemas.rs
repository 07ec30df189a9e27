//! `drs schema --plain`: schemas for validators that refuse unknown keywords.

use serde_json::{Map, Value};

use crate::{drs, run};

/// The keywords of our schemas that Ajv knows in its default mode. It does not know a `format` unless it is configured.
const KNOWN: [&str; 26] = [
    "$comment",
    "$defs",
    "$ref",
    "$schema",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "default",
    "deprecated",
    "description",
    "enum",
    "if",
    "items",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "pattern",
    "properties",
    "required",
    "then",
    "title",
    "type",
];

/// The keywords with schemas by name, with one schema, and with an array of schemas.
const BY_NAME: [&str; 2] = ["$defs", "properties"];
const ONE: [&str; 4] = ["additionalProperties", "if", "items", "then"];
const MANY: [&str; 2] = ["allOf", "anyOf"];

fn assert_known_keywords(schema: &Value, name: &str) {
    let Some(keywords) = schema.as_object() else {
        assert!(schema.is_boolean(), "{name}: {schema}");
        return;
    };
    for (keyword, value) in keywords {
        assert!(KNOWN.contains(&keyword.as_str()) || keyword == "uniqueItems", "{name}: {keyword}");
        let below = |value: &Value| assert_known_keywords(value, name);
        match keyword.as_str() {
            keyword if BY_NAME.contains(&keyword) => value.as_object().unwrap().values().for_each(below),
            keyword if ONE.contains(&keyword) => below(value),
            keyword if MANY.contains(&keyword) => value.as_array().unwrap().iter().for_each(below),
            _ => {}
        }
    }
}

/// Returns the names of the bodies of all calls.
fn bodies() -> Vec<String> {
    let all: Value = serde_json::from_str(&run(&mut drs(&["ops", "--output", "json"])).stdout).unwrap();
    let calls = all.as_array().unwrap().iter().map(|call| call["operation"].as_str().unwrap());
    calls.flat_map(|call| [format!("{call}.request"), format!("{call}.response")]).collect()
}

#[test]
fn a_plain_schema_has_standard_keywords_only_and_validates_like_the_full_one() {
    let mut validated = 0;
    for body in bodies() {
        let shown = |more: &[&str]| run(drs(&["schema", &body]).args(more));
        let plain = shown(&["--plain"]);
        if plain.code == 2 {
            assert!(plain.stderr.contains("has no body"), "{}", plain.stderr);
            continue;
        }
        let schema: Value = serde_json::from_str(&plain.stdout).unwrap();
        assert_known_keywords(&schema, &body);
        let full: Value = serde_json::from_str(&shown(&[]).stdout).unwrap();
        let names = |schema: &Value| schema["$defs"].as_object().map(Map::len);
        assert_eq!(names(&schema), names(&full), "{body}");
        let [schema, full] = [&schema, &full].map(|schema| jsonschema::options().build(schema).unwrap());
        for number in 1.. {
            let example = run(&mut drs(&["example", &body, "--number", &number.to_string()]));
            if example.code != 0 {
                break;
            }
            let mut value: Value = serde_json::from_str(&example.stdout).unwrap();
            assert!(schema.is_valid(&value), "{body} {number}");
            value["no such field"] = true.into();
            assert_eq!(schema.is_valid(&value), full.is_valid(&value), "{body} {number}");
            validated += 1;
        }
    }
    assert!(validated > 50, "{validated}");
}

#[test]
fn a_plain_schema_keeps_the_order_of_the_documentation_and_fields_of_any_name() {
    let shown = |more: &[&str]| run(drs(&["schema", "batch_check_results.response"]).args(more)).stdout;
    let order = |text: &str| -> Vec<usize> {
        ["precheck_id", "result", "process", "total_passed_rate"]
            .iter()
            .map(|name| text.find(&format!("\"{name}\":")).unwrap())
            .collect()
    };
    let plain = order(&shown(&["--plain"]));
    assert!(plain.is_sorted(), "{plain:?}");
    assert!(shown(&[]).contains("\"x-drs\"") && !shown(&["--plain"]).contains("\"x-drs\""));
}
