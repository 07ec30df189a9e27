//! The rivals of a body: others that a clean payload may be taken for as well, and would have a finding as.
//!
//! They have its names, but another type or limit somewhere. What certainly speaks against the other body (an unknown name,
//! a missing one, a scalar in the place of an object or an array) makes it no rival. A doubt makes it one: the recogniser
//! tries all rivals, so that one too many only takes time.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{MOST_FIELDS, Recogniser};
use crate::codegen::model::Definition;
use crate::codegen::shape;

/// Pairs of definitions that were compared already.
type Seen = BTreeSet<(String, String)>;

impl Recogniser<'_> {
    /// Whether an object that is clean as one definition may be taken for another one and have a finding there.
    pub(super) fn is_rival(&self, one: &Definition, other: &Definition, seen: &mut Seen) -> bool {
        if one.name == other.name || !seen.insert((one.name.clone(), other.name.clone())) {
            return false;
        }
        let knows = |definition: &Definition, name: &str| definition.fields.iter().any(|field| field == name);
        let is_certain =
            one.required().any(|name| !knows(other, name)) || other.required().any(|name| !knows(one, name));
        let mut shared = one.fields.iter().filter(|field| knows(other, field)).peekable();
        if is_certain || shared.peek().is_none() {
            return false;
        }
        let differs = |rule: &dyn Fn(&Definition) -> Value| rule(one) != rule(other);
        if other.fields.len() > MOST_FIELDS
            || differs(&|definition| definition.schema["allOf"].clone())
            || differs(&|definition| definition.schema["x-drs"]["reason"].clone())
        {
            return true;
        }
        shared.any(|field| {
            let [in_one, in_other] = [one, other].map(|definition| &definition.schema["properties"][field]);
            (self.is_answer_list(other, field) && !self.is_answer_list(one, field))
                || (self.is_id(other, field) && !self.is_id(one, field))
                || self.may_differ(in_one, in_other, seen)
        })
    }

    /// The same for any value.
    fn may_differ(&self, one: &Value, other: &Value, seen: &mut Seen) -> bool {
        if self.comparable(one) == self.comparable(other) {
            return false;
        }
        let is_container = |kind: &String| matches!(kind.as_str(), "object" | "array");
        let (kinds, others) = (self.kinds(one), self.kinds(other));
        if kinds.iter().all(|kind| !is_container(kind) && kind != "null")
            && others.iter().all(|kind| is_container(kind) || kind == "null")
        {
            return false;
        }
        if kinds != others {
            return true;
        }
        let named = |schema| shape::named(schema).and_then(|name| self.model.definition(&name));
        match (kinds.as_slice(), named(one), named(other)) {
            ([kind], Some(one), Some(other)) if kind == "object" => self.is_rival(one, other, seen),
            ([kind], None, None) if kind == "object" => {
                self.may_differ(&one["additionalProperties"], &other["additionalProperties"], seen)
            }
            ([kind], None, None) if kind == "array" => {
                let differs = |key: &str| one[key] != other[key];
                ["minItems", "maxItems", "uniqueItems"].into_iter().any(differs)
                    || self.may_differ(&one["items"], &other["items"], seen)
            }
            _ => true,
        }
    }

    /// The JSON types of a value, in the order of their names.
    fn kinds(&self, schema: &Value) -> Vec<String> {
        let definition = shape::named(schema).and_then(|name| self.model.definition(&name));
        let named = definition.map(|definition| shape::types(&definition.schema)).unwrap_or_default();
        let null = shape::is_nullable(schema).then_some("null");
        let empty = schema["anyOf"][1]["const"].is_string().then_some("string");
        let kinds = shape::types(schema).into_iter().chain(named).chain(null).chain(empty);
        kinds.map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The rules of a schema without its words. A scalar that has a name is its definition.
    fn comparable(&self, schema: &Value) -> Value {
        const WORDS: [&str; 6] = ["title", "description", "default", "deprecated", "examples", "format"];
        match schema {
            Value::Object(members) => {
                let named = members.get("$ref").and(shape::named(schema)).and_then(|name| self.model.definition(&name));
                let mut all = Map::new();
                if let Some(named) = named.filter(|named| named.schema["type"] != "object") {
                    all.insert("$ref".to_owned(), self.comparable(&named.schema));
                }
                for (key, member) in members.iter().filter(|(key, _)| !WORDS.contains(&key.as_str())) {
                    let member = match key.as_str() {
                        "x-drs" => ["counts", "form", "reason"].into_iter().map(|rule| member[rule].clone()).collect(),
                        "$ref" => Value::from(shape::named(schema)),
                        _ => self.comparable(member),
                    };
                    let is_empty =
                        key == "x-drs" && member.as_array().is_some_and(|rules| rules.iter().all(Value::is_null));
                    if !is_empty && !all.contains_key(key) {
                        all.insert(key.clone(), member);
                    }
                }
                Value::Object(all)
            }
            Value::Array(elements) => elements.iter().map(|element| self.comparable(element)).collect(),
            other => other.clone(),
        }
    }
}
