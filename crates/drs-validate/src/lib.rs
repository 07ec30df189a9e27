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
mod attached;
#[cfg(feature = "har")]
mod exchange;
mod fast_path;
mod finding;
mod frame;
#[rustfmt::skip]
#[allow(clippy::pedantic)]
mod generated;
mod identify;
mod input;
mod json;
mod limits;
#[cfg_attr(not(feature = "har"), allow(dead_code, reason = "only exchanges have a mapping"))]
mod mapping;
mod mixed;
mod options;
mod payload;
mod record;
mod schema;
mod secrets;
mod stream;
mod work;

use std::sync::LazyLock;

use drs_types::OperationInfo;
use indexmap::IndexMap;
use serde_json::Value;
use serde_json::value::RawValue;

use fast_path::FastPath;
use finding::list::{Findings, ROOM};
use schema::builder::Builder;
use schema::compiled::Schemas;
use schema::definitions::Definition;

#[doc(hidden)]
pub use assert::assert_documented;
pub use attached::Attached;
pub use drs_types as types;
pub use drs_types::Side;
pub use finding::difference::{Expected, Found, Rule, Unit};
pub use finding::excerpt::Excerpt;
pub use finding::show::StylePart;
pub use finding::summary::{Drift, Location, Summary};
pub use finding::{Code, Finding, Severity};
pub use identify::url::by_url;
pub use identify::{BodyKind, UnknownName};
pub use input::decompress::decompress;
pub use input::{Block, Blocks, Format, LIMIT, Record};
pub use mapping::Mapping;
pub use options::Options;
pub use record::{RecordReport, ValidatedPayload};
pub use stream::{Diagnostic, PayloadReport, Report, Reports};

/// The way payloads are read. All validators share the schemas, of which each is compiled when it is first needed.
#[derive(Clone, Debug)]
pub struct Validator {
    /// A clean payload never asks for them.
    schemas: &'static LazyLock<Schemas>,
    fast: FastPath,
}

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(Schemas::new);

impl Validator {
    /// A validator for every body that the schemas describe.
    #[must_use]
    pub fn new() -> Self {
        Self { schemas: &SCHEMAS, fast: FastPath::OPEN }
    }

    /// A validator that reads every payload in full, however clean it looks. The findings are the same, as long as a
    /// payload in full fits into memory; use it to check that.
    #[must_use]
    pub fn without_fast_path(self) -> Self {
        Self { fast: FastPath::CLOSED, ..self }
    }

    /// Everything in a body that its documentation does not say, in the order of the schema. Places are JSON Pointers
    /// only; [`Validator::validate`] knows offsets too.
    ///
    /// A body that nothing is documented for has no findings; ask [`OperationInfo`] whether there is one.
    #[must_use]
    pub fn validate_value(&self, operation: &OperationInfo, side: Side, body: &Value) -> Vec<Finding> {
        let mut found = Findings::within(ROOM);
        let schema = operation.body(side).and_then(|shape| self.schemas.get(shape.schema));
        schema::check(operation, side, body, &mut Builder::new(&mut found, side, schema, Some(body), None));
        found.close(0)
    }

    /// The definitions of bodies with these names, and of all that they lead to: the text of each, in the order of the
    /// documentation.
    #[must_use]
    pub fn definitions(&self, names: &[&str]) -> IndexMap<String, &'static RawValue> {
        let reached = schema::definitions::reached(names.iter().copied()).into_iter();
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
