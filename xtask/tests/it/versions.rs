//! Two versions of the API may use one name for different operations and definitions.

use std::path::Path;

use serde_json::Value;
use xtask::codegen::{Files, generate};

use crate::schemas;

/// Generates the files of a tree with two operations called `show_weather`, of v3 and of v9.
fn both_versions() -> Files {
    generate(schemas().path()).unwrap_or_else(|problems| panic!("{}", xtask::schema::listed(&problems)))
}

fn json(files: &Files, path: &str) -> Value {
    serde_json::from_str(&files[Path::new(path)]).unwrap()
}

#[test]
fn each_version_has_its_own_modules() {
    let files = both_versions();
    let module = |version: &str| {
        &files[&Path::new("crates/drs-types/src/generated/operations").join(version).join("show_weather.rs")]
    };
    assert!(module("v3").contains("id: \"show_weather\"") && module("v3").contains("CLOUDY"));
    assert!(module("v9").contains("id: \"v9.show_weather\"") && module("v9").contains("BLUE"));
    for version in ["v3", "v9"] {
        for name in ["pub struct ShowWeather {", "pub struct ShowWeatherResponse {", "pub enum Sky {"] {
            assert!(module(version).contains(name), "{version}: {name}");
        }
    }
    let table = &files[Path::new("crates/drs-types/src/generated/mod.rs")];
    assert!(table.contains("&operations::v3::show_weather::INFO"), "{table}");
    assert!(table.contains("&operations::v9::show_weather::INFO"), "{table}");
}

#[test]
fn names_outside_v3_have_their_version_as_prefix() {
    let files = both_versions();
    let openapi = json(&files, "docs/openapi.json");
    let id = |path: &str, method: &str| openapi["paths"][path][method]["operationId"].clone();
    assert_eq!(id("/v3/{project_id}/cities/{city}/weather", "get"), "show_weather");
    assert_eq!(id("/v9/{project_id}/weather", "post"), "v9.show_weather");
    let body = "/paths/~1v9~1{project_id}~1weather/post/responses/200/content/application~1json/schema/$ref";
    assert_eq!(openapi.pointer(body).unwrap(), "#/components/schemas/v9.ShowWeatherResponse");
    let allowed = regex::Regex::new("^[A-Za-z0-9._-]+$").unwrap();
    assert!(openapi["components"]["schemas"].as_object().unwrap().keys().all(|name| allowed.is_match(name)));

    let bundle = json(&files, "crates/drs-validate/src/generated/bundle.json");
    let skies = ["Sky", "v9.Sky"].map(|name| bundle["$defs"][name]["enum"].clone());
    assert_eq!(skies, [serde_json::json!(["CLEAR", "CLOUDY"]), serde_json::json!(["BLUE", "GREY"])]);
    assert_eq!(bundle["$defs"]["v9.CityWeather"]["properties"]["sky"]["$ref"], "#/$defs/v9.Sky");
}

#[test]
fn a_path_has_the_version_of_its_folder() {
    let tree = schemas();
    let file = tree.path().join("v9/show_weather/operation.json");
    let text = std::fs::read_to_string(&file).unwrap().replace("/v9/{project_id}", "/v8/{project_id}");
    std::fs::write(file, text).unwrap();
    let problems = xtask::schema::listed(&generate(tree.path()).unwrap_err());
    insta::assert_snapshot!(problems, @"schemas/v9/show_weather/operation.json:2 at /~1v8~1{project_id}~1weather: expected a path below `/v9/`, the version of the folder");
}
