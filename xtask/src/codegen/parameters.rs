//! Parameters of path, query and header: their descriptors with the limits of their values, and their Rust types.

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use serde_json::{Number, Value};

use super::descriptors::option;
use super::pattern;
use super::render::render;
use super::rust_names;
use super::types::parameter_type;
use crate::schema::model::COMMON;
use crate::schema::{Definition, Limits, Model, Operation, Parameter, Type};

/// Generates the descriptor of a parameter.
pub(super) fn info(model: &Model, operation: &Operation, parameter: &Parameter) -> TokenStream {
    let Parameter { name, required, .. } = parameter;
    let location = format_ident!("{}", rust_names::variant(parameter.location.name()));
    let example = parameter.example.as_ref().and_then(Value::as_str);
    let example = option(example.map(|example| quote!(#example)));
    let values = definition(model, parameter).and_then(Definition::listed).unwrap_or_default();
    let kind = kind(model, operation, parameter);
    quote! { ParameterInfo {
        name: #name, location: Location::#location, required: #required, values: &[#(#values),*], kind: #kind,
        example: #example,
    } }
}

/// Generates the kind of a parameter, with the limits of its value.
fn kind(model: &Model, operation: &Operation, parameter: &Parameter) -> TokenStream {
    let [own, named] = limits(model, parameter);
    match parameter.schema.ty {
        Type::Integer => {
            let bound = |number: &Option<Number>| {
                let number = number.as_ref().and_then(Number::as_i64);
                option(number.map(Literal::i64_unsuffixed).map(|number| quote!(#number)))
            };
            let (minimum, maximum) = (bound(&own.minimum), bound(&own.maximum));
            quote!(ParameterKind::Integer { minimum: #minimum, maximum: #maximum })
        }
        Type::Boolean => quote!(ParameterKind::Boolean),
        _ => {
            let bound = |number: Option<u64>| option(number.map(Literal::u64_unsuffixed).map(|number| quote!(#number)));
            let (min, max) = (bound(own.min_length.or(named.min_length)), bound(own.max_length.or(named.max_length)));
            let wanted = pattern_of(model, parameter);
            let index =
                wanted.and_then(|wanted| all_patterns(model, operation).iter().position(|known| *known == wanted));
            let pattern = option(index.map(pattern_name).map(|name| quote!(&#name)));
            quote!(ParameterKind::String { min_length: #min, max_length: #max, pattern: #pattern })
        }
    }
}

fn definition<'a>(model: &'a Model, parameter: &Parameter) -> Option<&'a Definition> {
    parameter.schema.ty.named().and_then(|name| model.definition(name))
}

/// Returns the limits of a parameter's schema: its own, and those of its definition.
fn limits<'a>(model: &'a Model, parameter: &'a Parameter) -> [&'a Limits; 2] {
    let own = &parameter.schema.limits;
    [own, definition(model, parameter).and_then(Definition::string).map_or(own, |string| &string.limits)]
}

fn pattern_of<'a>(model: &'a Model, parameter: &'a Parameter) -> Option<&'a str> {
    let [own, named] = limits(model, parameter);
    own.pattern.as_deref().or(named.pattern.as_deref()).filter(|pattern| pattern::has_table(pattern))
}

/// Returns the patterns of an operation's parameters, each once.
fn all_patterns<'a>(model: &'a Model, operation: &'a Operation) -> Vec<&'a str> {
    let patterns = operation.parameters.iter().filter_map(|parameter| pattern_of(model, parameter));
    patterns.collect::<BTreeSet<_>>().into_iter().collect()
}

fn pattern_name(index: usize) -> proc_macro2::Ident {
    format_ident!("PARAMETER_PATTERN_{}", index)
}

/// Generates the patterns of an operation's parameters, as tables.
pub(super) fn patterns(model: &Model, operation: &Operation) -> String {
    let tables = all_patterns(model, operation).into_iter().enumerate();
    tables.map(|(index, wanted)| format!("\n{}", render(pattern::table(wanted, &pattern_name(index))))).collect()
}

/// Returns the Rust type of a parameter.
pub(super) fn rust_type(model: &Model, parameter: &Parameter) -> syn::Type {
    parameter_type(parameter, definition(model, parameter).map_or(COMMON, |definition| &definition.module))
}
