//! The sources of facts, and the contradictions between them.

use serde::Deserialize;
use serde_json::Value;

/// The source of a fact that the page does not have.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Source {
    /// A description, in our words.
    Text(String),
    /// The vendor's API Explorer.
    Explorer(ExplorerSource),
}

/// A definition of the vendor's API Explorer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExplorerSource {
    /// Its name there; a field follows after a dot where only that field is meant.
    pub explorer: String,
    /// A note on what else is known or inferred.
    pub note: Option<String>,
}

impl Source {
    /// Returns the definition of the API Explorer, when no other source has the fact.
    #[must_use]
    pub fn explorer(&self) -> Option<&str> {
        match self {
            Self::Text(_) => None,
            Self::Explorer(source) => Some(&source.explorer),
        }
    }

    /// Returns the description of the source.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Explorer(source) => source.note.as_deref(),
        }
    }
}

/// A difference between the documentation and the schema.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// What the page says, as a fragment of a schema; a deviation of an operation has words only.
    pub says: Option<Says>,
    /// The contradiction, in words.
    pub note: String,
    /// The evidence that the page is wrong.
    pub evidence: Vec<Evidence>,
}

/// The evidence that a page is wrong.
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
    /// A description, in our words.
    pub sdk: String,
}

/// What another page of the vendor says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageEvidence {
    /// A description, in our words.
    pub page: String,
}

/// What the vendor's API Explorer says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExplorerEvidence {
    /// Its definition; for an operation, what it says, in our words.
    pub explorer: String,
    /// What it says, as a fragment of a schema; absent for an operation.
    pub says: Option<Says>,
    /// A value that only one of page and API Explorer accepts.
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

    /// Returns a limit, a format, a type or a default by its keyword.
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

    /// Returns the values that the page lists.
    #[must_use]
    pub fn listed(&self) -> Option<&[Value]> {
        self.keyword("enum").and_then(Value::as_array).map(Vec::as_slice)
    }

    /// Whether the page calls a field mandatory.
    #[must_use]
    pub fn requires(&self, field: &str) -> bool {
        self.keyword("required").and_then(Value::as_array).is_some_and(|names| names.iter().any(|name| name == field))
    }

    /// Returns what the page says about one property of the object.
    #[must_use]
    pub fn of_property(&self, name: &str) -> Option<Self> {
        self.keyword("properties").and_then(|properties| properties.get(name)).cloned().map(Self)
    }

    fn not(&self) -> Option<&Value> {
        self.keyword("not")
    }
}
