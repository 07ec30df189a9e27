//! Validation of path, query and header parameters.

use drs_emulator::project_id;
use drs_types::OperationInfo;
use drs_validate::{Side, Validator};
use serde_json::{Value, json};

use crate::{MYSQL, Service};

/// Sends a documented request with an addition to the path, and headers.
async fn ask(after: &str, headers: &[(&str, &[u8])]) -> (u16, Value) {
    let service = Service::start().await;
    let url = format!("{}/v3/{}/jobs/batch-status{after}", service.emulator.url(), project_id());
    let mut request = service.http.post(url).header("X-Auth-Token", "any").body(json!({ "jobs": [MYSQL] }).to_string());
    for (name, value) in headers {
        request = request.header(*name, reqwest::header::HeaderValue::from_bytes(value).unwrap());
    }
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_str(&response.text().await.unwrap()).unwrap())
}

/// Returns the code and message of a refusal in the documented form of an error.
async fn refused(after: &str, headers: &[(&str, &[u8])]) -> (String, String) {
    let (status, body) = ask(after, headers).await;
    assert_eq!(status, 400, "{body}");
    let info = OperationInfo::find("batch_list_job_status").unwrap();
    assert_eq!(Validator::new().validate_value(info, Side::Response(400), &body), []);
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    (text("error_code"), text("error_msg"))
}

#[tokio::test]
async fn an_unknown_query_parameter_is_refused() {
    for after in ["?limit=abc", "?job_type=weird", "?X-Language=en-us", "?a=1&limit=10", "?limit"] {
        assert_eq!(refused(after, &[]).await.0, "DRS.M00200", "{after}");
    }
    let (_, message) = refused("?job%5Ftype=we%C3%AFrd+x", &[]).await;
    assert_eq!(message, r#"query parameter "job_type": batch_list_job_status has no such parameter; found "weïrd x""#);
    assert_eq!(refused("?x=%FF", &[]).await.0, "DRS.M00200");
    assert_eq!(ask("?", &[]).await.0, 200);
}

#[tokio::test]
async fn an_unlisted_or_duplicate_header_is_refused() {
    let (code, message) = refused("", &[("X-Language", b"de-de")]).await;
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("DRS.M00202", r#"header X-Language: expected "en-us" or "zh-cn", found "de-de""#)
    );
    assert_eq!(refused("", &[("X-Language", b"")]).await.0, "DRS.M00202");
    assert_eq!(refused("", &[("x-language", b"EN-US")]).await.0, "DRS.M00202");
    assert_eq!(refused("", &[("X-Language", b"en-us"), ("X-Language", b"en-us")]).await.0, "DRS.M00200");
    assert_eq!(refused("", &[("X-Language", b"\xff")]).await.0, "DRS.M00200");
    assert_eq!(ask("", &[("x-language", b"zh-cn"), ("X-Else", b"\xff")]).await.0, 200);
}

#[tokio::test]
async fn a_path_that_is_not_utf_8_gets_the_documented_error_body() {
    let service = Service::start().await;
    let url = format!("{}/v3/%FF/jobs/batch-status", service.emulator.url());
    let response = service.http.post(url).header("X-Auth-Token", "any").send().await.unwrap();
    assert_eq!(response.status(), 400);
    let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!(body["error_code"], "DRS.M00200");
}
