//! The Rust that callers of a version see. The generator makes it, so that none of its rules is repeated here.

use std::collections::BTreeMap;

use quote::quote;
use syn::visit_mut::VisitMut;

use super::report::Effect;
use crate::codegen::{descriptors, render, rust_names, types};
use crate::schema::{Definition, Model, Operation, Problem};

/// The Rust of every definition and of every operation.
#[derive(Debug)]
pub(super) struct RustTypes {
    definitions: BTreeMap<String, RustType>,
    operations: BTreeMap<String, RustType>,
}

/// What callers use of one type.
#[derive(Debug, Default)]
pub(super) struct RustType {
    /// Module and name.
    path: String,
    /// A struct, or the macro that makes a string type.
    kind: &'static str,
    /// The type of each field.
    fields: BTreeMap<String, String>,
    /// Whether it has a `Default`.
    default: bool,
    /// The fields that `new` takes, when there is one.
    new: Option<Vec<String>>,
    /// Whether `new` takes them by position, and not in a struct.
    by_position: bool,
}

/// What a difference does to callers in Rust, and what to say about it.
#[derive(Clone, Debug, Default)]
pub(super) struct InRust {
    pub(super) effect: Effect,
    pub(super) sentence: Option<String>,
}

impl InRust {
    pub(super) fn of(effect: Effect) -> Self {
        Self { effect, sentence: None }
    }

    fn breaking(sentence: String) -> Self {
        Self { effect: Effect::Breaking, sentence: Some(sentence) }
    }
}

impl RustTypes {
    /// Makes the Rust of all definitions and operations.
    pub(super) fn of(model: &Model) -> Result<Self, Problem> {
        let mut definitions = BTreeMap::new();
        for module in &model.modules {
            let mut made = parse(&types::module(model, module)?);
            for definition in &module.definitions {
                let name = rust_names::shape(&definition.name);
                let mut found = made.remove(&name).unwrap_or_default();
                found.path = format!("{}::{name}", module.name);
                definitions.insert(definition.name.clone(), found);
            }
        }
        let operations = model.operations.iter().map(|operation| {
            let mut made = parse(&descriptors::operation(model, operation));
            let name = rust_names::shape(&operation.id);
            let found = made.remove(&name).unwrap_or_default();
            (operation.id.clone(), RustType { path: format!("{}::{name}", operation.id), ..found })
        });
        Ok(Self { operations: operations.collect(), definitions })
    }

    /// The type of a definition.
    pub(super) fn definition(&self, definition: &Definition) -> Option<&RustType> {
        self.definitions.get(&definition.name)
    }

    /// The type of an operation.
    pub(super) fn operation(&self, operation: &Operation) -> Option<&RustType> {
        self.operations.get(&operation.id)
    }
}

/// What differs between two types beside their fields.
pub(super) fn types([was, is]: [Option<&RustType>; 2]) -> InRust {
    let (Some(was), Some(is)) = (was, is) else { return InRust::default() };
    if (&was.path, was.kind) != (&is.path, is.kind) {
        return InRust::breaking(format!("{} `{}` became {} `{}`", was.kind, was.path, is.kind, is.path));
    }
    match (&was.new, &is.new) {
        (Some(_), None) => return InRust::breaking(format!("`{}::new` was removed", is.path)),
        (None, Some(_)) if was.default && !is.default => {
            return InRust::breaking(format!("`{}` lost `Default`", is.path));
        }
        // A field that became required or optional has a change of its own.
        (Some(before), Some(after)) if was.by_position && is.by_position => {
            let shared = |one: &[String], other: &[String]| {
                one.iter().filter(|name| other.contains(name)).cloned().collect::<Vec<_>>()
            };
            if shared(before, after) != shared(after, before) {
                let (before, after) = (before.join(", "), after.join(", "));
                return InRust::breaking(format!("`{}::new({before})` became `new({after})`", is.path));
            }
        }
        _ => {}
    }
    InRust::default()
}

