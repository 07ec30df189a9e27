//! Which operation a captured call belongs to: by method and path, else by the shape of the body.

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use drs_types::{OPERATIONS, OperationInfo};

use crate::tree::Node;
use crate::{Side, outline, recogniser};

/// A documented body that a payload may be.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Recognised {
    /// The operation.
    pub operation: &'static OperationInfo,
    /// The side of it.
    pub side: Side,
}

impl PartialEq for Recognised {
    fn eq(&self, other: &Self) -> bool {
        self.operation.id == other.operation.id && self.side == other.side
    }
}

impl Eq for Recognised {}

/// A name that no documented body has.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UnknownName(String);

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UnknownName {}

impl FromStr for Recognised {
    type Err = UnknownName;

    /// The body of a name such as `batch_check_results.request`. `response` stands for that of the success.
    fn from_str(name: &str) -> Result<Self, UnknownName> {
        let unknown = |text: String| Err(UnknownName(text));
        let Some((id, side)) = name.rsplit_once('.') else {
            return unknown(format!("{name:?} names no body; write OPERATION.request or OPERATION.response"));
        };
        let Some(operation) = OperationInfo::find(id) else {
            return unknown(format!("there is no operation {id:?}{}", alike(id)));
        };
        match side {
            "request" if operation.request.is_none() => unknown(format!("{id} sends no body")),
            "request" => Ok(Self { operation, side: Side::Request }),
            "response" => {
                let status = operation.success().map_or(200, |response| response.status);
                Ok(Self { operation, side: Side::Response(status) })
            }
            other => unknown(format!("{other:?} is neither request nor response")),
        }
    }
}

/// The operations whose names a name may have been meant for: those that start or end as it does, else all.
fn alike(id: &str) -> String {
    let same = |one: &str, other: &str| one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    let reversed = |text: &str| text.chars().rev().collect::<String>();
    let likeness = |info: &&&OperationInfo| same(info.id, id) + same(&reversed(info.id), &reversed(id));
    match OPERATIONS.iter().max_by_key(likeness) {
        Some(nearest) if 2 * likeness(&nearest) > nearest.id.len().max(id.len()) => {
            format!("; did you mean {}?", nearest.id)
        }
        _ => {
            let known: Vec<&str> = OPERATIONS.iter().map(|info| info.id).collect();
            format!("; known are {}", known.join(", "))
        }
    }
}

impl TryFrom<&str> for Recognised {
    type Error = UnknownName;

    fn try_from(name: &str) -> Result<Self, UnknownName> {
        name.parse()
    }
}

impl Recognised {
    /// A body that the caller knows.
    #[must_use]
    pub fn new(operation: &'static OperationInfo, side: Side) -> Self {
        Self { operation, side }
    }

    /// The name of it, such as `batch_check_results.response`.
    #[must_use]
    pub fn name(&self) -> String {
        let side = if self.side == Side::Request { "request" } else { "response" };
        format!("{}.{side}", self.operation.id)
    }
}

/// The operation that a URL or a path calls; without a method, the only one that has this path.
///
/// What stands before `/v3/` does not matter: a capture may hold whole URLs, and a gateway may add a prefix.
#[must_use]
pub fn by_url(method: Option<&str>, url: &str) -> Option<&'static OperationInfo> {
    let path = url.split(['?', '#']).next().unwrap_or(url).trim_end_matches('/');
    let mut found = OPERATIONS.iter().copied().filter(|info| {
        // From behind, where paths differ.
        let mut segments = path.rsplit('/');
        let mut is_next = |part: &str| {
            segments.next().is_some_and(|segment| part == segment || (part.starts_with('{') && !segment.is_empty()))
        };
        method.is_none_or(|method| info.method.as_str().eq_ignore_ascii_case(method))
            && info.path.trim_start_matches('/').rsplit('/').all(&mut is_next)
    });
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// Every documented body, each once, with the first operation that has it.
pub(crate) fn bodies() -> &'static [(&'static str, Recognised)] {
    static BODIES: OnceLock<Vec<(&'static str, Recognised)>> = OnceLock::new();
    BODIES.get_or_init(|| {
        let mut found: Vec<(&'static str, Recognised)> = Vec::new();
        for &operation in OPERATIONS {
            let request = operation.request.iter().map(|body| (body, Side::Request));
            let responses =
                operation.responses.iter().map(|response| (&response.body, Side::Response(response.status)));
            for (body, side) in request.chain(responses) {
                if !found.iter().any(|(schema, _)| *schema == body.schema) {
                    found.push((body.schema, Recognised { operation, side }));
                }
            }
        }
        found
    })
}

/// The documented bodies that a body fits best: those that share most names with it, then those whose names and types
/// agree most often below. Whatever fits without a finding is among them.
pub(crate) fn by_shape(body: &Node) -> Vec<Recognised> {
    let shared = |schema: &str| outline::shared(recogniser::outline(schema), body);
    let mut best = best_by(bodies().iter().collect(), |(schema, _)| shared(schema));
    best.retain(|(schema, _)| shared(schema) > 0);
    if best.len() > 1 {
        best = best_by(best, |(schema, _)| outline::fit(recogniser::outline(schema), body));
    }
    best.into_iter().map(|(_, recognised)| *recognised).collect()
}

/// The status of an answer that came without one: that of the documented answer whose names it shares most.
pub(crate) fn likely_status(operation: &OperationInfo, answer: &Node) -> Option<u16> {
    let shared = |schema| outline::shared(recogniser::outline(schema), answer);
    let best = best_by(operation.responses.iter().collect(), |response| shared(response.body.schema));
    let success = best.iter().find(|response| response.status < 300);
    success.or(best.first()).map(|response| response.status)
}

/// Those for which a measure is largest.
fn best_by<T, M: Ord>(candidates: Vec<T>, measure: impl Fn(&T) -> M) -> Vec<T> {
    let measures: Vec<M> = candidates.iter().map(measure).collect();
    let most = measures.iter().max();
    candidates.into_iter().zip(&measures).filter(|(_, measure)| Some(*measure) == most).map(|(one, _)| one).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::reader;

    #[test]
    fn a_call_is_known_by_its_path_with_or_without_host_prefix_and_query() {
        for url in [
            "/v3/p/jobs/batch-precheck-result",
            "https://drs.example/v3/p/jobs/batch-precheck-result?x=1",
            "http://gateway/drs/v3/p/jobs/batch-precheck-result/",
        ] {
            assert_eq!(by_url(Some("post"), url).map(|info| info.id), Some("batch_check_results"), "{url}");
        }
        assert!(by_url(Some("GET"), "/v3/p/jobs/batch-precheck-result").is_none());
        assert!(by_url(None, "/v3//jobs/batch-precheck-result").is_none());
        assert!(by_url(None, "/").is_none());
    }

    #[test]
    fn a_body_is_known_by_its_fields() {
        let side = |body: serde_json::Value| {
            let found = by_shape(&reader::parse(body.to_string().as_bytes()).root.unwrap());
            found.iter().map(|recognised| recognised.side).collect::<Vec<_>>()
        };
        assert_eq!(side(json!({ "results": [{ "total_passed_rate": 1 }], "more": 2 })), [Side::Response(200)]);
        assert_eq!(side(json!({ "jobs": [{ "delete_type": "x" }] })), [Side::Request]);
        assert_eq!(side(json!({ "error_code": "x", "error_msg": "y" }))[0], Side::Response(400));
        assert_eq!(side(json!({ "unheard_of": "ever" })), []);
        assert!(side(json!({ "jobs": [] })).len() > 1);
        assert_eq!(side(json!([])), []);
    }
}
