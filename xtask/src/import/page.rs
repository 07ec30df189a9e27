//! A documentation page as facts: the call, its tables and payloads. Both layouts end up here.

use serde_json::Value;

use super::row::{Facts, Kind};

/// What one page says.
#[derive(Debug, Default)]
pub struct Page {
    /// The title.
    pub title: String,
    /// The stable label of the page, when the layout keeps it.
    pub label: Option<String>,
    /// What is called, and how.
    pub call: Option<Call>,
    /// The tables of parameters and fields, in the page's order.
    pub tables: Vec<Table>,
    /// The listed HTTP statuses, with their lines.
    pub statuses: Vec<(u16, usize)>,
    /// The documented payloads.
    pub examples: Vec<Example>,
    /// What could not be read, by line.
    pub unread: Vec<Unread>,
}

/// Method and path.
#[derive(Clone, Debug)]
pub struct Call {
    /// Where it stands.
    pub line: usize,
    /// In lower case.
    pub method: String,
    /// The template.
    pub path: String,
}

/// Something on the page that was not understood.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Unread {
    /// Counted from 1.
    pub line: usize,
    /// What stands there, and why it was not read.
    pub message: String,
}

/// A table of the page.
#[derive(Debug)]
pub struct Table {
    /// The line it begins at.
    pub line: usize,
    /// Its number on the page; counted where the page gives none.
    pub number: usize,
    /// What it is called, when it is a shape of its own and the page names it.
    pub name: Option<String>,
    /// What it describes.
    pub role: Role,
    /// Its fields.
    pub rows: Vec<Row>,
}

/// What a table describes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// Parameters: in the path, the query or the header.
    Parameters(&'static str),
    /// The body of the request.
    Request,
    /// The body of the answer with this status.
    Response(u16),
    /// An object that stands in a body: in the answer, or else in the request.
    Shape {
        /// Whether it stands among the tables of the answer.
        answered: bool,
    },
}

/// A field or parameter.
#[derive(Debug)]
pub struct Row {
    /// The line it begins at.
    pub line: usize,
    /// The name on the wire.
    pub name: String,
    /// Whether it must be sent; nothing where the table does not say.
    pub mandatory: Option<bool>,
    /// Its type; objects by the place of their table in the page, when it is there.
    pub kind: Option<Kind<Option<usize>>>,
    /// Values, limits and words.
    pub facts: Facts,
}

/// A documented payload.
#[derive(Debug)]
pub struct Example {
    /// The line it begins at.
    pub line: usize,
    /// Whether it is an answer.
    pub answered: bool,
    /// The text, as it stands.
    pub text: String,
    /// The same as JSON.
    pub value: Value,
}

impl Page {
    /// The first table of this role.
    #[must_use]
    pub fn table(&self, role: Role) -> Option<usize> {
        self.tables.iter().position(|table| table.role == role)
    }
}
