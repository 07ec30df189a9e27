//! A report on two versions for a review and for a program.

use serde_json::{Value, json};
use xtask::compat::{Change, Effect, Format, Impact, Part, Report, render};
use xtask::schema::Problem;

fn report(wire: Effect, rust: Effect) -> Report {
    let mut report = Report::default();
    let what = Problem::of_file("schemas/v3/send_parcels/schema.json", "`size` is a | b");
    let impact = Impact { wire, rust };
    report.add("send_parcels", vec![Change { impact, part: Part::Request, what, in_base: false }]);
    report
}

#[test]
fn a_report_is_as_bad_as_its_worst_change_in_each_category() {
    let mut both = report(Effect::Additive, Effect::Breaking);
    let (change, _) = report(Effect::Breaking, Effect::None).changes.pop_first().unwrap();
    both.add("send_parcels", vec![change]);
    assert_eq!(both.impact(), Impact { wire: Effect::Breaking, rust: Effect::Breaking });
    assert_eq!(both.operations["send_parcels"], both.impact());
    assert_eq!(report(Effect::None, Effect::Additive).impact().worst(), Effect::Additive);
}

#[test]
fn a_report_is_json_for_a_program() {
    let report = report(Effect::Additive, Effect::Breaking);
    let value: Value = serde_json::from_str(&render(&report, "main", Format::Json)).unwrap();
    let effects = json!({ "wire": "additive", "rust": "breaking" });
    assert_eq!((&value["wire"], &value["rust"], &value["base"]), (&effects["wire"], &effects["rust"], &json!("main")));
    assert_eq!(value["operations"]["send_parcels"], effects);
    let change = json!({
        "wire": "additive", "rust": "breaking", "part": "request", "message": "`size` is a | b",
        "file": "schemas/v3/send_parcels/schema.json", "line": 0, "pointer": "", "in_base": false,
        "operations": ["send_parcels"],
    });
    assert_eq!(value["changes"], json!([change]));
}

#[test]
fn a_report_is_a_table_for_a_review() {
    let text = render(&report(Effect::Additive, Effect::None), "main", Format::Markdown);
    assert!(text.contains("| additive | none | `size` is a \\| b | request | `send_parcels` |"), "{text}");
}
