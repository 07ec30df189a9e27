//! The law of containers: the findings of a container are those of its exchanges, each validated alone.

use std::collections::BTreeMap;

use drs_types::OperationInfo;
use drs_validate::{Code, Finding, Format, Mapping, Options, Severity, Side};
use serde_json::{Value, json};

use crate::{LIMIT, SIDES, status, validate, validate_stream};

/// What holds exchanges.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Container {
    /// Values one after the other, pretty-printed.
    Values,
    /// An array.
    Array,
    /// A text sequence (RFC 7464).
    Sequence,
    /// A HAR.
    Har,
    /// Captures whose request and response are objects.
    Nested,
    /// A debug log of Terraform.
    Log,
    /// Lines of a program whose preset is known.
    Preset,
    /// Lines of a program that writes request and response apart: first all requests, then all responses.
    Pairs,
}

/// The first byte of an input that is a container itself.
pub const WHOLE: u8 = 0xff;

/// A body with this bit in its first byte is written anew, as JSON instead of a string.
pub const AS_JSON: u8 = 0x80;

/// What stands between a body and the other one of its exchange.
pub const BESIDE: u8 = 1;

/// Stands for a mistake in the string that holds a body: an escape that JSON does not have.
pub const MISTAKE: char = '\u{e000}';

/// The names by which forms of an exchange are told apart; no documented body has them.
const NAMES: [&str; 11] =
    ["method", "url", "uri", "path", "headers", "body", "jsonBody", "string", "text", "content", "base64_string"];

/// Deeper bodies exceed the depth of a record that holds them as JSON.
const DEPTH: usize = 100;

/// A call of an operation, with a request, a response or both.
struct Exchange {
    info: &'static OperationInfo,
    status: u16,
    request: Option<Body>,
    response: Option<Body>,
}

struct Body {
    text: String,
    /// What a container holds: the text as a string, which may have mistakes, or its value.
    held: Value,
}

/// A finding without its place; of one around the bodies, the pointer depends on the container.
type Told = (Code, Severity, Option<String>, String);

/// What comes of exchanges: the findings, and how many payloads there are of each kind.
type Outcome = (Vec<Told>, BTreeMap<String, u64>);

/// Checks the law for an input: exchanges with the byte 0 between them; or a container itself after [`WHOLE`], which is read
/// in both ways. An exchange is a body after one byte for an operation and a side; the other body may follow after
/// [`BESIDE`].
pub fn law(container: Container, data: &[u8]) {
    if let Some((&WHOLE, rest)) = data.split_first() {
        validate_stream(rest, Format::Auto, &container.options());
        return;
    }
    let exchanges = data.split(|byte| *byte == 0).map(|part| Exchange::new(part, container));
    let Some(exchanges) = exchanges.collect::<Option<Vec<_>>>() else { return };
    let text = container.write(&exchanges);
    if text.len() > LIMIT || exchanges.is_empty() {
        return;
    }
    let mut alone = Outcome::default();
    for exchange in &exchanges {
        let capture = with_mistakes(&exchange.capture(Body::as_string).to_string());
        if capture.len() > LIMIT {
            return;
        }
        let (found, payloads) = outcome(&capture, &Options::default());
        // What is found when request and response are compared is in neither of them.
        let is_compared = |code: Code| matches!(code, Code::NotAnswered | Code::NotRequested);
        let in_each = found.iter().filter(|(code, _, pointer, _)| pointer.is_some() && !is_compared(*code));
        assert_eq!(in_each.cloned().collect::<Vec<_>>(), exchange.each_body(), "{capture}");
        alone.0.extend(found);
        for (name, count) in payloads {
            *alone.1.entry(name).or_default() += count;
        }
    }
    let mut inside = outcome(&text, &container.options());
    if container == Container::Log {
        // A call without a response waits for it until the log ends.
        inside.0.sort();
        alone.0.sort();
    }
    assert_eq!(inside, alone, "{text}");
}

