//! Requests to IAM, and what is read of its responses.

use std::time::{Duration, UNIX_EPOCH};

use drs_auth::Secrets;
use drs_auth::iam::{
    IamError, PasswordLogin, Project, Token, projects_request, read_project, read_token, token_request,
};
use http::Response;
use serde_json::{Value, json};
use url::Url;

use crate::{SECRET, shown};

fn iam() -> Url {
    drs_auth::endpoint::parse_iam("http://127.0.0.1:1/iam/v3").unwrap()
}

fn login() -> PasswordLogin {
    PasswordLogin { user: "me".to_owned(), password: SECRET.into(), domain: "ours".to_owned() }
}

fn response(status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Response<Vec<u8>> {
    let builder =
        headers.iter().fold(Response::builder().status(status), |all, (name, value)| all.header(*name, *value));
    builder.body(body.into()).unwrap()
}

fn token(response: &Response<Vec<u8>>) -> Result<Token, IamError> {
    read_token(response, &Secrets::new([SECRET]))
}

#[test]
fn a_token_is_asked_for_with_user_password_domain_and_project() {
    let expected = |project: Value| {
        let user = json!({ "name": "me", "password": SECRET, "domain": { "name": "ours" } });
        let identity = json!({ "methods": ["password"], "password": { "user": user } });
        json!({ "auth": { "identity": identity, "scope": { "project": project } } })
    };
    let projects = [
        (Project::Id("p1".parse().unwrap()), json!({ "id": "p1" })),
        (Project::Name("eu-de".to_owned()), json!({ "name": "eu-de" })),
    ];
    for (project, written) in projects {
        let request = token_request(&iam(), &login(), &project);
        assert_eq!((request.method().as_str(), request.uri().path()), ("POST", "/iam/v3/auth/tokens"));
        assert_eq!(request.headers()["content-type"], "application/json");
        assert_eq!(serde_json::from_slice::<Value>(request.body()).unwrap(), expected(written));
    }
}

#[test]
fn the_token_is_in_a_header_and_its_end_and_project_are_in_the_body() {
    let body = r#"{"token":{"expires_at":"2024-01-03T03:04:05.855000Z","project":{"id":"p1"},"catalog":[]}}"#;
    let token = token(&response(201, &[("X-Subject-Token", SECRET)], body)).unwrap();
    assert_eq!(token.value.expose(), SECRET);
    assert_eq!(token.expires_at, Some(UNIX_EPOCH + Duration::from_millis(1_704_251_045_855)));
    assert_eq!(token.project_id.as_ref().unwrap(), "p1");
    assert!(!format!("{token:?}").contains(SECRET));
}

#[test]
fn a_token_is_a_token_whatever_the_body_says() {
    for body in ["", "[]", r#"{"token":{"expires_at":"soon"}}"#, r#"{"token":null}"#, "\u{0}"] {
        let token = token(&response(201, &[("x-subject-token", "t")], body)).unwrap();
        assert_eq!((token.value.expose(), token.expires_at, token.project_id), ("t", None, None), "{body}");
    }
}

#[test]
fn a_project_is_found_by_its_name() {
    let request = projects_request(&iam(), "eu-de_a b");
    assert_eq!(
        (request.method().as_str(), request.uri().to_string().as_str()),
        ("GET", "http://127.0.0.1:1/iam/v3/projects?name=eu-de_a+b")
    );
    let read = |body: &str| read_project(&response(200, &[], body), "eu-de", &Secrets::default());
    let both = r#"{"projects":[{"id":"p1","name":"eu-de"},{"id":"p2","name":"eu-nl"}],"links":{}}"#;
    assert_eq!(read(both).unwrap(), "p1");
    assert_eq!(read(r#"{"projects":[{"id":"p1"}]}"#).unwrap(), "p1");
}

#[test]
fn each_refusal_says_what_iam_says_and_no_secret() {
    let echo = format!("no user with password {SECRET}");
    let project = |body: &str| read_project(&response(200, &[], body), "eu-de", &Secrets::default()).unwrap_err();
    let gateway = json!({ "error_msg": "Incorrect IAM authentication information", "error_code": "APIGW.0301", "request_id": "r1" });
    let keystone = json!({ "error": { "code": 401, "message": echo, "title": "Unauthorized" } });
    let errors = [
        token(&response(401, &[], gateway.to_string())).unwrap_err(),
        token(&response(401, &[("X-Request-Id", "r2")], keystone.to_string())).unwrap_err(),
        token(&response(400, &[], r#"{"error":{"title":"Bad Request"}}"#)).unwrap_err(),
        token(&response(503, &[], "<html><title>Busy</title></html>")).unwrap_err(),
        token(&response(429, &[], "")).unwrap_err(),
        token(&response(302, &[("Location", "https://login.example")], "")).unwrap_err(),
        token(&response(200, &[("X-Request-Id", "r3")], "{}")).unwrap_err(),
        project(r#"{"projects":[]}"#),
        project(r#"{"projects":[{"id":"p1","name":"eu-de"},{"id":"p2","name":"eu-de"}]}"#),
        project("<html></html>"),
        IamError::Transport(std::sync::Arc::from(drs_auth::iam::TransportError::from("the connection was refused"))),
    ];
    let messages: Vec<String> = errors.iter().map(|error| shown(error)).collect();
    insta::assert_snapshot!(messages.join("\n"));
    let retryable: Vec<bool> = errors.iter().map(IamError::is_retryable).collect();
    assert_eq!(retryable, [false, false, false, true, true, false, false, false, false, false, true]);
}
