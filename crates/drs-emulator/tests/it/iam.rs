//! The IAM of the emulator, used by drs-auth over a real socket.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use drs_auth::iam::{IamError, IamToken, PasswordLogin, Project, SendRequest, find_project};
use drs_auth::{AccessKey, Credentials, ProvideCredentials};
use drs_emulator::{Emulator, demo_access_key, demo_login, project_id};
use http::Response;
use serde_json::{Value, json};
use url::Url;

use crate::{MYSQL, documented_path, send};

fn iam(emulator: &Emulator) -> Url {
    drs_auth::endpoint::parse_iam(&emulator.url()).unwrap()
}

fn sender() -> SendRequest {
    Arc::new(|request| Box::pin(async { Ok(send(request).await?) }))
}

fn provider(emulator: &Emulator, login: PasswordLogin, project: Project) -> IamToken {
    IamToken::new(iam(emulator), login, project, sender(), SystemTime::now)
}

fn region(name: &str) -> Project {
    Project::Name(name.to_owned())
}

/// Sends the documented call with credentials.
async fn call(emulator: &Emulator, credentials: &Credentials) -> (u16, Value) {
    let url = format!("{}{}", emulator.url(), documented_path());
    let body = json!({ "jobs": [MYSQL] }).to_string().into_bytes();
    let request = http::Request::post(url).body(body).unwrap();
    let request = credentials.authorize(request, None, SystemTime::now()).unwrap();
    let response = send(request).await.unwrap();
    (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap())
}

async fn post(emulator: &Emulator, body: String) -> (u16, Value) {
    let request = http::Request::post(format!("{}/v3/auth/tokens", emulator.url())).body(body.into_bytes()).unwrap();
    let response: Response<Vec<u8>> = send(request).await.unwrap();
    assert!(!response.headers().contains_key("x-subject-token"));
    (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap())
}

#[tokio::test]
async fn a_token_is_issued_for_a_day_and_accepted() {
    let emulator = Emulator::start(0).await.unwrap();
    for project in [region("eu-de"), region("eu-de_mine"), Project::Id(project_id().parse().unwrap())] {
        let provider = provider(&emulator, demo_login(), project);
        let token = provider.token().await.unwrap();
        assert_eq!(token.project_id.as_ref().unwrap(), project_id());
        let life = token.expires_at.unwrap().duration_since(SystemTime::now()).unwrap();
        assert!(life <= Duration::from_hours(24) && life > Duration::from_hours(23), "{life:?}");
        assert_eq!(call(&emulator, &provider.credentials().await.unwrap()).await.0, 200);
    }
}

#[tokio::test]
async fn an_expired_token_is_refused() {
    let emulator = Emulator::builder().token_lifetime(Duration::ZERO).start().await.unwrap();
    let token = provider(&emulator, demo_login(), region("eu-de")).credentials().await.unwrap();
    let (status, body) = call(&emulator, &token).await;
    assert_eq!((status, &body["error_code"]), (401, &json!("APIGW.0301")));
    assert_eq!(body["error_msg"], "Incorrect IAM authentication information: the token is expired or revoked");
}

#[tokio::test]
async fn a_revoked_token_is_refused_and_the_next_one_accepted() {
    let emulator = Emulator::start(0).await.unwrap();
    let provider = provider(&emulator, demo_login(), region("eu-de"));
    let first = provider.credentials().await.unwrap();
    emulator.revoke_tokens();
    assert_eq!(call(&emulator, &first).await.0, 401);
    assert!(provider.invalidate(&first));
    let second = provider.credentials().await.unwrap();
    assert_ne!(first, second);
    assert_eq!(call(&emulator, &second).await.0, 200);
}

