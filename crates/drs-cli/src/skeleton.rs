//! A body to fill in: JSON with comments, from its schema.

use drs_types::OperationInfo;
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::limits::LIMITS;

/// The parts of a definition that a skeleton needs; its properties stay in the order of the documentation.
#[derive(Debug, Deserialize)]
struct Definition {
    #[serde(default)]
    properties: IndexMap<String, Value>,
    #[serde(default)]
    required: Vec<String>,
    #[serde(flatten)]
    rest: Value,
}

/// Returns the skeleton of the body with this name.
pub(crate) fn of(
    operation: &OperationInfo,
    definitions: &IndexMap<String, &RawValue>,
    name: &str,
) -> Result<String, serde_json::Error> {
    let definitions = definitions.iter().map(|(name, schema)| Ok((name.clone(), serde_json::from_str(schema.get())?)));
    let definitions: IndexMap<String, Definition> = definitions.collect::<Result<_, serde_json::Error>>()?;
    let id = operation.id;
    let mut skeleton = Skeleton { definitions: &definitions, out: String::new() };
    skeleton.out.push_str(&format!("// {}. Send it with: drs call {id} --json FILE\n", operation.summary));
    skeleton.out.push_str("// Optional fields are commented out. Comments and trailing commas may stay.\n");
    if let Some(definition) = definitions.get(name) {
        skeleton.object(definition, 0, false);
    }
    skeleton.out.push('\n');
    Ok(skeleton.out)
}

struct Skeleton<'a> {
    definitions: &'a IndexMap<String, Definition>,
    out: String,
}

impl<'a> Skeleton<'a> {
    /// Returns the definition that a property refers to, if any.
    fn named(&self, property: &Value) -> Option<&'a Definition> {
        let reference = property["$ref"].as_str().or_else(|| property["anyOf"][0]["$ref"].as_str())?;
        self.definitions.get(reference.rsplit('/').next()?)
    }

    /// Writes an object: the required fields, then the optional ones.
    fn object(&mut self, definition: &Definition, depth: usize, in_comment: bool) {
        let (required, optional): (Vec<_>, Vec<_>) =
            definition.properties.iter().partition(|(name, _)| definition.required.contains(name));
        self.out.push('{');
        for (fields, is_optional) in [(required, false), (optional, true)] {
            for (name, property) in fields {
                let hidden = in_comment || is_optional;
                for line in self.words(property, is_optional) {
                    self.line(depth + 1, true);
                    self.out.push_str(&line);
                }
                self.line(depth + 1, hidden);
                self.out.push_str(&format!("{}: ", Value::from(name.as_str())));
                self.value(property, depth + 1, hidden);
                self.out.push(',');
            }
        }
        self.line(depth, in_comment);
        self.out.push('}');
    }

    fn line(&mut self, depth: usize, in_comment: bool) {
        self.out.push('\n');
        self.out.push_str(&"  ".repeat(depth));
        self.out.push_str(if in_comment { "// " } else { "" });
    }

    /// Returns the documentation of a field, in lines.
    fn words(&self, property: &Value, is_optional: bool) -> Vec<String> {
        let named = self.named(property).map_or(property, |named| &named.rest);
        let mut text = property["description"].as_str().unwrap_or_default().to_owned();
        let values: Vec<&str> = named["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if !values.is_empty() {
            text.push_str(&format!(" One of: {}.", values.join(", ")));
        }
        for (key, words) in [
            ("minLength", "At least {} characters."),
            ("maxLength", "At most {} characters."),
            ("minimum", "At least {}."),
            ("maximum", "At most {}."),
            ("maxItems", "At most {} items."),
            ("default", "Default: {}."),
        ] {
            if let Some(limit) = property.get(key) {
                text.push_str(&format!(" {}", words.replace("{}", &limit.to_string())));
            }
        }
        text.push_str(if is_optional { " Optional." } else { " Required." });
        textwrap::wrap(&text, LIMITS.skeleton_width).into_iter().map(std::borrow::Cow::into_owned).collect()
    }

    /// Writes a placeholder value.
    fn value(&mut self, property: &Value, depth: usize, in_comment: bool) {
        let named = self.named(property);
        if let Some(definition) = named.filter(|definition| definition.rest["type"] == "object") {
            if depth > LIMITS.skeleton_depth {
                return self.out.push_str("{}");
            }
            return self.object(definition, depth, in_comment);
        }
        let schema = named.map_or(property, |named| &named.rest);
        let or_default =
            |other: Option<&Value>, last: Value| property.get("default").or(other).cloned().unwrap_or(last).to_string();
        match schema["type"].as_str().or_else(|| schema["type"][0].as_str()) {
            Some("array") => {
                self.out.push('[');
                self.value(&schema["items"], depth, in_comment);
                self.out.push(']');
            }
            Some("object") => self.out.push_str("{}"),
            Some("boolean") => self.out.push_str(&or_default(None, false.into())),
            Some("integer" | "number") => self.out.push_str(&or_default(schema.get("minimum"), 0.into())),
            _ => self.out.push_str(&or_default(schema["enum"].get(0), "".into())),
        }
    }
}
