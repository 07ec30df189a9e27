//! From a page to the draft of an operation folder. It holds the facts of the page and none of its sentences:
//! descriptions are empty, so that code generation rejects the draft until they are written.

use heck::ToUpperCamelCase;
use serde_json::Value;

use super::names::Names;
use super::page::{Call, Page, Role, Row, Table};
use super::row::{Kind, Values};
use crate::json::{Node, WIDTH};
use crate::schema::load::BASE;
use crate::schema::service::Service;
use crate::schema::{Folder, Parameter};

/// A draft.
pub(super) struct Draft {
    /// Path in the folder of the operation, and text.
    pub(super) files: Vec<(String, String)>,
    /// What is left to do by hand.
    pub(super) by_hand: Vec<String>,
}

/// Drafts the folder of an operation; `service` is `service.json`, whose parts are referred to.
pub(super) fn draft(page: &Page, call: &Call, folder: &Folder, service: &Service) -> Draft {
    let mut by_hand = Vec::new();
    let names = Names::new(page, &folder.operation, &mut by_hand);
    let mut writer = Writer { page, call, folder, service, names, values: Vec::new(), by_hand };
    let item = writer.operation();
    let item = Node::object([(call.path.as_str(), Node::object([(call.method.as_str(), item)]))]);
    let schema = writer.schema();
    let mut files =
        vec![("schema.json".to_owned(), schema.write(WIDTH)), ("operation.json".to_owned(), item.write(WIDTH))];
    for (side, in_response) in [("request", false), ("response", true)] {
        let examples = page.examples.iter().filter(|example| example.in_response == in_response);
        files.extend((1..).zip(examples).map(|(n, e)| (format!("examples/{side}.{n}.json"), e.text.clone() + "\n")));
    }
    Draft { files, by_hand: writer.by_hand }
}

struct Writer<'a> {
    page: &'a Page,
    call: &'a Call,
    folder: &'a Folder,
    service: &'a Service,
    names: Names,
    /// The definitions of enums.
    values: Vec<(String, Node)>,
    by_hand: Vec<String>,
}

fn empty() -> Node {
    Node::string("")
}

fn reference(name: &str) -> Node {
    Node::string(format!("#/$defs/{name}"))
}

