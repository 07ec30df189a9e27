//! The fault suite: each thing that can go wrong between a call and its reply, over a real socket, with its exact outcome.
//!
//! The emulator plays the faults, as it does for users. `sockets` and `undocumented` have servers that send given bytes;
//! names that cannot be resolved and proxies need the environment of a process: the tests of `drs` have them.

mod bodies;
mod connections;
mod rows;
mod service;
mod sockets;
mod undocumented;

use std::time::Duration;

use drs_client::precheck::{self, Results};
use drs_client::{ClientBuilder, Error};
use drs_emulator::{Emulator, Scenario};
use serde_json::{Value, json};

use crate::{client, shown};

const MYSQL: &str = "140b5236-88ad-43c8-811c-1268453jb101";
const DDS: &str = "a281f62f-4631-45d6-a2d3-679a9f4jb105";

/// No call of the suite may take longer. It does not fail a test on a slow machine, it only ends one that hangs.
const HANGS: Duration = Duration::from_mins(1);

/// Starts an emulator with faults.
async fn emulator(faults: Value) -> Emulator {
    let scenario = json!({ "synthetic": true, "title": "Faults", "faults": faults }).to_string();
    let scenario = Scenario::parse("faults.json", &scenario).unwrap();
    Emulator::builder().scenario(scenario).start().await.unwrap()
}

/// Queries both documented tasks, and ends a call that hangs.
async fn results(builder: ClientBuilder) -> Result<Results, Error> {
    let jobs = [MYSQL, DDS].map(|id| id.parse().unwrap());
    let client = builder.build().unwrap();
    tokio::time::timeout(HANGS, precheck::results(&client, &jobs)).await.expect("the call ends")
}

/// Queries both tasks from an emulator with one fault in every call.
async fn with(effect: Value) -> Result<Results, Error> {
    let emulator = emulator(json!([{ "operation": "batch_check_results", "effect": effect }])).await;
    results(client(&emulator.url())).await
}

/// Returns the error of a query from an emulator with one fault.
async fn error(effect: Value) -> Error {
    with(effect).await.unwrap_err()
}

/// Shows an error without the port, which differs in each run.
fn stable(error: &Error) -> String {
    let text = shown(error);
    let Some((before, after)) = text.split_once("127.0.0.1:") else { return text };
    format!("{before}HOST{}", after.trim_start_matches(|character: char| character.is_ascii_digit()))
}

/// Asserts that the request was sent and its outcome is unknown.
fn assert_unknown(error: &Error, said: &str) {
    assert!(matches!(error, Error::OutcomeUnknown { .. }), "{error:?}");
    assert!(error.may_be_done() && error.is_retryable() && !error.is_request_invalid());
    assert_eq!(stable(error), said);
}

/// Every effect of the format, one after the other: an error or a result, no panic, no secret, no hang.
#[tokio::test]
async fn every_fault_ends_in_an_error_or_a_result_without_a_secret() {
    let effects = [
        json!({ "delay": { "ms": 1 } }),
        json!({ "delay": { "ms": 1, "body_only": true } }),
        json!({ "slow": { "bytes": 4096, "ms": 1 } }),
        json!({ "respond": { "status": 500, "body": { "error_code": "DRS.M00004", "error_msg": "m" } } }),
        json!({ "throttled": { "retry_after": 0 } }),
        json!("expired_token"),
        json!({ "clock_skew": 100 }),
        json!({ "body": "empty" }),
        json!({ "body": "login_page" }),
        json!({ "body": "wrong_type" }),
        json!({ "body": "broken_chunks" }),
        json!({ "body": "invalid_utf8" }),
        json!({ "large_head": 1000 }),
        json!({ "reset": "before_head" }),
        json!({ "reset": "head" }),
        json!({ "reset": "body" }),
        json!({ "close": "before_head" }),
        json!({ "close": "head" }),
        json!({ "close": "body" }),
        json!({ "rows": "missing" }),
        json!({ "rows": "foreign" }),
    ];
    for effect in effects {
        match with(effect.clone()).await {
            Ok(results) => {
                assert_eq!(results.tasks.len(), 2, "{effect}");
                assert!(!format!("{results:?}").contains(crate::TOKEN), "{effect}");
            }
            // It asserts that there is no token.
            Err(error) => drop(shown(&error)),
        }
    }
}
