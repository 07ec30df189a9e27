//! The forms in which people hold the responses of the corpus: alone, or in exchanges that other programs recorded.

use std::borrow::Borrow;
use std::io::{self, Write};

use drs_validate::{Code, Format, Mapping, Options};
use serde_json::{Value, json};

use crate::corpus::Document;
use crate::truth::known;

/// A form of the corpus.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Form {
    /// One response per line.
    Bodies,
    /// One capture `{method, url, status, request, response}` per line, with bodies in JSON.
    Captures,
    /// The same with bodies in strings.
    Strings,
    /// One HAR, pretty-printed as browsers write it.
    Har,
    /// One array of the captures.
    Array,
    /// Lines of the Elastic Common Schema.
    Ecs,
    /// A debug log of the vendor's Terraform provider.
    Terraform,
    /// The same of Terraform 0.12, with a prefix before each line.
    Prefixed,
    /// The same of `TF_LOG=JSON`.
    JsonLog,
    /// The captures with bodies in JSON, each in a string of a line that Docker wrote.
    Docker,
}

impl Form {
    /// All forms; the bodies come first, because the others are compared with them.
    pub const ALL: [Self; 10] = [
        Self::Bodies,
        Self::Captures,
        Self::Strings,
        Self::Har,
        Self::Array,
        Self::Ecs,
        Self::Terraform,
        Self::Prefixed,
        Self::JsonLog,
        Self::Docker,
    ];

    /// The name of its file.
    #[must_use]
    pub fn file(self) -> &'static str {
        match self {
            Self::Bodies => "corpus.ndjson",
            Self::Captures => "captures.ndjson",
            Self::Strings => "strings.ndjson",
            Self::Har => "corpus.har",
            Self::Array => "captures.json",
            Self::Ecs => "ecs.ndjson",
            Self::Terraform => "terraform.log",
            Self::Prefixed => "terraform-0.12.log",
            Self::JsonLog => "terraform.json.log",
            Self::Docker => "docker.ndjson",
        }
    }

    /// How the file is divided. Only the bodies are read as what they are known to be.
    #[must_use]
    pub fn format(self) -> Format {
        if self == Self::Bodies { Format::Ndjson } else { Format::Auto }
    }

    /// What is known of the records.
    #[must_use]
    pub fn options(self) -> Options {
        let preset = |name| Options::default().mapping(Mapping::preset(name).unwrap_or_default());
        match self {
            Self::Bodies => Options::default().body_kind(known()),
            Self::Ecs => preset("ecs"),
            Self::Docker => preset("docker"),
            _ => Options::default(),
        }
    }

    /// Whether it can hold a response. What is not JSON stands alone only, and the provider keeps no duplicate key.
    #[must_use]
    pub fn holds(self, document: &Document) -> bool {
        let has = |code| document.broken.iter().any(|(broken, ..)| *broken == code);
        let is_json = || serde_json::from_slice::<Value>(&document.text).is_ok();
        match self {
            _ if document.broken.is_empty() => true,
            Self::Bodies => true,
            Self::Terraform | Self::Prefixed | Self::JsonLog => is_json() && !has(Code::DuplicateKey),
            _ => is_json(),
        }
    }

    /// Writes the responses in this form, each that it can hold.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn write(
        self,
        documents: impl IntoIterator<Item = impl Borrow<Document>>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let operation = known().operation;
        let path = operation.fill_path(|_| Some("0123456789abcdef0123456789abcdef")).map_err(io::Error::other)?;
        let (method, url) = (operation.method.as_str(), format!("https://drs.example{path}"));
        let [before, between, after] = match self {
            Self::Har => {
                ["{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"bench\"},\"entries\":[\n", ",\n", "]}}\n"]
            }
            Self::Array => ["[\n", ",\n", "]\n"],
            Self::Terraform | Self::Prefixed => {
                ["2024-01-26T15:19:59.000+0800 [INFO]  Terraform version: 1.6.6\n", "", ""]
            }
            Self::JsonLog => ["", "", ""],
            _ => ["", "\n", "\n"],
        };
        out.write_all(before.as_bytes())?;
        let held = documents.into_iter().filter(|document| self.holds(document.borrow()));
        for (index, document) in held.enumerate() {
            let document = document.borrow();
            out.write_all(if index == 0 { b"" } else { between.as_bytes() })?;
            let text = String::from_utf8_lossy(&document.text);
            let exchange = || Exchange { index, method, url: &url, request: request(&text), response: &text };
            match self {
                Self::Bodies => out.write_all(&document.text)?,
                Self::Captures | Self::Array => exchange().capture(out)?,
                Self::Strings => exchange().strings(out)?,
                Self::Har => exchange().entry(out)?,
                Self::Ecs => exchange().ecs(out)?,
                Self::Terraform | Self::Prefixed | Self::JsonLog => exchange().log(self, out)?,
                Self::Docker => exchange().docker(out)?,
            }
        }
        out.write_all(after.as_bytes())
    }
}

