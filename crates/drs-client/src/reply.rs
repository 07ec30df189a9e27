//! Decoding of responses.

use std::borrow::Cow;

use drs_auth::Secrets;
use drs_types::common::ErrorCode;
use drs_types::text::{self, printable};
use drs_types::{Misfit, OperationInfo, Outline, Reading};
use http::StatusCode;
use serde::Deserialize as _;
use serde_json::Value;
use serde_json::error::Category;

use crate::BodyExcerpt;
use crate::body::{Incomplete, Received};
use crate::error::{Error, ResponseHead};
use crate::limits::LIMITS;

/// A documented response.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reply<T> {
    /// The body, without the values that do not fit its type.
    pub body: T,
    /// The values that do not fit the documented type, with their pointers in `raw`; empty when the whole body was
    /// read.
    pub misfits: Vec<Misfit>,
    /// The HTTP status.
    pub status: StatusCode,
    /// The service's id of the request. The vendor's support asks for it.
    pub request_id: Option<String>,
    /// The original body, with undocumented members; as UTF-8, without compression and byte order mark.
    pub raw: Vec<u8>,
}

/// Masks the secrets in a text, and cuts it after `most` characters.
fn quoted(text: &str, secrets: &Secrets, most: usize) -> String {
    let masked = secrets.mask(text);
    let cut = masked.char_indices().nth(most).map(|(at, _)| format!("{}…", &masked[..at]));
    cut.unwrap_or_else(|| masked.into_owned())
}

impl Received {
    /// Decodes the response with `read`, which also says whether the body has no documented field.
    pub(crate) fn decode<T>(
        mut self,
        info: &OperationInfo,
        secrets: &Secrets,
        read: impl FnOnce(&[u8]) -> Result<(Reading<T>, bool), serde_json::Error>,
    ) -> Result<Reply<T>, Error> {
        let operation = info.id;
        self.request_id = self.request_id.map(|id| quoted(&id, secrets, LIMITS.quoted));
        if let Some(incomplete) = self.incomplete.take() {
            return Err(self.incomplete(operation, incomplete, secrets));
        }
        if let Some(to) = self.location.as_deref().filter(|_| self.status.is_redirection()) {
            let to = quoted(to, secrets, LIMITS.quoted);
            return Err(Error::Redirected { operation, to, head: self.head(None, secrets).into() });
        }
        let text = self.as_utf8();
        if !self.status.is_success() {
            let value = text.and_then(|origin| self.value(&origin)).ok();
            return Err(self.refused(operation, value.as_ref(), secrets));
        }
        if info.success().is_some_and(|success| success.body.is_none()) {
            return self.without_body(operation, text, secrets, read);
        }
        let origin = text.map_err(|problem| self.not_an_object(operation, Some(problem), secrets))?;
        let Ok((reading, is_empty)) = read(&self.raw) else {
            return Err(self.not_an_object(operation, self.value(&origin).err(), secrets));
        };
        let mut misfits = reading.misfits;
        let body = info.success().and_then(|success| success.body.as_ref());
        let outline = body.map_or(&Outline::NOTHING, |body| body.outline);
        for misfit in &mut misfits {
            misfit.mask(outline, |text| quoted(text, secrets, LIMITS.quoted));
        }
        // Unknown fields are ignored, so an object without any documented field reads as empty. It is not a success,
        // but an error body or something else.
        let value = is_empty.then(|| self.value(&origin).ok()).flatten();
        if let Some(value) = value.filter(|value| value.as_object().is_some_and(|members| !members.is_empty())) {
            let has_code = code_and_message(&value).0.is_some();
            let has_fields = !outline.members.is_empty() || outline.others.is_some();
            if has_code || (has_fields && misfits.is_empty()) {
                return Err(self.refused(operation, Some(&value), secrets));
            }
            if has_fields {
                return Err(Error::Decode { operation, misfits, head: self.head(Some(&value), secrets).into() });
            }
        }
        Ok(Reply { body: reading.body, misfits, status: self.status, request_id: self.request_id, raw: self.raw })
    }

    /// Decodes the success of an operation without a documented body. An object is accepted unless it is an error;
    /// anything else, such as a login page, is not from the service.
    fn without_body<T>(
        self,
        operation: &'static str,
        text: Result<Origin, Unreadable>,
        secrets: &Secrets,
        read: impl FnOnce(&[u8]) -> Result<(Reading<T>, bool), serde_json::Error>,
    ) -> Result<Reply<T>, Error> {
        if !self.raw.trim_ascii().is_empty() {
            let value = text.and_then(|origin| self.value(&origin)).ok().filter(Value::is_object);
            let Some(value) = value else { return Err(self.not_an_object(operation, None, secrets)) };
            if code_and_message(&value).0.is_some() {
                return Err(self.refused(operation, Some(&value), secrets));
            }
        }
        let Ok((reading, _)) = read(b"null") else { return Err(self.not_an_object(operation, None, secrets)) };
        Ok(Reply {
            body: reading.body,
            misfits: Vec::new(),
            status: self.status,
            request_id: self.request_id,
            raw: self.raw,
        })
    }

