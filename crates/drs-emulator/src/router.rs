//! The routes of all operations, and the checks before each of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, RawPathParamsRejection};
use axum::extract::{RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, get, on, post};
use axum::{Json, Router};
use drs_auth::iam::{PROJECTS_PATH, TOKENS_PATH};
use drs_types::common::ErrorCode;
use drs_types::operation::{Location, ParameterInfo};
use drs_types::{OPERATIONS, OperationInfo, PROJECT_ID, Violation, operation};
use drs_validate::{Side, Validator};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::engine::CheckedCall;
use crate::faults::{self, ClockSkew};
use crate::handlers;
use crate::iam::{self, IamRefusal};
use crate::identity::{Identity, Unauthenticated};
use crate::refusal::Refusal;
use crate::scenario::Scenario;
use crate::store::{Store, project_id};

#[derive(Clone)]
struct Service {
    store: Store,
    identity: Arc<Identity>,
    validator: Arc<Validator>,
}

/// The response to `GET /`.
const ABOUT: &str = "This is the emulator of drs, a loopback imitation of the Data Replication Service (DRS).
It responds to the documented calls below /v3, and to the calls of IAM for a token and a project. GET /healthz says
whether it is up.
";

/// A request before any check.
struct Incoming {
    path: Result<RawPathParams, RawPathParamsRejection>,
    head: Parts,
    body: Result<Bytes, BytesRejection>,
}

/// Creates the routes of all operations, by their documented method and path.
pub(crate) fn router(store: Store, identity: Arc<Identity>, scenario: Option<&Scenario>) -> Router {
    let faults = scenario.and_then(Scenario::faults).map(Arc::new);
    let with_faults = |route: MethodRouter<Service>, info: Option<&'static OperationInfo>| {
        let Some(faults) = faults.clone() else { return route };
        let identity = Arc::clone(&identity);
        route.layer(from_fn(move |request: Request, next: Next| {
            faults::play(Arc::clone(&faults), Arc::clone(&identity), info, request, next)
        }))
    };
    let mut router = Router::new().route("/", get(|| async { ABOUT })).route("/healthz", get(|| async { "ok\n" }));
    for &info in OPERATIONS {
        let Ok(method) = MethodFilter::try_from(info.method.clone()) else { continue };
        let handler = move |State(service): State<Service>, path, head: Parts, body| async move {
            match respond(&service, info, Incoming { path, head, body }) {
                Ok(body) => success(info, &body),
                Err(refusal) => refusal.into_response(),
            }
        };
        router = router.route(info.path, with_faults(on(method, handler), Some(info)));
    }
    router = router.route(TOKENS_PATH, with_faults(post(issue_token), None));
    router = router.route(PROJECTS_PATH, with_faults(get(list_projects), None));
    let numbered = Arc::new(AtomicU64::new(1));
    let mark = scenario.map(mark);
    router
        .fallback(|| async { Refusal::gateway(StatusCode::NOT_FOUND, "APIGW.0101", "No such API.") })
        .method_not_allowed_fallback(|| async {
            Refusal::gateway(StatusCode::METHOD_NOT_ALLOWED, "APIGW.0101", "No such API with this method.")
        })
        .layer(from_fn(move |request: Request, next: Next| {
            let number = numbered.fetch_add(1, Ordering::Relaxed);
            let mark = mark.clone();
            async move {
                let mut response = with_request_id(number, next.run(request).await);
                response.headers_mut().extend(mark);
                response
            }
        }))
        .with_state(Service { store, identity, validator: Arc::new(Validator::new()) })
}

fn success(info: &OperationInfo, body: &RawValue) -> Response {
    let success = info.success();
    let status = success.and_then(|success| StatusCode::from_u16(success.status).ok()).unwrap_or_default();
    if success.is_some_and(|success| success.body.is_none()) {
        return status.into_response();
    }
    (status, [(header::CONTENT_TYPE, "application/json")], body.get().to_owned()).into_response()
}

/// Returns the header that marks the responses of a scenario.
fn mark(scenario: &Scenario) -> (HeaderName, HeaderValue) {
    let named = HeaderValue::try_from(format!("synthetic; {}", scenario.name()));
    (HeaderName::from_static(Scenario::HEADER), named.unwrap_or(HeaderValue::from_static("synthetic")))
}

fn with_request_id(number: u64, mut response: Response) -> Response {
    if let Ok(value) = HeaderValue::try_from(format!("emulator-{number:08}")) {
        let name = HeaderName::try_from(operation::REQUEST_ID);
        response.headers_mut().extend(name.ok().map(|name| (name, value)));
    }
    response
}

