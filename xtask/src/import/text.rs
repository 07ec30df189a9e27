//! The plain layout: the text that a browser copies. A cell ends with `|`, a row of `---|` ends the header of a table,
//! or tabs separate the cells (see `tabs`). Headings are known by their words, and lists inside cells are lost.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::blocks::{Block, Cell, Grid, Line};
use super::tabs;

/// The headings of the vendor's pages. Others count as text.
const HEADINGS: &[&str] = &[
    "function",
    "debugging",
    "constraints",
    "authorization information",
    "uri",
    "path parameters",
    "query parameters",
    "request",
    "request message",
    "request parameters",
    "response",
    "response message",
    "response parameters",
    "example request",
    "request example",
    "response example",
    "example requests",
    "example response",
    "example responses",
    "sdk sample code",
    "returned value",
    "returned values",
    "return value",
    "status code",
    "status codes",
    "error code",
    "error codes",
    "feedback",
];

static RULE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^(-{3,}\s*\|\s*)+$").expect("a constant pattern"));
/// A payload, perhaps after its URL.
static PAYLOAD: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^((GET|PUT|POST|DELETE)\s+)?(https?://\S+\s+)?[{\[]").expect("a constant pattern"));

/// Takes a page apart.
pub(super) fn read(text: &str) -> Vec<Block> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut blocks = Vec::new();
    let raw: Vec<&str> = text.lines().collect();
    let heads = heads(&lines, &mut blocks);
    let (mut at, mut titled, mut example) = (0, false, false);
    while at < lines.len() {
        let line = Line { number: at + 1, text: lines[at].to_owned() };
        if let Some(columns) = heads.get(&at) {
            let (grid, end) = table(&lines, at, *columns, &heads, &mut blocks);
            blocks.push(Block::Table(grid));
            at = end;
            continue;
        }
        if tabs::begins(raw[at]) {
            at = tabs::table(&raw, at, &mut blocks);
            continue;
        }
        if is_heading(lines[at]) || !titled && !lines[at].is_empty() {
            titled = true;
            example = lines[at].to_lowercase().starts_with("example");
            blocks.push(Block::Heading(line));
        } else if example && PAYLOAD.is_match(lines[at]) {
            let end = payload_end(&lines, at);
            blocks.push(Block::Code(Line { number: at + 1, text: lines[at..end].join("\n") }));
            at = end;
            continue;
        } else if !lines[at].is_empty() {
            blocks.push(Block::Text(line));
        }
        at += 1;
    }
    blocks
}

pub(super) fn is_heading(line: &str) -> bool {
    HEADINGS.contains(&line.to_lowercase().as_str())
}

/// The first line of each table, and how many columns it has.
fn heads(lines: &[&str], blocks: &mut Vec<Block>) -> BTreeMap<usize, usize> {
    let mut heads = BTreeMap::new();
    for (rule, line) in lines.iter().enumerate().filter(|(_, line)| RULE.is_match(line)) {
        let columns = line.matches('|').count();
        match rule.checked_sub(columns) {
            Some(first) if lines[first..rule].iter().all(|cell| cell.ends_with('|')) => {
                heads.insert(first, columns);
            }
            _ => {
                let text = format!("a table: {columns} columns, but fewer column names above them");
                blocks.push(Block::UnreadTable(Line { number: rule + 1, text }));
            }
        }
    }
    heads
}

/// Reads the table that begins at a line; returns the line after it.
fn table(
    lines: &[&str],
    first: usize,
    columns: usize,
    heads: &BTreeMap<usize, usize>,
    blocks: &mut Vec<Block>,
) -> (Grid, usize) {
    let head = |cell: &str| cell.trim_end_matches('|').trim().to_owned();
    let names = lines[first..first + columns].iter().map(|cell| head(cell)).collect();
    let mut grid = Grid { line: first + 1, columns: names, ..Grid::default() };
    let mut at = first + columns + 1;
    // A row begins with its name, which is one line: a line without an end of cell does not begin a row.
    while at < lines.len() && lines[at].ends_with('|') && !heads.contains_key(&at) {
        let begin = at;
        let mut row: Vec<Cell> = vec![Cell::new()];
        while at < lines.len() && !heads.contains_key(&at) && !is_heading(lines[at]) {
            let text = lines[at].trim_end_matches('|').trim().to_owned();
            if let Some(cell) = row.last_mut() {
                cell.push(Line { number: at + 1, text });
            }
            let ends = lines[at].ends_with('|');
            at += 1;
            if ends && row.len() == columns {
                break;
            }
            if ends {
                row.push(Cell::new());
            }
        }
        if row.len() == columns && lines[at - 1].ends_with('|') {
            grid.rows.push(row);
        } else {
            let text = "an incomplete row of a table".to_owned();
            blocks.push(Block::Unread(Line { number: begin + 1, text }));
        }
    }
    (grid, at)
}

/// A payload ends before the next heading, status or caption.
fn payload_end(lines: &[&str], first: usize) -> usize {
    let ends =
        |line: &&str| is_heading(line) || line.starts_with("- ") || line.to_lowercase().starts_with("status code:");
    let rest =
        lines.iter().skip(first + 1).position(|line| ends(line) || PAYLOAD.is_match(line) && line.contains("://"));
    rest.map_or(lines.len(), |length| first + 1 + length)
}
