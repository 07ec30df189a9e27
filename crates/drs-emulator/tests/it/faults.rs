//! Faults: which calls they meet, and what a client gets. The suite of drs-client has every effect over a socket.

use drs_emulator::{AccessKey, Emulator, Scenario, demo_access_key, project_id};
use http::Request;
use serde_json::{Value, json};

use crate::{DDS, MYSQL, http, send};

/// Starts an emulator with faults.
async fn with(faults: Value, seed: u64) -> Emulator {
    let scenario = json!({ "synthetic": true, "title": "t", "faults": faults, "seed": seed });
    let scenario = Scenario::parse("faults.json", &scenario.to_string()).unwrap();
    Emulator::builder().scenario(scenario).start().await.unwrap()
}

fn query(emulator: &Emulator, jobs: &[&str]) -> Request<Vec<u8>> {
    let url = format!("{}/v3/{}/jobs/batch-precheck-result", emulator.url(), project_id());
    let body = json!({ "jobs": jobs }).to_string().into_bytes();
    Request::post(url).header("X-Auth-Token", "any").body(body).unwrap()
}

/// Returns the statuses of some calls.
async fn statuses(emulator: &Emulator, calls: usize) -> Vec<u16> {
    let mut statuses = Vec::new();
    for _ in 0..calls {
        statuses.push(send(query(emulator, &[MYSQL])).await.unwrap().status().as_u16());
    }
    statuses
}

fn busy(when: &Value) -> Value {
    json!({ "when": when, "effect": { "respond": { "status": 503, "headers": { "Retry-After": "1" } } } })
}

#[tokio::test]
async fn a_fault_meets_the_calls_that_it_names() {
    let cases = [
        (json!({ "calls": [2, 4] }), [200, 503, 200, 503, 200]),
        (json!({ "first": 2 }), [503, 503, 200, 200, 200]),
        (json!({ "after": 3 }), [200, 200, 200, 503, 503]),
        (json!({ "every": 2 }), [200, 503, 200, 503, 200]),
        (json!({ "probability": 0 }), [200; 5]),
        (json!({ "probability": 1.0 }), [503; 5]),
        (Value::Null, [503; 5]),
    ];
    for (when, expected) in cases {
        let emulator = with(json!([busy(&when)]), 0).await;
        assert_eq!(statuses(&emulator, 5).await, expected, "{when}");
    }
}

#[tokio::test]
async fn the_same_seed_chooses_the_same_calls() {
    let seen = async |seed| statuses(&with(json!([busy(&json!({ "probability": 0.5 }))]), seed).await, 16).await;
    let (one, again, other) = (seen(1).await, seen(1).await, seen(2).await);
    assert_eq!(one, again);
    assert_ne!(one, other);
    assert!(one.contains(&200) && one.contains(&503), "{one:?}");
}

#[tokio::test]
async fn a_fault_of_an_operation_spares_the_others_and_the_first_fault_counts() {
    let of =
        |operation: &str, status: u16| json!({ "operation": operation, "effect": { "respond": { "status": status } } });
    let faults = json!([of("show_job_list", 500), of("batch_check_results", 502), busy(&Value::Null)]);
    let emulator = with(faults, 0).await;
    assert_eq!(statuses(&emulator, 1).await, [502]);
    let health = http().get(format!("{}/healthz", emulator.url())).send().await.unwrap();
    assert_eq!(health.status(), 200);
    let token = http().post(format!("{}/v3/auth/tokens", emulator.url())).send().await.unwrap();
    assert_eq!((token.status().as_u16(), token.headers()["retry-after"].as_bytes()), (503, &b"1"[..]));
    assert_eq!(token.headers()[Scenario::HEADER], "synthetic; faults");
}

#[tokio::test]
async fn the_documented_refusals_have_their_codes() {
    let code = async |effect: Value| {
        let response = send(query(&with(json!([{ "effect": effect }]), 0).await, &[MYSQL])).await.unwrap();
        let body: Value = serde_json::from_slice(response.body()).unwrap();
        (response.status().as_u16(), body["error_code"].as_str().unwrap().to_owned())
    };
    assert_eq!(code(json!({ "throttled": {} })).await, (400, "DRS.M01503".to_owned()));
    assert_eq!(code(json!("expired_token")).await, (401, "APIGW.0301".to_owned()));
}

