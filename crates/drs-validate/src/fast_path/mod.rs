//! Decides quickly that a payload is clean; what it does not accept is suspect, and the full reading decides.

pub(crate) mod exchange;
pub(crate) mod scanner;
pub(crate) mod text;

pub(crate) use scanner::envelope::Decoded;

use std::ops::Range;

use drs_types::operation::BodyInfo;

use crate::fast_path::exchange::{Clean, Inside, Memory, Plan};
use crate::fast_path::scanner::Scanner;
use crate::generated::BODIES;
use crate::input::LogCall;
use crate::json::BYTE_ORDER_MARK;

/// A body and the function that recognises it.
#[derive(Debug)]
pub(crate) struct Body {
    /// The name of its definition.
    pub(crate) schema: &'static str,
    /// Walks over it; returns the members that it has, as a set of bits.
    pub(crate) recognise: fn(&mut Scanner<'_>) -> Option<u128>,
    /// The parts of it that may be skipped.
    pub(crate) shape: &'static Shape,
    /// The places in [`BODIES`] of those that a clean one may be taken for as well, with findings.
    pub(crate) rivals: &'static [usize],
}

/// The parts of an object that a full reading may skip, once the rest of the payload is suspect.
#[derive(Debug)]
pub(crate) struct Shape {
    /// Walks over the object.
    pub(crate) recognise: fn(&mut Scanner<'_>) -> Option<u128>,
    /// Whether the object may be skipped when it is clean.
    pub(crate) passable: bool,
    /// The members that are objects or arrays of objects.
    pub(crate) fields: &'static [(&'static str, &'static Shape)],
}

impl Shape {
    /// Where the object that starts here ends, when it is clean and may be skipped.
    pub(crate) fn end_of_clean(&self, text: &[u8], start: usize) -> Option<usize> {
        if !self.passable {
            return None;
        }
        let mut scanner = Scanner::starting(text, start);
        (self.recognise)(&mut scanner)?;
        let end = scanner.at();
        simdutf8::basic::from_utf8(&text[start..end]).is_ok().then_some(end)
    }

    /// The shape of the objects in a member.
    pub(crate) fn below(&self, name: &[u8]) -> Option<&'static Self> {
        self.fields.iter().find(|(field, _)| field.as_bytes() == name).map(|(_, shape)| *shape)
    }
}

/// The body of a definition.
fn body(schema: &str) -> Option<&'static Body> {
    BODIES.iter().find(|body| body.schema == schema)
}

/// The door to the quick reading. When it is closed, nothing is known to be clean, so that everything is read in full.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FastPath {
    is_open: bool,
}

/// What the fast path says of a body.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// It certainly has no finding.
    Clean,
    /// It may have findings, but none in the objects at these places, which are in their order.
    Suspect(Vec<Range<usize>>),
}

