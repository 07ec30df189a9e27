//! The limits of a request as Rust code, which checks a request before it is sent.

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::pattern;
use super::render::render;
use super::rust_names;
use crate::schema::annotations;
use crate::schema::definition::Obligation;
use crate::schema::{Definition, JsonType, Limits, Module, Property, Type};

/// Generates `impl Check` for a definition that requests reach.
#[must_use]
pub fn check_impl(module: &Module, definition: &Definition, all_optional: bool) -> TokenStream {
    let name = format_ident!("{}", rust_names::shape(&definition.name));
    let fields = definition.properties().filter_map(|(name, property)| {
        let field = Field::of(definition, name, property, all_optional);
        let body = value_checks(module, property, &property.ty)?;
        let ident = &field.ident;
        let inside = quote! { let at = at.key(#name); #body };
        Some(match (field.required, property.ty.is_nullable() && !all_optional) {
            (true, false) => quote! { { let value = &self.#ident; #inside } },
            (false, false) => quote! { if let Some(value) = &self.#ident { #inside } },
            (true, true) => quote! { if let Nullable::Value(value) = &self.#ident { #inside } },
            (false, true) => quote! { if let Some(Nullable::Value(value)) = &self.#ident { #inside } },
        })
    });
    let obligations = definition.obligations().iter();
    let obligations = obligations.map(|obligation| obligation_checks(definition, obligation, all_optional));
    let checks: Vec<TokenStream> = fields.chain(obligations).collect();
    let (at, found) = if checks.is_empty() { (quote!(_), quote!(_)) } else { (quote!(at), quote!(found)) };
    quote! {
        impl Check for #name {
            fn check(&self, #at: &Pointer<'_>, #found: &mut Vec<Violation>) { #(#checks)* }
        }
    }
}

/// A field of the generated struct.
struct Field {
    ident: proc_macro2::Ident,
    required: bool,
}

impl Field {
    fn of(definition: &Definition, name: &str, property: &Property, all_optional: bool) -> Self {
        let ident = format_ident!("{}", rust_names::field_of(name, property));
        let required = !all_optional && definition.requires(name);
        Self { ident, required }
    }
}

/// Generates the checks for fields that are required because of the values of other fields.
fn obligation_checks(definition: &Definition, obligation: &Obligation, all_optional: bool) -> TokenStream {
    let conditions = obligation.when.iter().filter_map(|(name, values)| {
        let property = definition.property(name)?;
        let Field { ident, required } = Field::of(definition, name, property, all_optional);
        let values = values.iter().map(|value| match value {
            annotations::Literal::Flag(flag) => quote!(#flag),
            annotations::Literal::Text(text) => quote!(#text),
        });
        let one_of = quote!([#(#values),*]);
        Some(match (matches!(property.ty, Type::Boolean), required) {
            (true, true) => quote!(#one_of.contains(&self.#ident)),
            (true, false) => quote!(self.#ident.as_ref().is_some_and(|value| #one_of.contains(value))),
            (false, true) => quote!(#one_of.contains(&self.#ident.as_str())),
            (false, false) => quote!(self.#ident.as_ref().is_some_and(|value| #one_of.contains(&value.as_str()))),
        })
    });
    let conditions: Vec<TokenStream> = conditions.collect();
    let why = obligation.condition();
    let needed = obligation.required.iter().filter_map(|name| {
        let Field { ident, required } = Field::of(definition, name, definition.property(name)?, all_optional);
        // A required field is always present.
        (!required).then(|| quote!(check::obliged(self.#ident.is_some(), &at.key(#name), #why, found);))
    });
    quote! { if #(#conditions)&&* { #(#needed)* } }
}

/// Generates the checks of `value` at `at`, as one of the types of a property; nothing when the schema sets no limit.
fn value_checks(module: &Module, property: &Property, ty: &Type) -> Option<TokenStream> {
    let limits = &property.limits;
    if ty.named().is_some() {
        // Every definition that requests reach has its own checks, which may be empty.
        let form = form_check(module, limits, &quote!(value.as_str()));
        return Some(quote!(value.check(&at, found); #form));
    }
    let mut checks = Vec::new();
    match ty {
        Type::Nullable(inner) => return value_checks(module, property, inner),
        Type::OneOf(alternatives) => {
            // Where a string is an alternative, only the plain value has limits.
            let integer = alternatives.iter().find(|one| one.json_type() == Some(JsonType::Integer))?;
            let checks = value_checks(module, property, integer)?;
            return Some(quote! { if let Some(value) = &value.value() { #checks } });
        }
        Type::Array(element) => {
            if let Some(bounds) = unsigned_bounds(limits.min_items, limits.max_items) {
                checks.push(quote!(check::items(value, #bounds, &at, found);));
            }
            if limits.unique_items {
                checks.push(quote!(check::unique(value, &at, found);));
            }
            if let Some(element) = value_checks(module, element, &element.ty) {
                checks.push(quote! { for (index, value) in value.iter().enumerate() {
                    let at = at.index(index);
                    #element
                } });
            }
        }
        Type::Map(value) => {
            if let Some(element) = value_checks(module, value, &value.ty) {
                checks.push(quote! { for (key, value) in value { let at = at.key(key); #element } });
            }
        }
        Type::String => {
            let text = if property.is_secret() { quote!(value.expose()) } else { quote!(value) };
            if let Some(bounds) = unsigned_bounds(limits.min_length, limits.max_length) {
                checks.push(quote!(check::length(#text, #bounds, &at, found);));
            }
            // The violation would show the secret.
            if !property.is_secret() {
                checks.extend(form_check(module, limits, &quote!(value)));
            }
        }
        Type::Integer => {
            let limit = |limit: &Option<serde_json::Number>| limit.as_ref()?.as_i64().map(Literal::i64_unsuffixed);
            if let Some(bounds) = bounds(limit(&limits.minimum), limit(&limits.maximum)) {
                checks.push(quote!(check::range(*value, #bounds, &at, found);));
            }
        }
        _ => {}
    }
    (!checks.is_empty()).then(|| quote!(#(#checks)*))
}

fn unsigned_bounds(min: Option<u64>, max: Option<u64>) -> Option<TokenStream> {
    bounds(min.map(Literal::u64_unsuffixed), max.map(Literal::u64_unsuffixed))
}

fn bounds(min: Option<Literal>, max: Option<Literal>) -> Option<TokenStream> {
    match (min, max) {
        (None, None) => None,
        (Some(min), None) => Some(quote!(#min..)),
        (None, Some(max)) => Some(quote!(..=#max)),
        (Some(min), Some(max)) => Some(quote!(#min..=#max)),
    }
}

/// Generates the check of the pattern of a string; nothing where the schema has no pattern.
fn form_check(module: &Module, limits: &Limits, text: &TokenStream) -> Option<TokenStream> {
    let wanted = limits.pattern.as_deref()?;
    let index = sent_patterns(module).iter().position(|pattern| *pattern == wanted)?;
    let name = pattern_name(index);
    Some(quote!(check::form(#text, &#name, &at, found);))
}

/// Returns the patterns in the requests of a module, each once.
fn sent_patterns(module: &Module) -> Vec<&str> {
    let sent = module.definitions.iter().filter(|definition| definition.sent);
    let properties = sent.flat_map(Definition::properties).map(|(_, property)| property);
    let texts = properties.flat_map(|property| std::iter::once(property).chain(property.ty.element()));
    let texts = texts.filter(|text| matches!(text.ty, Type::String | Type::Named(_)));
    let patterns: BTreeSet<&str> = texts.filter_map(|text| text.limits.pattern.as_deref()).collect();
    patterns.into_iter().filter(|wanted| pattern::has_table(wanted)).collect()
}

fn pattern_name(index: usize) -> proc_macro2::Ident {
    format_ident!("PATTERN_{}", index)
}

/// Generates the patterns in the requests of a module, as tables.
#[must_use]
pub fn patterns(module: &Module) -> String {
    let tables = sent_patterns(module).into_iter().enumerate();
    tables.map(|(index, wanted)| format!("\n{}", render(pattern::table(wanted, &pattern_name(index))))).collect()
}
