//! The reporter for SARIF 2.1.0, for code scanning and editors.

use std::io::{self, Write};

use drs_validate::{Code, PayloadReport, Severity};
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::inputs::{Input, Unreadable};

use super::{Reporter, RunReport};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The address of the documentation.
const DOCUMENTATION: &str = "https://docs.otc.t-systems.com/data-replication-service/api-ref/";

/// The reporter. Each result is written at once.
#[derive(Default)]
pub(super) struct Sarif {
    begun: bool,
    /// The input of the next results.
    uri: String,
}

impl Reporter for Sarif {
    fn start(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let rule = |code: &Code| {
            json!({
                "id": code.as_str(),
                "name": format!("{code:?}"),
                "shortDescription": { "text": format!("{}.", code.title()) },
                "fullDescription": { "text": code.meaning() },
                "help": { "text": format!("docs/findings.md of drs shows an example of {code}.") },
            })
        };
        let rules: Vec<Value> = Code::ALL.iter().map(rule).collect();
        let driver = json!({
            "name": "drs validate",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "informationUri": DOCUMENTATION,
            "rules": rules,
        });
        write!(out, "{{\"$schema\": \"{SCHEMA}\", \"version\": \"2.1.0\", \"runs\": [{{\n\"tool\": ")?;
        serde_json::to_writer(&mut *out, &json!({ "driver": driver }))?;
        write!(out, ",\n\"columnKind\": \"unicodeCodePoints\",\n\"results\": [")
    }

    fn input(&mut self, _: &mut dyn Write, input: &Input) -> io::Result<()> {
        self.uri = match input {
            Input::File(path) => uri(path.as_os_str().as_encoded_bytes()),
            Input::Stdin => uri(input.name().as_bytes()),
        };
        Ok(())
    }

    fn suspect(&mut self, out: &mut dyn Write, _: &str, suspect: &PayloadReport) -> io::Result<()> {
        for located in &suspect.findings {
            let finding = &located.finding;
            let pointer = if finding.pointer.is_empty() { "the body" } else { &finding.pointer };
            let level = if finding.severity == Severity::Error { "error" } else { "warning" };
            let result = json!({
                "ruleId": finding.code.as_str(),
                "ruleIndex": Code::ALL.iter().position(|code| *code == finding.code),
                "level": level,
                "message": { "text": format!("{pointer}: {}.", finding.message()) },
                "locations": [{
                    "physicalLocation": {
                        "artifactLocation": { "uri": self.uri },
                        "region": {
                            "startLine": located.line,
                            "startColumn": located.column,
                            "byteOffset": located.offset,
                            "byteLength": 0,
                        },
                    },
                    "logicalLocations": [{ "fullyQualifiedName": format!("{}{}", suspect.part, finding.pointer) }],
                }],
                "properties": {
                    "payload": suspect.body_kind.map(|known| known.name()),
                    "schemaPointer": finding.rule.as_ref().map(ToString::to_string),
                    "table": finding.table,
                    "key": suspect.key,
                },
            });
            let comma = if std::mem::replace(&mut self.begun, true) { "," } else { "" };
            write!(out, "{comma}\n  ")?;
            serde_json::to_writer(&mut *out, &result)?;
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, summary: &RunReport) -> io::Result<()> {
        let notification = |level: &str, text: String| json!({ "level": level, "message": { "text": text } });
        let unreadable = summary.unreadable.iter();
        let notifications: Vec<Value> = unreadable
            .map(|Unreadable { source, reason }| notification("error", format!("{source} cannot be read: {reason}.")))
            .chain(summary.nothing_validated().map(|why| notification("note", format!("{why}."))))
            .collect();
        let invocation = json!({
            "executionSuccessful": summary.exit != Exit::Usage,
            "exitCode": summary.exit.code(),
            "toolExecutionNotifications": notifications,
        });
        write!(out, "\n],\n\"invocations\": [{invocation}]\n}}]}}\n")
    }
}

/// Converts a path to a URI: an absolute path to a `file` URI, a relative path to a reference.
fn uri(path: &[u8]) -> String {
    let mut segments: Vec<&[u8]> = Vec::new();
    let is_drive = |path: &[u8]| matches!(path, [b'a'..=b'z' | b'A'..=b'Z', b':', b'/' | b'\\', ..]);
    // A backslash is an ordinary character outside of Windows.
    let windows = cfg!(windows) || is_drive(path) || path.starts_with(b"\\\\");
    let divides = |byte: &u8| *byte == b'/' || (windows && *byte == b'\\');
    let absolute = path.first().is_some_and(divides) || is_drive(path);
    for segment in path.split(divides) {
        match segment {
            // A `file` URI has no dot segments. Links are not resolved.
            b"" | b"." if absolute => {}
            b".." if absolute => drop(segments.pop()),
            segment => segments.push(segment),
        }
    }
    let host = windows && path.iter().take(2).all(divides);
    let start = match (absolute, host) {
        (false, _) => "",
        (true, false) => "file:///",
        (true, true) => "file://",
    };
    let drive = usize::from(is_drive(path));
    let written = segments.iter().enumerate().map(|(index, segment)| {
        if index < drive { String::from_utf8_lossy(segment).into_owned() } else { encoded(segment) }
    });
    start.to_owned() + &written.collect::<Vec<_>>().join("/")
}

fn encoded(segment: &[u8]) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encode = |byte: &u8| if plain(*byte) { char::from(*byte).to_string() } else { format!("%{byte:02X}") };
    segment.iter().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absolute_path_is_a_file_uri_and_a_relative_one_a_reference() {
        for (path, expected) in [
            (&b"/a b/c.json"[..], "file:///a%20b/c.json"),
            (b"/a/./b/../c.json", "file:///a/c.json"),
            (b"//a///b.json", "file:///a/b.json"),
            (b"C:\\a b\\c.json", "file:///C:/a%20b/c.json"),
            (b"d:/a/../c.json", "file:///d:/c.json"),
            (b"\\\\server\\share\\c.json", "file://server/share/c.json"),
            (b"./a, b:%.json", "./a%2C%20b%3A%25.json"),
            (b"../a.json", "../a.json"),
            (b"C:a.json", "C%3Aa.json"),
            (b"a/\xff.json", "a/%FF.json"),
            (b"-", "-"),
        ] {
            assert_eq!(uri(path), expected);
        }
        assert_eq!(uri(b"a\\b.json"), if cfg!(windows) { "a/b.json" } else { "a%5Cb.json" });
    }
}
