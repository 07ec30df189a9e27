//! A record whose exchange is where the mapping of a program says: one walk along the pointers.

use std::borrow::Cow;

use drs_types::{Side, pointer};
use memchr::memmem;

use super::Clean;
use super::call::{Call, Memory};
use crate::fast_path::Decoded;
use crate::fast_path::scanner::Scanner;
use crate::mapping::Mapping;

/// The way along the pointers of a mapping.
#[derive(Debug)]
pub(crate) struct Plan<'a> {
    /// To the string that holds the record, where the mapping has one.
    inside: Option<Vec<Cow<'a, str>>>,
    ways: Vec<Way<'a>>,
    /// The arrays in a record whose items are records themselves.
    arrays: Vec<Vec<Cow<'a, str>>>,
}

/// A pointer to a part of an exchange.
#[derive(Debug)]
struct Way<'a> {
    role: Role,
    steps: Vec<Cow<'a, str>>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Role {
    Method,
    Url,
    Status,
    Request,
    Response,
}

/// Some of the ways, as bits.
type Ways = u64;

impl<'a> Plan<'a> {
    /// The plan of a mapping; `None` for one that needs the full reading.
    pub(crate) fn of(mapping: &'a Mapping, arrays: &'a [String]) -> Option<Self> {
        if mapping.each.is_some() {
            return None;
        }
        let inside = mapping.body.as_ref().map(|text| pointer::split(text).collect());
        let roles = mapping.capture.iter().flat_map(|capture| {
            [
                (Role::Method, &capture.method),
                (Role::Url, &capture.url),
                (Role::Status, &capture.status),
                (Role::Request, &capture.request),
                (Role::Response, &capture.response),
            ]
        });
        let way = |role| move |text: &'a String| Way { role, steps: pointer::split(text).collect() };
        let ways: Vec<_> = roles.flat_map(|(role, texts)| texts.iter().map(way(role))).collect();
        let arrays = arrays.iter().map(|text| pointer::split(text).collect()).collect();
        (ways.len() < Ways::BITS as usize).then_some(Self { inside, ways, arrays })
    }

    /// Whether the record is in a string.
    pub(crate) fn is_inside(&self) -> bool {
        self.inside.is_some()
    }

    /// Whether an exchange is at pointers, rather than in a form that is known by its names.
    pub(crate) fn has_ways(&self) -> bool {
        !self.ways.is_empty()
    }

    /// Whether a record may have one of the arrays whose items are records.
    pub(crate) fn may_hold_arrays(&self, text: &[u8]) -> bool {
        self.arrays.iter().filter_map(|steps| steps.last()).any(|name| memmem::find(text, name.as_bytes()).is_some())
    }

    /// Whether a member of a record may hold records.
    fn may_hold_records(&self, name: &[u8], value: &[u8]) -> bool {
        self.arrays.iter().any(|steps| match steps.as_slice() {
            [] => false,
            [only] => only.as_bytes() == name,
            [first, .., last] => first.as_bytes() == name && memmem::find(value, last.as_bytes()).is_some(),
        })
    }
}

/// What a record has in the string that may hold another record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Inside {
    /// What may be a record; it was decoded.
    Record,
    /// No JSON.
    Nothing,
}

/// Decodes the string of a record that holds another one. `None` says nothing.
pub(crate) fn inside(text: &[u8], plan: &Plan<'_>, out: &mut Decoded) -> Option<Inside> {
    simdutf8::basic::from_utf8(text).ok()?;
    let steps = plan.inside.as_ref()?;
    out.clear();
    let mut scanner = Scanner::new(text);
    find(&mut scanner, text, plan, steps, out)?;
    if !scanner.is_at_end() {
        return None;
    }
    let inner = out.text();
    match inner.trim_ascii_start().first() {
        // The full reading looks for the string in the inner record, too.
        Some(b'{') => {
            let name = format!("\"{}\"", steps.last()?);
            memmem::find(inner, name.as_bytes()).is_none().then_some(Inside::Record)
        }
        Some(b'[') => None,
        _ => Some(Inside::Nothing),
    }
}

