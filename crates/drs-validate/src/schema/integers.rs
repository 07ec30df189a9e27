//! Integers that are written with a fraction or an exponent, and those that no type holds.

use std::ops::Range;

use drs_types::__private::Pointer;
use drs_types::integer;
use drs_types::outline::{Outline, Type};
use drs_types::redacted::is_secret;
use serde_json::Number;

use crate::finding::Code;
use crate::finding::difference::{Difference, Found, short};
use crate::json::tree::{Kind, Node};
use crate::schema::builder::Builder;

/// Adds a finding for every number in a body that its table calls an integer and that is not plainly written as one.
///
/// JSON Schema calls `1.0` and `1e3` integers, and types read them; but the documentation writes `1` and `1000`.
pub(crate) fn check<G>(outline: &Outline, text: &[u8], root: &Node<G>, builder: &mut Builder<'_>) {
    if root.has_unusual_number() {
        Walk { text, builder }.value(outline, root, &Pointer::Root, false);
    }
}

struct Walk<'a, 'b> {
    text: &'a [u8],
    builder: &'a mut Builder<'b>,
}

impl Walk<'_, '_> {
    fn value<G>(&mut self, outline: &Outline, node: &Node<G>, at: &Pointer<'_>, secret: bool) {
        match &node.kind {
            Kind::Number(number)
                if outline.types.contains(&Type::Integer) && !outline.types.contains(&Type::Number) =>
            {
                self.number(number, node.start..node.end, at, secret);
            }
            Kind::Array(elements) => {
                let Some(outline) = outline.items else { return };
                for (index, element) in elements.iter().enumerate() {
                    self.value(outline, element, &at.index(index), secret);
                }
            }
            Kind::Object(members) => {
                for member in members {
                    let Some(outline) = outline.member(&member.key).or(outline.others) else { continue };
                    self.value(outline, &member.value, &at.key(&member.key), secret || is_secret(&member.key));
                }
            }
            _ => {}
        }
    }

    fn number(&mut self, number: &Number, place: Range<usize>, at: &Pointer<'_>, secret: bool) {
        let start = place.start;
        let source = String::from_utf8_lossy(&self.text[place]).into_owned();
        let is_plain = source.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') && source != "-0";
        let has_fraction = number.as_f64().is_some_and(|double| double.fract() != 0.0);
        let (code, expected) = match integer::of(number) {
            Some(_) if is_plain => return,
            Some(_) => (Code::IntegerForm, "an integer without fraction and exponent"),
            // The schema says that it is not an integer.
            None if has_fraction => return,
            None if is_plain => (Code::NumberRange, "an integer of 64 bits"),
            None => {
                let expected = "an integer below 2^53, or one of 64 bits without fraction and exponent";
                (Code::NumberRange, expected)
            }
        };
        let found = if secret { Found::masked() } else { Found::from(short(source)) };
        self.builder.add(Difference { at: Some(start), ..Difference::new(code, at.to_string(), expected, found) });
    }
}
