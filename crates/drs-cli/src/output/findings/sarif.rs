//! Findings as SARIF 2.1.0, for code scanning and for editors.

use std::io::{self, Write};

use drs_validate::{Code, Severity, Suspect};
use serde_json::{Value, json};

use crate::inputs::Unreadable;

use super::{Findings, Summary, sentence};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// One run; its results are written as they come.
#[derive(Default)]
pub(super) struct Sarif {
    begun: bool,
}

impl Findings for Sarif {
    fn start(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let rule = |code: &Code| {
            json!({
                "id": code.as_str(),
                "name": format!("{code:?}"),
                "shortDescription": { "text": code.title() },
                "fullDescription": { "text": code.meaning() },
                "help": { "text": format!("docs/findings.md of drs shows an example of {code}.") },
            })
        };
        let rules: Vec<Value> = Code::ALL.iter().map(rule).collect();
        let driver = json!({ "name": "drs validate", "semanticVersion": env!("CARGO_PKG_VERSION"), "rules": rules });
        write!(out, "{{\"$schema\": \"{SCHEMA}\", \"version\": \"2.1.0\", \"runs\": [{{\n\"tool\": ")?;
        serde_json::to_writer(&mut *out, &json!({ "driver": driver }))?;
        write!(out, ",\n\"columnKind\": \"unicodeCodePoints\",\n\"results\": [")
    }

    fn suspect(&mut self, out: &mut dyn Write, input: &str, suspect: &Suspect) -> io::Result<()> {
        for located in &suspect.findings {
            let finding = &located.finding;
            let place = if finding.pointer.is_empty() { "the body" } else { &finding.pointer };
            let level = if finding.severity == Severity::Error { "error" } else { "warning" };
            let result = json!({
                "ruleId": finding.code.as_str(),
                "ruleIndex": Code::ALL.iter().position(|code| *code == finding.code),
                "level": level,
                "message": { "text": format!("{place}: {}", sentence(finding)) },
                "locations": [{
                    "physicalLocation": {
                        "artifactLocation": { "uri": uri(input) },
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
                    "payload": suspect.known_as.map(|known| known.name()),
                    "schemaPointer": finding.schema_pointer,
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

    fn finish(&mut self, out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
        let notifications: Vec<Value> = summary
            .unreadable
            .iter()
            .map(|Unreadable { source, reason }| {
                json!({ "level": "error", "message": { "text": format!("{source} cannot be read: {reason}") } })
            })
            .collect();
        let invocation = json!({
            "executionSuccessful": notifications.is_empty(),
            "toolExecutionNotifications": notifications,
        });
        write!(out, "\n],\n\"invocations\": [{invocation}]\n}}]}}\n")
    }
}

/// A path as a URI reference.
fn uri(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    path.replace('\\', "/")
        .bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
