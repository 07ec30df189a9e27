//! What the cells of one row state about a field: its type, its values, its limits. What is not understood is reported,
//! and never guessed.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::blocks::{Cell, Line, REFERENCE, plain, words};
use crate::schema::JsonType;

/// The type of a field. `R` is a reference to another table.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Kind<R> {
    /// A string.
    String,
    /// An integer of so many bits.
    Integer(u8),
    /// Any number.
    Number,
    /// A boolean.
    Boolean,
    /// An object that another table describes.
    Object(R),
    /// An array.
    Array(Box<Kind<R>>),
    /// An object with any keys.
    Map(Box<Kind<R>>),
}

impl<R> Kind<R> {
    /// The JSON type.
    #[must_use]
    pub fn json_type(&self) -> JsonType {
        match self {
            Self::String => JsonType::String,
            Self::Integer(_) => JsonType::Integer,
            Self::Number => JsonType::Number,
            Self::Boolean => JsonType::Boolean,
            Self::Object(_) | Self::Map(_) => JsonType::Object,
            Self::Array(_) => JsonType::Array,
        }
    }

    /// The innermost items or values of an array or a map; any other type itself.
    #[must_use]
    pub fn innermost(&self) -> &Self {
        match self {
            Self::Array(inner) | Self::Map(inner) => inner.innermost(),
            other => other,
        }
    }

    /// The same type with other references.
    #[must_use]
    pub fn map<S>(self, link: &mut dyn FnMut(R) -> S) -> Kind<S> {
        match self {
            Self::String => Kind::String,
            Self::Integer(bits) => Kind::Integer(bits),
            Self::Number => Kind::Number,
            Self::Boolean => Kind::Boolean,
            Self::Object(reference) => Kind::Object(link(reference)),
            Self::Array(inner) => Kind::Array(Box::new(inner.map(link))),
            Self::Map(inner) => Kind::Map(Box::new(inner.map(link))),
        }
    }
}

/// How a page refers to another table.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Reference {
    /// By its stable label, under the name that the table should have.
    Label(String, String),
    Number(usize),
    Name(String),
}

/// The enum values that a page lists for a field.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Values {
    /// The row has no list.
    #[default]
    Silent,
    /// The row announces a list that is missing.
    Lost,
    /// All of them.
    Listed(Vec<String>),
    /// The row seems to list values, in a way that cannot be read for sure.
    Unsure,
}

/// The facts in the description of a field.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The listed values.
    pub values: Values,
    /// Limits and default, by the keywords of JSON Schema.
    pub limits: BTreeMap<&'static str, Value>,
    /// The row in words, without emphasis.
    pub words: String,
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

static LIST_OF: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:array|list) of (.+)$|^(?:array|list)<(.+)>$"));
static MAP_OF: LazyLock<Regex> = LazyLock::new(|| pattern(r"^map<string,\s*(.+)>$"));
static NAMED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^([A-Za-z]\w*) objects?$"));
static SEE_TABLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"[Ss]ee Table (\d+)"));

const LONGEST_TYPE: usize = 200;

/// The type that a cell names; the description may say which table an object is.
pub(super) fn kind(cell: &Cell, description: &Cell) -> Option<Kind<Reference>> {
    let marked: String = cell.iter().map(|line| line.text.trim()).collect::<Vec<_>>().join(" ").replace("\\ ", " ");
    let link = REFERENCE.captures(&marked).map(|link| Reference::Label(link[2].to_owned(), plain(&link[1])));
    let named = plain(&REFERENCE.replace(&marked, "Linked"));
    let numbered = || {
        let tables: Vec<usize> =
            SEE_TABLE.captures_iter(&words(description)).filter_map(|found| found[1].parse().ok()).collect();
        if let [only] = tables.as_slice() { Some(Reference::Number(*only)) } else { None }
    };
    // No type is that long, and each level of an array costs stack.
    if named.len() > LONGEST_TYPE {
        return None;
    }
    kind_of(named.trim(), &|| link.clone().or_else(numbered))
}

