//! From bytes to a typed answer: the one place where a body is read.

use drs_types::OperationInfo;
use drs_types::common::ErrorCode;
use drs_types::operation::REQUEST_ID;
use http::StatusCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Answered, Error};
use crate::excerpt::{Excerpt, Secrets};

/// A documented answer.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reply<T> {
    /// The body.
    pub body: T,
    /// The HTTP status.
    pub status: StatusCode,
    /// What the service calls the request; quote it to the vendor's support.
    pub request_id: Option<String>,
    /// The body as it came, with whatever the type does not know.
    pub raw: Vec<u8>,
}

/// An answer whose bytes are there, but not read yet.
#[derive(Debug)]
pub(crate) struct Received {
    status: StatusCode,
    request_id: Option<String>,
    raw: Vec<u8>,
    incomplete: Option<Incomplete>,
}

#[derive(Debug)]
enum Incomplete {
    BrokenOff(reqwest::Error),
    TooLarge(usize),
}

impl Received {
    /// Reads a body of at most `limit` bytes.
    pub(crate) async fn read(mut response: reqwest::Response, limit: usize) -> Self {
        let request_id = response.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).map(str::to_owned);
        let mut received = Self { status: response.status(), request_id, raw: Vec::new(), incomplete: None };
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if received.raw.len() + chunk.len() > limit => {
                    received.incomplete = Some(Incomplete::TooLarge(limit));
                    return received;
                }
                Ok(Some(chunk)) => received.raw.extend_from_slice(&chunk),
                Ok(None) => return received,
                Err(error) => {
                    received.incomplete = Some(Incomplete::BrokenOff(error.without_url()));
                    return received;
                }
            }
        }
    }

    /// The typed answer, or why there is none.
    pub(crate) fn decode<T>(mut self, info: &OperationInfo, secrets: &Secrets<'_>) -> Result<Reply<T>, Error>
    where
        T: DeserializeOwned + Serialize,
    {
        let operation = info.id;
        match self.incomplete.take() {
            Some(Incomplete::BrokenOff(source)) => {
                return Err(Error::BrokenOff { operation, answered: self.answered(None, secrets).into(), source });
            }
            Some(Incomplete::TooLarge(limit)) => {
                return Err(Error::TooLarge { operation, limit, answered: self.answered(None, secrets).into() });
            }
            None => {}
        }
        let value: Option<Value> = serde_json::from_slice(&self.raw).ok();
        if !self.status.is_success() {
            return Err(self.refused(operation, value.as_ref(), secrets));
        }
        let Some(Value::Object(members)) = &value else {
            return Err(Error::Undocumented { operation, answered: self.answered(None, secrets).into() });
        };
        let mut deserializer = serde_json::Deserializer::from_slice(&self.raw);
        let body: T = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| Error::Decode {
            operation,
            at: error.path().to_string(),
            // serde quotes the value it found, which can be anything.
            problem: secrets.mask(&error.into_inner().to_string()),
            answered: self.answered(value.as_ref(), secrets).into(),
        })?;
        // Reading forgives everything that is unknown, so an object that has nothing of the documented one decodes as
        // an empty answer. That would be a silent success; it is an error body, or something else entirely.
        let nothing_known =
            serde_json::to_value(&body).is_ok_and(|body| body.as_object().is_some_and(serde_json::Map::is_empty));
        if nothing_known && !members.is_empty() {
            return Err(self.refused(operation, value.as_ref(), secrets));
        }
        Ok(Reply { body, status: self.status, request_id: self.request_id, raw: self.raw })
    }

    fn refused(&self, operation: &'static str, body: Option<&Value>, secrets: &Secrets<'_>) -> Error {
        let answered = self.answered(body, secrets).into();
        let (code, message) = body.map(code_and_message).unwrap_or_default();
        if code.is_none() && self.status.is_success() {
            return Error::Undocumented { operation, answered };
        }
        let message = message.map(|message| secrets.mask(&message));
        Error::Refused { operation, code: code.as_deref().map(ErrorCode::from), message, answered }
    }

    fn answered(&self, body: Option<&Value>, secrets: &Secrets<'_>) -> Answered {
        // A gateway names the request in the body.
        let in_body = || body.and_then(|body| body["request_id"].as_str()).map(str::to_owned);
        Answered {
            status: self.status,
            request_id: self.request_id.clone().or_else(in_body),
            body: Excerpt::new(&self.raw, secrets),
        }
    }
}

/// The code and the text of an error body, in any of the forms that the service and what stands before it use.
///
/// The documented form comes first, then those of gateways and of IAM, which wraps it into another object.
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
}
