//! A value that does not fit its type is taken out and named, and nothing else is lost.

use drs_types::operation::BodyInfo;
use drs_types::operations::v3::batch_check_results::BatchCheckResultsResponse;
use drs_types::operations::v3::batch_list_job_details::BatchListJobDetailsResponse;
use drs_types::reading::{self, Reading};
use drs_types::{Misfit, OPERATIONS, OperationInfo, pointer};
use serde_json::{Value, json};

/// The documented successes of all operations, each with its body.
fn documented() -> impl Iterator<Item = (&'static BodyInfo, String, Value)> {
    OPERATIONS.iter().flat_map(|info| {
        let body = info.success().and_then(|success| success.body.as_ref());
        info.response_examples().enumerate().map(move |(index, example)| {
            (body.unwrap(), format!("{} {}", info.id, index + 1), serde_json::from_str(example.json).unwrap())
        })
    })
}

/// The pointers of all values below a value.
fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
    let mut below = |part: &str, value: &Value| {
        let at = pointer::join(at, part);
        pointers(value, &at, all);
        all.push(at);
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(key, value)| below(key, value)),
        Value::Array(elements) => {
            elements.iter().enumerate().for_each(|(index, value)| below(&index.to_string(), value));
        }
        _ => {}
    }
}

/// Removes the value at a pointer.
fn without(mut value: Value, pointer: &str) -> Value {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    match value.pointer_mut(parent).unwrap() {
        Value::Object(members) => drop(members.remove(&*pointer::unescape(last))),
        Value::Array(elements) => drop(elements.remove(last.parse().unwrap())),
        other => panic!("{other} holds nothing"),
    }
    value
}

fn read(body: &BodyInfo, value: &Value) -> (Value, Vec<Misfit>) {
    let reading = body.read(value.to_string().as_bytes()).unwrap();
    (reading.body.to_json().unwrap(), reading.misfits)
}

#[test]
fn one_value_of_a_wrong_type_is_left_out_of_every_documented_response_and_the_rest_is_kept() {
    let (mut refused, mut kept) = (0, 0);
    for (body, name, original) in documented() {
        let mut all = Vec::new();
        pointers(&original, "", &mut all);
        let wrong = [json!(null), json!(true), json!(1.5), json!("x"), json!([null]), json!({ "x": 1 })];
        for (index, pointer) in all.into_iter().enumerate() {
            for wrong in [&wrong[index % 6], &wrong[(index + 4) % 6]] {
                let mut damaged = original.clone();
                *damaged.pointer_mut(&pointer).unwrap() = wrong.clone();
                let (read_body, misfits) = read(body, &damaged);
                let pointers: Vec<&str> = misfits.iter().map(|misfit| misfit.pointer.as_str()).collect();
                let is_decoded = body.decode(damaged.to_string().as_bytes()).is_ok();
                assert_eq!(is_decoded, misfits.is_empty(), "{name} {pointer} {wrong} {misfits:?}");
                match pointers.as_slice() {
                    [] => kept += 1,
                    // Below an array or a map of any values, only the value itself is left out.
                    [one] if one.len() > pointer.len() => assert!(one.starts_with(&pointer), "{name} {pointer} {one}"),
                    [one] => {
                        refused += 1;
                        assert_eq!(*one, pointer, "{name} {wrong}");
                        let expected = read(body, &without(original.clone(), &pointer));
                        assert_eq!((read_body, &Vec::new()), (expected.0, &expected.1), "{name} {pointer} {wrong}");
                    }
                    several => panic!("{name} {pointer} {wrong}: {several:?}"),
                }
            }
        }
    }
    assert!(refused > 1_000 && kept > 500, "{refused} refused, {kept} kept");
}

fn results(text: &str) -> Reading<BatchCheckResultsResponse> {
    reading::read(text.as_bytes()).unwrap()
}

fn shown(misfits: &[Misfit]) -> Vec<String> {
    misfits.iter().map(ToString::to_string).collect()
}

