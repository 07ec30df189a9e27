//! One row of the page compared with one of our fields: type, values, limits.

use serde_json::{Value, json};

use super::explain::{Matter, explain, has_word};
use super::ours::{Field, Said};
use super::page::Row;
use super::row::{Kind, Values};
use crate::schema::JsonType;

/// The result of one comparison.
#[derive(Debug)]
pub(super) enum Finding {
    Difference(String),
    /// With the note of the deviation that explains it.
    Explained(String, String),
    Note(String),
}

/// Every difference between a row and a field.
pub(super) fn compare(row: &Row, field: Field<'_>) -> Vec<Finding> {
    let mut field = Comparison { row, field, deviations: field.deviations(), found: Vec::new() };
    if let Some(kind) = &row.kind {
        field.kind(kind, field.field);
    }
    field.values();
    field.limits();
    field.range_of_digits();
    field.outdated();
    field.found
}

struct Comparison<'a> {
    row: &'a Row,
    field: Field<'a>,
    /// What each deviation says about the field, and the deviation.
    deviations: Vec<Said<'a>>,
    found: Vec<Finding>,
}

impl Comparison<'_> {
    fn add(&mut self, message: String, matter: Option<Matter<'_>>) {
        self.found.push(match matter.and_then(|matter| explain(&self.deviations, matter)) {
            Some(note) => Finding::Explained(message, note),
            None => Finding::Difference(message),
        });
    }

    fn kind(&mut self, kind: &Kind<Option<usize>>, field: Field<'_>) {
        let types = field.types();
        let page = kind.json_type();
        // Null besides the right type matters less than another type.
        let mut others = types.iter().copied().filter(|ours| *ours != page);
        let other = others.clone().find(|ours| *ours != JsonType::Null).or_else(|| others.next());
        if let Some(ours) = other.or((!types.contains(&page)).then_some(page)) {
            let names: Vec<&str> = types.iter().map(|ty| ty.name()).collect();
            let message = format!("the page says {page}, the schema {}", names.join(" or "));
            self.add(message, Some(Matter::Type { page, ours }));
        }
        if let (Kind::Integer(bits), Some(format)) = (kind, field.keywords().get("format")) {
            let page = json!(format!("int{bits}"));
            // `Integer` does not say how big, `Long` does.
            if *bits == 64 && *format != page {
                let matter = Matter::Limit { key: "format", page: &page };
                self.add(format!("the page says a {bits}-bit integer, the schema {format}"), Some(matter));
            }
        }
        match kind {
            Kind::Array(inner) => field.element().into_iter().for_each(|ours| self.kind(inner, ours)),
            Kind::Map(inner) => field.value().into_iter().for_each(|ours| self.kind(inner, ours)),
            _ => {}
        }
    }

    fn values(&mut self) {
        let ours = self.field.values();
        let row = self.row;
        match (&row.facts.values, ours) {
            (Values::Listed(page), None) => {
                let value = page.first().map(|value| Matter::Value { value, on_page: true });
                self.add(format!("the page lists the values {}, the schema none", list(page)), value);
            }
            (Values::Listed(page), Some(ours)) => {
                let more: Vec<&str> = page.iter().map(String::as_str).filter(|value| !ours.contains(value)).collect();
                let fewer = ours.into_iter().filter(|value| !page.iter().any(|other| other == value)).collect();
                self.one_sided(more, true, "only the page lists");
                self.one_sided(fewer, false, "the page does not list");
            }
            (Values::Unsure, Some(ours)) => {
                let missing = ours.into_iter().filter(|value| !value.is_empty() && !has_word(&row.facts.words, value));
                self.one_sided(missing.collect(), false, "the description on the page does not name");
            }
            (Values::Silent, Some(_)) => self.found.push(Finding::Note("the page lists no values".to_owned())),
            // The reader of the page has said so.
            (Values::Lost, _) | (_, None) => {}
        }
    }

    /// Values of one side, together as far as the same deviation explains them.
    fn one_sided(&mut self, values: Vec<&str>, on_page: bool, verb: &str) {
        let mut groups: Vec<(Option<String>, Vec<&str>)> = Vec::new();
        for value in values {
            let note = explain(&self.deviations, Matter::Value { value, on_page });
            match groups.iter_mut().find(|(other, _)| *other == note) {
                Some((_, group)) => group.push(value),
                None => groups.push((note, vec![value])),
            }
        }
        for (note, group) in groups {
            let message = format!("{verb} {}", list(&group));
            self.found.push(match note {
                Some(note) => Finding::Explained(message, note),
                None => Finding::Difference(message),
            });
        }
    }

    fn limits(&mut self) {
        let row = self.row;
        let keywords = self.field.keywords();
        for key in ["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "default"] {
            let (page, ours) = (row.facts.limits.get(key), keywords.get(key));
            let message = match (page, ours) {
                // Stated, but not understood; or without effect.
                (Some(Value::Null), _) => continue,
                (Some(page), None) if key == "minLength" && *page == json!(0) => continue,
                (Some(page), Some(ours)) if page != ours => format!("{key}: the page says {page}, the schema {ours}"),
                (Some(page), None) => format!("{key}: the page says {page}, the schema nothing"),
                (None, Some(ours)) if !is_natural(key, ours) && !names(&row.facts.words, ours) => {
                    let message = format!("{key}: the schema says {ours}, the page nothing");
                    match self.field.source() {
                        Some(source) => self.found.push(Finding::Explained(message, source.to_owned())),
                        None => self.add(message, None),
                    }
                    continue;
                }
                _ => continue,
            };
            self.add(message, page.map(|page| Matter::Limit { key, page }));
        }
    }

    /// JSON Schema cannot limit the number in a string of digits, but our pattern must.
    fn range_of_digits(&mut self) {
        let row = self.row;
        let limit = |key: &str| row.facts.limits.get(key).and_then(Value::as_i64);
        let (least, most) = (limit("min"), limit("max"));
        if least.is_none() && most.is_none() {
            return;
        }
        let schema = json!({ "pattern": self.field.keywords().get("pattern") });
        let Ok(pattern) = jsonschema::draft202012::new(&schema) else {
            let shown = |limit: Option<i64>| limit.map_or("any".to_owned(), |limit| limit.to_string());
            let message = format!("the page says from {} to {}, the schema has no pattern", shown(least), shown(most));
            return self.add(message, None);
        };
        let inside = least.into_iter().chain(most).map(|limit| (limit, true));
        let outside = least.and_then(|least| least.checked_sub(1)).into_iter();
        let outside = outside.chain(most.and_then(|most| most.checked_add(1))).map(|limit| (limit, false));
        for (limit, fits) in inside.chain(outside).collect::<Vec<_>>() {
            if pattern.is_valid(&json!(limit.to_string())) != fits {
                let (page, ours) = if fits { ("allows", "refuses") } else { ("refuses", "allows") };
                self.add(format!("the page {page} {limit}, the pattern {ours} it"), None);
            }
        }
    }

    /// Deviations that quote the page wrongly, or quote an older edition.
    fn outdated(&mut self) {
        let kind = self.row.kind.as_ref().map(Kind::json_type);
        for deviation in self.field.own_deviations() {
            let Some(says) = &deviation.says else { continue };
            let mut wrong = Vec::new();
            if let (Some(said), Some(page)) = (says.keyword("type").and_then(Value::as_str), kind)
                && said != page.name()
            {
                wrong.push(format!("type {said}, but the page says {page}"));
            }
            if let (Some(said), Values::Listed(page)) = (says.listed(), &self.row.facts.values)
                && (said.len() != page.len() || said.iter().any(|said| !page.iter().any(|value| said == value)))
            {
                wrong.push(format!("the values {}, but the page lists {}", list(said), list(page)));
            }
            for (key, page) in &self.row.facts.limits {
                if let Some(said) = says.keyword(key).filter(|said| said != &page) {
                    wrong.push(format!("{key} {said}, but the page says {page}"));
                }
            }
            if says.is_absence() {
                wrong.push("that the page has no such field, but it has".to_owned());
            }
            for wrong in wrong {
                self.found.push(Finding::Difference(format!("a recorded deviation says {wrong}")));
            }
        }
    }
}

/// A limit that no page needs to state: a count is not negative, and a value is not empty.
fn is_natural(key: &str, limit: &Value) -> bool {
    match key {
        "minimum" => *limit == json!(0),
        "minLength" | "minItems" => limit.as_u64().is_some_and(|limit| limit <= 1),
        _ => false,
    }
}

/// Whether a description names a limit in words.
fn names(words: &str, limit: &Value) -> bool {
    const NUMBERS: [&str; 11] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let shown = limit.as_str().map_or_else(|| limit.to_string(), str::to_owned);
    let words = words.to_lowercase();
    let spelt = limit.as_u64().and_then(|limit| NUMBERS.get(usize::try_from(limit).ok()?));
    has_word(&words.replace(',', ""), &shown.to_lowercase()) || spelt.is_some_and(|spelt| has_word(&words, spelt))
}

fn list<T: std::fmt::Display>(values: &[T]) -> String {
    let shown = |value: &T| match value.to_string().trim_matches('"') {
        "" => "the empty string".to_owned(),
        value => format!("`{value}`"),
    };
    values.iter().map(shown).collect::<Vec<_>>().join(", ")
}
