//! reStructuredText, as the vendor's documentation uses it: titles, labels, tables, code.

use super::blocks::{Block, Grid, Line};
use super::rst_lists;
use super::rst_tables::{self, Cells};

/// Splits a page into blocks.
pub(super) fn read(text: &str) -> Vec<Block> {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let mut reader = Reader { lines, at: 0, blocks: Vec::new() };
    while reader.at < reader.lines.len() {
        reader.step();
    }
    reader.blocks
}

/// Whether a page is reStructuredText, and not the plain layout.
pub(super) fn is_rst(text: &str) -> bool {
    text.lines().any(|line| {
        let start = line.trim();
        start.starts_with(".. ") || start.starts_with(":original_name:") || rst_tables::begins(start)
    })
}

/// Directives without facts: what they contain is prose, or nothing.
const PROSE: [&str; 18] = [
    "admonition",
    "attention",
    "caution",
    "contents",
    "danger",
    "error",
    "figure",
    "hint",
    "image",
    "important",
    "index",
    "meta",
    "note",
    "only",
    "rubric",
    "tip",
    "toctree",
    "warning",
];

struct Reader<'a> {
    lines: Vec<&'a str>,
    at: usize,
    blocks: Vec<Block>,
}

impl<'a> Reader<'a> {
    /// Reads the block that begins here, and moves to the next one.
    fn step(&mut self) {
        let line = self.lines[self.at];
        let text = line.trim_start();
        if let Some(label) = text.strip_prefix(".. _").and_then(|label| label.strip_suffix(':')) {
            self.blocks.push(Block::Label(label.to_owned()));
        } else if let Some((name, argument)) = text.strip_prefix(".. ").and_then(|text| text.split_once("::")) {
            match name {
                "table" => {
                    self.options();
                    self.skip_blank();
                    return self.table(Some(argument.trim().to_owned()));
                }
                "list-table" => return self.list_table(argument.trim()),
                "code-block" | "code" | "sourcecode" => return self.code(),
                _ if PROSE.contains(&name) || name.contains(' ') => {}
                _ => {
                    let text = format!("the directive `{name}` is not supported");
                    let (line, is_table) = (self.line(&text), name.ends_with("-table"));
                    self.body();
                    self.blocks.push(if is_table { Block::UnreadTable(line) } else { Block::Unread(line) });
                    return;
                }
            }
        } else if rst_tables::begins(text) {
            self.table(None);
            return;
        } else if self.is_title() {
            self.blocks.push(Block::Heading(self.line(text)));
            self.at += 1;
        } else if !text.is_empty() && !text.starts_with(".. ") && !text.starts_with(':') {
            self.blocks.push(Block::Text(self.line(text)));
        }
        self.at += 1;
    }

    fn line(&self, text: &str) -> Line {
        Line { number: self.at + 1, text: text.to_owned() }
    }

    fn skip_blank(&mut self) {
        while self.lines.get(self.at).is_some_and(|line| line.is_empty()) {
            self.at += 1;
        }
    }

    /// A title is underlined over its whole length by one sign.
    fn is_title(&self) -> bool {
        let title = self.lines[self.at];
        let Some(under) = self.lines.get(self.at + 1) else { return false };
        let sign = under.chars().next().filter(|sign| "=-~^\"*#+".contains(*sign));
        !title.is_empty()
            && !title.starts_with(' ')
            && under.chars().count() >= title.chars().count().max(3)
            && sign.is_some_and(|sign| under.chars().all(|other| other == sign))
    }

    /// A table ends before the next empty line, a simple table with its last border.
    fn table(&mut self, caption: Option<String>) {
        let first = self.at;
        let rest = &self.lines[first..];
        let length = rst_tables::length(rest);
        self.at = first + length.max(1);
        let lines: Vec<Line> = (first + 1..)
            .zip(&rest[..length])
            .map(|(number, text)| Line { number, text: (*text).to_owned() })
            .collect();
        self.add_table(first + 1, caption, rst_tables::cells(&lines));
    }

    fn list_table(&mut self, caption: &str) {
        let line = self.at + 1;
        let (options, body) = self.body();
        let cells = rst_lists::cells(&options, &body);
        self.add_table(line, Some(caption.to_owned()), cells);
    }

    fn add_table(&mut self, line: usize, caption: Option<String>, cells: Result<Cells, Line>) {
        self.blocks.push(match cells {
            Ok((columns, rows)) => Block::Table(Grid { line, caption, columns, rows }),
            Err(Line { number, text }) => {
                let number = if number == 0 { line } else { number };
                let name = caption.map(|caption| format!(" \"{}\"", super::blocks::plain(&caption)));
                let text = format!("a table{}: {text}", name.unwrap_or_default());
                Block::UnreadTable(Line { number, text })
            }
        });
    }

    fn code(&mut self) {
        let at = self.at;
        let (_, body) = self.body();
        let number = body.first().map_or(at + 1, |line| line.number);
        let text = body.into_iter().map(|line| line.text).collect::<Vec<_>>().join("\n");
        self.blocks.push(Block::Code(Line { number, text }));
    }

    /// The options of the directive here, and its body without the indent: the lines that are indented further.
    fn body(&mut self) -> (Vec<&'a str>, Vec<Line>) {
        let indent = |line: &str| line.len() - line.trim_start().len();
        let outer = indent(self.lines[self.at]);
        let options = self.options();
        self.skip_blank();
        let first = self.at;
        while self.lines.get(self.at).is_some_and(|line| line.is_empty() || indent(line) > outer) {
            self.at += 1;
        }
        let body = &self.lines[first..self.at];
        let inner = body.iter().filter(|line| !line.is_empty()).map(|line| indent(line)).min().unwrap_or(0);
        let end = body.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
        let line =
            |(number, line): (usize, &&str)| Line { number, text: line.get(inner..).unwrap_or_default().to_owned() };
        (options, (first + 1..).zip(&body[..end]).map(line).collect())
    }

    /// The options in the lines after the directive here.
    fn options(&mut self) -> Vec<&'a str> {
        let lines = self.lines[self.at + 1..].iter().map(|line| line.trim_start());
        let options: Vec<&str> = lines.take_while(|line| line.starts_with(':')).collect();
        self.at += 1 + options.len();
        options
    }
}
