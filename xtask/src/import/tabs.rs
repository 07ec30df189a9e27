//! Tables as a browser copies them: a line for each row, tabs between the cells. A line without a tab goes on with the
//! last cell of the row above.

use super::blocks::{Block, Cell, Grid, Line};
use super::text::is_heading;
use crate::count;

/// Whether the head of a table is on this line.
pub(super) fn begins(line: &str) -> bool {
    line.contains('\t') && line.trim().contains('\t')
}

/// Reads the table that begins at a line; returns the line after it.
pub(super) fn table(lines: &[&str], first: usize, blocks: &mut Vec<Block>) -> usize {
    let columns: Vec<String> = lines[first].split('\t').map(|cell| cell.trim().to_owned()).collect();
    let mut grid = Grid { line: first + 1, caption: caption(blocks), columns, ..Grid::default() };
    let mut at = first + 1;
    while at < lines.len() && !ends(lines, at) {
        let cells: Vec<&str> = lines[at].split('\t').collect();
        let line = |text: &str| Line { number: at + 1, text: text.trim().to_owned() };
        if cells.len() == grid.columns.len() {
            grid.rows.push(cells.into_iter().map(|cell| vec![line(cell)]).collect());
        } else if let (1, Some(last)) =
            (cells.len(), grid.rows.last_mut().and_then(|row: &mut Vec<Cell>| row.last_mut()))
        {
            last.push(line(lines[at]));
        } else {
            let [cells, columns] = [(cells.len(), "cell"), (grid.columns.len(), "column")].map(|(n, of)| count(n, of));
            let text = format!("a row of {cells} in a table of {columns}");
            blocks.push(Block::Unread(Line { number: at + 1, text }));
        }
        at += 1;
    }
    blocks.push(Block::Table(grid));
    at
}

/// The line before a table, when it is the caption.
fn caption(blocks: &mut Vec<Block>) -> Option<String> {
    match blocks.last() {
        Some(Block::Text(line)) if is_caption(&line.text) => {
            let caption = line.text.clone();
            blocks.pop();
            Some(caption)
        }
        _ => None,
    }
}

fn is_caption(line: &str) -> bool {
    let number = line.strip_prefix("Table ").and_then(|rest| rest.split_whitespace().next());
    number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A table ends before a heading, a caption, a status, and an empty line after which no row follows.
fn ends(lines: &[&str], at: usize) -> bool {
    let line = lines[at].trim();
    let next = lines[at..].iter().find(|line| !line.trim().is_empty());
    line.is_empty() && !next.is_some_and(|next| begins(next))
        || is_heading(line)
        || is_caption(line)
        || line.to_lowercase().starts_with("status code:")
}
