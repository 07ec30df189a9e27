//! The blocks of a page in either layout: headings, tables, payloads and lines, each with its line number.

use std::sync::LazyLock;

use regex::{Captures, Regex};

/// One line. It keeps the emphasis of reStructuredText, which marks values.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Counted from 1.
    pub(super) number: usize,
    pub(super) text: String,
}

/// The lines of one cell, without the border.
pub(super) type Cell = Vec<Line>;

/// One part of a page, in the order of the page.
#[derive(Debug)]
pub(super) enum Block {
    Heading(Line),
    /// The stable name of the next block.
    Label(String),
    Text(Line),
    /// A code block; its number is that of its first line.
    Code(Line),
    Table(Grid),
    /// A table that could not be read, and why.
    UnreadTable(Line),
    /// Another part that could not be read, and why.
    Unread(Line),
}

/// A table of cells without meaning.
#[derive(Debug, Default)]
pub(super) struct Grid {
    pub(super) line: usize,
    /// Number and name, when the page gives them.
    pub(super) caption: Option<String>,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// `` :ref:`Text <label>` ``
pub(super) static REFERENCE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r":ref:`([^`<]*?)\s*<([^>`]*)>`").expect("a constant pattern"));

static ESCAPE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\\(.)").expect("a constant pattern"));

/// The text without emphasis, references and escapes.
pub(super) fn plain(marked: &str) -> String {
    let text = REFERENCE.replace_all(marked, "$1");
    let text = text.replace("**", "").replace("``", "");
    let text = ESCAPE.replace_all(&text, |escape: &Captures<'_>| escape[1].trim().to_owned());
    text.trim().to_owned()
}

/// The text of a cell in one line, without emphasis.
pub(super) fn words(cell: &Cell) -> String {
    let lines: Vec<String> = cell.iter().map(|line| plain(&line.text)).filter(|text| !text.is_empty()).collect();
    lines.join(" ")
}
