//! The catalogue explains what documented payloads have, and says when it does not know.

use std::collections::BTreeSet;

use drs_gate::catalogue::{self, Confidence, explain_short};
use drs_types::operations::v3::batch_check_results::BatchCheckResultsResponse;

/// The documented reports on pre-checks.
fn documented() -> Vec<BatchCheckResultsResponse> {
    let info = drs_types::OperationInfo::find("batch_check_results").unwrap();
    info.response_examples().map(|example| serde_json::from_str(example.json).unwrap()).collect()
}

#[test]
fn every_item_and_reason_of_the_documented_payloads_is_explained() {
    let mut items = BTreeSet::new();
    for result in documented().iter().flat_map(|response| response.results.iter().flatten()) {
        for entry in result.precheck_result.iter().flatten() {
            let name = entry.item.as_deref().unwrap();
            let item = catalogue::find(name).unwrap_or_else(|| panic!("{name}"));
            assert_eq!((item.name, item.group), (name, entry.group.as_deref()));
            assert!(item.seen.contains(&entry.result.as_ref().unwrap().as_str()), "{name}");
            assert!(!item.causes.is_empty() && !item.fix.is_empty(), "{name}");
            if let Some(code) = entry.failed_reason.as_deref().filter(|code| !code.is_empty()) {
                let reason = catalogue::find_reason(code).unwrap_or_else(|| panic!("{code}"));
                assert!(reason.items.contains(&name) && reason.is_documented, "{code}");
            }
            items.insert(name.to_owned());
        }
    }
    assert_eq!(items.len(), 56);
}

#[test]
fn names_that_mislead_are_explained_the_right_way_round() {
    let checks = |name: &str| catalogue::find(name).unwrap().checks;
    assert_eq!(checks("dbServerUuidConsistency"), "The server_uuid of source and target differs.");
    assert_eq!(checks("dbSslConsistency"), "SSL is not on at source and target at the same time.");
    assert_eq!(checks("srcDbBinlogIsOff"), "The binlog of the source is on.");
    for name in ["dbServerUuidConsistency", "dbSslConsistency", "srcDbBinlogIsOff", "srclogSlaveUpdatesCheck"] {
        assert!(catalogue::find(name).unwrap().trap.is_some(), "{name}");
    }
}

#[test]
fn a_name_is_found_without_regard_to_case_and_separators_or_by_an_alias() {
    let found = |name: &str| catalogue::find(name).map(|item| item.name);
    assert_eq!(found("SRCLOGSLAVEUPDATESCHECK"), Some("srclogSlaveUpdatesCheck"));
    assert_eq!(found("binlog_format"), Some("srcBinlogFormatCheck"));
    assert_eq!(found("WAL_LEVEL"), Some("wal-level"));
    assert_eq!(found(""), None);
    assert!(catalogue::find_reason("src_has_ttl_indexes").is_some());
}

/// Renders short explanations, one per paragraph.
fn short(asked: &[(&str, Option<&str>)]) -> String {
    let one = |(item, reason): &(&str, Option<&str>)| {
        let short = explain_short(item, *reason);
        let optional = |text: Option<&str>| text.unwrap_or("nothing").to_owned();
        let (fix, explain) = (optional(short.fix.as_deref()), optional(short.explain));
        format!("{item} {}\n  why: {}\n  fix: {fix}\n  explain: {explain}\n", reason.unwrap_or_default(), short.why)
    };
    asked.iter().map(one).collect()
}

#[test]
fn an_unknown_item_or_reason_is_said_to_be_unknown() {
    insta::assert_snapshot!(
        "unknown",
        short(&[
            ("itemOfTomorrow", Some("REASON_OF_TOMORROW")),
            ("itemOfTomorrow", Some("SRC_HAS_TTL_INDEXES")),
            ("srcBinlogFormatCheck", Some("REASON_OF_TOMORROW")),
            ("srcBinlogFormatCheck", Some(" ")),
        ])
    );
}

#[test]
fn a_short_explanation_has_the_cause_and_the_fix() {
    insta::assert_snapshot!(
        "short",
        short(&[
            ("dstDbConnection", None),
            ("srcGtidStatusCheck", Some("MYSQL_SOURCE_DB_PRIVILEGES_IS_NOT_ENOUGH_FOR_INCRE")),
            ("gtidFormatCheck", None),
            ("unique-constraints", None),
        ])
    );
}

#[test]
fn a_fix_without_a_page_says_that_it_is_not_documented() {
    for item in catalogue::items() {
        let has_page = item.sources.iter().any(|source| source.url.is_some());
        assert!(item.caution.is_some() || has_page, "{}", item.name);
        assert!(item.confidence == Confidence::Low || has_page, "{}", item.name);
        assert!(item.caution.is_none_or(|caution| caution.starts_with("Not documented")), "{}", item.name);
    }
}

#[test]
fn every_item_has_its_page() {
    for item in catalogue::items() {
        let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(item.page);
        assert!(page.is_file(), "{}", item.page);
    }
}
