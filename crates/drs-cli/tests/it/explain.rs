//! `drs explain`: what an item checks, why it fails and how to fix it.

use insta::assert_snapshot;
use serde_json::Value;

use crate::{drs, run};

/// Returns the explanation of one thing.
fn explained(what: &str) -> String {
    let shown = run(&mut drs(&["explain", what]));
    assert_eq!((shown.code, shown.stderr.as_str()), (0, ""), "{what}");
    shown.stdout
}

fn json(arguments: &[&str]) -> Value {
    let shown = run(drs(&["explain"]).args(arguments).args(["--output", "json"]));
    assert_eq!((shown.code, shown.stderr.as_str()), (0, ""), "{arguments:?}");
    serde_json::from_str(&shown.stdout).unwrap()
}

#[test]
fn an_item_says_what_it_checks_why_it_fails_and_how_to_fix_it() {
    assert_snapshot!("item", explained("dbServerUuidConsistency"));
    assert_snapshot!("item_of_several_engines", explained("srcDbPrivilegesIsEnough"));
}

#[test]
fn an_item_without_a_page_says_that_its_fix_is_not_documented() {
    assert_snapshot!("item_without_a_page", explained("gtidFormatCheck"));
}

#[test]
fn a_check_without_a_known_name_says_so() {
    assert_snapshot!("topic", explained("unique-constraints"));
}

#[test]
fn a_failed_reason_an_error_code_and_a_finding_are_explained() {
    assert_snapshot!("reason", explained("MYSQL_SOURCE_DB_PRIVILEGES_IS_NOT_ENOUGH_FOR_INCRE"));
    assert_snapshot!(explained("DRS.M00303"), @"
    DRS.M00303  error code

      The parameters must be read afresh before they can be changed.

    Facts
      Status      HTTP 400
      Send again  yes, after another action
    ");
    assert_snapshot!(explained("DRS-V011"), @"
    DRS-V011  finding of drs validate: wrong type

      A value has another JSON type.

    Facts
      Severity    an error in a request, and where the payload cannot be read; otherwise drift
      Example     docs/findings.md
    ");
}

#[test]
fn case_separators_and_aliases_do_not_matter() {
    let item = explained("dbServerUuidConsistency");
    for spelling in
        ["DBSERVERUUIDCONSISTENCY", "db_server_uuid_consistency", "server_uuid", " dbServerUuidConsistency "]
    {
        assert_eq!(explained(spelling), item, "{spelling}");
    }
    assert_eq!(explained("wal_level"), explained("wal-level"));
    assert_eq!(explained("drs.m00303"), explained("DRS.M00303"));
    assert_eq!(explained("drs-v011"), explained("DRS-V011"));
}

#[test]
fn something_unknown_is_refused_with_the_nearest_name() {
    let refused = |arguments: &[&str]| {
        let shown = run(drs(&["explain"]).args(arguments));
        assert_eq!((shown.code, shown.stdout.as_str()), (2, ""), "{arguments:?}");
        shown.stderr
    };
    assert_snapshot!(refused(&["srcdbbinlogisof"]), @r#"
    error: "srcdbbinlogisof" is not in the catalogue; did you mean srcDbBinlogIsOff?
      drs explain --list lists what is in it. The service may report items and reasons that it does not have.
    "#);
    assert!(refused(&["DRS.M00309"]).contains("did you mean DRS.M00"));
    assert!(refused(&["SOURCE_DB_BINLOG_IS_OFF_FOR_DOWN"]).contains("did you mean SOURCE_DB_BINLOG_IS_OFF_FOR_UP?"));
    assert!(!refused(&["?"]).contains("did you mean"));
    assert!(refused(&[]).contains("<WHAT>"));
    assert!(refused(&["--list", "--engine", "mysqll"]).contains("did you mean mysql?"));
    assert!(refused(&["--list", "--group", "network_"]).contains("did you mean network?"));
    let error: Value = serde_json::from_str(&refused(&["nothing", "--output", "json"])).unwrap();
    assert_eq!(error["error"]["exit"], 2);
}

#[test]
fn the_list_has_everything_and_can_be_limited_to_an_engine_or_a_group() {
    let all = json(&["--list"]);
    let kinds = |kind: &str| all.as_array().unwrap().iter().filter(|entry| entry["kind"] == kind).count();
    let items = drs_gate::catalogue::items().count();
    assert_eq!(kinds("check_item"), items);
    assert_eq!(kinds("failed_reason"), drs_gate::catalogue::reasons().len());
    assert_eq!(kinds("error_code"), drs_types::common::ErrorCode::LISTED.len());
    assert_eq!(kinds("finding"), drs_validate::Code::ALL.len());
    assert_snapshot!("list_of_a_group", run(&mut drs(&["explain", "--list", "--group", "network"])).stdout);

    let mongodb = json(&["--list", "--engine", "MongoDB"]);
    let mongodb = mongodb.as_array().unwrap();
    assert!(!mongodb.is_empty() && mongodb.len() < items);
    for item in mongodb {
        let engines = item["engines"].as_array().unwrap();
        assert!(engines.iter().any(|engine| engine["name"] == "mongodb" || engine["name"] == "any"), "{item}");
    }
    let text = run(&mut drs(&["explain", "--list"])).stdout;
    for name in ["dstDbDiskSize", "SRC_HAS_TTL_INDEXES", "DRS.M00300", "DRS-V036", "wal-level"] {
        assert!(text.contains(name), "{name}");
    }
}

#[test]
fn json_has_every_field_of_an_item() {
    assert_snapshot!("json", format!("{:#}", json(&["dbClockConsistency"])));
    assert_snapshot!(json(&["DRS.M01503"]).to_string(), @r#"{"code":"DRS.M01503","kind":"error_code","meaning":"Too many calls in a short time.","retry":"later","status":400}"#);
}
