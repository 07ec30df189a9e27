//! The schema that is derived from the types covers the schema that they were made from.
//!
//! "Covers" is proved, not sampled: whatever the written schema accepts, the derived one accepts too.

use drs_types::OPERATIONS;
use jsonschema::canonical::Containment;
use jsonschema::canonicalize;
use serde_json::{Value, json};

fn written(name: &str) -> Value {
    let bundle = include_str!("../../../drs-validate/src/generated/bundle.json");
    let bundle: Value = serde_json::from_str(bundle).unwrap();
    let mut schema = bundle["$defs"][name].clone();
    schema["$defs"] = bundle["$defs"].clone();
    schema
}

fn covers(wide: &Value, narrow: &Value) -> Containment {
    canonicalize(wide).unwrap().covers(&canonicalize(narrow).unwrap()).unwrap()
}

/// The property names of a shape; none for what is not an object.
fn properties(schema: &Value) -> Vec<&String> {
    schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name).collect()
}

#[test]
fn every_body_covers_its_schema() {
    for info in OPERATIONS {
        for body in info.request.iter().chain(info.responses.iter().map(|response| &response.body)) {
            let (derived, written) = ((body.json_schema)().to_value(), written(body.schema));
            assert_eq!(covers(&derived, &written), Containment::Yes, "{}: {derived:#}", body.schema);
        }
    }
}

#[test]
fn every_structure_has_the_properties_of_its_schema_and_no_other() {
    let mut seen = 0;
    for info in OPERATIONS {
        for body in info.request.iter().chain(info.responses.iter().map(|response| &response.body)) {
            let (derived, written) = ((body.json_schema)().to_value(), written(body.schema));
            assert_eq!(properties(&derived), properties(&written), "{}", body.schema);
            for (name, shape) in derived["$defs"].as_object().into_iter().flatten() {
                // The vendor writes `VO` where Rust writes `Vo`.
                let mut shapes = written["$defs"].as_object().unwrap().iter();
                let Some((_, source)) = shapes.find(|(source, _)| source.eq_ignore_ascii_case(name)) else {
                    panic!("{name} comes from no schema");
                };
                assert_eq!(properties(shape), properties(source), "{name}");
                seen += 1;
            }
        }
    }
    assert!(seen > 0);
}

#[test]
fn a_narrower_type_does_not_cover() {
    let written = written("PrecheckFailSubJobVO");
    let narrower = json!({ "type": "object", "properties": { "id": { "type": "integer" } } });
    assert!(covers(&narrower, &written) != Containment::Yes);
    let mandatory = json!({ "type": "object", "required": ["id"] });
    assert!(covers(&mandatory, &written) != Containment::Yes);
}
