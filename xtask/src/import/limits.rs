//! The limits and the default that a description states, in the forms that the vendor's pages use.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value, json};

use super::blocks::{Cell, Line, plain};
use super::row::Kind;

/// Reads what a sentence states: pattern, and the words of JSON Schema for its groups.
struct Form(Regex, &'static [&'static str]);

/// `min` and `max` are the limits of a number or of a string of digits.
static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    let form = |text: &str, keys| Form(Regex::new(text).expect("a constant pattern"), keys);
    vec![
        form(r"(?i)minimum value: *(-?[\d,]*\d)", &["min"]),
        form(r"(?i)maximum value: *(-?[\d,]*\d)", &["max"]),
        form(r"(?i)minimum length: *(\d+)", &["minLength"]),
        form(r"(?i)maximum length: *(\d+)", &["maxLength"]),
        form(r"(?i)rang(?:es|ing) from (-?[\d,]*\d) to (-?[\d,]*\d)(?:[.,;]|$)", &["min", "max"]),
        form(r"(?i)\b(\d+) to (\d+) characters", &["minLength", "maxLength"]),
        form(r"(?i)maximum of (\d+) characters", &["maxLength"]),
        form(r"(?i)default value: *(\S+?)[.,;]?(?:\s|$)", &["default"]),
        // Only as the end of a sentence: "the default value is 2 for clusters" is another statement.
        form(r"(?i)default value is (\S+?)\.?$", &["default"]),
    ]
});

/// Signs that a sentence states a limit after all.
static HINT: LazyLock<Regex> = LazyLock::new(|| {
    let text = r"(?i)default value is|\brang(?:es|ing) from|\bminimum\b|\bmaximum\b|\bat (?:most|least) \d|\bup to \S+ \S+ .*\bare\b|cannot exceed|no more than|\bcharacters in length";
    Regex::new(text).expect("a constant pattern")
});

/// The limits of a field. One that does not fit its type, or that has two values, is null; what is not
/// understood goes to `unread`.
pub(super) fn limits<R>(
    kind: Option<&Kind<R>>,
    description: &Cell,
    unread: &mut Vec<Line>,
) -> BTreeMap<&'static str, Value> {
    let mut limits = BTreeMap::new();
    for line in description {
        for sentence in sentences(&plain(&line.text)) {
            let mut note = |text: String| unread.push(Line { number: line.number, text });
            let found: Vec<(&'static str, &str)> = FORMS.iter().flat_map(|form| form.read(sentence)).collect();
            if found.is_empty() && HINT.is_match(sentence) {
                note("a sentence that may state a limit or a default".to_owned());
            }
            for (key, text) in found {
                let (key, value) = limit(kind, key, text).unwrap_or_else(|| {
                    note(format!("{text} as {}, which does not fit the type", name(key)));
                    (key, Value::Null)
                });
                let before = limits.insert(key, value.clone()).filter(|before| *before != value);
                if let Some(before) = before {
                    note(format!("{value} and {before} as {}", name(key)));
                    limits.insert(key, Value::Null);
                }
            }
        }
    }
    limits
}

impl Form {
    fn read<'a>(&self, sentence: &'a str) -> Vec<(&'static str, &'a str)> {
        let Some(found) = self.0.captures(sentence) else { return Vec::new() };
        let groups = found.iter().skip(1).flatten().map(|group| group.as_str());
        self.1.iter().copied().zip(groups).collect()
    }
}

/// A bullet list entry or paragraph, cut where a new sentence begins.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split(". ").map(str::trim).filter(|sentence| !sentence.is_empty())
}

/// A statement as a keyword of JSON Schema; nothing when the type of the field has no such limit.
fn limit<R>(kind: Option<&Kind<R>>, key: &'static str, text: &str) -> Option<(&'static str, Value)> {
    let number = || text.replace(',', "").parse::<i64>().ok();
    let numeric = matches!(kind, Some(Kind::Integer(_) | Kind::Number));
    let is_string = matches!(kind, Some(Kind::String));
    match key {
        "min" if numeric => Some(("minimum", json!(number()?))),
        "max" if numeric => Some(("maximum", json!(number()?))),
        // JSON Schema has no keyword for the number in a string of digits.
        "min" | "max" | "minLength" | "maxLength" if is_string => Some((key, json!(number()?))),
        "default" => match kind? {
            Kind::String => Some((key, json!(text))),
            Kind::Boolean => Some((key, json!(text.parse::<bool>().ok()?))),
            Kind::Integer(_) | Kind::Number => Some((key, json!(number()?))),
            _ => None,
        },
        _ => None,
    }
}

fn name(key: &str) -> &str {
    match key {
        "min" | "minimum" => "the minimum",
        "max" | "maximum" => "the maximum",
        "minLength" => "the minimum length",
        "maxLength" => "the maximum length",
        _ => "the default",
    }
}
