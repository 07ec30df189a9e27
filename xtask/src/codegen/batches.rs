//! The description of a batch, and the trait by which a client sends any number of items.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::descriptors::{body_type, option};
use super::lower::Reading;
use super::rust_names;
use crate::schema::annotations::{Batch, Literal};
use crate::schema::{Definition, Model, Operation, Property, Type, segment};

/// Generates the description of the batch of an operation, for its descriptor.
#[must_use]
pub(super) fn info(model: &Model, operation: &Operation, batch: &Batch) -> TokenStream {
    let Batch { request, response, repeats, .. } = batch;
    let count = option(count_of(model, operation, response).map(|pointer| quote!(#pointer)));
    let [asked, id, error_code, error_msg] = [&batch.asked, &batch.id, &batch.error_code, &batch.error_msg]
        .map(|pointer| option(pointer.as_ref().map(|pointer| quote!(#pointer))));
    let most = most(model, operation, batch).map(proc_macro2::Literal::u64_unsuffixed);
    let most = option(most.map(|most| quote!(#most)));
    let outcome = option(batch.outcome.as_ref().map(|outcome| {
        let (at, accepted, refused) = (&outcome.at, plain(&outcome.accepted), plain(&outcome.refused));
        let [also_accepted, also_refused] = [&batch.also_accepted, &batch.also_refused].map(|values| {
            let values = values.iter().map(plain);
            quote!(&[#(#values),*])
        });
        quote! { OutcomeInfo {
            at: #at, accepted: #accepted, also_accepted: #also_accepted, refused: #refused, also_refused: #also_refused,
        } }
    }));
    quote! { BatchInfo {
        request: #request, asked: #asked, response: #response, id: #id, repeats: #repeats, most: #most,
        count: #count, error_code: #error_code, error_msg: #error_msg, outcome: #outcome,
    } }
}

/// Returns the pointer of the number that counts the rows of a response.
fn count_of(model: &Model, operation: &Operation, rows: &str) -> Option<String> {
    let counted = rows.strip_prefix('/')?;
    let counts = |property: &Property| property.drs.counts.as_deref() == Some(counted);
    let (name, _) = model.definition(operation.success_body()?)?.properties().find(|(_, property)| counts(property))?;
    Some(format!("/{}", segment(name)))
}

/// Returns the most items whose rows fit into one response: the limit of the array, or of a page.
fn most(model: &Model, operation: &Operation, batch: &Batch) -> Option<u64> {
    let request = model.definition(operation.request.as_deref()?)?;
    let size = operation.drs.pages.as_ref().and_then(|pages| model.follow(&request.name, &pages.size));
    let of_page = size.and_then(|size| size.limits.maximum.as_ref()?.as_u64());
    let of_array = Field::of(request, &batch.request).and_then(|array| array.property.limits.max_items);
    of_page.into_iter().chain(of_array).min()
}

/// Converts a string or a boolean to a value that a descriptor can hold.
fn plain(value: &Literal) -> TokenStream {
    match value {
        Literal::Flag(flag) => quote!(Plain::Flag(#flag)),
        Literal::Text(text) => quote!(Plain::Text(#text)),
    }
}

/// Generates `impl Batch` for the calls of an operation; nothing for an operation without a batch.
#[must_use]
pub(super) fn trait_impl(model: &Model, operation: &Operation) -> Option<TokenStream> {
    let batch = operation.drs.batch.as_ref()?;
    let name = format_ident!("{}", rust_names::shape(&operation.id));
    let array = Field::of(model.definition(operation.request.as_deref()?)?, &batch.request)?;
    let rows = Field::of(model.definition(operation.success_body()?)?, &batch.response)?;
    let (item, row) = (array.property.ty.element()?.ty.named(), rows.property.ty.element()?.ty.named()?);
    let item_type = item.map_or(quote!(String), |item| body_type(model, &operation.id, item));
    let row_type = body_type(model, &operation.id, row);
    let row = model.definition(row)?;
    let item_id = match &batch.asked {
        None => quote!(Some(item.as_str())),
        Some(asked) => Field::of(model.definition(item?)?, asked)?.text(&format_ident!("item")),
    };
    let of_row = |pointer: &Option<String>| {
        let field = pointer.as_ref().and_then(|pointer| Field::of(row, pointer));
        field.map(|field| field.text(&format_ident!("row")))
    };
    let row_id = of_a_row("row_id", &quote!(&str), of_row(&batch.id));
    let error_code = of_a_row("error_code", &quote!(&str), of_row(&batch.error_code));
    let outcome = batch.outcome.as_ref().and_then(|outcome| Field::of(row, &outcome.at)).map(|field| {
        let row = format_ident!("row");
        let (read, found) = match field.property.ty {
            Type::Boolean => (quote!(of_flag), field.flag(&row)),
            _ => (quote!(of_text), field.text(&row)),
        };
        quote!(BATCH.outcome.as_ref()?.#read(#found?))
    });
    let outcome = of_a_row("outcome", &quote!(bool), outcome);
    let (in_body, in_response) = (&array.ident, &rows.ident);
    let items = if array.required { quote!(&self.body.#in_body) } else { quote!(self.body.#in_body()) };
    let count = count_of(model, operation, &batch.response);
    let counted = count.and_then(|count| Field::of(model.definition(operation.success_body()?)?, &count));
    let count = match counted {
        Some(Field { ident, property, .. }) if matches!(property.ty, Type::Integer) => {
            quote!(fn count(response: &Self::Response) -> Option<i64> { response.#ident })
        }
        _ => quote!(
            fn count(_: &Self::Response) -> Option<i64> {
                None
            }
        ),
    };
    let taken = (!rows.required).then(|| quote!(.unwrap_or_default()));
    let with_items = with_items(model, operation, batch)?;
    Some(quote! {
        impl Batch for #name {
            type Item = #item_type;

            type Row = #row_type;

            const BATCH: &'static BatchInfo = &BATCH;

            fn items(&self) -> &[Self::Item] { #items }

            fn with_items(&self, items: Vec<Self::Item>) -> Self { #with_items }

            #count

            fn rows(response: Self::Response) -> Vec<Self::Row> { response.#in_response #taken }

            fn item_id(item: &Self::Item) -> Option<&str> { #item_id }

            #row_id
            #error_code
            #outcome
        }
    })
}

/// Generates a function of the trait that reads a row; without the field, there is nothing to read.
fn of_a_row(name: &str, ty: &TokenStream, read: Option<TokenStream>) -> TokenStream {
    let name = format_ident!("{name}");
    match read {
        Some(read) => quote!(fn #name(row: &Self::Row) -> Option<#ty> { #read }),
        None => quote!(fn #name(_: &Self::Row) -> Option<#ty> { None }),
    }
}

/// Generates a copy of a call with other items. The items of the call itself are not copied: there may be many.
fn with_items(model: &Model, operation: &Operation, batch: &Batch) -> Option<TokenStream> {
    let name = operation.request.as_deref()?;
    let (request, ty) = (model.definition(name)?, body_type(model, &operation.id, name));
    let copied = |of: TokenStream, ty: &Type| match ty {
        Type::Boolean | Type::Integer | Type::Number => of,
        _ => quote!(#of.clone()),
    };
    let parameters = operation.parameters.iter().map(|parameter| {
        let field = format_ident!("{}", rust_names::field(&parameter.name));
        let value = copied(quote!(self.#field), &parameter.schema.ty);
        quote!(#field: #value)
    });
    let size = operation.drs.pages.as_ref().map(|pages| &pages.size);
    let mut page = None;
    let members = request.properties().map(|(name, property)| {
        let pointer = format!("/{}", segment(name));
        let Field { ident, required, .. } = Field::new(request, name, property);
        if pointer == batch.request {
            return Some(if required { quote!(#ident: items) } else { quote!(#ident: Some(items)) });
        }
        if let Some(size) = size.as_ref().and_then(|size| size.strip_prefix(&format!("{pointer}/"))) {
            let name = property.ty.named()?;
            let ty = body_type(model, &operation.id, name);
            let size = Field::of(model.definition(name)?, &format!("/{size}"))?;
            let set = format_ident!("with_{}", size.ident);
            // One page with all items: the first, which is the one that a request without a number gets.
            page = Some(quote!(let page = #ty::new().#set(i64::try_from(items.len()).unwrap_or(i64::MAX));));
            return Some(if required { quote!(#ident: page) } else { quote!(#ident: Some(page)) });
        }
        let value = copied(quote!(self.body.#ident), &property.ty);
        Some(quote!(#ident: #value))
    });
    let members: Vec<TokenStream> = members.collect::<Option<_>>()?;
    Some(quote! {
        #page
        Self { #(#parameters,)* body: #ty { #(#members),* } }
    })
}

/// A field of a generated struct.
struct Field<'a> {
    ident: Ident,
    property: &'a Property,
    /// Whether the struct holds the value itself, and not an `Option` of it.
    required: bool,
}

impl<'a> Field<'a> {
    fn new(definition: &Definition, name: &str, property: &'a Property) -> Self {
        let required = Reading::of(definition) == Reading::Strict && definition.requires(name);
        Self { ident: format_ident!("{}", rust_names::field_of(name, property)), property, required }
    }

    fn of(definition: &'a Definition, pointer: &str) -> Option<Self> {
        let name = pointer.strip_prefix('/')?;
        Some(Self::new(definition, name, definition.property(name)?))
    }

    /// Generates the `Option<&str>` of a string in a value.
    fn text(&self, of: &Ident) -> TokenStream {
        let ident = &self.ident;
        match &self.property.ty {
            _ if self.required => quote!(Some(#of.#ident.as_str())),
            Type::String => quote!(#of.#ident.as_deref()),
            _ => quote!(#of.#ident.as_ref().map(|text| text.as_str())),
        }
    }

    /// Generates the `Option<bool>` of a boolean in a value.
    fn flag(&self, of: &Ident) -> TokenStream {
        let ident = &self.ident;
        if self.required { quote!(Some(#of.#ident)) } else { quote!(#of.#ident) }
    }
}