#[tokio::test]
async fn an_expired_token_stays_expired() {
    let emulator =
        with(json!([{ "operation": "batch_check_results", "when": { "first": 1 }, "effect": "expired_token" }]), 0)
            .await;
    let login = drs_emulator::demo_login();
    let user = json!({ "name": login.user, "password": login.password.expose(), "domain": { "name": login.domain } });
    let identity = json!({ "methods": ["password"], "password": { "user": user } });
    let auth = json!({ "auth": { "identity": identity, "scope": { "project": { "name": "eu-de" } } } });
    let issued = http().post(format!("{}/v3/auth/tokens", emulator.url())).body(auth.to_string()).send().await.unwrap();
    let token = issued.headers()["x-subject-token"].clone();
    for _ in 0..2 {
        let mut request = query(&emulator, &[MYSQL]);
        request.headers_mut().insert("x-auth-token", token.clone());
        assert_eq!(send(request).await.unwrap().status(), 401);
    }
}

#[tokio::test]
async fn a_clock_that_differs_refuses_a_signature() {
    for seconds in [3600, -3600] {
        let emulator = with(json!([{ "effect": { "clock_skew": seconds } }]), 0).await;
        let key: AccessKey = demo_access_key();
        let mut request = query(&emulator, &[MYSQL]);
        request.headers_mut().remove("x-auth-token");
        let request = drs_auth::Credentials::from(key)
            .authorize(request, Some(project_id()), std::time::SystemTime::now())
            .unwrap();
        let response = send(request).await.unwrap();
        let said = String::from_utf8_lossy(response.body()).into_owned();
        assert!(response.status() == 401 && said.contains("APIGW.0301"), "{said}");
    }
}

#[tokio::test]
async fn rows_are_changed_and_the_count_is_that_of_the_rows() {
    let rows = async |fault: &str| {
        let fault = json!([{ "operation": "batch_check_results", "effect": { "rows": fault } }]);
        let response = send(query(&with(fault, 0).await, &[MYSQL, DDS])).await.unwrap();
        let body: Value = serde_json::from_slice(response.body()).unwrap();
        let ids = body["results"].as_array().unwrap().iter().map(|row| row["precheck_id"].as_str().unwrap().to_owned());
        (ids.collect::<Vec<_>>(), body["count"].as_u64().unwrap())
    };
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    assert_eq!(rows("missing").await, (ids(&[MYSQL]), 1));
    assert_eq!(rows("duplicated").await, (ids(&[MYSQL, DDS, MYSQL]), 3));
    assert_eq!(rows("reordered").await, (ids(&[DDS, MYSQL]), 2));
    assert_eq!(rows("foreign").await, (ids(&["5e7effff-0000-4000-8000-fffffffjb101", DDS]), 2));
    assert_eq!(rows("wrong_count").await, (ids(&[MYSQL, DDS]), 3));
}

#[test]
fn a_mistake_in_a_fault_is_named() {
    let faults = [
        json!([{ "effect": { "rows": "missing" } }]),
        json!([{ "operation": "switch_vip", "effect": { "rows": "missing" } }]),
        json!([{ "effect": { "respond": { "status": 99 } } }]),
        json!([{ "effect": { "respond": { "status": 200, "headers": { "a b": "c" } } } }]),
        json!([{ "effect": "explode" }]),
        json!([{ "when": { "probability": 2 }, "effect": "silence" }]),
        json!([{ "when": { "every": 0 }, "effect": "silence" }]),
    ];
    let messages = faults.map(|faults| {
        let scenario = json!({ "synthetic": true, "title": "t", "faults": faults });
        Scenario::parse("f.json", &format!("{scenario:#}")).unwrap_err().to_string()
    });
    insta::assert_snapshot!(messages.join("\n"));
}
