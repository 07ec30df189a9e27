//! A report as text, as Markdown for a review, and as JSON for a program.

use serde_json::{Map, Value, json};

use super::report::{Change, Impact, Report};

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, clap::ValueEnum)]
pub enum Format {
    /// For a terminal.
    #[default]
    Text,
    /// An object with the operations and the changes.
    Json,
    /// A table of the changes.
    Markdown,
}

/// A report in a format; `base` names what the working tree was compared with.
#[must_use]
pub fn render(report: &Report, base: &str, format: Format) -> String {
    match format {
        Format::Text => format!("The working tree, compared with {base}.\n\n{report}"),
        Format::Json => format!("{:#}\n", json(report, base)),
        Format::Markdown => markdown(report, base),
    }
}

fn json(report: &Report, base: &str) -> Value {
    let effects = |Impact { wire, rust }| json!({ "wire": wire.to_string(), "rust": rust.to_string() });
    let operations: Map<String, Value> =
        report.operations.iter().map(|(id, impact)| (id.clone(), effects(*impact))).collect();
    let changes = report.changes.iter().map(|(Change { impact, part, what, in_base }, operations)| {
        json!({
            "wire": impact.wire.to_string(), "rust": impact.rust.to_string(), "part": part.to_string(),
            "message": what.message, "file": what.file, "line": what.line, "pointer": what.pointer,
            "in_base": in_base, "operations": operations,
        })
    });
    let changes: Vec<Value> = changes.collect();
    let Impact { wire, rust } = report.impact();
    json!({
        "base": base, "wire": wire.to_string(), "rust": rust.to_string(), "operations": operations, "changes": changes,
    })
}

fn markdown(report: &Report, base: &str) -> String {
    let mut out = format!("Compared with {base}.\n");
    if report.changes.is_empty() {
        return out + "\nNothing changed on the wire or in Rust.\n";
    }
    out.push_str("\n| wire | Rust | change | part | operations |\n|---|---|---|---|---|\n");
    for (Impact { wire, rust }, changes) in report.by_impact() {
        for (change, operations) in changes {
            let operations: Vec<String> = operations.iter().map(|id| format!("`{id}`")).collect();
            let (message, part) = (change.what.message.replace('|', "\\|"), change.part);
            out.push_str(&format!("| {wire} | {rust} | {message} | {part} | {} |\n", operations.join(", ")));
        }
    }
    out
}
