//! Judges JSON of the DRS API against its documentation.
//!
//! The schemas are read strictly here: whatever is not documented is a finding. What a finding means depends on the
//! side: the service refuses a request that breaks its documentation, but an answer that does may well be readable.
//!
//! ```
//! use drs_types::OperationInfo;
//! use drs_validate::{Side, Validator};
//!
//! let validator = Validator::new();
//! let info = OperationInfo::find("batch_check_results").unwrap();
//! let body = serde_json::json!({ "jobs": [] });
//! let findings = validator.check(info, Side::Request, &body);
//! assert_eq!(findings[0].to_string(), "/jobs: expected at least 1 element(s), found 0");
//! ```

mod finding;
mod judge;
mod reader;
mod recognise;
mod record;
mod records;
mod rules;
mod tree;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use drs_types::operation::BodyInfo;
use drs_types::{OperationInfo, Redacted};
use serde::Serialize;
use serde_json::{Value, json};

pub use finding::{Code, Finding, Severity};
pub use recognise::{Recognised, by_url};
pub use record::{Judged, Options, Payload};
pub use records::{Format, Record, Records};

/// The strict reading of all schemas, made from `schemas/`.
const BUNDLE: &str = include_str!("generated/bundle.json");

/// Which way a body travels.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// From the caller to the service.
    Request,
    /// From the service to the caller, with this HTTP status.
    Response(u16),
}

/// The compiled schemas. Make one and keep it: each body's schema is compiled when it is first used.
#[derive(Debug)]
pub struct Validator {
    shapes: BTreeMap<String, OnceLock<jsonschema::Validator>>,
    bundle: Value,
}

impl Validator {
    /// A validator for every body that the schemas describe.
    ///
    /// # Panics
    /// Never: the bundle is part of this crate, and its tests compile every shape of it.
    #[must_use]
    pub fn new() -> Self {
        let bundle: Value = serde_json::from_str(BUNDLE).expect("the embedded bundle is JSON");
        let names = bundle["$defs"].as_object().into_iter().flatten().map(|(name, _)| name.clone());
        Self { shapes: names.map(|name| (name, OnceLock::new())).collect(), bundle }
    }

    /// Everything in a body that its documentation does not say, in the order of the schema. Places are JSON Pointers
    /// only; [`Validator::judge`] knows offsets too.
    ///
    /// A body that nothing is documented for has no findings; ask [`OperationInfo`] whether there is one.
    #[must_use]
    pub fn check(&self, operation: &OperationInfo, side: Side, body: &Value) -> Vec<Finding> {
        let Some(shape) = documented(operation, side) else { return Vec::new() };
        let mut findings = self.check_shape(shape.schema, body);
        judge::rate(&mut findings, side, body);
        self.check_rules(operation, side, shape, body, &mut findings);
        findings
    }

    /// Everything in a value that the definition of this name does not say.
    ///
    /// A name that the schemas do not define has no findings. All count as drift, since the side is not known.
    fn check_shape(&self, name: &str, value: &Value) -> Vec<Finding> {
        let Some(validator) = self.compiled(name) else { return Vec::new() };
        let mut findings: Vec<Finding> = validator.iter_errors(value).flat_map(|error| Finding::of(&error)).collect();
        // What has the wrong type breaks every other rule too; once is enough.
        let wrong: Vec<String> =
            findings.iter().filter(|f| f.code == Code::WrongType).map(|finding| finding.pointer.clone()).collect();
        findings.retain(|finding| finding.code == Code::WrongType || !wrong.contains(&finding.pointer));
        for finding in &mut findings {
            let definition = finding.schema_pointer.split('/').nth(2).unwrap_or(name);
            finding.table = self.bundle["$defs"][definition]["x-drs"]["table"].as_str().map(str::to_owned);
            let rule = finding.schema_pointer.rsplit_once('/').and_then(|(rule, _)| self.bundle.pointer(rule));
            if rule.is_some_and(|rule| rule["format"] == "password") {
                Redacted::MASK.clone_into(&mut finding.found);
            }
        }
        findings
    }

    fn check_rules(
        &self,
        operation: &OperationInfo,
        side: Side,
        shape: &BodyInfo,
        body: &Value,
        findings: &mut Vec<Finding>,
    ) {
        rules::of_schema(&self.bundle["$defs"], shape.schema, body, findings);
        rules::of_answer(operation, side, body, findings);
    }

    fn compiled(&self, name: &str) -> Option<&jsonschema::Validator> {
        let slot = self.shapes.get(name)?;
        Some(slot.get_or_init(|| {
            let schema = json!({ "$ref": format!("#/$defs/{name}"), "$defs": self.bundle["$defs"] });
            // The test `every_shape_of_the_bundle_compiles` holds this; a shape that did not would refuse everything.
            jsonschema::draft202012::new(&schema).unwrap_or_else(|_| refuse_everything())
        }))
    }
}

impl Default for Validator {
    fn default() -> Self {
        Self::new()
    }
}

fn refuse_everything() -> jsonschema::Validator {
    jsonschema::draft202012::new(&json!(false)).expect("`false` is a schema")
}

/// The documented body of one side of an operation. An error has the body of any documented error, whatever its status.
fn documented(operation: &OperationInfo, side: Side) -> Option<&BodyInfo> {
    let response = |fits: &dyn Fn(u16) -> bool| operation.responses.iter().find(|response| fits(response.status));
    match side {
        Side::Request => operation.request.as_ref(),
        Side::Response(status) => response(&|documented| documented == status)
            .or_else(|| response(&|documented| documented >= 400 && status >= 400))
            .map(|response| &response.body),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_of_the_bundle_compiles() {
        let validator = Validator::new();
        assert!(!validator.shapes.is_empty());
        for name in validator.shapes.keys() {
            let schema = json!({ "$ref": format!("#/$defs/{name}"), "$defs": validator.bundle["$defs"] });
            jsonschema::draft202012::new(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }

    #[test]
    fn every_body_of_every_operation_has_its_shape() {
        let validator = Validator::new();
        for info in drs_types::OPERATIONS {
            let bodies = info.request.iter().chain(info.responses.iter().map(|response| &response.body));
            for body in bodies {
                assert!(validator.shapes.contains_key(body.schema), "{}: {}", info.id, body.schema);
            }
        }
    }
}
