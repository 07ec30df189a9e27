//! Properties that several JSON types describe, because page, SDK and payloads disagree, or because null has a place.
//!
//! typify would make an enum of its own for each; ours say what they are and are the same everywhere.

use serde_json::Value;
use syn::parse_quote;

use super::model::{Definition, Model};
use super::rust_names;
use super::shape;

/// Gives a field the type that typify does not know. In a request, an explicit null is kept apart from nothing.
pub fn retype(field: &mut syn::Field, model: &Model, definition: &Definition, property: &Value, is_sent: bool) {
    let Some(mut ty) = rust_type(model, definition, property) else { return };
    let mandatory = !field.attrs.iter().any(is_optional);
    if is_sent && shape::is_nullable(property) {
        ty = parse_quote!(Nullable<#ty>);
    }
    field.ty = if mandatory { ty } else { parse_quote!(Option<#ty>) };
}

/// Whether an attribute says that the field may be missing.
#[must_use]
pub fn is_optional(attribute: &syn::Attribute) -> bool {
    quote::quote!(#attribute).to_string().contains("skip_serializing_if")
}

/// The type of a value that is there and not null; `None` for a combination that has no type.
#[must_use]
pub fn rust_type(model: &Model, definition: &Definition, property: &Value) -> Option<syn::Type> {
    if let Some(name) = shape::named(property) {
        let ty = quote::format_ident!("{}", rust_names::shape(&name));
        let elsewhere = model.definition(&name)?.module != definition.module;
        return Some(if elsewhere { parse_quote!(super::common::#ty) } else { parse_quote!(#ty) });
    }
    let below = |key: &str| property.get(key).and_then(|below| rust_type(model, definition, below));
    let mut types = shape::types(property);
    types.sort_unstable();
    Some(match types.as_slice() {
        ["string"] => parse_quote!(String),
        ["integer"] => parse_quote!(i64),
        ["number"] => parse_quote!(f64),
        ["boolean"] => parse_quote!(bool),
        ["array"] => {
            let element = below("items")?;
            parse_quote!(Vec<#element>)
        }
        ["object"] => {
            let value = below("additionalProperties")?;
            parse_quote!(BTreeMap<String, #value>)
        }
        ["integer", "string"] => parse_quote!(TextOr<i64>),
        ["number", "string"] => parse_quote!(TextOr<f64>),
        ["boolean", "string"] => parse_quote!(TextOr<bool>),
        ["array", "object"] => {
            let (value, element) = (below("additionalProperties")?, below("items")?);
            parse_quote!(MapOrList<#value, #element>)
        }
        _ => return None,
    })
}
