//! What a program in Rust sees of the shapes: made by the generator, so that nothing of its rules is repeated here.

use std::collections::BTreeMap;

use quote::quote;
use syn::visit_mut::VisitMut;

use crate::codegen::{render, rust_names, types};
use crate::schema::{Definition, Model, Parameter, Problem};

/// The Rust of every shape, by the name of its definition.
#[derive(Debug)]
pub(super) struct RustTypes(BTreeMap<String, RustType>);

#[derive(Debug, Default)]
struct RustType {
    /// Module and name.
    path: String,
    /// A structure, or the macro that makes a text.
    kind: &'static str,
    /// The type of each field.
    fields: BTreeMap<String, String>,
}

impl RustTypes {
    /// Makes the Rust of all shapes.
    pub(super) fn of(model: &Model) -> Result<Self, Problem> {
        let mut all = BTreeMap::new();
        for module in &model.modules {
            let text = types::module(model, module)?;
            let items = syn::parse_file(&text).map(|file| file.items).unwrap_or_default();
            let mut made: BTreeMap<String, RustType> = items.iter().filter_map(item).collect();
            for definition in &module.definitions {
                let name = rust_names::shape(&definition.name);
                let mut found = made.remove(&name).unwrap_or_default();
                found.path = format!("{}::{name}", module.name);
                all.insert(definition.name.clone(), found);
            }
        }
        Ok(Self(all))
    }

    /// Where a shape lies, how it is called and what it is.
    pub(super) fn called(&self, definition: &Definition) -> String {
        self.0.get(&definition.name).map_or_else(String::new, |found| format!("{} `{}`", found.kind, found.path))
    }

    /// The field of a property, with its type.
    pub(super) fn field(&self, definition: &Definition, property: &str) -> String {
        let name = definition.property(property).map(|found| rust_names::field_of(property, found)).unwrap_or_default();
        let ty = self.0.get(&definition.name).and_then(|found| found.fields.get(&name));
        format!("`{name}: {}`", ty.map_or("", String::as_str))
    }
}

/// How a call shows a parameter.
pub(super) fn parameter(parameter: &Parameter) -> String {
    format!("`{}: {}`", rust_names::field(&parameter.name), shown(types::parameter_type(parameter, "common")))
}

/// What to say about two pieces of Rust, if they differ.
pub(super) fn became(was: &str, is: &str) -> Option<String> {
    (was != is).then(|| format!("in Rust, {was} became {is}"))
}

fn item(item: &syn::Item) -> Option<(String, RustType)> {
    let (name, kind) = match item {
        syn::Item::Struct(item) => (item.ident.to_string(), "structure"),
        syn::Item::Type(item) => (item.ident.to_string(), "percentage"),
        syn::Item::Macro(item) if item.mac.path.is_ident("open_enum") => (named_in(&item.mac)?, "set of values"),
        syn::Item::Macro(item) if item.mac.path.is_ident("text_id") => (named_in(&item.mac)?, "text"),
        _ => return None,
    };
    let fields = match item {
        syn::Item::Struct(item) => item.fields.iter().filter_map(field).collect(),
        _ => BTreeMap::new(),
    };
    Some((name, RustType { path: String::new(), kind, fields }))
}

/// The name that stands behind `enum` or `struct` in a call of a macro.
fn named_in(mac: &syn::Macro) -> Option<String> {
    let mut tokens = mac.tokens.clone().into_iter().map(|token| token.to_string());
    tokens.find(|token| token == "enum" || token == "struct")?;
    tokens.next()
}

fn field(field: &syn::Field) -> Option<(String, String)> {
    Some((field.ident.as_ref()?.to_string(), shown(field.ty.clone())))
}

fn shown(mut ty: syn::Type) -> String {
    LastSegments.visit_type_mut(&mut ty);
    let shown = render::render(quote!(type T = #ty;));
    shown.trim().trim_start_matches("type T = ").trim_end_matches(';').to_owned()
}

/// Whether a shape lies in `common` or beside its user is said once, at the shape.
struct LastSegments;

impl VisitMut for LastSegments {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        syn::visit_mut::visit_path_mut(self, path);
        if let Some(last) = path.segments.pop() {
            *path = last.into();
        }
    }
}
