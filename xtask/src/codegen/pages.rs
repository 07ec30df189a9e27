//! The facts of `x-drs.pages` and `x-drs.polling`, as parts of a descriptor and as implementations of traits.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::descriptors::{body_type, option};
use super::rust_names;
use crate::schema::annotations::{List, Pages, Polling};
use crate::schema::{Model, Operation, Property};

/// Generates the descriptor of the pages of an operation.
pub(super) fn pages_info(model: &Model, operation: &Operation) -> TokenStream {
    option(operation.drs.pages.as_ref().map(|pages| {
        let Pages { number, size, first, lists, .. } = pages;
        let first = proc_macro2::Literal::u32_unsuffixed(*first);
        let field = operation.request.as_deref().and_then(|request| model.follow(request, size));
        let default = integer(field.and_then(|field| field.default.as_ref()?.as_i64()));
        let max = integer(field.and_then(|field| field.limits.maximum.as_ref()?.as_i64()));
        let lists = lists.iter().map(|List { items, total, id }| {
            let [total, id] = [total, id].map(|pointer| option(pointer.as_ref().map(|pointer| quote!(#pointer))));
            quote! { ListInfo { items: #items, total: #total, id: #id } }
        });
        quote! { PagesInfo {
            number: #number, size: #size, first: #first, default_size: #default, max_size: #max, lists: &[#(#lists),*],
        } }
    }))
}

/// Generates the descriptor of how to wait for what an operation reports on.
pub(super) fn polling_info(operation: &Operation) -> TokenStream {
    option(operation.drs.polling.as_ref().map(|polling| {
        let Polling { at, interval, limit, .. } = polling;
        let [interval, limit] = [interval, limit].map(|seconds| {
            option(seconds.map(|seconds| {
                let seconds = proc_macro2::Literal::u32_unsuffixed(seconds);
                quote!(Duration::from_secs(#seconds))
            }))
        });
        quote! { PollingInfo { at: #at, interval: #interval, limit: #limit } }
    }))
}

fn integer(value: Option<i64>) -> TokenStream {
    option(value.map(|value| {
        let value = proc_macro2::Literal::i64_unsuffixed(value);
        quote!(#value)
    }))
}

/// Generates the implementation of `Paged` for a call.
pub(super) fn paged(model: &Model, operation: &Operation) -> Option<TokenStream> {
    let pages = operation.drs.pages.as_ref()?;
    let main = &pages.lists.first()?.items;
    let response = operation.success_body()?;
    let item = model.follow(response, main)?.ty.element()?.ty.named()?;
    let (call, item) = (format_ident!("{}", rust_names::shape(&operation.id)), body_type(model, &operation.id, item));
    let mut from = response;
    let mut steps = Vec::new();
    for name in main.split('/').skip(1) {
        let property = model.definition(from)?.property(name)?;
        steps.push(ident(name, property));
        from = property.ty.named().unwrap_or_default();
    }
    let (first, rest) = steps.split_first()?;
    Some(quote! {
        impl Paged for #call {
            type Entry = #item;

            fn entries(response: Self::Response) -> Vec<Self::Entry> {
                response.#first #(.and_then(|list| list.#rest))* .unwrap_or_default()
            }
        }
    })
}

/// Generates the implementation of `Progress` for the report of an operation.
pub(super) fn progress(model: &Model, operation: &Operation) -> Option<TokenStream> {
    let polling = operation.drs.polling.as_ref()?;
    let report = report(model, operation)?;
    let name = polling.at.strip_prefix('/')?;
    let property = model.definition(report)?.property(name)?;
    let definition = model.definition(property.ty.named()?)?;
    let is_last = if definition.is_percent() { format_ident!("is_complete") } else { format_ident!("is_final") };
    let (field, report) = (ident(name, property), body_type(model, &operation.id, report));
    Some(quote! {
        impl Progress for #report {
            fn progress(&self) -> Option<&str> { self.#field.as_ref().map(|progress| progress.as_str()) }

            fn is_final(&self) -> bool { self.#field.as_ref().is_some_and(|progress| progress.#is_last()) }
        }
    })
}

/// Returns the definition of what an operation reports on: an item response of a batch, otherwise the response.
fn report<'a>(model: &'a Model, operation: &'a Operation) -> Option<&'a str> {
    let response = operation.success_body()?;
    match &operation.drs.batch {
        Some(batch) => model.follow(response, &batch.response)?.ty.element()?.ty.named(),
        None => Some(response),
    }
}

fn ident(name: &str, property: &Property) -> proc_macro2::Ident {
    format_ident!("{}", rust_names::field_of(name, property))
}
