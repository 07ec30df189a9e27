//! Parameters of path, query and header are validated before anything is sent.

use drs_client::Error;
use drs_emulator::Emulator;
use drs_types::common::{JobId, Language};
use drs_types::operations::v3::batch_check_results::{BatchCheckResults, BatchQueryPrecheckResultReq};
use drs_types::operations::v3::show_switch_vip_status::ShowSwitchVipStatus;
use drs_types::{Operation, Parts};

use crate::{client, shown};

/// An id from a source without checks.
fn empty_id() -> JobId {
    serde_json::from_str("\"\"").unwrap()
}

#[tokio::test]
async fn a_typed_call_with_a_parameter_over_its_limits_is_not_sent() {
    // No server listens there, so a sent request would fail with another error.
    let client = client("http://127.0.0.1:9").build().unwrap();
    let error = client.send(&ShowSwitchVipStatus::new(empty_id())).await.unwrap_err();
    insta::assert_snapshot!(shown(&error), @"show_switch_vip_status was not sent: path parameter job_id: expected at least 1 character, found 0");
    assert!(error.is_request_invalid());
}

#[tokio::test]
async fn a_call_built_at_run_time_is_checked_for_unlisted_values_and_unknown_parameters() {
    let client = client("http://127.0.0.1:9").build().unwrap();
    let info = ShowSwitchVipStatus::INFO;
    let parts = |more: (&'static str, &str)| {
        Parts::new([("job_id", Some("a".to_owned())), (more.0, Some(more.1.to_owned()))], None)
    };
    let error = client.send_unchecked(info, parts(("X-Language", "de-de"))).await.unwrap_err();
    insta::assert_snapshot!(shown(&error), @r#"show_switch_vip_status was not sent: header X-Language: expected "en-us" or "zh-cn", found "de-de""#);
    let error = client.send_unchecked(info, parts(("job_type", "weird"))).await.unwrap_err();
    insta::assert_snapshot!(shown(&error), @r#"show_switch_vip_status was not sent: parameter "job_type": show_switch_vip_status has no such parameter; found "weird""#);
    assert!(matches!(client.dry_run(info, parts(("limit", "abc"))).await, Err(Error::Invalid { .. })));
    assert!(client.dry_run(info, parts(("X-Language", "zh-cn"))).await.is_ok());
}

#[tokio::test]
async fn an_unlisted_language_may_be_sent_by_a_typed_call() {
    let emulator = Emulator::start(0).await.unwrap();
    let ids = vec!["140b5236-88ad-43c8-811c-1268453jb101".parse().unwrap()];
    let mut call = BatchCheckResults::new(BatchQueryPrecheckResultReq::new(ids));
    let newer = Language::from("de-de");
    let refused = client(&emulator.url()).language(newer.clone()).build().unwrap().send(&call).await.unwrap_err();
    assert_eq!(refused.code().unwrap().as_str(), "DRS.M00202");
    call.x_language = Some(newer);
    let refused = client(&emulator.url()).build().unwrap().send(&call).await.unwrap_err();
    assert_eq!(refused.code().unwrap().as_str(), "DRS.M00202");
}
