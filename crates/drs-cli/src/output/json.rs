//! Pre-check results for programs.

use std::io::{self, Write};

use drs_gate::{Assessment, TaskAssessment};
use serde::Serialize;
use serde_json::json;

/// A task on a line of its own.
#[derive(Serialize)]
struct Line<'a> {
    /// The scenario by which the result is made up.
    #[serde(skip_serializing_if = "Option::is_none")]
    synthetic: Option<&'a str>,
    #[serde(flatten)]
    task: &'a TaskAssessment,
}

/// Writes one document with everything.
pub(crate) fn document(out: &mut dyn Write, assessment: &Assessment) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, assessment)?;
    writeln!(out)
}

/// Writes one document per task, one per line; then what belongs to no task.
pub(crate) fn lines(out: &mut dyn Write, assessment: &Assessment) -> io::Result<()> {
    let synthetic = assessment.source.synthetic.as_deref();
    for task in &assessment.tasks {
        serde_json::to_writer(&mut *out, &Line { synthetic, task })?;
        writeln!(out)?;
    }
    for report in &assessment.unrequested {
        writeln!(out, "{}", json!({ "unrequested": report }))?;
    }
    if !assessment.doubts.is_empty() {
        writeln!(out, "{}", json!({ "doubts": assessment.doubts }))?;
    }
    if !assessment.misfits.is_empty() {
        writeln!(out, "{}", json!({ "misfits": assessment.misfits }))?;
    }
    Ok(())
}
