//! IAM, the service that issues tokens and knows the projects: its requests, and what its responses say.
//!
//! Nothing is sent here. Sending is for the caller, and [`IamToken`](crate::IamToken) does both.

mod error;
mod projects;
mod token;

pub use error::{IamError, TransportError};
pub use projects::{projects_request, read_project};
pub use token::{PasswordLogin, Project, Token, read_token, token_request};

use http::{Request, Uri};
use url::Url;

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
