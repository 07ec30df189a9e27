//! Schemas with standard keywords only, for validators that refuse unknown keywords.

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::value::RawValue;

/// A part of a schema, in the order of the documentation.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Plain<'a> {
    /// An object: keywords, or schemas by name.
    Members(IndexMap<String, Plain<'a>>),
    /// An array of schemas.
    Elements(Vec<Plain<'a>>),
    /// A value without a schema in it.
    Same(&'a RawValue),
}

/// Removes the keywords of this project and of OpenAPI from a schema. Ajv does not know a `format` either, unless it is
/// configured.
pub(crate) fn plain(schema: &RawValue) -> serde_json::Result<Plain<'_>> {
    let Ok(keywords) = serde_json::from_str::<IndexMap<String, &RawValue>>(schema.get()) else {
        // `true` or `false`.
        return Ok(Plain::Same(schema));
    };
    let is_known = |keyword: &str| keyword != "format" && !keyword.starts_with("x-");
    let known = keywords.into_iter().filter(|(keyword, _)| is_known(keyword));
    let plain = known.map(|(keyword, value)| {
        let value = match keyword.as_str() {
            "properties" | "patternProperties" | "dependentSchemas" | "$defs" => {
                let schemas: IndexMap<String, &RawValue> = serde_json::from_str(value.get())?;
                let schemas = schemas.into_iter().map(|(name, schema)| Ok((name, plain(schema)?)));
                Plain::Members(schemas.collect::<serde_json::Result<_>>()?)
            }
            "allOf" | "anyOf" | "oneOf" | "prefixItems" => {
                let schemas: Vec<&RawValue> = serde_json::from_str(value.get())?;
                Plain::Elements(schemas.into_iter().map(plain).collect::<serde_json::Result<_>>()?)
            }
            "items"
            | "contains"
            | "additionalProperties"
            | "propertyNames"
            | "unevaluatedItems"
            | "unevaluatedProperties"
            | "if"
            | "then"
            | "else"
            | "not" => plain(value)?,
            _ => Plain::Same(value),
        };
        Ok((keyword, value))
    });
    Ok(Plain::Members(plain.collect::<serde_json::Result<_>>()?))
}
