//! The strict reading of the schemas: definitions, compiled schemas, rules in words, and the explanation of what breaks them.

pub(crate) mod builder;
pub(crate) mod compiled;
pub(crate) mod definitions;
pub(crate) mod explain;
pub(crate) mod integers;
pub(crate) mod rules;

use drs_types::OperationInfo;
use serde_json::Value;

use crate::Side;
use crate::schema::builder::Builder;

/// Adds everything in a body that its schema, and what its documentation says in words, do not allow.
pub(crate) fn check(operation: &OperationInfo, side: Side, body: &Value, builder: &mut Builder<'_>) {
    let Some(schema) = builder.schema() else { return };
    schema.check(body, builder);
    rules::of_schema(schema, body, builder);
    rules::of_response(operation, side, body, builder);
}
