//! Laws over all assessments: every format says the same decision and the same verdicts.

use drs_gate::{Assessment, Decision, FailOn, Outcome, Policy, PrecheckReport, Snapshot, assess};
use drs_report::Format;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::plain;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-zA-Z_]{1,8}",
        1 => "\\PC{0,12}",
        1 => any::<String>(),
        1 => Just("a|`b`<c>&@d\n#1".to_owned()),
    ]
}

fn result() -> impl Strategy<Value = String> {
    prop_oneof![6 => Just("PASSED".to_owned()), 2 => Just("ALARM".to_owned()), 2 => Just("FAILED".to_owned()), 1 => text()]
}

fn item() -> impl Strategy<Value = Value> {
    let name = prop_oneof![Just("one".to_owned()), Just("two".to_owned()), text()];
    (
        prop::option::of(name),
        prop::option::of(text()),
        prop::option::weighted(0.9, result()),
        prop::option::of(text()),
        any::<bool>(),
    )
        .prop_map(|(name, group, result, reason, skipped)| {
            let mut item = json!({ "skipped": skipped });
            for (key, value) in [("item", name), ("group", group), ("result", result), ("reason", reason)] {
                if let Some(value) = value {
                    item[key] = value.into();
                }
            }
            item
        })
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let progress = prop_oneof![6 => Just("100%".to_owned()), 1 => Just("42%".to_owned()), 1 => text()];
    let report = (
        progress,
        prop::option::weighted(0.9, any::<bool>()),
        prop::option::weighted(0.9, prop::collection::vec(item(), 0..5)),
        prop::option::weighted(0.1, text()),
    )
        .prop_map(|(progress, result, items, refusal)| {
            let mut report = json!({ "progress": progress });
            if let Some(result) = result {
                report["result"] = result.into();
            }
            if let Some(items) = items {
                report["items"] = items.into();
            }
            if let Some(code) = refusal {
                report["refusal"] = json!({ "code": code });
            }
            serde_json::from_value::<PrecheckReport>(report).unwrap()
        })
        .boxed();
    prop_oneof![
        8 => report.clone().prop_map(Outcome::from),
        1 => report.prop_map(|report| Outcome::Stale(Box::new(report))),
        1 => Just(Outcome::Missing),
    ]
}

fn assessment() -> impl Strategy<Value = Assessment> {
    let waiver = "[[waivers]]\nitem = \"one\"\nreason = \"r\"\nowner = \"o\"\nexpires = 2026-12-31";
    (prop::collection::vec((text(), outcome()), 0..4), any::<bool>(), any::<bool>()).prop_map(
        move |(tasks, alarm, waives)| {
            let mut policy = if waives { Policy::parse(waiver).unwrap() } else { Policy::default() };
            policy.fail_on = if alarm { FailOn::Alarm } else { FailOn::Failed };
            assess(Snapshot::new(tasks), &policy, "2026-11-26".parse().unwrap())
        },
    )
}

/// The decision and the verdict of each task, as words.
type Said = (String, Vec<String>);

fn expected(assessment: &Assessment) -> Said {
    let word = serde_json::to_value(assessment.decision).unwrap().as_str().unwrap().to_owned();
    (word, assessment.tasks.iter().map(|task| task.verdict.as_str().to_owned()).collect())
}

fn json_said(document: &Value) -> Said {
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    (
        word(&document["decision"]),
        document["tasks"].as_array().unwrap().iter().map(|task| word(&task["verdict"])).collect(),
    )
}

fn junit_said(text: &str) -> (Said, usize) {
    let report = quick_junit::Report::deserialize_from_str(text).unwrap();
    let property = |suite: &quick_junit::TestSuite, name: &str| {
        suite.properties.iter().find(|property| property.name.as_str() == name).unwrap().value.to_string()
    };
    let (first, tasks) = report.test_suites.split_first().unwrap();
    let verdicts = tasks.iter().map(|suite| property(suite, "verdict")).collect();
    ((property(first, "decision"), verdicts), report.failures + report.errors)
}

fn sarif_said(text: &str) -> (String, Value, usize) {
    let sarif: Value = serde_json::from_str(text).unwrap();
    let run = &sarif["runs"][0];
    let results = run["results"].as_array().unwrap();
    let errors = results.iter().filter(|result| result["level"] == "error").count();
    (run["properties"]["decision"].as_str().unwrap().to_owned(), run["properties"]["verdicts"].clone(), errors)
}

/// The values of an attribute of an HTML report.
fn attributes(text: &str, name: &str) -> Vec<String> {
    let start = format!(" {name}=\"");
    let values = text.split(&start).skip(1);
    values.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn all_formats_say_the_same_decision_and_verdicts(assessment in assessment()) {
        let expected = expected(&assessment);
        let document: Value = serde_json::from_str(&plain(Format::Json, &assessment)).unwrap();
        prop_assert_eq!(&json_said(&document), &expected);

        let (said, complaints) = junit_said(&plain(Format::Junit, &assessment));
        prop_assert_eq!(&said, &expected);
        prop_assert_eq!(complaints == 0, assessment.decision == Decision::Pass);

        let (decision, verdicts, errors) = sarif_said(&plain(Format::Sarif, &assessment));
        prop_assert_eq!(&decision, &expected.0);
        prop_assert_eq!(verdicts, serde_json::to_value(&assessment.verdicts).unwrap());
        prop_assert_eq!(errors == 0, assessment.decision == Decision::Pass);

        let html = plain(Format::Html, &assessment);
        prop_assert_eq!(attributes(&html, "data-decision"), [expected.0.clone()]);
        // The worst tasks come first.
        let (mut shown, mut verdicts) = (attributes(&html, "data-task-verdict"), expected.1.clone());
        shown.sort();
        verdicts.sort();
        prop_assert_eq!(shown, verdicts);

        let markdown = plain(Format::Markdown, &assessment);
        let headline = format!("Pre-check: {}", expected.0);
        prop_assert!(markdown.lines().next().unwrap().ends_with(&headline), "{}", markdown);
        for verdict in &expected.1 {
            let section = format!(" {}: ", verdict.replace('_', " "));
            prop_assert!(markdown.lines().any(|line| line.starts_with("### ") && line.contains(&section)), "{}", markdown);
        }

        let text = plain(Format::Text, &assessment);
        let decision = format!("{}: ", expected.0.to_uppercase());
        prop_assert!(text.lines().last().unwrap().starts_with(&decision), "{}", text);
        for verdict in &expected.1 {
            let line = verdict.replace('_', " ").to_uppercase();
            prop_assert!(text.lines().any(|found| found.starts_with(&line)), "{}", text);
        }
    }
}
