//! What hostile input costs, in steps: how often the regions of our code, and of what it builds on, are entered. The
//! compiler counts them when it is asked for coverage; `.ci/run` builds this test so.
#![cfg(counted)]
#![allow(clippy::unwrap_used)]
#![allow(unsafe_code, reason = "the counters are only to be had from the runtime of the compiler")]

use drs_types::OperationInfo;
use drs_validate::{Blocks, BodyKind, Code, Format, LIMIT, Options, Side, Validator};

unsafe extern "C" {
    fn __llvm_profile_reset_counters();
    fn __llvm_profile_begin_counters() -> *const u64;
    fn __llvm_profile_end_counters() -> *const u64;
}

/// The steps that some work takes. This is the only test here, so that nothing else runs beside it.
fn steps(work: impl FnOnce()) -> u64 {
    unsafe { __llvm_profile_reset_counters() };
    work();
    let (mut counter, end) = unsafe { (__llvm_profile_begin_counters(), __llvm_profile_end_counters()) };
    let mut sum = 0;
    while counter < end {
        // SAFETY: the runtime keeps its counters between these two for as long as the program runs.
        sum += unsafe { counter.read_volatile() };
        counter = unsafe { counter.add(1) };
    }
    sum
}

/// A document of so many items, and the finding that nearly each of them has.
type Shape = (&'static str, Option<Code>, Box<dyn Fn(usize) -> String>);

fn shape(name: &'static str, code: impl Into<Option<Code>>, build: impl Fn(usize) -> String + 'static) -> Shape {
    (name, code.into(), Box::new(build))
}

/// Items between something before and after them.
fn many(
    before: &'static str,
    element: impl Fn(usize) -> String + 'static,
    after: &'static str,
) -> impl Fn(usize) -> String {
    move |number| {
        let elements: Vec<String> = (0..number).map(&element).collect();
        format!("{before}{}{after}", elements.join(","))
    }
}

/// The entry of a HAR whose response has this body.
fn entry(body: &str) -> String {
    let url = "/v3/p/jobs/batch-precheck-result";
    format!(
        r#"{{"request":{{"method":"POST","url":"{url}","postData":{{"text":"{{\"jobs\":[\"a\"]}}"}}}},"response":{{"status":200,"content":{{"text":"{body}"}}}}}}"#
    )
}

fn shapes() -> Vec<Shape> {
    const ID: &str = r#"{"precheck_id":"140b5236-88ad-43c8-811c-1268453jb101"}"#;
    let fixed = |element: &'static str| move |_: usize| element.to_owned();
    let har = |body: &'static str| many(r#"{"log":{"entries":["#, move |_| entry(body), "]}}");
    vec![
        shape("unknown fields", Code::UnknownField, many(r#"{"count":0,"#, |n| format!(r#""k{n}":1"#), "}")),
        shape("secrets", Code::UnknownField, many(r#"{"count":0,"#, |n| format!(r#""password{n}":"x""#), "}")),
        shape("unknown fields in items", Code::UnknownField, many(r#"{"results":["#, fixed(r#"{"x":1}"#), "]}")),
        shape("wrong types", Code::WrongType, many(r#"{"results":["#, fixed("1"), "]}")),
        shape("duplicate ids", Code::DuplicateId, many(r#"{"results":["#, fixed(ID), "]}")),
        shape("surrogates", Code::UnpairedSurrogate, many(r#"{"x":["#, fixed(r#""\ud800""#), "]}")),
        shape("duplicate keys", Code::DuplicateKey, many(r#"{"x":{"#, |n| format!(r#""k{}":1"#, n / 2), "}}")),
        shape("lines", Code::UnknownField, many("{\"results\":[", fixed("\n{\"x\":1}"), "]}")),
        shape("clean items", None, many(r#"{"results":["#, fixed("{}"), "]}")),
        shape("broken items", None, many(r#"{"results":[{"x":"#, fixed("{"), "")),
        shape("broken strings", None, |number| format!("{{\"x\":\"{}", "\\u00e4\\n".repeat(number))),
        shape("exchanges", Code::UnknownField, har(r#"{\"x\":1}"#)),
        shape("broken bodies", Code::UnexpectedEnd, har(r#"{\"x\":"#)),
        shape("strings in a string", Code::UnpairedSurrogate, move |number| {
            har("{body}")(1).replace("{body}", &format!(r#"{{\"x\":[{}0]}}"#, r#"\"\\ud800\","#.repeat(number)))
        }),
    ]
}

/// The steps of a validation, and how many findings of a code it has.
fn cost(text: &str, code: Option<Code>) -> (u64, usize) {
    let is_har = text.starts_with(r#"{"log""#);
    let kind = BodyKind::new(OperationInfo::find("batch_check_results").unwrap(), Side::Response(200));
    let options = if is_har { Options::default() } else { Options::default().body_kind(kind) };
    let mut number = 0;
    let steps = steps(|| {
        let blocks = Blocks::new(text.as_bytes(), Format::Json, LIMIT);
        for report in Validator::new().validate_blocks(blocks, options) {
            let findings = report.unwrap().suspects.into_iter().flat_map(|suspect| suspect.findings);
            number += findings.filter(|found| code.is_none_or(|code| found.finding.code == code)).count();
        }
    });
    (steps, number)
}

#[test]
fn cost_grows_with_the_size_of_a_payload_only() {
    const NUMBER: usize = 4_000;
    for (name, code, build) in shapes() {
        // What is only made once is made here.
        cost(&build(2), code);
        let [(once, _), (twice, found)] = [NUMBER, 2 * NUMBER].map(|number| cost(&build(number), code));
        assert!(code.is_none() || found >= NUMBER - 1, "{name}: {found} findings");
        assert!(once > NUMBER as u64, "{name}: {once} steps, so that something is not counted");
        // Sorting takes a little more than twice the steps; a quadratic loop adds up to four times its own.
        let hundredths = 100 * twice / once;
        println!("{name:<24} {once:>12} {twice:>12} {hundredths:>4} %");
        assert!(hundredths < 220, "{name}: {once} steps for {NUMBER}, {twice} for twice as many");
    }
}
