//! What a value must be besides its JSON type, as tables: that helps to tell bodies apart.

use heck::ToShoutySnakeCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::Recogniser;
use crate::codegen::model::Definition;
use crate::codegen::{pattern, shape};

impl Recogniser<'_> {
    /// The table of an object.
    pub(super) fn demands(&mut self, definition: &Definition) -> TokenStream {
        let name = name(&definition.name);
        let required = definition.required();
        let required = quote!(required: &[#(#required),*],);
        let members: Vec<TokenStream> = definition
            .fields
            .iter()
            .filter_map(|field| {
                let demands = self.demands_of(&definition.schema["properties"][field])?;
                Some(quote!((#field, #demands)))
            })
            .collect();
        quote! { static #name: Demands = Demands { #required members: &[#(#members),*], ..Demands::NONE }; }
    }

    /// A reference to the table of a value; nothing when anything will do.
    fn demands_of(&mut self, schema: &Value) -> Option<TokenStream> {
        let definition = shape::named(schema).and_then(|name| self.model.definition(&name));
        if let Some(definition) = definition
            && definition.schema["type"] == "object"
        {
            let name = name(&definition.name);
            return Some(quote!(&#name));
        }
        let named = definition.map_or(&Value::Null, |definition| &definition.schema);
        let listed = [named, schema].into_iter().filter_map(|schema| schema["enum"].as_array()).flatten();
        let mut listed: Vec<&str> = listed.filter_map(Value::as_str).collect();
        let empty = schema["anyOf"][1]["const"].as_str();
        listed.extend(empty.filter(|_| !listed.is_empty()));
        let patterns = [named, schema].into_iter().filter_map(|schema| schema["pattern"].as_str());
        let patterns = patterns.filter(|source| empty.is_none() && pattern::has_table(source));
        let patterns: Vec<TokenStream> =
            patterns.map(|source| self.pattern(source)).map(|name| quote!(&#name)).collect();
        let mut below = |key: &str| {
            let below = schema.get(key).filter(|below| below.is_object());
            below.and_then(|below| self.demands_of(below))
        };
        let (elements, others) = (below("items"), below("additionalProperties"));
        if listed.is_empty() && patterns.is_empty() && elements.is_none() && others.is_none() {
            return None;
        }
        let listed = (!listed.is_empty()).then(|| quote!(listed: &[#(#listed),*],));
        let patterns = (!patterns.is_empty()).then(|| quote!(patterns: &[#(#patterns),*],));
        let elements = elements.map(|demands| quote!(elements: Some(#demands),));
        let others = others.map(|demands| quote!(others: Some(#demands),));
        Some(quote!(&Demands { #listed #patterns #elements #others ..Demands::NONE }))
    }
}

/// The name of the table of an object.
pub(super) fn name(definition: &str) -> proc_macro2::Ident {
    format_ident!("{}_DEMANDS", definition.to_shouty_snake_case())
}
