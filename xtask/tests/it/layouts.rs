//! Layouts of pages that are copied or of another origin: each part is read or reported.

use std::fs;

use insta::assert_snapshot;
use xtask::import::{draft, read_page};

use crate::schemas;

/// A page as a browser copies it: tabs between the cells, an address before the path, no table of path parameters.
const COPIED: &str = "Showing the Weather\n\
    URI\n\
    GET https://{endpoint}/v8/{project_id}/cities/{city}/weather\n\
    Table 1 Query parameters\n\
    Parameter\tMandatory\tType\tDescription\n\
    days\tNo\tInteger\tHow many days.\n\
    Minimum value: 1\n\
    Response Parameters\n\
    Status code: 200\n\
    Table 2 Response body parameters\n\
    Parameter\tType\tDescription\n\
    sky\tString\tWhat the sky looks like.\n\
    broken\tString\n\
    Status Codes\n\
    Status Code\tDescription\n\
    200\tThe weather.\n";

/// Returns the output of import for a page, and the folder that it wrote.
fn drafted(text: &str) -> (String, tempfile::TempDir) {
    let schemas = schemas();
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.txt");
    fs::write(&page, text).unwrap();
    let mut printed = String::new();
    let print = |line: &str| printed.push_str(&format!("{line}\n"));
    let outcome = draft(&page, "show_weather", schemas.path(), None, print);
    if let Err(message) = outcome {
        printed.push_str(&format!("error: {message}\n"));
    }
    let folders = [(schemas.path(), "SCHEMAS"), (folder.path(), "FOLDER")];
    let printed = folders.iter().fold(printed, |text, (path, name)| text.replace(&*path.to_string_lossy(), name));
    (printed, schemas)
}

#[test]
fn tables_with_tabs_become_a_draft_and_an_unread_row_is_a_failure() {
    let (printed, schemas) = drafted(COPIED);
    assert_snapshot!(printed, @"
    wrote SCHEMAS/v8/show_weather/schema.json
    wrote SCHEMAS/v8/show_weather/operation.json
    Not read, or doubtful:
      page.txt:13: a row of 2 cells in a table of 3 columns
    To do by hand:
      title, summary, descriptions, tags and the meanings of enum values: write them in your own words
      x-drs/retry_safe, and x-drs/batch for a batch operation: no page states them
      tests.json: payloads to accept and to refuse
      no table describes the path parameter `city`
    error: the draft is incomplete: 1 place of the page not read
    ");
    let operation = fs::read_to_string(schemas.path().join("v8/show_weather/operation.json")).unwrap();
    for part in ["/v8/{project_id}/cities/{city}/weather", "\"days\"", "\"city\"", "parameters/project_id", "\"400\""] {
        assert!(operation.contains(part), "{part}: {operation}");
    }
}

#[test]
fn a_copied_page_is_read() {
    let page = read_page(COPIED);
    let fields: Vec<&str> = page.tables.iter().flat_map(|table| &table.rows).map(|row| row.name.as_str()).collect();
    assert_eq!(fields, ["days", "sky"]);
    assert_eq!(page.statuses.iter().map(|(status, _)| *status).collect::<Vec<_>>(), [200]);
    assert_eq!(page.call.unwrap().path, "/v8/{project_id}/cities/{city}/weather");
}

#[test]
fn an_unsupported_format_is_named_and_no_file_is_written() {
    let empty = "Weather\nURI\nGET /v8/{project_id}/weather\n";
    let all = [
        "{ \"openapi\": \"3.1.0\" }",
        "<!doctype html>",
        "<?xml version=\"1.0\"?>",
        "%PDF-1.7",
        "openapi: 3.1.0\n",
        "# Weather\n\n## URI\n",
        "Weather\n\n| Parameter | Type |\n|---|:--|\n",
        empty,
    ]
    .map(|text| {
        let (printed, schemas) = drafted(text);
        assert!(!schemas.path().join("v8").exists());
        printed
    });
    assert_snapshot!(all.concat(), @"
    error: FOLDER/page.txt: the file is JSON; import reads reStructuredText or the plain text that a browser copies
    error: FOLDER/page.txt: the file is HTML; import reads reStructuredText or the plain text that a browser copies
    error: FOLDER/page.txt: the file is XML; import reads reStructuredText or the plain text that a browser copies
    error: FOLDER/page.txt: the file is PDF; import reads reStructuredText or the plain text that a browser copies
    error: FOLDER/page.txt: the file is YAML; import reads reStructuredText or the plain text that a browser copies
    error: FOLDER/page.txt: the file is Markdown; import reads reStructuredText or the plain text that a browser copies
    error: FOLDER/page.txt: the file is Markdown; import reads reStructuredText or the plain text that a browser copies
    error: FOLDER/page.txt: no table of parameters or fields was read; nothing was written
    ");
}
