//! The limits of a request as Rust, so that what we send is checked before it leaves.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use super::model::Definition;
use super::rust_names;

/// `impl Check` for a definition that requests reach.
#[must_use]
pub fn check_impl(definition: &Definition, all_optional: bool) -> TokenStream {
    let name = format_ident!("{}", rust_names::shape(&definition.name));
    let required = definition.schema["required"].as_array();
    let fields: Vec<TokenStream> = definition
        .fields
        .iter()
        .filter_map(|property| {
            let schema = &definition.schema["properties"][property];
            let body = value_checks(schema)?;
            let field = format_ident!("{}", rust_names::field(property));
            let mandatory = !all_optional && required.is_some_and(|names| names.iter().any(|name| name == property));
            Some(if mandatory {
                quote! { { let value = &self.#field; let at = at.key(#property); #body } }
            } else {
                quote! { if let Some(value) = &self.#field { let at = at.key(#property); #body } }
            })
        })
        .collect();
    let (at, found) = if fields.is_empty() { (quote!(_), quote!(_)) } else { (quote!(at), quote!(found)) };
    quote! {
        impl Check for #name {
            fn check(&self, #at: &Place<'_>, #found: &mut Vec<Violation>) { #(#fields)* }
        }
    }
}

/// The checks of `value` at `at`; nothing when the schema sets no limit.
fn value_checks(schema: &Value) -> Option<TokenStream> {
    if schema["$ref"].is_string() {
        // Every definition that requests reach has checks of its own, if only empty ones.
        return Some(quote!(value.check(&at, found);));
    }
    let limit = |key: &str| schema[key].as_u64().map(Literal::u64_unsuffixed);
    let bounds = |min: Option<Literal>, max: Option<Literal>| match (min, max) {
        (None, None) => None,
        (Some(min), None) => Some(quote!(#min..)),
        (None, Some(max)) => Some(quote!(..=#max)),
        (Some(min), Some(max)) => Some(quote!(#min..=#max)),
    };
    let mut checks = Vec::new();
    match schema["type"].as_str() {
        Some("array") => {
            if let Some(bounds) = bounds(limit("minItems"), limit("maxItems")) {
                checks.push(quote!(check::items(value, #bounds, &at, found);));
            }
            if schema["uniqueItems"] == true {
                checks.push(quote!(check::unique(value, &at, found);));
            }
            if let Some(element) = value_checks(&schema["items"]) {
                checks.push(quote! { for (index, value) in value.iter().enumerate() {
                    let at = at.index(index);
                    #element
                } });
            }
        }
        Some("object") => {
            if let Some(element) = value_checks(&schema["additionalProperties"]) {
                checks.push(quote! { for (key, value) in value { let at = at.key(key); #element } });
            }
        }
        Some("string") => {
            let text = if schema["format"] == "password" { quote!(value.expose()) } else { quote!(value) };
            if let Some(bounds) = bounds(limit("minLength"), limit("maxLength")) {
                checks.push(quote!(check::length(#text, #bounds, &at, found);));
            }
        }
        Some("integer") => {
            let limit = |key: &str| schema[key].as_i64().map(Literal::i64_unsuffixed);
            if let Some(bounds) = bounds(limit("minimum"), limit("maximum")) {
                checks.push(quote!(check::range(*value, #bounds, &at, found);));
            }
        }
        _ => {}
    }
    (!checks.is_empty()).then(|| quote!(#(#checks)*))
}
