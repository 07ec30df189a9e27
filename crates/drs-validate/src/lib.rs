//! Validates JSON of the DRS API against its documentation.
//!
//! The schemas are read strictly here: everything undocumented is a finding. What a finding means depends on the
//! side: the service refuses a request that breaks its documentation, but a response that does may well be readable.
//!
//! ```
//! use drs_types::OperationInfo;
//! use drs_validate::{Side, Validator};
//!
//! let validator = Validator::new();
//! let info = OperationInfo::find("batch_check_results").unwrap();
//! let body = serde_json::json!({ "jobs": [] });
//! let findings = validator.validate_value(info, Side::Request, &body);
//! assert_eq!(findings[0].to_string(), "/jobs: too few items: expected at least 1 item, found 0");
//! ```
//!
//! | what there is | what validates it |
//! |---|---|
//! | a value | [`Validator::validate_value`] |
//! | the text of a payload | [`Validator::validate`] |
//! | a record: a payload, a capture, a HAR | [`Validator::validate_record`] |
//! | a stream of records | [`Validator::validate_blocks`], or [`Validator::validate_stream`] on several threads |
//! | a recorded payload in a test | [`assert_documented!`] |
//!
//! Nothing here opens a file or a connection: streams come from the caller.
//!
//! | feature | what it reads, both by default |
//! |---|---|
//! | `compression` | streams and bodies that are compressed with gzip, zlib or zstd |
//! | `har` | captures and HAR |
//!
//! Without a feature, such an input is an error that names the feature. Payloads need neither.

mod assert;
mod blocks;
#[cfg(feature = "har")]
mod capture;
mod decompress;
mod definitions;
mod demands;
mod difference;
#[cfg(feature = "har")]
mod envelope;
mod escape;
mod excerpt;
mod explain;
mod finding;
mod findings;
#[rustfmt::skip]
#[allow(clippy::pedantic)]
mod generated;
mod identify;
mod integers;
mod key;
mod limits;
mod looks;
mod outline;
#[cfg(feature = "har")]
mod packed;
#[cfg_attr(not(feature = "har"), allow(dead_code, reason = "only bodies of captures are escaped or encoded"))]
mod places;
mod rank;
mod reader;
mod recogniser;
mod record;
mod rules;
mod scanner;
mod schemas;
mod secrets;
mod show;
mod stream;
mod summary;
mod text;
mod tree;
mod url;
mod validate;

use std::sync::LazyLock;

use drs_types::OperationInfo;
use indexmap::IndexMap;
use serde_json::Value;
use serde_json::value::RawValue;

use definitions::Definition;
use findings::{Findings, ROOM};
use schemas::Schemas;

#[doc(hidden)]
pub use assert::assert_documented;
pub use blocks::{Block, Blocks, Format, LIMIT, Record};
pub use decompress::decompress;
pub use difference::{Expected, Found, Rule, Unit};
pub use drs_types as types;
pub use drs_types::Side;
pub use excerpt::Excerpt;
pub use finding::{Code, Finding, Severity};
pub use identify::{BodyKind, UnknownName};
pub use record::{Options, RecordReport, ValidatedPayload};
pub use show::StylePart;
pub use stream::{Diagnostic, PayloadReport, Report, Reports};
pub use summary::{Drift, Location, Summary};
pub use url::by_url;

/// The way payloads are read. All validators share the schemas, of which each is compiled when it is first needed.
#[derive(Clone, Debug)]
pub struct Validator {
    /// A clean payload never asks for them.
    schemas: &'static LazyLock<Schemas>,
    fast: bool,
}

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(Schemas::new);

impl Validator {
    /// A validator for every body that the schemas describe.
    #[must_use]
    pub fn new() -> Self {
        Self { schemas: &SCHEMAS, fast: true }
    }

    /// A validator that reads every payload in full, however clean it looks. The findings are the same, as long as a
    /// payload in full fits into memory; use it to check that.
    #[must_use]
    pub fn without_fast_path(self) -> Self {
        Self { fast: false, ..self }
    }

    /// Everything in a body that its documentation does not say, in the order of the schema. Places are JSON Pointers
    /// only; [`Validator::validate`] knows offsets too.
    ///
    /// A body that nothing is documented for has no findings; ask [`OperationInfo`] whether there is one.
    #[must_use]
    pub fn validate_value(&self, operation: &OperationInfo, side: Side, body: &Value) -> Vec<Finding> {
        let mut found = Findings::within(ROOM);
        self.validate_into(operation, side, body, &mut found);
        if let Some(schema) = operation.body(side).and_then(|shape| self.schemas.get(shape.schema)) {
            schema.name_tables(&mut found.list);
        }
        found.close(0)
    }

    fn validate_into(&self, operation: &OperationInfo, side: Side, body: &Value, found: &mut Findings) {
        let Some(shape) = operation.body(side) else { return };
        let before = found.list.len();
        let Some(schema) = self.schemas.get(shape.schema) else { return };
        schema.check(body, found);
        validate::rate(&mut found.list[before..], side, body, |pointer| schema.is_field(body, pointer));
        rules::of_schema(schema, body, found);
        rules::of_response(operation, side, body, found);
    }

    /// The definitions of bodies with these names, and of all that they lead to: the text of each, in the order of the
    /// documentation.
    #[must_use]
    pub fn definitions(&self, names: &[&str]) -> IndexMap<String, &'static RawValue> {
        let reached = definitions::reached(names.iter().copied()).into_iter();
        let text =
            |definition: &Definition| Some((definition.name.to_owned(), serde_json::from_str(definition.text()).ok()?));
        reached.filter_map(text).collect()
    }
}

impl Default for Validator {
    fn default() -> Self {
        Self::new()
    }
}
