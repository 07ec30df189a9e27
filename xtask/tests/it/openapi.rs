//! The parts of the OpenAPI document that come from no file of an operation.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use xtask::codegen::generate;

use crate::schemas;

/// Returns the document after a change of `service.json`.
fn document(change: impl FnOnce(&mut Value)) -> Value {
    let tree = schemas();
    let service = tree.path().join("service.json");
    let mut value = serde_json::from_str(&fs::read_to_string(&service).unwrap()).unwrap();
    change(&mut value);
    fs::write(service, value.to_string()).unwrap();
    let files = generate(tree.path()).unwrap();
    serde_json::from_str(&files[Path::new("docs/openapi.json")]).unwrap()
}

#[test]
fn every_operation_has_every_status_of_an_error_code() {
    let document = document(|_| {});
    let codes = document["components"]["schemas"]["ErrorCode"]["x-drs"]["values"].as_object().unwrap();
    let statuses: Vec<u64> = codes.values().map(|code| code["status"].as_u64().unwrap()).collect();
    assert!(statuses.contains(&403));
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            for status in statuses.iter().filter(|status| **status >= 400) {
                let response = &operation["responses"][status.to_string()];
                assert_eq!(response["$ref"], "#/components/responses/Error", "{method} {path} {status}");
            }
            // The API Explorer may have another status of success than the page.
            let is_success =
                |(status, response): &(&String, &Value)| status.as_str() < "300" && response["x-drs"].is_null();
            assert_eq!(operation["responses"].as_object().unwrap().iter().filter(is_success).count(), 1, "{path}");
        }
    }
}

#[test]
fn an_unused_tag_is_left_out() {
    let unused = json!({ "name": "Weather", "description": "Of no operation." });
    let document = document(|service| service["tags"].as_array_mut().unwrap().push(unused));
    let names: Vec<&str> = document["tags"].as_array().unwrap().iter().filter_map(|tag| tag["name"].as_str()).collect();
    assert!(names.contains(&"Pre-check") && !names.contains(&"Weather"), "{names:?}");
}
