//! Decides quickly that an exchange is clean: one walk over its record, in any order of its members, that runs the recogniser of a
//! body in place, and builds nothing.

mod call;
mod logged;
mod mapped;

use drs_types::Side;

use super::scanner::Scanner;
use crate::identify::BodyKind;
use call::Call;

pub(crate) use call::Memory;
pub(crate) use logged::logged;
pub(crate) use mapped::{Inside, Plan, inside, mapped};

/// What a clean exchange has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Clean {
    /// A call of this API with these bodies.
    Call { request: Option<BodyKind>, response: Option<BodyKind> },
    /// A call of something else.
    Foreign,
}

/// The form of a record.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Form {
    #[default]
    Unknown,
    /// Request and response are bodies.
    Capture,
    /// Request and response are objects that have bodies.
    Nested,
}

/// The walk over a record.
struct Walk<'a, 'm> {
    call: Call<'a, 'm>,
    is_entry: bool,
    is_dated: bool,
    form: Form,
    are_described: Option<bool>,
}

/// What a record is, when it is an exchange that certainly has no finding. An entry of a HAR is known to be one.
pub(crate) fn exchange(text: &[u8], is_entry: bool, memory: &mut Memory) -> Option<Clean> {
    simdutf8::basic::from_utf8(text).ok()?;
    let call = Call::new(memory);
    let mut walk = Walk { call, is_entry, is_dated: false, form: Form::Unknown, are_described: None };
    let mut scanner = Scanner::new(text);
    walk.record(&mut scanner)?;
    let is_mixed = walk.is_dated && walk.are_described == Some(false);
    let is_bare = walk.form == Form::Capture && walk.call.is_bare();
    if !scanner.is_at_end() || walk.form == Form::Unknown || is_mixed || is_bare {
        return None;
    }
    // A capture need not have both bodies; of a HAR, one that is missing is counted.
    walk.call.decide(text, walk.form == Form::Capture)
}

impl<'a> Walk<'a, '_> {
    fn record(&mut self, s: &mut Scanner<'a>) -> Option<()> {
        s.members(|s, name| match name {
            b"method" => self.take_form(Form::Capture).and_then(|()| self.call.take_method(s)),
            b"url" => self.take_form(Form::Capture).and_then(|()| self.call.take_url(s)),
            b"status" => self.take_form(Form::Capture).and_then(|()| self.call.take_status(s)),
            b"startedDateTime" => {
                self.is_dated = true;
                s.any()
            }
            b"request" => match s.first()? {
                b'n' => s.null(),
                b'"' => self.string(s, Side::Request),
                _ if s.starts_with_member(&MESSAGE) => self.message(s, Side::Request),
                _ => self.json(s, Side::Request),
            },
            b"response" => match s.first()? {
                b'n' => s.null(),
                b'"' => self.string(s, Side::Response(0)),
                _ if s.starts_with_member(&MESSAGE) => self.message(s, Side::Response(0)),
                _ => self.json(s, Side::Response(0)),
            },
            b"uri" | b"path" | b"statusCode" | b"status_code" | b"code" | b"req" | b"res" | b"resp"
            | b"httpRequest" | b"httpResponse" | b"isBase64Encoded" | b"log" | b"traces" | b"requestBody"
            | b"request_body" | b"reqBody" | b"req_body" | b"responseBody" | b"response_body" | b"resBody"
            | b"res_body" | b"respBody" => None,
            _ => s.any_distinct(),
        })
    }

    /// A request or a response that is an object with a body.
    fn message(&mut self, s: &mut Scanner<'a>, side: Side) -> Option<()> {
        self.take_form(Form::Nested)?;
        let is_request = side == Side::Request;
        s.members(|s, name| match name {
            b"method" if is_request => self.call.take_method(s),
            b"url" if is_request => self.call.take_url(s),
            b"status" if !is_request => self.call.take_status(s),
            b"body" if !self.is_entry => match s.first()? {
                b'"' => self.take_bodies(false).and_then(|()| self.call.text(s, side)),
                b'{' => self.take_bodies(false).and_then(|()| self.call.value(s, side)),
                _ => None,
            },
            b"postData" if is_request => self.described(s, side),
            b"content" if !is_request => self.described(s, side),
            b"url" | b"uri" | b"path" | b"method" | b"status" | b"statusCode" | b"status_code" | b"code"
            | b"jsonBody" | b"bodyText" | b"payload" | b"rawBody" | b"data" | b"content" | b"isBase64Encoded"
            | b"body" => None,
            _ => s.any_distinct(),
        })
    }

    /// A body in an object with its type and its size.
    fn described(&mut self, s: &mut Scanner<'a>, side: Side) -> Option<()> {
        self.take_bodies(true)?;
        s.members(|s, name| match name {
            b"text" => self.call.text(s, side),
            b"encoding" | b"string" | b"content" | b"base64_string" | b"_file" => None,
            _ => s.any_distinct(),
        })
    }

    fn string(&mut self, s: &mut Scanner<'a>, side: Side) -> Option<()> {
        self.take_form(Form::Capture)?;
        self.call.text(s, side)
    }

    fn json(&mut self, s: &mut Scanner<'a>, side: Side) -> Option<()> {
        self.take_form(Form::Capture)?;
        self.call.value(s, side)
    }

    fn take_form(&mut self, form: Form) -> Option<()> {
        let fits = (self.form == Form::Unknown || self.form == form) && (form == Form::Nested || !self.is_entry);
        self.form = form;
        fits.then_some(())
    }

    /// Bodies are in objects with their type, or they are not; a HAR has such objects only.
    fn take_bodies(&mut self, are_described: bool) -> Option<()> {
        (*self.are_described.get_or_insert(are_described) == are_described).then_some(())
    }
}

/// The names that request and response have in a record when they are not bodies.
const MESSAGE: [&[u8]; 11] = [
    b"method",
    b"url",
    b"status",
    b"headers",
    b"body",
    b"httpVersion",
    b"statusText",
    b"content",
    b"postData",
    b"bodySize",
    b"cookies",
];

#[cfg(test)]
mod tests;