/// The request that a response responds to.
fn request(response: &str) -> Value {
    let response: Value = serde_json::from_str(response).unwrap_or_default();
    let ids = response["results"].as_array().into_iter().flatten().map(|entry| entry["precheck_id"].clone());
    json!({ "jobs": ids.collect::<Vec<_>>() })
}

/// An exchange to be written.
struct Exchange<'a> {
    index: usize,
    method: &'a str,
    url: &'a str,
    request: Value,
    response: &'a str,
}

impl Exchange<'_> {
    fn capture(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self { index, method, url, request, response } = self;
        write!(
            out,
            r#"{{"id":"c{index}","method":"{method}","url":"{url}","status":200,"request":{request},"response":{response}}}"#
        )
    }

    fn strings(&self, out: &mut dyn Write) -> io::Result<()> {
        let request = Value::from(self.request.to_string());
        let response = Value::from(self.response).to_string();
        Exchange { request, response: &response, ..*self }.capture(out)
    }

    fn entry(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self { method, url, .. } = self;
        let request = self.request.to_string();
        let (sent, received) = (Value::from(request.as_str()), Value::from(self.response));
        let (sent_size, size) = (request.len(), self.response.len());
        write!(
            out,
            r#"  {{
    "startedDateTime": "2024-01-26T15:20:00.123Z",
    "time": 41.5,
    "request": {{
      "method": "{method}",
      "url": "{url}",
      "httpVersion": "HTTP/1.1",
      "headers": [
        {{
          "name": "content-type",
          "value": "application/json"
        }},
        {{
          "name": "x-auth-token",
          "value": "***"
        }}
      ],
      "queryString": [],
      "cookies": [],
      "headersSize": -1,
      "bodySize": {sent_size},
      "postData": {{
        "mimeType": "application/json",
        "text": {sent}
      }}
    }},
    "response": {{
      "status": 200,
      "statusText": "OK",
      "httpVersion": "HTTP/1.1",
      "headers": [
        {{
          "name": "content-type",
          "value": "application/json"
        }},
        {{
          "name": "server",
          "value": "api-gateway"
        }}
      ],
      "cookies": [],
      "content": {{
        "size": {size},
        "mimeType": "application/json",
        "text": {received}
      }},
      "redirectURL": "",
      "headersSize": -1,
      "bodySize": {size}
    }},
    "cache": {{}},
    "timings": {{
      "send": 0.1,
      "wait": 40.9,
      "receive": 0.5
    }}
  }}"#
        )
    }

    fn ecs(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self { method, url, .. } = self;
        let (sent, received) = (Value::from(self.request.to_string()), Value::from(self.response));
        write!(
            out,
            r#"{{"@timestamp":"2024-01-26T15:20:00.123Z","ecs":{{"version":"8.11.0"}},"url":{{"full":"{url}"}},"http":{{"#
        )?;
        write!(out, r#""request":{{"method":"{method}","body":{{"content":{sent}}}}},"#)?;
        write!(out, r#""response":{{"status_code":200,"body":{{"content":{received}}}}}}}}}"#)
    }

    fn docker(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut line = Vec::new();
        self.capture(&mut line)?;
        line.push(b'\n');
        let line = Value::from(String::from_utf8_lossy(&line));
        write!(out, r#"{{"log":{line},"stream":"stdout","time":"2024-01-26T15:20:00.123456789Z"}}"#)
    }

    fn log(&self, form: Form, out: &mut dyn Write) -> io::Result<()> {
        let Self { index, method, url, request, response } = self;
        let headers = "API Response Headers:\nContent-Type: application/json\nServer: api-gateway";
        // The provider reads bodies, and writes them with indents.
        let response: Value = serde_json::from_str(response)?;
        for text in [
            format!("Request URL: {method} {url}\nAPI Request Headers:\nAuthorization: ***"),
            format!("Request Body: {request:#}"),
            format!("Response Code: 200\n{headers}"),
            format!("Response Body: {response:#}"),
        ] {
            message(form, &format!("[DEBUG] [1706253600123-{index}] API {text}"), out)?;
        }
        Ok(())
    }
}

/// Writes a message of a provider into a log.
fn message(form: Form, text: &str, out: &mut dyn Write) -> io::Result<()> {
    const TIME: &str = "2024-01-26T15:20:00.123+0800";
    const DATE: &str = "2024/01/26 15:20:00";
    const PROVIDER: &str = "terraform-provider-huaweicloud_v1.60.1";
    match form {
        Form::Prefixed => {
            let prefix = format!("{TIME} [DEBUG] plugin.{PROVIDER}: ");
            let lines = text.replace('\n', &format!("\n{prefix}"));
            writeln!(out, "{prefix}{DATE} {lines}")
        }
        Form::JsonLog => {
            let text = Value::from(text);
            writeln!(
                out,
                r#"{{"@level":"info","@message":{text},"@module":"provider.{PROVIDER}","@timestamp":"{TIME}"}}"#
            )
        }
        _ => writeln!(out, "{TIME} [INFO]  provider.{PROVIDER}: {DATE} {text}: timestamp={TIME}"),
    }
}
