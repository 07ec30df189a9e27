//! Tests for each operation: every documented request is built with the constructors of its types, as a caller outside the
//! crate does, and must serialise as documented.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;
use syn::parse_quote;
use syn::visit_mut::VisitMut;

use super::constructors::MOST_ARGUMENTS;
use super::parameters;
use super::render::render;
use super::rust_names;
use super::unions::rust_type;
use crate::schema::model::COMMON;
use crate::schema::{Definition, Model, Operation, Parameter, Property, Sources, Type};

/// Generates the file of these tests.
#[must_use]
pub fn module(sources: &Sources, model: &Model) -> String {
    let modules = model.operations.iter().map(|operation| tests_of(sources, model, operation));
    render(quote! {
        use drs_types::{Operation, common};
        use serde_json::{Value, from_str, to_value};

        type Outcome = Result<(), Box<dyn std::error::Error>>;

        /// Compares the body of a call with the documented request of a number, counted from 1.
        fn compare<O: Operation>(call: &O, body: &impl serde::Serialize, number: usize) -> Outcome {
            let documented = O::INFO.request_examples().nth(number - 1).expect("codegen counted the examples");
            let documented: Value = from_str(documented.json)?;
            assert_eq!(to_value(body)?, documented);
            assert_eq!(call.parts()?.body.map(|body| serde_json::from_slice(&body)).transpose()?, Some(documented));
            Ok(())
        }

        #(#modules)*
    })
}

/// Generates the tests of one operation.
fn tests_of(sources: &Sources, model: &Model, operation: &Operation) -> TokenStream {
    let module = rust_names::module(&operation.id);
    let call = format_ident!("{}", rust_names::shape(&operation.id));
    let own = |parameter: &&Parameter| parameter.required && !parameter.shared;
    let arguments = operation.parameters.iter().filter(own).map(|parameter| argument(model, parameter));
    let mut arguments: Vec<TokenStream> = arguments.collect();
    let tests = match operation.request.as_deref().and_then(|name| model.definition(name)) {
        None => quote! {
            #[test]
            fn without_body() -> Outcome {
                let call = #call::new(#(#arguments),*);
                assert!(call.parts()?.body.is_none());
                Ok(())
            }
        },
        Some(body) => {
            arguments.push(quote!(body));
            let examples = sources.examples(&operation.folder, "request").zip(1_usize..);
            let tests = examples.filter_map(|(doc, number)| {
                let built = object(model, body, &doc.value)?;
                let test = format_ident!("request_{number}");
                let number = Literal::usize_unsuffixed(number);
                let arguments = &arguments;
                Some(quote! {
                    #[test]
                    fn #test() -> Outcome {
                        let body = #built;
                        let call = #call::new(#(#arguments),*);
                        compare(&call, &call.body, #number)
                    }
                })
            });
            quote!(#(#tests)*)
        }
    };
    let name = format_ident!("{}", operation.id.replace('.', "_"));
    quote! {
        mod #name {
            #[allow(unused_imports)]
            use super::*;
            use drs_types::#module::*;
            #tests
        }
    }
}

