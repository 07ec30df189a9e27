//! A report as text, as Markdown for a review, and as JSON for a program.

use serde_json::{Value, json};

use super::report::{Change, Report, Who};

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, clap::ValueEnum)]
pub enum Format {
    /// For a terminal.
    #[default]
    Text,
    /// An object with the operations and the changes.
    Json,
    /// Two tables.
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

fn who(change: &Change) -> &'static str {
    match change.who {
        Who::Sends => "requests",
        Who::Reads => "responses",
        Who::Everyone => "both",
    }
}

fn json(report: &Report, base: &str) -> Value {
    let operations = report.operations.iter().map(|(id, verdict)| {
        let verdict = json!({ "requests": verdict.sends.to_string(), "responses": verdict.reads.to_string() });
        (id.clone(), verdict)
    });
    let changes = report.changes.iter().map(|(change, operations)| {
        json!({
            "effect": change.effect.to_string(), "for": who(change), "message": change.what.message,
            "file": change.what.file, "line": change.what.line, "pointer": change.what.pointer,
            "in_base": change.gone, "operations": operations,
        })
    });
    let (operations, changes): (serde_json::Map<String, Value>, Vec<Value>) = (operations.collect(), changes.collect());
    json!({ "base": base, "breaking": report.is_breaking(), "operations": operations, "changes": changes })
}

fn markdown(report: &Report, base: &str) -> String {
    let mut out = format!("Compared with {base}.\n");
    if report.changes.is_empty() {
        return out + "\nNothing changed.\n";
    }
    out.push_str("\n| effect | for | change | operations |\n|---|---|---|---|\n");
    for (change, operations) in report.changes.iter().rev() {
        let operations: Vec<String> = operations.iter().map(|id| format!("`{id}`")).collect();
        let message = change.what.message.replace('|', "\\|");
        out.push_str(&format!("| {} | {} | {message} | {} |\n", change.effect, who(change), operations.join(", ")));
    }
    out
}
