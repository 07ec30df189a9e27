//! The recogniser: the strict reading as Rust code that scans bytes and allocates nothing.
//!
//! It may only report "clean" when the full reading would. A rule without a quick check makes a payload suspect, and the
//! full reading decides.

mod demands;
mod members;
mod rivals;

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToShoutySnakeCase, ToSnakeCase};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::pattern;
use super::render::render;
use crate::schema::annotations::Form;
use crate::schema::{Definition, Limits, Model, Property, Shape, Type};
use members::Rules;

/// The size of the set of bits; the full reading checks objects with more members.
const MOST_FIELDS: usize = 128;

/// Generates the recognisers of all bodies.
#[must_use]
pub fn module(model: &Model) -> String {
    let mut bodies: Vec<&str> = Vec::new();
    for operation in &model.operations {
        for name in operation.bodies() {
            if !bodies.contains(&name.as_str()) {
                bodies.push(name);
            }
        }
    }
    let mut out = Recogniser { model, batches: Batches::of(model), patterns: BTreeMap::new() };
    let mut reached = BTreeSet::new();
    model.reach(bodies.iter().map(|name| (*name).to_owned()), &mut reached);
    let reached = model.definitions().filter(|definition| reached.contains(&definition.name));
    let reached: Vec<&Definition> = reached.collect();
    let functions: Vec<String> = reached.iter().map(|definition| render(out.definition(definition))).collect();
    let shapes = reached.iter().filter(|definition| definition.object().is_some());
    let shapes: Vec<String> = shapes.map(|definition| render(out.shape(definition))).collect();
    let objects = reached.iter().filter(|definition| definition.object().is_some());
    let demands: Vec<String> = objects.map(|definition| render(out.demands(definition))).collect();
    let definitions: Vec<&Definition> = bodies.iter().filter_map(|name| model.definition(name)).collect();
    let rows = bodies.iter().map(|name| {
        let function = function(name);
        let shape = shape_name(name);
        let one = definitions.iter().find(|definition| definition.name == *name);
        let rivals = one.into_iter().flat_map(|one| {
            let all = definitions.iter().zip(0_usize..);
            all.filter(|(other, _)| out.is_rival(one, other, &mut BTreeSet::new())).map(|(_, index)| index)
        });
        let rivals: Vec<Literal> = rivals.map(Literal::usize_unsuffixed).collect();
        quote! { Body { schema: #name, recognise: #function, shape: &#shape, rivals: &[#(#rivals),*] } }
    });
    let count = Literal::usize_unsuffixed(bodies.len());
    let table = render(quote! {
        /// Every body that an operation sends or receives, each once.
        pub(crate) static BODIES: [Body; #count] = [#(#rows),*];
    });
    let demanded = bodies.iter().map(|name| {
        let demands = demands::name(name);
        quote!((#name, &#demands))
    });
    let demanded = render(quote! {
        /// The demands of every body.
        pub(crate) static DEMANDS: [(&str, &Demands); #count] = [#(#demanded),*];
    });
    let patterns: Vec<String> =
        out.patterns.iter().map(|(pattern, name)| render(pattern::table(pattern, &format_ident!("{name}")))).collect();
    let uses = "use drs_types::__private::Pattern;\n\nuse crate::fast_path::scanner::Scanner;\nuse crate::fast_path::text::Text;\nuse crate::fast_path::{Body, Shape};\nuse crate::identify::demands::Demands;\nuse crate::schema::definitions::Definition;\n";
    [vec![uses.to_owned(), table, demanded], shapes, demands, functions, patterns].concat().join("\n")
}

struct Recogniser<'a> {
    model: &'a Model,
    batches: Batches<'a>,
    /// The name of the table of each pattern.
    patterns: BTreeMap<String, String>,
}

impl Recogniser<'_> {
    fn definition(&mut self, definition: &Definition) -> TokenStream {
        let name = function(&definition.name);
        if let Some(listed) = definition.listed() {
            let listed = listed.iter().zip(0_usize..).map(|(value, index)| {
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
        let object = match &definition.shape {
            Shape::Object(object) => object,
            Shape::String(string) => {
                let checks = self.text_checks(&string.limits);
                return quote! {
                    #[inline]
                    fn #name<'a>(s: &mut Scanner<'a>) -> Option<Text<'a>> {
                        let text = s.text()? #checks;
                        Some(text)
                    }
                };
            }
        };
        if object.properties.len() > MOST_FIELDS {
            return quote! { fn #name(_: &mut Scanner<'_>) -> Option<u128> { None } };
        }
        let rules = Rules::of(definition);
        let mut locals = Vec::new();
        let arms: Vec<TokenStream> = definition
            .properties()
            .zip(0_u32..)
            .map(|((field, property), index)| {
                let value = self.value(property, &property.ty, self.ids_in(definition, field));
                let index = Literal::u32_unsuffixed(index);
                let name = Literal::byte_string(quoted_end(field).as_bytes());
                let keep = rules.keep(self.model, (field, property), &mut locals);
                let noted = self.is_id(definition, field).then(|| quote!(s.note(value)?;));
                if keep.is_none() && noted.is_none() {
                    quote! { if s.member(#name) { #value; #index } }
                } else {
                    quote! { if s.member(#name) { let value = #value; #keep #noted #index } }
                }
            })
            .collect();
        let required = object.required.iter().filter_map(|name| object.properties.get_index_of(name));
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

    /// Generates the fields whose objects the full reading may skip once they are recognised as clean: no rule needs
    /// them again, and an empty object is valid in their place.
    fn shape(&self, definition: &Definition) -> TokenStream {
        let (shape, function) = (shape_name(&definition.name), function(&definition.name));
        let fields = definition.properties().filter_map(|(field, property)| {
            let element = property.ty.element().filter(|_| !property.limits.unique_items);
            // The empty objects would be duplicate items.
            let ((Type::Named(named), _) | (_, Some(Type::Named(named)))) =
                (&property.ty, element.map(|element| &element.ty))
            else {
                return None;
            };
            let below = self.model.definition(named)?;
            let below = below.object().map(|_| shape_name(&below.name))?;
            Some(quote!((#field, &#below)))
        });
        let required = definition.object().is_some_and(|object| !object.required.is_empty());
        let has_id = definition.properties().any(|(field, _)| self.is_id(definition, field));
        let passable = !required && !has_id;
        quote! {
            static #shape: Shape = Shape { recognise: #function, passable: #passable, fields: &[#(#fields),*] };
        }
    }

    /// Generates an expression that reads the value of a property as one of its types, and returns from the function
    /// when it is suspect.
    fn value(&mut self, property: &Property, ty: &Type, ids: Ids) -> TokenStream {
        let limits = &property.limits;
        match ty {
            Type::OneOf(_) | Type::Nullable(_) => self.union(property, ty),
            Type::Named(name) => {
                let function = function(name);
                let checks = self.text_checks(limits);
                let doubt = listed(self.model, ty).is_some() && !checks.is_empty();
                if doubt { doubtful() } else { quote!(#function(s)? #checks) }
            }
            Type::String if property.drs.form == Some(Form::ItemData) => quote!(s.item_data()?),
            Type::String => {
                let checks = self.text_checks(limits);
                quote!(s.text()? #checks)
            }
            Type::Boolean => quote!(s.boolean()?),
            Type::Integer => match bounds(limits) {
                Some(bounds) => quote!(s.integer().filter(|number| #bounds.contains(number))?),
                None => quote!(s.integer()?),
            },
            Type::Number if limits.minimum.is_none() && limits.maximum.is_none() => quote!(s.number()?),
            Type::Array(element) => self.list(limits, element, ids),
            Type::Map(value) => {
                let value = self.value(value, &value.ty, Ids::None);
                quote!(s.map(|s| { #value; Some(()) })?)
            }
            Type::Number | Type::EmptyString => doubtful(),
        }
    }

    /// Generates the check of a value of several JSON types, which its first byte tells apart. The full reading checks
    /// rules that need the value.
    fn union(&mut self, property: &Property, ty: &Type) -> TokenStream {
        if property.drs.counts.is_some() {
            return quote!(None::<i64>?);
        }
        if property.drs.form.is_some() || ty.may_be_empty() {
            return doubtful();
        }
        let mut branches = Vec::new();
        if ty.is_nullable() {
            branches.push(quote!(Some(b'n') => s.null()?,));
        }
        for one in ty.alternatives() {
            let value = self.value(property, one, Ids::None);
            let first = match one {
                Type::String => quote!(Some(b'"')),
                Type::Array(_) => quote!(Some(b'[')),
                Type::Map(_) => quote!(Some(b'{')),
                Type::Boolean => quote!(Some(b't' | b'f')),
                Type::Named(_) => quote!(_),
                _ => quote!(Some(b'-' | b'0'..=b'9')),
            };
            branches.push(quote!(#first => { #value; }));
        }
        if ty.named().is_none() {
            branches.push(quote!(_ => return None,));
        }
        quote!(match s.first() { #(#branches)* })
    }

    fn list(&mut self, limits: &Limits, element: &Property, ids: Ids) -> TokenStream {
        let unique = limits.unique_items;
        let is_noted = unique || ids == Ids::Items;
        let value = self.value(element, &element.ty, Ids::None);
        let element = match (is_noted, self.is_plain_text(&element.ty)) {
            (true, true) => quote!({ let value = #value; s.note(value)?; }),
            (true, false) => doubtful(),
            (false, _) => value,
        };
        let list = quote!(s.list(|s| { #element; Some(()) })?);
        let list = match (limits.min_items.unwrap_or_default(), limits.max_items) {
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
        let after = match (unique, ids) {
            (true, Ids::Items) | (_, Ids::Distinct) => quote!(s.distinct_ids(since)?;),
            (_, Ids::Items | Ids::Any) => quote!(s.ids(since)?;),
            (true, Ids::None) => quote!(s.distinct(since)?;),
            (false, Ids::None) => return list,
        };
        quote!({ let since = s.noted(); let length = #list; #after length })
    }

    /// Generates the checks of the limits of a string, to be appended to it.
    fn text_checks(&mut self, limits: &Limits) -> TokenStream {
        let limit = |limit: Option<u64>| limit.map(Literal::u64_unsuffixed);
        let length = match (limit(limits.min_length), limit(limits.max_length)) {
            (None, None) => None,
            (least, most) => {
                let least = least.map_or(quote!(0), |least| quote!(#least));
                let most = most.map_or(quote!(usize::MAX), |most| quote!(#most));
                Some(quote!(.of_length(#least, #most)?))
            }
        };
        let pattern = limits.pattern.as_deref().map(|pattern| self.pattern(pattern));
        let pattern = pattern.map(|name| quote!(.matching(&#name)?));
        quote!(#length #pattern)
    }

    /// Returns the name of the table of a pattern.
    fn pattern(&mut self, pattern: &str) -> proc_macro2::Ident {
        let next = format!("PATTERN_{}", self.patterns.len());
        format_ident!("{}", self.patterns.entry(pattern.to_owned()).or_insert(next))
    }

    /// Whether a value is a string without enum values.
    fn is_plain_text(&self, ty: &Type) -> bool {
        match ty.named() {
            Some(name) => {
                let definition = self.model.definition(name).and_then(Definition::string);
                definition.is_some_and(|string| string.values.is_none())
            }
            None => matches!(ty, Type::String),
        }
    }

    /// What a field has of the ids of a batch.
    fn ids_in(&self, definition: &Definition, field: &str) -> Ids {
        self.batches.lists.get(&(definition.name.as_str(), field)).copied().unwrap_or(Ids::None)
    }

    /// Whether a field is the id of an item in a batch.
    fn is_id(&self, definition: &Definition, field: &str) -> bool {
        self.batches.ids.contains(&(definition.name.as_str(), field))
    }
}

/// What a list has of the ids of a batch, which are compared with those of the other side.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Ids {
    None,
    /// Its items are the ids.
    Items,
    /// Its items have ids.
    Any,
    /// Its items have ids, which must differ.
    Distinct,
}

/// The fields of definitions that have a meaning in a batch.
#[derive(Default)]
struct Batches<'a> {
    lists: BTreeMap<(&'a str, &'a str), Ids>,
    ids: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> Batches<'a> {
    fn of(model: &'a Model) -> Self {
        let mut found = Self::default();
        for operation in &model.operations {
            let Some(batch) = &operation.drs.batch else { continue };
            let Some(id) = batch.id.as_deref().and_then(|id| id.strip_prefix('/')) else { continue };
            if let Some(response) = operation.success_body() {
                let ids = if batch.repeats { Ids::Any } else { Ids::Distinct };
                found.add(model, response, &batch.response, Some(id), ids);
            }
            if let Some(request) = operation.request.as_deref() {
                let asked = batch.asked.as_deref().and_then(|id| id.strip_prefix('/'));
                found.add(model, request, &batch.request, asked, if asked.is_some() { Ids::Any } else { Ids::Items });
            }
        }
        found
    }

    /// Adds a list, and the id in its items. Where ids of an operation must differ, they differ in all that have the list.
    fn add(&mut self, model: &'a Model, body: &'a str, list: &'a str, id: Option<&'a str>, ids: Ids) {
        let Some(list) = list.strip_prefix('/') else { return };
        let known = self.lists.entry((body, list)).or_insert(ids);
        if ids == Ids::Distinct {
            *known = ids;
        }
        let list = model.definition(body).and_then(|body| body.property(list));
        let row = list.and_then(|list| list.ty.element()?.ty.named());
        self.ids.extend(row.zip(id));
    }
}

fn shape_name(definition: &str) -> proc_macro2::Ident {
    format_ident!("{}", definition.to_shouty_snake_case())
}

fn function(definition: &str) -> proc_macro2::Ident {
    format_ident!("{}", definition.to_snake_case())
}

/// Returns a string as it is written in JSON, without its first quote.
fn quoted_end(text: &str) -> String {
    serde_json::Value::from(text).to_string().split_off(1)
}

/// Generates an expression that makes the payload suspect.
fn doubtful() -> TokenStream {
    quote!(None::<()>?)
}

/// Returns the enum values of a string.
fn listed<'a>(model: &'a Model, ty: &Type) -> Option<&'a [String]> {
    let Type::Named(name) = ty else { return None };
    model.definition(name)?.listed()
}

/// Returns the bounds of an integer. The full reading checks bounds that are not integers.
fn bounds(limits: &Limits) -> Option<TokenStream> {
    let limit = |limit: &Option<serde_json::Number>| match limit {
        None => Some(None),
        Some(limit) => limit.as_i64().map(|limit| Some(Literal::i64_unsuffixed(limit))),
    };
    match (limit(&limits.minimum), limit(&limits.maximum)) {
        (Some(None), Some(None)) => None,
        (Some(least), Some(Some(most))) => Some(quote!((#least..=#most))),
        (Some(least), Some(None)) => Some(quote!((#least..))),
        _ => Some(quote!((0..0))),
    }
}