impl Writer<'_> {
    fn schema(&mut self) -> Node {
        let mut definitions = Vec::new();
        let page = self.page;
        for (place, table) in page.tables.iter().enumerate() {
            if let Some((name, said)) = self.names.definition(place) {
                definitions.push((name.clone(), self.definition(table, &name, said)));
            }
        }
        definitions.append(&mut self.values);
        Node::object([
            ("$schema", Node::string("https://json-schema.org/draft/2020-12/schema")),
            ("$id", Node::string(format!("{BASE}{}", self.folder.file("schema.json")))),
            ("title", empty()),
            ("$defs", Node::Object(definitions)),
        ])
    }

    fn definition(&mut self, table: &Table, name: &str, said: String) -> Node {
        let required = table.rows.iter().filter(|row| row.required == Some(true)).map(|row| row.name.as_str());
        let required = Node::strings(required);
        let properties: Vec<(String, Node)> =
            table.rows.iter().map(|row| (row.name.clone(), self.property(row, name))).collect();
        let mut members = vec![
            ("type", Node::string("object")),
            ("description", empty()),
            ("x-drs", Node::object([("table", Node::string(said))])),
        ];
        if table.rows.iter().any(|row| row.required == Some(true)) {
            members.push(("required", required));
        }
        members.push(("properties", Node::Object(properties)));
        members.push(("additionalProperties", Node::Leaf(false.into())));
        Node::object(members)
    }

    /// A field of the definition called `of`.
    fn property(&mut self, row: &Row, of: &str) -> Node {
        // Without a type: the report says why, and code generation requires one.
        let Some(kind) = &row.kind else { return Node::object([("description", empty())]) };
        let values = self.values_of(row, of);
        let mut members = self.shape(kind, values.as_deref());
        members.insert(members.len().min(1), ("description".to_owned(), empty()));
        self.limits(row, &mut members);
        Node::Object(members)
    }

    /// Adds the definition of a field's enum.
    fn values_of(&mut self, row: &Row, of: &str) -> Option<String> {
        let Values::Listed(listed) = &row.facts.values else { return None };
        let name = format!("{of}{}", row.name.to_upper_camel_case());
        let meanings = Node::object(listed.iter().map(|value| (value.clone(), empty())));
        let definition = Node::object([
            ("type", Node::string("string")),
            ("description", empty()),
            ("enum", Node::strings(listed.clone())),
            ("x-drs", Node::object([("values", meanings)])),
        ]);
        self.values.push((name.clone(), definition));
        Some(name)
    }

    fn shape(&self, kind: &Kind<Option<usize>>, values: Option<&str>) -> Vec<(String, Node)> {
        let of_type = |rest: Option<(&str, Node)>| {
            let members = [("type", Node::string(kind.json_type().name()))].into_iter().chain(rest);
            members.map(|(key, value)| (key.to_owned(), value)).collect()
        };
        match kind {
            Kind::String => match values {
                Some(name) => vec![("$ref".to_owned(), reference(name))],
                None => of_type(None),
            },
            Kind::Integer(bits) => of_type(Some(("format", Node::string(format!("int{bits}"))))),
            Kind::Number | Kind::Boolean => of_type(None),
            Kind::Object(table) => {
                let name = table.and_then(|place| self.names.of(place));
                name.map(|name| ("$ref".to_owned(), reference(name))).into_iter().collect()
            }
            Kind::Array(inner) => of_type(Some(("items", self.element(inner, values)))),
            Kind::Map(inner) => of_type(Some(("additionalProperties", self.element(inner, values)))),
        }
    }

    fn element(&self, kind: &Kind<Option<usize>>, values: Option<&str>) -> Node {
        let members = self.shape(kind, values).into_iter();
        Node::Object(members.filter(|(key, _)| key != "format").collect())
    }

    fn limits(&mut self, row: &Row, members: &mut Vec<(String, Node)>) {
        for key in ["minimum", "maximum", "minLength", "maxLength", "default"] {
            if let Some(value) = row.facts.limits.get(key).filter(|value| !value.is_null()) {
                members.push((key.to_owned(), Node::Leaf(value.clone())));
            }
        }
        let limit = |key: &str| row.facts.limits.get(key).filter(|value| !value.is_null());
        if let (Kind::String, (Some(_), _) | (_, Some(_))) =
            (row.kind.as_ref().unwrap_or(&Kind::Boolean), (limit("min"), limit("max")))
        {
            let shown = |limit: Option<&Value>| limit.map_or("any".to_owned(), Value::to_string);
            self.by_hand.push(format!(
                "line {}: `{}` is a string of digits from {} to {}: write a pattern",
                row.line,
                row.name,
                shown(limit("min")),
                shown(limit("max"))
            ));
        }
    }

    fn operation(&mut self) -> Node {
        let mut members = vec![
            ("operationId", Node::string(self.folder.operation.as_str())),
            ("summary", empty()),
            ("description", empty()),
            ("tags", Node::strings([""])),
            ("security", Node::Array(self.security())),
            ("parameters", Node::Array(self.parameters())),
        ];
        if let Some(body) = self.page.table(Role::Request) {
            members.push(("requestBody", Node::object([("required", Node::Leaf(true.into())), self.content(body)])));
        }
        members.push(("responses", self.responses()));
        let label = self.page.label.as_deref().map(|label| ("label", Node::string(label)));
        let page = ("page", Node::string(self.page.title.as_str()));
        members.push(("x-drs", Node::object([page].into_iter().chain(label))));
        Node::object(members)
    }

    /// The security schemes whose header the page requires.
    fn security(&self) -> Vec<Node> {
        let schemes = self.service.components.security_schemes.iter();
        let is_required = |header: &str| self.headers().any(|row| row.name == header && row.required == Some(true));
        let schemes = schemes.filter(|(_, scheme)| is_required(&scheme.name));
        schemes.map(|(name, _)| Node::object([(name.as_str(), Node::Array(Vec::new()))])).collect()
    }

    fn headers(&self) -> impl Iterator<Item = &Row> {
        let tables = self.page.tables.iter().filter(|table| table.role == Role::Parameters("header"));
        tables.flat_map(|table| &table.rows)
    }

    fn parameters(&mut self) -> Vec<Node> {
        let page = self.page;
        let mut parameters = self.undescribed();
        for table in &page.tables {
            let Role::Parameters(place) = table.role else { continue };
            for row in table.rows.iter().filter(|row| !is_transport(row, place, self.service)) {
                parameters.push(self.parameter(row, place));
            }
        }
        parameters
    }

    /// The path parameters that no table describes.
    fn undescribed(&mut self) -> Vec<Node> {
        let described = self.page.tables.iter().filter(|table| table.role == Role::Parameters("path"));
        let described: Vec<&str> = described.flat_map(|table| &table.rows).map(|row| row.name.as_str()).collect();
        let in_path = self.call.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let missing: Vec<&str> = in_path.filter(|name| !described.contains(name)).collect();
        let mut parameters = Vec::new();
        for name in missing {
            let shared = self.service.components.parameters.iter().find(|(_, shared)| shared.name == name);
            parameters.push(match shared {
                Some((key, _)) => {
                    Node::object([("$ref", Node::string(format!("../../service.json#/components/parameters/{key}")))])
                }
                None => {
                    self.by_hand.push(format!("no table describes the path parameter `{name}`"));
                    Node::object([
                        ("name", Node::string(name)),
                        ("in", Node::string("path")),
                        ("required", Node::Leaf(true.into())),
                        ("description", empty()),
                        ("schema", Node::object([("type", Node::string("string"))])),
                    ])
                }
            });
        }
        parameters
    }

    fn parameter(&mut self, row: &Row, place: &str) -> Node {
        let mut shared = self.service.components.parameters.iter();
        let same = |parameter: &Parameter| parameter.name == row.name && parameter.location.name() == place;
        if let Some((key, _)) = shared.find(|(_, parameter)| same(parameter)) {
            let target = format!("../../service.json#/components/parameters/{key}");
            return Node::object([("$ref", Node::string(target))]);
        }
        let values = self.values_of(row, &self.folder.operation.to_upper_camel_case());
        let mut schema = match (values, &row.kind) {
            (Some(name), _) => vec![("$ref".to_owned(), Node::string(format!("schema.json#/$defs/{name}")))],
            (None, Some(kind)) => self.shape(kind, None),
            (None, None) => Vec::new(),
        };
        schema.retain(|(key, _)| key != "format");
        self.limits(row, &mut schema);
        Node::object([
            ("name", Node::string(row.name.as_str())),
            ("in", Node::string(place)),
            ("required", Node::Leaf(row.required.unwrap_or_default().into())),
            ("description", empty()),
            ("schema", Node::Object(schema)),
        ])
    }

    fn responses(&mut self) -> Node {
        let shared = self.service.components.responses.contains_key("Error");
        let mut statuses: Vec<u16> = self.page.statuses.iter().map(|(status, _)| *status).collect();
        statuses.extend(self.page.tables.iter().filter_map(|table| match table.role {
            Role::Response(status) => Some(status),
            _ => None,
        }));
        if !statuses.iter().any(|status| (200..300).contains(status)) {
            self.by_hand.push("no status of success was read: write its response".to_owned());
        }
        // A page without a status of failure means 400.
        if shared && !statuses.iter().any(|status| *status >= 400) {
            statuses.push(400);
        }
        statuses.sort_unstable();
        statuses.dedup();
        Node::object(statuses.into_iter().map(|status| {
            let response = match self.page.table(Role::Response(status)) {
                Some(body) if self.names.of(body).is_some() => {
                    Node::object([("description", empty()), self.content(body)])
                }
                _ if status >= 300 && shared => {
                    Node::object([("$ref", Node::string("../../service.json#/components/responses/Error"))])
                }
                _ => {
                    self.by_hand.push(format!("no body of the response {status} was read: it is written without one"));
                    Node::object([("description", empty())])
                }
            };
            (status.to_string(), response)
        }))
    }

    fn content(&self, body: usize) -> (&'static str, Node) {
        let name = self.names.of(body).unwrap_or_default();
        let schema = Node::object([("$ref", Node::string(format!("schema.json#/$defs/{name}")))]);
        ("content", Node::object([("application/json", Node::object([("schema", schema)]))]))
    }
}

/// Whether a header belongs to every request: its content type, or its credentials.
pub(super) fn is_transport(row: &Row, place: &str, service: &Service) -> bool {
    place == "header" && (service.is_credential(&row.name) || row.name == "Content-Type")
}
