//! The comparison of two runs.

use drs_gate::{Diff, Policy, Snapshot, assess, diff};
use drs_report::{DiffFormat, Options, write_diff};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::{failed, item, items, passed, reported};

fn compared() -> Diff {
    let run = |tasks: Vec<(&str, Value)>| {
        let tasks = tasks.into_iter().map(|(id, report)| (id.to_owned(), reported(&report))).collect();
        assess(Snapshot::new(tasks), &Policy::default(), "2026-11-26".parse().unwrap())
    };
    let fixed = json!([
        passed("db_disk_size", "dstDbDiskSize"),
        item("srcIp|`x`", "network", "FAILED", "@down"),
        passed("network", "dstIpReachable")
    ]);
    let same = items(&json!([passed("network", "net")]));
    let old = run(vec![("job-1", failed()), ("gone", same.clone()), ("same", same.clone())]);
    let new = run(vec![("job-1", items(&fixed)), ("same", same.clone()), ("new", same)]);
    diff(&old, &new)
}

fn rendered(format: DiffFormat, options: &Options) -> String {
    let mut out = Vec::new();
    write_diff(format, &compared(), options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn text_and_markdown_show_what_changed() {
    assert_snapshot!("diff_text", rendered(DiffFormat::Text, &Options::default()));
    assert_snapshot!("diff_text_all", rendered(DiffFormat::Text, &Options::default().with_all(true)));
    assert_snapshot!("diff_markdown", rendered(DiffFormat::Markdown, &Options::default()));
}

#[test]
fn json_is_the_comparison() {
    let document: Value = serde_json::from_str(&rendered(DiffFormat::Json, &Options::default())).unwrap();
    assert_eq!(document, serde_json::to_value(compared()).unwrap());
}
