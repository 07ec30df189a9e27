//! Grid tables of `+---+` and simple tables of `====`.

use super::blocks::{Cell, Line, words};

/// Column names and rows.
pub(super) type Cells = (Vec<String>, Vec<Vec<Cell>>);

/// Whether a table begins with this line.
pub(super) fn begins(line: &str) -> bool {
    is_grid_border(line) || is_simple_border(line)
}

/// How many of these lines belong to the table that begins with the first.
pub(super) fn length(lines: &[&str]) -> usize {
    let to_blank = lines.iter().position(|line| line.is_empty()).unwrap_or(lines.len());
    let first = lines.first().copied().unwrap_or_default();
    let indent = first.len() - first.trim_start().len();
    if !is_simple_border(first.trim_start()) {
        return to_blank;
    }
    // A simple table may contain empty lines: it ends with its third border.
    let mut borders = 0;
    for (at, line) in lines.iter().enumerate() {
        let inside = line.is_empty() || line.len() - line.trim_start().len() >= indent;
        if !inside || is_simple_border(line.trim_start()) && *line != first {
            break;
        }
        borders += usize::from(*line == first);
        if borders == 3 {
            return at + 1;
        }
    }
    to_blank
}

/// Splits a table into cells.
///
/// # Errors
/// Where and why it cannot be read.
pub(super) fn cells(lines: &[Line]) -> Result<Cells, Line> {
    let indent = |line: &Line| line.text.len() - line.text.trim_start().len();
    let least = lines.iter().filter(|line| !line.text.is_empty()).map(indent).min().unwrap_or(0);
    let rows: Vec<(usize, Vec<char>)> =
        lines.iter().map(|line| (line.number, line.text.get(least..).unwrap_or_default().chars().collect())).collect();
    match lines.first().map(|line| line.text.trim_start()) {
        Some(border) if is_grid_border(border) => grid(&rows),
        Some(border) if is_simple_border(border) => simple(&rows),
        Some(_) => Err(problem(rows[0].0, "unknown kind of table")),
        None => Err(problem(0, "nothing after the caption")),
    }
}

fn is_grid_border(line: &str) -> bool {
    line.len() > 2 && line.starts_with('+') && line.ends_with('+') && line.chars().all(|sign| "+-=".contains(sign))
}

fn is_simple_border(line: &str) -> bool {
    line.contains("= =") && line.chars().all(|sign| sign == '=' || sign == ' ')
}

pub(super) fn problem(number: usize, text: &str) -> Line {
    Line { number, text: text.to_owned() }
}

/// A grid table without cells over several columns or rows.
fn grid(lines: &[(usize, Vec<char>)]) -> Result<Cells, Line> {
    let corners: Vec<usize> =
        lines[0].1.iter().enumerate().filter(|(_, sign)| **sign == '+').map(|(at, _)| at).collect();
    let (mut head, mut rows) = (None, Vec::new());
    let mut row = vec![Cell::new(); corners.len() - 1];
    for (number, line) in &lines[1..] {
        let corner = |sign: char| corners.iter().all(|at| line.get(*at) == Some(&sign));
        if corner('+') && line.iter().all(|sign| "+-=".contains(*sign)) {
            let done = std::mem::replace(&mut row, vec![Cell::new(); corners.len() - 1]);
            if !line.contains(&'=') {
                rows.push(done);
            } else if head.is_some() || !rows.is_empty() {
                return Err(problem(*number, "the header has more than one row"));
            } else {
                head = Some(done);
            }
        } else if corner('|') {
            for (cell, edges) in row.iter_mut().zip(corners.windows(2)) {
                let text: String = line[edges[0] + 1..edges[1]].iter().collect();
                // One space separates the text from the border; more are the indent of a list.
                let text = text.strip_prefix(' ').unwrap_or(&text).trim_end().to_owned();
                cell.push(Line { number: *number, text });
            }
        } else {
            return Err(problem(*number, "a cell spans several columns or rows, or a border is out of line"));
        }
    }
    match head {
        Some(head) => Ok((names(&head), rows)),
        None => Err(problem(lines[0].0, "no header")),
    }
}

/// A simple table. The last column may be wider than its border.
fn simple(lines: &[(usize, Vec<char>)]) -> Result<Cells, Line> {
    let border = &lines[0].1;
    let starts: Vec<usize> =
        (0..border.len()).filter(|at| border[*at] == '=' && (*at == 0 || border[*at - 1] == ' ')).collect();
    let mut parts: Vec<Vec<Vec<Cell>>> = vec![Vec::new()];
    for (number, line) in &lines[1..] {
        if is_simple_border(&line.iter().collect::<String>()) {
            parts.push(Vec::new());
            continue;
        }
        if starts[1..].iter().any(|start| line.get(start - 1).is_some_and(|sign| *sign != ' ')) {
            return Err(problem(*number, "a cell spans several columns"));
        }
        let slice = |index: usize| -> Line {
            let end = starts.get(index + 1).copied().unwrap_or(line.len()).min(line.len());
            let text: String = line.get(starts[index]..end).unwrap_or_default().iter().collect();
            Line { number: *number, text: text.trim().to_owned() }
        };
        let cells: Vec<Line> = (0..starts.len()).map(slice).collect();
        let Some(part) = parts.last_mut() else { continue };
        match part.last_mut() {
            // With an empty first column, a line continues the row above.
            Some(row) if cells[0].text.is_empty() => row.iter_mut().zip(cells).for_each(|(cell, line)| cell.push(line)),
            _ if cells.iter().all(|cell| cell.text.is_empty()) => {}
            _ => part.push(cells.into_iter().map(|line| vec![line]).collect()),
        }
    }
    match parts.as_mut_slice() {
        [head, rows, end] if head.len() == 1 && end.is_empty() => Ok((names(&head[0]), std::mem::take(rows))),
        _ => Err(problem(lines[0].0, "expected a header between two borders, rows and a third border")),
    }
}

pub(super) fn names(head: &[Cell]) -> Vec<String> {
    head.iter().map(words).collect()
}
