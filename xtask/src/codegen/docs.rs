//! The documentation comments of generated items, from descriptions in the schemas.

use quote::{ToTokens, quote};
use serde_json::Value;

use super::model::Definition;
use super::request_checks::why;
use super::shape;

/// A documentation comment: paragraphs of Markdown.
pub struct Docs(Vec<String>);

impl Docs {
    /// A comment of one paragraph.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(vec![text.into()])
    }

    /// Adds a paragraph.
    pub fn paragraph(&mut self, text: impl Into<String>) {
        self.0.push(text.into());
    }

    /// The comment as text, for places that no pretty-printer reaches.
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

/// What a definition is, and the table of the page that it comes from.
#[must_use]
pub fn definition(definition: &Definition) -> Docs {
    let mut docs = described(&definition.schema);
    match definition.schema["x-drs"]["table"].as_str() {
        Some(table) => docs.paragraph(format!("Documentation: {table} (`schemas/{}`).", definition.file)),
        None => match shape::explorer(&definition.schema) {
            Some(name) => docs.paragraph(format!("API Explorer: {name} (`schemas/{}`).", definition.file)),
            None => docs.paragraph(format!("Source: `schemas/{}`.", definition.file)),
        },
    }
    docs
}

/// What a field is, with its unit, what makes it mandatory, and whatever the documentation gets wrong about it.
#[must_use]
pub fn field(definition: &Definition, property: &str) -> Docs {
    let schema = &definition.schema["properties"][property];
    let mut docs = described(schema);
    if shape::explorer(schema).is_some() {
        docs.paragraph("Only the vendor's API Explorer has the field, no page.");
    }
    for obligation in definition.schema["allOf"].as_array().into_iter().flatten() {
        let needed = obligation["then"]["required"].as_array();
        if needed.is_some_and(|needed| needed.iter().any(|name| name == property)) {
            docs.paragraph(format!("Mandatory when {}.", why(obligation)));
        }
    }
    docs
}

fn described(schema: &Value) -> Docs {
    let mut docs = Docs::new(escape(schema["description"].as_str().unwrap_or_default()));
    if let Some(unit) = schema["x-drs"]["unit"].as_str() {
        docs.paragraph(format!("Unit: {unit}."));
    }
    if let Some(limits) = limits(schema) {
        docs.paragraph(format!("Documented: {limits}."));
    }
    if schema["deprecated"] == true {
        docs.paragraph("Deprecated by the vendor.");
    }
    if let Some(default) = schema.get("default") {
        docs.paragraph(format!("The service takes `{default}` when it is missing."));
    }
    for deviation in schema["x-drs"]["deviations"].as_array().into_iter().flatten() {
        docs.paragraph(format!("Deviation: {}", escape(deviation["note"].as_str().unwrap_or_default())));
    }
    docs
}

/// The limits that the documentation sets, in words.
pub(super) fn limits(schema: &Value) -> Option<String> {
    let between = |min: &str, max: &str, unit: &str| match (schema.get(min), schema.get(max)) {
        (None, None) => None,
        (Some(min), None) => Some(format!("at least {min}{unit}")),
        (None, Some(max)) => Some(format!("at most {max}{unit}")),
        (Some(min), Some(max)) if min == max => Some(format!("exactly {min}{unit}")),
        (Some(min), Some(max)) => Some(format!("{min} to {max}{unit}")),
    };
    let limits = [
        between("minItems", "maxItems", " element(s)"),
        (schema["uniqueItems"] == true).then(|| "no element twice".to_owned()),
        between("minLength", "maxLength", " character(s)"),
        between("minimum", "maximum", ""),
        schema["pattern"].as_str().map(|pattern| format!("`{pattern}`")),
    ];
    let limits: Vec<String> = limits.into_iter().flatten().collect();
    (!limits.is_empty()).then(|| limits.join(", "))
}

/// Keeps rustdoc from reading links and HTML into plain sentences.
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

/// Lines of at most a hundred characters, each with the space that follows the slashes.
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
