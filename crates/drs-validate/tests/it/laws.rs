//! The law of severity: an answer has an error exactly when it cannot be read.
//!
//! "Read" is what `drs-client` does: the text must be JSON, and the type must accept it. `PROPTEST_CASES=100000` tries
//! as many damaged payloads as that.

use drs_types::OperationInfo;
use drs_validate::{Severity, Side, Validator};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

const ANSWERS: [&str; 2] = [
    include_str!("../../../../schemas/v3/batch_check_results/examples/response.1.json"),
    include_str!("../../../../schemas/v3/batch_check_results/examples/response.2.json"),
];

/// A smaller answer with a value in every field, so that damage hits all of them.
fn full() -> String {
    let item = json!({ "item": "a", "result": "ALARM", "failed_reason": "R", "data": "{}", "raw_error_msg": "m",
        "group": "g", "failed_sub_jobs": [{ "id": "1", "name": "n", "check_result": "FAILED" }] });
    json!({ "count": 1, "results": [{ "precheck_id": "140b5236-88ad-43c8-811c-1268453jb101", "result": true,
        "process": "100%", "total_passed_rate": "9%", "rds_instance_id": "i", "job_direction": "up",
        "precheck_result": [item], "error_msg": "e", "error_code": "DRS.M00301" }] })
    .to_string()
}

fn is_read(info: &OperationInfo, text: &[u8]) -> bool {
    let body = &info.success().unwrap().body;
    serde_json::from_slice::<Value>(text).is_ok() && (body.decode)(text).is_ok()
}

fn has_error(info: &OperationInfo, text: &[u8]) -> bool {
    thread_local!(static VALIDATOR: Validator = Validator::new());
    let findings = VALIDATOR.with(|validator| validator.judge(info, Side::Response(200), text));
    findings.iter().any(|finding| finding.severity == Severity::Error)
}

/// Every place of a value, as a pointer.
fn pointers(value: &Value, at: String, all: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(key, below)| {
            let key = key.replace('~', "~0").replace('/', "~1");
            pointers(below, format!("{at}/{key}"), all);
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
enum Damage {
    /// Another value somewhere.
    Value(Index, &'static str),
    /// One more member, maybe one that is there already.
    Member(Index, &'static str, &'static str),
    /// Other bytes somewhere.
    Bytes(Index, usize, Vec<u8>),
}

fn damage() -> impl Strategy<Value = Damage> {
    let names = select(vec!["count", "result", "results", "process", "unheard_of", "error_code", "id", "item"]);
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

fn apply(text: Vec<u8>, damage: &Damage) -> Vec<u8> {
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

proptest! {
    #[test]
    fn an_answer_has_an_error_exactly_when_it_cannot_be_read(
        original in select(vec![ANSWERS[0].to_owned(), ANSWERS[1].to_owned(), full(), full(), full()]),
        damages in proptest::collection::vec(damage(), 1..4),
    ) {
        let info = OperationInfo::find("batch_check_results").unwrap();
        let text = damages.iter().fold(original.into_bytes(), apply);
        prop_assert_eq!(has_error(info, &text), !is_read(info, &text), "{}", String::from_utf8_lossy(&text));
    }
}

proptest! {
    #[test]
    fn the_fast_path_finds_what_the_full_reading_finds(
        original in select(vec![ANSWERS[0].to_owned(), ANSWERS[1].to_owned(), full(), full(), full()]),
        damages in proptest::collection::vec(damage(), 0..4),
    ) {
        thread_local!(static BOTH: [Validator; 2] = [Validator::new(), Validator::new().without_fast_path()]);
        let info = OperationInfo::find("batch_check_results").unwrap();
        let text = damages.iter().fold(original.into_bytes(), apply);
        for side in [Side::Request, Side::Response(200), Side::Response(400)] {
            let [fast, full] = BOTH.with(|both| both.each_ref().map(|validator| validator.judge(info, side, &text)));
            prop_assert_eq!(fast, full, "{}", String::from_utf8_lossy(&text));
        }
    }
}

#[test]
fn the_law_holds_at_the_deepest_level() {
    let info = OperationInfo::find("batch_check_results").unwrap();
    for depth in [1, 126, 127, 128, 10_000] {
        for text in [format!("{{\"x\":{}{}}}", "[".repeat(depth), "]".repeat(depth)), "[".repeat(depth)] {
            assert_eq!(has_error(info, text.as_bytes()), !is_read(info, text.as_bytes()), "{depth}");
        }
    }
}
