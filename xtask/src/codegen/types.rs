//! The Rust types of one module: typify makes the structs, this module adds documentation, constructors and checks.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::visit_mut::VisitMut;
use typify::{TypeSpace, TypeSpaceSettings};

use super::constructors;
use super::docs::{self, Docs};
use super::lower::{self, REDACTED, Reading, lower};
use super::outline;
use super::render::render;
use super::request_checks::{check_impl, patterns};
use super::rust_names;
use super::unions;
use crate::schema::annotations::CodeFacts;
use crate::schema::model::COMMON;
use crate::schema::{Definition, Model, Module, Parameter, Problem, Shape, StringShape, Type};

/// Generates the definitions of a module as Rust items, in the order of the page.
///
/// # Errors
/// Returns the message of typify about a schema that it cannot express.
pub fn module(model: &Model, module: &Module) -> Result<String, Problem> {
    let problem = |message: String| Problem::of_file(&module.source, format!("typify cannot express this: {message}"));
    let mut structs = structures(model, module).map_err(problem)?;
    let mut out = String::new();
    for definition in &module.definitions {
        let item = match &definition.shape {
            Shape::Object(_) => {
                let name = rust_names::shape(&definition.name);
                let item = structs.remove(&name).ok_or_else(|| problem(format!("`{name}` did not become a struct")))?;
                let table = outline::table(model, definition);
                format!("{}\n{table}", structure(model, module, definition, item))
            }
            Shape::String(StringShape { values: Some(_), .. }) => open_enum(definition),
            Shape::String(string) if string.drs.unit.as_deref() == Some("percent") => percent(definition),
            Shape::String(string) => string_id(definition, string),
        };
        out.push('\n');
        out.push_str(&item);
    }
    out.push_str(&patterns(module));
    Ok(out)
}

/// Runs typify over the lowered definitions of a module; a definition of another module is replaced by its path.
fn structures(model: &Model, module: &Module) -> Result<BTreeMap<String, syn::ItemStruct>, String> {
    let mut settings = TypeSpaceSettings::default();
    settings.with_derive("PartialEq".into()).with_map_type("::std::collections::BTreeMap");
    settings.with_replacement(REDACTED, "crate::Redacted", std::iter::empty());
    let mut definitions = serde_json::Map::new();
    definitions.insert(REDACTED.into(), serde_json::json!({ "type": "string" }));
    for definition in model.definitions().filter(|d| d.module == module.name || d.module == COMMON) {
        let here = definition.module == module.name;
        if !here || definition.string().is_some() {
            let name = rust_names::shape(&definition.name);
            let path = if here { name } else { format!("crate::common::{name}") };
            settings.with_replacement(rust_names::unique_shape(&definition.name), path, std::iter::empty());
        }
        definitions.insert(definition.name.clone(), lower(definition));
    }
    let definitions = serde_json::from_value::<BTreeMap<String, schemars08::schema::Schema>>(definitions.into())
        .map_err(|error| error.to_string())?;
    let mut space = TypeSpace::new(&settings);
    space.add_ref_types(definitions).map_err(|error| error.to_string())?;
    let mut file: syn::File = syn::parse2(space.to_stream()).map_err(|error| error.to_string())?;
    WithoutVersion(module).visit_file_mut(&mut file);
    let structs = file.items.into_iter().filter_map(|item| match item {
        syn::Item::Struct(item) => Some((item.ident.to_string(), item)),
        _ => None,
    });
    Ok(structs.collect())
}