/// Returns a value for a required parameter.
fn argument(model: &Model, parameter: &Parameter) -> TokenStream {
    let mut ty = parameters::rust_type(model, parameter);
    FromOutside.visit_type_mut(&mut ty);
    let value = parameter.example.clone().unwrap_or_else(|| match parameter.schema.ty {
        Type::Integer => 1.into(),
        Type::Boolean => true.into(),
        _ => "x".into(),
    });
    match value {
        Value::String(value) => quote!(#value.parse::<#ty>()?),
        value => scalar(&value),
    }
}

/// Builds an object with `new` and the `with_` methods; `None` when a required field is missing.
fn object(model: &Model, definition: &Definition, value: &Value) -> Option<TokenStream> {
    let path = rust_type_of(definition);
    let required: Vec<&String> = definition.object()?.required.iter().collect();
    let mut given = Vec::new();
    let mut setters = Vec::new();
    for (wire, property) in definition.properties() {
        let is_required = required.iter().any(|name| *name == wire);
        let Some(member) = value.get(wire) else {
            if is_required {
                return None;
            }
            continue;
        };
        let field = rust_names::field_of(wire, property);
        let value = member_of(model, definition, property, member)?;
        if is_required {
            given.push((format_ident!("{field}"), value));
        } else {
            let setter = format_ident!("with_{}", field.trim_end_matches('_'));
            setters.push(quote!(.#setter(#value)));
        }
    }
    let arguments = if given.len() > MOST_ARGUMENTS {
        let members = given.iter().map(|(name, value)| quote!(#name: #value));
        let last = path.segments.last()?;
        let mut required = path.clone();
        required.segments.last_mut()?.ident = format_ident!("{}Required", last.ident);
        quote!(#required { #(#members),* })
    } else {
        let values = given.iter().map(|(_, value)| value);
        quote!(#(#values),*)
    };
    Some(quote!(#path::new(#arguments)#(#setters)*))
}

/// Returns the path of a type within the module of its tests.
fn rust_type_of(definition: &Definition) -> syn::Path {
    let name = format_ident!("{}", rust_names::shape(&definition.name));
    if definition.module == COMMON { parse_quote!(common::#name) } else { parse_quote!(#name) }
}

/// Returns the value of a field.
fn member_of(model: &Model, owner: &Definition, property: &Property, value: &Value) -> Option<TokenStream> {
    if property.ty.is_nullable() && !owner.received {
        let ty = outside(model, owner, &property.ty)?;
        if value.is_null() {
            return Some(quote!(drs_types::Nullable::<#ty>::Null));
        }
        let value = expression(model, owner, property, value)?;
        return Some(quote!(drs_types::Nullable::<#ty>::Value(#value)));
    }
    expression(model, owner, property, value)
}

/// Returns a type with the paths of the tests.
fn outside(model: &Model, owner: &Definition, ty: &Type) -> Option<syn::Type> {
    let mut ty = rust_type(model, owner, ty)?;
    FromOutside.visit_type_mut(&mut ty);
    Some(ty)
}

struct FromOutside;

impl VisitMut for FromOutside {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        syn::visit_mut::visit_path_mut(self, path);
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        match names.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["crate", "common", name] => {
                let name = format_ident!("{name}");
                *path = parse_quote!(common::#name);
            }
            ["BTreeMap"] => {
                let inside: [syn::PathSegment; 2] = [parse_quote!(std), parse_quote!(collections)];
                path.segments = inside.into_iter().chain(path.segments.clone()).collect();
            }
            ["StringOr" | "MapOrArray"] => path.segments.insert(0, parse_quote!(drs_types)),
            _ => {}
        }
    }
}

/// Returns a value as an expression whose type does not depend on its context.
fn expression(model: &Model, owner: &Definition, property: &Property, value: &Value) -> Option<TokenStream> {
    if property.is_secret() {
        let value = value.as_str()?;
        return Some(quote!(drs_types::Redacted::from(#value)));
    }
    if let Some(definition) = property.ty.named().and_then(|name| model.definition(name)) {
        return match &definition.string() {
            None => object(model, definition, value),
            Some(string) => {
                let (path, value) = (rust_type_of(definition), value.as_str()?);
                let is_id = string.values.is_none() && string.drs.unit.as_deref() != Some("percent");
                Some(if is_id { quote!(#value.parse::<#path>()?) } else { quote!(#path::from(#value)) })
            }
        };
    }
    let ty = outside(model, owner, &property.ty)?;
    let alternatives = property.ty.alternatives();
    let inside = match value {
        Value::Array(items) => {
            let item = alternatives.iter().find_map(Type::element)?;
            let all = items.iter().map(|value| expression(model, owner, item, value)).collect::<Option<Vec<_>>>()?;
            let of = outside(model, owner, &item.ty)?;
            if all.is_empty() { quote!(Vec::<#of>::new()) } else { quote!(Vec::from([#(#all),*])) }
        }
        Value::Object(members) => {
            let of = alternatives.iter().find_map(|ty| match ty {
                Type::Map(value) => Some(value),
                _ => None,
            })?;
            let all = members.iter().map(|(key, value)| {
                let value = expression(model, owner, of, value)?;
                Some(quote!((String::from(#key), #value)))
            });
            let all = all.collect::<Option<Vec<_>>>()?;
            let of = outside(model, owner, &of.ty)?;
            if all.is_empty() {
                quote!(std::collections::BTreeMap::<String, #of>::new())
            } else {
                quote!(std::collections::BTreeMap::from([#(#all),*]))
            }
        }
        value => scalar(value),
    };
    let alternatives = alternatives.iter().filter(|one| !matches!(one, Type::EmptyString)).count();
    if alternatives < 2 {
        return Some(inside);
    }
    let variant = format_ident!(
        "{}",
        match value {
            Value::Array(_) => "Array",
            Value::Object(_) => "Map",
            Value::String(_) => "String",
            _ => "Value",
        }
    );
    Some(quote!(<#ty>::#variant(#inside)))
}

fn scalar(value: &Value) -> TokenStream {
    match value {
        Value::String(value) => quote!(String::from(#value)),
        Value::Bool(value) => quote!(#value),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => {
                let integer = Literal::i64_suffixed(integer);
                quote!(#integer)
            }
            None => {
                let number = Literal::f64_suffixed(number.as_f64().unwrap_or_default());
                quote!(#number)
            }
        },
        _ => quote!(()),
    }
}