    /// Returns the error of a success that is not a JSON object.
    fn not_an_object(&self, operation: &'static str, problem: Option<Unreadable>, secrets: &Secrets) -> Error {
        let head = self.head(None, secrets).into();
        match problem.filter(|_| self.is_meant_as_json()) {
            Some(Unreadable { at, reason }) => Error::Unreadable { operation, at, reason, head },
            None => Error::Undocumented { operation, head },
        }
    }

    fn incomplete(&self, operation: &'static str, incomplete: Incomplete, secrets: &Secrets) -> Error {
        let (at, head) = (self.raw.len(), Box::new(self.head(None, secrets)));
        match incomplete {
            Incomplete::BrokenOff(source) => Error::BrokenOff { operation, at, head, source },
            Incomplete::TooLarge(limit) => Error::TooLarge { operation, limit, head },
            Incomplete::Compression(reason) => Error::Unreadable { operation, at, reason, head },
            Incomplete::TimedOut { host, after } => Error::TimedOut { operation, host, after, head: Some(head) },
        }
    }

    /// Converts the body to UTF-8 without a byte order mark, and returns its original encoding.
    fn as_utf8(&mut self) -> Result<Origin, Unreadable> {
        let text = text::decode(&self.raw).map_err(|problem| {
            let reason = format!("{}{}", problem.reason, self.claimed());
            Unreadable { at: problem.at, reason }
        })?;
        Ok(match text {
            Cow::Owned(text) => {
                self.raw = text.into_bytes();
                Origin::Utf16
            }
            Cow::Borrowed(text) => {
                let mark = self.raw.len() - text.len();
                self.raw.drain(..mark);
                Origin::Utf8 { mark }
            }
        })
    }

    /// Mentions the charset in the `Content-Type`, when it is not UTF-8.
    fn claimed(&self) -> String {
        let claimed = self.charset.as_ref().filter(|charset| !is_utf8(charset));
        let claimed = claimed.map(|charset| format!(", and the Content-Type has the charset {}", printable(charset)));
        claimed.unwrap_or_default()
    }

    /// Parses the body as JSON, after `as_utf8`.
    fn value(&self, origin: &Origin) -> Result<Value, Unreadable> {
        let text = String::from_utf8_lossy(&self.raw);
        parse(&text).map_err(|Unreadable { at, reason }| {
            // The offset in the original bytes.
            let at = match origin {
                Origin::Utf8 { mark } => mark + at,
                Origin::Utf16 => 2 + 2 * text[..at].encode_utf16().count(),
            };
            Unreadable { at, reason: reason + &self.claimed() }
        })
    }

    /// Whether an invalid body is meant as JSON: it begins like an object or array, or has another charset.
    fn is_meant_as_json(&self) -> bool {
        let start = self.raw.iter().copied().find(|byte| !byte.is_ascii_whitespace());
        matches!(start, Some(b'{' | b'['))
            || std::str::from_utf8(&self.raw).is_err()
            || self.charset.as_ref().is_some_and(|charset| !is_utf8(charset))
    }

    fn refused(&self, operation: &'static str, body: Option<&Value>, secrets: &Secrets) -> Error {
        let head = self.head(body, secrets).into();
        let (code, message) = body.map(code_and_message).unwrap_or_default();
        if code.is_none() && self.status.is_success() {
            return Error::Undocumented { operation, head };
        }
        let code = code.map(|code| ErrorCode::from(quoted(&code, secrets, LIMITS.quoted).as_str()));
        let message = message.map(|message| quoted(&message, secrets, BodyExcerpt::LONGEST));
        Error::Refused { operation, code, message, head }
    }

    fn head(&self, body: Option<&Value>, secrets: &Secrets) -> ResponseHead {
        // A gateway has the id of the request in the body.
        let masked = |text: &str| quoted(text, secrets, LIMITS.quoted);
        let in_body = || body.and_then(|body| body["request_id"].as_str()).map(masked);
        ResponseHead {
            status: self.status,
            request_id: self.request_id.clone().or_else(in_body),
            retry_after: self.retry_after.as_deref().map(masked),
            body: BodyExcerpt::new(&self.raw, secrets),
        }
    }
}

/// Whether a charset is UTF-8, or a part of it.
fn is_utf8(charset: &str) -> bool {
    ["utf-8", "utf8", "us-ascii"].iter().any(|known| known.eq_ignore_ascii_case(charset))
}

/// The original encoding of a body.
enum Origin {
    /// UTF-8, with a byte order mark of `mark` bytes.
    Utf8 { mark: usize },
    /// UTF-16, with a byte order mark.
    Utf16,
}

/// A problem in a body, with its offset.
struct Unreadable {
    at: usize,
    reason: String,
}

