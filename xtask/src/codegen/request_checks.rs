//! The limits of a request as Rust, so that what we send is checked before it leaves.

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use super::model::{Definition, Module};
use super::pattern;
use super::rust_names;
use super::shape;
use super::types::render;

/// `impl Check` for a definition that requests reach.
#[must_use]
pub fn check_impl(module: &Module, definition: &Definition, all_optional: bool) -> TokenStream {
    let name = format_ident!("{}", rust_names::shape(&definition.name));
    let fields = definition.fields.iter().filter_map(|property| {
        let field = Field::of(definition, property, all_optional);
        let body = value_checks(module, field.schema)?;
        let ident = &field.ident;
        let inside = quote! { let at = at.key(#property); #body };
        Some(match (field.mandatory, shape::is_nullable(field.schema) && !all_optional) {
            (true, false) => quote! { { let value = &self.#ident; #inside } },
            (false, false) => quote! { if let Some(value) = &self.#ident { #inside } },
            (true, true) => quote! { if let Nullable::Value(value) = &self.#ident { #inside } },
            (false, true) => quote! { if let Some(Nullable::Value(value)) = &self.#ident { #inside } },
        })
    });
    let obligations = definition.schema["allOf"].as_array().into_iter().flatten();
    let obligations = obligations.map(|obligation| obligation_checks(definition, obligation, all_optional));
    let checks: Vec<TokenStream> = fields.chain(obligations).collect();
    let (at, found) = if checks.is_empty() { (quote!(_), quote!(_)) } else { (quote!(at), quote!(found)) };
    quote! {
        impl Check for #name {
            fn check(&self, #at: &Place<'_>, #found: &mut Vec<Violation>) { #(#checks)* }
        }
    }
}

/// A field as the generated structure has it.
struct Field<'a> {
    schema: &'a Value,
    ident: proc_macro2::Ident,
    mandatory: bool,
}

impl<'a> Field<'a> {
    fn of(definition: &'a Definition, property: &str, all_optional: bool) -> Self {
        let schema = &definition.schema["properties"][property];
        let ident = format_ident!("{}", rust_names::field_of(property, schema));
        let mandatory = !all_optional && definition.required().any(|name| name == property);
        Self { schema, ident, mandatory }
    }
}

/// What must be there because other fields have certain values.
fn obligation_checks(definition: &Definition, obligation: &Value, all_optional: bool) -> TokenStream {
    let conditions = obligation["if"]["properties"].as_object().into_iter().flatten();
    let conditions: Vec<TokenStream> = conditions
        .map(|(property, condition)| {
            let Field { schema, ident, mandatory } = Field::of(definition, property, all_optional);
            let values: Vec<&Value> = condition["enum"].as_array().into_iter().flatten().collect();
            let is_flag = shape::types(schema) == ["boolean"];
            let values = values.iter().map(|value| match value {
                Value::Bool(flag) => quote!(#flag),
                other => {
                    let text = other.as_str().unwrap_or_default();
                    quote!(#text)
                }
            });
            let one_of = quote!([#(#values),*]);
            match (is_flag, mandatory) {
                (true, true) => quote!(#one_of.contains(&self.#ident)),
                (true, false) => quote!(self.#ident.as_ref().is_some_and(|value| #one_of.contains(value))),
                (false, true) => quote!(#one_of.contains(&self.#ident.as_str())),
                (false, false) => quote!(self.#ident.as_ref().is_some_and(|value| #one_of.contains(&value.as_str()))),
            }
        })
        .collect();
    let why = why(obligation);
    let needed = obligation["then"]["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let needed = needed.filter_map(|property| {
        let Field { ident, mandatory, .. } = Field::of(definition, property, all_optional);
        // What is mandatory is there.
        (!mandatory).then(|| quote!(check::obliged(self.#ident.is_some(), &at.key(#property), #why, found);))
    });
    quote! { if #(#conditions)&&* { #(#needed)* } }
}

/// The condition of an obligation in words, such as `net_type is eip`.
#[must_use]
pub fn why(obligation: &Value) -> String {
    let conditions = obligation["if"]["properties"].as_object().into_iter().flatten().map(|(property, condition)| {
        let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let values: Vec<String> = condition["enum"].as_array().into_iter().flatten().map(plain).collect();
        format!("{property} is {}", values.join(" or "))
    });
    conditions.collect::<Vec<_>>().join(" and ")
}

/// The checks of `value` at `at`; nothing when the schema sets no limit.
fn value_checks(module: &Module, schema: &Value) -> Option<TokenStream> {
    if shape::named(schema).is_some() {
        // Every definition that requests reach has checks of its own, if only empty ones.
        let form = form_check(module, schema, &quote!(value.as_str()));
        return Some(quote!(value.check(&at, found); #form));
    }
    let limit = |key: &str| schema[key].as_u64().map(Literal::u64_unsuffixed);
    let bounds = |min: Option<Literal>, max: Option<Literal>| match (min, max) {
        (None, None) => None,
        (Some(min), None) => Some(quote!(#min..)),
        (None, Some(max)) => Some(quote!(..=#max)),
        (Some(min), Some(max)) => Some(quote!(#min..=#max)),
    };
    let mut checks = Vec::new();
    let types = shape::types(schema);
    if types.len() > 1 {
        // Of what may be a text instead, only the plain value has limits.
        let mut plain = schema.clone();
        plain["type"] = Value::from(*types.iter().find(|kind| **kind != "string")?);
        let checks = value_checks(module, &plain).filter(|_| plain["type"] == "integer")?;
        return Some(quote! { if let Some(value) = &value.value() { #checks } });
    }
    match types.first().copied() {
        Some("array") => {
            if let Some(bounds) = bounds(limit("minItems"), limit("maxItems")) {
                checks.push(quote!(check::items(value, #bounds, &at, found);));
            }
            if schema["uniqueItems"] == true {
                checks.push(quote!(check::unique(value, &at, found);));
            }
            if let Some(element) = value_checks(module, &schema["items"]) {
                checks.push(quote! { for (index, value) in value.iter().enumerate() {
                    let at = at.index(index);
                    #element
                } });
            }
        }
        Some("object") => {
            if let Some(element) = value_checks(module, &schema["additionalProperties"]) {
                checks.push(quote! { for (key, value) in value { let at = at.key(key); #element } });
            }
        }
        Some("string") => {
            let text = if schema["format"] == "password" { quote!(value.expose()) } else { quote!(value) };
            if let Some(bounds) = bounds(limit("minLength"), limit("maxLength")) {
                checks.push(quote!(check::length(#text, #bounds, &at, found);));
            }
            // A secret would be told in the violation.
            if schema["format"] != "password" {
                checks.extend(form_check(module, schema, &quote!(value)));
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

/// The check of the form of a text; nothing where the schema has no pattern.
fn form_check(module: &Module, schema: &Value, text: &TokenStream) -> Option<TokenStream> {
    let wanted = schema["pattern"].as_str()?;
    let index = sent_patterns(module).iter().position(|pattern| *pattern == wanted)?;
    let name = pattern_name(index);
    Some(quote!(check::form(#text, &#name, &at, found);))
}

/// The patterns that requests with shapes of a module are held to, each once.
fn sent_patterns(module: &Module) -> Vec<&str> {
    let sent = module.definitions.iter().filter(|definition| definition.sent);
    let properties = sent.filter_map(|definition| definition.schema["properties"].as_object()).flatten();
    let texts = properties.flat_map(|(_, property)| [property, &property["items"]]);
    let texts = texts.filter(|text| text["type"] == "string" || text["$ref"].is_string());
    let patterns: BTreeSet<&str> = texts.filter_map(|text| text["pattern"].as_str()).collect();
    patterns.into_iter().filter(|wanted| pattern::has_table(wanted)).collect()
}

fn pattern_name(index: usize) -> proc_macro2::Ident {
    format_ident!("PATTERN_{}", index)
}

/// The patterns that requests with shapes of a module are held to, as tables.
#[must_use]
pub fn patterns(module: &Module) -> String {
    let tables = sent_patterns(module).into_iter().enumerate();
    tables.map(|(index, wanted)| format!("\n{}", render(pattern::table(wanted, &pattern_name(index))))).collect()
}
