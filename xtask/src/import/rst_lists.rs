//! List tables: the directive `list-table`, in which a row is a list item and a cell is an item of the list in it.

use super::blocks::{Cell, Line};
use super::rst_tables::{Cells, names, problem};
use crate::count;

/// Splits a list table into cells. `lines` is the body of the directive.
///
/// # Errors
/// Where and why it cannot be read.
pub(super) fn cells(options: &[&str], lines: &[Line]) -> Result<Cells, Line> {
    let first = lines.first().map_or(0, |line| line.number);
    let headers = options.iter().find_map(|option| option.strip_prefix(":header-rows:"));
    if headers.map(str::trim) != Some("1") {
        return Err(problem(first, "expected `:header-rows: 1`"));
    }
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    // The column of the dashes, of which each begins a cell.
    let mut dash = 0;
    for Line { number, text } in lines {
        if let Some(item) = text.strip_prefix('*').filter(|item| item.trim_start().starts_with('-')) {
            dash = text.len() - item.trim_start().len();
            rows.push(Vec::new());
        }
        let Some(row) = rows.last_mut() else {
            return Err(problem(*number, "expected a row that begins with `* -`"));
        };
        let (before, rest) = text.split_at_checked(dash).unwrap_or((text, ""));
        let cell = rest.strip_prefix('-').filter(|cell| cell.is_empty() || cell.starts_with(' '));
        let line = |text: &str| Line { number: *number, text: text.strip_prefix(' ').unwrap_or(text).to_owned() };
        match (cell, row.last_mut()) {
            (Some(cell), _) => row.push(vec![line(cell)]),
            (None, Some(cell)) if before.trim().is_empty() && (rest.is_empty() || rest.starts_with(' ')) => {
                cell.push(line(rest.strip_prefix(' ').unwrap_or(rest)));
            }
            _ => return Err(problem(*number, "expected the next line of a cell, indented like its first one")),
        }
    }
    let mut rows = rows.into_iter();
    let header = rows.next().ok_or_else(|| problem(first, "no header"))?;
    let rows: Vec<Vec<Cell>> = rows.collect();
    if let Some(row) = rows.iter().find(|row| row.len() != header.len()) {
        let [cells, columns] = [(row.len(), "cell"), (header.len(), "column")].map(|(number, of)| count(number, of));
        let number = row.first().and_then(|cell| cell.first()).map_or(first, |line| line.number);
        return Err(problem(number, &format!("a row of {cells} in a table of {columns}")));
    }
    Ok((names(&header), rows))
}