/// What may be an exchange.
pub(crate) enum Candidate<'a> {
    /// A record, or an entry of a HAR.
    Record { text: &'a [u8], is_entry: bool },
    /// A record of a program whose mapping has this plan.
    Mapped(&'a [u8], &'a Plan<'a>),
    /// A call in the text of a log.
    Logged(&'a [u8], &'a LogCall),
}

impl FastPath {
    pub(crate) const OPEN: Self = Self { is_open: true };
    pub(crate) const CLOSED: Self = Self { is_open: false };

    /// What a source is as this body.
    pub(crate) fn read(self, body: Option<&BodyInfo>, text: &[u8]) -> Verdict {
        if self.is_clean(body, text) {
            return Verdict::Clean;
        }
        let mut clean = Vec::new();
        if let Some(body) = self.find(body) {
            let start = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
            // The walk ends where the full reading ends.
            let _ = Scanner::starting(text, start).clean_objects(Some(body.shape), &mut clean);
        }
        Verdict::Suspect(clean)
    }

    /// Whether a source is certainly this body without a finding.
    pub(crate) fn is_clean(self, body: Option<&BodyInfo>, text: &[u8]) -> bool {
        self.find(body).is_some_and(|body| members_of_clean(body, text).is_some())
    }

    fn find(self, body: Option<&BodyInfo>) -> Option<&'static Body> {
        body.filter(|_| self.is_open).and_then(|known| self::body(known.schema))
    }

    /// What an exchange is that certainly has no finding.
    pub(crate) fn exchange(self, candidate: &Candidate<'_>, memory: &mut Memory) -> Option<Clean> {
        match candidate {
            _ if !self.is_open => None,
            Candidate::Record { text, is_entry } => exchange::exchange(text, *is_entry, memory),
            Candidate::Mapped(text, plan) => exchange::mapped(text, plan, memory),
            Candidate::Logged(text, call) => exchange::logged(text, call, memory),
        }
    }

    /// Decodes the string of a record that holds another one, along the way of a plan. `None` says nothing.
    pub(crate) fn inside(self, text: &[u8], plan: &Plan<'_>, out: &mut Decoded) -> Option<Inside> {
        if self.is_open { exchange::inside(text, plan, out) } else { None }
    }

    /// The definition of the first body that a source matches without a finding, unless it may be one of the rivals of this
    /// body and have a finding as that. What has no member fits none more than another.
    ///
    /// `last` is what the text before was; most streams hold one kind of payload. Only bodies that come before it could be
    /// the first one instead, and those give up soon.
    pub(crate) fn first_clean_body(self, text: &[u8], last: Option<&'static str>) -> Option<&'static str> {
        if !self.is_open {
            return None;
        }
        let fits = |body: &Body| fits(body, text);
        let guessed = last.and_then(|last| BODIES.iter().position(|body| body.schema == last));
        let guessed = guessed.filter(|index| fits(&BODIES[*index]));
        let before = &BODIES[..guessed.unwrap_or(BODIES.len())];
        let first = before.iter().find(|body| fits(body));
        let first = first.or_else(|| Some(&BODIES[guessed?]))?;
        let is_settled = |rival: &&usize| BODIES.get(**rival).is_some_and(|rival| is_clean_or_misfit(rival, text));
        first.rivals.iter().all(|rival| is_settled(&rival)).then_some(first.schema)
    }
}

/// The definitions of all bodies that a source matches without a finding.
pub(crate) fn clean_bodies(text: &[u8]) -> impl Iterator<Item = &'static str> {
    BODIES.iter().filter(|body| fits(body, text)).map(|body| body.schema)
}

/// Whether a source is a clean body with at least one member.
fn fits(body: &Body, text: &[u8]) -> bool {
    members_of_clean(body, text).is_some_and(|members| members != 0)
}

/// Whether a source, clean as another body, is clean as this one too, or certainly differs from it.
fn is_clean_or_misfit(body: &Body, text: &[u8]) -> bool {
    let mut scanner = Scanner::new(text);
    (body.recognise)(&mut scanner).is_some() || scanner.is_misfit()
}

/// The members that a body has, as a set of bits, when it certainly has no finding.
fn members_of_clean(body: &Body, text: &[u8]) -> Option<u128> {
    let mut scanner = Scanner::new(text);
    let members = (body.recognise)(&mut scanner)?;
    (scanner.is_at_end() && simdutf8::basic::from_utf8(text).is_ok()).then_some(members)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Side;

    /// Left to the full reading: a count that may be a string, and strings that may be empty or one of an enum.
    const SUSPECT: [&str; 2] = ["batch_change_data response", "show_job_list request"];

    /// Clean documented payloads must take the fast path.
    #[test]
    fn the_documented_payloads_are_clean_on_the_fast_path() {
        let mut suspects = Vec::new();
        for info in drs_types::OPERATIONS {
            for example in info.request_examples().chain(info.response_examples()) {
                let body = info.body(example.side).unwrap();
                if !FastPath::OPEN.is_clean(Some(body), example.json.as_bytes()) {
                    let side = if example.side == Side::Request { "request" } else { "response" };
                    suspects.push(format!("{} {side}", info.id));
                }
            }
        }
        assert_eq!(suspects, SUSPECT);
    }
}