fn outcome(text: &str, options: &Options) -> Outcome {
    let reports = validate_stream(text.as_bytes(), Format::Auto, options);
    let mut payloads = BTreeMap::new();
    for (name, count) in reports.iter().flat_map(|report| &report.payloads) {
        *payloads.entry(name.clone()).or_default() += count;
    }
    let suspects = reports.iter().flat_map(|report| &report.suspects);
    let found = suspects
        .flat_map(|suspect| suspect.findings.iter().map(|located| told(&located.finding, suspect.body_kind.is_some())));
    (found.collect(), payloads)
}

fn told(finding: &Finding, is_in_body: bool) -> Told {
    // What is shown of a string around a body depends on the secrets beside it.
    let message = if is_in_body { finding.message() } else { finding.code.title().to_owned() };
    (finding.code, finding.severity, is_in_body.then(|| finding.pointer.clone()), message)
}

fn with_mistakes(text: &str) -> String {
    text.replace(MISTAKE, "\\q")
}

impl Body {
    fn new(text: &[u8], is_json: bool, container: Container) -> Option<Self> {
        let text = std::str::from_utf8(text).ok().filter(|text| !text.is_empty())?;
        if !is_json && container != Container::Log {
            // The reader leaves a mistake out.
            let plain = text.replace(MISTAKE, "");
            return (!plain.is_empty()).then(|| Self { text: plain, held: text.into() });
        }
        let held: Value = serde_json::from_str(text).ok().filter(|held: &Value| !held.to_string().contains(MISTAKE))?;
        let members = held.as_object()?;
        // The provider logs objects only, and writes each anew.
        if container == Container::Log {
            return Some(Self { text: format!("{held:#}"), held });
        }
        let is_clear = members.keys().all(|name| !NAMES.contains(&name.as_str())) && depth(&held) <= DEPTH;
        is_clear.then(|| Self { text: held.to_string(), held })
    }

    fn as_string(&self) -> Value {
        if self.held.is_string() { self.held.clone() } else { self.text.as_str().into() }
    }
}

fn depth(value: &Value) -> usize {
    let below: Vec<&Value> = match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(members) => members.values().collect(),
        _ => return 0,
    };
    1 + below.into_iter().map(depth).max().unwrap_or_default()
}

impl Exchange {
    fn new(data: &[u8], container: Container) -> Option<Self> {
        let (first, text) = data.split_first()?;
        let (info, side) = SIDES.get(usize::from(first & !AS_JSON)).copied()?;
        let mut texts = text.splitn(2, |byte| *byte == BESIDE);
        let body = |text| Body::new(text, first & AS_JSON != 0, container);
        let body_of_side = body(texts.next()?)?;
        let other = match texts.next() {
            Some(text) => Some(body(text)?),
            None => None,
        };
        let is_request = side == Side::Request;
        let (request, response) = if is_request { (Some(body_of_side), other) } else { (other, Some(body_of_side)) };
        // A request without a documented body may be blank.
        let is_blank = request.as_ref().is_some_and(|body| body.text.trim_ascii().is_empty());
        let exchange = Self { info, status: status(info, side), request, response };
        (info.request.is_some() || !is_blank).then_some(exchange)
    }

    fn url(&self) -> String {
        format!("https://drs.example{}", self.info.path.replace(['{', '}'], ""))
    }

    /// What is found in each body validated alone.
    fn each_body(&self) -> Vec<Told> {
        let sides = [(Side::Request, &self.request), (Side::Response(self.status), &self.response)];
        let bodies = sides.into_iter().filter_map(|(side, body)| Some((side, body.as_ref()?)));
        bodies
            .flat_map(|(side, body)| validate(self.info, side, body.text.as_bytes()))
            .map(|found| told(&found, true))
            .collect()
    }

    /// The request and the response, of which one may be missing.
    fn bodies(&self) -> [Option<&Value>; 2] {
        [&self.request, &self.response].map(|body| body.as_ref().map(|body| &body.held))
    }

