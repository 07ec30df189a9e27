//! IAM, the service that issues tokens and has the projects: its requests and responses.
//!
//! This crate has no HTTP client: what sends something takes a [`SendRequest`] function.

mod cached;
mod error;
mod projects;
mod token;

use std::sync::Arc;

pub use cached::IamToken;
pub use error::{IamError, TransportError};
pub use projects::{find_project, projects_request, read_project};
pub use token::{PasswordLogin, Project, Token, read_token, token_request};

use http::{Request, Response, Uri};
use url::Url;

use crate::BoxFuture;

/// The path at which IAM issues tokens.
pub const TOKENS_PATH: &str = "/v3/auth/tokens";

/// The path at which IAM lists projects.
pub const PROJECTS_PATH: &str = "/v3/projects";

/// The header of a response in which IAM issues a token.
pub const SUBJECT_TOKEN: &str = "X-Subject-Token";

/// A function that sends a request and receives its response.
pub type SendRequest =
    Arc<dyn Fn(Request<Vec<u8>>) -> BoxFuture<'static, Result<Response<Vec<u8>>, TransportError>> + Send + Sync>;

/// The address of a resource of IAM.
fn address(iam: &Url, path: &str, query: &[(&str, &str)]) -> Uri {
    let mut url = iam.clone();
    let base = url.path().trim_end_matches('/').to_owned();
    url.set_path(&format!("{base}{path}"));
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    url.as_str().parse().unwrap_or_default()
}

fn request(method: http::Method, uri: Uri, body: Vec<u8>) -> Request<Vec<u8>> {
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    request
}
