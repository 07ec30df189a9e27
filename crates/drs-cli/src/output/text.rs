//! Pieces of output for people.

use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle};
use drs_types::Misfit;
use drs_types::text::{count, printable};

use crate::limits::LIMITS;

/// Describes the values of a response that do not fit the documentation: the first few, and the number of the others.
pub(crate) fn left_out(misfits: &[Misfit]) -> Vec<String> {
    let (values, are) = (count(misfits.len() as u64, "value"), if misfits.len() == 1 { "does" } else { "do" });
    let was = if misfits.len() == 1 { "was" } else { "were" };
    let first = format!("{values} of the response {are} not fit the documentation, and {was} left out:");
    let shown = misfits.iter().take(LIMITS.misfits).map(|misfit| format!("  {}", printable(&misfit.to_string())));
    let more =
        misfits.len().checked_sub(LIMITS.misfits).filter(|more| *more > 0).map(|more| format!("  and {more} more"));
    [first].into_iter().chain(shown).chain(more).collect()
}

/// Creates a table with a line below its header.
pub(crate) fn table<const N: usize>(header: [&str; N]) -> Table {
    const RULED_HEADER: TableStyle = TableStyle::new().header_separator(LineStyle::new('─', '─', '─', '─'));
    let mut table = Table::new();
    table
        .load_style(RULED_HEADER)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width())
        .set_header(header);
    table
}

/// Returns the width of the terminal in columns, within limits.
pub(crate) fn width() -> u16 {
    terminal_size::terminal_size()
        .map_or(LIMITS.width, |(terminal_size::Width(width), _)| width.clamp(LIMITS.min_width, LIMITS.max_width))
}
