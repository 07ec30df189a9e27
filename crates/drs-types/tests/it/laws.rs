//! Laws, tested on many values.

use drs_types::common::{ErrorCode, JobDirection, Language};
use drs_types::operations::v3::batch_check_results::{
    BatchCheckResultsResponse, BatchQueryPrecheckResultReq, PrecheckItemResult,
};
use drs_types::{ItemData, OPERATIONS, Percent};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Any string, and often a listed value.
fn string() -> impl Strategy<Value = String> {
    let listed = prop::sample::select(vec!["PASSED", "ALARM", "up", "non-dbs", "DRS.M00301", "100%", "", "en-us"]);
    prop_oneof![2 => any::<String>(), 1 => listed.prop_map(str::to_owned)]
}

/// An object whose members may be absent, null, or of the right type.
fn object(members: Vec<(&'static str, BoxedStrategy<Value>)>) -> BoxedStrategy<Value> {
    let members: Vec<_> = members
        .into_iter()
        .map(|(name, value)| {
            option::of(prop_oneof![5 => value, 1 => Just(Value::Null)]).prop_map(move |value| value.map(|v| (name, v)))
        })
        .collect();
    members
        .prop_map(|members| members.into_iter().flatten().map(|(name, v)| (name.to_owned(), v)).collect::<Map<_, _>>())
        .prop_map(Value::Object)
        .boxed()
}

fn strings(names: &[&'static str]) -> Vec<(&'static str, BoxedStrategy<Value>)> {
    names.iter().map(|name| (*name, string().prop_map(Value::String).boxed())).collect()
}

fn array(item: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    vec(item, 0..4).prop_map(Value::Array).boxed()
}

/// Responses with any content, and with undocumented members.
fn response() -> BoxedStrategy<Value> {
    let subtask = object(strings(&["id", "name", "check_result"]));
    let mut item = strings(&["item", "result", "failed_reason", "data", "raw_error_msg", "group", "unheard_of"]);
    item.push(("failed_sub_jobs", array(subtask)));
    let mut task = strings(&[
        "precheck_id",
        "process",
        "total_passed_rate",
        "rds_instance_id",
        "job_direction",
        "error_msg",
        "error_code",
    ]);
    task.push(("result", any::<bool>().prop_map(Value::Bool).boxed()));
    task.push(("precheck_result", array(object(item))));
    task.push(("unheard_of", any::<i64>().prop_map(|number| json!([number])).boxed()));
    object(vec![("results", array(object(task))), ("count", any::<i64>().prop_map(Value::from).boxed())])
}

macro_rules! survives_open_enum {
    ($type:ty, $text:expr) => {
        let value = <$type>::from($text.as_str());
        prop_assert_eq!(value.as_str(), $text);
        prop_assert_eq!(value.to_string(), $text.clone());
        prop_assert_eq!(value.is_listed(), <$type>::LISTED.contains(&value));
        prop_assert_eq!(value.is_listed(), value.meaning().is_some());
        let decoded: $type = serde_json::from_value(json!($text)).unwrap();
        prop_assert_eq!(&decoded, &value);
        prop_assert_eq!(serde_json::to_value(&decoded).unwrap(), json!($text));
    };
}

proptest! {
    #[test]
    fn every_string_survives_every_open_enum(text in string()) {
        survives_open_enum!(JobDirection, &text);
        survives_open_enum!(PrecheckItemResult, &text);
        survives_open_enum!(Language, &text);
        survives_open_enum!(ErrorCode, &text);
    }

    #[test]
    fn every_response_decodes_and_survives_encoding(sent in response()) {
        let decoded: BatchCheckResultsResponse = serde_json::from_value(sent).unwrap();
        let encoded = serde_json::to_string(&decoded).unwrap();
        prop_assert_eq!(serde_json::from_str::<BatchCheckResultsResponse>(&encoded).unwrap(), decoded);
    }

    #[test]
    fn a_request_survives(ids in vec(string(), 0..5)) {
        let sent = json!({ "jobs": ids });
        let decoded: BatchQueryPrecheckResultReq = serde_json::from_value(sent.clone()).unwrap();
        prop_assert_eq!(serde_json::to_value(&decoded).unwrap(), sent);
    }

    #[test]
    fn a_percentage_keeps_its_string_and_its_number_is_in_range(text in string()) {
        let percent: Percent = serde_json::from_value(json!(text)).unwrap();
        prop_assert_eq!(percent.as_str(), &text);
        prop_assert!(percent.value().is_none_or(|value| (0.0..=100.0).contains(&value)));
    }

    #[test]
    fn every_string_has_a_view(text in any::<String>(), brackets in "[\\[\\]{}'\":,\\\\0-9a-z]{0,60}") {
        for text in [text, brackets] {
            let data = ItemData::parse(&text);
            prop_assert_eq!(matches!(data, ItemData::Empty), text.trim().is_empty());
        }
    }

    #[test]
    fn a_printed_dictionary_is_parsed(members in vec((any::<String>(), any::<String>()), 1..5)) {
        let quoted = |text: &str| {
            let text = text.replace('\\', "\\\\").replace('\'', "\\'");
            format!("'{text}'")
        };
        let printed: Vec<String> = members.iter().map(|(key, value)| format!("{}: {}", quoted(key), quoted(value))).collect();
        let data = ItemData::parse(&format!("{{{}}}", printed.join(", ")));
        prop_assert!(matches!(data, ItemData::Dict(_)), "{:?}", data);
        prop_assert_eq!(data.entries(), members);
    }

    #[test]
    fn a_filled_path_has_as_many_segments_as_its_template(value in "\\PC{1,20}") {
        for info in OPERATIONS {
            if let Ok(path) = info.fill_path(|_| Some(&value)) {
                prop_assert_eq!(path.split('/').count(), info.path.split('/').count());
            }
        }
    }
}
