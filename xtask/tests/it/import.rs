//! Pages become drafts, and drafts become operations. The pages are made up; those of the vendor are not in the repository.

use std::fs;
use std::path::{Path, PathBuf};

use insta::assert_snapshot;
use proptest::prelude::*;
use regex::{NoExpand, Regex};
use tempfile::TempDir;
use xtask::codegen::generate;
use xtask::import::{against, draft, read_page};

use crate::schemas;

pub(crate) const PAGES: [(&str, &str); 6] = [
    ("gauges.rst", "calibrate_gauges"),
    ("gauges.txt", "calibrate_gauges"),
    ("tides.rst", "show_tides"),
    ("moorings.rst", "reserve_moorings"),
    ("unreadable.rst", "move_buoys"),
    ("unreadable.txt", "move_buoys"),
];

pub(crate) fn page(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages").join(name)
}

/// Drafts an operation below a copy of `schemas/`; returns the folder and the output.
pub(crate) fn drafted(name: &str, operation: &str) -> (TempDir, String) {
    let schemas = schemas();
    let out = schemas.path().join("v3").join(operation);
    let mut printed = String::new();
    let print = |line: &str| printed.push_str(&format!("{line}\n"));
    if let Err(message) = draft(&page(name), operation, schemas.path(), Some(&out), print) {
        printed.push_str(&format!("error: {message}\n"));
    }
    (schemas, printed.replace(&*out.to_string_lossy(), "OUT"))
}

/// Writes the sentences that a draft leaves to people.
pub(crate) fn fill(schemas: &TempDir, operation: &str) {
    let folder = schemas.path().join("v3").join(operation);
    for file in ["schema.json", "operation.json"] {
        edit(&folder.join(file), &[("\": \"\"", "\": \"Text.\"")]);
    }
    let rest = [("[\"\"]", "[\"Tasks\"]"), ("\"x-drs\": {", "\"x-drs\": { \"retry_safe\": true,")];
    edit(&folder.join("operation.json"), &rest);
    let schema = fs::read_to_string(folder.join("schema.json")).unwrap();
    let answer = schema.lines().find_map(|line| line.trim().strip_suffix("Response\": {")).unwrap().trim_matches('"');
    let tests = format!(
        r#"[{{ "description": "responses", "schema": {{ "$ref": "schema.json#/$defs/{answer}Response" }},
               "tests": [{{ "description": "no object", "data": null, "valid": false }}] }}]"#
    );
    fs::write(folder.join("tests.json"), tests).unwrap();
}

/// Replaces strings that must occur, with any line breaks.
pub(crate) fn edit(file: &Path, replacements: &[(&str, &str)]) {
    let mut text = fs::read_to_string(file).unwrap();
    for (from, to) in replacements {
        let pattern = Regex::new(&regex::escape(from).replace(' ', r"\s+")).unwrap();
        assert!(pattern.is_match(&text), "{} does not contain {from}", file.display());
        text = pattern.replace_all(&text, NoExpand(to)).into_owned();
    }
    fs::write(file, text).unwrap();
}

#[test]
fn a_page_becomes_a_draft_with_its_facts_and_the_lines_that_were_not_read() {
    for (name, operation) in PAGES {
        let (schemas, printed) = drafted(name, operation);
        let folder = schemas.path().join("v3").join(operation);
        let mut shown = printed;
        for entry in walkdir::WalkDir::new(&folder).sort_by_file_name() {
            let entry = entry.unwrap();
            if entry.file_type().is_file() {
                let path = entry.path().strip_prefix(&folder).unwrap().to_string_lossy().into_owned();
                shown.push_str(&format!("\n── {path}\n{}", fs::read_to_string(entry.path()).unwrap()));
            }
        }
        assert_snapshot!(format!("draft_of_{name}"), shown);
    }
}

