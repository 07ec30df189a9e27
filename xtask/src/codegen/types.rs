//! The Rust of one module: typify makes the structures, this makes them pleasant.

use std::collections::{BTreeMap, BTreeSet};

use quote::{format_ident, quote};
use serde_json::Value;
use syn::visit_mut::VisitMut;
use typify::{TypeSpace, TypeSpaceSettings};

use super::docs::{self, Docs};
use super::lower::{self, REDACTED, Side, lower};
use super::model::{Definition, Model, Module, target};
use super::outline;
use super::request_checks::{check_impl, patterns};
use super::rust_names;
use super::shape;
use super::source::Problem;
use super::unions;

/// The definitions of a module as Rust items, in the order of the page.
///
/// # Errors
/// What typify said about a schema that it cannot express.
pub fn module(model: &Model, module: &Module) -> Result<String, Problem> {
    let problem = |message: String| Problem {
        file: module.source.clone(),
        line: 0,
        pointer: String::new(),
        message: format!("typify cannot express this: {message}"),
    };
    let mut structs = structures(model, module).map_err(problem)?;
    let mut out = String::new();
    for definition in &module.definitions {
        let item = if definition.schema["type"] == "object" {
            let name = rust_names::shape(&definition.name);
            let item = structs.remove(&name).ok_or_else(|| problem(format!("`{name}` did not become a structure")))?;
            let table = outline::table(model, definition);
            format!("{}\n{table}", structure(model, module, definition, item))
        } else if definition.schema["enum"].is_array() {
            open_enum(definition)
        } else if definition.schema["x-drs"]["unit"] == "percent" {
            percent(definition)
        } else {
            text_id(definition)
        };
        out.push('\n');
        out.push_str(&item);
    }
    out.push_str(&patterns(module));
    Ok(out)
}

/// Runs typify over the lowered definitions of a module; what is defined elsewhere is replaced by its path.
fn structures(model: &Model, module: &Module) -> Result<BTreeMap<String, syn::ItemStruct>, String> {
    let mut settings = TypeSpaceSettings::default();
    settings.with_derive("PartialEq".into()).with_map_type("::std::collections::BTreeMap");
    settings.with_replacement(REDACTED, "crate::Redacted", std::iter::empty());
    let mut definitions = serde_json::Map::new();
    definitions.insert(REDACTED.into(), serde_json::json!({ "type": "string" }));
    for definition in model.definitions().filter(|d| d.module == module.name || d.module == "common") {
        let here = definition.module == module.name;
        if !here || definition.schema["type"] == "string" {
            let name = rust_names::shape(&definition.name);
            let path = if here { name.clone() } else { format!("super::common::{name}") };
            settings.with_replacement(name, path, std::iter::empty());
        }
        definitions.insert(definition.name.clone(), lower(definition));
    }
    let definitions =
        serde_json::from_value::<BTreeMap<String, schemars08::schema::Schema>>(Value::Object(definitions))
            .map_err(|error| error.to_string())?;
    let mut space = TypeSpace::new(&settings);
    space.add_ref_types(definitions).map_err(|error| error.to_string())?;
    let file: syn::File = syn::parse2(space.to_stream()).map_err(|error| error.to_string())?;
    let structs = file.items.into_iter().filter_map(|item| match item {
        syn::Item::Struct(item) => Some((item.ident.to_string(), item)),
        _ => None,
    });
    Ok(structs.collect())
}

