//! Routes from the table of operations, and the checks that come before every one of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawPathParams, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use drs_types::common::ErrorCode;
use drs_types::operation::Location;
use drs_types::{AUTH_TOKEN, OPERATIONS, OperationInfo, PROJECT_ID, operation};
use drs_validate::{Side, Validator};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::engine::Call;
use crate::handlers;
use crate::refusal::Refusal;
use crate::store::{Store, project_id};

#[derive(Clone)]
struct Service {
    store: Store,
    validator: Arc<Validator>,
}

/// All operations, by their documented method and path.
pub(crate) fn router(store: Store) -> Router {
    let mut router = Router::new();
    for &info in OPERATIONS {
        let Ok(method) = MethodFilter::try_from(info.method.clone()) else { continue };
        let handler = move |State(service): State<Service>, path: RawPathParams, headers: HeaderMap, body| async move {
            match answer(&service, info, &path, &headers, body) {
                Ok(body) => {
                    let status = info.success().and_then(|success| StatusCode::from_u16(success.status).ok());
                    let content_type = [(header::CONTENT_TYPE, "application/json")];
                    (status.unwrap_or_default(), content_type, body.get().to_owned()).into_response()
                }
                Err(refusal) => refusal.into_response(),
            }
        };
        router = router.route(info.path, on(method, handler));
    }
    let numbered = Arc::new(AtomicU64::new(1));
    router
        .fallback(|| async { Refusal::gateway(StatusCode::NOT_FOUND, "APIGW.0101", "No such API.") })
        .method_not_allowed_fallback(|| async {
            Refusal::gateway(StatusCode::METHOD_NOT_ALLOWED, "APIGW.0101", "No such API with this method.")
        })
        .layer(from_fn(move |request: Request, next: Next| {
            let number = numbered.fetch_add(1, Ordering::Relaxed);
            async move { with_request_id(number, next.run(request).await) }
        }))
        .with_state(Service { store, validator: Arc::new(Validator::new()) })
}

fn with_request_id(number: u64, mut response: Response) -> Response {
    if let Ok(value) = HeaderValue::try_from(format!("emulator-{number:08}")) {
        let name = HeaderName::try_from(operation::REQUEST_ID);
        response.headers_mut().extend(name.ok().map(|name| (name, value)));
    }
    response
}

fn answer(
    service: &Service,
    info: &'static OperationInfo,
    path: &RawPathParams,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Box<RawValue>, Refusal> {
    if headers.get(AUTH_TOKEN).is_none_or(|token| token.as_bytes().trim_ascii().is_empty()) {
        return Err(Refusal::new(ErrorCode::DrsM00100, format!("The header {AUTH_TOKEN} holds no token.")));
    }
    if let Some((_, project)) = path.iter().find(|(name, project)| *name == PROJECT_ID && *project != project_id()) {
        let message = format!("The token belongs to the project {}, not to {project}.", project_id());
        return Err(Refusal::new(ErrorCode::DrsM00261, message));
    }
    let in_headers = info.parameters.iter().filter(|parameter| parameter.location == Location::Header);
    for parameter in in_headers.filter(|parameter| !parameter.values.is_empty()) {
        let value = headers.get(parameter.name).map(HeaderValue::as_bytes);
        if value.is_some_and(|value| !parameter.values.iter().any(|listed| listed.as_bytes() == value)) {
            let message = format!("The header {} must be one of {}.", parameter.name, parameter.values.join(", "));
            return Err(Refusal::new(ErrorCode::DrsM00202, message));
        }
    }
    let body = match &info.request {
        Some(_) => {
            let body = body.map_err(|error| Refusal::gateway(error.status(), "APIGW.0201", error.body_text()))?;
            let body: Value = serde_json::from_slice(&body).map_err(|error| {
                Refusal::new(ErrorCode::DrsM00200, format!("The body of the request is not JSON: {error}."))
            })?;
            let findings = service.validator.check(info, Side::Request, &body);
            if !findings.is_empty() {
                return Err(Refusal::invalid(&findings));
            }
            body
        }
        None => Value::Null,
    };
    let job = path.iter().find(|(name, _)| *name == "job_id").map(|(_, id)| id);
    handlers::answer(&service.store, Call { info, job, body })
}