fn find<'a>(
    s: &mut Scanner<'a>,
    text: &'a [u8],
    plan: &Plan<'_>,
    steps: &[Cow<'_, str>],
    out: &mut Decoded,
) -> Option<()> {
    let (step, below) = steps.split_first()?;
    let is_outer = Some(steps.len()) == plan.inside.as_ref().map(Vec::len);
    s.members(|s, name| {
        let start = s.at();
        match (s.first()?, below) {
            _ if name != step.as_bytes() => s.any_distinct()?,
            (b'"', []) => s.decoded(out)?,
            (b'{', [_, ..]) => find(s, text, plan, below, out)?,
            (b'[', [_, ..]) => return None,
            _ => s.any_distinct()?,
        }
        (!is_outer || !plan.may_hold_records(name, &text[start..s.at()])).then_some(())
    })
}

/// The walk over a record.
struct Walk<'a, 'm, 'p> {
    plan: &'p Plan<'p>,
    call: Call<'a, 'm>,
    /// For each part, the way that it was found on; of several, the first counts.
    found: [Option<usize>; 5],
}

/// What a record is, when it certainly has no finding. `None` says nothing.
pub(crate) fn mapped(text: &[u8], plan: &Plan<'_>, memory: &mut Memory) -> Option<Clean> {
    simdutf8::basic::from_utf8(text).ok()?;
    let mut walk = Walk { plan, call: Call::new(memory), found: [None; 5] };
    let mut scanner = Scanner::new(text);
    walk.object(&mut scanner, text, Ways::MAX, 0)?;
    if !scanner.is_at_end() {
        return None;
    }
    if walk.found[Role::Url as usize].is_none() {
        return Some(Clean::Foreign);
    }
    walk.call.decide(text, false)
}

impl<'a> Walk<'a, '_, '_> {
    fn object(&mut self, s: &mut Scanner<'a>, text: &'a [u8], ways: Ways, depth: usize) -> Option<()> {
        s.members(|s, name| {
            let here = |way: &Way<'_>| way.steps.get(depth).is_some_and(|step| step.as_bytes() == name);
            let is_alive = |index: usize| ways >> index & 1 == 1;
            let (mut below, mut end) = (0, None);
            for (index, way) in self.plan.ways.iter().enumerate().filter(|(index, way)| is_alive(*index) && here(way)) {
                if way.steps.len() == depth + 1 {
                    // One that leads to two parts is left to the full reading.
                    end.replace(index).map_or(Some(()), |_| None)?;
                } else {
                    below |= 1 << index;
                }
            }
            let start = s.at();
            match (end, below) {
                (Some(index), 0) => self.part(s, index)?,
                (Some(_), _) => return None,
                (None, 0) => s.any_distinct()?,
                (None, _) => match s.first()? {
                    b'{' => self.object(s, text, below, depth + 1)?,
                    b'[' => return None,
                    _ => s.any()?,
                },
            }
            // The full reading knows what base64 is.
            let is_special =
                depth == 0 && (name == b"encoding" || self.plan.may_hold_records(name, &text[start..s.at()]));
            (!is_special).then_some(())
        })
    }

    /// A part of the exchange.
    fn part(&mut self, s: &mut Scanner<'a>, index: usize) -> Option<()> {
        let role = self.plan.ways[index].role;
        let found = &mut self.found[role as usize];
        let is_better = found.is_none_or(|found| index < found);
        let is_first = found.is_none();
        if is_better {
            *found = Some(index);
        }
        let call = &mut self.call;
        match role {
            _ if !is_first && matches!(role, Role::Request | Role::Response) => None,
            _ if !is_better => s.any_distinct(),
            Role::Method => {
                call.method = None;
                call.take_method(s)
            }
            Role::Url => {
                call.url = None;
                call.take_url(s)
            }
            Role::Status => {
                call.status = None;
                call.take_status(s)
            }
            Role::Request => Self::body(call, s, Side::Request),
            Role::Response => Self::body(call, s, Side::Response(0)),
        }
    }

    fn body(call: &mut Call<'a, '_>, s: &mut Scanner<'a>, side: Side) -> Option<()> {
        match s.first()? {
            b'"' => call.text(s, side),
            b'n' => s.null(),
            _ => call.value(s, side),
        }
    }
}
