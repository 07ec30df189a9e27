//! Parameters of path, query and header: their facts with the limits of their values, and their Rust types.

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use super::descriptors::option;
use super::model::{Model, Operation, Parameter};
use super::pattern;
use super::rust_names;
use super::types::{parameter_type, render};

/// The facts of a parameter.
pub(super) fn info(model: &Model, operation: &Operation, parameter: &Parameter) -> TokenStream {
    let name = parameter.name();
    let location = format_ident!("{}", rust_names::variant(parameter.value["in"].as_str().unwrap_or_default()));
    let required = parameter.required();
    let example = option(parameter.value["example"].as_str().map(|example| quote!(#example)));
    let listed = keyword(model, parameter, "enum").and_then(Value::as_array).into_iter().flatten();
    let values = listed.filter_map(Value::as_str);
    let kind = kind(model, operation, parameter);
    quote! { ParameterInfo {
        name: #name, location: Location::#location, required: #required, values: &[#(#values),*], kind: #kind,
        example: #example,
    } }
}

/// The type of a parameter, with the limits of its value.
fn kind(model: &Model, operation: &Operation, parameter: &Parameter) -> TokenStream {
    match keyword(model, parameter, "type").and_then(Value::as_str) {
        Some("integer") => {
            let bound = |name| {
                let number = keyword(model, parameter, name).and_then(Value::as_i64);
                option(number.map(Literal::i64_unsuffixed).map(|number| quote!(#number)))
            };
            let (minimum, maximum) = (bound("minimum"), bound("maximum"));
            quote!(ParameterKind::Integer { minimum: #minimum, maximum: #maximum })
        }
        Some("boolean") => quote!(ParameterKind::Boolean),
        _ => {
            let bound = |name| {
                let number = keyword(model, parameter, name).and_then(Value::as_u64);
                option(number.map(Literal::u64_unsuffixed).map(|number| quote!(#number)))
            };
            let (min, max) = (bound("minLength"), bound("maxLength"));
            let wanted = pattern_of(model, parameter);
            let index =
                wanted.and_then(|wanted| all_patterns(model, operation).iter().position(|known| *known == wanted));
            let pattern = option(index.map(pattern_name).map(|name| quote!(&#name)));
            quote!(ParameterKind::String { min_length: #min, max_length: #max, pattern: #pattern })
        }
    }
}

/// A keyword of a parameter's schema: its own, or that of the definition that it refers to.
fn keyword<'a>(model: &'a Model, parameter: &'a Parameter, name: &str) -> Option<&'a Value> {
    let named = || model.definition(parameter.definition.as_ref()?)?.schema.get(name);
    parameter.value["schema"].get(name).or_else(named)
}

fn pattern_of<'a>(model: &'a Model, parameter: &'a Parameter) -> Option<&'a str> {
    keyword(model, parameter, "pattern")?.as_str().filter(|pattern| pattern::has_table(pattern))
}

/// The patterns of an operation's parameters, each once.
fn all_patterns<'a>(model: &'a Model, operation: &'a Operation) -> Vec<&'a str> {
    let patterns = operation.parameters.iter().filter_map(|parameter| pattern_of(model, parameter));
    patterns.collect::<BTreeSet<_>>().into_iter().collect()
}

fn pattern_name(index: usize) -> proc_macro2::Ident {
    format_ident!("PARAMETER_PATTERN_{}", index)
}

/// The patterns of an operation's parameters, as tables.
pub(super) fn patterns(model: &Model, operation: &Operation) -> String {
    let tables = all_patterns(model, operation).into_iter().enumerate();
    tables.map(|(index, wanted)| format!("\n{}", render(pattern::table(wanted, &pattern_name(index))))).collect()
}

/// The Rust type of a parameter.
pub(super) fn rust_type(model: &Model, parameter: &Parameter) -> syn::Type {
    let definition = parameter.definition.as_ref().and_then(|name| model.definition(name));
    parameter_type(parameter, definition.map_or("common", |definition| &definition.module))
}
