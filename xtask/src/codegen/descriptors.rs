//! The descriptor and the request type of each operation, the table of all of them, and the facts of the service.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use heck::ToShoutySnakeCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::batches;
use super::constructors::{self, Field};
use super::docs::{Docs, limits};
use super::pages;
use super::parameters;
use super::render::render;
use super::rust_names;
use crate::schema::annotations::TaskRule;
use crate::schema::{Definition, Model, Operation, Parameter};

/// Generates the descriptor of an operation and the type of its calls.
#[must_use]
pub fn operation(model: &Model, operation: &Operation) -> String {
    let info = info(model, operation);
    let (call, setters) = call(model, operation);
    let traits =
        [batches::trait_impl(model, operation), pages::paged(model, operation), pages::progress(model, operation)];
    let traits: String = traits.into_iter().flatten().map(render).collect();
    format!("\n{}{setters}\n{}{traits}{}", render(info), render(call), parameters::patterns(model, operation))
}

/// Returns the path of a body's type from within the module of an operation.
pub(super) fn body_type(model: &Model, module: &str, name: &str) -> TokenStream {
    let ty = format_ident!("{}", rust_names::shape(name));
    match model.definition(name) {
        Some(definition) if definition.module != module => {
            let module = rust_names::module(&definition.module);
            quote!(crate::#module::#ty)
        }
        _ => quote!(#ty),
    }
}

fn info(model: &Model, operation: &Operation) -> TokenStream {
    let Operation { id, path, summary, .. } = operation;
    let method = format_ident!("{}", operation.method.to_uppercase());
    let (page, deprecated, retry_safe) = (&operation.drs.page, operation.deprecated, operation.drs.retry_safe);
    let parameters = operation.parameters.iter().map(|parameter| parameters::info(model, operation, parameter));
    let body = |name: &str| {
        let ty = body_type(model, &operation.id, name);
        quote! { BodyInfo::of::<#ty>(#name) }
    };
    let request = option(operation.request.as_deref().map(body));
    let responses = operation.responses.iter().map(|response| {
        let status = proc_macro2::Literal::u16_unsuffixed(response.status);
        let body = option(response.body.as_deref().map(body));
        quote! { ResponseInfo { status: #status, body: #body } }
    });
    let batch = operation.drs.batch.as_ref().map(|batch| batches::info(model, operation, batch));
    let batch_static = batch.as_ref().map(|batch| quote!(static BATCH: BatchInfo = #batch;));
    let batch = option(batch.map(|_| quote!(&BATCH)));
    let (pages, polling) = (pages::pages_info(model, operation), pages::polling_info(operation));
    let job = option(operation.drs.job.as_ref().map(|pointer| quote!(#pointer)));
    let task = operation.drs.task.iter().map(task_rule);
    let docs = Docs::new(format!("The descriptor of `{id}`."));
    quote! {
        #docs
        pub static INFO: OperationInfo = OperationInfo {
            id: #id,
            summary: #summary,
            page: #page,
            deprecated: #deprecated,
            method: Method::#method,
            path: #path,
            parameters: &[#(#parameters),*],
            request: #request,
            responses: &[#(#responses),*],
            retry_safe: #retry_safe,
            batch: #batch,
            pages: #pages,
            polling: #polling,
            job: #job,
            task: &[#(#task),*],
        };
        #batch_static
    }
}

fn task_rule(rule: &TaskRule) -> TokenStream {
    let when = rule.when.iter().map(|(field, values)| quote!((#field, &[#(#values),*])));
    let states = option(rule.states.as_ref().map(|states| quote!(&[#(#states),*])));
    let after = rule.after.iter().map(|any_of| quote!(&[#(#any_of),*]));
    let becomes = option(rule.becomes.as_ref().map(|status| quote!(#status)));
    let TaskRule { removes, starts_precheck, updates, .. } = rule;
    quote!(TaskRule {
        when: &[#(#when),*],
        states: #states,
        after: &[#(#after),*],
        becomes: #becomes,
        removes: #removes,
        starts_precheck: #starts_precheck,
        updates: #updates,
    })
}

/// Generates the type of a call, and the methods that set its optional fields.
fn call(model: &Model, operation: &Operation) -> (TokenStream, String) {
    let name = format_ident!("{}", rust_names::shape(&operation.id));
    let mut docs = Docs::new(&operation.description);
    docs.paragraph(format!(
        "Sends `{} {}`. Documentation: *{}*.",
        operation.method.to_uppercase(),
        operation.path,
        operation.drs.page
    ));
    if operation.deprecated {
        docs.paragraph(model.deprecation());
    }
    let required = |parameter: &Parameter| parameter.required && !parameter.shared;
    let ident = |parameter: &Parameter| format_ident!("{}", rust_names::field(&parameter.name));
    let mut fields = Vec::new();
    let mut members: Vec<TokenStream> = Vec::new();
    let mut sent = Vec::new();
    for parameter in &operation.parameters {
        let (field, ty, wire) = (ident(parameter), parameters::rust_type(model, parameter), &parameter.name);
        let mut docs = Docs::new(&parameter.description);
        if let Some(limits) = limits(&parameter.schema.limits) {
            docs.paragraph(format!("Documented: {limits}."));
        }
        let required = required(parameter);
        if required {
            sent.push(quote!((#wire, Some(self.#field.to_string()))));
        } else {
            if parameter.shared {
                docs.paragraph("The client fills it in when it is `None`.");
            }
            sent.push(quote!((#wire, self.#field.as_ref().map(ToString::to_string))));
        }
        let held = if required { ty.clone() } else { syn::parse_quote!(Option<#ty>) };
        members.push(quote!(#docs pub #field: #held));
        fields.push(Field { name: field, ty, required, in_option: !required });
    }
    let body = operation.request.as_ref().map(|name| body_type(model, &operation.id, name));
    if let Some(body) = &body {
        members.push(quote! { #[doc = " The body of the request."] pub body: #body });
        let (name, ty) = (format_ident!("body"), syn::parse_quote!(#body));
        fields.push(Field { name, ty, required: true, in_option: false });
    }
    let (new, required) = constructors::new(&name, &format!("A call of `{}`", operation.id), &fields);
    let body_bytes = option(body.as_ref().map(|_| quote!(serde_json::to_vec(&self.body)?)));
    let checks = match body {
        Some(_) => quote! {
            let mut found = check::parameters(&INFO, &self.parameters());
            found.extend(check::all(&self.body));
            found
        },
        None => quote! { check::parameters(&INFO, &self.parameters()) },
    };
    let count = proc_macro2::Literal::usize_unsuffixed(sent.len());
    let response = match operation.success_body() {
        Some(name) => body_type(model, &operation.id, name),
        None => quote!(()),
    };
    let rust = quote! {
        #docs
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct #name { #(#members),* }

        #required

        impl #name {
            #new

            fn parameters(&self) -> [(&'static str, Option<String>); #count] { [#(#sent),*] }
        }

        impl Operation for #name {
            type Response = #response;

            const INFO: &'static OperationInfo = &INFO;

            fn check(&self) -> Vec<Violation> { #checks }

            fn parts(&self) -> Result<Parts, serde_json::Error> {
                Ok(Parts::new(self.parameters(), #body_bytes))
            }
        }
    };
    (rust, constructors::setters(&name, &fields))
}

pub(super) fn option(value: Option<TokenStream>) -> TokenStream {
    value.map_or(quote!(None), |value| quote!(Some(#value)))
}

/// Generates `mod.rs` of `operations` and of each version.
#[must_use]
pub fn modules(model: &Model) -> BTreeMap<PathBuf, String> {
    let mut versions: BTreeMap<&str, Vec<TokenStream>> = BTreeMap::new();
    for operation in &model.operations {
        let name = format_ident!("{}", operation.folder.operation);
        let deprecated = if operation.deprecated { " Deprecated by the vendor." } else { "" };
        let docs = Docs::new(format!("{}.{deprecated}", operation.summary));
        versions.entry(&operation.folder.version).or_default().push(quote! { #docs pub mod #name; });
    }
    let all = versions.keys().map(|version| {
        let name = format_ident!("{version}");
        let docs = Docs::new(format!("The operations of {version}."));
        quote! { #docs pub mod #name; }
    });
    let all = (PathBuf::from("operations/mod.rs"), render(quote! { #(#all)* }));
    let each = versions.iter().map(|(version, modules)| {
        (PathBuf::from(format!("operations/{version}/mod.rs")), render(quote! { #(#modules)* }))
    });
    each.chain([all]).collect()
}

/// Generates `mod.rs`: the modules, the table of operations, and the facts of `service.json`.
#[must_use]
pub fn table(model: &Model) -> String {
    let infos = model.operations.iter().map(|operation| {
        let module = rust_names::module(&operation.id);
        quote!(&#module::INFO)
    });
    let properties = model.definitions().flat_map(Definition::properties);
    let secrets = properties.filter(|(_, property)| property.is_secret()).map(|(name, _)| name);
    let secrets: BTreeSet<&str> = secrets.collect();
    let secrets = secrets.into_iter();
    let token = model.service.token_header();
    let servers = model.service.servers.iter().map(|server| {
        let (url, iam, name, regions) = (&server.url, &server.drs.iam, &server.name, server.regions());
        quote! { ServerInfo { name: #name, url: #url, iam: #iam, regions: &[#(#regions),*] } }
    });
    let deprecation = model.deprecation();
    let shared = model.service.components.parameters.iter().map(|(key, parameter)| {
        let constant = format_ident!("{}", key.to_shouty_snake_case());
        let Parameter { name, description, .. } = parameter;
        let docs = Docs::new(format!("The parameter `{name}` that many operations share. {description}"));
        quote! { #docs pub const #constant: &str = #name; }
    });
    render(quote! {
        #[doc = " The definitions that several operations use."]
        pub mod common;
        #[doc = " A module for each version of the API, and in it one for each operation."]
        pub mod operations;

        #[cfg(feature = "examples")]
        pub(crate) mod examples;

        use crate::operation::{OperationInfo, ServerInfo};

        #[doc = " Every operation, by id."]
        pub static OPERATIONS: &[&OperationInfo] = &[#(#infos),*];

        #[doc = " The clouds that run the service, and their regions."]
        pub static SERVERS: &[ServerInfo] = &[#(#servers),*];

        #[doc = " The fields that hold secrets, by name."]
        pub const SECRET_FIELDS: &[&str] = &[#(#secrets),*];

        #[doc = " Which sources call the deprecated operations deprecated, and which do not."]
        pub const DEPRECATION: &str = #deprecation;

        #[doc = " The header that carries the token."]
        pub const AUTH_TOKEN: &str = #token;

        #(#shared)*
    })
}
