//! The gate never takes the report of an earlier pre-check for the one that was just started.

use std::time::Duration;

use drs_gate::{CallFailure, Outcome, PrecheckReport, Progress, RunWatch, SETTLE};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{outcome, report};

fn at(progress: &str) -> Outcome {
    with(progress, "PASSED")
}

fn with(progress: &str, result: &str) -> Outcome {
    outcome(
        json!({ "progress": progress, "result": true, "items": [{ "item": "a", "result": result }, { "item": "b" }] }),
    )
}

fn refused(temporary: Value) -> Outcome {
    outcome(json!({ "refusal": { "code": "C", "temporary": temporary } }))
}

/// Observes outcomes, ten seconds apart; returns the progress after each.
fn watched(before: Outcome, seen: &[Outcome]) -> Vec<Progress> {
    let mut watch = RunWatch::new(before, Duration::from_secs(30));
    (0..).zip(seen).map(|(index, outcome)| watch.observe(Duration::from_secs(10 * index), outcome)).collect()
}

use Progress::{Final, Pending, Stale};

#[test]
fn a_report_at_100_percent_counts_after_progress_was_seen() {
    assert_eq!(watched(at("100%"), &[at("100%"), at("30%"), at("100%")]), [Pending, Pending, Final]);
}

#[test]
fn a_report_at_100_percent_counts_when_it_differs_from_the_one_before() {
    assert_eq!(watched(with("100%", "FAILED"), &[with("100%", "FAILED"), at("100%")]), [Pending, Final]);
    assert_eq!(watched(at("100%"), &[at("100%"), with("100%", "FAILED")]), [Pending, Final]);
}

#[test]
fn a_report_at_100_percent_counts_when_there_was_none_before() {
    assert_eq!(watched(refused(json!(false)), &[at("100%")]), [Final]);
}

#[test]
fn a_report_that_stays_the_same_for_the_settle_time_is_stale() {
    let same = [at("100%"), at("100%"), at("100%"), at("100%")];
    assert_eq!(watched(at("100%"), &same), [Pending, Pending, Pending, Stale]);
    // A failed call in between is no observation of a report, so the time starts again.
    let failure = Outcome::CallFailed(CallFailure::default());
    let seen = [at("100%"), at("100%"), failure, at("100%"), at("100%")];
    assert_eq!(watched(at("100%"), &seen), [Pending; 5]);
}

#[test]
fn the_same_items_in_another_order_are_the_same_report() {
    let mut other = report(json!({}));
    if let Outcome::Reported(before) = at("100%") {
        other = *before;
    }
    other.items.as_mut().unwrap().reverse();
    assert_eq!(watched(at("100%"), &[other.into()]), [Pending]);
}

#[test]
fn a_report_that_was_not_read_whole_does_not_differ() {
    let misfit = json!([{ "pointer": "/x", "expected": "a string", "found": "1" }]);
    let damaged = |result: &str| {
        outcome(
            json!({ "progress": "100%", "result": true, "misfits": misfit, "items": [{ "item": "a", "result": result }] }),
        )
    };
    assert_eq!(watched(at("100%"), &[damaged("PASSED")]), [Pending]);
    assert_eq!(watched(damaged("PASSED"), &[at("100%")]), [Pending]);
}

#[test]
fn without_knowledge_of_the_report_before_only_progress_counts() {
    for before in
        [Outcome::Missing, Outcome::CallFailed(CallFailure::default()), refused(json!(true)), refused(json!(null))]
    {
        assert_eq!(watched(before.clone(), &[at("100%")]), [Pending], "{before:?}");
        assert_eq!(watched(before.clone(), &[at("9%"), at("100%")]), [Pending, Final], "{before:?}");
    }
}

#[test]
fn a_pre_check_that_ran_before_the_start_counts_only_after_its_progress_fell() {
    assert_eq!(watched(at("50%"), &[at("60%"), at("100%"), at("100%")]), [Pending; 3]);
    assert_eq!(watched(at("50%"), &[at("60%"), at("10%"), at("100%")]), [Pending, Pending, Final]);
}

#[test]
fn a_service_that_says_no_more_is_final_after_the_settle_time() {
    let failure = || Outcome::CallFailed(CallFailure::default());
    for end in [Outcome::Missing, refused(json!(false)), failure(), outcome(json!({ "progress": "done" }))] {
        let seen = [end.clone(), end.clone(), end.clone(), end.clone()];
        assert_eq!(watched(at("100%"), &seen), [Pending, Pending, Pending, Final], "{end:?}");
    }
    let seen = [Outcome::Missing, failure(), Outcome::Missing, failure(), at("7%")];
    assert_eq!(watched(at("100%"), &seen), [Pending; 5]);
}

fn any_outcome() -> impl Strategy<Value = Outcome> {
    let progress = prop::sample::select(vec!["0%", "40%", "41.5%", "99.9%", "100%", "100%", "100%", "done"]);
    let result = prop::sample::select(vec!["PASSED", "FAILED"]);
    prop_oneof![
        6 => (progress, result).prop_map(|(progress, result)| with(progress, result)),
        1 => Just(Outcome::Missing),
        1 => Just(refused(json!(false))),
        1 => Just(Outcome::CallFailed(CallFailure::default())),
    ]
}

fn complete(outcome: &Outcome) -> Option<&PrecheckReport> {
    outcome.report().filter(|report| report.is_complete())
}

proptest! {
    /// The worst error of a gate: nothing that could be the report of before the start is ever final.
    #[test]
    fn the_report_of_before_the_start_is_never_final(
        before in any_outcome(),
        seen in prop::collection::vec((any_outcome(), 0_u64..200), 1..12),
    ) {
        let mut watch = RunWatch::new(before.clone(), SETTLE);
        let (mut time, mut is_running) = (0, false);
        for (outcome, pause) in seen {
            time += pause;
            let progress = watch.observe(Duration::from_secs(time), &outcome);
            let report = outcome.report();
            is_running |= report.is_some_and(PrecheckReport::is_running);
            if let Some(report) = report.filter(|report| report.is_running()) {
                prop_assert_eq!(progress, Progress::Pending, "{:?}", report);
            }
            let same = |report: &PrecheckReport| complete(&before).is_some_and(|before| report.is_same_as(before));
            if complete(&outcome).is_some_and(same) && !is_running {
                prop_assert_ne!(progress, Progress::Final);
            }
            if progress == Progress::Stale {
                prop_assert!(complete(&outcome).is_some());
            }
        }
    }

    /// A watch ends: an outcome that stays is not pending for longer than the settle time, unless it is progress.
    #[test]
    fn an_outcome_that_stays_ends_the_watch(before in any_outcome(), end in any_outcome()) {
        let mut watch = RunWatch::new(before, SETTLE);
        watch.observe(Duration::ZERO, &end);
        let progress = watch.observe(SETTLE, &end);
        prop_assert_eq!(progress == Progress::Pending, end.report().is_some_and(PrecheckReport::is_running));
    }
}
