//! Errors of sources.

use drs_types::InvalidId;
use thiserror::Error;

use super::setting::{Origin, Setting};
use crate::endpoint::EndpointError;

/// An error of a source of credentials. It has no secret.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum SourceError {
    /// A source has a part of credentials, and not the rest.
    #[error("the {present} comes from {origin}, but the {missing} is missing{}", where_to(.place.as_ref()))]
    Half {
        /// The missing value.
        missing: Setting,
        /// The place where the source would have it; `None` for a flag.
        place: Option<Origin>,
        /// The present value.
        present: Setting,
        /// The origin of the present value.
        origin: Origin,
    },
    /// A file is not of its format.
    #[error("{path}:{line}: cannot be read; expected {expected}")]
    Syntax {
        /// The path of the file.
        path: String,
        /// The line, from 1; 0 when it is unknown.
        line: usize,
        /// The format.
        expected: &'static str,
    },
    /// There is no `clouds.yaml`.
    #[error("OS_CLOUD names the cloud {cloud:?}, but there is no clouds.yaml")]
    NoCloudsFile {
        /// The cloud that `OS_CLOUD` names.
        cloud: String,
    },
    /// `clouds.yaml` does not have a cloud.
    #[error("OS_CLOUD names the cloud {cloud:?}, which {path} does not have; it has: {}", .known.join(", "))]
    NoCloud {
        /// The cloud that `OS_CLOUD` names.
        cloud: String,
        /// The path of the file.
        path: String,
        /// The clouds that the file has.
        known: Vec<String>,
    },
    /// `clouds.yaml` says not to check the certificates of servers.
    #[error(
        "{origin} turns off the check of certificates, and then anyone can read the credentials: remove it, and name the \
        certificate authority of the cloud in `cacert`"
    )]
    Unverified {
        /// The member that says so.
        origin: Origin,
    },
    /// No list has the region, and no address is given.
    #[error("no address is known for the region {region:?} ({origin}); give the endpoint, or one of: {}", .known.join(", "))]
    UnknownRegion {
        /// The region.
        region: String,
        /// The origin.
        origin: Origin,
        /// The regions that are known.
        known: Vec<&'static str>,
    },
    /// The address of the service or of IAM cannot be used.
    #[error("the {setting} from {origin} cannot be used: {problem}")]
    Endpoint {
        /// Which address it is.
        setting: Setting,
        /// The origin.
        origin: Origin,
        /// The problem with it.
        problem: EndpointError,
    },
    /// A project id is malformed.
    #[error("the project id from {origin} cannot be used: {problem}")]
    ProjectId {
        /// The origin.
        origin: Origin,
        /// The problem with it.
        problem: InvalidId,
    },
}

fn where_to(place: Option<&Origin>) -> String {
    place.map(|place| format!("; set {place}")).unwrap_or_default()
}
