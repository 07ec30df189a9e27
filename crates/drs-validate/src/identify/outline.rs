//! What the names and types of everything in a body say of a value.

use drs_types::outline::{Outline, Type};
use drs_types::redacted::is_secret;

use crate::json::tree::{Kind, Node};

/// No documented body is deeper.
const MOST_LEVELS: usize = 32;

/// Whether a value has one of the types. To tell bodies apart, a number is a number.
fn has_type(outline: &Outline, value: &Node) -> bool {
    let one_of = |types: &[Type]| types.iter().any(|one| outline.types.contains(one));
    match &value.kind {
        Kind::Null => one_of(&[Type::Null]),
        Kind::Bool(_) => one_of(&[Type::Boolean]),
        Kind::Number(_) => one_of(&[Type::Integer, Type::Number]),
        Kind::String(_) => one_of(&[Type::String]),
        Kind::Array(_) => one_of(&[Type::Array]),
        Kind::Object(_) => one_of(&[Type::Object]),
        Kind::Gap(never) => match *never {},
    }
}

/// Whether a member somewhere in it, at this depth, may hold a secret: a documented one, or any in a map.
pub(crate) fn may_hold_secrets(outline: &Outline, depth: usize) -> bool {
    // A definition may lead back to itself.
    depth > MOST_LEVELS
        || outline.others.is_some()
        || outline.items.is_some_and(|outline| may_hold_secrets(outline, depth + 1))
        || outline.members.iter().any(|(name, outline)| is_secret(name) || may_hold_secrets(outline, depth + 1))
}

/// In how many places a value agrees in name or type.
pub(crate) fn fit(outline: &Outline, value: &Node) -> usize {
    let below: usize = match &value.kind {
        Kind::Object(members) => {
            let known = |name: &str| outline.member(name).or(outline.others);
            let known = members.iter().filter_map(|member| Some((known(&member.key)?, &member.value)));
            known.map(|(outline, member)| 1 + fit(outline, member)).sum()
        }
        Kind::Array(elements) => {
            let outline = outline.items.into_iter();
            outline.flat_map(|outline| elements.iter().map(|element| fit(outline, element))).sum()
        }
        _ => 0,
    };
    below + usize::from(has_type(outline, value))
}
