//! The reports for programs, as JSON: what the gate serialises, and nothing else.

use std::collections::BTreeMap;
use std::io::{self, Write};

use drs_gate::{Assessment, Date, Decision, Doubt, FailOn, PrecheckReport, Source, Verdict, WaiverUse};
use drs_types::Misfit;
use serde::Serialize;

/// Writes one document.
pub(crate) fn document(out: &mut dyn Write, document: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, document)?;
    writeln!(out)
}

/// Writes one document per task, one per line, and a last one with everything else.
pub(crate) fn lines(out: &mut dyn Write, assessment: &Assessment) -> io::Result<()> {
    for task in &assessment.tasks {
        serde_json::to_writer(&mut *out, task)?;
        writeln!(out)?;
    }
    serde_json::to_writer(&mut *out, &Last::of(assessment))?;
    writeln!(out)
}

/// The assessment without its tasks. A test holds its members to those of the assessment.
#[derive(Serialize)]
struct Last<'a> {
    decision: Decision,
    source: &'a Source,
    today: Date,
    fail_on: FailOn,
    verdicts: &'a BTreeMap<Verdict, usize>,
    #[serde(skip_serializing_if = "<[Doubt]>::is_empty")]
    doubts: &'a [Doubt],
    #[serde(skip_serializing_if = "<[WaiverUse]>::is_empty")]
    waivers: &'a [WaiverUse],
    #[serde(skip_serializing_if = "<[PrecheckReport]>::is_empty")]
    unrequested: &'a [PrecheckReport],
    #[serde(skip_serializing_if = "<[Misfit]>::is_empty")]
    misfits: &'a [Misfit],
}

impl<'a> Last<'a> {
    fn of(assessment: &'a Assessment) -> Self {
        Self {
            decision: assessment.decision,
            source: &assessment.source,
            today: assessment.today,
            fail_on: assessment.fail_on,
            verdicts: &assessment.verdicts,
            doubts: &assessment.doubts,
            waivers: &assessment.waivers,
            unrequested: &assessment.unrequested,
            misfits: &assessment.misfits,
        }
    }
}
