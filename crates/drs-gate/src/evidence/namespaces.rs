//! Lists of collections in one string.

use std::fmt;

use serde::Serialize;

/// The collections that a string lists, separated by commas.
///
/// A name may hold commas itself, so the list is a reading, not a fact. A part without a dot cannot be a collection and
/// belongs to the name before it; the list is then marked. A name such as `a.b,c.d` cannot be told from two names.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Namespaces {
    /// The names, in the order of the string. Names that differ only by case are different names.
    pub names: Vec<Namespace>,
    /// Whether a comma is known to be part of a name, so that the list may be divided wrongly.
    pub is_ambiguous: bool,
}

/// A collection of a database.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Namespace {
    /// The database; empty when the string has none.
    pub database: String,
    /// The collection.
    pub collection: String,
}

/// Whether a member of this name lists collections: `srcHasTtlIndexColls`, `notConfigShardIndexColls`.
pub(super) fn is_list(name: &str) -> bool {
    name.ends_with("Colls")
}

impl Namespaces {
    /// Divides a string.
    ///
    /// ```
    /// use drs_gate::Namespaces;
    ///
    /// let list = Namespaces::of("testdb3.coll1,testdb3.Coll1,shop.odd,`");
    /// let names: Vec<String> = list.names.iter().map(ToString::to_string).collect();
    /// assert_eq!(names, ["testdb3.coll1", "testdb3.Coll1", "shop.odd,`"]);
    /// assert!(list.is_ambiguous);
    /// ```
    #[must_use]
    pub fn of(list: &str) -> Self {
        let mut names: Vec<Namespace> = Vec::new();
        let mut is_ambiguous = false;
        for text in list.split(',').filter(|_| !list.is_empty()) {
            match (text.split_once('.'), names.last_mut()) {
                (Some((database, collection)), _) if !database.is_empty() => {
                    names.push(Namespace { database: database.to_owned(), collection: collection.to_owned() });
                }
                (_, Some(before)) => {
                    before.collection.extend([",", text]);
                    is_ambiguous = true;
                }
                (_, None) => {
                    names.push(Namespace { database: String::new(), collection: text.to_owned() });
                    is_ambiguous = true;
                }
            }
        }
        Self { names, is_ambiguous }
    }
}

/// Renders the list for people.
impl fmt::Display for Namespaces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.names.iter().map(ToString::to_string).collect();
        f.write_str(&names.join(", "))?;
        f.write_str(if self.is_ambiguous { " (a name holds a comma, so the list may be divided wrongly)" } else { "" })
    }
}

impl Namespace {
    /// The name with each `\u4E2D` replaced by its character, to be shown beside the name; `None` when it has none. It
    /// is not the name: a collection may really be called so.
    #[must_use]
    pub fn unescaped(&self) -> Option<String> {
        let name = self.to_string();
        let mut parts = name.split("\\u");
        let mut out = parts.next()?.to_owned();
        let mut units = Vec::new();
        let mut is_changed = false;
        for part in parts {
            let (code, rest) = match part.get(..4).map(|code| u16::from_str_radix(code, 16)) {
                Some(Ok(code)) if !part.starts_with('+') => (code, &part[4..]),
                _ => {
                    flush(&mut units, &mut out);
                    out.extend(["\\u", part]);
                    continue;
                }
            };
            is_changed = true;
            units.push(code);
            if !rest.is_empty() {
                flush(&mut units, &mut out);
                out.push_str(rest);
            }
        }
        flush(&mut units, &mut out);
        is_changed.then_some(out)
    }
}

/// Appends code units of UTF-16, which may be halves of a pair.
fn flush(units: &mut Vec<u16>, out: &mut String) {
    out.push_str(&String::from_utf16_lossy(units));
    units.clear();
}

impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.database.as_str() {
            "" => f.write_str(&self.collection),
            database => write!(f, "{database}.{}", self.collection),
        }
    }
}