/// Restores the order of the page, adds documentation, accessors, a constructor and the checks of what we send.
fn structure(model: &Model, module: &Module, definition: &Definition, mut item: syn::ItemStruct) -> String {
    ShortPaths.visit_item_struct_mut(&mut item);
    let mut fields: BTreeMap<String, syn::Field> = match item.fields {
        syn::Fields::Named(fields) => {
            fields.named.into_iter().filter_map(|field| Some((field.ident.as_ref()?.to_string(), field))).collect()
        }
        _ => BTreeMap::new(),
    };
    let name = &item.ident;
    let received = Side::of(definition) == Side::Received;
    let mut members = Vec::new();
    let mut accessors = Vec::new();
    let mut mandatory = Vec::new();
    let mut optional = Vec::new();
    let required: BTreeSet<&str> = definition.required().collect();
    for property in &definition.fields {
        let schema = &definition.schema["properties"][property];
        let Some(mut field) = fields.remove(&rust_names::field_of(property, schema)) else { continue };
        field.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
        if schema["x-drs"]["rust_name"].is_string() {
            field.attrs.push(syn::parse_quote!(#[serde(rename = #property)]));
        }
        if shape::is_union(schema) {
            unions::retype(&mut field, model, definition, schema, !received);
        }
        let is_optional = field.attrs.iter().any(unions::is_optional);
        let keeps_null = !received && shape::is_nullable(schema);
        if let Some(reader) = lower::reader(schema, keeps_null, is_optional) {
            let default = is_optional.then(|| quote!(default,));
            field.attrs.push(syn::parse_quote!(#[serde(#default deserialize_with = #reader)]));
        }
        let docs = docs::field(definition, property);
        let (ident, ty) = (&field.ident, &field.ty);
        if let Some(element) = optional_list(ty) {
            let docs = Docs::new(format!("`{property}` as a list: empty when it is missing or null."));
            accessors.push(quote! { #docs #[must_use] pub fn #ident(&self) -> &[#element] {
                self.#ident.as_deref().unwrap_or_default()
            } });
        }
        if required.contains(property.as_str()) {
            mandatory.push((field.ident.clone(), ty.clone()));
        } else {
            optional.push(field.ident.clone());
        }
        let attributes = &field.attrs;
        members.push(quote! { #docs #(#attributes)* pub #ident: #ty });
    }
    let docs = docs::definition(definition);
    let default = (received || mandatory.is_empty()).then(|| quote!(Default,));
    let non_exhaustive = received.then(|| quote!(#[non_exhaustive]));
    let constructor = (definition.sent && !mandatory.is_empty()).then(|| constructor(name, &mandatory, &optional));
    let methods = constructor.into_iter().chain(accessors).collect::<Vec<_>>();
    let methods = (!methods.is_empty()).then(|| quote!(impl #name { #(#methods)* }));
    let checks = definition.sent.then(|| check_impl(module, definition, received));
    render(quote! {
        #docs
        #[derive(Clone, Debug, #default PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        #non_exhaustive
        pub struct #name { #(#members),* }
        #methods
        #checks
    })
}

fn constructor(
    name: &syn::Ident,
    mandatory: &[(Option<syn::Ident>, syn::Type)],
    optional: &[Option<syn::Ident>],
) -> proc_macro2::TokenStream {
    let arguments = mandatory.iter().map(|(ident, ty)| {
        let ty = inside_option(ty).unwrap_or(ty);
        quote!(#ident: #ty)
    });
    let values = mandatory.iter().map(|(ident, ty)| match inside_option(ty) {
        Some(_) => quote!(#ident: Some(#ident)),
        None => quote!(#ident),
    });
    let values = values.chain(optional.iter().map(|ident| quote!(#ident: None)));
    let docs = Docs::new(format!("A `{name}` with what is mandatory."));
    quote! { #docs #[must_use] pub fn new(#(#arguments),*) -> Self { Self { #(#values),* } } }
}

/// The tokens of a piece of a file as formatted text.
#[must_use]
pub fn render(tokens: proc_macro2::TokenStream) -> String {
    let shown = tokens.to_string();
    match syn::parse2(tokens) {
        Ok(file) => prettyplease::unparse(&file),
        // Only a mistake in the generator itself comes here; the text shows it, and the compiler refuses it.
        Err(error) => format!("compile_error!({:?});\n", format!("{error} in {shown}")),
    }
}

/// `T` of `Option<T>`.
fn inside_option(ty: &syn::Type) -> Option<&syn::Type> {
    argument(ty, "Option")
}

/// `T` of `Option<Vec<T>>`.
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

/// typify writes `::std::option::Option`; a reader wants `Option`. The prelude has what the language has not.
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
        // serde takes this path as a text, where the shorter form works as well.
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

/// An open set of values, as a call of the macro that all of them share.
fn open_enum(definition: &Definition) -> String {
    let mut out = format!("open_enum! {{\n{}", docs::definition(definition).comment("    "));
    out.push_str(&format!("    pub enum {} {{\n", rust_names::shape(&definition.name)));
    let values = &definition.schema["x-drs"]["values"];
    for value in definition.schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let text = values[value].as_str().or_else(|| values[value]["text"].as_str()).unwrap_or_default();
        out.push_str(&format!("        {} = {value:?} => {text:?},\n", rust_names::variant(value)));
    }
    out.push_str("    }\n}\n");
    if definition.schema["enum"][0].as_str().is_some_and(|first| values[first].is_object()) {
        out.push('\n');
        out.push_str(&code_facts(definition));
    }
    out
}

/// What is known of each error code besides its text.
fn code_facts(definition: &Definition) -> String {
    let name = format_ident!("{}", rust_names::shape(&definition.name));
    let values = definition.schema["x-drs"]["values"].as_object();
    let known: Vec<(syn::Ident, &Value)> = definition.schema["enum"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .filter_map(|value| Some((format_ident!("{}", rust_names::variant(value)), values?.get(value)?)))
        .collect();
    let mut status_arms: BTreeMap<u64, Vec<&syn::Ident>> = BTreeMap::new();
    let mut retry_arms: BTreeMap<String, Vec<&syn::Ident>> = BTreeMap::new();
    for (variant, facts) in &known {
        status_arms.entry(facts["status"].as_u64().unwrap_or_default()).or_default().push(variant);
        retry_arms.entry(rust_names::variant(facts["retry"].as_str().unwrap_or_default())).or_default().push(variant);
    }
    let status_arms = status_arms.iter().map(|(status, variants)| {
        let status = proc_macro2::Literal::u16_unsuffixed(u16::try_from(*status).unwrap_or_default());
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

/// A text that is an id.
fn text_id(definition: &Definition) -> String {
    let min = definition.schema["minLength"].as_u64().unwrap_or(0);
    let max = definition.schema["maxLength"].as_u64().map_or(String::new(), |max| format!("={max}"));
    let docs = docs::definition(definition).comment("    ");
    format!("text_id! {{\n{docs}    pub struct {}({min}..{max});\n}}\n", rust_names::shape(&definition.name))
}

/// A percent text: all of them are one type.
fn percent(definition: &Definition) -> String {
    let docs = docs::definition(definition).comment("");
    format!("{docs}pub type {} = crate::Percent;\n", rust_names::shape(&definition.name))
}

/// The Rust type of a parameter; one that has a name is of a module.
#[must_use]
pub fn parameter_type(parameter: &super::model::Parameter, module: &str) -> syn::Type {
    match (&parameter.definition, parameter.value["schema"]["type"].as_str()) {
        (Some(name), _) => {
            let (module, name) = (format_ident!("{module}"), format_ident!("{}", rust_names::shape(name)));
            syn::parse_quote!(super::#module::#name)
        }
        (None, Some("integer")) => syn::parse_quote!(i64),
        (None, Some("boolean")) => syn::parse_quote!(bool),
        (None, _) => syn::parse_quote!(String),
    }
}
