//! The catalogue of check items as Rust: the tables of `drs_gate::catalogue`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use heck::ToUpperCamelCase as _;

use super::check_pages;
use super::render::render;
use crate::schema::Catalogue;
use crate::schema::catalogue::{Cited, Confidence, Group, GroupKind, Item, Reason, Step};

/// Renders the module.
#[must_use]
pub fn module(catalogue: &Catalogue) -> String {
    let groups = catalogue.groups.iter().map(|group| self::group(catalogue, group));
    let reasons = catalogue.shared.reasons.iter().map(|(code, reason)| self::reason(catalogue, code, reason));
    let causes = catalogue.shared.causes.iter().map(|cause| {
        let (why, fix) = (&cause.why, &cause.fix);
        quote!(SharedCause { why: #why, fix: #fix })
    });
    render(quote! {
        use crate::catalogue::*;

        /// The groups of the catalogue.
        pub(crate) static GROUPS: &[Group] = &[#(#groups),*];

        /// The failed reasons that were seen.
        pub(crate) static REASONS: &[Reason] = &[#(#reasons),*];

        /// The causes of every check.
        pub(crate) static SHARED_CAUSES: &[SharedCause] = &[#(#causes),*];
    })
}

fn group(catalogue: &Catalogue, group: &Group) -> TokenStream {
    let Group { name, title, description, .. } = group;
    let kind = match group.kind {
        GroupKind::Group => quote!(GroupKind::Group),
        GroupKind::Items => quote!(GroupKind::Items),
        GroupKind::Topics => quote!(GroupKind::Topics),
    };
    let items = group.items.iter().map(|(name, item)| self::item(catalogue, group, name, item));
    quote! {
        Group { name: #name, title: #title, description: #description, kind: #kind, items: &[#(#items),*] }
    }
}

fn item(catalogue: &Catalogue, group: &Group, name: &str, item: &Item) -> TokenStream {
    let Item { checks, causes, notes, see, aliases, skippable, results, .. } = item;
    let of_group = optional((group.kind == GroupKind::Group).then_some(group.name.as_str()));
    let is_topic = group.kind == GroupKind::Topics;
    let (side, caution) = (variant("Side", &item.side), optional(catalogue.caution(&item.basis)));
    let engines = item.engines.iter().map(|key| engine(catalogue, key));
    let (scope, trap) = (optional(item.scope.as_deref()), optional(item.trap.as_deref()));
    let results_note = optional(item.results_note.as_deref());
    let fix = item.fix.iter().map(|step| self::step(catalogue, item, step));
    let confidence = match item.confidence {
        Confidence::High => quote!(Confidence::High),
        Confidence::Medium => quote!(Confidence::Medium),
        Confidence::Low => quote!(Confidence::Low),
    };
    let seen = catalogue.results_seen(name);
    let seen = seen.iter();
    let reasons = catalogue.reasons_of(name);
    let sources = item.sources.iter().map(|cited| source(catalogue, cited));
    let page = check_pages::path(name);
    quote! {
        Item {
            name: #name, group: #of_group, is_topic: #is_topic, checks: #checks, side: #side, engines: &[#(#engines),*],
            scope: #scope, causes: &[#(#causes),*], fix: &[#(#fix),*], caution: #caution, results: &[#(#results),*],
            results_note: #results_note, seen: &[#(#seen),*], reasons: &[#(#reasons),*], is_skippable: #skippable,
            confidence: #confidence, trap: #trap, notes: &[#(#notes),*], see: &[#(#see),*], aliases: &[#(#aliases),*],
            sources: &[#(#sources),*], page: #page
        }
    }
}

fn step(catalogue: &Catalogue, item: &Item, step: &Step) -> TokenStream {
    let Step { text, sql, mongo, config, .. } = step;
    let engine = step.engine.as_ref().map(|key| engine(catalogue, key));
    let engine = engine.map_or_else(|| quote!(None), |engine| quote!(Some(#engine)));
    let caution =
        optional(step.basis.as_ref().filter(|basis| **basis != item.basis).and_then(|basis| catalogue.caution(basis)));
    quote! {
        Step { text: #text, engine: #engine, sql: &[#(#sql),*], mongo: &[#(#mongo),*], config: &[#(#config),*], caution: #caution }
    }
}

fn reason(catalogue: &Catalogue, code: &str, reason: &Reason) -> TokenStream {
    let Reason { means, items, results, explained_by, .. } = reason;
    let caution = optional(catalogue.caution(&reason.basis));
    let [fix, trap, note] = [&reason.fix, &reason.trap, &reason.note].map(|text| optional(text.as_deref()));
    let sources = reason.sources.iter().map(|cited| source(catalogue, cited));
    let is_documented = catalogue.seen.iter().any(|seen| seen.reason.as_deref() == Some(code));
    quote! {
        Reason {
            code: #code, means: #means, items: &[#(#items),*], explained_by: #explained_by, fix: #fix,
            results: &[#(#results),*], caution: #caution, trap: #trap, note: #note, is_documented: #is_documented, sources: &[#(#sources),*]
        }
    }
}

fn source(catalogue: &Catalogue, cited: &Cited) -> TokenStream {
    let origin = &catalogue.shared.sources[&cited.origin];
    let (title, url) = (&origin.title, optional(check_pages::url(origin, cited).as_deref()));
    quote!(Source { title: #title, url: #url })
}

fn engine(catalogue: &Catalogue, key: &str) -> TokenStream {
    let title = catalogue.engine(key);
    quote!(Engine { name: #key, title: #title })
}

/// A variant of one of the enums of `drs_gate::catalogue`.
fn variant(of: &str, value: &str) -> TokenStream {
    let (of, value) = (format_ident!("{of}"), format_ident!("{}", value.to_upper_camel_case()));
    quote!(#of::#value)
}

fn optional(text: Option<&str>) -> TokenStream {
    text.map_or_else(|| quote!(None), |text| quote!(Some(#text)))
}