async fn issue_token(State(service): State<Service>, body: Bytes) -> Response {
    iam::issue_token(&service.identity, &body, SystemTime::now()).unwrap_or_else(IntoResponse::into_response)
}

async fn list_projects(State(service): State<Service>, head: Parts, body: Bytes) -> Response {
    if let Err(reason) = service.identity.authenticate(&head, &body, ClockSkew::now(&head)) {
        return match reason {
            Unauthenticated::Missing => {
                IamRefusal::new(StatusCode::UNAUTHORIZED, "The request has neither a token nor a signature.")
                    .into_response()
            }
            Unauthenticated::Refused(_) => Refusal::unauthenticated(reason).into_response(),
        };
    }
    match query(&head.uri) {
        Ok(pairs) => {
            let name = pairs.iter().find(|(name, _)| name == "name").map(|(_, value)| value.as_str());
            Json(iam::list_projects(name)).into_response()
        }
        Err(refusal) => refusal.into_response(),
    }
}

fn respond(service: &Service, info: &'static OperationInfo, incoming: Incoming) -> Result<Box<RawValue>, Refusal> {
    let Incoming { path, head, body } = incoming;
    // A signature is of the body, so the body comes first.
    let body = body.map_err(|error| Refusal::gateway(error.status(), "APIGW.0201", error.body_text()))?;
    service.identity.authenticate(&head, &body, ClockSkew::now(&head)).map_err(Refusal::unauthenticated)?;
    let path = path.map_err(|error| Refusal::new(ErrorCode::DrsM00200, error.body_text()))?;
    if let Some((_, project)) = path.iter().find(|(name, project)| *name == PROJECT_ID && *project != project_id()) {
        let message = format!("The token belongs to the project {}, not to {project}.", project_id());
        return Err(Refusal::new(ErrorCode::DrsM00261, message));
    }
    let given = parameters(info, &path, &head.uri, &head.headers)?;
    let missing = info.parameters.iter().filter(|parameter| parameter.required);
    let missing = missing.filter(|parameter| !given.iter().any(|(_, name, _)| name == parameter.name));
    let mut violations: Vec<Violation> = missing.map(ParameterInfo::missing).collect();
    violations.extend(info.check_parameters(
        given.iter().map(|(location, name, value)| (Some(*location), name.as_str(), value.as_str())),
    ));
    if !violations.is_empty() {
        return Err(Refusal::of_parameters(&violations));
    }
    let body = match &info.request {
        Some(_) => {
            let body: Value = serde_json::from_slice(&body).map_err(|error| {
                Refusal::new(ErrorCode::DrsM00200, format!("The body of the request is not JSON: {error}."))
            })?;
            let findings = service.validator.validate_value(info, Side::Request, &body);
            if !findings.is_empty() {
                return Err(Refusal::invalid(&findings));
            }
            body
        }
        None => Value::Null,
    };
    let job = path.iter().find(|(name, _)| *name == "job_id").map(|(_, id)| id);
    handlers::respond(&service.store, CheckedCall { info, job, body })
}

/// Returns the parameters of a request: those of the path, all of the query, and the documented headers.
fn parameters(
    info: &OperationInfo,
    path: &RawPathParams,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Vec<(Location, String, String)>, Refusal> {
    let path = path.iter().map(|(name, value)| (Location::Path, name.to_owned(), value.to_owned()));
    let mut all: Vec<_> = path.collect();
    all.extend(query(uri)?.into_iter().map(|(name, value)| (Location::Query, name, value)));
    for known in info.parameters.iter().filter(|parameter| parameter.location == Location::Header) {
        for value in headers.get_all(known.name) {
            let value = std::str::from_utf8(value.as_bytes()).map_err(|_| unreadable(known.name))?;
            all.push((Location::Header, known.name.to_owned(), value.to_owned()));
        }
    }
    Ok(all)
}

/// Returns the pairs of a query, decoded.
fn query(uri: &Uri) -> Result<Vec<(String, String)>, Refusal> {
    let decoded = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8().map(String::from);
    let pairs = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Ok((decoded(name).map_err(|_| unreadable(name))?, decoded(value).map_err(|_| unreadable(name))?))
    });
    pairs.collect()
}

fn unreadable(name: &str) -> Refusal {
    Refusal::new(ErrorCode::DrsM00200, format!("The value of {name} is not UTF-8."))
}