#[test]
fn code_generation_refuses_a_draft_without_sentences() {
    for (name, operation) in &PAGES[..4] {
        let (schemas, _) = drafted(name, operation);
        let problems = generate(schemas.path()).expect_err("a draft is not finished");
        assert!(problems.iter().all(|problem| problem.file.contains(operation)), "{problems:#?}");
        assert!(problems.iter().any(|problem| problem.message.starts_with("this string is empty")), "{problems:#?}");

        fill(&schemas, operation);
        if let Err(problems) = generate(schemas.path()) {
            let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
            panic!("{name}:\n{}", shown.join("\n"));
        }
    }
}

#[test]
fn impossible_arguments_are_refused() {
    let schemas = schemas();
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other.txt");
    fs::write(&other, "Weather\nIt rains.\n").unwrap();
    let out = folder.path().join("out");
    let draft_of = |page: &Path, operation: &str, out: &Path| {
        draft(page, operation, schemas.path(), Some(out), |_| {}).unwrap_err()
    };
    let shown = [
        draft_of(&other, "show_weather", &out),
        draft_of(&page("tides.rst"), "ShowTides", &out),
        draft_of(&page("tides.rst"), "show_tides", folder.path()),
        draft_of(&folder.path().join("none.rst"), "show_tides", &out),
        against(&page("tides.rst"), "show_tides", schemas.path(), |_| {}).unwrap_err(),
    ];
    let shown = shown.join("\n").replace(&*folder.path().to_string_lossy(), "FOLDER");
    let shown = shown.split("the schemas have").next().unwrap_or_default();
    assert_snapshot!(shown, @"
    FOLDER/other.txt: no method and path under the heading URI, such as `POST /v3/{project_id}/jobs`; this is not a page of an operation, or its layout is unknown
    `ShowTides` is not a valid operation name; write it like batch_list_job_status
    FOLDER already exists; remove it, or name another folder with --out
    cannot read FOLDER/none.rst: No such file or directory (os error 2)
    unknown operation `show_tides`;
    ");
    assert!(!out.exists(), "nothing may be written after a mistake");
}

#[test]
fn an_array_type_with_excessive_nesting_is_reported() {
    let text = fs::read_to_string(page("gauges.txt")).unwrap();
    let text = text.replacen("Boolean |", &format!("{}strings |", "Array of ".repeat(100_000)), 1);
    let read = read_page(&text);
    assert!(read.unread.iter().any(|unread| unread.message.starts_with("`dry_run`: unknown type")));
}

/// Pieces that have a meaning in one of the layouts.
const PIECES: [&str; 30] = [
    "",
    "\n",
    "\n\n",
    "+---+",
    "|",
    "| a |",
    "+===+",
    "==== ====",
    "a    b",
    ".. table:: **Table 1** A",
    ".. code-block::",
    "   {",
    ".. _label:",
    ".. list-table:: A\n   :header-rows: 1\n",
    "   * - a",
    "     - b",
    "---|---|",
    "Parameter |",
    "Type |",
    "URI",
    "====",
    "POST /v3/a",
    "Example Request",
    "Values:",
    "-  **a**: b",
    ":ref:`A <b>`",
    "Status code: 200",
    "\u{301}|",
    "é",
    "\\",
];

proptest! {
    #[test]
    fn no_text_stops_the_readers(text in "\\PC*") {
        let _ = read_page(&text);
    }

    #[test]
    fn no_mixture_of_the_pieces_of_a_page_stops_the_readers(
        pieces in prop::collection::vec((prop::sample::select(&PIECES[..]), prop::bool::ANY), 0..60)
    ) {
        let text: String = pieces.iter().map(|(piece, end)| format!("{piece}{}", if *end { "\n" } else { " " })).collect();
        let _ = read_page(&text);
    }

    #[test]
    fn no_damage_to_a_page_stops_the_readers(name in 0..PAGES.len(), cut in any::<prop::sample::Index>(), length in 0..40_usize) {
        let text = fs::read_to_string(page(PAGES[name].0)).unwrap();
        let mut signs: Vec<char> = text.chars().collect();
        let from = cut.index(signs.len());
        signs.drain(from..signs.len().min(from + length));
        let _ = read_page(&signs.into_iter().collect::<String>());
    }
}