    fn capture(&self, held: fn(&Body) -> Value) -> Value {
        let mut capture = json!({ "method": self.info.method.as_str(), "url": self.url(), "status": self.status });
        for (name, body) in [("request", &self.request), ("response", &self.response)] {
            body.iter().for_each(|body| capture[name] = held(body));
        }
        capture
    }

    fn nested(&self) -> Value {
        let [request, response] = self.bodies();
        json!({
            "request": { "method": self.info.method.as_str(), "url": self.url(), "headers": {}, "body": request },
            "response": { "status": self.status, "headers": {}, "body": response },
        })
    }

    fn entry(&self) -> Value {
        let [request, response] = self.bodies();
        json!({
            "request": { "method": self.info.method.as_str(), "url": self.url(), "postData": { "text": request } },
            "response": { "status": self.status, "content": { "text": response } },
        })
    }

    fn line(&self) -> Value {
        let [request, response] = self.bodies();
        json!({
            "url": { "full": self.url() },
            "http": {
                "request": { "method": self.info.method.as_str(), "body": { "content": request } },
                "response": { "status_code": self.status, "body": { "content": response } },
            },
        })
    }

    /// The lines of the request and of the response.
    fn halves(&self, number: usize) -> [Value; 2] {
        let [request, response] = self.bodies();
        let method = self.info.method.as_str();
        [
            json!({ "correlation": number, "method": method, "uri": self.url(), "body": request }),
            json!({ "correlation": number, "status": self.status, "body": response }),
        ]
    }

    fn messages(&self, number: usize) -> String {
        let message = |text: String| {
            format!(
                "2024-01-26T15:20:00.123+0800 [INFO]  provider.terraform-provider-x_v1: 2024/01/26 15:20:00 [DEBUG] \
                 [1-{number}] API {text}: timestamp=2024-01-26T15:20:00.123+0800\n"
            )
        };
        let mut messages = message(format!("Request URL: {} {}", self.info.method.as_str(), self.url()));
        messages.extend(self.request.iter().map(|body| message(format!("Request Body: {}", body.text))));
        messages += &message(format!("Response Code: {}", self.status));
        messages.extend(self.response.iter().map(|body| message(format!("Response Body: {}", body.text))));
        messages
    }
}

impl Container {
    fn options(self) -> Options {
        let preset = |name| Options::default().mapping(Mapping::preset(name).expect("this preset exists"));
        match self {
            Self::Preset => preset("ecs"),
            Self::Pairs => preset("logbook"),
            _ => Options::default(),
        }
    }

    fn write(self, exchanges: &[Exchange]) -> String {
        with_mistakes(&self.plain(exchanges))
    }

    fn plain(self, exchanges: &[Exchange]) -> String {
        let all = |form: fn(&Exchange) -> Value| exchanges.iter().map(form);
        let captures = || all(|exchange| exchange.capture(|body| body.held.clone()));
        match self {
            Self::Values => captures().map(|value| format!("{value:#}\n")).collect(),
            Self::Array => captures().collect::<Value>().to_string(),
            Self::Sequence => captures().map(|value| format!("\u{1e}{value}\n")).collect(),
            Self::Har => json!({ "log": { "entries": all(Exchange::entry).collect::<Value>() } }).to_string(),
            Self::Nested => all(Exchange::nested).map(|value| format!("{value}\n")).collect(),
            Self::Log => exchanges.iter().enumerate().map(|(number, exchange)| exchange.messages(number)).collect(),
            Self::Preset => all(Exchange::line).map(|value| format!("{value}\n")).collect(),
            Self::Pairs => {
                let lines = |half: usize| {
                    let halves = exchanges.iter().enumerate().map(|(number, exchange)| exchange.halves(number));
                    halves.map(move |halves| format!("{}\n", halves[half]))
                };
                lines(0).chain(lines(1)).collect()
            }
        }
    }

    /// Writes a container with these exchanges, each as [`law`] reads it.
    #[must_use]
    pub fn of(self, exchanges: &[&[u8]]) -> Option<String> {
        let exchanges: Option<Vec<_>> = exchanges.iter().map(|data| Exchange::new(data, self)).collect();
        Some(self.write(&exchanges?))
    }
}
