//! Rules over several members of an object: what to keep of each member, and the decision at the end.

use heck::ToSnakeCase;
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::{doubtful, listed};
use crate::schema::annotations::{Literal as Allowed, Reason};
use crate::schema::definition::Obligation;
use crate::schema::{Definition, Model, Property, Type};

/// The rules of a definition over several members.
pub(super) struct Rules<'a> {
    /// Each number and the array whose items it counts.
    counts: Vec<(&'a str, &'a str)>,
    reason: Option<&'a Reason>,
    obligations: &'a [Obligation],
}

impl<'a> Rules<'a> {
    pub(super) fn of(definition: &'a Definition) -> Self {
        let counts = definition.properties().filter_map(|(field, property)| {
            let list = property.drs.counts.as_deref()?;
            Some((field, list))
        });
        Self { counts: counts.collect(), reason: definition.reason(), obligations: definition.obligations() }
    }

    /// Generates the code that keeps what the rules need of a value.
    pub(super) fn keep(
        &self,
        model: &Model,
        (field, property): (&str, &Property),
        locals: &mut Vec<TokenStream>,
    ) -> Option<TokenStream> {
        let mut kept = Vec::new();
        if let Some((_, list)) = self.counts.iter().find(|(count, _)| *count == field) {
            let count = format_ident!("count_of_{}", list.to_snake_case());
            locals.push(quote!(let mut #count = None;));
            kept.push(quote!(#count = Some(value);));
        }
        if self.counts.iter().any(|(_, list)| *list == field) {
            let length = format_ident!("length_of_{}", field.to_snake_case());
            locals.push(quote!(let mut #length = None;));
            kept.push(quote!(#length = i64::try_from(value).ok();));
        }
        if let Some(reason) = self.reason.filter(|reason| reason.of == field) {
            let listed = listed(model, &property.ty).unwrap_or_default();
            let named = reason.values.iter().filter_map(|value| listed.iter().position(|known| known == value));
            let named = named.map(Literal::usize_unsuffixed);
            locals.push(quote!(let mut unexplained = false; let mut explained = false;));
            kept.push(quote!(unexplained = [#(#named),*].contains(&value);));
        }
        if self.reason.is_some_and(|reason| reason.fields.iter().any(|name| name == field)) {
            kept.push(quote!(explained |= value.says_something();));
        }
        for (index, obligation) in self.obligations.iter().enumerate() {
            let Some(values) = obligation.when.get(field) else { continue };
            let holds = holds(index, field);
            locals.push(quote!(let mut #holds = false;));
            kept.push(match (&property.ty, listed(model, &property.ty)) {
                (Type::Boolean, _) => {
                    let flags = values.iter().filter_map(|value| match value {
                        Allowed::Flag(flag) => Some(flag),
                        Allowed::Text(_) => None,
                    });
                    quote!(#holds = [#(#flags),*].contains(&value);)
                }
                (_, Some(listed)) => {
                    let indices = values.iter().filter_map(|value| match value {
                        Allowed::Text(text) => listed.iter().position(|known| known == text),
                        Allowed::Flag(_) => None,
                    });
                    let indices = indices.map(Literal::usize_unsuffixed);
                    quote!(#holds = [#(#indices),*].contains(&value);)
                }
                // The value of any other string is not available.
                _ => doubtful(),
            });
        }
        (!kept.is_empty()).then(|| quote!(#(#kept)*))
    }

    /// Generates the decision at the end of the object.
    pub(super) fn kept(&self, definition: &Definition) -> TokenStream {
        let counts = self.counts.iter().map(|(_, list)| {
            let (count, length) = (
                format_ident!("count_of_{}", list.to_snake_case()),
                format_ident!("length_of_{}", list.to_snake_case()),
            );
            quote! { if #count.is_some() && #length.is_some() && #count != #length { return None; } }
        });
        let reason = self.reason.map(|_| quote! { if unexplained && !explained { return None; } });
        let bit = |name: &str| {
            definition.properties().position(|(field, _)| name == field).map_or(0, |index| 1_u128 << index)
        };
        let obligations = self.obligations.iter().enumerate().map(|(index, obligation)| {
            let conditions = obligation.when.keys().map(|field| holds(index, field));
            let needed = obligation.required.iter();
            let needed = Literal::u128_unsuffixed(needed.fold(0, |bits, name| bits | bit(name)));
            quote! { if #(#conditions)&&* && seen & #needed != #needed { return None; } }
        });
        quote!(#(#counts)* #reason #(#obligations)*)
    }
}

/// Returns the variable that says whether a condition of an obligation holds, in the recogniser of the object.
fn holds(obligation: usize, field: &str) -> proc_macro2::Ident {
    format_ident!("holds_{}_{}", obligation, field.to_snake_case())
}
