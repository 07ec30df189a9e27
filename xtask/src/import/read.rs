//! From the blocks of a page to its facts. The section and the caption of a table tell what it describes.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::blocks::{Block, Cell, Grid, Line, plain, words};
use super::limits::limits;
use super::page::{Call, Example, Page, Role, Row, Table, Unread};
use super::row::{Facts, Kind, Reference, VALUES_IN_WORDS, Values, kind, values};

/// Reads the blocks in their order.
pub(super) fn page(blocks: Vec<Block>) -> Page {
    let mut reader = Reader::default();
    for block in blocks {
        reader.block(block);
    }
    reader.finish()
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Section {
    #[default]
    Other,
    Uri,
    Request,
    Response,
    ExampleRequest,
    ExampleResponse,
    StatusCodes,
}

impl Section {
    fn of(heading: &str) -> Self {
        match heading.to_lowercase().trim_end_matches('s') {
            "uri" | "path parameter" | "query parameter" => Self::Uri,
            "request" | "request message" | "request parameter" => Self::Request,
            "response" | "response message" | "response parameter" => Self::Response,
            "example request" | "request example" => Self::ExampleRequest,
            "example response" | "response example" => Self::ExampleResponse,
            "status code" | "returned value" | "return value" => Self::StatusCodes,
            _ => Self::Other,
        }
    }
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

static CALL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(GET|PUT|POST|DELETE|PATCH|HEAD)\s+(?:https?://[^/\s]+)?(/[^\s?]+)(?:\?\S*)?$"));
static STATUS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^status code:\s*(\d{3})$"));
static CAPTION: LazyLock<Regex> = LazyLock::new(|| pattern(r"^Table (\d+)\s*(.*)$"));
static NAME: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[A-Za-z_][A-Za-z0-9_.-]*$"));
static ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\s*(?:(?:GET|PUT|POST|DELETE)\s+)?(?:https?://|/)\S+\s*"));

/// The columns that are known, by their names in lower case.
const COLUMNS: [(&str, &[&str]); 4] = [
    ("name", &["parameter", "name", "field"]),
    ("required", &["mandatory", "required"]),
    ("type", &["type", "parameter type"]),
    ("description", &["description"]),
];

#[derive(Default)]
struct Reader {
    page: Page,
    section: Section,
    /// The status of the tables or payloads that follow.
    status: Option<u16>,
    /// Labels of the next block.
    labels: Vec<String>,
    /// Tables by their labels.
    labelled: BTreeMap<String, usize>,
    /// Types whose references are not followed yet, by table and row.
    open: Vec<(usize, usize, Kind<Reference>)>,
    /// How many tables of parameters and fields there were, with those that were not read.
    counted: usize,
}

impl Reader {
    fn unread(&mut self, line: usize, message: impl Into<String>) {
        self.page.unread.push(Unread { line, message: message.into() });
    }

    fn block(&mut self, block: Block) {
        match block {
            Block::Label(label) => self.labels.push(label),
            Block::Heading(line) => self.heading(&line),
            Block::Text(line) => self.text(&line),
            Block::Code(line) => self.code(&line),
            Block::Table(grid) => self.grid(&grid),
            Block::UnreadTable(line) => {
                self.labels.clear();
                self.counted += 1;
                self.unread(line.number, line.text);
            }
            Block::Unread(line) => self.unread(line.number, line.text),
        }
    }

    fn heading(&mut self, line: &Line) {
        let labels = std::mem::take(&mut self.labels);
        if self.page.title.is_empty() {
            self.page.title = plain(&line.text);
            self.page.label = labels.into_iter().next();
            return;
        }
        self.section = Section::of(&line.text);
        self.status = None;
    }

    fn text(&mut self, line: &Line) {
        let text = plain(&line.text);
        if self.section == Section::Uri
            && let Some(call) = CALL.captures(&text)
        {
            self.page.call = Some(Call { line: line.number, method: call[1].to_lowercase(), path: call[2].to_owned() });
        }
        if let Some(status) = STATUS.captures(&text) {
            self.status = status[1].parse().ok();
        }
    }

    fn code(&mut self, code: &Line) {
        let in_response = match self.section {
            Section::ExampleRequest => false,
            Section::ExampleResponse => true,
            _ => {
                if code.text.trim_start().starts_with(['{', '[']) {
                    self.unread(code.number, "a payload outside of the example requests and responses");
                }
                return self.text(code);
            }
        };
        let address = ADDRESS.find(&code.text).map_or(0, |address| address.end());
        let payload = code.text[address..].trim();
        let line = code.number + code.text[..address].matches('\n').count();
        if payload.is_empty() {
            return;
        }
        if self.status.is_some_and(|status| status >= 300) {
            return self.unread(line, "the payload of an error: an operation folder has no place for it");
        }
        match serde_json::from_str(payload) {
            Ok(value) => self.page.examples.push(Example { line, in_response, text: payload.to_owned(), value }),
            Err(error) => {
                let at = line + error.line().saturating_sub(1);
                let message = error.to_string();
                let message = message.split(" at line ").next().unwrap_or_default();
                self.unread(at, format!("a payload that is not JSON: {message} in column {}", error.column()));
            }
        }
    }

    fn grid(&mut self, grid: &Grid) {
        let labels = std::mem::take(&mut self.labels);
        if self.section == Section::StatusCodes {
            return self.statuses(grid);
        }
        self.counted += 1;
        let caption = grid.caption.as_deref().map(plain).unwrap_or_default();
        let (number, name) = match CAPTION.captures(&caption) {
            Some(found) => (found[1].parse().unwrap_or(self.counted), found[2].to_owned()),
            None => (self.counted, caption),
        };
        let shown = if name.is_empty() { format!("Table {number}") } else { format!("Table {number}, {name}") };
        let columns = match columns(&grid.columns) {
            Ok(columns) => columns,
            Err(why) => return self.unread(grid.line, format!("{shown}: {why}; the table was left out")),
        };
        let Some(role) = self.role(&name, grid, columns[0]) else {
            return self.unread(grid.line, format!("{shown}: cannot tell what the table describes"));
        };
        let sent = matches!(role, Role::Request | Role::Object { in_response: false });
        if sent && columns[1].is_none() {
            self.unread(grid.line, format!("{shown}: missing column: required"));
        }
        let shape = matches!(role, Role::Object { .. }) && !name.is_empty();
        let name = shape.then_some(name);
        let place = self.page.tables.len();
        self.labelled.extend(labels.into_iter().map(|label| (label, place)));
        let mut table = Table { line: grid.line, number, name, role, rows: Vec::new() };
        for cells in &grid.rows {
            self.row(&mut table, cells, columns);
        }
        self.page.tables.push(table);
    }

    /// What a table describes: by its caption, or else by its section and its fields.
    fn role(&self, caption: &str, grid: &Grid, name: Option<usize>) -> Option<Role> {
        let caption = caption.to_lowercase();
        let names: Vec<String> =
            name.map_or_else(Vec::new, |at| grid.rows.iter().filter_map(|row| row.get(at)).map(words).collect());
        let has = |role: Role| self.page.tables.iter().any(|table| table.role == role);
        let status = self.status.unwrap_or(200);
        Some(match self.section {
            Section::Uri if caption.contains("query") => Role::Parameters("query"),
            Section::Uri if caption.contains("path") => Role::Parameters("path"),
            Section::Uri => {
                let call = self.page.call.as_ref()?;
                let in_path = names.iter().all(|name| call.path.contains(&format!("{{{name}}}")));
                Role::Parameters(if in_path { "path" } else { "query" })
            }
            Section::Request if caption.ends_with(" parameters") => match caption.split(' ').rev().nth(1)? {
                "header" => Role::Parameters("header"),
                "query" => Role::Parameters("query"),
                "body" => Role::Request,
                _ => return None,
            },
            Section::Request if !caption.is_empty() => Role::Object { in_response: false },
            Section::Request if names.iter().any(|name| name == "X-Auth-Token" || name == "Content-Type") => {
                Role::Parameters("header")
            }
            Section::Request if !has(Role::Request) => Role::Request,
            Section::Request => Role::Object { in_response: false },
            Section::Response if caption.ends_with("body parameters") => Role::Response(status),
            Section::Response if caption.ends_with(" parameters") => return None,
            Section::Response if caption.is_empty() && !has(Role::Response(status)) => Role::Response(status),
            Section::Response => Role::Object { in_response: true },
            _ => return None,
        })
    }

    fn row(&mut self, table: &mut Table, cells: &[Cell], [name, required, kinds, description]: [Option<usize>; 4]) {
        let empty = Cell::new();
        let cell = |at: Option<usize>| at.and_then(|at| cells.get(at)).unwrap_or(&empty);
        let line = cells.first().and_then(|cell| cell.first()).map_or(table.line, |line| line.number);
        let name = words(cell(name));
        if !NAME.is_match(&name) {
            return self.unread(line, format!("invalid field name {name:?}"));
        }
        if table.rows.iter().any(|row| row.name == name) {
            return self.unread(line, format!("duplicate field `{name}`"));
        }
        let said = words(cell(required)).to_lowercase();
        let required = match said.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        if required.is_none() && !said.is_empty() {
            self.unread(line, format!("`{name}`: expected Yes or No, found {said:?}"));
        }
        let kind = kind(cell(kinds), cell(description));
        match &kind {
            Some(kind) => self.open.push((self.page.tables.len(), table.rows.len(), kind.clone())),
            None => {
                let shown: String = words(cell(kinds)).chars().take(60).collect();
                self.unread(line, format!("`{name}`: unknown type {shown:?}"));
            }
        }
        let facts = self.facts(&name, kind.as_ref(), cell(description));
        table.rows.push(Row { line, name, required, kind: None, facts });
    }

    fn facts(&mut self, name: &str, kind: Option<&Kind<Reference>>, description: &Cell) -> Facts {
        let mut notes = Vec::new();
        let limits = limits(kind, description, &mut notes);
        let mut values = values(description, &mut notes);
        match kind.map(Kind::innermost) {
            Some(Kind::String) | None => {}
            // A boolean has two values; the page may say more about them.
            Some(Kind::Boolean) if words(description).contains("true") => values = Values::Silent,
            // Values of another field, mentioned in passing.
            Some(_) if values == Values::Unsure => values = Values::Silent,
            Some(_) => {
                if let Values::Listed(_) = values {
                    let line = description.first().map_or(0, |line| line.number);
                    notes.push(Line { number: line, text: "enum values for a type that is not a string".to_owned() });
                    values = Values::Unsure;
                }
            }
        }
        if values == Values::Silent {
            notes.retain(|note| note.text != VALUES_IN_WORDS);
        }
        for note in notes {
            self.unread(note.number, format!("`{name}`: {}", note.text));
        }
        Facts { values, limits, words: words(description) }
    }

    fn statuses(&mut self, grid: &Grid) {
        for row in &grid.rows {
            let code = row.first().map(words).unwrap_or_default();
            let line = row.first().and_then(|cell| cell.first()).map_or(grid.line, |line| line.number);
            match code.parse() {
                Ok(status) => self.page.statuses.push((status, line)),
                Err(_) => self.unread(line, format!("expected an HTTP status, found {code:?}")),
            }
        }
    }

    /// Follows the references between the tables.
    fn finish(mut self) -> Page {
        for (table, row, kind) in std::mem::take(&mut self.open) {
            let Row { line, name, .. } = &self.page.tables[table].rows[row];
            let (line, name) = (*line, name.clone());
            let mut missing = Vec::new();
            let linked = kind.map(&mut |reference| {
                let place = self.find(&reference, self.page.tables[table].role);
                match (&reference, place) {
                    (Reference::Label(_, called), Some(place)) => {
                        let found = self.page.tables[place].name.as_deref().unwrap_or_default();
                        if found != called && !called.starts_with("Table ") {
                            missing.push(format!("`{name}`: refers to {called}, but the table is called {found:?}"));
                        }
                    }
                    (Reference::Label(_, called) | Reference::Name(called), None) => {
                        missing.push(format!("`{name}`: refers to {called}, a table that is missing or was not read"));
                    }
                    (Reference::Number(number), None) => {
                        missing.push(format!("`{name}`: refers to Table {number}, which is missing or was not read"));
                    }
                    _ => {}
                }
                place
            });
            self.page.tables[table].rows[row].kind = Some(linked);
            for message in missing {
                self.unread(line, message);
            }
        }
        self.page.unread.sort();
        self.page
    }

    fn find(&self, reference: &Reference, from: Role) -> Option<usize> {
        let in_response = matches!(from, Role::Response(_) | Role::Object { in_response: true });
        match reference {
            Reference::Label(label, _) => self.labelled.get(label).copied(),
            Reference::Number(number) => self.page.tables.iter().position(|table| table.number == *number),
            // Request and response may use one name for two objects; twice on one side, it is ambiguous.
            Reference::Name(name) => {
                let called = |in_response: bool| {
                    let tables = self.page.tables.iter().enumerate();
                    let mut places = tables
                        .filter(|(_, table)| {
                            table.name.as_ref() == Some(name) && table.role == Role::Object { in_response }
                        })
                        .map(|(place, _)| place);
                    (places.next(), places.next())
                };
                match called(in_response) {
                    (None, _) => called(!in_response).0,
                    (first, None) => first,
                    _ => None,
                }
            }
        }
    }
}

/// The positions of the known columns: name, required, type, description.
fn columns(found: &[String]) -> Result<[Option<usize>; 4], String> {
    let mut places = [None; 4];
    for (at, column) in found.iter().enumerate() {
        let known = COLUMNS.iter().position(|(_, names)| names.contains(&column.to_lowercase().as_str()));
        match known {
            Some(place) if places[place].is_none() => places[place] = Some(at),
            _ => return Err(format!("unknown column {column:?}")),
        }
    }
    match places.iter().zip(COLUMNS).find(|(place, (what, _))| place.is_none() && *what != "required") {
        Some((_, (what, _))) => Err(format!("missing column: {what}")),
        None => Ok(places),
    }
}
