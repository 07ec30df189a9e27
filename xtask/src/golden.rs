//! The expected output of the generator: a small tree of schemas, and one folder for each rule, each with the Rust code
//! that the generator must make of it. The member `tests/output` of the workspace compiles all of it.
//!
//! A case is a folder of `tests/cases/`. It holds `schema.json` with a definition `…Resp` for the response and, if there
//! is a request, `…Req`; `expected.rs`; and, where the default ones do not suffice, `operation.json` and documented
//! payloads.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::codegen::{Files, generate};
use crate::schema::listed;

const GENERATED: &str = "crates/drs-types/src/generated";
const OUTPUT: &str = "xtask/tests/output/generated";

/// The folders that hold only files made here.
pub const OWNED: &[&str] = &[OUTPUT];

/// Generates all expected files, by path relative to the repository at `root`.
///
/// # Errors
/// A file that cannot be read, or schemas with a mistake.
pub fn files(root: &Path) -> Result<Files, String> {
    let unreadable = |error: io::Error| format!("cannot read the cases of the generator: {error}");
    let small = tree(root).map_err(unreadable)?;
    let mut files = Files::new();
    for (path, text) in generate(small.path()).map_err(|problems| listed(&problems))? {
        if let Ok(name) = path.strip_prefix(GENERATED) {
            files.insert(Path::new(OUTPUT).join(name), text);
        }
    }
    let mut modules = String::new();
    for case in cases(root).map_err(unreadable)? {
        let name = case.file_name().unwrap_or_default().to_string_lossy();
        let tree = tree(root).map_err(unreadable)?;
        let own = add(&case, &name, tree.path()).map_err(unreadable)?;
        let mut made = generate(tree.path()).map_err(|problems| format!("{name}:\n{}", listed(&problems)))?;
        let module = Path::new(GENERATED).join(format!("operations/v3/{name}.rs"));
        let module = made.remove(&module).ok_or_else(|| format!("{name}: no module was generated"))?;
        // The descriptor of a default operation shows nothing.
        let module = if own { module } else { without_descriptor(&module) };
        files.insert(Path::new("xtask/tests/cases").join(&*name).join("expected.rs"), module);
        modules.push_str(&format!(
            "/// A case of the generator.\n#[path = \"../../../../cases/{name}/expected.rs\"]\npub mod {name};\n"
        ));
    }
    if let Some(table) = files.get_mut(&Path::new(OUTPUT).join("operations/v3/mod.rs")) {
        table.push_str(&modules);
    }
    Ok(files)
}

/// Copies the small tree of schemas, with the current meta-schemas.
///
/// # Errors
/// A file that cannot be read or written.
pub fn tree(root: &Path) -> io::Result<TempDir> {
    let folder = tempfile::tempdir()?;
    copy(&root.join("xtask/tests/schemas"), folder.path())?;
    copy(&root.join("schemas/meta"), &folder.path().join("meta"))?;
    Ok(folder)
}

/// Copies a folder recursively.
///
/// # Errors
/// A file that cannot be read or written.
pub fn copy(from: &Path, to: &Path) -> io::Result<()> {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry?;
        let target = to.join(entry.path().strip_prefix(from).map_err(io::Error::other)?);
        if entry.file_type().is_dir() {
            fs::create_dir_all(target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn cases(root: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(root.join("xtask/tests/cases"))?;
    let mut cases = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<PathBuf>>>()?;
    cases.sort();
    Ok(cases)
}

/// Adds a case to a tree as an operation; returns whether it has its own `operation.json`.
///
/// # Errors
/// A file that cannot be read or written.
pub fn add(case: &Path, name: &str, tree: &Path) -> io::Result<bool> {
    let folder = tree.join("v3").join(name);
    fs::create_dir_all(folder.join("examples"))?;
    let schema: Value = serde_json::from_str(&fs::read_to_string(case.join("schema.json"))?)?;
    let definition = |ending: &str| schema["$defs"].as_object()?.keys().find(|key| key.ends_with(ending)).cloned();
    let request = definition("Req");
    let response = definition("Resp").ok_or_else(|| io::Error::other(format!("{name}: no definition `…Resp`")))?;
    let write = |file: &str, made: Value| {
        let own = case.join(Path::new(file).file_name().unwrap_or_default());
        fs::write(folder.join(file), fs::read_to_string(own).unwrap_or_else(|_| made.to_string()))
    };
    write("schema.json", Value::Null)?;
    write("operation.json", operation(name, request.as_deref(), &response))?;
    if request.is_some() {
        write("examples/request.1.json", json!({}))?;
    }
    write("examples/response.1.json", json!({}))?;
    let refuses = json!({ "description": "null", "data": null, "valid": false });
    let reference = json!({ "$ref": format!("schema.json#/$defs/{response}") });
    write("tests.json", json!([{ "description": "responses", "schema": reference, "tests": [refuses] }]))?;
    Ok(case.join("operation.json").exists())
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
        "responses": { "200": { "description": "The response.", "content": content(response) }, "400": { "$ref": "../../service.json#/components/responses/Error" } },
        "x-drs": { "page": "A Case", "retry_safe": false },
    });
    if let Some(request) = request {
        operation["requestBody"] = json!({ "required": true, "content": content(request) });
    }
    json!({ format!("/v3/{{project_id}}/{}", id.replace('_', "-")): { "post": operation } })
}

/// Removes the descriptor and the request type of a module, which are between the imports and the definitions.
fn without_descriptor(module: &str) -> String {
    let start = module.find("\n/// The descriptor of");
    let last = module.find("\nimpl Operation for");
    let end = last.and_then(|last| module[last..].find("\n}\n").map(|end| last + end + 3));
    match (start, end) {
        (Some(start), Some(end)) => format!("{}{}", &module[..start], &module[end..]),
        _ => module.to_owned(),
    }
}
