//! The data of a check item: every string has a view, and only a string without a known form has a finding.
#![no_main]

use drs_fuzz::validate;
use drs_gate::{Evidence, Form};
use drs_types::{ItemData, OperationInfo};
use drs_validate::{Code, Side};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fuzz_target!(|text: &str| {
    let data = ItemData::parse(text);
    let _ = data.entries();
    let evidence = Evidence::of(text);
    assert_eq!(evidence.raw, text);
    assert_eq!(evidence.form == Form::Text, matches!(data, ItemData::Text(_)));
    assert_eq!(evidence.lines().is_empty(), evidence.form != Form::Text && evidence.members.is_empty());
    if let Some(disk) = &evidence.disk_space {
        assert_eq!(disk.margin(), i128::from(disk.volume) - i128::try_from(disk.required()).expect("it fits"));
    }
    for list in evidence.members.iter().filter_map(|member| member.namespaces.as_ref()) {
        list.names.iter().for_each(|name| drop(name.unescaped()));
    }
    let info = OperationInfo::find("batch_check_results").expect("this operation exists");
    let body = json!({ "results": [{ "precheck_result": [{ "data": text }] }] }).to_string();
    let codes: Vec<Code> =
        validate(info, Side::Response(200), body.as_bytes()).iter().map(|found| found.code).collect();
    let expected = if matches!(data, ItemData::Text(_)) { vec![Code::UnknownForm] } else { Vec::new() };
    assert_eq!(codes, expected, "{data:?}");
});
