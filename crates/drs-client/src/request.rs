//! From the parts of a call to an HTTP request, without credentials.

use drs_types::common::{Language, ProjectId};
use drs_types::operation::Location;
use drs_types::{Limit, OperationInfo, PROJECT_ID, Parts, Violation, X_LANGUAGE};
use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, Request};
use url::Url;
use url::form_urlencoded::Serializer;

use crate::endpoint::host;
use crate::error::Error;

/// The endpoint of a client, and the parameters that it adds to each call.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) endpoint: Url,
    pub(crate) project_id: ProjectId,
    pub(crate) language: Option<Language>,
}

impl Target {
    pub(crate) fn request(&self, info: &OperationInfo, parts: Parts) -> Result<Request<Vec<u8>>, Error> {
        let value = |name: &str| parts.parameter(name).or_else(|| self.known(name));
        let path = info.fill_path(value)?;
        // Both parts are encoded already, and parsing a URL is slow.
        let mut url = self.endpoint.as_str().trim_end_matches('/').to_owned() + &path;
        let mut query = Serializer::new(String::new());
        let mut request = Request::new(Vec::new());
        *request.method_mut() = info.method.clone();
        for parameter in info.parameters {
            let Some(value) = value(parameter.name) else {
                if parameter.required {
                    return Err(info.missing(parameter.name).into());
                }
                continue;
            };
            if parts.parameter(parameter.name).is_none() {
                // A parameter of the client. A language may be newer than the documented ones.
                let broken = parameter.check(value).into_iter();
                valid(info, broken.filter(|violation| violation.limit != Limit::Values).collect())?;
            }
            match parameter.location {
                Location::Path => {}
                Location::Query => drop(query.append_pair(parameter.name, value)),
                Location::Header => {
                    let header = HeaderValue::from_str(value).map_err(|_| info.missing(parameter.name))?;
                    set_header(&mut request, parameter.name, header);
                }
            }
        }
        let query = query.finish();
        if !query.is_empty() {
            // A signature is of the form with %20.
            url += "?";
            url += &query.replace('+', "%20");
        }
        *request.uri_mut() = url.try_into().map_err(|_| info.missing(PROJECT_ID))?;
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static("*/*"));
        let agent = HeaderValue::from_static(concat!("drs-client/", env!("CARGO_PKG_VERSION")));
        request.headers_mut().insert(USER_AGENT, agent);
        if let Some(body) = parts.body {
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *request.body_mut() = body;
        }
        Ok(request)
    }

    /// Returns the value of a parameter that is the same for all calls.
    fn known(&self, name: &str) -> Option<&str> {
        match name {
            PROJECT_ID => Some(self.project_id.as_str()),
            X_LANGUAGE => self.language.as_ref().map(Language::as_str),
            _ => None,
        }
    }

    /// The host and port of the endpoint.
    pub(crate) fn host(&self) -> String {
        host(&self.endpoint)
    }
}

/// Refuses a call that breaks documented limits.
pub(crate) fn valid(info: &OperationInfo, violations: Vec<Violation>) -> Result<(), Error> {
    if violations.is_empty() { Ok(()) } else { Err(Error::Invalid { operation: info.id, violations }) }
}

fn set_header(request: &mut Request<Vec<u8>>, name: &str, value: HeaderValue) {
    if let Ok(name) = http::HeaderName::try_from(name) {
        request.headers_mut().insert(name, value);
    }
}
