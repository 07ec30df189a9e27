//! From the client's results to what the gate assesses.

use drs_client::batch::Miscount;
use drs_client::precheck::{self, Results};
use drs_client::{Error, Secrets};
use drs_emulator::Emulator;
use drs_gate::{CallFailure, Doubt, Outcome, PrecheckReport, Snapshot, v3};
use drs_types::common::JobId;
use drs_types::operations::v3::batch_check_jobs::PostPreCheckResp;
use drs_types::operations::v3::batch_check_results::QueryPreCheckResp;

use super::assessing::{Assessor, now};
use crate::connect::Connected;
use crate::exit::Exit;
use crate::failure::Failure;

/// Maps the results of the client.
pub(crate) fn snapshot(results: Results) -> Snapshot {
    let tasks = results.tasks.into_iter().map(|task| (task.id.into_string(), outcome(task.outcome)));
    let mut snapshot = Snapshot::new(tasks.collect());
    snapshot.unrequested = unrequested(results.unasked);
    snapshot.misfits = results.misfits;
    snapshot.doubts = miscounts(&results.miscounts);
    snapshot.source.request_ids = results.request_ids;
    snapshot
}

/// Maps the entries that no task was asked for.
pub(crate) fn unrequested(entries: Vec<QueryPreCheckResp>) -> Vec<PrecheckReport> {
    entries.into_iter().map(|entry| v3::report(entry, Vec::new())).collect()
}

/// Maps the responses that state another number of entries than they have.
pub(crate) fn miscounts(found: &[Miscount]) -> Vec<Doubt> {
    found.iter().map(|found| Doubt::CountAgainstEntries { count: found.stated, entries: found.rows }).collect()
}

/// Maps the outcome of one task.
pub(crate) fn outcome(outcome: precheck::Outcome) -> Outcome {
    use precheck::Outcome::{Contradicted, Failed, Incomplete, Missing, Refused, Reported};
    match outcome {
        Reported(entry) | Refused { entry, .. } => v3::report(*entry, Vec::new()).into(),
        Incomplete { entry, misfits } => v3::report(*entry, misfits).into(),
        Contradicted(entry) => {
            let mut report = v3::report(*entry, Vec::new());
            report.contradicted = true;
            report.into()
        }
        Missing => Outcome::Missing,
        Failed(error) => failed(&error),
        other => Outcome::CallFailed(CallFailure::new(format!("an unknown outcome: {other:?}"))),
    }
}

/// The outcome of a task whose call failed.
pub(crate) fn failed(error: &Error) -> Outcome {
    Outcome::CallFailed(Failure::from(error).into())
}

/// The outcome of a task whose pre-check the service refuses to start.
pub(crate) fn refused(id: &JobId, entry: PostPreCheckResp) -> Outcome {
    let Some(code) = entry.error_code else {
        let said = entry.error_msg.map(|message| format!(": {message}")).unwrap_or_default();
        return Outcome::CallFailed(CallFailure::new(format!("the service refuses to start the pre-check{said}")));
    };
    let mut report = PrecheckReport::default();
    report.task = Some(id.as_str().to_owned());
    report.refusal = Some(v3::refusal(&code, entry.error_msg));
    report.into()
}

/// Masks secrets that the service sends back.
pub(crate) fn mask(secrets: &Secrets, snapshot: &mut Snapshot) {
    let reported = snapshot.tasks.iter_mut().filter_map(|(_, outcome)| match outcome {
        Outcome::Reported(report) | Outcome::Stale(report) => Some(&mut **report),
        _ => None,
    });
    for report in reported.chain(&mut snapshot.unrequested) {
        *report = masked(secrets, report);
    }
}

/// Returns a report without secrets.
fn masked(secrets: &Secrets, report: &PrecheckReport) -> PrecheckReport {
    let mut value = serde_json::to_value(report).expect("a report is JSON");
    secrets.mask_value(&mut value);
    serde_json::from_value(value).expect("a masked string is a string")
}

/// Says where a snapshot comes from, masks secrets, assesses it, and stops the emulator.
///
/// # Errors
/// A report cannot be written.
pub(crate) async fn report(mut snapshot: Snapshot, connected: Connected, assessor: Assessor) -> Result<Exit, Failure> {
    let Connected { client, emulator, synthetic } = connected;
    let source = &mut snapshot.source;
    source.endpoint = Some(client.endpoint().to_owned());
    source.embedded = emulator.is_some();
    let played = emulator.as_ref().and_then(Emulator::scenario).map(|scenario| scenario.name().to_owned());
    source.synthetic = played.or_else(|| synthetic.scenario());
    source.fetched_at = Some(now());
    mask(&client.secrets(None).await, &mut snapshot);
    let reported = assessor.report(snapshot);
    if let Some(emulator) = emulator {
        emulator.stop().await;
    }
    reported
}
