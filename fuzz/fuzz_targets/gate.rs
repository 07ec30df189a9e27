//! The gate: whatever the policy and the response say, nothing passes that the policy does not accept.
#![no_main]

use drs_gate::{Decision, FailOn, ItemVerdict, Policy, assess, v3};
use drs_types::operations::v3::batch_check_results::BatchCheckResultsResponse;
use drs_types::reading;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (toml, response) = text.split_once('\0').unwrap_or(("", text));
    let policy = Policy::parse(toml).unwrap_or_default();
    let Ok(response) = reading::read::<BatchCheckResultsResponse>(response.as_bytes()) else { return };
    let today = "2026-11-26".parse().expect("a date");
    let assessment = assess(v3::snapshot(&[], response), &policy, today);
    serde_json::to_string(&assessment).expect("an assessment is JSON");
    for task in assessment.tasks.iter().filter(|task| task.decision == Decision::Pass) {
        let report = task.report.as_ref().expect("a report");
        assert!(report.is_complete() && report.misfits.is_empty() && report.refusal.is_none());
        for item in report.items() {
            let verdict = ItemVerdict::of(item);
            let is_waived = policy.waivers.iter().any(|waiver| {
                item.item.as_deref().is_some_and(|name| waiver.is_for(&task.task, name)) && !waiver.is_expired(today)
            });
            let is_alarm = verdict == ItemVerdict::Alarm && policy.fail_on == FailOn::Failed;
            assert!(verdict == ItemVerdict::Passed || is_alarm || is_waived && verdict != ItemVerdict::Unclear);
        }
    }
});
