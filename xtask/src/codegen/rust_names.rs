//! Conversion of names of the API to names in Rust.

use std::collections::BTreeMap;

use heck::{ToSnakeCase, ToUpperCamelCase};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::schema::Property;
use crate::schema::model::COMMON;
use crate::schema::version::split;

/// Returns the variant of an enum value: `non-dbs` is `NonDbs`, the empty string is `Empty`.
#[must_use]
pub fn variant(value: &str) -> String {
    let name = value.to_upper_camel_case();
    match name.chars().next() {
        None => "Empty".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("V{name}"),
        Some(_) => name,
    }
}

/// Returns the field of a property: `X-Language` is `x_language`. Keywords get an underscore, as in typify.
#[must_use]
pub fn field(name: &str) -> String {
    let name = name.to_snake_case();
    if syn::parse_str::<syn::Ident>(&name).is_err() { format!("{name}_") } else { name }
}

/// Returns the name that the schema gives a property in Rust, or its wire name.
#[must_use]
pub fn wire_or_own(name: &str, property: &Property) -> String {
    property.drs.rust_name.as_deref().unwrap_or(name).to_owned()
}

/// Returns the field of a property.
#[must_use]
pub fn field_of(name: &str, property: &Property) -> String {
    field(&wire_or_own(name, property))
}

/// Returns the type of a definition or of an operation: `PrecheckFailSubJobVO` is `PrecheckFailSubJobVo`, as in typify.
#[must_use]
pub fn shape(name: &str) -> String {
    split(name).1.to_upper_camel_case()
}

/// Returns the type with its version: `V9ShowThing` is `ShowThing` of `v9`.
#[must_use]
pub fn unique_shape(name: &str) -> String {
    name.to_upper_camel_case()
}

/// Returns the path of the module of shared definitions, or of an operation, from the root of `drs-types`.
#[must_use]
pub fn module(name: &str) -> TokenStream {
    if name == COMMON {
        return quote!(common);
    }
    let (version, operation) = split(name);
    let (version, operation) = (format_ident!("{version}"), format_ident!("{operation}"));
    quote!(operations::#version::#operation)
}

/// Returns the pairs of names that would become the same name in Rust.
pub fn clashes<'a>(names: impl IntoIterator<Item = &'a str>, convert: fn(&str) -> String) -> Vec<(&'a str, &'a str)> {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    names.into_iter().filter_map(|name| seen.insert(convert(name), name).map(|first| (first, name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_variants() {
        let names: Vec<String> = ["non-dbs", "PASSED", "DRS.M00301", "", "5.7", "en-us"].map(variant).into();
        assert_eq!(names, ["NonDbs", "Passed", "DrsM00301", "Empty", "V57", "EnUs"]);
    }

    #[test]
    fn keywords_and_headers_become_fields() {
        assert_eq!(["type", "X-Language", "job_id"].map(field), ["type_", "x_language", "job_id"]);
    }

    #[test]
    fn names_that_fall_together_are_found() {
        assert_eq!(clashes(["a-b", "c", "a_b"], field), [("a-b", "a_b")]);
    }
}
