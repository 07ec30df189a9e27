//! One run reports the mistakes of every phase that still runs.

use std::fs;

use insta::assert_snapshot;
use xtask::codegen::generate;

use crate::schemas;

/// Returns the problems of the made-up operation after replacements in its files.
fn problems(edits: &[(&str, &str, &str)]) -> String {
    let tree = schemas();
    for (file, from, to) in edits {
        let path = tree.path().join("v9/show_weather").join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} does not contain {from}");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
    }
    xtask::schema::listed(&generate(tree.path()).unwrap_err())
}

#[test]
fn mistakes_of_all_phases_are_reported_in_one_run() {
    assert_snapshot!(problems(&[
        ("schema.json", "\"The cities.\"", "\"\""),
        ("schema.json", "\"#/$defs/CityWeather\"", "\"#/$defs/Nothing\""),
        ("operation.json", "\"tags\": [\"Tasks\"]", "\"tags\": [\"Weather\"]"),
        ("tests.json", "\"sky\": \"CLOUDY\"", "\"sky\": \"GREY\""),
        ("examples/request.1.json", "\"cities\"", "\"city\""),
    ]), @r#"
    schemas/v9/show_weather/examples/request.1.json:1: the documented payload breaks its schema `v9.ShowWeatherReq`: "cities" is a required property; correct the schema, not the payload
    schemas/v9/show_weather/examples/request.1.json:1: the documented payload breaks its schema `v9.ShowWeatherReq`: Additional properties are not allowed ('city' was unexpected); correct the schema, not the payload
    schemas/v9/show_weather/operation.json:7 at /~1v9~1{project_id}~1weather/post/tags/0: unknown tag `Weather`; describe it among the tags of schemas/service.json
    schemas/v9/show_weather/schema.json:8 at /$defs/ShowWeatherReq/description: this string is empty; write a sentence
    schemas/v9/show_weather/schema.json:34 at /$defs/ShowWeatherResponse/properties/cities/items/$ref: there is nothing at `#/$defs/Nothing` (schemas/v9/show_weather/schema.json, /$defs/Nothing)
    "#);
}

#[test]
fn a_consequence_of_a_mistake_is_not_reported() {
    assert_snapshot!(problems(&[("schema.json", "\"minItems\"", "\"minItem\"")]), @"schemas/v9/show_weather/schema.json:15 at /$defs/ShowWeatherReq/properties/cities/minItem: unknown key `minItem`");
    assert_snapshot!(problems(&[("operation.json", "\"operationId\"", "\"id\"")]), @r#"
    schemas/v9/show_weather/operation.json:3 at /~1v9~1{project_id}~1weather/post: missing key "operationId"
    schemas/v9/show_weather/operation.json:4 at /~1v9~1{project_id}~1weather/post/id: unknown key `id`
    "#);
    assert_snapshot!(problems(&[("examples/request.1.json", "{", "")]), @"schemas/v9/show_weather/examples/request.1.json:1: this is not JSON: trailing characters at line 1 column 10");
}

#[test]
fn an_operation_needs_a_status_of_failure() {
    let failure = "        },\n        \"400\": { \"$ref\": \"../../service.json#/components/responses/Error\" }\n";
    assert_snapshot!(problems(&[("operation.json", failure, "        }\n")]), @"schemas/v9/show_weather/operation.json:23 at /~1v9~1{project_id}~1weather/post/responses: missing status of failure; a page without one means 400, with the shared response Error");
}

#[test]
fn a_format_needs_its_type() {
    let items = "\"type\": \"string\", \"description\": \"The city.\"";
    let wrong = "\"type\": \"string\", \"format\": \"int32\", \"description\": \"The city.\"";
    assert_snapshot!(problems(&[("schema.json", items, wrong)]), @"schemas/v9/show_weather/schema.json:44 at /$defs/CityWeather/properties/city/format: `int32` needs the type integer");
}

#[test]
fn an_unfinished_sentence_is_an_error() {
    assert_snapshot!(problems(&[
        ("schema.json", "\"The cities.\"", "\"TODO: the cities.\""),
        ("operation.json", "\"Show the weather\"", "\"TODO\""),
    ]), @"
    schemas/v9/show_weather/operation.json:5 at /~1v9~1{project_id}~1weather/post/summary: this sentence has a TODO; write it
    schemas/v9/show_weather/schema.json:8 at /$defs/ShowWeatherReq/description: this sentence has a TODO; write it
    ");
}
