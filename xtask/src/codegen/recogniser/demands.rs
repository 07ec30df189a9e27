//! Tables of the limits of values besides their JSON type, which help to identify a body.

use heck::ToShoutySnakeCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::Recogniser;
use crate::codegen::pattern;
use crate::schema::{Definition, Property, Shape};

impl Recogniser<'_> {
    /// Generates the table of an object.
    pub(super) fn demands(&mut self, definition: &Definition) -> TokenStream {
        let name = name(&definition.name);
        let required = definition.object().map_or(&[][..], |object| &object.required);
        let required = quote!(required: &[#(#required),*],);
        let members = definition.properties().filter_map(|(field, property)| {
            let demands = self.demands_of(property)?;
            Some(quote!((#field, #demands)))
        });
        let members: Vec<TokenStream> = members.collect();
        quote! { static #name: Demands = Demands { #required members: &[#(#members),*], ..Demands::NONE }; }
    }

    /// Returns a reference to the table of a value; nothing when any value is valid.
    fn demands_of(&mut self, property: &Property) -> Option<TokenStream> {
        let definition = property.ty.named().and_then(|name| self.model.definition(name));
        let named = match definition.map(|definition| (&definition.name, &definition.shape)) {
            Some((definition, Shape::Object(_))) => {
                let name = name(definition);
                return Some(quote!(&#name));
            }
            Some((_, Shape::String(string))) => Some(string),
            None => None,
        };
        let may_be_empty = property.ty.may_be_empty();
        let mut listed: Vec<&str> =
            named.and_then(|string| string.values.as_ref()).into_iter().flatten().map(String::as_str).collect();
        listed.extend((may_be_empty && !listed.is_empty()).then_some(""));
        let limits = named.map(|string| &string.limits).into_iter().chain([&property.limits]);
        let patterns = limits.filter_map(|limits| limits.pattern.as_deref());
        let patterns = patterns.filter(|source| !may_be_empty && pattern::has_table(source));
        let patterns: Vec<TokenStream> =
            patterns.map(|source| self.pattern(source)).map(|name| quote!(&#name)).collect();
        let elements = property.ty.element().and_then(|element| self.demands_of(element));
        let others = property.ty.value().and_then(|value| self.demands_of(value));
        if listed.is_empty() && patterns.is_empty() && elements.is_none() && others.is_none() {
            return None;
        }
        let listed = (!listed.is_empty()).then(|| quote!(listed: &[#(#listed),*],));
        let patterns = (!patterns.is_empty()).then(|| quote!(patterns: &[#(#patterns),*],));
        let elements = elements.map(|demands| quote!(items: Some(#demands),));
        let others = others.map(|demands| quote!(others: Some(#demands),));
        Some(quote!(&Demands { #listed #patterns #elements #others ..Demands::NONE }))
    }
}

/// Returns the name of the table of an object.
pub(super) fn name(definition: &str) -> proc_macro2::Ident {
    format_ident!("{}_DEMANDS", definition.to_shouty_snake_case())
}