fn parse(text: &str) -> Result<Value, Unreadable> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let whole = |error: &serde_json::Error| {
        let lines = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len);
        let mut at = (lines.sum::<usize>() + error.column().saturating_sub(1)).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let value = Value::deserialize(&mut deserializer).map_err(|error| {
        let at = if error.classify() == Category::Eof { text.len() } else { whole(&error) };
        match (error.classify(), lone_surrogate(&text.as_bytes()[..at])) {
            (Category::Eof, _) => Unreadable { at, reason: "unexpected end of input".to_owned() },
            (_, Some(at)) => Unreadable { at, reason: "unpaired surrogate".to_owned() },
            _ => {
                let location = format!(" at line {} column {}", error.line(), error.column());
                Unreadable { at, reason: error.to_string().trim_end_matches(&location).to_owned() }
            }
        }
    })?;
    match deserializer.end() {
        Ok(()) => Ok(value),
        Err(error) => Err(Unreadable { at: whole(&error), reason: "trailing characters".to_owned() }),
    }
}

/// Finds the start of the escape of a surrogate, such as `\ud800`, at the end of the parsed bytes.
fn lone_surrogate(read: &[u8]) -> Option<usize> {
    let from = read.len().saturating_sub(12);
    let is_surrogate = |part: &[u8]| {
        part.starts_with(b"\\u")
            && matches!(part[2], b'd' | b'D')
            && matches!(part[3], b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F')
    };
    read[from..].windows(4).position(is_surrogate).map(|at| from + at)
}

/// Returns the code and the message of an error body, in any form of the service and of gateways.
///
/// The documented form comes first, then those of gateways and of IAM, which wraps them into another object.
fn code_and_message(body: &Value) -> (Option<String>, Option<String>) {
    const FORMS: [(&str, &str); 4] =
        [("error_code", "error_msg"), ("error_code", "error_message"), ("errorCode", "errorMsg"), ("code", "message")];
    let text = |value: &Value| match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let here = FORMS.iter().map(|(code, message)| (text(&body[*code]), text(&body[*message])));
    if let Some(found) = here.filter(|(code, _)| code.is_some()).max_by_key(|(_, message)| message.is_some()) {
        return found;
    }
    let nested = body.as_object().into_iter().flatten().map(|(_, below)| below).filter(|below| below.is_object());
    nested.map(code_and_message).find(|(code, _)| code.is_some()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_known_form_of_an_error_body_is_read() {
        let read = |body: Value| {
            let (code, message) = code_and_message(&body);
            format!("{} {}", code.unwrap_or_default(), message.unwrap_or_default())
        };
        assert_eq!(read(json!({ "error_code": "DRS.M00201", "error_msg": "x" })), "DRS.M00201 x");
        assert_eq!(read(json!({ "error_code": "DRS.M00201", "error_message": "x" })), "DRS.M00201 x");
        assert_eq!(read(json!({ "errorCode": "APIGW.1", "errorMsg": "x" })), "APIGW.1 x");
        assert_eq!(read(json!({ "code": "1", "message": "x" })), "1 x");
        assert_eq!(read(json!({ "error": { "code": 401, "message": "x", "title": "y" } })), "401 x");
        assert_eq!(read(json!({ "badRequest": { "code": 400, "message": "x" } })), "400 x");
        assert_eq!(read(json!({ "error_code": "DRS.M00201" })), "DRS.M00201 ");
        assert_eq!(read(json!({ "error_code": null, "error_msg": null })), " ");
        assert_eq!(read(json!([{ "error_code": "x" }])), " ");
        assert_eq!(read(json!(null)), " ");
    }

    /// No documented operation has a response without a body yet, so this is tested from inside.
    #[test]
    fn a_success_without_a_documented_body_is_empty_or_an_object_that_is_not_an_error() {
        let read = |body: &str| {
            let mut received = Received {
                status: StatusCode::NO_CONTENT,
                request_id: Some("r-1".to_owned()),
                retry_after: None,
                location: None,
                charset: None,
                raw: body.as_bytes().to_vec(),
                incomplete: None,
            };
            let text = received.as_utf8();
            let nothing = |json: &[u8]| serde_json::from_slice(json).map(|body: ()| (Reading::whole(body), true));
            received.without_body("clear_cache", text, &Secrets::default(), nothing)
        };
        for body in ["", " \r\n", "{}", r#"{ "extra": 1 }"#] {
            let reply = read(body).unwrap();
            assert_eq!((reply.request_id.as_deref(), reply.raw.as_slice()), (Some("r-1"), body.as_bytes()));
        }
        for body in ["<html>login</html>", "[1]", "{", "\"x\""] {
            assert!(matches!(read(body).unwrap_err(), Error::Undocumented { .. }), "{body}");
        }
        let refused = read(r#"{ "error_code": "DRS.M05003", "error_msg": "no" }"#).unwrap_err();
        assert_eq!(refused.code().map(ErrorCode::as_str), Some("DRS.M05003"));
    }
}
