//! A documentation page as facts: the operation, its tables and payloads. Both layouts become this.

use serde_json::Value;

use super::row::{Facts, Kind};

/// The facts of one page.
#[derive(Debug, Default)]
pub struct Page {
    /// The title.
    pub title: String,
    /// The stable label of the page, when the layout keeps it.
    pub label: Option<String>,
    /// The method and the path.
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
    /// Counted from 1.
    pub line: usize,
    /// In lower case.
    pub method: String,
    /// The template.
    pub path: String,
}

/// A place of the page that was not read.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Unread {
    /// Counted from 1.
    pub line: usize,
    /// What is there, or why it was not read.
    pub message: String,
}

/// A table of the page.
#[derive(Debug)]
pub struct Table {
    /// The line it begins at.
    pub line: usize,
    /// Its number on the page; counted where the page gives none.
    pub number: usize,
    /// The name of an object, where the page gives one.
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
    /// The body of the response with this status.
    Response(u16),
    /// An object in a body: of the response, or else of the request.
    Object {
        /// Whether its table is in the section of the response.
        in_response: bool,
    },
}

/// A field or parameter.
#[derive(Debug)]
pub struct Row {
    /// The line it begins at.
    pub line: usize,
    /// The name on the wire.
    pub name: String,
    /// Whether it is required; `None` where the table does not say.
    pub required: Option<bool>,
    /// Its type; an object is the index of its table, when the page has it.
    pub kind: Option<Kind<Option<usize>>>,
    /// Values, limits and words.
    pub facts: Facts,
}

/// A documented payload.
#[derive(Debug)]
pub struct Example {
    /// The line it begins at.
    pub line: usize,
    /// Whether it is of a response.
    pub in_response: bool,
    /// The text, verbatim.
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