/// Restores the order of the page, adds documentation and accessors, and for requests also constructors and checks.
fn structure(model: &Model, module: &Module, definition: &Definition, mut item: syn::ItemStruct) -> String {
    ShortPaths.visit_item_struct_mut(&mut item);
    let mut fields: BTreeMap<String, syn::Field> = match item.fields {
        syn::Fields::Named(fields) => {
            fields.named.into_iter().filter_map(|field| Some((field.ident.as_ref()?.to_string(), field))).collect()
        }
        _ => BTreeMap::new(),
    };
    let name = &item.ident;
    let received = Reading::of(definition) == Reading::Tolerant;
    let mut members = Vec::new();
    let mut accessors = Vec::new();
    let mut of_request = Vec::new();
    for (wire, property) in definition.properties() {
        let Some(mut field) = fields.remove(&rust_names::field_of(wire, property)) else { continue };
        field.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
        if property.drs.rust_name.is_some() {
            field.attrs.push(syn::parse_quote!(#[serde(rename = #wire)]));
        }
        if property.ty.is_union() {
            unions::retype(&mut field, model, definition, &property.ty, !received);
        }
        let is_optional = field.attrs.iter().any(unions::is_optional);
        let keeps_null = !received && property.ty.is_nullable();
        if let Some(reader) = lower::reader(&property.ty, keeps_null, is_optional) {
            let default = is_optional.then(|| quote!(default,));
            field.attrs.push(syn::parse_quote!(#[serde(#default deserialize_with = #reader)]));
        }
        let docs = docs::field(definition, wire, property);
        let (ident, ty) = (&field.ident, &field.ty);
        if let Some(element) = optional_list(ty) {
            let docs = Docs::new(format!("The items of `{wire}`; none when it is missing or null."));
            accessors.push(quote! { #docs #[must_use] pub fn #ident(&self) -> &[#element] {
                self.#ident.as_deref().unwrap_or_default()
            } });
        }
        if let (true, Some(name)) = (definition.sent, ident.clone()) {
            let (inside, required) = (inside_option(ty), definition.requires(wire));
            of_request.push(constructors::Field {
                name,
                ty: inside.unwrap_or(ty).clone(),
                required,
                in_option: inside.is_some(),
            });
        }
        let attributes = &field.attrs;
        members.push(quote! { #docs #(#attributes)* pub #ident: #ty });
    }
    let docs = docs::definition(definition);
    let is_required = of_request.iter().any(|field| field.required);
    let default = (received || !is_required).then(|| quote!(Default,));
    let (new, required) = if definition.sent {
        constructors::new(name, &format!("A `{name}`"), &of_request)
    } else {
        (TokenStream::new(), None)
    };
    let methods = (definition.sent || !accessors.is_empty()).then(|| quote!(impl #name { #new #(#accessors)* }));
    let checks = definition.sent.then(|| check_impl(module, definition, received));
    let setters = constructors::setters(name, &of_request);
    let rust = render(quote! {
        #docs
        #[derive(Clone, Debug, #default PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        #[non_exhaustive]
        pub struct #name { #(#members),* }
        #methods
        #required
        #checks
    });
    rust + &setters
}

/// Returns `T` of `Option<T>`.
fn inside_option(ty: &syn::Type) -> Option<&syn::Type> {
    argument(ty, "Option")
}

/// Returns `T` of `Option<Vec<T>>`.
fn optional_list(ty: &syn::Type) -> Option<&syn::Type> {
    argument(inside_option(ty)?, "Vec")
}

fn argument<'a>(ty: &'a syn::Type, name: &str) -> Option<&'a syn::Type> {
    let syn::Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|segment| segment.ident == name)?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// Renames types: typify has the unique name of a definition, and the module of a version needs only the vendor's name.
struct WithoutVersion<'a>(&'a Module);

impl VisitMut for WithoutVersion<'_> {
    fn visit_ident_mut(&mut self, ident: &mut syn::Ident) {
        let own = self.0.definitions.iter().find(|definition| *ident == rust_names::unique_shape(&definition.name));
        if let Some(definition) = own {
            *ident = format_ident!("{}", rust_names::shape(&definition.name));
        }
    }
}

/// Shortens paths such as `::std::option::Option` to `Option`. The prelude has the names that Rust's prelude lacks.
struct ShortPaths;

impl VisitMut for ShortPaths {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        syn::visit_mut::visit_path_mut(self, path);
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        if let ["std", "option", "Option"]
        | ["std", "vec", "Vec"]
        | ["std", "string", "String"]
        | ["std", "collections", "BTreeMap"] = names.as_slice()
            && let Some(last) = path.segments.pop()
        {
            *path = last.into();
        }
    }

    fn visit_attribute_mut(&mut self, attribute: &mut syn::Attribute) {
        // serde takes this path as a string, where the short form also works.
        if attribute.path().is_ident("serde") {
            let text =
                quote!(#attribute).to_string().replace("\"::std::option::Option::is_none\"", "\"Option::is_none\"");
            if let Ok(mut parsed) = syn::parse::Parser::parse_str(syn::Attribute::parse_outer, &text)
                && let Some(parsed) = parsed.pop()
            {
                *attribute = parsed;
            }
        }
    }
}

/// Generates an open set of values, as a call of the macro that all of them share.
fn open_enum(definition: &Definition) -> String {
    let mut out = format!("open_enum! {{\n{}", docs::definition(definition).comment("    "));
    out.push_str(&format!("    pub enum {} {{\n", rust_names::shape(&definition.name)));
    for (value, meaning) in definition.meanings() {
        out.push_str(&format!("        {} = {value:?} => {:?},\n", rust_names::variant(value), meaning.text()));
    }
    out.push_str("    }\n}\n");
    let last: Vec<&String> = definition.last().collect();
    if !last.is_empty() {
        out.push('\n');
        out.push_str(&final_values(&definition.name, &last));
    }
    let codes = definition.meanings().filter_map(|(value, meaning)| Some((value, meaning.code()?)));
    let codes: Vec<(&str, &CodeFacts)> = codes.collect();
    if !codes.is_empty() {
        out.push('\n');
        out.push_str(&code_facts(&definition.name, &codes));
    }
    out
}

/// Generates the method that says after which values no other follows.
fn final_values(name: &str, last: &[&String]) -> String {
    let name = format_ident!("{}", rust_names::shape(name));
    let variants = last.iter().map(|value| format_ident!("{}", rust_names::variant(value)));
    render(quote! {
        impl #name {
            #[doc = " Whether no other value follows. A value that is not listed is not final."]
            #[must_use]
            pub fn is_final(&self) -> bool {
                matches!(self, #(Self::#variants)|*)
            }
        }
    })
}

/// Generates the facts about each error code besides its meaning.
fn code_facts(name: &str, codes: &[(&str, &CodeFacts)]) -> String {
    let name = format_ident!("{}", rust_names::shape(name));
    let mut status_arms: BTreeMap<u16, Vec<syn::Ident>> = BTreeMap::new();
    let mut retry_arms: BTreeMap<String, Vec<syn::Ident>> = BTreeMap::new();
    for (code, facts) in codes {
        let variant = format_ident!("{}", rust_names::variant(code));
        status_arms.entry(facts.status).or_default().push(variant.clone());
        retry_arms.entry(rust_names::variant(&facts.retry)).or_default().push(variant);
    }
    let status_arms = status_arms.iter().map(|(status, variants)| {
        let status = proc_macro2::Literal::u16_unsuffixed(*status);
        quote!(#(Self::#variants)|* => Some(#status))
    });
    let retry_arms = retry_arms.iter().map(|(retry, variants)| {
        let retry = format_ident!("{retry}");
        quote!(#(Self::#variants)|* => Some(crate::Retry::#retry))
    });
    render(quote! {
        impl #name {
            #[doc = " The HTTP status that the documentation gives for this code; `None` for an unlisted one."]
            #[must_use]
            pub fn status(&self) -> Option<u16> {
                match self { #(#status_arms,)* Self::Unlisted(_) => None }
            }

            #[doc = " Whether the same request may be sent again after this code; `None` for an unlisted one."]
            #[must_use]
            pub fn retry(&self) -> Option<crate::Retry> {
                match self { #(#retry_arms,)* Self::Unlisted(_) => None }
            }
        }
    })
}

/// Generates the type of an id.
fn string_id(definition: &Definition, string: &StringShape) -> String {
    let min = string.limits.min_length.unwrap_or(0);
    let max = string.limits.max_length.map_or(String::new(), |max| format!("={max}"));
    let docs = docs::definition(definition).comment("    ");
    format!("string_id! {{\n{docs}    pub struct {}({min}..{max});\n}}\n", rust_names::shape(&definition.name))
}

/// Generates an alias for a percentage: all of them have the same type.
fn percent(definition: &Definition) -> String {
    let docs = docs::definition(definition).comment("");
    format!("{docs}pub type {} = crate::Percent;\n", rust_names::shape(&definition.name))
}

/// Returns the Rust type of a parameter; a named one is in a module.
#[must_use]
pub fn parameter_type(parameter: &Parameter, module: &str) -> syn::Type {
    match &parameter.schema.ty {
        Type::Named(name) => {
            let (module, name) = (rust_names::module(module), format_ident!("{}", rust_names::shape(name)));
            syn::parse_quote!(crate::#module::#name)
        }
        Type::Integer => syn::parse_quote!(i64),
        Type::Boolean => syn::parse_quote!(bool),
        _ => syn::parse_quote!(String),
    }
}
