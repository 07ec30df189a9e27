//! What the cells of one row say about a field: its type, its values, its limits. What is not understood is said, and
//! never guessed.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::blocks::{Cell, Line, REFERENCE, plain, words};
use crate::schema::JsonType;

/// The type of a field. `R` is what a reference to another table is known by.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Kind<R> {
    /// A string.
    Text,
    /// A number without a fraction, of so many bits.
    Integer(u8),
    /// Any number.
    Number,
    /// A boolean.
    Boolean,
    /// An object that another table describes.
    Shape(R),
    /// An array.
    List(Box<Kind<R>>),
    /// An object with any keys.
    Map(Box<Kind<R>>),
}

impl<R> Kind<R> {
    /// The JSON type.
    #[must_use]
    pub fn json_type(&self) -> JsonType {
        match self {
            Self::Text => JsonType::String,
            Self::Integer(_) => JsonType::Integer,
            Self::Number => JsonType::Number,
            Self::Boolean => JsonType::Boolean,
            Self::Shape(_) | Self::Map(_) => JsonType::Object,
            Self::List(_) => JsonType::Array,
        }
    }

    /// What a list or a map holds in the end; a plain type is its own.
    #[must_use]
    pub fn innermost(&self) -> &Self {
        match self {
            Self::List(inner) | Self::Map(inner) => inner.innermost(),
            other => other,
        }
    }

    /// The same type with other references.
    #[must_use]
    pub fn map<S>(self, link: &mut dyn FnMut(R) -> S) -> Kind<S> {
        match self {
            Self::Text => Kind::Text,
            Self::Integer(bits) => Kind::Integer(bits),
            Self::Number => Kind::Number,
            Self::Boolean => Kind::Boolean,
            Self::Shape(reference) => Kind::Shape(link(reference)),
            Self::List(inner) => Kind::List(Box::new(inner.map(link))),
            Self::Map(inner) => Kind::Map(Box::new(inner.map(link))),
        }
    }
}

/// How a page points at another table.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Reference {
    /// By its stable label, under the name that the table should have.
    Label(String, String),
    Number(usize),
    Name(String),
}

/// The values that a page lists for a field.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Values {
    /// The row has no list.
    #[default]
    Silent,
    /// The row announces a list, and it is not there.
    Lost,
    /// All of them.
    Listed(Vec<String>),
    /// The row seems to list values, in a way that cannot be read for sure.
    Unsure,
}

/// Everything that the description of a field says in a form that is known here.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The listed values.
    pub values: Values,
    /// Limits and default, by the words of JSON Schema.
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
    // Nothing that long is a type, and each level of a list costs stack.
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
        return Some(Kind::List(Box::new(kind_of(inner, link)?)));
    }
    if let Some(inner) = inside(&MAP_OF) {
        return Some(Kind::Map(Box::new(kind_of(inner, link)?)));
    }
    Some(match lower.as_str() {
        "string" | "strings" => Kind::Text,
        "integer" | "integers" | "int" => Kind::Integer(32),
        "long" | "longs" => Kind::Integer(64),
        "float" | "double" | "number" | "numbers" => Kind::Number,
        "boolean" | "booleans" => Kind::Boolean,
        "object" | "objects" | "linked" | "linked object" | "linked objects" => Kind::Shape(link()?),
        _ => Kind::Shape(Reference::Name(NAMED.captures(name)?[1].to_owned())),
    })
}

static LIST_HEAD: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(values?|options?)(?: (?:is|are))?(?: as follows)?\s*:$"));
static BULLET: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[-*•]\s+(.*)$"));
static BOLD: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\*\*([^*]+)\*\*\s*(?:$|[:.;(].*)"));
static WORD: LazyLock<Regex> = LazyLock::new(|| pattern(r"^([A-Za-z0-9_.+-]+)\s*(?:$|:\s.*)"));
/// `TABLE-table`, `ROUTINE - stored procedure`: a value in capitals, and what it means.
static CAPITALS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^([A-Z][A-Z0-9_]*)(?:-| - )[A-Za-z].*"));
/// What is said about values that stand inside a sentence.
pub(super) const VALUES_IN_WORDS: &str = "values inside a sentence, which may be all of them or not";

/// Ways to name values inside a sentence.
static IN_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bvalues? (?:can be|is|are|may be) \*\*|\bvalues? can be \w+(?:,| or )|\bvalues?: *\S|(?:\*\*[^*]+\*\*(?: indicates|: ).*){2}|\b\w+: indicates",
    )
});

/// The values that a description lists, and what about them cannot be read.
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
    // The list may itself stand in an entry of a list, and its entries may go on in a second line.
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
            Some(value) if listed.contains(&value) => return unsure(line, "a value that the list already has"),
            Some(value) => listed.push(value),
            None => {
                return unsure(line, "an entry of a list of values that is not a value with or without its meaning");
            }
        }
    }
    if listed.is_empty() {
        unsure(&description[*head], "the page lists no values, although it announces them");
        return Values::Lost;
    }
    Values::Listed(listed)
}

/// The value that an entry of a list begins with.
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
