//! What an operation is: the facts that client, emulator, validator and command line read instead of knowing any by name.

use std::fmt;

use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use crate::body::{BodyInfo, DynBody};
use crate::check::Violation;
use crate::outline::Outlined;
pub use crate::parameter::{Location, ParameterInfo, ParameterKind};

/// The header in which the service names a request; quote it to the vendor's support.
pub const REQUEST_ID: &str = "X-Request-Id";

/// One call, described as a value. [`Parts`] says what goes on the wire; a client sends it.
pub trait Operation {
    /// The body of a success; `()` for a response without one. Its default value is a body with nothing documented in it.
    type Response: DeserializeOwned + Default + PartialEq + Outlined;

    /// The facts of the operation.
    const INFO: &'static OperationInfo;

    /// Every documented limit that this call breaks. A client does not send a call that breaks one.
    fn check(&self) -> Vec<Violation>;

    /// What is particular to this call.
    ///
    /// # Errors
    /// The body cannot be written as JSON.
    fn parts(&self) -> Result<Parts, serde_json::Error>;
}

/// What is particular to one call: the parameters that it sets, and its body.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Parts {
    /// The parameters that the call sets, by name. A client adds those that it knows for all calls.
    pub parameters: Vec<(&'static str, String)>,
    /// The body, as JSON.
    pub body: Option<Vec<u8>>,
}

impl Parts {
    /// Parts with the parameters that have a value.
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

/// The facts of one operation, generated from `operation.json`.
#[derive(Debug)]
#[non_exhaustive]
pub struct OperationInfo {
    /// The vendor's name of the call, such as `batch_check_results`.
    pub id: &'static str,
    /// What it does, in a few words.
    pub summary: &'static str,
    /// The title of its page in the vendor's documentation.
    pub page: &'static str,
    /// Whether the vendor calls it deprecated; [`DEPRECATION`](crate::DEPRECATION) says where, and who does not. The
    /// type of the call carries no `#[deprecated]`, because nothing replaces it in this crate.
    pub deprecated: bool,
    /// The HTTP method.
    pub method: Method,
    /// The path with its parameters in braces, such as `/v3/{project_id}/jobs`.
    pub path: &'static str,
    /// Path, query and header parameters.
    pub parameters: &'static [ParameterInfo],
    /// The request body; `None` for a call without one.
    pub request: Option<BodyInfo>,
    /// The documented answers, by status.
    pub responses: &'static [ResponseInfo],
    /// Whether sending the same call twice does no harm.
    pub retry_safe: bool,
    /// For a call about many things: how they are asked for and answered.
    pub batch: Option<BatchInfo>,
    /// For a call about one task that is named in the body: its id, as a JSON Pointer.
    pub job: Option<&'static str>,
    /// For a call that acts on tasks: when they take it, and what becomes of them. The first rule that fits counts.
    pub task: &'static [TaskRule],
}

impl OperationInfo {
    /// The operation of an id.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        crate::OPERATIONS.iter().find(|info| info.id == id).copied()
    }

    /// The path with its parameters filled in, percent-encoded segment by segment.
    ///
    /// ```
    /// let info = drs_types::OperationInfo::find("batch_check_results").unwrap();
    /// let path = info.fill_path(|_| Some("a/b")).unwrap();
    /// assert_eq!(path, "/v3/a%2Fb/jobs/batch-precheck-result");
    /// ```
    ///
    /// # Errors
    /// A parameter that `value` does not know.
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

