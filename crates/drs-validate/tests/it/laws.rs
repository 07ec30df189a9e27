//! The law of severity: a response has an error exactly when it cannot be read.
//!
//! "Read" is what `drs-client` does: the text must be JSON, and the type must accept it. What does not fit is named, and
//! what is left always decodes. `PROPTEST_CASES=100000` tries as many damaged payloads as that.

use std::sync::LazyLock;

use drs_types::operation::BodyInfo;
use drs_types::{OperationInfo, pointer};
use drs_validate::{Blocks, Format, Options, Report, Severity, Side, Validator};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use crate::documented_payloads;

/// A payload that is damaged, and what it was before.
type Original = (&'static OperationInfo, Side, String);

/// Every documented payload, and one more that has every field of the largest response.
pub(crate) static ORIGINALS: LazyLock<Vec<Original>> = LazyLock::new(|| {
    let mut all: Vec<Original> = documented_payloads().map(|(_, info, side, text)| (info, side, text)).collect();
    all.push((OperationInfo::find("batch_check_results").unwrap(), Side::Response(200), full()));
    all
});

/// Every name of a member in any of them.
static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut names = vec!["unheard_of".to_owned()];
    for (_, _, text) in ORIGINALS.iter() {
        collect_names(&serde_json::from_str(text).unwrap(), &mut names);
    }
    names.sort();
    names.dedup();
    names
});

fn collect_names(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, below)| {
            names.push(name.clone());
            collect_names(below, names);
        }),
        Value::Array(elements) => elements.iter().for_each(|below| collect_names(below, names)),
        _ => {}
    }
}

/// A smaller response with a value in every field, so that damage hits all of them.
fn full() -> String {
    let item = json!({ "item": "a", "result": "ALARM", "failed_reason": "R", "data": "{}", "raw_error_msg": "m",
        "group": "g", "failed_sub_jobs": [{ "id": "1", "name": "n", "check_result": "FAILED" }] });
    json!({ "count": 1, "results": [{ "precheck_id": "140b5236-88ad-43c8-811c-1268453jb101", "result": true,
        "process": "100%", "total_passed_rate": "9%", "rds_instance_id": "i", "job_direction": "up",
        "precheck_result": [item], "error_msg": "e", "error_code": "DRS.M00301" }] })
    .to_string()
}

fn body(info: &OperationInfo, status: u16) -> &BodyInfo {
    info.body(Side::Response(status)).unwrap()
}

fn is_read(info: &OperationInfo, status: u16, text: &[u8]) -> bool {
    body(info, status).decode(text).is_ok()
}

fn has_error(info: &OperationInfo, status: u16, text: &[u8]) -> bool {
    thread_local!(static VALIDATOR: Validator = Validator::new());
    let findings = VALIDATOR.with(|validator| validator.validate(info, Side::Response(status), text));
    findings.iter().any(|finding| finding.severity == Severity::Error)
}

/// Every place of a value, as a pointer.
pub(crate) fn pointers(value: &Value, at: String, all: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(key, below)| {
            pointers(below, pointer::join(&at, key), all);
        }),
        Value::Array(elements) => {
            elements.iter().enumerate().for_each(|(index, below)| pointers(below, format!("{at}/{index}"), all));
        }
        _ => {}
    }
    all.push(at);
}

fn other_value() -> impl Strategy<Value = &'static str> {
    select(vec![
        "null",
        "true",
        "1",
        "1.0",
        "-1",
        "1e3",
        "9223372036854775808",
        "18446744073709551616",
        "9007199254740991.0",
        "9007199254740993.0",
        "-9223372036854775808",
        "-1e-2",
        "1.50e1",
        "1e999",
        "\"\"",
        "\"x\"",
        "\"100%\"",
        "[]",
        "[null]",
        "{}",
        "[[]]",
        "{\"id\":7}",
        "\"\\ud800\"",
        "\"\\ud83d\\ude00\"",
        "{\"a\":1,\"a\":2}",
        "\"PASSED\"",
        "\"FAILED\"",
        "\"up\"",
        "\"7.5%\"",
        "\"{'a': 1}\"",
        "\"{\\\"a\\\":[1,\\\"\\u00e4\\\"]}\"",
        "\"{\\\"a\\\":\"",
        "\" \"",
        "\"\\n\"",
        "\"ä\"",
        "01",
        "-0",
        "2",
    ])
}

#[derive(Clone, Debug)]
pub(crate) enum Damage {
    /// Another value somewhere.
    Value(Index, &'static str),
    /// One more member, maybe one that is there already.
    Member(Index, &'static String, &'static str),
    /// Other bytes somewhere.
    Bytes(Index, usize, Vec<u8>),
}

pub(crate) fn damage() -> impl Strategy<Value = Damage> {
    let names = any::<Index>().prop_map(|index| index.get(&NAMES));
    let bytes = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..3),
        select(vec!["\u{feff}", "\"", "\\", "\\u12", "{", "]", ",", ":", "\n", " ", "0", "\u{0}"])
            .prop_map(|text| text.as_bytes().to_vec()),
    ];
    prop_oneof![
        3 => (any::<Index>(), other_value()).prop_map(|(at, value)| Damage::Value(at, value)),
        2 => (any::<Index>(), names, other_value()).prop_map(|(at, name, value)| Damage::Member(at, name, value)),
        2 => (any::<Index>(), 0..4_usize, bytes).prop_map(|(at, cut, bytes)| Damage::Bytes(at, cut, bytes)),
    ]
}

