//! The outline of a body: tables of its names and JSON types, beside the Rust types. The tables identify a body, and find
//! the values that do not match their type.

use std::collections::BTreeMap;

use heck::{ToShoutySnakeCase, ToUpperCamelCase};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::render::render;
use super::rust_names;
use crate::schema::{Definition, JsonType, Model, Property, Type};

/// Generates the table of an object, and its implementation for the type.
#[must_use]
pub fn table(model: &Model, definition: &Definition) -> String {
    let (table, ty) = (name(&definition.name), format_ident!("{}", rust_names::shape(&definition.name)));
    let members: BTreeMap<&str, &Property> = definition.properties().collect();
    let members = members.into_iter().map(|(name, property)| {
        let property = reference(model, &definition.module, &property.ty);
        quote! { (#name, #property) }
    });
    let members: Vec<TokenStream> = members.collect();
    let members = (!members.is_empty()).then(|| quote! { members: &[#(#members),*], });
    let outline = outline(&[JsonType::Object], &quote!(#members));
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

/// Returns a reference to the table of a type, for a module.
fn reference(model: &Model, module: &str, ty: &Type) -> TokenStream {
    if let Some(definition) = ty.named().and_then(|name| model.definition(name)) {
        if definition.string().is_some() {
            return quote! { &Outline::STRING };
        }
        let name = name(&definition.name);
        if definition.module == module {
            return quote! { &#name };
        }
        let elsewhere = rust_names::module(&definition.module);
        return quote! { &crate::#elsewhere::#name };
    }
    let mut types = ty.json_types();
    types.extend(ty.is_nullable().then_some(JsonType::Null));
    let below = |property: &Property| reference(model, module, &property.ty);
    let elements = ty.element().map(below).map(|outline| quote! { items: Some(#outline), });
    let others = ty.value().map(below).map(|outline| quote! { others: Some(#outline), });
    let outline = outline(&types, &quote!(#elements #others));
    quote! { &#outline }
}

fn outline(types: &[JsonType], below: &TokenStream) -> TokenStream {
    if let [one @ (JsonType::Boolean | JsonType::Integer | JsonType::Number | JsonType::String)] = types {
        let constant = format_ident!("{}", one.name().to_shouty_snake_case());
        return quote! { Outline::#constant };
    }
    let types = types.iter().map(|ty| format_ident!("{}", ty.name().to_upper_camel_case()));
    quote! { Outline { types: &[#(Type::#types),*], #below ..Outline::NOTHING } }
}
