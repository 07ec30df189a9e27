//! An operation: what OpenAPI says of it, and the facts that OpenAPI has no keyword for.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use super::annotations::OperationNotes;
use super::model::UNIQUE;
use super::property::Property;
use super::references;
use super::source::Source;
use super::version::Folder;

/// An operation.
#[derive(Debug)]
pub struct Operation {
    /// Its id, unique over all versions: the vendor's name; outside `v3`, the version is its prefix.
    pub id: String,
    /// Its folder.
    pub folder: Folder,
    /// The file, below `schemas/`.
    pub file: String,
    /// The JSON Pointer of the operation object in the file.
    pub pointer: String,
    /// The template, such as `/v3/{project_id}/jobs`.
    pub path: String,
    /// The lower-case HTTP method.
    pub method: String,
    /// The operation object as written, for output that copies it.
    pub written: Value,
    /// The summary, in a few words.
    pub summary: String,
    /// The description, in sentences.
    pub description: String,
    /// The groups that it belongs to.
    pub tags: Vec<String>,
    /// The security schemes that it requires, as written.
    pub security: Value,
    /// Path, query and header parameters.
    pub parameters: Vec<Parameter>,
    /// The definition of the request body.
    pub request: Option<String>,
    /// The documented responses: those of the page first, by status.
    pub responses: Vec<Response>,
    /// The statuses that only the API Explorer has, each with its name for the operation.
    pub explorer_statuses: BTreeMap<u16, String>,
    /// Whether the vendor calls it deprecated.
    pub deprecated: bool,
    /// The facts that OpenAPI has no keyword for.
    pub drs: OperationNotes,
}

impl Operation {
    /// Returns the documented status of success.
    #[must_use]
    pub fn success(&self) -> Option<&Response> {
        self.responses.iter().find(|response| (200..300).contains(&response.status))
    }

    /// Returns the definition of the body of a success; `None` when there is no body.
    #[must_use]
    pub fn success_body(&self) -> Option<&str> {
        self.success()?.body.as_deref()
    }

    /// Returns the definitions of all bodies, the request first.
    pub fn bodies(&self) -> impl Iterator<Item = &String> {
        self.request.iter().chain(self.responses.iter().filter_map(|response| response.body.as_ref()))
    }
}

/// A documented response.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The definition of the body; `None` when there is no body.
    pub body: Option<String>,
}

/// A parameter of an operation.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "WrittenParameter")]
pub struct Parameter {
    /// The name on the wire.
    pub name: String,
    /// Its location in the request.
    pub location: Location,
    /// The description, in our words.
    pub description: String,
    /// Whether it is required.
    pub required: bool,
    /// A documented value.
    pub example: Option<Value>,
    /// The type and limits of its value.
    pub schema: Property,
    /// Its schema as written, with unique names in its references.
    pub written: Value,
    /// Whether it is in `service.json`, so that the client knows its value for all calls.
    pub shared: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenParameter {
    name: String,
    #[serde(rename = "in")]
    location: Location,
    description: String,
    #[serde(default)]
    required: bool,
    #[serde(rename = "deprecated")]
    _deprecated: Option<bool>,
    example: Option<Value>,
    schema: Value,
}

impl TryFrom<WrittenParameter> for Parameter {
    type Error = serde_json::Error;

    fn try_from(parameter: WrittenParameter) -> Result<Self, serde_json::Error> {
        let WrittenParameter { name, location, description, required, example, schema: written, .. } = parameter;
        let schema = Property::deserialize(&written)?;
        Ok(Self { name, location, description, required, example, schema, written, shared: false })
    }
}

impl Parameter {
    /// Turns the references as written in the file `from` into unique names.
    pub(super) fn resolve(&mut self, from: &str) {
        self.schema.ty.resolve(from);
        self.written = references::relink(&self.written, from, UNIQUE);
    }
}

/// The location of a parameter in the request.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Location {
    /// In the path.
    Path,
    /// In the query string.
    Query,
    /// In a header.
    Header,
}

impl Location {
    /// Returns its name in OpenAPI.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
        }
    }
}

/// `operation.json`: one entry of a Paths Object.
pub(super) type WrittenPaths = IndexMap<String, IndexMap<String, WrittenOperation>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct WrittenOperation {
    pub(super) operation_id: String,
    pub(super) summary: String,
    pub(super) description: String,
    #[serde(default)]
    pub(super) deprecated: bool,
    pub(super) tags: Vec<String>,
    pub(super) security: Value,
    pub(super) parameters: Vec<OrReference<Parameter>>,
    pub(super) request_body: Option<WrittenBody>,
    pub(super) responses: BTreeMap<String, OrReference<WrittenBody>>,
    #[serde(rename = "x-drs")]
    pub(super) drs: OperationNotes,
}

/// A value of this operation alone, or a reference to a value that operations share.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum OrReference<T> {
    Reference(Reference),
    Own(T),
}

/// A request body or a response.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenBody {
    #[serde(rename = "description")]
    _description: Option<String>,
    #[serde(rename = "required")]
    _required: Option<bool>,
    content: Option<WrittenContent>,
    #[serde(rename = "x-drs")]
    drs: Option<ResponseNotes>,
}

/// `x-drs` of a response.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ResponseNotes {
    source: Source,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenContent {
    #[serde(rename = "application/json")]
    json: WrittenMediaType,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenMediaType {
    schema: Reference,
}

/// An object whose only member is `$ref`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reference {
    #[serde(rename = "$ref")]
    pub(super) reference: String,
}

impl WrittenBody {
    /// Returns the name of the operation in the API Explorer, when no other source has the status.
    pub(super) fn explorer(&self) -> Option<&str> {
        self.drs.as_ref().and_then(|drs| drs.source.explorer())
    }

    /// Returns the definition of the body, in the file `from`.
    pub(super) fn definition(&self, from: &str) -> Option<String> {
        Some(references::definition(from, &self.content.as_ref()?.json.schema.reference))
    }
}
