//! The id of a project, by its name.

use std::sync::Arc;
use std::time::SystemTime;

use drs_types::common::ProjectId;
use drs_types::text::printable;
use http::{Method, Request, Response};
use serde::Deserialize;
use url::Url;

use super::{IamError, PROJECTS_PATH, SendRequest, address, request};
use crate::{Credentials, Secrets};

/// The id of the project of this name, asked of IAM. Every region has a project that is named like the region.
///
/// # Errors
/// See [`IamError`].
pub async fn find_project(
    iam: &Url,
    name: &str,
    credentials: &Credentials,
    send: &SendRequest,
    now: SystemTime,
) -> Result<ProjectId, IamError> {
    let request = credentials.authorize(projects_request(iam, name), None, now);
    let request = request.map_err(|error| IamError::Sign(Arc::new(error)))?;
    let response = send(request).await.map_err(|error| IamError::Transport(error.into()))?;
    read_project(&response, name, &credentials.secrets())
}

/// The request that looks a project up. It needs credentials: sign it, or add a token.
///
/// ```
/// let iam = drs_auth::endpoint::parse_iam("iam.eu-de.otc.t-systems.com")?;
/// let request = drs_auth::iam::projects_request(&iam, "eu-de");
/// assert_eq!(request.uri(), "https://iam.eu-de.otc.t-systems.com/v3/projects?name=eu-de");
/// # Ok::<(), drs_auth::endpoint::EndpointError>(())
/// ```
#[must_use]
pub fn projects_request(iam: &Url, name: &str) -> Request<Vec<u8>> {
    request(Method::GET, address(iam, PROJECTS_PATH, &[("name", name)]), Vec::new())
}

/// The id of the project of this name in a response. `secrets` must not be shown, even if IAM sends them back.
///
/// # Errors
/// IAM refused, the response is not an array of projects, or there is no project of this name, or more than one.
pub fn read_project(response: &Response<Vec<u8>>, name: &str, secrets: &Secrets) -> Result<ProjectId, IamError> {
    if !response.status().is_success() {
        return Err(IamError::refused(response, secrets));
    }
    let body: Body = serde_json::from_slice(response.body())
        .map_err(|_| IamError::unreadable(response, "without an array of projects in its body", secrets))?;
    let mut projects = body.projects;
    // A gateway may ignore the query.
    projects.retain(|project| project.name.as_deref().is_none_or(|found| found == name));
    match projects.as_slice() {
        [] => Err(IamError::NoProject { name: name.to_owned() }),
        [project] => Ok(project.id.clone()),
        several => {
            let ids = several.iter().map(|project| printable(&secrets.mask(project.id.as_str()))).collect();
            Err(IamError::SeveralProjects { name: name.to_owned(), ids })
        }
    }
}

#[derive(Deserialize)]
struct Body {
    projects: Vec<Found>,
}

#[derive(Deserialize)]
struct Found {
    id: ProjectId,
    name: Option<String>,
}
