//! The reports on captures, and the example of docs/reports.md. `cargo xtask bless` writes it.

use std::path::Path;

use drs_report::Options;
use drs_report::captures::{FailOn, Format, Outcome, Reports, Run, Writer};
use drs_validate::{Blocks, Validator};

use crate::docs::expect;

const LINES: &str = r#"{"count":1,"results":[{"precheck_id":"11111111-2222-4333-8444-5555555jb101","process":"100%","owner":"dba"}]}
{"count":"1","results":[{"precheck_id":"66666666-7777-4888-9999-0000000jb105","process":"100%","owner":"dba"}]}
{"count":0,"results":[]}
"#;

/// What came of these lines, and the report in each format.
fn reported(formats: &[Format]) -> (Outcome, Run, Vec<String>) {
    let mut outs: Vec<Vec<u8>> = formats.iter().map(|_| Vec::new()).collect();
    let writers = formats.iter().zip(&mut outs).map(|(format, out)| Writer::new(*format, &Options::default(), out));
    let mut reports = Reports::new(FailOn::Error, writers.collect());
    reports.pass_over(vec!["captures/notes.txt".to_owned()], 0);
    reports.start().unwrap();
    reports.start_input("captures/results.ndjson", Some(Path::new("captures/results.ndjson"))).unwrap();
    let blocks = Blocks::new(LINES.as_bytes(), drs_validate::Format::Auto, 1 << 20);
    let options = drs_validate::Options::default().body_kind("batch_check_results.response".parse().unwrap());
    for report in Validator::new().validate_blocks(blocks, options) {
        reports.add(&report.unwrap()).unwrap();
    }
    reports.end_input(None).unwrap();
    let (outcome, run) = reports.finish(false, |outcome| u8::from(outcome != Outcome::Clean)).unwrap();
    (outcome, run, outs.into_iter().map(|out| String::from_utf8(out).unwrap()).collect())
}

#[test]
fn every_format_has_every_finding_of_one_run() {
    let (outcome, run, reports) = reported(&Format::ALL);
    assert_eq!((outcome, run.counts.errors, run.counts.drifts, run.validated), (Outcome::Findings, 1, 2, 3));
    for (format, report) in Format::ALL.into_iter().zip(reports) {
        assert!(report.contains("DRS-V011") && report.contains("DRS-V013"), "{format}: {report}");
        assert!(report.contains("/count") && report.contains("owner"), "{format}: {report}");
        assert!(report.contains("notes.txt") || format == Format::Ndjson, "{format}: {report}");
    }
}

#[test]
fn a_run_without_a_writer_is_counted() {
    let (outcome, run, _) = reported(&[]);
    assert_eq!((outcome, run.inputs, run.counts.records), (Outcome::Findings, 1, 3));
}

#[test]
fn the_example_of_the_documentation_is_what_html_writes() {
    let (.., mut reports) = reported(&[Format::Html]);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reports/captures.html");
    expect(path, &reports.remove(0));
}
