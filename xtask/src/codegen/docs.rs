//! Documentation comments of generated items, from descriptions in the schemas.

use quote::{ToTokens, quote};

use crate::schema::source::Deviation;
use crate::schema::{Definition, Limits, Property, Shape};

/// A documentation comment: paragraphs of Markdown.
pub struct Docs(Vec<String>);

impl Docs {
    /// Creates a comment of one paragraph.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(vec![text.into()])
    }

    /// Adds a paragraph.
    pub fn paragraph(&mut self, text: impl Into<String>) {
        self.0.push(text.into());
    }

    /// Renders the comment, for places that the pretty-printer does not reach.
    #[must_use]
    pub fn comment(&self, indent: &str) -> String {
        self.lines().map(|line| format!("{indent}///{line}\n")).collect()
    }

    fn lines(&self) -> impl Iterator<Item = String> {
        let paragraphs = self.0.iter().map(|paragraph| wrap(paragraph)).collect::<Vec<_>>();
        paragraphs.join(&String::new()).into_iter()
    }
}

impl ToTokens for Docs {
    fn to_tokens(&self, tokens: &mut proc_macro2::TokenStream) {
        let lines = self.lines();
        tokens.extend(quote!(#(#[doc = #lines])*));
    }
}

/// Documents a definition: its description and its source.
#[must_use]
pub fn definition(definition: &Definition) -> Docs {
    let (unit, limits) = match &definition.shape {
        Shape::Object(_) => (None, None),
        Shape::String(string) => (string.drs.unit.as_deref(), limits(&string.limits)),
    };
    let mut docs = described(&definition.description, unit, limits, definition.deprecated);
    deviations(definition.deviations(), &mut docs);
    match definition.table() {
        Some(table) => docs.paragraph(format!("Documentation: {table} (`schemas/{}`).", definition.file)),
        None => match definition.explorer() {
            Some(name) => docs.paragraph(format!("API Explorer: {name} (`schemas/{}`).", definition.file)),
            None => docs.paragraph(format!("Source: `schemas/{}`.", definition.file)),
        },
    }
    docs
}

/// Documents a field: its description, its unit, when it is required, and its deviations.
#[must_use]
pub fn field(definition: &Definition, name: &str, property: &Property) -> Docs {
    let (unit, limits) = (property.drs.unit.as_deref(), limits(&property.limits));
    let mut docs = described(&property.description, unit, limits, property.deprecated);
    if let Some(default) = &property.default {
        docs.paragraph(format!("The service assumes `{default}` when it is missing."));
    }
    deviations(&property.drs.deviations, &mut docs);
    if property.explorer().is_some() {
        docs.paragraph("Only the vendor's API Explorer has the field.");
    }
    for obligation in definition.obligations() {
        if obligation.required.iter().any(|required| required == name) {
            docs.paragraph(format!("Required when {}.", obligation.condition()));
        }
    }
    docs
}

fn described(description: &str, unit: Option<&str>, limits: Option<String>, deprecated: bool) -> Docs {
    let mut docs = Docs::new(escape(description));
    if let Some(unit) = unit {
        docs.paragraph(format!("Unit: {unit}."));
    }
    if let Some(limits) = limits {
        docs.paragraph(format!("Documented: {limits}."));
    }
    if deprecated {
        docs.paragraph("Deprecated by the vendor.");
    }
    docs
}

fn deviations(deviations: &[Deviation], docs: &mut Docs) {
    for deviation in deviations {
        docs.paragraph(format!("Deviation: {}", escape(&deviation.note)));
    }
}

/// Renders the documented limits in words.
pub(super) fn limits(limits: &Limits) -> Option<String> {
    fn between<T: PartialEq + std::fmt::Display>(min: Option<&T>, max: Option<&T>, of: &str) -> Option<String> {
        let of = |last: &T| match (of, last.to_string().as_str()) {
            ("", _) => String::new(),
            (_, "1") => format!(" {of}"),
            _ => format!(" {of}s"),
        };
        match (min, max) {
            (None, None) => None,
            (Some(min), None) => Some(format!("at least {min}{}", of(min))),
            (None, Some(max)) => Some(format!("at most {max}{}", of(max))),
            (Some(min), Some(max)) if min == max => Some(format!("exactly {min}{}", of(max))),
            (Some(min), Some(max)) => Some(format!("{min} to {max}{}", of(max))),
        }
    }
    let limits = [
        between(limits.min_items.as_ref(), limits.max_items.as_ref(), "item"),
        limits.unique_items.then(|| "no duplicate items".to_owned()),
        between(limits.min_length.as_ref(), limits.max_length.as_ref(), "character"),
        between(limits.minimum.as_ref(), limits.maximum.as_ref(), ""),
        limits.pattern.as_ref().map(|pattern| format!("`{pattern}`")),
    ];
    let limits: Vec<String> = limits.into_iter().flatten().collect();
    (!limits.is_empty()).then(|| limits.join(", "))
}

/// Escapes what rustdoc would take for links or HTML.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '<' | '[' | ']') {
            out.push('\\');
        }
        out.push(character);
    }
    out.replace("://", "&#58;//")
}

/// Wraps a paragraph at a hundred characters; each line starts with the space after the slashes.
fn wrap(paragraph: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in paragraph.split_whitespace() {
        let full = lines.last().is_some_and(|line| line.len() + word.len() > 100 && !line.is_empty());
        if full {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines
}
