//! `cargo xtask import`: a page of the vendor's documentation as a draft, or compared with our schema.
//!
//! `text → blocks → page → draft or comparison`, in one pass. Nothing is guessed or dropped: what cannot be read is listed
//! with its line.

mod against;
mod blocks;
mod draft;
mod examples;
mod explain;
mod field;
mod format;
mod limits;
mod names;
mod ours;
pub mod page;
mod read;
pub mod row;
mod rst;
mod rst_lists;
mod rst_tables;
mod tabs;
mod text;

use std::fs;
use std::path::Path;

use crate::count;
use crate::schema::{Folder, Model, Problem, Sources};
use page::{Call, Page};

/// Reads a page and writes the draft of an operation folder.
///
/// # Errors
/// A page without a method and path or without a table, places that were not read (the draft is written nevertheless), a
/// folder that already exists, a file that cannot be read or written.
pub fn draft(
    page: &Path,
    operation: &str,
    schemas: &Path,
    out: Option<&Path>,
    mut print: impl FnMut(&str),
) -> Result<(), String> {
    let named = operation.starts_with(|sign: char| sign.is_ascii_lowercase())
        && operation.chars().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_');
    if !named {
        return Err(format!("`{operation}` is not a valid operation name; write it like batch_list_job_status"));
    }
    let (read, call) = open(page)?;
    if read.tables.is_empty() {
        section("Not read, or doubtful:", unread(page, &read), &mut print);
        return Err(format!("{}: no table of parameters or fields was read; nothing was written", page.display()));
    }
    // The version is the first part of the path.
    let folder = Folder::of(call.path.trim_start_matches('/'));
    let folder = folder.map(|folder| Folder { operation: operation.to_owned(), ..folder });
    let folder = folder.ok_or_else(|| format!("the path {} does not start with a version such as /v3/", call.path))?;
    let out = out.map_or_else(|| schemas.join(&folder.version).join(operation), Path::to_owned);
    if out.exists() {
        return Err(format!("{} already exists; remove it, or name another folder with --out", out.display()));
    }
    let service = schemas.join("service.json");
    let text = fs::read_to_string(&service).map_err(|error| format!("cannot read {}: {error}", service.display()))?;
    let service = serde_json::from_str(&text).map_err(|error| format!("{} is not JSON: {error}", service.display()))?;
    let draft = draft::draft(&read, &call, &folder, &service);
    for (name, text) in &draft.files {
        let file = out.join(name);
        let written = file.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&file, text));
        written.map_err(|error| format!("cannot write {}: {error}", file.display()))?;
        print(&format!("wrote {}", file.display()));
    }
    section("Not read, or doubtful:", unread(page, &read), &mut print);
    let missing = [
        "title, summary, descriptions, tags and the meanings of enum values: write them in your own words",
        "x-drs/retry_safe, and x-drs/batch for a batch operation: no page states them",
        "tests.json: payloads to accept and to refuse",
    ];
    let by_hand = missing.into_iter().map(str::to_owned).chain(draft.by_hand).collect();
    section("To do by hand:", by_hand, &mut print);
    match read.unread.len() {
        0 => Ok(()),
        places => Err(format!("the draft is incomplete: {} of the page not read", count(places, "place"))),
    }
}

/// Compares a page with our schema of an operation.
///
/// # Errors
/// Differences that no recorded deviation explains, an unknown operation, a file that cannot be read.
pub fn against(page: &Path, operation: &str, schemas: &Path, mut print: impl FnMut(&str)) -> Result<(), String> {
    let (read, _) = open(page)?;
    let list = |problems: Vec<Problem>| problems.iter().map(ToString::to_string).collect::<Vec<_>>();
    let sources = Sources::load(schemas).map_err(|problems| list(problems).join("\n"))?;
    let model = Model::build(&sources).map_err(|problems| list(problems).join("\n"))?;
    let Some(ours) = model.operations.iter().find(|known| known.id == operation) else {
        let known: Vec<&str> = model.operations.iter().map(|operation| operation.id.as_str()).collect();
        return Err(format!("unknown operation `{operation}`; the schemas have {}", known.join(", ")));
    };
    let report = against::compare(&read, &sources, &model, ours);
    let unexplained = report.differences.len();
    section("Differences:", list(report.differences), &mut print);
    let explained: Vec<String> =
        report.explained.into_iter().map(|(problem, note)| format!("{problem}\n    explained: {note}")).collect();
    section("Explained by recorded deviations:", explained, &mut print);
    section("Notes:", list(report.notes), &mut print);
    section("Not read, or doubtful:", unread(page, &read), &mut print);
    if unexplained > 0 {
        let differences = count(unexplained, "difference");
        return Err(format!("{differences} between the page and {operation} without a recorded deviation"));
    }
    let open = read.unread.len();
    let open = if open == 0 { String::new() } else { format!("; {} of the page not read", count(open, "place")) };
    print(&format!("the page and the schema agree, except for recorded deviations{open}"));
    Ok(())
}

/// Reads a page in either layout.
#[must_use]
pub fn read_page(text: &str) -> Page {
    read::page(if rst::is_rst(text) { rst::read(text) } else { text::read(text) })
}

/// Reads a page that describes an operation.
fn open(path: &Path) -> Result<(Page, Call), String> {
    let bytes = fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    if let Some(format) = format::other(&bytes) {
        return Err(format!(
            "{}: the file is {format}; import reads reStructuredText or the plain text that a browser copies",
            path.display()
        ));
    }
    let text = String::from_utf8(bytes).map_err(|error| format!("{}: not UTF-8: {error}", path.display()))?;
    let page = read_page(&text);
    match page.call.clone() {
        Some(call) => Ok((page, call)),
        None => Err(format!(
            "{}: no method and path under the heading URI, such as `POST /v3/{{project_id}}/jobs`; \
             this is not a page of an operation, or its layout is unknown",
            path.display()
        )),
    }
}

fn unread(path: &Path, page: &Page) -> Vec<String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    page.unread.iter().map(|unread| format!("{name}:{}: {}", unread.line, unread.message)).collect()
}

fn section(title: &str, entries: Vec<String>, print: &mut impl FnMut(&str)) {
    if !entries.is_empty() {
        print(title);
        for entry in entries {
            print(&format!("  {entry}"));
        }
    }
}