#[tokio::test]
async fn a_token_is_renewed_before_the_end_of_its_life() {
    let emulator = Emulator::builder().token_lifetime(Duration::from_hours(1)).start().await.unwrap();
    let ahead = Arc::new(AtomicU64::new(0));
    let clock = {
        let ahead = Arc::clone(&ahead);
        move || SystemTime::now() + Duration::from_secs(ahead.load(Ordering::Relaxed))
    };
    let provider = IamToken::new(iam(&emulator), demo_login(), region("eu-de"), sender(), clock);
    let first = provider.token().await.unwrap();
    assert_eq!(provider.token().await.unwrap(), first);
    ahead.store(59 * 60, Ordering::Relaxed);
    assert_ne!(provider.token().await.unwrap().value, first.value);
}

#[tokio::test]
async fn a_wrong_user_password_domain_or_project_is_401_and_no_message_has_the_password() {
    let emulator = Emulator::start(0).await.unwrap();
    let other = || "hunter2".to_owned();
    let demo = demo_login;
    let refused = [
        (PasswordLogin { user: other(), ..demo() }, region("eu-de")),
        (PasswordLogin { password: other().into(), ..demo() }, region("eu-de")),
        (PasswordLogin { domain: other(), ..demo() }, region("eu-de")),
        (demo(), region("hunter2")),
        (demo(), Project::Id("hunter2".parse().unwrap())),
    ];
    for (login, project) in refused {
        let error = provider(&emulator, login, project).token().await.unwrap_err();
        let IamError::Refused { status, code, message, request_id } = &error else { panic!("{error}") };
        assert_eq!((status.as_u16(), code.as_deref(), request_id.is_some()), (401, Some("401"), true));
        let message = message.to_string();
        assert!(!message.contains("hunter2") && !message.contains(demo().password.expose()), "{message}");
    }
}

#[tokio::test]
async fn a_request_for_a_token_that_cannot_be_read_is_400_and_not_quoted() {
    let emulator = Emulator::start(0).await.unwrap();
    let user = json!({ "name": "demo", "password": "hunter2", "domain": { "name": "demo-domain" } });
    let identity = json!({ "methods": ["password"], "password": { "user": user } });
    let mut unscoped = json!({ "auth": { "identity": identity } });
    unscoped["auth"]["identity"]["password"]["user"]["password"] = json!(demo_login().password);
    let bodies = [
        "{\"auth\": hunter2".to_owned(),
        json!({ "auth": { "identity": { "methods": ["hunter2"] } } }).to_string(),
        json!({ "auth": { "identity": { "methods": ["password"], "password": "hunter2" } } }).to_string(),
        unscoped.to_string(),
    ];
    let mut messages = Vec::new();
    for body in bodies {
        let (status, response) = post(&emulator, body).await;
        assert_eq!((status, &response["error"]["title"]), (400, &json!("Bad Request")));
        messages.push(response["error"]["message"].as_str().unwrap().to_owned());
    }
    insta::assert_snapshot!(messages.join("\n"), @r#"
    The body is not JSON: line 1, column 10.
    Expected "password" in /auth/identity/methods; the emulator has no other method.
    Expected a string at /auth/identity/password/user/name.
    Expected the id or the name of a project in /auth/scope/project.
    "#);
}

#[tokio::test]
async fn the_project_is_found_by_a_region_with_a_token_or_a_signature() {
    let emulator = Emulator::start(0).await.unwrap();
    let find = async |name: &str, credentials: &Credentials| {
        find_project(&iam(&emulator), name, credentials, &sender(), SystemTime::now()).await
    };
    let token = provider(&emulator, demo_login(), region("eu-de")).credentials().await.unwrap();
    for credentials in [token.clone(), Credentials::token("any"), demo_access_key().into()] {
        for region in ["eu-de", "cn-north-4"] {
            assert_eq!(find(region, &credentials).await.unwrap(), project_id());
        }
    }
    assert!(matches!(find("nowhere", &token).await, Err(IamError::NoProject { .. })));
    emulator.revoke_tokens();
    let wrong_key = AccessKey::new(demo_access_key().access, "wrong");
    for refused in [token, wrong_key.into(), Credentials::token(" ")] {
        let error = find("eu-de", &refused).await.unwrap_err();
        assert!(matches!(&error, IamError::Refused { status, .. } if status.as_u16() == 401), "{error}");
    }
}
