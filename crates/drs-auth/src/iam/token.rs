//! Tokens for a user and a password.

use std::time::SystemTime;

use drs_types::Redacted;
use drs_types::common::ProjectId;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, Response};
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::{IamError, SUBJECT_TOKEN, TOKENS_PATH, address, request};
use crate::Secrets;
use crate::date::parse_expiry;

/// The user who asks IAM for a token. `Debug` masks the password.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PasswordLogin {
    /// The name of the user.
    pub user: String,
    /// The password of the user.
    pub password: Redacted,
    /// The name of the domain, or account, that the user belongs to.
    pub domain: String,
}

/// The project that a token is for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Project {
    /// A project, by its id.
    Id(ProjectId),
    /// A project, by its name. Every region has one that is named like the region.
    Name(String),
}

/// A token from IAM. `Debug` masks it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Token {
    /// The token itself, several kilobytes long.
    pub value: Redacted,
    /// The end of the token; `None` when the response has none in a known form.
    pub expires_at: Option<SystemTime>,
    /// The project that the token is for; `None` when the response does not name it.
    pub project_id: Option<ProjectId>,
}

/// The request for a token. Its body has the password: do not log it.
///
/// ```
/// use drs_auth::iam::{PasswordLogin, Project, token_request};
///
/// let login = PasswordLogin { user: "me".into(), password: "hunter2".into(), domain: "ours".into() };
/// let iam = drs_auth::endpoint::parse_iam("https://iam.eu-de.otc.t-systems.com/v3")?;
/// let request = token_request(&iam, &login, &Project::Name("eu-de".into()));
/// assert_eq!(request.uri(), "https://iam.eu-de.otc.t-systems.com/v3/auth/tokens");
/// # Ok::<(), drs_auth::endpoint::EndpointError>(())
/// ```
#[must_use]
pub fn token_request(iam: &Url, login: &PasswordLogin, project: &Project) -> Request<Vec<u8>> {
    let PasswordLogin { user, password, domain } = login;
    let user = json!({ "name": user, "password": password, "domain": { "name": domain } });
    let project = match project {
        Project::Id(id) => json!({ "id": id }),
        Project::Name(name) => json!({ "name": name }),
    };
    let identity = json!({ "methods": ["password"], "password": { "user": user } });
    let body = json!({ "auth": { "identity": identity, "scope": { "project": project } } });
    let mut request = request(Method::POST, address(iam, TOKENS_PATH, &[]), body.to_string().into_bytes());
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    request
}

/// The token in a response. `secrets` must not be shown, even if IAM sends them back: the password.
///
/// # Errors
/// IAM refused, or the response has no token.
pub fn read_token(response: &Response<Vec<u8>>, secrets: &Secrets) -> Result<Token, IamError> {
    if !response.status().is_success() {
        return Err(IamError::refused(response, secrets));
    }
    let value = response.headers().get(SUBJECT_TOKEN).and_then(|value| value.to_str().ok()).map(str::trim);
    let Some(value) = value.filter(|value| !value.is_empty()) else {
        return Err(IamError::unreadable(response, "without a token in the header `X-Subject-Token`", secrets));
    };
    let body: Body = serde_json::from_slice(response.body()).unwrap_or_default();
    let token = body.token.unwrap_or_default();
    Ok(Token {
        value: value.into(),
        expires_at: token.expires_at.as_deref().and_then(parse_expiry),
        project_id: token.project.and_then(|project| project.id),
    })
}

#[derive(Default, Deserialize)]
struct Body {
    token: Option<TokenBody>,
}

#[derive(Default, Deserialize)]
struct TokenBody {
    expires_at: Option<String>,
    project: Option<ProjectBody>,
}

#[derive(Deserialize)]
struct ProjectBody {
    id: Option<ProjectId>,
}
