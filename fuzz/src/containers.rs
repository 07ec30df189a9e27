//! The law of containers: the findings of a container are those of its exchanges, each validated alone.

use drs_types::OperationInfo;
use drs_validate::{Code, Format, Mapping, Options, Side};
use serde_json::{Value, json};

use crate::{LIMIT, SIDES, findings, status, validate, validate_stream};

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
}

/// The first byte of an input that is a container itself.
pub const WHOLE: u8 = 0xff;

/// A body of an operation, to be put into an exchange.
struct Exchange {
    info: &'static OperationInfo,
    side: Side,
    text: String,
}

/// Checks the law for an input: bodies, each after one byte for an operation and a side, with the byte 0 between them; or a
/// container itself after [`WHOLE`], which is read in both ways.
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
    let mut alone: Vec<(Code, String)> = Vec::new();
    for Exchange { info, side, text } in &exchanges {
        let found = validate(info, *side, text.as_bytes());
        alone.extend(found.into_iter().map(|finding| (finding.code, finding.pointer)));
    }
    let reports = validate_stream(text.as_bytes(), Format::Auto, &container.options());
    let inside: Vec<_> = findings(&reports).map(|finding| (finding.code, finding.pointer.clone())).collect();
    assert_eq!(inside, alone, "{text}");
}

impl Exchange {
    fn new(data: &[u8], container: Container) -> Option<Self> {
        let (index, text) = data.split_first()?;
        let (info, side) = SIDES.get(usize::from(*index)).copied()?;
        let text = std::str::from_utf8(text).ok().filter(|text| !text.is_empty())?;
        let text = match container {
            // The provider logs objects only, and writes each anew.
            Container::Log => {
                let value: Value = serde_json::from_str(text).ok()?;
                value.is_object().then(|| format!("{value:#}"))?
            }
            _ => text.to_owned(),
        };
        Some(Self { info, side, text })
    }

    fn url(&self) -> String {
        format!("https://drs.example{}", self.info.path.replace(['{', '}'], ""))
    }

    fn status(&self) -> u16 {
        status(self.info, self.side)
    }

    /// The request and the response, of which one is missing.
    fn bodies(&self) -> [Option<&str>; 2] {
        let text = Some(self.text.as_str());
        if self.side == Side::Request { [text, None] } else { [None, text] }
    }

    fn capture(&self) -> Value {
        let (name, method) =
            (if self.side == Side::Request { "request" } else { "response" }, self.info.method.as_str());
        json!({ "method": method, "url": self.url(), "status": self.status(), name: self.text })
    }

    fn nested(&self) -> Value {
        let [request, response] = self.bodies();
        json!({
            "request": { "method": self.info.method.as_str(), "url": self.url(), "headers": {}, "body": request },
            "response": { "status": self.status(), "headers": {}, "body": response },
        })
    }

    fn entry(&self) -> Value {
        let [request, response] = self.bodies();
        json!({
            "request": { "method": self.info.method.as_str(), "url": self.url(), "postData": { "text": request } },
            "response": { "status": self.status(), "content": { "text": response } },
        })
    }

    fn line(&self) -> Value {
        let [request, response] = self.bodies();
        json!({
            "url": { "full": self.url() },
            "http": {
                "request": { "method": self.info.method.as_str(), "body": { "content": request } },
                "response": { "status_code": self.status(), "body": { "content": response } },
            },
        })
    }

    fn messages(&self, number: usize) -> String {
        let message = |text: String| {
            format!(
                "2024-01-26T15:20:00.123+0800 [INFO]  provider.terraform-provider-x_v1: 2024/01/26 15:20:00 [DEBUG] \
                 [1-{number}] API {text}: timestamp=2024-01-26T15:20:00.123+0800\n"
            )
        };
        let [request, response] = self.bodies();
        let mut messages = message(format!("Request URL: {} {}", self.info.method.as_str(), self.url()));
        messages.extend(request.map(|body| message(format!("Request Body: {body}"))));
        messages += &message(format!("Response Code: {}", self.status()));
        messages.extend(response.map(|body| message(format!("Response Body: {body}"))));
        messages
    }
}

impl Container {
    fn options(self) -> Options {
        match self {
            Self::Preset => Options::default().mapping(Mapping::preset("ecs").expect("this preset exists")),
            _ => Options::default(),
        }
    }

    fn write(self, exchanges: &[Exchange]) -> String {
        let all = |form: fn(&Exchange) -> Value| exchanges.iter().map(form);
        match self {
            Self::Values => all(Exchange::capture).map(|value| format!("{value:#}\n")).collect(),
            Self::Array => all(Exchange::capture).collect::<Value>().to_string(),
            Self::Sequence => all(Exchange::capture).map(|value| format!("\u{1e}{value}\n")).collect(),
            Self::Har => json!({ "log": { "entries": all(Exchange::entry).collect::<Value>() } }).to_string(),
            Self::Nested => all(Exchange::nested).map(|value| format!("{value}\n")).collect(),
            Self::Log => exchanges.iter().enumerate().map(|(number, exchange)| exchange.messages(number)).collect(),
            Self::Preset => all(Exchange::line).map(|value| format!("{value}\n")).collect(),
        }
    }

    /// Writes a container with these bodies, each after one byte for an operation and a side.
    #[must_use]
    pub fn of(self, bodies: &[&[u8]]) -> Option<String> {
        let exchanges: Option<Vec<_>> = bodies.iter().map(|body| Exchange::new(body, self)).collect();
        Some(self.write(&exchanges?))
    }
}
