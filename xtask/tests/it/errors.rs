//! Each mistake in a schema is reported with file, line, pointer, and what to do; all of them at once, without a panic.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;
use xtask::codegen::generate;

use crate::schemas;

const SCHEMA: &str = "v3/batch_check_results/schema.json";
const OPERATION: &str = "v3/batch_check_results/operation.json";
const TESTS: &str = "v3/batch_check_results/tests.json";

/// Returns the problems after a damage, one per line.
fn problems(damage: impl FnOnce(&Path)) -> String {
    let folder = schemas();
    damage(folder.path());
    let problems = generate(folder.path()).expect_err("the damage went unnoticed");
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Returns the problems after one replacement in one file.
fn edited(file: &str, from: &str, to: &str) -> String {
    problems(|root| edit(root, file, from, to))
}

fn edit(root: &Path, file: &str, from: &str, to: &str) {
    let path = root.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} does not contain {from}");
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn a_file_that_is_not_json_is_reported_with_its_line() {
    assert_snapshot!(edited(SCHEMA, "\"$defs\": {", "\"$defs\": {,"), @"schemas/v3/batch_check_results/schema.json:5: this is not JSON: key must be a string at line 5 column 13");
    assert_snapshot!(edited(SCHEMA, "\"minItems\": 1,", "\"minItems\": 1, // one"), @"schemas/v3/batch_check_results/schema.json:16: this is not JSON: key must be a string at line 16 column 26");
    assert_snapshot!(problems(|root| fs::write(root.join(SCHEMA), "[".repeat(10_000)).unwrap()), @"schemas/v3/batch_check_results/schema.json:1: this is not JSON: recursion limit exceeded at line 1 column 128");
    assert_snapshot!(problems(|root| fs::write(root.join(SCHEMA), b"\"\xff\"").unwrap()), @"schemas/v3/batch_check_results/schema.json: stream did not contain valid UTF-8");
}

#[test]
fn a_duplicate_key_is_an_error() {
    assert_snapshot!(edited(SCHEMA, "\"minItems\": 1,", "\"minItems\": 1, \"minItems\": 2,"), @"schemas/v3/batch_check_results/schema.json:16 at /$defs/BatchQueryPrecheckResultReq/properties/jobs/minItems: duplicate key `minItems`; remove one of the two");
}

#[test]
fn a_misspelt_key_is_an_error_everywhere() {
    assert_snapshot!(edited(SCHEMA, "\"table\": \"Table 3\"", "\"tabel\": \"Table 3\""), @"schemas/v3/batch_check_results/schema.json:9 at /$defs/BatchQueryPrecheckResultReq/x-drs/tabel: unknown key `tabel`");
    assert_snapshot!(edited(SCHEMA, "\"minItems\": 1,", "\"minItem\": 1,"), @"schemas/v3/batch_check_results/schema.json:16 at /$defs/BatchQueryPrecheckResultReq/properties/jobs/minItem: unknown key `minItem`");
    assert_snapshot!(edited(OPERATION, "\"retry_safe\": true,", "\"retry_save\": true,"), @r#"
    schemas/v3/batch_check_results/operation.json:25 at /~1v3~1{project_id}~1jobs~1batch-precheck-result/post/x-drs: missing key "retry_safe"
    schemas/v3/batch_check_results/operation.json:29 at /~1v3~1{project_id}~1jobs~1batch-precheck-result/post/x-drs/retry_save: unknown key `retry_save`
    "#);
    assert_snapshot!(edited("service.json", "\"securitySchemes\"", "\"securityScheme\""), @r#"
    schemas/service.json:49 at /components: missing key "securitySchemes"
    schemas/service.json:50 at /components/securityScheme: unknown key `securityScheme`
    "#);
}

#[test]
fn a_keyword_that_only_the_meta_schema_knows_is_an_error() {
    let new = problems(|root| {
        let object = "\"type\": { \"const\": \"object\" },";
        let keyword = "\"maxProperties\": { \"type\": \"integer\" },";
        edit(root, "meta/definitions.schema.json", object, &format!("{object} {keyword}"));
        edit(root, SCHEMA, "\"required\": [\"jobs\"],", "\"required\": [\"jobs\"], \"maxProperties\": 3,");
    });
    assert_snapshot!(new, @"schemas/v3/batch_check_results/schema.json:21: the meta-schema accepts this file, but the typed model does not: unknown field `maxProperties`, expected one of `title`, `description`, `deprecated`, `properties`, `required`, `additionalProperties`, `allOf`, `x-drs` at line 21 column 5");
}

#[test]
fn an_empty_description_is_an_error() {
    assert_snapshot!(edited(SCHEMA, "\"The id of the subtask.\"", "\" \""), @"schemas/v3/batch_check_results/schema.json:166 at /$defs/PrecheckFailSubJobVO/properties/id/description: this string is empty; write a sentence");
}

#[test]
fn a_reference_to_nothing_is_an_error() {
    assert_snapshot!(edited(SCHEMA, "#/$defs/PrecheckFailSubJobVO", "#/$defs/Nothing"), @"schemas/v3/batch_check_results/schema.json:143 at /$defs/PrecheckResult/properties/failed_sub_jobs/items/$ref: there is nothing at `#/$defs/Nothing` (schemas/v3/batch_check_results/schema.json, /$defs/Nothing)");
    assert_snapshot!(edited(OPERATION, "schema.json#/$defs/BatchCheckResultsResponse", "other.json#/$defs/Nothing"), @"schemas/v3/batch_check_results/operation.json:21 at /~1v3~1{project_id}~1jobs~1batch-precheck-result/post/responses/200/content/application~1json/schema/$ref: there is nothing at `other.json#/$defs/Nothing` (schemas/v3/batch_check_results/other.json, /$defs/Nothing)");
}

#[test]
fn a_reference_to_a_definition_of_another_operation_is_an_error() {
    let shared = problems(|root| {
        let own = "\"$ref\": \"#/$defs/Sky\"";
        edit(
            root,
            "v3/show_weather/schema.json",
            own,
            "\"$ref\": \"../batch_check_results/schema.json#/$defs/PrecheckItemResult\"",
        );
    });
    assert_snapshot!(shared, @r#"
    schemas/v3/show_weather/examples/response.1.json:2 at /sky: the documented payload breaks its schema `ShowWeatherResponse`: "CLEAR" is not one of "PASSED", "ALARM" or "FAILED"; correct the schema, not the payload
    schemas/v3/show_weather/schema.json:14 at /$defs/ShowWeatherResponse/properties/sky/$ref: `../batch_check_results/schema.json#/$defs/PrecheckItemResult` is a definition of another operation; move it to schemas/common/
    "#);
}

#[test]
fn names_must_agree_within_and_between_files() {
    assert_snapshot!(edited(SCHEMA, "\"required\": [\"jobs\"]", "\"required\": [\"job\"]"), @r#"
    schemas/v3/batch_check_results/examples/request.1.json:1: the documented payload breaks its schema `BatchQueryPrecheckResultReq`: "job" is a required property; correct the schema, not the payload
    schemas/v3/batch_check_results/examples/request.2.json:1: the documented payload breaks its schema `BatchQueryPrecheckResultReq`: "job" is a required property; correct the schema, not the payload
    schemas/v3/batch_check_results/schema.json:10 at /$defs/BatchQueryPrecheckResultReq/required/0: "job" is not among the properties
    schemas/v3/batch_check_results/tests.json:6 at /0/tests/0: "one task" should be accepted, but: "job" is a required property
    schemas/v3/batch_check_results/tests.json:8 at /0/tests/1: "two tasks" should be accepted, but: "job" is a required property
    schemas/v3/batch_check_results/tests.json:10 at /0/tests/2: "an id in another form: the documentation is not sure of its own rule" should be accepted, but: "job" is a required property
    schemas/v3/batch_check_results/tests.json:12 at /0/tests/3: "an RFC 4122 UUID" should be accepted, but: "job" is a required property
    "#);
    assert_snapshot!(edited(SCHEMA, "[\"PASSED\", \"ALARM\", \"FAILED\"]", "[\"PASSED\", \"ALARM\", \"SKIPPED\"]"), @r#"
    schemas/v3/batch_check_results/schema.json:99 at /$defs/PrecheckResult/x-drs/reason/values: `FAILED` is not an enum value of `result`
    schemas/v3/batch_check_results/schema.json:151 at /$defs/PrecheckItemResult/enum: `SKIPPED` has no meaning in x-drs/values
    schemas/v3/batch_check_results/schema.json:157 at /$defs/PrecheckItemResult/x-drs/values/FAILED: `FAILED` is not an enum value
    schemas/v3/batch_check_results/tests.json:62 at /1/tests/10: "an item result that is not listed" should be refused by `BatchCheckResultsResponse`
    "#);
    assert_snapshot!(edited(SCHEMA, "v3/batch_check_results/schema.json", "v3/other/schema.json"), @r#"schemas/v3/batch_check_results/schema.json:3 at /$id: expected "https://drs.example/schemas/v3/batch_check_results/schema.json" for the path of this file"#);
    assert_snapshot!(edited(OPERATION, "\"operationId\": \"batch_check_results\"", "\"operationId\": \"other\""), @r#"schemas/v3/batch_check_results/operation.json:4 at /~1v3~1{project_id}~1jobs~1batch-precheck-result/post/operationId: expected "batch_check_results", the name of the folder"#);
    assert_snapshot!(edited(OPERATION, "/v3/{project_id}/jobs", "/v3/{project}/jobs"), @"
    schemas/v3/batch_check_results/operation.json:10 at /~1v3~1{project}~1jobs~1batch-precheck-result/post/parameters: `project_id` must be in both the path and the parameters
    schemas/v3/batch_check_results/operation.json:10 at /~1v3~1{project}~1jobs~1batch-precheck-result/post/parameters: `project` must be in both the path and the parameters
    ");
    assert_snapshot!(edited(OPERATION, "\"id\": \"/precheck_id\"", "\"id\": \"/precheck_result\""), @"schemas/v3/batch_check_results/operation.json:33 at /~1v3~1{project_id}~1jobs~1batch-precheck-result/post/x-drs/batch/id: expected a field of the type string, found array");
    assert_snapshot!(edited(OPERATION, "\"id\": \"/precheck_id\"", "\"id\": \"/job_id\""), @"schemas/v3/batch_check_results/operation.json:33 at /~1v3~1{project_id}~1jobs~1batch-precheck-result/post/x-drs/batch/id: there is no field at /job_id of `QueryPreCheckResp`");
}

#[test]
fn the_facts_about_pages_and_polling_refer_to_fields_of_the_right_type() {
    let weather = |from: &str, to: &str| edited("v9/show_weather/operation.json", from, to);
    assert_snapshot!(weather("\"/page\"", "\"/cities\""), @"schemas/v9/show_weather/operation.json:34 at /~1v9~1{project_id}~1weather/post/x-drs/pages/number: there is no integer at /cities of `v9.ShowWeatherReq`");
    assert_snapshot!(weather("\"/size\"", "\"/sizes\""), @"schemas/v9/show_weather/operation.json:35 at /~1v9~1{project_id}~1weather/post/x-drs/pages/size: there is no integer at /sizes of `v9.ShowWeatherReq`");
    assert_snapshot!(weather("\"/total\"", "\"/sum\""), @"schemas/v9/show_weather/operation.json:37 at /~1v9~1{project_id}~1weather/post/x-drs/pages/lists/0/total: there is no integer at /sum of `v9.ShowWeatherResponse`");
    assert_snapshot!(weather("\"id\": \"/city\"", "\"id\": \"/id\""), @"schemas/v9/show_weather/operation.json:37 at /~1v9~1{project_id}~1weather/post/x-drs/pages/lists/0/id: there is no field at /id of `v9.CityWeather`");
    assert_snapshot!(weather("\"items\": \"/cities\"", "\"items\": \"/total\""), @"schemas/v9/show_weather/operation.json:37 at /~1v9~1{project_id}~1weather/post/x-drs/pages/lists/0/items: there is no array of named objects at /total of `v9.ShowWeatherResponse`");
    assert_snapshot!(edited(OPERATION, "\"at\": \"/process\"", "\"at\": \"/result\""), @"schemas/v3/batch_check_results/operation.json:37 at /~1v3~1{project_id}~1jobs~1batch-precheck-result/post/x-drs/polling/at: there is no percentage, or string with final values, at /result of `QueryPreCheckResp`");
    assert_snapshot!(edited("v9/show_weather/schema.json", "\"values\": [\"BLUE\"]", "\"values\": [\"RED\"]"), @"schemas/v9/show_weather/schema.json:54 at /$defs/Sky/x-drs/final/values: `RED` is not an enum value");
}

#[test]
fn a_deprecated_operation_names_the_source() {
    assert_snapshot!(edited(OPERATION, "\"deprecated\": true,", ""), @"schemas/v3/batch_check_results/operation.json:3 at /~1v3~1{project_id}~1jobs~1batch-precheck-result/post: `deprecated` needs `x-drs.deprecated_by`, and the other way round");
    assert_snapshot!(edited(OPERATION, "\"deprecated_by\": \"explorer\",", ""), @"schemas/v3/batch_check_results/operation.json:3 at /~1v3~1{project_id}~1jobs~1batch-precheck-result/post: `deprecated` needs `x-drs.deprecated_by`, and the other way round");
    assert_snapshot!(edited(OPERATION, "\"explorer\"", "\"rumour\""), @r#"schemas/v3/batch_check_results/operation.json:28 at /~1v3~1{project_id}~1jobs~1batch-precheck-result/post/x-drs/deprecated_by: "rumour" is not one of "explorer""#);
}

#[test]
fn a_field_of_the_explorer_is_never_required_nor_a_field_of_the_sdk_alone() {
    let found = problems(|root| {
        edit(root, SCHEMA, r#""group": {"#, r#""group": { "x-drs": { "source": { "explorer": "PrecheckResult" } },"#);
        edit(root, SCHEMA, r#""reason": {"#, r#""sdk_only": ["group"], "reason": {"#);
        edit(
            root,
            SCHEMA,
            "\"properties\": {\n        \"item\"",
            "\"required\": [\"group\"], \"properties\": { \"item\"",
        );
    });
    assert_snapshot!(found, @r#"
    schemas/v3/batch_check_results/schema.json:99 at /$defs/PrecheckResult/x-drs/sdk_only/0: "group" is a property, so the SDK is not its only source
    schemas/v3/batch_check_results/schema.json:135 at /$defs/PrecheckResult/properties/group: a field that only the API Explorer has cannot be required
    "#);
}

#[test]
fn evidence_of_the_explorer_must_contradict_the_page() {
    let with = |root: &Path, says: &str, value: &str| {
        let evidence = format!(r#"{{ "explorer": "PrecheckResult.group", "says": {says}, "value": {value} }}"#);
        let deviation =
            format!(r#"{{ "says": {{ "enum": ["network"] }}, "note": "Seen.", "evidence": [{evidence}] }}"#);
        let field = format!(r#""group": {{ "x-drs": {{ "deviations": [{deviation}] }},"#);
        edit(root, SCHEMA, r#""group": {"#, &field);
    };
    for (says, value) in
        [(r#"{ "enum": ["network", "disk"] }"#, r#""disk""#), (r#"{ "enum": ["disk"] }"#, r#""network""#)]
    {
        let folder = schemas();
        with(folder.path(), says, value);
        let files = generate(folder.path()).unwrap();
        let page = &files[Path::new("docs/deviations.md")];
        let line = "- Evidence, from the API Explorer, `PrecheckResult.group`: `{\"enum\":[";
        assert!(page.contains(line), "{page}");
    }
    assert_snapshot!(problems(|root| with(root, r#"{ "enum": ["disk"] }"#, r#""memory""#)), @r#"schemas/v3/batch_check_results/schema.json:136 at /$defs/PrecheckResult/properties/group/x-drs/deviations/0/evidence/0: page and API Explorer agree about "memory"; name a value that only one of them accepts, or remove the deviation"#);
    assert_snapshot!(problems(|root| with(root, r#"{ "type": "text" }"#, r#""disk""#)), @r#"schemas/v3/batch_check_results/schema.json:136 at /$defs/PrecheckResult/properties/group/x-drs/deviations/0/evidence/0: this is not a schema"#);
}

#[test]
fn a_tag_without_a_description_is_an_error() {
    assert_snapshot!(edited(OPERATION, "\"tags\": [\"Pre-check\"]", "\"tags\": [\"Pre-chek\"]"), @"schemas/v3/batch_check_results/operation.json:8 at /~1v3~1{project_id}~1jobs~1batch-precheck-result/post/tags/0: unknown tag `Pre-chek`; describe it among the tags of schemas/service.json");
}

#[test]
fn names_that_collide_in_rust_are_an_error() {
    assert_snapshot!(edited(SCHEMA, "\"PrecheckFailSubJobVO\": {", "\"ErrorResp\": {").lines().last().unwrap(), @"schemas/v3/batch_check_results/schema.json:161 at /$defs/ErrorResp: the name `ErrorResp` is already defined in schemas/common/error.json; rename one of the two");
    let two_fields = edited(
        SCHEMA,
        "\"check_result\": {",
        "\"Name\": { \"type\": \"string\", \"description\": \"Again.\" }, \"check_result\": {",
    );
    assert_snapshot!(two_fields, @"schemas/v3/batch_check_results/schema.json:165 at /$defs/PrecheckFailSubJobVO/properties: `name` and `Name` make the same Rust name; give one a `rust_name` in x-drs");
    let two_values = problems(|root| {
        edit(root, SCHEMA, "[\"PASSED\", \"ALARM\"", "[\"PASSED\", \"passed\", \"ALARM\"");
        edit(root, SCHEMA, "\"PASSED\": \"Nothing", "\"passed\": \"Lower.\", \"PASSED\": \"Nothing");
    });
    assert_snapshot!(two_values, @"schemas/v3/batch_check_results/schema.json:151 at /$defs/PrecheckItemResult/enum: `PASSED` and `passed` make the same Rust name");
}

#[test]
fn an_unused_definition_is_an_error() {
    let unused = "\"$defs\": {\n    \"Unused\": { \"type\": \"string\", \"description\": \"Nobody needs it.\" },";
    assert_snapshot!(edited(SCHEMA, "\"$defs\": {", unused), @"schemas/v3/batch_check_results/schema.json:6 at /$defs/Unused: nothing refers to `Unused`; remove it");
}

#[test]
fn a_deviation_whose_evidence_agrees_with_the_page_no_longer_applies() {
    assert_snapshot!(edited("common/ids.json", "\"format\": \"uuid\"", "\"minLength\": 36"), @r#"
    schemas/common/ids.json:15 at /$defs/JobId/x-drs/deviations/0/evidence/0: "a281f62f-4631-45d6-a2d3-679a9f4jb105" does not contradict what the page says; this deviation no longer applies
    schemas/common/ids.json:16 at /$defs/JobId/x-drs/deviations/0/evidence/1: "140b5236-88ad-43c8-811c-1268453jb101" does not contradict what the page says; this deviation no longer applies
    schemas/common/ids.json:17 at /$defs/JobId/x-drs/deviations/0/evidence/2: page and API Explorer agree about "140b5236-88ad-43c8-811c-1268453jb101"; name a value that only one of them accepts, or remove the deviation
    "#);
    assert_snapshot!(edited("common/ids.json", "\"pointer\": \"/jobs/0\"", "\"pointer\": \"/jobs/7\""), @"schemas/common/ids.json:15 at /$defs/JobId/x-drs/deviations/0/evidence/0: there is nothing at /jobs/7 of schemas/v3/batch_check_results/examples/request.1.json");
}

#[test]
fn a_documented_payload_that_breaks_its_schema_is_an_error_of_the_schema() {
    assert_snapshot!(edited(SCHEMA, "\"group\": {", "\"groups\": {").lines().next().unwrap(), @"schemas/v3/batch_check_results/examples/response.1.json:10 at /results/0/precheck_result/0: the documented payload breaks its schema `BatchCheckResultsResponse`: Additional properties are not allowed ('group' was unexpected); correct the schema, not the payload");
}

#[test]
fn a_schema_test_that_does_not_hold_is_an_error() {
    assert_snapshot!(edited(TESTS, "\"description\": \"one task\", \"valid\": true", "\"description\": \"one task\", \"valid\": false"), @r#"schemas/v3/batch_check_results/tests.json:6 at /0/tests/0: "one task" should be refused by `BatchQueryPrecheckResultReq`"#);
    assert_snapshot!(edited(TESTS, "\"description\": \"no tasks\", \"valid\": false", "\"description\": \"no tasks\", \"valid\": true"), @r#"schemas/v3/batch_check_results/tests.json:14 at /0/tests/4: "no tasks" should be accepted, but: [] has less than 1 item"#);
}

#[test]
fn an_operation_needs_tests_of_its_schema_and_a_payload_or_the_reason_why_there_is_none() {
    let payloads = problems(|root| fs::remove_dir_all(root.join("v3/batch_check_results/examples")).unwrap());
    assert_snapshot!(payloads, @"
    schemas/common/ids.json:15 at /$defs/JobId/x-drs/deviations/0/evidence/0: there is nothing at /jobs/0 of schemas/v3/batch_check_results/examples/request.1.json
    schemas/common/ids.json:16 at /$defs/JobId/x-drs/deviations/0/evidence/1: there is nothing at /jobs/0 of schemas/v3/batch_check_results/examples/request.2.json
    schemas/v3/batch_check_results/examples/request.1.json: expected a documented payload; if the documentation has none, give the reason in `x-drs.no_payload` of operation.json
    schemas/v3/batch_check_results/examples/response.1.json: expected a documented payload; if the documentation has none, give the reason in `x-drs.no_payload` of operation.json
    schemas/v3/batch_check_results/schema.json:123 at /$defs/PrecheckResult/properties/data/x-drs/deviations/0/evidence/0: there is nothing at /results/0/precheck_result/0/data of schemas/v3/batch_check_results/examples/response.1.json
    schemas/v3/batch_check_results/schema.json:124 at /$defs/PrecheckResult/properties/data/x-drs/deviations/0/evidence/1: there is nothing at /results/0/precheck_result/0/data of schemas/v3/batch_check_results/examples/response.2.json
    schemas/v3/batch_check_results/schema.json:125 at /$defs/PrecheckResult/properties/data/x-drs/deviations/0/evidence/2: there is nothing at /results/0/precheck_result/6/data of schemas/v3/batch_check_results/examples/response.2.json
    ");
    assert_snapshot!(problems(|root| fs::remove_file(root.join(TESTS)).unwrap()), @"schemas/v3/batch_check_results/tests.json: the definitions of schema.json need this file");
    let reason = problems(|root| {
        let payload = "\"x-drs\": { \"no_payload\": { \"request\": \"None.\" },";
        edit(root, OPERATION, "\"x-drs\": {", payload);
        edit(root, "v3/forget_weather/operation.json", "\"x-drs\": {", payload);
        fs::create_dir(root.join("v3/forget_weather/examples")).unwrap();
        fs::write(root.join("v3/forget_weather/examples/response.1.json"), "{}").unwrap();
    });
    assert_snapshot!(reason, @"
    schemas/v3/batch_check_results/operation.json:25 at /~1v3~1{project_id}~1jobs~1batch-precheck-result/post/x-drs/no_payload/request: there is a documented payload; remove the reason
    schemas/v3/forget_weather/examples/response.1.json:1: the response of `forget_weather` has no body, so it has no payload
    schemas/v3/forget_weather/operation.json:23 at /~1v3~1{project_id}~1cities~1{city}~1weather/delete/x-drs/no_payload/request: there is no body; remove the reason
    ");
    assert_snapshot!(problems(|root| fs::remove_file(root.join("service.json")).unwrap()), @"schemas/service.json: this file is missing; it holds the servers and the shared parameters");
    assert_snapshot!(problems(|root| fs::remove_file(root.join("meta/operation.schema.json")).unwrap()), @"schemas/meta: the meta-schemas cannot be compiled together: Resource 'https://drs.example/schemas/meta/operation.schema.json' is not present in a registry and retrieving it failed: Default retriever does not fetch resources");
}

#[test]
fn a_file_with_an_unknown_name_is_an_error() {
    assert_snapshot!(problems(|root| fs::write(root.join("v3/batch_check_results/notes.txt"), "").unwrap()), @"schemas/v3/batch_check_results/notes.txt: unknown file name; schemas/README.md lists the files of this folder");
}

#[test]
fn mistakes_in_several_files_are_reported_together() {
    let all = problems(|root| {
        edit(root, SCHEMA, "\"The id of the subtask.\"", "\"\"");
        edit(root, SCHEMA, "\"minItems\": 1,", "\"minItem\": 1,");
        edit(root, OPERATION, "\"retry_safe\": true,", "\"retry_safe\": \"yes\",");
        edit(root, "common/ids.json", "\"title\": \"Identifiers\",", "");
    });
    assert_snapshot!(all, @r#"
    schemas/common/ids.json:1: missing key "title"
    schemas/v3/batch_check_results/operation.json:29 at /~1v3~1{project_id}~1jobs~1batch-precheck-result/post/x-drs/retry_safe: "yes" is not of type "boolean"
    schemas/v3/batch_check_results/schema.json:16 at /$defs/BatchQueryPrecheckResultReq/properties/jobs/minItem: unknown key `minItem`
    schemas/v3/batch_check_results/schema.json:166 at /$defs/PrecheckFailSubJobVO/properties/id/description: this string is empty; write a sentence
    "#);
}