pub(crate) fn apply(text: Vec<u8>, damage: &Damage) -> Vec<u8> {
    const MARK: &str = "\u{1}mark\u{1}";
    let mark = serde_json::to_string(MARK).unwrap();
    match damage {
        Damage::Bytes(at, cut, bytes) => {
            let at = at.index(text.len() + 1);
            let end = (at + cut).min(text.len());
            [&text[..at], bytes, &text[end..]].concat()
        }
        Damage::Value(at, new) => {
            let Ok(mut value) = serde_json::from_slice::<Value>(&text) else { return text };
            let mut all = Vec::new();
            pointers(&value, String::new(), &mut all);
            *value.pointer_mut(&all[at.index(all.len())]).unwrap() = json!(MARK);
            value.to_string().replace(&mark, new).into_bytes()
        }
        Damage::Member(at, name, new) => {
            let text = String::from_utf8_lossy(&text).into_owned();
            let opens: Vec<usize> = text.match_indices('{').map(|(at, _)| at + 1).collect();
            if opens.is_empty() {
                return text.into_bytes();
            }
            let at = opens[at.index(opens.len())];
            let comma = if text[at..].trim_start().starts_with('}') { "" } else { "," };
            format!("{}\"{name}\":{new}{comma}{}", &text[..at], &text[at..]).into_bytes()
        }
    }
}

/// One of the originals, and what became of it.
fn damaged(index: Index, damages: &[Damage]) -> (&'static Original, Vec<u8>) {
    let original = index.get(&ORIGINALS);
    (original, damages.iter().fold(original.2.clone().into_bytes(), apply))
}

/// The findings of a stream of unnamed payloads.
fn reports(validator: &Validator, stream: &[u8]) -> String {
    let reports = validator.validate_blocks(Blocks::new(stream, Format::Ndjson, 1 << 20), Options::default());
    let told = |report: Report| {
        let suspects = report.suspects.iter().map(|suspect| {
            (
                suspect.body_kind.map(|known| known.name()),
                suspect.findings.iter().map(|located| located.finding.clone()),
            )
        });
        let suspects: Vec<_> = suspects.map(|(name, findings)| (name, findings.collect::<Vec<_>>())).collect();
        format!("{:?} {suspects:?}", report.payloads)
    };
    reports.map(|report| told(report.unwrap())).collect()
}

thread_local!(static BOTH: [Validator; 2] = [Validator::new(), Validator::new().without_fast_path()]);

