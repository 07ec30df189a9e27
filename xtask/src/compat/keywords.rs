//! The keywords of two schemas that differ, as sentences.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::Version;
use super::sentences::Difference;
use super::subset::Relation;
use crate::schema::definition::Obligation;
use crate::schema::{Definition, Limits, Property, Shape, Type};

/// A definition, a property or a part of one: what is compared by its type and its limits.
#[derive(Clone, Copy)]
pub(super) struct Piece<'a> {
    kind: Kind<'a>,
    limits: Option<&'a Limits>,
    format: Option<&'a str>,
}

#[derive(Clone, Copy)]
enum Kind<'a> {
    Object,
    Type(&'a Type),
}

impl<'a> Piece<'a> {
    pub(super) fn of_property(property: &'a Property) -> Self {
        let Property { ty, limits, format, .. } = property;
        Self { kind: Kind::Type(ty), limits: Some(limits), format: format.as_deref() }
    }

    pub(super) fn of_definition(definition: &'a Definition) -> Self {
        match &definition.shape {
            Shape::Object(_) => Self { kind: Kind::Object, limits: None, format: None },
            Shape::String(string) => {
                Self { kind: Kind::Type(&Type::String), limits: Some(&string.limits), format: None }
            }
        }
    }

    fn ty(self) -> Option<&'a Type> {
        match self.kind {
            Kind::Object => None,
            Kind::Type(ty) => Some(ty),
        }
    }

    /// The keywords of JSON Schema that limit it, with those of the string that it is by name.
    fn keywords(self, version: Option<&Version>) -> Map<String, Value> {
        let named = version.and_then(|version| version.model.definition(self.ty()?.named()?)?.string());
        let mut keywords = named.map(|string| string.limits.keywords()).unwrap_or_default();
        keywords.extend(self.limits.map(Limits::keywords).unwrap_or_default());
        keywords.extend(self.format.map(|format| ("format".to_owned(), Value::from(format))));
        keywords
    }
}

/// What differs in the type and the limits of two pieces of schemas; `None` when nothing does.
pub(super) fn compared(versions: [&Version; 2], pieces: [Piece<'_>; 2]) -> Option<String> {
    let mut changes = Vec::new();
    let [before, after] = pieces.map(|piece| piece.ty().map_or("object".to_owned(), kind));
    if before == after {
        limits(pieces, [None, None], "", &mut changes);
    } else {
        changes.push(format!("{before} became {after}"));
        // A named string has limits of its own besides those of the field.
        limits(pieces, versions.map(Some), "", &mut changes);
    }
    (!changes.is_empty()).then(|| changes.join(", "))
}

/// The type of a value, for people.
fn kind(ty: &Type) -> String {
    let or_null = if ty.is_nullable() { " or null" } else { "" };
    let named = ty.named().map(|name| format!("`{name}`"));
    let types = || {
        let types = ty.alternatives().iter().map(|one| match one {
            Type::Array(element) => format!("array of {}", kind(&element.ty)),
            Type::Map(value) => format!("map of {}", kind(&value.ty)),
            other => other.json_type().map_or_else(String::new, |ty| ty.to_string()),
        });
        types.collect::<Vec<_>>().join(" or ")
    };
    format!("{}{or_null}", named.unwrap_or_else(types))
}

fn limits(pieces: [Piece<'_>; 2], versions: [Option<&Version>; 2], of: &str, changes: &mut Vec<String>) {
    let [before, after] = pieces;
    let keywords = [before.keywords(versions[0]), after.keywords(versions[1])];
    let keys: BTreeSet<&String> = keywords.iter().flat_map(|keywords| keywords.keys()).collect();
    for key in keys {
        match [keywords[0].get(key), keywords[1].get(key)] {
            [Some(before), Some(after)] if before != after => {
                changes.push(format!("{of}{key} changed from {before} to {after}"));
            }
            [Some(before), None] => changes.push(format!("{of}{key} {before} was removed")),
            [None, Some(after)] => changes.push(format!("{of}{key} {after} was added")),
            _ => {}
        }
    }
    for (of, below) in [("items: ", Type::element as fn(&Type) -> Option<&Property>), ("values: ", Type::value)] {
        if let [Some(before), Some(after)] = pieces.map(|piece| piece.ty().and_then(below)) {
            limits([before, after].map(Piece::of_property), [None, None], of, changes);
        }
    }
}

/// The enum values that differ. An enum that is added or removed as a whole is another type of string.
pub(super) fn values(definitions: [&Definition; 2], relation: impl Fn() -> Relation) -> Vec<Difference> {
    let [before, after] = definitions.map(|definition| {
        let values = definition.listed().unwrap_or_default().iter();
        values.map(String::as_str).collect::<BTreeSet<_>>()
    });
    match (before.is_empty(), after.is_empty()) {
        (true, false) => {
            return vec![Difference::Keywords(format!("any string became one of {}", either(&after)), relation())];
        }
        (false, true) => {
            return vec![Difference::Keywords(format!("one of {} became any string", either(&before)), relation())];
        }
        _ => {}
    }
    let removed = before.difference(&after).map(|value| Difference::ValueRemoved((*value).to_owned()));
    removed.chain(after.difference(&before).map(|value| Difference::ValueAdded((*value).to_owned()))).collect()
}

/// Another default for a field that had one.
pub(super) fn default([before, after]: [&Property; 2]) -> Option<Difference> {
    let (before, after) = (before.default.as_ref()?, after.default.as_ref());
    match after {
        Some(after) if after == before => None,
        Some(after) => Some(Difference::Default(format!("the default changed from {before} to {after}"))),
        None => Some(Difference::Default(format!("the default {before} was removed"))),
    }
}

/// The conditions under which fields are required, as sentences.
pub(super) fn rules(definition: &Definition) -> BTreeSet<String> {
    let sentence = |obligation: &Obligation| {
        let then = obligation.required.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(" and ");
        format!(
            "{then} {} required when {}",
            if obligation.required.len() == 1 { "is" } else { "are" },
            condition(&obligation.when)
        )
    };
    definition.obligations().iter().map(sentence).collect()
}

/// The values that some fields must have; empty for no condition.
pub(super) fn condition<T: std::fmt::Display>(fields: &BTreeMap<String, Vec<T>>) -> String {
    let fields = fields.iter().map(|(field, values)| format!("`{field}` is {}", either(values)));
    fields.collect::<Vec<_>>().join(" and ")
}

fn either(values: impl IntoIterator<Item = impl std::fmt::Display>) -> String {
    values.into_iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(" or ")
}

/// The definitions below two fields. Strings of different names are compared in the field.
pub(super) fn definitions_below([before, after]: [&Type; 2]) -> Option<[String; 2]> {
    if let [Some(before), Some(after)] = [before, after].map(Type::named) {
        return Some([before.to_owned(), after.to_owned()]);
    }
    let below = [Type::element as fn(&Type) -> Option<&Property>, Type::value];
    below.into_iter().find_map(|below| definitions_below([&below(before)?.ty, &below(after)?.ty]))
}
