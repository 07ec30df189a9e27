//! A report on two versions for a review and for a program.

use serde_json::{Value, json};
use xtask::compat::{Change, Effect, Format, Report, Who, render};
use xtask::schema::Problem;

fn report(effect: Effect) -> Report {
    let mut report = Report::default();
    let what = Problem::of_file("schemas/v3/send_parcels/schema.json", "`size` is a | b");
    report.add("send_parcels", vec![Change { effect, who: Who::Sends, what, gone: false }]);
    report
}

#[test]
fn only_a_breaking_change_makes_a_report_breaking() {
    let found = [Effect::None, Effect::Additive, Effect::Breaking].map(|effect| report(effect).is_breaking());
    assert_eq!(found, [false, false, true]);
}

#[test]
fn a_report_is_json_for_a_program() {
    let value: Value = serde_json::from_str(&render(&report(Effect::Breaking), "main", Format::Json)).unwrap();
    assert_eq!((&value["breaking"], &value["base"]), (&json!(true), &json!("main")));
    assert_eq!(value["operations"]["send_parcels"], json!({ "requests": "breaking", "responses": "none" }));
    assert_eq!(value["changes"][0]["file"], "schemas/v3/send_parcels/schema.json");
}

#[test]
fn a_report_is_a_table_for_a_review() {
    let text = render(&report(Effect::Additive), "main", Format::Markdown);
    assert!(text.contains("| additive | requests | `size` is a \\| b | `send_parcels` |"), "{text}");
}
