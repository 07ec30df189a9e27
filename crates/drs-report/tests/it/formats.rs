//! What people read, in each format.

use drs_report::{Format, Options};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::{item, items, one, passed, plain, rendered, sample};

#[test]
fn text_shows_findings_first_and_wraps_at_the_width() {
    for width in [80, 140] {
        let text = rendered(Format::Text, &sample(), &Options::default().with_width(width));
        assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
        assert_snapshot!(format!("text_{width}"), text);
    }
}

#[test]
fn text_of_one_task_counts_passed_items_by_group_and_lists_them_on_request() {
    let report = items(&json!([passed("network", "one"), passed("network", "two"), passed("db_version", "three")]));
    assert_snapshot!("text_passed", plain(Format::Text, &one(&report)));
    assert_snapshot!("text_all", rendered(Format::Text, &one(&report), &Options::default().with_all(true)));
}

#[test]
fn text_has_colors_only_on_request() {
    let assessment = sample();
    assert!(!plain(Format::Text, &assessment).contains('\u{1b}'));
    let colored = rendered(Format::Text, &assessment, &Options::default().with_colors(true));
    assert!(colored.contains("\u{1b}[31;1mFAILED") || colored.contains("\u{1b}[1m\u{1b}[31mFAILED"), "{colored:?}");
}

#[test]
fn markdown_has_a_section_per_task_the_worst_first() {
    assert_snapshot!("markdown", plain(Format::Markdown, &sample()));
}

#[test]
fn junit_has_a_suite_per_task() {
    assert_snapshot!("junit", plain(Format::Junit, &sample()));
}

#[test]
fn sarif_has_a_result_per_finding_and_task() {
    let sarif: Value = serde_json::from_str(&plain(Format::Sarif, &sample())).unwrap();
    assert_snapshot!(
        "sarif",
        serde_json::to_string_pretty(&sarif).unwrap().replace(env!("CARGO_PKG_VERSION"), "VERSION")
    );
}

#[test]
fn ndjson_has_a_line_per_task_and_a_last_one_with_everything_else() {
    let assessment = sample();
    let lines: Vec<Value> =
        plain(Format::Ndjson, &assessment).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let document: Value = serde_json::from_str(&plain(Format::Json, &assessment)).unwrap();
    let (last, tasks) = lines.split_last().unwrap();
    assert_eq!(json!(tasks), document["tasks"]);
    let mut others = document.clone();
    others.as_object_mut().unwrap().remove("tasks");
    assert_eq!(*last, others);
    // Every member that is left out when empty is there, so that none can be forgotten.
    let mut assessment = assessment;
    assessment.doubts.push(drs_gate::Doubt::NoTasks);
    assessment
        .misfits
        .push(serde_json::from_value(json!({ "pointer": "/count", "expected": "integer", "found": "x" })).unwrap());
    let schema = schemars::schema_for!(drs_gate::Assessment);
    let members = schema.as_object().unwrap()["properties"].as_object().unwrap().len();
    let text = plain(Format::Ndjson, &assessment);
    let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(last.as_object().unwrap().len() + 1, members, "{last}");
}

#[test]
fn each_format_says_that_the_source_is_an_emulator() {
    let mut assessment = sample();
    for format in Format::ALL {
        let text = plain(format, &assessment);
        assert!(text.contains("failing-mysql"), "{format}: {text}");
    }
    assessment.source.synthetic = None;
    for format in Format::ALL {
        let text = plain(format, &assessment).to_lowercase();
        let says =
            text.contains("emulator") || text.contains("\"embedded\":true") || text.contains("\"embedded\": true");
        assert!(says, "{format}: {text}");
    }
}

#[test]
fn a_value_is_cut_unless_all_is_asked_for() {
    let long = "x".repeat(1000);
    let assessment = one(&items(&json!([item("a", "g", "FAILED", &long)])));
    for format in [Format::Text, Format::Markdown, Format::Html] {
        let cut = plain(format, &assessment).replace("\n    ", "");
        assert!(cut.contains("… (1000 characters)") && !cut.contains(&long), "{format}");
        let options = Options::default().with_all(true).with_width(2000);
        assert!(rendered(format, &assessment, &options).contains(&long), "{format}");
    }
}
