//! Where a fact comes from, and where the sources contradict each other.

use serde::Deserialize;
use serde_json::Value;

/// Where a fact is from that the page does not have.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Source {
    /// In our words.
    Text(String),
    /// The vendor's API Explorer.
    Explorer(ExplorerSource),
}

/// A definition of the vendor's API Explorer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExplorerSource {
    /// Its name there, with a field after a dot where only that one is meant.
    pub explorer: String,
    /// What is known besides, or inferred.
    pub note: Option<String>,
}

impl Source {
    /// The definition of the API Explorer, when only that has the fact.
    #[must_use]
    pub fn explorer(&self) -> Option<&str> {
        match self {
            Self::Text(_) => None,
            Self::Explorer(source) => Some(&source.explorer),
        }
    }

    /// What is said of the source in words.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Explorer(source) => source.note.as_deref(),
        }
    }
}

/// Where the documentation says something else than the schema.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// What the page says, as a fragment of a schema; a deviation of a call is written in words only.
    pub says: Option<Says>,
    /// The contradiction, in words.
    pub note: String,
    /// What shows that the page is wrong.
    pub evidence: Vec<Evidence>,
}

/// What shows that a page is wrong.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Evidence {
    /// A documented payload.
    Example(ExampleEvidence),
    /// The vendor's SDK.
    Sdk(SdkEvidence),
    /// Another page.
    Page(PageEvidence),
    /// The vendor's API Explorer.
    Explorer(ExplorerEvidence),
}

/// A value in a documented payload.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExampleEvidence {
    /// The file, relative to the schema file.
    pub example: String,
    /// The value in it, as a JSON Pointer.
    pub pointer: String,
}

/// What the vendor's SDK says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SdkEvidence {
    /// In our words.
    pub sdk: String,
}

/// What another page of the vendor says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageEvidence {
    /// In our words.
    pub page: String,
}

/// What the vendor's API Explorer says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExplorerEvidence {
    /// Its definition; about a call, what it says, in our words.
    pub explorer: String,
    /// What it says, as a fragment of a schema; about a call, nothing.
    pub says: Option<Says>,
    /// A value that one of page and Explorer takes and the other refuses.
    #[serde(default)]
    pub value: Value,
}

/// A fragment of a schema that says what a page says.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Says(Value);

impl Says {
    /// The fragment itself.
    #[must_use]
    pub fn fragment(&self) -> &Value {
        &self.0
    }

    /// A limit, a format, a type or a default by its keyword.
    #[must_use]
    pub fn keyword(&self, keyword: &str) -> Option<&Value> {
        self.0.get(keyword)
    }

    /// Whether the page has no such field.
    #[must_use]
    pub fn is_absence(&self) -> bool {
        self.not().is_some_and(|not| not.as_object().is_some_and(serde_json::Map::is_empty))
    }

    /// Whether the page gives the field this type.
    #[must_use]
    pub fn is_type(&self, name: &str) -> bool {
        self.keyword("type").is_some_and(|ty| ty == name)
    }

    /// Whether the page excludes this type.
    #[must_use]
    pub fn excludes_type(&self, name: &str) -> bool {
        self.not().and_then(|not| not.get("type")).is_some_and(|ty| ty == name)
    }

    /// The values that the page lists.
    #[must_use]
    pub fn listed(&self) -> Option<&[Value]> {
        self.keyword("enum").and_then(Value::as_array).map(Vec::as_slice)
    }

    /// Whether the page makes a field mandatory.
    #[must_use]
    pub fn requires(&self, field: &str) -> bool {
        self.keyword("required").and_then(Value::as_array).is_some_and(|names| names.iter().any(|name| name == field))
    }

    /// What the page says about one property of the object.
    #[must_use]
    pub fn of_property(&self, name: &str) -> Option<Self> {
        self.keyword("properties").and_then(|properties| properties.get(name)).cloned().map(Self)
    }

    fn not(&self) -> Option<&Value> {
        self.keyword("not")
    }
}
