//! `drs schema`, `drs example` and `drs new`: the bodies of an operation, documented payloads, and a body to fill in.

use clap::Args;
use drs_types::{DEPRECATION, OperationInfo, Side};
use drs_validate::Validator;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::names::{BodyName, operation};
use crate::output;
use crate::plain_schema::plain;
use crate::skeleton;

/// The reason why parsing an embedded schema cannot fail.
const SCHEMAS: &str = "codegen has written the embedded schemas";

#[derive(Debug, Args)]
pub(crate) struct Schema {
    #[arg(
        value_name = "OPERATION[.request|.response]",
        help = "The operation, or one of its bodies, such as batch_check_results.response"
    )]
    pub(crate) body: BodyName,
    /// Omit keywords that JSON Schema does not define (x-drs and formats of OpenAPI), for strict validators such as Ajv
    #[arg(long)]
    pub(crate) plain: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Example {
    #[arg(
        value_name = "OPERATION[.request|.response]",
        help = "The operation, or one of its bodies, such as batch_check_results.response; by default, the request"
    )]
    pub(crate) body: BodyName,
    /// Number of the documented payload to print, from 1
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) number: usize,
}

#[derive(Debug, Args)]
pub(crate) struct New {
    /// The operation, as `drs ops` lists it
    #[arg(value_name = "OPERATION", value_parser = operation)]
    pub(crate) operation: &'static OperationInfo,
}

/// Prints the schema of one body, or of both bodies of a call.
pub(crate) fn schema(arguments: &Schema) -> Result<Exit, Failure> {
    let BodyName { operation, side } = arguments.body;
    let names: Vec<&str> = match side {
        Some(side) => vec![body(operation, side)?],
        None => operation.bodies().map(|(_, body)| body.schema).collect(),
    };
    if names.is_empty() {
        return Err(no_body(operation, Side::Request));
    }
    let references: Vec<String> = names.iter().map(|name| format!("{{ \"$ref\": \"#/$defs/{name}\" }}")).collect();
    let indented = |schema: &RawValue| {
        if arguments.plain {
            let schema = plain(schema).and_then(|schema| serde_json::to_string(&schema));
            return schema.expect(SCHEMAS);
        }
        schema.get().to_owned()
    };
    let definitions: Vec<String> = Validator::new()
        .definitions(&names)
        .into_iter()
        .map(|(name, schema)| format!("    {}: {}", Value::from(name), indented(schema)))
        .collect();
    // Without a `Value`, to keep the order of the documentation.
    output::print(output::Kind::Bytes, |out| {
        writeln!(out, "{{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",")?;
        writeln!(out, "  \"title\": {},", Value::from(operation.page))?;
        if operation.deprecated {
            writeln!(out, "  \"deprecated\": true,\n  \"$comment\": {},", Value::from(DEPRECATION))?;
        }
        writeln!(out, "  \"anyOf\": [{}],", references.join(", "))?;
        writeln!(out, "  \"$defs\": {{\n{}\n  }}\n}}", definitions.join(",\n"))
    })?;
    Ok(Exit::Clean)
}

/// Returns the name of the schema of one side of an operation.
fn body(operation: &'static OperationInfo, side: Side) -> Result<&'static str, Failure> {
    operation.body(side).map(|body| body.schema).ok_or_else(|| no_body(operation, side))
}

fn no_body(operation: &OperationInfo, side: Side) -> Failure {
    let id = operation.id;
    let other = if side == Side::Request { "response" } else { "request" };
    let failure = Failure::usage(format!("the {} of {id} has no body", name_of(side)));
    match operation.bodies().next() {
        Some(_) => failure.help(format!("Its {other} has a body: {id}.{other}")),
        None => failure.help(format!("Its {other} has none either.")),
    }
}

fn name_of(side: Side) -> &'static str {
    if side == Side::Request { "request" } else { "response" }
}

/// Prints a documented payload, verbatim.
pub(crate) fn example(arguments: &Example) -> Result<Exit, Failure> {
    let BodyName { operation, side } = arguments.body;
    let side = side.or(operation.bodies().next().map(|(side, _)| side)).unwrap_or(Side::Request);
    body(operation, side)?;
    let all: Vec<&str> = match side {
        Side::Request => operation.request_examples().map(|example| example.json).collect(),
        Side::Response(_) => operation.response_examples().map(|example| example.json).collect(),
    };
    if all.is_empty() {
        return Err(Failure::usage(format!("the documentation has no {} payload of {}", name_of(side), operation.id)));
    }
    let Some(text) = all.get(arguments.number.saturating_sub(1)).filter(|_| arguments.number > 0) else {
        let message = format!("{1} has no payload {0}", arguments.number, operation.id);
        return Err(
            Failure::usage(message).help(format!("The documentation has {}: --number 1 is the first.", all.len()))
        );
    };
    output::print(output::Kind::Bytes, |out| writeln!(out, "{}", text.trim_end()))?;
    Ok(Exit::Clean)
}

/// Prints a body to fill in, with the documentation of each field.
pub(crate) fn new(arguments: &New) -> Result<Exit, Failure> {
    let name = body(arguments.operation, Side::Request)?;
    let definitions = Validator::new().definitions(&[name]);
    let skeleton = skeleton::of(arguments.operation, &definitions, name).expect(SCHEMAS);
    output::print(output::Kind::Bytes, |out| out.write_all(skeleton.as_bytes()))?;
    Ok(Exit::Clean)
}