#[test]
fn a_number_in_a_string_is_never_converted() {
    let reading = results(r#"{"count":"1","results":[{"process":100,"result":"true"}]}"#);
    assert_eq!(reading.body.count, None);
    assert_eq!(
        shown(&reading.misfits),
        [
            r#"/count: expected an integer, found "1""#,
            "/results/0/process: expected a string, found 100",
            r#"/results/0/result: expected a boolean, found "true""#,
        ]
    );
}

#[test]
fn a_number_that_is_not_an_integer_of_64_bits_is_left_out_with_the_reason() {
    let misfit = |number: &str| {
        let reading = results(&format!(r#"{{"count":{number}}}"#));
        assert_eq!(reading.body, BatchCheckResultsResponse::default(), "{number}");
        shown(&reading.misfits).join("; ")
    };
    assert_eq!(misfit("1.5"), "/count: expected an integer, found 1.5");
    assert_eq!(misfit("9223372036854775808"), "/count: expected an integer of 64 bits, found 9223372036854775808");
    assert_eq!(misfit("1e300"), "/count: expected an integer of 64 bits, found 1e+300");
    assert!(misfit("9007199254740993.0").contains("below 2^53"));
}

#[test]
fn a_duplicate_key_is_a_misfit_and_its_last_value_counts() {
    let reading = results(r#"{"count":1,"count":2,"unheard":1,"unheard":2}"#);
    assert_eq!(reading.body.count, Some(2));
    assert_eq!(shown(&reading.misfits), ["/count: expected each key once, found a duplicate key"]);
}

#[test]
fn a_body_that_is_not_a_json_object_cannot_be_read() {
    for text in ["", "{", "{} {}", "[]", "null", r#"{"x":"\ud800"}"#, r#"{"x":1e999}"#, "{\"x\":\"\u{1}\"}"] {
        assert!(reading::read::<BatchCheckResultsResponse>(text.as_bytes()).is_err(), "{text}");
        assert!(reading::decode::<BatchCheckResultsResponse>(text.as_bytes()).is_err(), "{text}");
    }
    let deep = format!(r#"{{"x":{}{}}}"#, "[".repeat(200), "]".repeat(200));
    assert!(reading::decode::<BatchCheckResultsResponse>(deep.as_bytes()).is_err());
    assert!(reading::read::<BatchCheckResultsResponse>(b"{\"count\":1,\"x\":\"\xff\"}").is_err());
}

#[test]
fn a_secret_that_does_not_fit_is_masked() {
    let body = br#"{"results":[{"source_endpoint":{"db_password":["hunter2"],"db_user":7}}]}"#;
    let reading = reading::read::<BatchListJobDetailsResponse>(body).unwrap();
    let shown = shown(&reading.misfits);
    assert_eq!(
        shown,
        [
            "/results/0/source_endpoint/db_password: expected a string, found •••",
            "/results/0/source_endpoint/db_user: expected a string, found 7",
        ]
    );
}

#[test]
fn misfits_are_assigned_to_the_remaining_items() {
    let reading = results(r#"{"count":"1","results":[null,{"process":1},5,{"process":"1%"}]}"#);
    let within = reading::misfits_by_item(&reading.misfits, "/results", reading.body.results().len());
    let within: Vec<Vec<String>> = within.iter().map(|misfits| shown(misfits)).collect();
    assert_eq!(within, [vec!["/results/1/process: expected a string, found 1".to_owned()], vec![]]);
}

#[test]
fn misfits_take_limited_memory() {
    let key = "k".repeat(1 << 19);
    let entries = vec!["1"; 100].join(",");
    let text = format!(r#"{{"object_level_compare_results":{{"object_compare_details":{{"{key}":[{entries}]}}}}}}"#);
    let body = OperationInfo::find("list_compare_result").unwrap().bodies().last().unwrap().1;
    let misfits = body.read(text.as_bytes()).unwrap().misfits;
    assert!(misfits.len() > 10 && misfits.len() < 100, "{}", misfits.len());
    let last = misfits.last().unwrap();
    assert_eq!((last.pointer.as_str(), last.found.as_str()), ("", "more than can be listed"));
    // The locations of the rest are unknown: every item may have one.
    assert!(reading::misfits_by_item(&misfits, "/results", 3).iter().all(|misfits| misfits.len() == 1));
}