/// What differs in a field that is called this in each version; `None` where there is no such field.
pub(super) fn fields(types: [Option<&RustType>; 2], names: [Option<&str>; 2]) -> InRust {
    let field = |version: usize| {
        let (found, name) = (types[version]?, names[version]?);
        let required = found.new.iter().flatten().any(|required| required == name);
        Some((name, found.fields.get(name)?, required))
    };
    match [field(0), field(1)] {
        [None, None] => InRust::default(),
        [Some(_), None] => InRust::of(Effect::Breaking),
        [None, Some((_, _, false))] => InRust::of(Effect::Additive),
        [None, Some((name, ty, true))] => InRust::breaking(format!("`new` requires `{name}: {ty}`")),
        [Some(was), Some(is)] if was == is => InRust::default(),
        [Some((name, ty, false)), Some((other, other_ty, true))] if (name, ty) == (other, other_ty) => {
            InRust::breaking(format!("`new` requires `{name}: {ty}`"))
        }
        [Some((name, ty, _)), Some((other, other_ty, _))] if (name, ty) == (other, other_ty) => {
            InRust::breaking(format!("`new` no longer takes `{name}: {ty}`"))
        }
        [Some((was, before, _)), Some((is, after, _))] => {
            InRust::breaking(format!("`{was}: {before}` became `{is}: {after}`"))
        }
    }
}

/// The types of generated Rust, by name.
fn parse(text: &str) -> BTreeMap<String, RustType> {
    let items = syn::parse_file(text).map(|file| file.items).unwrap_or_default();
    let mut types: BTreeMap<String, RustType> = items.iter().filter_map(item).collect();
    for item in items {
        if let syn::Item::Impl(syn::ItemImpl { trait_: None, self_ty, items, .. }) = item
            && let Some(arguments) = items.iter().find_map(arguments_of_new)
        {
            let name = quote!(#self_ty).to_string();
            let named = types.get(&format!("{name}Required"));
            let named = named.map(|required| required.fields.keys().cloned().collect());
            if let Some(found) = types.get_mut(&name) {
                found.by_position = named.is_none();
                found.new = Some(named.unwrap_or(arguments));
            }
        }
    }
    types
}

fn item(item: &syn::Item) -> Option<(String, RustType)> {
    let of_kind = |kind| RustType { kind, ..RustType::default() };
    Some(match item {
        syn::Item::Struct(item) => {
            let default = item.attrs.iter().any(|attribute| {
                attribute.path().is_ident("derive") && quote!(#attribute).to_string().contains("Default")
            });
            let fields = item.fields.iter().filter_map(field).collect();
            (item.ident.to_string(), RustType { fields, default, ..of_kind("struct") })
        }
        syn::Item::Type(item) => (item.ident.to_string(), of_kind("percentage")),
        syn::Item::Macro(item) if item.mac.path.is_ident("open_enum") => (named_in(&item.mac)?, of_kind("enum")),
        syn::Item::Macro(item) if item.mac.path.is_ident("string_id") => (named_in(&item.mac)?, of_kind("string")),
        _ => return None,
    })
}

fn arguments_of_new(item: &syn::ImplItem) -> Option<Vec<String>> {
    let syn::ImplItem::Fn(function) = item else { return None };
    let name = |argument: &syn::FnArg| match argument {
        syn::FnArg::Typed(syn::PatType { pat, .. }) => Some(quote!(#pat).to_string()),
        syn::FnArg::Receiver(_) => None,
    };
    (function.sig.ident == "new").then(|| function.sig.inputs.iter().filter_map(name).collect())
}

/// The name after `enum` or `struct` in a call of a macro.
fn named_in(mac: &syn::Macro) -> Option<String> {
    let mut tokens = mac.tokens.clone().into_iter().map(|token| token.to_string());
    tokens.find(|token| token == "enum" || token == "struct")?;
    tokens.next()
}

fn field(field: &syn::Field) -> Option<(String, String)> {
    let mut ty = field.ty.clone();
    LastSegments.visit_type_mut(&mut ty);
    let shown = render::render(quote!(type T = #ty;));
    let shown = shown.trim().trim_start_matches("type T = ").trim_end_matches(';').to_owned();
    Some((field.ident.as_ref()?.to_string(), shown))
}

/// The module of a type is reported once, at the type.
struct LastSegments;

impl VisitMut for LastSegments {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        syn::visit_mut::visit_path_mut(self, path);
        if let Some(last) = path.segments.pop() {
            *path = last.into();
        }
    }
}
