//! The part of IAM that a client of the service needs: tokens for a user and a password, and the id of a project.

use std::time::SystemTime;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, Utc};
use drs_auth::iam::SUBJECT_TOKEN;
use drs_types::SERVERS;
use drs_types::operation::ServerInfo;
use serde_json::{Value, json};

use crate::identity::{Identity, demo_login};
use crate::store::project_id;

/// A refusal of IAM, in the form of Keystone.
#[derive(Debug)]
pub(crate) struct IamRefusal {
    status: StatusCode,
    message: String,
}

impl IamRefusal {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }
}

impl IntoResponse for IamRefusal {
    fn into_response(self) -> Response {
        let Self { status, message } = self;
        let error = json!({ "code": status.as_u16(), "message": message, "title": status.canonical_reason() });
        (status, Json(json!({ "error": error }))).into_response()
    }
}

/// Issues a token for the demo user. No message quotes the request: it has a password.
pub(crate) fn issue_token(identity: &Identity, body: &[u8], now: SystemTime) -> Result<Response, IamRefusal> {
    let body: Value = serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        IamRefusal::bad_request(format!("The body is not JSON: line {line}, column {column}."))
    })?;
    let methods = body.pointer("/auth/identity/methods").and_then(Value::as_array);
    if !methods.is_some_and(|methods| methods.contains(&json!("password"))) {
        let message = "Expected \"password\" in /auth/identity/methods; the emulator has no other method.";
        return Err(IamRefusal::bad_request(message));
    }
    let string = |pointer: &str| {
        let string = body.pointer(pointer).and_then(Value::as_str);
        string.ok_or_else(|| IamRefusal::bad_request(format!("Expected a string at {pointer}.")))
    };
    let user = string("/auth/identity/password/user/name")?;
    let password = string("/auth/identity/password/user/password")?;
    let domain = string("/auth/identity/password/user/domain/name")?;
    let demo = demo_login();
    if (user, password, domain) != (&demo.user, demo.password.expose(), &demo.domain) {
        let message = format!(
            "The user name, the password or the domain is wrong; the emulator has the user {} of the domain {}.",
            demo.user, demo.domain
        );
        return Err(IamRefusal::new(StatusCode::UNAUTHORIZED, message));
    }
    let project = scoped_project(&body)?;
    let (token, expires_at) = identity.issue(now);
    let domain = json!({ "name": demo.domain });
    let token_body = json!({ "token": {
        "methods": ["password"],
        "issued_at": written(now),
        "expires_at": written(expires_at),
        "user": { "name": demo.user, "domain": domain },
        "project": { "id": project_id(), "name": project, "domain": domain },
        "catalog": [],
    } });
    Ok((StatusCode::CREATED, [(SUBJECT_TOKEN, token)], Json(token_body)).into_response())
}

/// Returns the name of the project that a token is wanted for.
fn scoped_project(body: &Value) -> Result<&str, IamRefusal> {
    let unknown = || {
        let message = format!("There is no such project; the emulator has {} in every region.", project_id());
        IamRefusal::new(StatusCode::UNAUTHORIZED, message)
    };
    let member = |pointer| body.pointer(pointer).and_then(Value::as_str);
    match (member("/auth/scope/project/id"), member("/auth/scope/project/name")) {
        (Some(id), _) if id == project_id() => Ok(default_project()),
        (None, Some(name)) if is_project(name) => Ok(name),
        (None, None) => {
            let message = "Expected the id or the name of a project in /auth/scope/project.";
            Err(IamRefusal::bad_request(message))
        }
        _ => Err(unknown()),
    }
}

/// Lists the projects of a name; all of them without a name.
pub(crate) fn list_projects(name: Option<&str>) -> Value {
    let name = name.unwrap_or(default_project());
    let project = json!({ "id": project_id(), "name": name, "enabled": true });
    let projects: Vec<Value> = is_project(name).then_some(project).into_iter().collect();
    json!({ "projects": projects, "links": {} })
}

/// Whether a name is the one of a documented region, or of a project in one, such as `eu-de_mine`.
fn is_project(name: &str) -> bool {
    let region = name.split_once('_').map_or(name, |(region, _)| region);
    ServerInfo::of(region).is_some()
}

/// The name of the project where a request has none.
fn default_project() -> &'static str {
    SERVERS.iter().flat_map(|server| server.regions).next().expect("the schemas have a region")
}

/// Returns a time as IAM writes it, such as `2019-02-13T06:52:13.855000Z`.
fn written(time: SystemTime) -> String {
    DateTime::<Utc>::from(time).to_rfc3339_opts(SecondsFormat::Micros, true)
}
