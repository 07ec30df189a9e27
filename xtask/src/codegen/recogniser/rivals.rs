//! The rivals of a body: other bodies that a clean payload may be identified as, with a finding there.
//!
//! A rival has the same names, but another type or limit somewhere. A body is not a rival when the payload certainly
//! contradicts it (an unknown name, a missing name, a scalar instead of an object or an array). In doubt it is a rival:
//! the recogniser tries all rivals, and an unnecessary one only takes time.

use std::collections::BTreeSet;

use super::{Ids, MOST_FIELDS, Recogniser};
use crate::schema::{Definition, JsonType, Property, Shape, Type};

/// The pairs of definitions that were compared already.
type Seen = BTreeSet<(String, String)>;

impl Recogniser<'_> {
    /// Whether an object that is clean as one definition may be identified as another one, with a finding there.
    pub(super) fn is_rival(&self, one: &Definition, other: &Definition, seen: &mut Seen) -> bool {
        if one.name == other.name || !seen.insert((one.name.clone(), other.name.clone())) {
            return false;
        }
        let demands_more = |one: &Definition, other: &Definition| {
            one.object().is_some_and(|object| object.required.iter().any(|name| other.property(name).is_none()))
        };
        let shared = one.properties().filter_map(|(name, property)| Some((name, property, other.property(name)?)));
        let mut shared = shared.peekable();
        if demands_more(one, other) || demands_more(other, one) || shared.peek().is_none() {
            return false;
        }
        if other.properties().count() > MOST_FIELDS
            || one.obligations() != other.obligations()
            || one.reason() != other.reason()
        {
            return true;
        }
        shared.any(|(field, in_one, in_other)| {
            (self.ids_in(other, field) == Ids::Distinct && self.ids_in(one, field) != Ids::Distinct)
                || (self.is_id(other, field) && !self.is_id(one, field))
                || self.may_differ(in_one, in_other, seen)
        })
    }

    /// Whether the same holds for any value.
    fn may_differ(&self, one: &Property, other: &Property, seen: &mut Seen) -> bool {
        if self.is_same(one, other) {
            return false;
        }
        let is_container = |kind: &JsonType| matches!(kind, JsonType::Object | JsonType::Array);
        let (kinds, others) = (self.kinds(&one.ty), self.kinds(&other.ty));
        if kinds.iter().all(|kind| !is_container(kind) && *kind != JsonType::Null)
            && others.iter().all(|kind| is_container(kind) || *kind == JsonType::Null)
        {
            return false;
        }
        if kinds != others {
            return true;
        }
        let named = |property: &Property| property.ty.named().and_then(|name| self.model.definition(name));
        match (&one.ty, &other.ty) {
            (Type::Array(in_one), Type::Array(in_other)) => {
                let counts = |property: &Property| {
                    let limits = &property.limits;
                    (limits.min_items, limits.max_items, limits.unique_items)
                };
                counts(one) != counts(other) || self.may_differ(in_one, in_other, seen)
            }
            (Type::Map(in_one), Type::Map(in_other)) => self.may_differ(in_one, in_other, seen),
            _ => match (named(one), named(other)) {
                (Some(one), Some(other)) if kinds == BTreeSet::from([JsonType::Object]) => {
                    self.is_rival(one, other, seen)
                }
                _ => true,
            },
        }
    }

    /// Returns the JSON types of a value.
    fn kinds(&self, ty: &Type) -> BTreeSet<JsonType> {
        let mut kinds: BTreeSet<JsonType> = ty.json_types().into_iter().collect();
        let definition = ty.named().and_then(|name| self.model.definition(name));
        kinds.extend(definition.map(|definition| match definition.shape {
            Shape::Object(_) => JsonType::Object,
            Shape::String(_) => JsonType::String,
        }));
        kinds.extend(ty.is_nullable().then_some(JsonType::Null));
        kinds.extend(ty.may_be_empty().then_some(JsonType::String));
        kinds
    }

    /// Whether two properties have the same rules; their descriptions may differ.
    fn is_same(&self, one: &Property, other: &Property) -> bool {
        one.limits == other.limits
            && one.drs.counts == other.drs.counts
            && one.drs.form == other.drs.form
            && self.is_same_type(&one.ty, &other.ty)
    }

    /// Whether two types have the same rules. A named string is compared by its definition.
    fn is_same_type(&self, one: &Type, other: &Type) -> bool {
        match (one, other) {
            (Type::Array(one), Type::Array(other)) | (Type::Map(one), Type::Map(other)) => self.is_same(one, other),
            (Type::Nullable(one), Type::Nullable(other)) => self.is_same_type(one, other),
            (Type::OneOf(one), Type::OneOf(other)) => {
                one.len() == other.len() && one.iter().zip(other).all(|(one, other)| self.is_same_type(one, other))
            }
            (Type::Named(one), Type::Named(other)) => {
                let string = |name: &str| self.model.definition(name).and_then(Definition::string);
                one == other
                    || string(one)
                        .zip(string(other))
                        .is_some_and(|(one, other)| one.values == other.values && one.limits == other.limits)
            }
            (Type::EmptyString, Type::EmptyString) => true,
            _ => one.json_type().is_some() && one.json_type() == other.json_type(),
        }
    }
}
