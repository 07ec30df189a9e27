//! `service.json`: the head of the OpenAPI document, and the values that operations share.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::operation::{Parameter, WrittenBody};

/// The head of the OpenAPI document.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    #[serde(rename = "openapi")]
    _openapi: String,
    #[serde(rename = "info")]
    _info: Value,
    /// The groups of operations.
    pub tags: Vec<Tag>,
    /// The clouds that run the service.
    pub servers: Vec<Server>,
    /// The values that operations refer to.
    pub components: Components,
    /// The facts that OpenAPI has no keyword for.
    #[serde(default, rename = "x-drs")]
    pub drs: ServiceNotes,
    /// The file as written, for output that copies it.
    #[serde(skip)]
    pub written: Value,
}

/// A group of operations.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tag {
    /// Its name.
    pub name: String,
    #[serde(rename = "description")]
    _description: String,
}

/// A cloud that runs the service.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// The address, with `{region}` in it.
    pub url: String,
    /// The name of the cloud.
    #[serde(rename = "description")]
    pub name: String,
    variables: Variables,
    /// The facts that OpenAPI has no keyword for.
    #[serde(rename = "x-drs")]
    pub drs: ServerNotes,
}

/// `x-drs` of a cloud.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerNotes {
    /// The address of IAM, with `{region}` in it.
    pub iam: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Variables {
    region: Region,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Region {
    #[serde(rename = "default")]
    _default: String,
    #[serde(rename = "enum")]
    listed: Vec<String>,
}

impl Server {
    /// The regions that are known to have the service.
    #[must_use]
    pub fn regions(&self) -> &[String] {
        &self.variables.region.listed
    }
}

/// The values that operations refer to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Components {
    /// The ways to authenticate.
    pub security_schemes: BTreeMap<String, SecurityScheme>,
    /// The parameters that operations share.
    pub parameters: BTreeMap<String, Parameter>,
    /// The responses that operations share.
    pub responses: BTreeMap<String, WrittenBody>,
}

/// A header that authenticates the caller.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecurityScheme {
    #[serde(rename = "type")]
    _type: String,
    #[serde(rename = "in")]
    _in: String,
    /// The name of the header.
    pub name: String,
    #[serde(rename = "description")]
    _description: String,
}

/// `x-drs` of the service.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceNotes {
    /// The vendor's API Explorer, a source beside the pages.
    pub explorer: Explorer,
    /// The operations that the API Explorer has and no page describes.
    #[serde(default)]
    pub explorer_only: Vec<OtherCall>,
    /// The operations that only the vendor's SDK has.
    #[serde(default)]
    pub sdk_only: Vec<OtherCall>,
}

/// The vendor's API Explorer.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explorer {
    /// The date on which its definitions were read.
    pub edition: String,
    /// What other sources say of the operations that it marks as deprecated.
    pub deprecated: String,
}

/// An operation without a page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherCall {
    /// Its name.
    pub operation: String,
    /// The HTTP method.
    pub method: String,
    /// The template of the path.
    pub path: String,
    /// Whether the API Explorer marks it as deprecated.
    #[serde(default)]
    pub deprecated: bool,
}

impl Service {
    /// Returns the header that carries the token.
    #[must_use]
    pub fn token_header(&self) -> &str {
        self.components.security_schemes.get("token").map_or("", |scheme| &scheme.name)
    }

    /// Whether a header carries credentials.
    #[must_use]
    pub fn is_credential(&self, header: &str) -> bool {
        self.components.security_schemes.values().any(|scheme| scheme.name == header)
    }
}
