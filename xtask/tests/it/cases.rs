//! Each rule of the generator as a pair of files: a schema, and the Rust that must come out of it.
//!
//! A case is a folder of `tests/cases/`. It holds `schema.json` with a definition `…Req` for the request, if there is
//! one, and `…Resp` for the answer; `expected.rs`; and, where the smallest ones do not do, `operation.json` and
//! documented payloads. `UPDATE_CASES=1 cargo test -p xtask` writes the expected files anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use xtask::codegen::{Files, generate};
use xtask::sync;

use crate::{copy, schemas};

const GENERATED: &str = "crates/drs-types/src/generated/operations/v3";

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

fn name(case: &Path) -> &str {
    case.file_name().unwrap().to_str().unwrap()
}

/// Makes an operation of a case and generates everything.
fn generate_with(case: &Path) -> Files {
    let tree = schemas();
    let folder = tree.path().join("v3").join(name(case));
    fs::create_dir_all(folder.join("examples")).unwrap();
    let schema: Value = serde_json::from_str(&fs::read_to_string(case.join("schema.json")).unwrap()).unwrap();
    let definition =
        |ending: &str| schema["$defs"].as_object().unwrap().keys().find(|key| key.ends_with(ending)).cloned();
    let request = definition("Req");
    let response = definition("Resp").expect("a case needs an answer");
    let write = |file: &str, made: Value| {
        let own = case.join(Path::new(file).file_name().unwrap());
        let text = fs::read_to_string(own).unwrap_or_else(|_| made.to_string());
        fs::write(folder.join(file), text).unwrap();
    };
    write("schema.json", Value::Null);
    write("operation.json", operation(name(case), request.as_deref(), &response));
    if request.is_some() {
        write("examples/request.1.json", json!({}));
    }
    write("examples/response.1.json", json!({}));
    let refuses = json!({ "description": "no object", "data": null, "valid": false });
    let reference = json!({ "$ref": format!("schema.json#/$defs/{response}") });
    write("tests.json", json!([{ "description": "answers", "schema": reference, "tests": [refuses] }]));
    generate(tree.path()).unwrap_or_else(|problems| {
        let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("{}:\n{}", name(case), shown.join("\n"))
    })
}

fn operation(id: &str, request: Option<&str>, response: &str) -> Value {
    let content =
        |name: &str| json!({ "application/json": { "schema": { "$ref": format!("schema.json#/$defs/{name}") } } });
    let mut operation = json!({
        "operationId": id,
        "summary": "A case of the generator",
        "description": "Shows a rule of the generator.",
        "tags": ["Tasks"],
        "security": [{ "token": [] }],
        "parameters": [{ "$ref": "../../service.json#/components/parameters/project_id" }],
        "responses": {
            "200": { "description": "The answer.", "content": content(response) },
            "400": { "$ref": "../../service.json#/components/responses/Error" },
        },
        "x-drs": { "page": "A Case", "retry_safe": false },
    });
    if let Some(request) = request {
        operation["requestBody"] = json!({ "required": true, "content": content(request) });
    }
    json!({ format!("/v3/{{project_id}}/{}", id.replace('_', "-")): { "post": operation } })
}

/// A module without its descriptor and request type, which stand between the imports and the definitions.
fn without_descriptor(module: &str) -> String {
    let start = module.find("\n/// The descriptor of").unwrap();
    let last = module.find("\nimpl Operation for").unwrap();
    let end = last + module[last..].find("\n}\n").unwrap() + 3;
    format!("{}{}", &module[..start], &module[end..])
}

#[test]
fn every_rule_gives_the_expected_rust() {
    let mut wrong = Vec::new();
    for case in cases() {
        let files = generate_with(&case);
        let made = &files[&Path::new(GENERATED).join(format!("{}.rs", name(&case)))];
        // The descriptor of an operation that the harness made up shows nothing.
        let made = &if case.join("operation.json").exists() { made.clone() } else { without_descriptor(made) };
        let expected = case.join("expected.rs");
        if std::env::var_os("UPDATE_CASES").is_some() {
            fs::write(&expected, made).unwrap();
        }
        let found = fs::read_to_string(&expected).unwrap_or_default();
        if found != *made {
            let diff = similar::TextDiff::from_lines(&found, made);
            wrong.push(format!("{}\n{}", name(&case), diff.unified_diff().header("expected", "made")));
        }
    }
    assert!(wrong.is_empty(), "{}\nto accept: UPDATE_CASES=1 cargo test -p xtask", wrong.join("\n"));
}

/// A crate of its own with the types of the whole of `schemas/`, of an operation that is added by files only, and of
/// all cases. No line of Rust is written for the new operation, except by whoever uses it.
#[test]
fn an_operation_added_by_files_only_compiles_and_so_does_every_expected_file() {
    let workspace = tempfile::tempdir().unwrap();
    let root = workspace.path();
    for file in ["Cargo.lock", "rust-toolchain.toml"] {
        fs::copy(xtask::root().join(file), root.join(file)).unwrap();
    }
    let manifest = fs::read_to_string(xtask::root().join("Cargo.toml")).unwrap();
    let only_types = manifest.replace("\"crates/*\", \"xtask\", \"xtask/bench\"", "\"crates/drs-types\"");
    assert_ne!(manifest, only_types, "the list of members changed its form");
    fs::write(root.join("Cargo.toml"), only_types).unwrap();
    let types = root.join("crates/drs-types");
    copy(&xtask::root().join("crates/drs-types/src"), &types.join("src"));
    let manifest = fs::read_to_string(xtask::root().join("crates/drs-types/Cargo.toml")).unwrap();
    let (library, rest) = manifest.split_once("[dev-dependencies]").unwrap();
    let lints = &rest[rest.find("[lints]").unwrap()..];
    fs::write(types.join("Cargo.toml"), format!("{library}{lints}")).unwrap();

    let new = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/new_operation");
    let tree = schemas();
    for version in ["v3", "v9"] {
        copy(&new.join(version), &tree.path().join(version));
    }
    sync::write(root, &generate(tree.path()).unwrap()).unwrap();
    copy(&new.join("examples"), &types.join("examples"));

    let table = root.join(GENERATED).join("mod.rs");
    let mut modules = fs::read_to_string(&table).unwrap();
    for case in cases() {
        modules.push_str(&format!("/// A case of the generator.\npub mod {};\n", name(&case)));
        fs::copy(case.join("expected.rs"), root.join(GENERATED).join(format!("{}.rs", name(&case)))).unwrap();
    }
    fs::write(&table, modules).unwrap();

    let output = Command::new(env!("CARGO"))
        .args(["run", "--offline", "--quiet", "--features", "schemars", "--example", "show_weather"])
        .current_dir(&types)
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("new_operation"))
        .env("RUSTFLAGS", "-D warnings")
        .output()
        .unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stderr}");
    assert_eq!(stdout.trim(), "GET /v3/p/cities/Z%C3%BCrich/weather");
}