proptest! {
    #[test]
    fn a_response_has_an_error_exactly_when_its_type_refuses_it_and_what_is_left_out_says_so(
        original in any::<Index>(),
        damages in proptest::collection::vec(damage(), 1..4),
    ) {
        let ((info, _, _), text) = damaged(original, &damages);
        let shown = String::from_utf8_lossy(&text);
        // A request, read as a response, has nothing to do with its documentation.
        for status in info.responses.iter().map(|response| response.status) {
            let is_read = is_read(info, status, &text);
            prop_assert_eq!(has_error(info, status, &text), !is_read, "{} {}", info.id, shown);
            let Ok(reading) = body(info, status).read(&text) else {
                prop_assert!(!is_read, "{} {shown}", info.id);
                continue;
            };
            prop_assert_eq!(reading.misfits.is_empty(), is_read, "{} {} {:?}", info.id, shown, reading.misfits);
            let left = reading.body.to_json().unwrap().to_string();
            prop_assert!(body(info, status).decode(left.as_bytes()).is_ok(), "{} {shown} {left}", info.id);
        }
    }

    #[test]
    fn a_request_without_a_finding_is_one_that_its_type_can_hold(
        original in any::<Index>(),
        damages in proptest::collection::vec(damage(), 0..3),
    ) {
        let ((info, _, _), text) = damaged(original, &damages);
        let Some(body) = &info.request else { return Ok(()) };
        let found = BOTH.with(|[validator, _]| validator.validate(info, Side::Request, &text));
        prop_assert!(!found.is_empty() || body.decode(&text).is_ok(), "{} {}", info.id, String::from_utf8_lossy(&text));
    }

    #[test]
    fn the_fast_path_finds_what_the_full_reading_finds(
        original in any::<Index>(),
        damages in proptest::collection::vec(damage(), 0..4),
    ) {
        let ((info, documented, _), text) = damaged(original, &damages);
        for side in [Side::Request, *documented, Side::Response(400)] {
            let [fast, full] = BOTH.with(|both| both.each_ref().map(|validator| validator.validate(info, side, &text)));
            prop_assert_eq!(fast, full, "{} {}", info.id, String::from_utf8_lossy(&text));
        }
    }

    #[test]
    fn the_fast_path_finds_in_a_capture_what_the_full_reading_finds(
        original in any::<Index>(),
        damages in [proptest::collection::vec(damage(), 0..3), proptest::collection::vec(damage(), 0..3)],
        status in proptest::option::of(select(vec![200, 202, 400])),
        around in proptest::collection::vec(damage(), 0..2),
    ) {
        let (info, _, _) = original.get(&ORIGINALS);
        let of_side = |is_request: bool| {
            let all = ORIGINALS.iter().filter(|(other, side, _)| other.id == info.id && (*side == Side::Request) == is_request);
            let all: Vec<&Original> = all.collect();
            (!all.is_empty()).then(|| original.get(&all).2.clone().into_bytes())
        };
        let mut text = json!({ "method": info.method.as_str(), "url": info.path, "status": status }).to_string().into_bytes();
        text.pop();
        for (name, is_request, damages) in [("request", true, &damages[0]), ("response", false, &damages[1])] {
            if let Some(body) = of_side(is_request) {
                text.extend(format!(",\"{name}\":").bytes());
                text.extend(damages.iter().fold(body, apply));
            }
        }
        text.push(b'}');
        let text = around.iter().fold(text, apply);
        let line: Vec<u8> = text.into_iter().map(|byte| if byte == b'\n' { b' ' } else { byte }).collect();
        let [fast, full] = BOTH.with(|both| both.each_ref().map(|validator| reports(validator, &line)));
        prop_assert_eq!(fast, full, "{}", String::from_utf8_lossy(&line));
    }

    #[test]
    fn the_fast_path_takes_a_payload_for_what_the_full_reading_takes_it_for(
        payloads in proptest::collection::vec((any::<Index>(), proptest::collection::vec(damage(), 0..2)), 1..5),
    ) {
        let mut stream = Vec::new();
        for (original, damages) in &payloads {
            let (_, text) = damaged(*original, damages);
            stream.extend(text.into_iter().map(|byte| if byte == b'\n' { b' ' } else { byte }));
            stream.push(b'\n');
        }
        let [fast, full] = BOTH.with(|both| both.each_ref().map(|validator| reports(validator, &stream)));
        prop_assert_eq!(fast, full, "{}", String::from_utf8_lossy(&stream));
    }
}

#[test]
fn null_is_a_missing_field_but_not_a_missing_value_of_a_map() {
    let info = OperationInfo::find("list_compare_result").unwrap();
    for (text, error) in [
        (r#"{"object_level_compare_results":{"object_compare_details":null}}"#, false),
        (r#"{"object_level_compare_results":{"object_compare_details":{"TABLE":null}}}"#, true),
        (r#"{"object_level_compare_results":{"object_compare_details":{"TABLE":[null]}}}"#, true),
        (r#"{"object_level_compare_results":{"object_compare_details":{"0":[{"source_db_name":null}]}}}"#, false),
        (r#"{"object_level_compare_results":{"object_compare_details":[{"source_db_name":null}]}}"#, false),
    ] {
        assert_eq!((has_error(info, 200, text.as_bytes()), is_read(info, 200, text.as_bytes())), (error, !error));
    }
}

#[test]
fn an_array_in_the_place_of_an_object_cannot_be_read() {
    let info = OperationInfo::find("batch_show_params").unwrap();
    let text = br#"{"params_list":[[null]]}"#;
    let status = info.success().unwrap().status;
    assert_eq!((has_error(info, status, text), is_read(info, status, text)), (true, false));
}

#[test]
fn an_object_in_the_place_of_an_array_is_the_same_to_both_paths() {
    let info = OperationInfo::find("batch_check_results").unwrap();
    let text = br#"{"results":{"precheck_result":{"item":"a"}}}"#;
    let [fast, full] =
        BOTH.with(|both| both.each_ref().map(|validator| validator.validate(info, Side::Response(200), text)));
    assert_eq!((fast.len(), &fast), (1, &full));
}

#[test]
fn the_law_holds_at_the_deepest_level() {
    let info = OperationInfo::find("batch_check_results").unwrap();
    for depth in [1, 126, 127, 128, 10_000] {
        for text in [format!("{{\"x\":{}{}}}", "[".repeat(depth), "]".repeat(depth)), "[".repeat(depth)] {
            assert_eq!(has_error(info, 200, text.as_bytes()), !is_read(info, 200, text.as_bytes()), "{depth}");
        }
    }
}

/// Found by fuzzing: the fast path took it for a call of another API.
#[test]
fn a_method_and_a_url_alone_are_no_exchange_on_both_paths() {
    for url in ["https://other.example/", "https://drs.example/v3/p/jobs/batch-precheck-result"] {
        let text = json!({ "method": "POST", "url": url }).to_string();
        let [fast, full] = BOTH.with(|both| both.each_ref().map(|validator| reports(validator, text.as_bytes())));
        assert_eq!(fast, full, "{text}");
        assert!(full.contains("UnknownPayload"), "{full}");
    }
}
