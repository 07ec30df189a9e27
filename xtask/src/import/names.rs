//! Which table becomes which definition. A page may use one name for two objects; their position tells them apart.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToUpperCamelCase;

use super::page::{Page, Role, Row, Table};
use super::row::Kind;

/// The definitions of a draft.
pub(super) struct Names {
    /// The definition that a table becomes, or is merged into.
    names: BTreeMap<usize, String>,
    /// The first table of each name, and the source that its definition states.
    firsts: BTreeMap<usize, String>,
}

impl Names {
    /// Names every table that a body refers to.
    pub(super) fn new(page: &Page, operation: &str, by_hand: &mut Vec<String>) -> Self {
        let mut names = Self { names: BTreeMap::new(), firsts: BTreeMap::new() };
        let bodies = bodies(page);
        let reached = reach(page, &bodies);
        for (place, table) in page.tables.iter().enumerate() {
            if reached.contains(&place) {
                names.add(page, place, operation, by_hand);
                continue;
            }
            let why = match table.role {
                Role::Response(_) => "bodies of errors are shared",
                Role::Object { .. } => "no body refers to it",
                _ => continue,
            };
            by_hand.push(format!("line {}: {} is not in the draft: {why}", table.line, said(&[table])));
        }
        names
    }

    /// The definition that a table became.
    pub(super) fn of(&self, place: usize) -> Option<&str> {
        self.names.get(&place).map(String::as_str)
    }

    /// The definition that is made from a table, and its source; `None` when another table makes it.
    pub(super) fn definition(&self, place: usize) -> Option<(String, String)> {
        Some((self.names.get(&place)?.clone(), self.firsts.get(&place)?.clone()))
    }

    fn add(&mut self, page: &Page, place: usize, operation: &str, by_hand: &mut Vec<String>) {
        let table = &page.tables[place];
        let wanted = match table.role {
            Role::Request => format!("{}Request", operation.to_upper_camel_case()),
            Role::Response(_) => format!("{}Response", operation.to_upper_camel_case()),
            _ => identifier(table),
        };
        let first = self.firsts.keys().copied().find(|other| self.names[other] == wanted);
        let Some(first) = first else {
            if !matches!(table.role, Role::Request | Role::Response(_)) && table.name.as_deref() != Some(&wanted) {
                by_hand.push(format!("line {}: {} has no usable name: rename `{wanted}`", table.line, said(&[table])));
            }
            self.firsts.insert(place, said(&[table]));
            self.names.insert(place, wanted);
            return;
        };
        let other = &page.tables[first];
        let both = format!("line {}: {} and {}", table.line, said(&[other]), said(&[table]));
        if same(page, other, table) {
            by_hand.push(format!("{both} have the same fields: they are one definition"));
            self.firsts.insert(first, said(&[other, table]));
            self.names.insert(place, wanted);
            return;
        }
        let response = format!("{wanted}Resp");
        let taken = |name: &String| self.names.values().any(|other| other == name);
        let name = match table.role {
            Role::Object { in_response: true } if !taken(&response) => response,
            _ => format!("{wanted}Table{}", table.number),
        };
        by_hand.push(format!("{both} have one name and different fields: the second is `{name}`"));
        self.firsts.insert(place, said(&[table]));
        self.names.insert(place, name);
    }
}

/// The bodies of the request and of the successful response.
fn bodies(page: &Page) -> Vec<usize> {
    let is_body = |role: Role| role == Role::Request || matches!(role, Role::Response(200..300));
    (0..page.tables.len()).filter(|place| is_body(page.tables[*place].role)).collect()
}

/// Some tables, and all tables that they refer to.
pub(super) fn reach(page: &Page, from: &[usize]) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut open = from.to_vec();
    while let Some(place) = open.pop() {
        if reached.insert(place) {
            open.extend(page.tables[place].rows.iter().filter_map(target));
        }
    }
    reached
}

/// The table that a field refers to.
pub(super) fn target(row: &Row) -> Option<usize> {
    match row.kind.as_ref()?.innermost() {
        Kind::Object(place) => *place,
        _ => None,
    }
}

/// The vendor's name as a name of ours, or the number of the table.
fn identifier(table: &Table) -> String {
    let name = table.name.as_deref().unwrap_or_default();
    let starts = name.starts_with(|sign: char| sign.is_ascii_alphabetic());
    if !starts || !name.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '_') {
        return format!("Table{}", table.number);
    }
    if name.starts_with(char::is_uppercase) && !name.contains('_') {
        name.to_owned()
    } else {
        name.to_upper_camel_case()
    }
}

/// `Table 5 or 9, Endpoint`: the source of a definition.
fn said(tables: &[&Table]) -> String {
    let numbers: Vec<String> = tables.iter().map(|table| table.number.to_string()).collect();
    let name = tables.iter().find_map(|table| table.name.as_ref()).map(|name| format!(", {name}"));
    format!("Table {}{}", numbers.join(" or "), name.unwrap_or_default())
}

/// Whether two tables state the same facts, perhaps in other words.
fn same(page: &Page, one: &Table, other: &Table) -> bool {
    let facts = |table: &Table| -> Vec<_> {
        let row = |row: &Row| {
            let named = |place: Option<usize>| place.map(|place| page.tables[place].name.clone());
            let kind = row.kind.clone().map(|kind| kind.map(&mut |place| named(place)));
            (row.name.clone(), row.required == Some(true), kind, row.facts.values.clone(), row.facts.limits.clone())
        };
        table.rows.iter().map(row).collect()
    };
    facts(one) == facts(other)
}
