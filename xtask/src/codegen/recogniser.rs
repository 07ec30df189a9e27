//! The recogniser: the strict reading as Rust that walks over bytes and builds nothing.
//!
//! It may only say "clean" when the full reading would. A rule that has no quick check makes a payload suspect, and the
//! full reading decides.

mod demands;
mod members;
mod rivals;

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToShoutySnakeCase, ToSnakeCase};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use serde_json::{Value, json};

use super::model::{Definition, Model, target};
use super::pattern;
use super::rust_names;
use super::shape;
use super::types::render;
use members::Rules;

/// More members than a set of bits holds are left to the full reading.
const MOST_FIELDS: usize = 128;

/// The recogniser of every body.
#[must_use]
pub fn module(model: &Model) -> String {
    let mut bodies: Vec<&str> = Vec::new();
    for operation in &model.operations {
        for name in operation.request.iter().chain(operation.responses.iter().map(|(_, name)| name)) {
            if !bodies.contains(&name.as_str()) {
                bodies.push(name);
            }
        }
    }
    let mut out = Recogniser { model, patterns: BTreeMap::new() };
    let mut reached = BTreeSet::new();
    model.reach(bodies.iter().map(|name| (*name).to_owned()), &mut reached);
    let reached = model.definitions().filter(|definition| reached.contains(&definition.name));
    let reached: Vec<&Definition> = reached.collect();
    let functions: Vec<String> = reached.iter().map(|definition| render(out.definition(definition))).collect();
    let shapes = reached.iter().filter(|definition| definition.schema["type"] == "object");
    let shapes: Vec<String> = shapes.map(|definition| render(out.shape(definition))).collect();
    let objects = reached.iter().filter(|definition| definition.schema["type"] == "object");
    let demands: Vec<String> = objects.map(|definition| render(out.demands(definition))).collect();
    let definitions: Vec<&Definition> = bodies.iter().filter_map(|name| model.definition(name)).collect();
    let rows = bodies.iter().map(|name| {
        let function = function(name);
        let shape = shape_name(name);
        let module = format_ident!("{}", model.definition(name).map_or("common", |definition| &definition.module));
        let ty = format_ident!("{}", rust_names::shape(name));
        let demands = demands::name(name);
        let one = definitions.iter().find(|definition| definition.name == *name);
        let rivals = one.into_iter().flat_map(|one| {
            let all = definitions.iter().zip(0_usize..);
            all.filter(|(other, _)| out.is_rival(one, other, &mut BTreeSet::new())).map(|(_, index)| index)
        });
        let rivals: Vec<Literal> = rivals.map(Literal::usize_unsuffixed).collect();
        let outline = quote!(drs_types::#module::#ty::OUTLINE);
        quote! { Body { schema: #name, outline: #outline, secret: OnceLock::new(), recognise: #function, shape: &#shape, demands: &#demands, rivals: &[#(#rivals),*] } }
    });
    let count = Literal::usize_unsuffixed(bodies.len());
    let table = render(quote! {
        /// Every body that an operation sends or receives, each once.
        pub(crate) static BODIES: [Body; #count] = [#(#rows),*];
    });
    let patterns: Vec<String> =
        out.patterns.iter().map(|(pattern, name)| render(pattern::table(pattern, &format_ident!("{name}")))).collect();
    let uses = "use std::sync::OnceLock;\n\nuse drs_types::Outlined;\nuse drs_types::pattern::Pattern;\n\nuse crate::definitions::Definition;\nuse crate::demands::Demands;\nuse crate::recogniser::{Body, Shape};\nuse crate::scanner::Scanner;\nuse crate::text::Text;\n";
    [vec![uses.to_owned(), table], shapes, demands, functions, patterns].concat().join("\n")
}

struct Recogniser<'a> {
    model: &'a Model,
    /// The name of the table of each pattern.
    patterns: BTreeMap<String, String>,
}

impl Recogniser<'_> {
    fn definition(&mut self, definition: &Definition) -> TokenStream {
        let name = function(&definition.name);
        if let Some(listed) = definition.schema["enum"].as_array() {
            let listed = listed.iter().filter_map(Value::as_str).zip(0_usize..).map(|(value, index)| {
                let (rest, index) =
                    (Literal::byte_string(quoted_end(value).as_bytes()), Literal::usize_unsuffixed(index));
                quote! { if s.name(#rest) { Some(#index) } }
            });
            return quote! {
                #[inline]
                fn #name(s: &mut Scanner<'_>) -> Option<usize> {
                    s.quote()?;
                    #(#listed else)* { s.unlisted() }
                }
            };
        }
        if definition.schema["type"] == "string" {
            let checks = self.text_checks(&definition.schema);
            return quote! {
                #[inline]
                fn #name<'a>(s: &mut Scanner<'a>) -> Option<Text<'a>> {
                    let text = s.text()? #checks;
                    Some(text)
                }
            };
        }
        if definition.fields.len() > MOST_FIELDS {
            return quote! { fn #name(_: &mut Scanner<'_>) -> Option<u128> { None } };
        }
        let rules = Rules::of(definition);
        let mut locals = Vec::new();
        let arms: Vec<TokenStream> = definition
            .fields
            .iter()
            .zip(0_u32..)
            .map(|(field, index)| {
                let property = &definition.schema["properties"][field];
                let value = self.value(property, self.is_answer_list(definition, field));
                let index = Literal::u32_unsuffixed(index);
                let name = Literal::byte_string(quoted_end(field).as_bytes());
                let keep = rules.keep(self.model, definition, field, &mut locals);
                let noted = self.is_id(definition, field).then(|| quote!(s.note(value)?;));
                if keep.is_none() && noted.is_none() {
                    quote! { if s.member(#name) { #value; #index } }
                } else {
                    quote! { if s.member(#name) { let value = #value; #keep #noted #index } }
                }
            })
            .collect();
        let required = definition.schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let required = required.filter_map(|name| definition.fields.iter().position(|field| field == name));
        let required = required.fold(0_u128, |bits, index| bits | (1 << index));
        let required = (required != 0).then(|| {
            let bits = Literal::u128_unsuffixed(required);
            quote! { if seen & #bits != #bits { return s.misfit(); } }
        });
        let kept = rules.kept(definition);
        quote! {
            fn #name(s: &mut Scanner<'_>) -> Option<u128> {
                #(#locals)*
                let seen = s.object(|s| Some(#(#arms else)* { return s.unknown() }))?;
                #required
                #kept
                Some(seen)
            }
        }
    }

    /// What the full reading may pass over: an object that is recognised as clean, and that no rule needs to look at
    /// again. In its place stands an empty object, so that must be allowed.
    fn shape(&self, definition: &Definition) -> TokenStream {
        let (shape, function) = (shape_name(&definition.name), function(&definition.name));
        let fields = definition.fields.iter().filter_map(|field| {
            let property = &definition.schema["properties"][field];
            // Empty objects would be equal to each other.
            let items = if property["uniqueItems"] == true { &Value::Null } else { &property["items"] };
            let reference = property["$ref"].as_str().or_else(|| items["$ref"].as_str())?;
            let below = self.model.definition(&target(reference))?;
            let below = (below.schema["type"] == "object").then(|| shape_name(&below.name))?;
            Some(quote!((#field, &#below)))
        });
        let required = definition.schema["required"].as_array().is_some_and(|required| !required.is_empty());
        let has_id = definition.fields.iter().any(|field| self.is_id(definition, field));
        let passable = !required && !has_id;
        quote! {
            static #shape: Shape = Shape { recognise: #function, passable: #passable, fields: &[#(#fields),*] };
        }
    }

    /// Reads the value of a property; an expression that leaves the function when it is suspect.
    fn value(&mut self, schema: &Value, distinct_ids: bool) -> TokenStream {
        if shape::is_nullable(schema) || shape::types(schema).len() > 1 || schema["anyOf"].is_array() {
            return self.union(schema);
        }
        if let Some(reference) = schema["$ref"].as_str() {
            let function = function(&target(reference));
            let checks = self.text_checks(schema);
            let doubt = listed(self.model, schema).is_some() && !checks.is_empty();
            return if doubt { doubtful() } else { quote!(#function(s)? #checks) };
        }
        match schema["type"].as_str() {
            Some("string") if schema["x-drs"]["form"] == "item_data" => quote!(s.item_data()?),
            Some("string") => {
                let checks = self.text_checks(schema);
                quote!(s.text()? #checks)
            }
            Some("boolean") => quote!(s.boolean()?),
            Some("integer") => match bounds(schema) {
                Some(bounds) => quote!(s.integer().filter(|number| #bounds.contains(number))?),
                None => quote!(s.integer()?),
            },
            Some("number") if schema.get("minimum").is_none() && schema.get("maximum").is_none() => {
                quote!(s.number()?)
            }
            Some("array") => self.list(schema, distinct_ids),
            Some("object") => {
                let value = self.value(&schema["additionalProperties"], false);
                quote!(s.map(|s| { #value; Some(()) })?)
            }
            _ => doubtful(),
        }
    }

    /// A value of one of several JSON types; its first byte tells which. Rules that need the value are left to the full
    /// reading.
    fn union(&mut self, schema: &Value) -> TokenStream {
        let empty_text = schema["anyOf"][1]["const"].is_string();
        if schema["x-drs"]["counts"].is_string() {
            return quote!(None::<i64>?);
        }
        if schema["x-drs"]["form"].is_string() || empty_text {
            return doubtful();
        }
        let mut branches = Vec::new();
        if shape::is_nullable(schema) {
            branches.push(quote!(Some(b'n') => s.null()?,));
        }
        let mut one = schema.clone();
        if schema["anyOf"].is_array() {
            let value = self.value(&schema["anyOf"][0].clone(), false);
            branches.push(quote!(_ => { #value; }));
        }
        for kind in shape::types(schema) {
            one["type"] = Value::from(kind);
            let value = self.value(&one, false);
            let first = match kind {
                "string" => quote!(Some(b'"')),
                "array" => quote!(Some(b'[')),
                "object" => quote!(Some(b'{')),
                "boolean" => quote!(Some(b't' | b'f')),
                _ => quote!(Some(b'-' | b'0'..=b'9')),
            };
            branches.push(quote!(#first => { #value; }));
        }
        if !schema["anyOf"].is_array() {
            branches.push(quote!(_ => return None,));
        }
        quote!(match s.first() { #(#branches)* })
    }

    fn list(&mut self, schema: &Value, distinct_ids: bool) -> TokenStream {
        let unique = schema["uniqueItems"] == true;
        let element = self.value(&schema["items"], false);
        let element = match (unique, self.is_plain_text(&schema["items"])) {
            (true, true) => quote!({ let value = #element; s.note(value)?; }),
            (true, false) => doubtful(),
            (false, _) => element,
        };
        let list = quote!(s.list(|s| { #element; Some(()) })?);
        let least = schema["minItems"].as_u64().unwrap_or_default();
        let list = match (least, schema["maxItems"].as_u64()) {
            (0, None) => list,
            (least, most) => {
                let least = Literal::u64_unsuffixed(least);
                let bounds = match most.map(Literal::u64_unsuffixed) {
                    Some(most) => quote!((#least..=#most)),
                    None => quote!((#least..)),
                };
                quote!(Some(#list).filter(|length| #bounds.contains(length))?)
            }
        };
        if unique || distinct_ids {
            quote!({ let since = s.noted(); let length = #list; s.distinct(since)?; length })
        } else {
            list
        }
    }

    /// The checks of a text's own rules, to be appended to it.
    fn text_checks(&mut self, schema: &Value) -> TokenStream {
        let limit = |key: &str| schema[key].as_u64().map(Literal::u64_unsuffixed);
        let length = match (limit("minLength"), limit("maxLength")) {
            (None, None) => None,
            (least, most) => {
                let least = least.map_or(quote!(0), |least| quote!(#least));
                let most = most.map_or(quote!(usize::MAX), |most| quote!(#most));
                Some(quote!(.of_length(#least, #most)?))
            }
        };
        let pattern = schema["pattern"].as_str().map(|pattern| self.pattern(pattern));
        let pattern = pattern.map(|name| quote!(.matching(&#name)?));
        quote!(#length #pattern)
    }

    /// The name of the table of a pattern.
    fn pattern(&mut self, pattern: &str) -> proc_macro2::Ident {
        let next = format!("PATTERN_{}", self.patterns.len());
        format_ident!("{}", self.patterns.entry(pattern.to_owned()).or_insert(next))
    }

    /// Whether the value of this schema is a text that no list limits.
    fn is_plain_text(&self, schema: &Value) -> bool {
        let definition = shape::named(schema).and_then(|name| self.model.definition(&name));
        let schema = definition.map_or(schema, |definition| &definition.schema);
        schema["type"] == "string" && schema["enum"].is_null()
    }

    /// Whether a field holds the answers of a batch, whose ids must differ.
    fn is_answer_list(&self, definition: &Definition, field: &str) -> bool {
        self.batches(|batch, answer| {
            answer == Some(definition.name.as_str()) && batch["answers"].as_str() == Some(&format!("/{field}"))
        })
    }

    /// Whether a field is the id in an answer of a batch.
    fn is_id(&self, definition: &Definition, field: &str) -> bool {
        self.batches(|batch, answer| {
            let answers = batch["answers"].as_str().and_then(|pointer| pointer.strip_prefix('/'));
            let answer = answer.and_then(|name| self.model.definition(name));
            let row = answer
                .zip(answers)
                .and_then(|(answer, list)| answer.schema["properties"][list]["items"]["$ref"].as_str().map(target));
            row.as_deref() == Some(definition.name.as_str()) && batch["id"].as_str() == Some(&format!("/{field}"))
        })
    }

    fn batches(&self, fits: impl Fn(&Value, Option<&str>) -> bool) -> bool {
        self.model.operations.iter().any(|operation| {
            let batch = &operation.value["x-drs"]["batch"];
            batch.is_object()
                && batch["repeats"] != true
                && fits(batch, operation.success().map(|(_, name)| name.as_str()))
        })
    }
}

fn shape_name(definition: &str) -> proc_macro2::Ident {
    format_ident!("{}", definition.to_shouty_snake_case())
}

fn function(definition: &str) -> proc_macro2::Ident {
    format_ident!("{}", definition.to_snake_case())
}

/// A text as it stands in JSON, from behind its first quote.
fn quoted_end(text: &str) -> String {
    json!(text).to_string().split_off(1)
}

/// An expression that calls the payload suspect.
fn doubtful() -> TokenStream {
    quote!(None::<()>?)
}

/// The listed values of a text.
fn listed<'a>(model: &'a Model, schema: &Value) -> Option<&'a [Value]> {
    let definition = model.definition(&target(schema["$ref"].as_str()?))?;
    definition.schema["enum"].as_array().map(Vec::as_slice)
}

/// The bounds of a whole number. Bounds that are no whole numbers are left to the full reading.
fn bounds(schema: &Value) -> Option<TokenStream> {
    let limit = |key: &str| match schema.get(key) {
        None => Some(None),
        Some(limit) => limit.as_i64().map(|limit| Some(Literal::i64_unsuffixed(limit))),
    };
    match (limit("minimum"), limit("maximum")) {
        (Some(None), Some(None)) => None,
        (Some(least), Some(Some(most))) => Some(quote!((#least..=#most))),
        (Some(least), Some(None)) => Some(quote!((#least..))),
        _ => Some(quote!((0..0))),
    }
}
