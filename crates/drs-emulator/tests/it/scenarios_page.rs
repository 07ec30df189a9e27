//! `docs/scenarios.md`: its example can be used, and its tables are those of the schema.

use std::fmt::Write as _;
use std::path::PathBuf;

use drs_emulator::{Scenario, scenario_schema};
use serde_json::{Map, Value};

const MARK: &str = "cargo xtask bless -->\n";

fn path() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/scenarios.md"))
}

/// Returns a table for each type of the schema.
fn tables() -> String {
    let schema = serde_json::to_value(scenario_schema()).unwrap();
    let mut page = String::new();
    table(&mut page, "The file", &schema);
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        table(&mut page, &format!("`{name}`"), definition);
    }
    page
}

fn table(page: &mut String, name: &str, schema: &Value) {
    write!(page, "\n### {name}\n\n{}\n", one_line(&schema["description"])).unwrap();
    if let Some(fields) = schema["properties"].as_object() {
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        page.push_str("\n| field | type | |\n|---|---|---|\n");
        for (name, field) in fields {
            let needed = if required.contains(&name.as_str()) { ", required" } else { "" };
            let meaning = one_line(&field["description"]);
            writeln!(page, "| `{name}` | {}{needed} | {meaning} |", kind(field)).unwrap();
        }
    }
    if let Some(forms) = schema["oneOf"].as_array() {
        page.push_str("\n| value | |\n|---|---|\n");
        for form in forms {
            writeln!(page, "| {} | {} |", value(form), one_line(&form["description"])).unwrap();
        }
    }
}

fn one_line(text: &Value) -> String {
    text.as_str().unwrap_or_default().replace('\n', " ")
}

/// Returns the type of a field in a few words.
fn kind(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return format!("`{}`", reference.trim_start_matches("#/$defs/"));
    }
    let any = schema["anyOf"].as_array().or(schema["oneOf"].as_array());
    if let Some(first) = any.and_then(|any| any.iter().find(|form| form["type"] != "null")) {
        return kind(first);
    }
    if let Some(only) = schema.get("const") {
        return format!("`{only}`");
    }
    let name = match &schema["type"] {
        Value::Array(names) => names[0].as_str().unwrap_or_default(),
        name => name.as_str().unwrap_or("any value"),
    };
    match name {
        "array" => format!("array of {}", kind(&schema["items"])),
        "object" if schema["additionalProperties"].is_object() => {
            format!("object of {}", kind(&schema["additionalProperties"]))
        }
        name => name.to_owned(),
    }
}

/// Returns a form of a value: a string, or an object with one member.
fn value(form: &Value) -> String {
    let empty = Map::new();
    let member = form["properties"].as_object().unwrap_or(&empty).iter().next();
    match (form.get("const"), member) {
        (Some(only), _) => format!("`{only}`"),
        (None, Some((name, inside))) => format!("`{{ \"{name}\": … }}`, {}", kind(inside)),
        (None, None) => {
            let listed = form["enum"].as_array().into_iter().flatten();
            listed.map(|only| format!("`{only}`")).collect::<Vec<_>>().join(", ")
        }
    }
}

#[test]
fn the_tables_of_the_page_are_those_of_the_schema() {
    let read = || std::fs::read_to_string(path()).unwrap();
    let there = read();
    let (written, _) = there.split_once(MARK).unwrap();
    let page = format!("{written}{MARK}{}", tables());
    if std::env::var_os("XTASK_BLESS").is_some() {
        std::fs::write(path(), &page).unwrap();
    }
    assert!(page == read(), "docs/scenarios.md is stale, to accept: cargo xtask bless");
}

#[test]
fn the_page_names_every_ready_scenario_and_its_examples_can_be_read() {
    let page = std::fs::read_to_string(path()).unwrap();
    let missing: Vec<&str> =
        Scenario::ready().map(|(name, _)| name).filter(|name| !page.contains(&format!("| `{name}` |"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let examples: Vec<&str> = page.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!examples.is_empty());
    for example in examples {
        Scenario::parse("docs/scenarios.md", example).unwrap();
    }
}