    /// Says that a parameter has no value, or none that can be sent.
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

/// All but the unreserved characters of RFC 3986.
const OUTSIDE_SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A call cannot be sent because a mandatory parameter has no usable value.
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

/// A documented answer.
#[derive(Debug)]
#[non_exhaustive]
pub struct ResponseInfo {
    /// The HTTP status.
    pub status: u16,
    /// The body; `None` for a response without one.
    pub body: Option<BodyInfo>,
}

/// How a call about many things is answered thing by thing. All members are JSON Pointers.
#[derive(Debug)]
#[non_exhaustive]
pub struct BatchInfo {
    /// The list of things, in the request.
    pub request: &'static str,
    /// The id of a thing, in an element of that list; `None` where the element is the id.
    pub asked: Option<&'static str>,
    /// The list of answers, in the response.
    pub answers: &'static str,
    /// The id of the thing, in one answer; `None` where answers do not say what they are about.
    pub id: Option<&'static str>,
    /// The part of the request that asks for a page, so that not everything is answered at once; `None` without pages.
    pub paged: Option<&'static str>,
    /// Whether one thing may be asked for, and answered, more than once.
    pub repeats: bool,
    /// The number of answers, in the response; `None` where it has none.
    pub count: Option<&'static str>,
    /// The code of an error that concerns this thing only, in one answer; `None` where answers have none.
    pub error_code: Option<&'static str>,
    /// The text of that error, in one answer; `None` where answers have none.
    pub error_msg: Option<&'static str>,
    /// The field of an answer that says whether the thing was done; `None` where answers have none.
    pub outcome: Option<OutcomeInfo>,
}

/// The field of an answer that says whether the thing was done.
#[derive(Debug)]
#[non_exhaustive]
pub struct OutcomeInfo {
    /// The field, as a JSON Pointer.
    pub at: &'static str,
    /// Its value when the thing was done.
    pub accepted: Plain,
    /// Other values that say the same as `accepted`.
    pub also_accepted: &'static [Plain],
    /// Its value when it was not.
    pub refused: Plain,
    /// Other values that say the same as `refused`.
    pub also_refused: &'static [Plain],
}

impl OutcomeInfo {
    /// Whether an answer says that the thing was done; `None` when it says neither. Case and surrounding white space of
    /// a text do not count.
    #[must_use]
    pub fn read(&self, answer: &serde_json::Value) -> Option<bool> {
        let found = answer.pointer(self.at)?;
        let is = |plain: Plain| match plain {
            Plain::Flag(flag) => *found == flag,
            Plain::Text(text) => found.as_str().is_some_and(|found| found.trim().eq_ignore_ascii_case(text)),
        };
        let any = |value, also: &[Plain]| is(value) || also.iter().any(|value| is(*value));
        let accepted = any(self.accepted, self.also_accepted);
        if accepted { Some(true) } else { any(self.refused, self.also_refused).then_some(false) }
    }
}

/// A value of a field that is a text or a flag.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Plain {
    /// `true` or `false`.
    Flag(bool),
    /// A text.
    Text(&'static str),
}

/// When a task takes a call, and what becomes of it.
#[derive(Debug)]
#[non_exhaustive]
pub struct TaskRule {
    /// Fields of the thing that is asked for, each with the values for which the rule holds; empty when it always does.
    pub when: &'static [(&'static str, &'static [&'static str])],
    /// The values of `JobStatus` in which the task takes the call; `None` when any will do.
    pub states: Option<&'static [&'static str]>,
    /// Calls that the task must have taken before, by id; of those in one list, any will do.
    pub after: &'static [&'static [&'static str]],
    /// The `JobStatus` that the call leads to; `None` when it stays.
    pub becomes: Option<&'static str>,
    /// Whether the task is gone afterwards.
    pub removes: bool,
    /// Whether the pre-check of the task starts.
    pub starts_precheck: bool,
    /// Whether the task takes over what the request says of it.
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
    /// The cloud that has a region; `None` for a region that no list has.
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

    /// The address of the service in a region.
    #[must_use]
    pub fn endpoint(&self, region: &str) -> String {
        self.url.replace("{region}", region)
    }

    /// The address of IAM in a region.
    #[must_use]
    pub fn iam_endpoint(&self, region: &str) -> String {
        self.iam.replace("{region}", region)
    }
}

/// Whether, and after what, the same request may be sent again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Retry {
    /// It would fail again.
    Never,
    /// After a while.
    Later,
    /// With a new token.
    AfterNewToken,
    /// After something else was done first.
    AfterAction,
}
