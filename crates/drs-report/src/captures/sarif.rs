//! The reporter for SARIF 2.1.0, for code scanning and editors.

use std::io::{self, Write};
use std::path::Path;

use drs_validate::{Code, PayloadReport, Severity};
use serde_json::{Value, json};

use super::{Ended, Outcome, Reporter, Unreadable};
use crate::sarif::{Results, encoded, head, note};

/// The reporter. Each result is written at once.
#[derive(Default)]
pub(super) struct Sarif {
    results: Results,
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
        head(out, "drs validate", &rules)?;
        write!(out, ",\n\"columnKind\": \"unicodeCodePoints\"")
    }

    fn input(&mut self, name: &str, path: Option<&Path>) -> io::Result<()> {
        self.uri = uri(path.map_or(name.as_bytes(), |path| path.as_os_str().as_encoded_bytes()));
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
            self.results.write(out, &result)?;
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, ended: &Ended<'_>) -> io::Result<()> {
        let Ended { run, outcome, exit_code } = ended;
        let unreadable = run.unreadable.iter();
        let notifications: Vec<Value> = unreadable
            .map(|Unreadable { source, reason }| note("error", &format!("{source} cannot be read: {reason}.")))
            .chain(run.notes().iter().map(|why| note("note", &format!("{why}."))))
            .collect();
        let invocation = json!({
            "executionSuccessful": *outcome != Outcome::Incomplete,
            "exitCode": exit_code,
            "toolExecutionNotifications": notifications,
        });
        self.results.end(out)?;
        write!(out, ",\n\"invocations\": [{invocation}]\n}}]}}\n")
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
