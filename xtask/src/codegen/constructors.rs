//! The constructors of requests: `new` takes the required fields, a `with_` method sets each optional field.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, Type};

use super::docs::Docs;

/// The greatest number of required fields that `new` takes as arguments; more become a struct.
pub(super) const MOST_ARGUMENTS: usize = 4;

/// A field of a request.
pub struct Field {
    /// Its name in Rust.
    pub name: Ident,
    /// The type of its value, without `Option`.
    pub ty: Type,
    /// Whether it is required.
    pub required: bool,
    /// Whether the struct holds an `Option` of it.
    pub in_option: bool,
}

/// Generates the function `new`, and the struct of the required fields when there are too many for arguments.
#[must_use]
pub fn new(owner: &Ident, what: &str, fields: &[Field]) -> (TokenStream, Option<TokenStream>) {
    let required: Vec<&Field> = fields.iter().filter(|field| field.required).collect();
    let is_named = required.len() > MOST_ARGUMENTS;
    let values = fields.iter().map(|Field { name, required, in_option, .. }| {
        let given = if is_named { quote!(required.#name) } else { quote!(#name) };
        match (required, in_option) {
            (false, _) => quote!(#name: None),
            (true, true) => quote!(#name: Some(#given)),
            (true, false) if is_named => quote!(#name: #given),
            (true, false) => quote!(#name),
        }
    });
    if !is_named {
        let arguments = required.iter().map(|Field { name, ty, .. }| quote!(#name: #ty));
        let with = if required.is_empty() { "without any field" } else { "with its required fields" };
        let docs = Docs::new(format!("{what} {with}."));
        return (quote! { #docs #[must_use] pub fn new(#(#arguments),*) -> Self { Self { #(#values),* } } }, None);
    }
    let parts = format_ident!("{owner}Required");
    let docs = Docs::new(format!("{what} with its required fields."));
    let new = quote! { #docs #[must_use] pub fn new(required: #parts) -> Self { Self { #(#values),* } } };
    let members = required.iter().map(|Field { name, ty, .. }| {
        let docs = Docs::new(format!("See [`{owner}::{name}`]."));
        quote!(#docs pub #name: #ty)
    });
    let docs = Docs::new(format!("The required fields of [`{owner}`], all of which [`{owner}::new`] takes."));
    (new, Some(quote! { #docs #[derive(Clone, Debug, PartialEq)] pub struct #parts { #(#members),* } }))
}

/// Generates the `with_` methods as a call of the macro that all requests share; empty when no field is optional.
#[must_use]
pub fn setters(owner: &Ident, fields: &[Field]) -> String {
    let optional = fields.iter().filter(|field| !field.required);
    let lines: String = optional
        .map(|Field { name, ty, .. }| {
            let plain = name.to_string();
            let plain = plain.trim_start_matches("r#").trim_end_matches('_').to_owned();
            format!("    with_{plain} => {name}: {},\n", written(ty))
        })
        .collect();
    if lines.is_empty() { String::new() } else { format!("\nsetters! {{ {owner}:\n{lines}}}\n") }
}

/// Renders a type as it is written by hand.
fn written(ty: &Type) -> String {
    let file = super::render::render(quote! { type T = #ty; });
    file.trim().trim_start_matches("type T = ").trim_end_matches(';').to_owned()
}
