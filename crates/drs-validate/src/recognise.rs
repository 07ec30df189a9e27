//! Which operation a captured call belongs to: by method and path, else by the shape of the body.

use std::sync::OnceLock;

use drs_types::{OPERATIONS, OperationInfo};
use serde_json::Value;

use crate::{Side, Validator};

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
    let segments: Vec<&str> = path.split('/').collect();
    let mut found = OPERATIONS.iter().copied().filter(|info| {
        let template: Vec<&str> = info.path.split('/').skip(1).collect();
        let Some(start) = segments.len().checked_sub(template.len()) else { return false };
        let fits = |(part, segment): (&&str, &&str)| part == segment || (part.starts_with('{') && !segment.is_empty());
        method.is_none_or(|method| info.method.as_str().eq_ignore_ascii_case(method))
            && template.iter().zip(&segments[start..]).all(fits)
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

impl Validator {
    /// The documented bodies that know most of the fields of a body, on all its levels, and at least one. Many bodies
    /// look alike from outside: what is in them tells them apart.
    #[must_use]
    pub fn by_shape(&self, body: &Value) -> Vec<Recognised> {
        let known = |schema: &str| self.schemas().known_fields(schema, body);
        let counted: Vec<(usize, Recognised)> =
            bodies().iter().map(|(schema, found)| (known(schema), *found)).collect();
        let most = counted.iter().map(|(count, _)| *count).max().unwrap_or_default();
        counted.into_iter().filter(|(count, _)| most > 0 && *count == most).map(|(_, found)| found).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
        let side = |body: Value| {
            let found = Validator::new().by_shape(&body);
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
