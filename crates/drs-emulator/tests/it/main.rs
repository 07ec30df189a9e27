//! The emulator over a real socket.

#![allow(clippy::unwrap_used)]

mod faults;
mod iam;
mod parameters;
mod running;
mod scenarios;
mod scenarios_page;
mod signatures;
mod tasks;

use drs_emulator::{Emulator, project_id};
use drs_types::operation::{Location, ParameterInfo};
use drs_types::{OPERATIONS, OperationInfo};
use drs_validate::Validator;
use reqwest::StatusCode;
use serde_json::{Value, json};

const MYSQL: &str = "140b5236-88ad-43c8-811c-1268453jb101";
const DDS: &str = "a281f62f-4631-45d6-a2d3-679a9f4jb105";

/// Creates an HTTP client. The emulator speaks plain HTTP, but reqwest needs a TLS provider.
fn http() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

/// Sends a request and receives the whole response.
async fn send(request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, reqwest::Error> {
    let response = http().execute(reqwest::Request::try_from(request)?).await?;
    let mut received = http::Response::builder().status(response.status());
    *received.headers_mut().unwrap() = response.headers().clone();
    Ok(received.body(response.bytes().await?.to_vec()).unwrap())
}

/// A running emulator with a client.
struct Service {
    emulator: Emulator,
    http: reqwest::Client,
    validator: Validator,
}

impl Service {
    async fn start() -> Self {
        let emulator = Emulator::start(0).await.unwrap();
        Self { emulator, http: http(), validator: Validator::new() }
    }

    /// Sends a call. The response must be valid.
    async fn call(&self, operation: &str, body: &Value) -> (u16, Value) {
        let info = OperationInfo::find(operation).unwrap();
        let url = format!("{}{}", self.emulator.url(), info.fill_path(|_| Some(project_id())).unwrap());
        let request = self.http.request(info.method.clone(), url).header("X-Auth-Token", "any").body(body.to_string());
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let response: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        let findings = self.validator.validate_value(info, drs_validate::Side::Response(status), &response);
        assert!(findings.is_empty(), "{operation} {status}: {findings:#?}\n{response:#}");
        (status, response)
    }

    /// Sends a call that must succeed.
    async fn done(&self, operation: &str, body: Value) -> Value {
        let (status, response) = self.call(operation, &body).await;
        assert!(status < 300, "{operation}: {response:#}");
        response
    }
}

struct Response {
    status: StatusCode,
    request_id: String,
    text: String,
}

impl Response {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    fn code(&self) -> (u16, String) {
        (self.status.as_u16(), self.json()["error_code"].as_str().unwrap_or_default().to_owned())
    }
}

async fn post(path: &str, token: Option<&str>, body: String) -> Response {
    let emulator = Emulator::start(0).await.unwrap();
    let mut request = http().post(format!("{}{path}", emulator.url())).body(body);
    if let Some(token) = token {
        request = request.header("X-Auth-Token", token);
    }
    let response = request.send().await.unwrap();
    let status = response.status();
    let request_id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let text = response.text().await.unwrap();
    emulator.stop().await;
    Response { status, request_id, text }
}

async fn ask(body: &Value) -> Response {
    post(&documented_path(), Some("any"), body.to_string()).await
}

fn documented_path() -> String {
    format!("/v3/{}/jobs/batch-precheck-result", project_id())
}

#[tokio::test]
async fn a_documented_request_gets_its_documented_response() {
    let info = OperationInfo::find("batch_check_results").unwrap();
    let responses: Vec<Value> =
        info.response_examples().map(|example| serde_json::from_str(example.json).unwrap()).collect();
    let mut requests = 0;
    for request in info.request_examples() {
        let response = post(&documented_path(), Some("any"), request.json.to_owned()).await;
        assert_eq!(response.status, 200);
        assert!(responses.contains(&response.json()), "not a documented response: {}", response.text);
        assert_eq!(
            response.json()["results"][0]["precheck_id"],
            serde_json::from_str::<Value>(request.json).unwrap()["jobs"][0]
        );
        requests += 1;
    }
    assert_eq!(requests, 2);
}

#[tokio::test]
async fn one_response_has_both_tasks() {
    let response = ask(&json!({ "jobs": [DDS, MYSQL] })).await;
    let ids: Vec<Value> =
        response.json()["results"].as_array().unwrap().iter().map(|row| row["precheck_id"].clone()).collect();
    assert_eq!((ids, response.json()["count"].clone()), (vec![json!(DDS), json!(MYSQL)], json!(2)));
}

#[tokio::test]
async fn an_unknown_task_is_refused_inside_a_success() {
    let response = ask(&json!({ "jobs": [MYSQL, "nobody"] })).await;
    assert_eq!(response.status, 200);
    let row = &response.json()["results"][1];
    assert_eq!((&row["precheck_id"], &row["error_code"]), (&json!("nobody"), &json!("DRS.M05003")));
    assert_eq!(response.json()["results"][0]["result"], true);
}

#[tokio::test]
async fn requests_that_break_the_documentation_get_the_documented_codes() {
    let refused = |body: Value| async move { ask(&body).await.code() };
    assert_eq!(refused(json!({ "jobs": [] })).await, (400, "DRS.M00201".into()));
    assert_eq!(refused(json!({ "jobs": [MYSQL, MYSQL] })).await, (400, "DRS.M00301".into()));
    assert_eq!(refused(json!({ "jobs": [""] })).await, (400, "DRS.M00201".into()));
    assert_eq!(refused(json!({})).await, (400, "DRS.M00201".into()));
    assert_eq!(refused(json!({ "jobs": MYSQL })).await, (400, "DRS.M00200".into()));
    assert_eq!(refused(json!({ "jobs": [MYSQL], "limit": 1 })).await, (400, "DRS.M00200".into()));
    let broken = post(&documented_path(), Some("any"), "{\"jobs\":".into()).await;
    assert_eq!(broken.code(), (400, "DRS.M00200".into()));
}

#[tokio::test]
async fn a_refusal_names_the_pointer_and_the_value() {
    let response = ask(&json!({ "jobs": [MYSQL, DDS, MYSQL] })).await;
    insta::assert_snapshot!(
        response.json()["error_msg"].as_str().unwrap(),
        @r#"/jobs/2: duplicate item: "140b5236-88ad-43c8-811c-1268453jb101" is already at /jobs/0"#
    );
}

#[tokio::test]
async fn a_missing_or_empty_token_and_a_foreign_project_are_403() {
    let body = json!({ "jobs": [MYSQL] }).to_string();
    assert_eq!(post(&documented_path(), None, body.clone()).await.code(), (403, "DRS.M00100".into()));
    assert_eq!(post(&documented_path(), Some(" "), body.clone()).await.code(), (403, "DRS.M00100".into()));
    let foreign = post("/v3/other/jobs/batch-precheck-result", Some("any"), body).await;
    assert_eq!(foreign.code(), (403, "DRS.M00261".into()));
}

#[tokio::test]
async fn a_language_that_is_not_listed_is_refused() {
    let emulator = Emulator::start(0).await.unwrap();
    let ask = async |language: &str| {
        let request = http().post(format!("{}{}", emulator.url(), documented_path()));
        let request = request.header("X-Auth-Token", "any").header("X-Language", language);
        let response = request.body(json!({ "jobs": [MYSQL] }).to_string()).send().await.unwrap();
        let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        body["error_code"].as_str().map(str::to_owned)
    };
    assert_eq!(ask("zh-cn").await, None);
    assert_eq!(ask("de-de").await.as_deref(), Some("DRS.M00202"));
    emulator.stop().await;
}

#[tokio::test]
async fn an_item_without_an_id_gets_an_item_without_an_id() {
    let transformation = json!({ "transformation_type": "configConditionalFilter", "value": "" });
    let body = json!({ "jobs": [{ "transformation_info": transformation }] });
    let path = format!("/v3/{}/jobs/batch-transformation", project_id());
    let response = post(&path, Some("any"), body.to_string()).await;
    let row = response.json()["results"][0].clone();
    assert_eq!((&row["id"], &row["error_code"]), (&Value::Null, &json!("DRS.M05003")));
}

#[tokio::test]
async fn an_unknown_path_is_not_found() {
    let response = post("/v3/unheard/of", Some("any"), "{}".into()).await;
    assert_eq!(response.code(), (404, "APIGW.0101".into()));
    assert!(response.request_id.starts_with("emulator-"));
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_and_the_connection_survives() {
    let huge = json!({ "jobs": ["x".repeat(3 << 20)] });
    assert_eq!(ask(&huge).await.code(), (413, "APIGW.0201".into()));
}

#[tokio::test]
async fn the_emulator_listens_on_loopback_only() {
    let emulator = Emulator::start(0).await.unwrap();
    assert!(emulator.address().ip().is_loopback());
}

/// Returns a documented value for a parameter.
fn valid_value(parameter: &'static ParameterInfo) -> &'static str {
    let values = parameter.example.into_iter().chain(parameter.values.iter().copied()).chain(["1", "x"]);
    values.into_iter().find(|value| parameter.check(value).is_empty()).unwrap()
}

/// Every call responds to its documented requests in the documented form, accepted or refused.
#[tokio::test]
async fn every_response_is_valid() {
    let emulator = Emulator::start(0).await.unwrap();
    let (http, validator) = (http(), Validator::new());
    for info in OPERATIONS {
        let documented = info.request_examples().map(|example| example.json);
        for body in documented.chain(info.request.is_none().then_some("")) {
            let task = |name: &str| if name == "job_id" { Some(MYSQL) } else { Some(project_id()) };
            let mut url = format!("{}{}?", emulator.url(), info.fill_path(task).unwrap());
            let in_query = |parameter: &&ParameterInfo| parameter.required && parameter.location == Location::Query;
            for parameter in info.parameters.iter().filter(in_query) {
                url.push_str(&format!("&{}={}", parameter.name, valid_value(parameter)));
            }
            let request = http.request(info.method.clone(), url);
            let request = request.header("X-Auth-Token", "any").body(body);
            let response = request.send().await.unwrap();
            let status = response.status().as_u16();
            let text = response.text().await.unwrap();
            if info.response(status).is_some_and(|response| response.body.is_none()) {
                assert_eq!(text, "", "{} {status}", info.id);
                continue;
            }
            let response: Value = serde_json::from_str(&text).unwrap();
            let refused = json!([response["error_code"]]);
            let known = refused == json!(["DRS.M05003"]) || refused == json!(["DRS.M00304"]) || status < 300;
            assert!(known, "{} {status}: {response:#}", info.id);
            let findings = validator.validate_value(info, drs_validate::Side::Response(status), &response);
            assert!(findings.is_empty(), "{} {status}: {findings:#?}\n{response:#}", info.id);
        }
    }
    emulator.stop().await;
}
