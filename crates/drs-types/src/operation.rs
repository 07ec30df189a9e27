//! Descriptions of operations. Client, emulator, validator and command line read them and know no operation by name.

use std::fmt;

use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;

use crate::batch::BatchInfo;
pub use crate::body::{BodyInfo, DynBody};
use crate::check::Violation;
use crate::outline::Outlined;
pub use crate::pages::{ListInfo, PagesInfo, PollingInfo};
pub use crate::parameter::{Location, ParameterInfo, ParameterKind};

/// The response header with the id of a request. The vendor's support asks for it.
pub const REQUEST_ID: &str = "X-Request-Id";

/// A call as a value. [`Parts`] holds what goes on the wire; a client sends it.
pub trait Operation {
    /// The body of a success; `()` for a response without one. The default value has no documented field set.
    type Response: DeserializeOwned + Default + PartialEq + Outlined;

    /// The description of the operation.
    const INFO: &'static OperationInfo;

    /// Returns every documented limit that this call breaks. A client does not send a call that breaks one.
    fn check(&self) -> Vec<Violation>;

    /// Returns the parameters and the body of this call.
    ///
    /// # Errors
    /// The body cannot be written as JSON.
    fn parts(&self) -> Result<Parts, serde_json::Error>;
}

/// The parameters that one call sets, and its body.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Parts {
    /// The parameters that the call sets, by name. A client adds those that are the same for all its calls.
    pub parameters: Vec<(&'static str, String)>,
    /// The body, as JSON.
    pub body: Option<Vec<u8>>,
}

impl Parts {
    /// Creates the parts, with the parameters that have a value.
    pub fn new(parameters: impl IntoIterator<Item = (&'static str, Option<String>)>, body: Option<Vec<u8>>) -> Self {
        let parameters = parameters.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        Self { parameters, body }
    }

    /// The value of a parameter that the call sets.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

/// The description of one operation, generated from `operation.json`.
#[derive(Debug)]
#[non_exhaustive]
pub struct OperationInfo {
    /// The vendor's name of the operation, such as `batch_check_results`.
    pub id: &'static str,
    /// A summary in a few words.
    pub summary: &'static str,
    /// The title of its page in the vendor's documentation.
    pub page: &'static str,
    /// Whether the vendor calls it deprecated; [`DEPRECATION`](crate::DEPRECATION) names the sources that do and that
    /// do not. The type of the call carries no `#[deprecated]`, because nothing in this crate replaces it.
    pub deprecated: bool,
    /// The HTTP method.
    pub method: Method,
    /// The path with its parameters in braces, such as `/v3/{project_id}/jobs`.
    pub path: &'static str,
    /// Path, query and header parameters.
    pub parameters: &'static [ParameterInfo],
    /// The request body; `None` for a call without one.
    pub request: Option<BodyInfo>,
    /// The documented responses, by status.
    pub responses: &'static [ResponseInfo],
    /// Whether the same call may be sent twice without harm.
    pub retry_safe: bool,
    /// The locations of the items of a batch call; `None` for any other call.
    pub batch: Option<&'static BatchInfo>,
    /// How the request selects a page; `None` when the response has no pages.
    pub pages: Option<PagesInfo>,
    /// How to wait for what the operation reports on; `None` when it reports no progress.
    pub polling: Option<PollingInfo>,
    /// The JSON Pointer of the task id in the body; `None` for a call whose body does not name one task.
    pub job: Option<&'static str>,
    /// The rules of a call that acts on tasks: when a task accepts it, and what it does to the task. The first rule
    /// that applies counts.
    pub task: &'static [TaskRule],
}

impl OperationInfo {
    /// Finds the operation with an id.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        crate::OPERATIONS.iter().find(|info| info.id == id).copied()
    }

    /// Fills in the parameters of the path, percent-encoded segment by segment.
    ///
    /// ```
    /// let info = drs_types::OperationInfo::find("batch_check_results").unwrap();
    /// let path = info.fill_path(|_| Some("a/b")).unwrap();
    /// assert_eq!(path, "/v3/a%2Fb/jobs/batch-precheck-result");
    /// ```
    ///
    /// # Errors
    /// A parameter for which `value` has no usable value.
    pub fn fill_path<'a>(&self, value: impl Fn(&str) -> Option<&'a str>) -> Result<String, MissingParameter> {
        let mut path = String::new();
        for segment in self.path.split('/').skip(1) {
            path.push('/');
            match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                None => path.push_str(segment),
                Some(name) => {
                    // An empty segment, or one of dots, would lead to another resource.
                    let value = value(name).filter(|value| !value.is_empty() && !matches!(*value, "." | ".."));
                    let Some(value) = value else {
                        return Err(self.missing(name));
                    };
                    path.extend(utf8_percent_encode(value, OUTSIDE_SEGMENT));
                }
            }
        }
        Ok(path)
    }

    /// The error of a parameter without a value that can be sent.
    #[must_use]
    pub fn missing(&self, name: &str) -> MissingParameter {
        MissingParameter { operation: self.id, name: name.to_owned() }
    }

    /// The status of the documented success.
    #[must_use]
    pub fn success(&self) -> Option<&'static ResponseInfo> {
        self.responses.iter().find(|response| (200..300).contains(&response.status))
    }
}

