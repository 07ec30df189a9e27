//! SARIF 2.1.0: the parts that any report has.

pub(crate) mod assessment;

use std::io::{self, Write};

use serde_json::{Value, json};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The address of the documentation.
const DOCUMENTATION: &str = "https://docs.otc.t-systems.com/data-replication-service/api-ref/";

/// Starts a document with one run: the tool, and the rules that its results refer to.
pub(crate) fn head(out: &mut dyn Write, tool: &str, rules: &[Value]) -> io::Result<()> {
    let driver = json!({
        "name": tool,
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "informationUri": DOCUMENTATION,
        "rules": rules,
    });
    write!(out, "{{\"$schema\": \"{SCHEMA}\", \"version\": \"2.1.0\", \"runs\": [{{\n\"tool\": ")?;
    serde_json::to_writer(&mut *out, &json!({ "driver": driver })).map_err(io::Error::from)
}

/// The results of a run, written one after the other.
#[derive(Default)]
pub(crate) struct Results {
    are_begun: bool,
}

impl Results {
    /// Writes a result.
    pub(crate) fn write(&mut self, out: &mut dyn Write, result: &Value) -> io::Result<()> {
        self.separate(out, ",")?;
        write!(out, "\n  ")?;
        Ok(serde_json::to_writer(&mut *out, result)?)
    }

    /// Ends the array.
    pub(crate) fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.separate(out, "\n")?;
        write!(out, "]")
    }

    fn separate(&mut self, out: &mut dyn Write, between: &str) -> io::Result<()> {
        let is_first = !std::mem::replace(&mut self.are_begun, true);
        write!(out, "{}", if is_first { ",\n\"results\": [" } else { between })
    }
}

/// A notification about the run.
pub(crate) fn note(level: &str, text: &str) -> Value {
    json!({ "level": level, "message": { "text": text } })
}

/// A segment of a URI.
pub(crate) fn encoded(segment: &[u8]) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encode = |byte: &u8| if plain(*byte) { char::from(*byte).to_string() } else { format!("%{byte:02X}") };
    segment.iter().map(encode).collect()
}
