//! One of our fields or parameters, with the definitions that it refers to.

use serde_json::{Map, Value};

use crate::schema::source::{Deviation, Says, Source};
use crate::schema::{Definition, JsonType, Limits, Model, Property, Shape};

/// A property, and the model that defines its names.
#[derive(Clone, Copy)]
pub(super) struct Field<'a> {
    pub(super) model: &'a Model,
    pub(super) property: &'a Property,
    /// The definition that it is a field of; a parameter has none.
    pub(super) of: Option<(&'a Definition, &'a str)>,
}

/// What a deviation says about a field; `None` when it says nothing about it.
pub(super) type Said<'a> = (Option<Says>, &'a Deviation);

impl<'a> Field<'a> {
    /// The definition that the field refers to by name.
    fn definition(self) -> Option<&'a Definition> {
        self.property.ty.named().and_then(|name| self.model.definition(name))
    }

    /// The items of an array, as a field.
    pub(super) fn element(self) -> Option<Self> {
        Some(Self { property: self.property.ty.element()?, of: None, ..self })
    }

    /// The values of a map, as a field.
    pub(super) fn value(self) -> Option<Self> {
        Some(Self { property: self.property.ty.value()?, of: None, ..self })
    }

    /// The innermost items or values of arrays and maps.
    fn innermost(self) -> Self {
        self.element().or_else(|| self.value()).map_or(self, Self::innermost)
    }

    /// The JSON types that it may have.
    pub(super) fn types(self) -> Vec<JsonType> {
        let mut types = self.property.ty.json_types();
        types.extend(self.definition().map(|definition| match definition.shape {
            Shape::Object(_) => JsonType::Object,
            Shape::String(_) => JsonType::String,
        }));
        types.extend(self.property.ty.is_nullable().then_some(JsonType::Null));
        types
    }

    /// Its enum values.
    pub(super) fn values(self) -> Option<Vec<&'a str>> {
        let listed = self.innermost().definition()?.listed()?;
        let or_empty = self.property.ty.may_be_empty().then_some("");
        Some(listed.iter().map(String::as_str).chain(or_empty).collect())
    }

    /// The limits, the format and the default of it, or of the definition that it refers to, by keyword.
    pub(super) fn keywords(self) -> Map<String, Value> {
        let string = self.definition().and_then(Definition::string);
        let mut keywords = string.map(|string| string.limits.keywords()).unwrap_or_default();
        keywords.extend(Limits::keywords(&self.property.limits));
        keywords
            .extend(self.property.format.as_ref().map(|format| ("format".to_owned(), Value::from(format.as_str()))));
        keywords.extend(self.property.default.as_ref().map(|default| ("default".to_owned(), default.clone())));
        keywords
    }

    /// The source of a fact that the page does not state.
    pub(super) fn source(self) -> Option<&'a str> {
        let of = |field: Self| {
            let own = field.property.drs.source.as_ref().and_then(Source::text);
            own.or_else(|| field.definition().and_then(Definition::source).and_then(Source::text))
        };
        of(self).or_else(|| of(self.innermost()))
    }

    /// The objects that it refers to.
    pub(super) fn objects(self) -> Vec<&'a Definition> {
        let names = self.property.ty.references().into_iter();
        let mut found: Vec<&Definition> = names.filter_map(|name| self.model.definition(name)).collect();
        found.retain(|definition| definition.object().is_some());
        found.dedup_by_key(|definition| &definition.name);
        found
    }

    /// The deviations that are recorded for the field itself.
    pub(super) fn own_deviations(self) -> &'a [Deviation] {
        &self.property.drs.deviations
    }

    /// All deviations that may explain a difference: of the field, of what it refers to, and of the definition around it.
    pub(super) fn deviations(self) -> Vec<Said<'a>> {
        let of = |field: Self| {
            let named = field.definition().map(Definition::deviations).unwrap_or_default();
            field.own_deviations().iter().chain(named)
        };
        let pair = |deviation: &'a Deviation| (deviation.says.clone(), deviation);
        let here = of(self).chain(of(self.innermost())).map(pair);
        let around = self.of.into_iter().flat_map(|(definition, name)| {
            let about = move |deviation: &'a Deviation| {
                (deviation.says.as_ref().and_then(|says| says.of_property(name)), deviation)
            };
            definition.deviations().iter().flat_map(move |deviation| [about(deviation), pair(deviation)])
        });
        here.chain(around).collect()
    }
}

/// The deviations of a definition as a whole.
pub(super) fn deviations(definition: &Definition) -> Vec<Said<'_>> {
    definition.deviations().iter().map(|deviation| (deviation.says.clone(), deviation)).collect()
}
