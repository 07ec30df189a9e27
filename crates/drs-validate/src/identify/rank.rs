//! Which documented bodies a payload may be, by its shape.
//!
//! Bodies are ranked by their mismatches: unknown fields, missing required fields, unlisted values, patterns without a
//! match, and a scalar in the place of an object or an array. All with the fewest of these are candidates. A scalar of another
//! type does not count: it is a mistake to be found, and must not remove the body that the payload is meant to be.

use std::cmp::Reverse;

use drs_types::Outline;
use drs_types::outline::Type;

use crate::identify::demands::Demands;
use crate::identify::outline;
use crate::identify::{BodyKind, KnownBody, bodies};
use crate::json::tree::{Kind, Node};

/// The candidates, first of all those whose types agree in most places; those that agree equally often, in the order of
/// the documentation.
pub(crate) fn by_shape(payload: &Node) -> Vec<BodyKind> {
    let mut fewest = usize::MAX;
    let mut candidates: Vec<&'static KnownBody> = Vec::new();
    for body in bodies().iter().filter(|body| is_akin(body.outline, payload)) {
        let mut walk = Walk { against: 0, most: fewest };
        walk.value(body.outline, body.demands, payload);
        if walk.against < fewest {
            fewest = walk.against;
            candidates.clear();
        }
        if walk.against == fewest {
            candidates.push(body);
        }
    }
    candidates.sort_by_cached_key(|body| Reverse(outline::fit(body.outline, payload)));
    candidates.into_iter().map(|body| body.known).collect()
}

/// Whether a payload may be such a body at all: at least half of its names must be known. One known name beside an unknown
/// one is a coincidence, unless its value has something inside.
fn is_akin(outline: &Outline, payload: &Node) -> bool {
    let Kind::Object(members) = &payload.kind else { return false };
    let known = || members.iter().filter(|member| outline.member(&member.key).is_some());
    let number = known().count();
    let says_something = number > 1 || members.len() == 1 || known().any(|member| !is_scalar(&member.value));
    number > 0 && 2 * number >= members.len() && says_something
}

fn is_scalar(value: &Node) -> bool {
    !matches!(value.kind, Kind::Array(_) | Kind::Object(_))
}

/// Counts the mismatches with a body.
struct Walk {
    against: usize,
    /// With more than that, the body is not a candidate, and the walk ends.
    most: usize,
}

impl Walk {
    fn value(&mut self, outline: &Outline, demands: &Demands, value: &Node) {
        if self.against > self.most {
            return;
        }
        let may_be = |kind: Type| outline.types.contains(&kind);
        match &value.kind {
            Kind::Object(members) if may_be(Type::Object) => {
                for member in members {
                    match (outline.member(&member.key), outline.others) {
                        (Some(below), _) => self.value(below, demands.member(&member.key), &member.value),
                        (None, Some(below)) => {
                            self.value(below, demands.others.unwrap_or(&Demands::NONE), &member.value);
                        }
                        (None, None) => self.against += 1 + names(&member.value),
                    }
                }
                self.against += demands.required.iter().filter(|name| value.get(name).is_none()).count();
            }
            Kind::Array(elements) if may_be(Type::Array) => {
                let below = outline.items.unwrap_or(&Outline::NOTHING);
                let demands = demands.items.unwrap_or(&Demands::NONE);
                for element in elements {
                    self.value(below, demands, element);
                }
            }
            Kind::Object(_) | Kind::Array(_) => self.against += names(value),
            Kind::String(text) if may_be(Type::String) => self.against += demands.unmet(text),
            // In many bodies null means nothing.
            Kind::Null => {}
            Kind::Gap(never) => match *never {},
            Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => {
                let is_container = |kind: &Type| matches!(kind, Type::Array | Type::Object | Type::Null);
                let only_containers = !outline.types.is_empty() && outline.types.iter().all(is_container);
                self.against += usize::from(only_containers);
            }
        }
    }
}

/// How many keys a value has on all levels.
fn names(value: &Node) -> usize {
    match &value.kind {
        Kind::Object(members) => members.iter().map(|member| 1 + names(&member.value)).sum(),
        Kind::Array(elements) => elements.iter().map(names).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Side;
    use crate::json::reader;

    #[test]
    fn a_body_is_known_by_its_fields() {
        let side = |body: serde_json::Value| {
            let found = by_shape(&reader::parse(body.to_string().as_bytes()).root.unwrap());
            found.iter().map(|recognised| recognised.side).collect::<Vec<_>>()
        };
        assert_eq!(side(json!({ "results": [{ "total_passed_rate": 1 }], "more": 2 })), [Side::Response(200)]);
        assert_eq!(side(json!({ "jobs": [{ "job_id": "a", "delete_type": "x" }] }))[0], Side::Request);
        assert_eq!(side(json!({ "error_code": "x", "error_msg": "y" }))[0], Side::Response(400));
        assert_eq!(side(json!({ "unheard_of": "ever" })), []);
        assert!(side(json!({ "jobs": [] })).len() > 1);
        assert_eq!(side(json!([])), []);
    }
}
