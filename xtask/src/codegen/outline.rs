//! The names and types of everything in a body, as tables beside the types: that is enough to tell what a body may be,
//! and to take out of it what does not fit its type.

use heck::{ToShoutySnakeCase, ToUpperCamelCase};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::model::{Definition, Model};
use super::rust_names;
use super::shape;
use super::types::render;

/// The table of an object, and the type that has it.
#[must_use]
pub fn table(model: &Model, definition: &Definition) -> String {
    let (table, ty) = (name(&definition.name), format_ident!("{}", rust_names::shape(&definition.name)));
    let outline = outline(model, &definition.module, &definition.schema);
    render(quote! {
        pub(crate) static #table: Outline = #outline;

        impl Outlined for #ty {
            const OUTLINE: &'static Outline = &#table;
        }
    })
}

fn name(definition: &str) -> proc_macro2::Ident {
    format_ident!("{}_OUTLINE", definition.to_shouty_snake_case())
}

/// The table of a schema, for a module.
fn outline(model: &Model, module: &str, schema: &Value) -> TokenStream {
    let members = schema["properties"].as_object().into_iter().flatten().map(|(name, property)| {
        let property = reference(model, module, property);
        quote! { (#name, #property) }
    });
    let members: Vec<TokenStream> = members.collect();
    let members = (!members.is_empty()).then(|| quote! { members: &[#(#members),*], });
    let below = |key: &str| {
        let below = schema.get(key).filter(|below| below.is_object());
        below.map(|below| reference(model, module, below))
    };
    let elements = below("items").map(|outline| quote! { elements: Some(#outline), });
    let others = below("additionalProperties").map(|outline| quote! { others: Some(#outline), });
    let types = types(&schema["type"]);
    if let [one @ ("boolean" | "integer" | "number" | "string")] = types.as_slice() {
        let constant = format_ident!("{}", one.to_shouty_snake_case());
        return quote! { Outline::#constant };
    }
    let types = types.iter().map(|name| format_ident!("{}", name.to_upper_camel_case()));
    quote! { Outline { types: &[#(Type::#types),*], #members #elements #others ..Outline::NOTHING } }
}

fn reference(model: &Model, module: &str, schema: &Value) -> TokenStream {
    let Some(definition) = shape::named(schema).and_then(|name| model.definition(&name)) else {
        let outline = outline(model, module, schema);
        return quote! { &#outline };
    };
    if definition.schema["type"] != "object" {
        return reference(model, module, &definition.schema);
    }
    let name = name(&definition.name);
    if definition.module == module {
        return quote! { &#name };
    }
    let elsewhere = format_ident!("{}", definition.module);
    quote! { &super::#elsewhere::#name }
}

/// The types that a schema names.
fn types(types: &Value) -> Vec<&str> {
    let several = types.as_array().into_iter().flatten();
    types.as_str().into_iter().chain(several.filter_map(Value::as_str)).collect()
}
