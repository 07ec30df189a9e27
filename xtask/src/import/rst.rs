//! reStructuredText, as far as the vendor's documentation sources use it: titles, labels, captioned tables, code.

use super::blocks::{Block, Grid, Line};
use super::rst_tables;

/// Takes a page apart.
pub(super) fn read(text: &str) -> Vec<Block> {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let mut reader = Reader { lines, at: 0, blocks: Vec::new() };
    while reader.at < reader.lines.len() {
        reader.step();
    }
    reader.blocks
}

/// Whether a text is reStructuredText and not the plain layout.
pub(super) fn recognises(text: &str) -> bool {
    text.lines().any(|line| line.trim_start().starts_with(".. ") || line.starts_with(":original_name:"))
}

struct Reader<'a> {
    lines: Vec<&'a str>,
    at: usize,
    blocks: Vec<Block>,
}

impl Reader<'_> {
    /// Reads the block that begins here, and goes on behind it.
    fn step(&mut self) {
        let line = self.lines[self.at];
        let text = line.trim_start();
        if let Some(label) = text.strip_prefix(".. _").and_then(|label| label.strip_suffix(':')) {
            self.blocks.push(Block::Label(label.to_owned()));
        } else if let Some(caption) = text.strip_prefix(".. table::") {
            self.at += 1;
            self.skip_blank();
            self.table(Some(caption.trim().to_owned()));
            return;
        } else if text.starts_with(".. code-block::") {
            self.code();
            return;
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

    /// Everything up to the next blank line is the table, and for a simple table up to its last border.
    fn table(&mut self, caption: Option<String>) {
        let first = self.at;
        let rest = &self.lines[first..];
        let length = rst_tables::length(rest);
        self.at = first + length.max(1);
        let lines: Vec<Line> = (first + 1..)
            .zip(&rest[..length])
            .map(|(number, text)| Line { number, text: (*text).to_owned() })
            .collect();
        let block = match rst_tables::cells(&lines) {
            Ok((columns, rows)) => Block::Table(Grid { line: first + 1, caption, columns, rows }),
            Err(Line { number, text }) => {
                let number = if number == 0 { first + 1 } else { number };
                let name = caption.map(|caption| format!(" \"{}\"", super::blocks::plain(&caption)));
                let text = format!("a table{}: {text}", name.unwrap_or_default());
                Block::UnreadTable(Line { number, text })
            }
        };
        self.blocks.push(block);
    }

    /// The lines below that are indented further than the directive.
    fn code(&mut self) {
        let indent = |line: &str| line.len() - line.trim_start().len();
        let outer = indent(self.lines[self.at]);
        self.at += 1;
        // Options of the directive.
        while self.lines.get(self.at).is_some_and(|line| line.trim_start().starts_with(':')) {
            self.at += 1;
        }
        self.skip_blank();
        let first = self.at;
        while self.lines.get(self.at).is_some_and(|line| line.is_empty() || indent(line) > outer) {
            self.at += 1;
        }
        let body = &self.lines[first..self.at];
        let inner = body.iter().filter(|line| !line.is_empty()).map(|line| indent(line)).min().unwrap_or(0);
        let text: Vec<&str> = body.iter().map(|line| line.get(inner..).unwrap_or_default()).collect();
        let text = text.join("\n").trim_end().to_owned();
        self.blocks.push(Block::Code(Line { number: first + 1, text }));
    }
}