fn kind_of(name: &str, link: &dyn Fn() -> Option<Reference>) -> Option<Kind<Reference>> {
    let lower = name.to_lowercase();
    let inside = |pattern: &Regex| {
        let found = pattern.captures(&lower)?;
        let inner = found.iter().skip(1).flatten().next()?;
        name.get(inner.range())
    };
    if let Some(inner) = inside(&LIST_OF) {
        return Some(Kind::Array(Box::new(kind_of(inner, link)?)));
    }
    if let Some(inner) = inside(&MAP_OF) {
        return Some(Kind::Map(Box::new(kind_of(inner, link)?)));
    }
    Some(match lower.as_str() {
        "string" | "strings" => Kind::String,
        "integer" | "integers" | "int" => Kind::Integer(32),
        "long" | "longs" => Kind::Integer(64),
        "float" | "double" | "number" | "numbers" => Kind::Number,
        "boolean" | "booleans" => Kind::Boolean,
        "object" | "objects" | "linked" | "linked object" | "linked objects" => Kind::Object(link()?),
        _ => Kind::Object(Reference::Name(NAMED.captures(name)?[1].to_owned())),
    })
}

static LIST_HEAD: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(values?|options?)(?: (?:is|are))?(?: as follows)?\s*:$"));
static BULLET: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[-*•]\s+(.*)$"));
static BOLD: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\*\*([^*]+)\*\*\s*(?:$|[:.;(].*)"));
static WORD: LazyLock<Regex> = LazyLock::new(|| pattern(r"^([A-Za-z0-9_.+-]+)\s*(?:$|:\s.*)"));
/// `TABLE-table`, `ROUTINE - stored procedure`: a value in capitals, and what it means.
static CAPITALS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^([A-Z][A-Z0-9_]*)(?:-| - )[A-Za-z].*"));
/// The message about values inside a sentence.
pub(super) const VALUES_IN_WORDS: &str = "values inside a sentence, perhaps not all of them";

/// Ways to name values inside a sentence.
static IN_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bvalues? (?:can be|is|are|may be) \*\*|\bvalues? can be \w+(?:,| or )|\bvalues?: *\S|(?:\*\*[^*]+\*\*(?: indicates|: ).*){2}|\b\w+: indicates",
    )
});

/// The values that a description lists; what cannot be read goes to `unread`.
pub(super) fn values(description: &Cell, unread: &mut Vec<Line>) -> Values {
    let heads: Vec<usize> =
        (0..description.len()).filter(|at| LIST_HEAD.is_match(&plain(&description[*at].text))).collect();
    let mut unsure = |line: &Line, why: &str| {
        unread.push(Line { number: line.number, text: why.to_owned() });
        Values::Unsure
    };
    let [head] = heads.as_slice() else {
        let in_words = description.iter().find(|line| IN_WORDS.is_match(&line.text.replace("default value", "")));
        return match (heads.get(1), in_words) {
            (Some(second), _) => unsure(&description[*second], "a second list of values for the same field"),
            (None, Some(line)) => unsure(line, VALUES_IN_WORDS),
            (None, None) => Values::Silent,
        };
    };
    let mut listed: Vec<String> = Vec::new();
    // The list may be nested in another list, and an item may have a second line.
    let indent = |text: &str| text.len() - text.trim_start().len();
    let outer = indent(&description[*head].text);
    for line in description[head + 1..].iter().filter(|line| !line.text.is_empty()) {
        let Some(bullet) = line.text.get(outer..).and_then(|text| BULLET.captures(text)) else {
            if indent(&line.text) > outer && !listed.is_empty() {
                continue;
            }
            break;
        };
        match value(&bullet[1]) {
            Some(value) if listed.contains(&value) => return unsure(line, "duplicate value"),
            Some(value) => listed.push(value),
            None => {
                return unsure(line, "an item of a list of values that does not start with a value");
            }
        }
    }
    if listed.is_empty() {
        unsure(&description[*head], "announces values, but lists none");
        return Values::Lost;
    }
    Values::Listed(listed)
}

/// The value at the start of a list item.
fn value(entry: &str) -> Option<String> {
    let first = |pattern: &Regex, text: &str| pattern.captures(text).map(|found| found[1].to_owned());
    let found = match first(&BOLD, entry) {
        Some(bold) if bold.contains(' ') => first(&CAPITALS, &bold)?,
        Some(bold) => bold,
        None => first(&CAPITALS, entry).or_else(|| first(&WORD, entry))?,
    };
    let found = plain(&found);
    if found == "\"\"" {
        return Some(String::new());
    }
    (!found.is_empty() && !found.contains(char::is_whitespace)).then_some(found)
}
