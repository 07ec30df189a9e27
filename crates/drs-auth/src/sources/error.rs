//! What is wrong with a source.

use drs_types::InvalidId;
use thiserror::Error;

use super::setting::{Origin, Setting};
use crate::endpoint::EndpointError;

/// What is wrong with a source of credentials. No secret is in it.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum SourceError {
    /// A source has a part of credentials, and not the rest.
    #[error("the {present} comes from {origin}, but the {missing} is missing{}", where_to(.place.as_ref()))]
    Half {
        /// What is missing.
        missing: Setting,
        /// Where the source would have it; `None` for a flag.
        place: Option<Origin>,
        /// What is there.
        present: Setting,
        /// Where that comes from.
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
    /// No list has the region, and no address is given.
    #[error("no address is known for the region {region:?} ({origin}); give the endpoint, or one of: {}", .known.join(", "))]
    UnknownRegion {
        /// The region.
        region: String,
        /// Where it comes from.
        origin: Origin,
        /// The regions that are known.
        known: Vec<&'static str>,
    },
    /// The address of the service or of IAM cannot be used.
    #[error("the {setting} from {origin} cannot be used: {problem}")]
    Endpoint {
        /// Which address it is.
        setting: Setting,
        /// Where it comes from.
        origin: Origin,
        /// What is wrong with it.
        problem: EndpointError,
    },
    /// A project id is malformed.
    #[error("the project id from {origin} cannot be used: {problem}")]
    ProjectId {
        /// Where it comes from.
        origin: Origin,
        /// What is wrong with it.
        problem: InvalidId,
    },
}

fn where_to(place: Option<&Origin>) -> String {
    place.map(|place| format!("; set {place}")).unwrap_or_default()
}
