//! The verdict on the text of one payload: every finding, its place, and how bad it is.

use std::collections::HashSet;

use drs_types::OperationInfo;
use drs_types::operation::BodyInfo;
use serde_json::Value;

use crate::finding::{Code, Finding, Severity};
use crate::reader::{self, Flaw, Parsed};
use crate::recogniser::Shape;
use crate::tree::Node;
use crate::{Side, Validator, documented, recogniser};

impl Validator {
    /// Everything in the text of a body that its documentation does not say, in the order of the text.
    ///
    /// ```
    /// use drs_types::OperationInfo;
    /// use drs_validate::{Severity, Side, Validator};
    ///
    /// let info = OperationInfo::find("batch_check_results").unwrap();
    /// let text = br#"{ "count": 1, "count": 2, "extra": true }"#;
    /// let findings = Validator::new().judge(info, Side::Response(200), text);
    /// assert_eq!((findings[0].offset, findings[0].severity), (14, Severity::Error));
    /// assert_eq!((findings[1].offset, findings[1].severity), (26, Severity::Drift));
    /// ```
    #[must_use]
    pub fn judge(&self, operation: &OperationInfo, side: Side, text: &[u8]) -> Vec<Finding> {
        match documented(operation, side) {
            Some(body) if self.fast && recogniser::is_clean(body.schema, text) => Vec::new(),
            body => {
                let parsed = reader::parse_suspect(text, body.and_then(|body| self.shape(body.schema)));
                self.judge_parsed(operation, side, text, &parsed)
            }
        }
    }

    /// What of a body the full reading may pass over.
    pub(crate) fn shape(&self, schema: &str) -> Option<&'static Shape> {
        if self.fast { recogniser::shape(schema) } else { None }
    }

    /// The same for a text that is read already.
    pub(crate) fn judge_parsed(
        &self,
        operation: &OperationInfo,
        side: Side,
        text: &[u8],
        parsed: &Parsed,
    ) -> Vec<Finding> {
        let Some(body) = documented(operation, side) else { return vec![undocumented(operation, side)] };
        let mut findings = self.flaws(text, parsed);
        if let Some(root) = &parsed.root {
            self.judge_value(operation, side, root, &mut findings);
            ask_the_type(body, text, root, &mut findings);
        }
        findings.sort_by(|one, other| {
            (one.offset, one.code, &one.pointer).cmp(&(other.offset, other.code, &other.pointer))
        });
        findings
    }

    /// The findings for what is wrong with the text itself.
    pub(crate) fn flaws(&self, text: &[u8], parsed: &Parsed) -> Vec<Finding> {
        // What stands where JSON ends may be part of a secret.
        let secret = !parsed.flaws.is_empty()
            && !self.schemas().secrets.places(text, parsed).is_some_and(|places| places.is_empty());
        let finding = |flaw: &Flaw| {
            let shown = if secret { "something else" } else { flaw.found.as_str() };
            let pointer = flaw.pointer.as_str();
            Finding { offset: flaw.at, ..Finding::new(flaw.code, Severity::Error, pointer, flaw.expected, shown) }
        };
        parsed.flaws.iter().map(finding).collect()
    }

    fn judge_value(&self, operation: &OperationInfo, side: Side, root: &Node, findings: &mut Vec<Finding>) {
        let mut found = self.check(operation, side, &root.to_value());
        for finding in &mut found {
            let place = root.locate(&finding.pointer);
            finding.offset = if finding.code == Code::UnknownField { place.key } else { place.value };
        }
        if side != Side::Request {
            // A reader passes unknown fields over, so it does not matter how often they stand there.
            let unknown: HashSet<&str> =
                found.iter().filter(|f| f.code == Code::UnknownField).map(|finding| finding.pointer.as_str()).collect();
            let in_unknown = |pointer: &str| {
                pointer.match_indices('/').map(|(at, _)| &pointer[..at]).chain([pointer]).any(|at| unknown.contains(at))
            };
            for finding in findings.iter_mut().filter(|finding| finding.code == Code::DuplicateKey) {
                if in_unknown(&finding.pointer) {
                    finding.severity = Severity::Drift;
                }
            }
        }
        findings.append(&mut found);
    }
}

fn undocumented(operation: &OperationInfo, side: Side) -> Finding {
    let found = match side {
        Side::Response(status) => status.to_string(),
        Side::Request => "a body".to_owned(),
    };
    let documented: Vec<String> = operation.responses.iter().map(|response| response.status.to_string()).collect();
    let expected = format!("one of the documented statuses {}", documented.join(", "));
    Finding::new(Code::UndocumentedStatus, Severity::Drift, "", &expected, &found)
}

/// Says how bad findings of a schema are.
///
/// The service refuses a request that breaks a rule. An answer is read all the same, unless a value has another type;
/// and null in the place of a field counts as a field that is missing.
pub(crate) fn rate(findings: &mut [Finding], side: Side, body: &Value) {
    for finding in findings {
        let null_field = || {
            let parent = finding.pointer.rsplit_once('/').and_then(|(parent, _)| body.pointer(parent));
            body.pointer(&finding.pointer) == Some(&Value::Null) && parent.is_some_and(Value::is_object)
        };
        let unreadable = finding.code == Code::WrongType && !null_field();
        finding.severity = if side == Side::Request || unreadable { Severity::Error } else { Severity::Drift };
    }
}

/// The last word on "can this be read?" has the type itself. JSON Schema calls `1.0` a whole number, a reader does not.
fn ask_the_type(body: &BodyInfo, text: &[u8], root: &Node, findings: &mut Vec<Finding>) {
    if findings.iter().any(|finding| finding.severity == Severity::Error) || !root.has_unusual_number() {
        return;
    }
    let Err(error) = (body.decode)(text) else { return };
    let offset = offset_of(text, error.line(), error.column());
    let pointer = root.pointer_at(offset.saturating_sub(1));
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    let (found, expected) = message.split_once(", expected ").unwrap_or((message, "the documented type"));
    let found = found.trim_start_matches("invalid type: ").trim_start_matches("invalid value: ");
    findings.push(Finding {
        offset: root.locate(&pointer).value,
        ..Finding::new(Code::WrongType, Severity::Error, pointer, expected, found)
    });
}

/// The place of a line and a column, both counted from 1.
fn offset_of(text: &[u8], line: usize, column: usize) -> usize {
    let ends = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    let start = if line <= 1 { 0 } else { ends.take(line - 1).last().unwrap_or(0) };
    (start + column).min(text.len())
}
