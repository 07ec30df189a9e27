//! What the documentation says in words and JSON Schema has none for: `x-drs` of the schemas, and the batch of an
//! operation. Breaking such a rule is drift: the payload can still be read.

use std::collections::HashMap;

use drs_types::__private::Pointer;
use drs_types::batch::BatchInfo;
use drs_types::text::one_of;
use drs_types::{ItemData, OperationInfo, integer};
use serde_json::Value;

use crate::Side;
use crate::finding::Code;
use crate::finding::difference::{Difference, Found, Rule, short};
use crate::schema::builder::Builder;
use crate::schema::compiled::{Schema, named};

/// Checks the rules of a definition and of everything below it.
pub(crate) fn of_schema(schema: &Schema, value: &Value, builder: &mut Builder<'_>) {
    Walk { schema, builder }.definition(&schema.name, value, &Pointer::Root);
}

/// Checks that the ids of a batch response are unique.
pub(crate) fn of_response(operation: &OperationInfo, side: Side, body: &Value, builder: &mut Builder<'_>) {
    let Some(batch) = success_of(operation, side).filter(|batch| !batch.repeats) else { return };
    let mut first_at = HashMap::new();
    for (pointer, id) in response_ids(batch, body) {
        match first_at.get(id) {
            Some(first) => {
                let seen = format!("{} is already at {first}", short(format!("{id:?}")));
                builder.add(Difference { found: Some(seen.into()), ..Difference::bare(Code::DuplicateId, pointer) });
            }
            None => drop(first_at.insert(id, pointer)),
        }
    }
}

pub(crate) fn success_of(operation: &OperationInfo, side: Side) -> Option<&BatchInfo> {
    matches!(side, Side::Response(200..=299)).then_some(operation.batch)?
}

pub(crate) fn list<'a>(body: &'a Value, pointer: &str) -> Option<&'a [Value]> {
    body.pointer(pointer)?.as_array().map(Vec::as_slice)
}

/// The ids in the response of a batch, with their pointers.
pub(crate) fn response_ids<'a>(batch: &'a BatchInfo, body: &'a Value) -> impl Iterator<Item = (String, &'a str)> {
    let items = list(body, batch.response).unwrap_or_default();
    items.iter().enumerate().filter_map(|(index, item)| {
        let at = batch.id?;
        let id = item.pointer(at)?.as_str()?;
        Some((format!("{}/{index}{at}", batch.response), id))
    })
}

/// Whether a string has more than white space. Only bytes count, as in the recogniser.
fn says_something(text: &str) -> bool {
    text.bytes().any(|byte| byte > b' ')
}

struct Walk<'a, 'b> {
    schema: &'a Schema,
    builder: &'a mut Builder<'b>,
}

impl Walk<'_, '_> {
    fn definition(&mut self, name: &str, value: &Value, at: &Pointer<'_>) {
        let definition = self.schema.definition(name);
        let Some(members) = value.as_object() else { return };
        let rule = |rest: &str| Rule::new(name, rest);
        for (key, member) in members {
            let property = &definition["properties"][key.as_str()];
            let at = &at.key(key);
            let rules = &property["x-drs"];
            if let (Some(counted), Some(count)) = (rules["counts"].as_str(), member.as_number().and_then(integer::of))
                && let Some(list) = members.get(counted).and_then(Value::as_array)
                && usize::try_from(count) != Ok(list.len())
            {
                let expected = format!("{}, the number of items of {counted}", list.len());
                let difference = Difference::new(Code::WrongCount, at.to_string(), expected, count.to_string());
                self.push(difference, rule(&format!("properties/{key}/x-drs/counts")));
            }
            if let (Some("item_data"), Some(text)) = (rules["form"].as_str(), member.as_str())
                && matches!(ItemData::parse(text), ItemData::Text(_))
            {
                let expected = "JSON, a Python dictionary, or an empty string";
                let difference = Difference::new(Code::UnknownForm, at.to_string(), expected, Found::value_of(member));
                self.push(difference, rule(&format!("properties/{key}/x-drs/form")));
            }
            self.below(property, member, at);
        }
        let reason = &definition["x-drs"]["reason"];
        let names = |key: &str| reason[key].as_array().into_iter().flatten().filter_map(Value::as_str);
        if let Some(of) = reason["of"].as_str()
            && let Some(Value::String(value)) = members.get(of)
            && names("values").any(|named| named == value)
            && !names("in").any(|name| members.get(name).and_then(Value::as_str).is_some_and(says_something))
        {
            let expected = format!("a reason in {}", one_of(names("in")));
            let found = format!("{value:?} without one");
            let difference = Difference::new(Code::MissingReason, at.key(of).to_string(), expected, found);
            self.push(difference, rule("x-drs/reason"));
        }
    }

    /// Follows a property, the items of an array, or the values of a map to their definitions.
    fn below(&mut self, property: &Value, value: &Value, at: &Pointer<'_>) {
        if let Some(name) = named(property) {
            return self.definition(name, value, at);
        }
        for (index, element) in value.as_array().into_iter().flatten().enumerate() {
            self.below(&property["items"], element, &at.index(index));
        }
        if property["additionalProperties"].is_object() {
            for (key, member) in value.as_object().into_iter().flatten() {
                self.below(&property["additionalProperties"], member, &at.key(key));
            }
        }
    }

    fn push(&mut self, difference: Difference, rule: Rule) {
        self.builder.add(Difference { rule: Some(rule), ..difference });
    }
}
