//! Properties with several JSON types, because page, SDK and payloads disagree, or because null is documented.
//!
//! typify would make a new enum for each; ours have descriptive names and are the same everywhere.

use syn::parse_quote;

use super::rust_names;
use crate::schema::{Definition, Model, Type};

/// Gives a field the type that typify does not know. In a request, an explicit null differs from a missing field.
pub fn retype(field: &mut syn::Field, model: &Model, definition: &Definition, ty: &Type, is_sent: bool) {
    let is_nullable = ty.is_nullable();
    let Some(mut ty) = rust_type(model, definition, ty) else { return };
    let required = !field.attrs.iter().any(is_optional);
    if is_sent && is_nullable {
        ty = parse_quote!(Nullable<#ty>);
    }
    field.ty = if required { ty } else { parse_quote!(Option<#ty>) };
}

/// Whether an attribute says that the field may be missing.
#[must_use]
pub fn is_optional(attribute: &syn::Attribute) -> bool {
    quote::quote!(#attribute).to_string().contains("skip_serializing_if")
}

/// Returns the type of a value that is present and not null; `None` for a combination without a type.
#[must_use]
pub fn rust_type(model: &Model, definition: &Definition, ty: &Type) -> Option<syn::Type> {
    if let Some(name) = ty.named() {
        let ty = quote::format_ident!("{}", rust_names::shape(name));
        let elsewhere = model.definition(name)?.module != definition.module;
        return Some(if elsewhere { parse_quote!(crate::common::#ty) } else { parse_quote!(#ty) });
    }
    let of = |ty: &Type| rust_type(model, definition, ty);
    let mut alternatives: Vec<&Type> = ty.alternatives().iter().collect();
    alternatives.sort_by_key(|one| one.json_type());
    Some(match alternatives.as_slice() {
        [Type::String] => parse_quote!(String),
        [Type::Integer] => parse_quote!(i64),
        [Type::Number] => parse_quote!(f64),
        [Type::Boolean] => parse_quote!(bool),
        [Type::Array(element)] => {
            let element = of(&element.ty)?;
            parse_quote!(Vec<#element>)
        }
        [Type::Map(value)] => {
            let value = of(&value.ty)?;
            parse_quote!(BTreeMap<String, #value>)
        }
        [Type::Integer, Type::String] => parse_quote!(StringOr<i64>),
        [Type::Number, Type::String] => parse_quote!(StringOr<f64>),
        [Type::Boolean, Type::String] => parse_quote!(StringOr<bool>),
        [Type::Array(element), Type::Map(value)] => {
            let (value, element) = (of(&value.ty)?, of(&element.ty)?);
            parse_quote!(MapOrArray<#value, #element>)
        }
        _ => return None,
    })
}
