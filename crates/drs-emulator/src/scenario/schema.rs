//! The JSON Schema of a scenario file.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::fault::Probability;
use super::format::{Format, OperationName, Progress, Synthetic};

/// Returns the JSON Schema of a scenario file. `schemas/meta/scenario.schema.json` is this schema.
#[must_use]
pub fn scenario_schema() -> Schema {
    let mut schema = schemars::schema_for!(Format);
    schema.insert("$id".to_owned(), "https://drs.example/schemas/meta/scenario.schema.json".into());
    schema.insert("title".to_owned(), "A scenario of the emulator".into());
    schema
}

macro_rules! schema_of {
    ($($name:ident = $schema:tt;)*) => {$(
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )*};
}

schema_of! {
    Synthetic = { "const": true };
    Progress = { "type": "integer", "minimum": 0, "maximum": 99 };
    Probability = { "type": "number", "minimum": 0, "maximum": 1 };
    OperationName = { "type": "string", "pattern": "^[a-z0-9_.]+$" };
}
