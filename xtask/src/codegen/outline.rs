//! The names and types of everything in a body, as tables: that is enough to tell what a body may be.

use heck::{ToShoutySnakeCase, ToUpperCamelCase};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use super::model::Definition;
use super::shape;
use super::types::render;

/// The table of a definition.
#[must_use]
pub fn table(definition: &Definition) -> String {
    let (name, outline) = (name(&definition.name), outline(&definition.schema));
    render(quote! { static #name: Outline = #outline; })
}

/// The name of the table of a definition.
#[must_use]
pub fn name(definition: &str) -> Ident {
    format_ident!("{}_OUTLINE", definition.to_shouty_snake_case())
}

fn outline(schema: &Value) -> TokenStream {
    let members = schema["properties"].as_object().into_iter().flatten().map(|(name, property)| {
        let property = reference(property);
        quote! { (#name, #property) }
    });
    let members: Vec<TokenStream> = members.collect();
    let members = (!members.is_empty()).then(|| quote! { members: &[#(#members),*], });
    let below = |key: &str| schema.get(key).filter(|below| below.is_object()).map(reference);
    let elements = below("items").map(|outline| quote! { elements: Some(#outline), });
    let others = below("additionalProperties").map(|outline| quote! { others: Some(#outline), });
    let types = types(&schema["type"]);
    if let [one @ ("boolean" | "number" | "string")] = types.as_slice() {
        let constant = format_ident!("{}", one.to_shouty_snake_case());
        return quote! { Outline::#constant };
    }
    let types = types.iter().map(|name| format_ident!("{}", name.to_upper_camel_case()));
    quote! { Outline { types: &[#(Type::#types),*], #members #elements #others ..Outline::NOTHING } }
}

fn reference(schema: &Value) -> TokenStream {
    if let Some(definition) = shape::named(schema) {
        let name = name(&definition);
        return quote! { &#name };
    }
    let outline = outline(schema);
    quote! { &#outline }
}

/// The types that a schema names. To tell bodies apart, a number is a number.
fn types(types: &Value) -> Vec<&str> {
    let several = types.as_array().into_iter().flatten();
    let all = types.as_str().into_iter().chain(several.filter_map(Value::as_str));
    let mut all: Vec<&str> = all.map(|name| if name == "integer" { "number" } else { name }).collect();
    all.dedup();
    all
}