/// The characters to encode: all but the unreserved ones of RFC 3986.
const OUTSIDE_SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The error of a call that cannot be sent because a required parameter has no usable value.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct MissingParameter {
    /// The operation.
    pub operation: &'static str,
    /// The parameter.
    pub name: String,
}

impl fmt::Display for MissingParameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} needs a usable value for `{}`", self.operation, self.name)
    }
}

impl std::error::Error for MissingParameter {}

/// A documented response.
#[derive(Debug)]
#[non_exhaustive]
pub struct ResponseInfo {
    /// The HTTP status.
    pub status: u16,
    /// The body; `None` for a response without one.
    pub body: Option<BodyInfo>,
}

/// A rule for calls on tasks: when a task accepts the call, and what the call does to the task.
#[derive(Debug)]
#[non_exhaustive]
pub struct TaskRule {
    /// Fields of the request's item, each with the values for which the rule applies; empty when it always applies.
    pub when: &'static [(&'static str, &'static [&'static str])],
    /// The values of `JobStatus` in which the task accepts the call; `None` for every value.
    pub states: Option<&'static [&'static str]>,
    /// Calls that the task must have accepted before, by id; one call of each inner slice is enough.
    pub after: &'static [&'static [&'static str]],
    /// The `JobStatus` after the call; `None` when it does not change.
    pub becomes: Option<&'static str>,
    /// Whether the call deletes the task.
    pub removes: bool,
    /// Whether the call starts the pre-check of the task.
    pub starts_precheck: bool,
    /// Whether the task takes the values of the request.
    pub updates: bool,
}

/// A cloud that runs the service.
#[derive(Debug)]
#[non_exhaustive]
pub struct ServerInfo {
    /// The name of the cloud.
    pub name: &'static str,
    /// The address, with `{region}` in it.
    pub url: &'static str,
    /// The address of IAM, which issues tokens and knows the projects, with `{region}` in it.
    pub iam: &'static str,
    /// The regions that are known to have the service.
    pub regions: &'static [&'static str],
}

impl ServerInfo {
    /// Returns the cloud of a region; `None` for a region that is not documented.
    ///
    /// ```
    /// let server = drs_types::operation::ServerInfo::of("eu-de").unwrap();
    /// assert_eq!(server.endpoint("eu-de"), "https://drs.eu-de.otc.t-systems.com");
    /// assert_eq!(server.iam_endpoint("eu-de"), "https://iam.eu-de.otc.t-systems.com");
    /// ```
    #[must_use]
    pub fn of(region: &str) -> Option<&'static Self> {
        crate::SERVERS.iter().find(|server| server.regions.contains(&region))
    }

    /// Returns the address of the service in a region.
    #[must_use]
    pub fn endpoint(&self, region: &str) -> String {
        self.url.replace("{region}", region)
    }

    /// Returns the address of IAM in a region.
    #[must_use]
    pub fn iam_endpoint(&self, region: &str) -> String {
        self.iam.replace("{region}", region)
    }
}

/// Whether, and when, the same request may be sent again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Retry {
    /// Never: it would fail again.
    Never,
    /// After a while.
    Later,
    /// With a new token.
    AfterNewToken,
    /// After another action.
    AfterAction,
}
