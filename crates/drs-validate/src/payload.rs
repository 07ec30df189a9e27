//! The verdict on the text of one payload: every finding, its place, and how bad it is.

use drs_types::OperationInfo;
use drs_types::operation::BodyInfo;

use crate::fast_path::FastPath;
use crate::finding::difference::{Expected, Found};
use crate::finding::list::{Findings, ROOM};
use crate::finding::{Code, Finding, Severity};
use crate::json::reader::{self, Parsed};
use crate::json::tree::{Locator, Node};
use crate::limits::LIMITS;
use crate::schema::integers;
use crate::{Side, Validator, secrets};

impl Validator {
    /// Everything in the text of a body that its documentation does not say, in the order of the text.
    ///
    /// ```
    /// use drs_types::OperationInfo;
    /// use drs_validate::{Severity, Side, Validator};
    ///
    /// let info = OperationInfo::find("batch_check_results").unwrap();
    /// let text = br#"{ "count": 1, "count": 2, "extra": true }"#;
    /// let findings = Validator::new().validate(info, Side::Response(200), text);
    /// assert_eq!((findings[0].offset, findings[0].severity), (14, Severity::Error));
    /// assert_eq!((findings[1].offset, findings[1].severity), (26, Severity::Drift));
    /// ```
    #[must_use]
    pub fn validate(&self, operation: &OperationInfo, side: Side, text: &[u8]) -> Vec<Finding> {
        match operation.body(side) {
            Some(body) if self.fast.is_clean(body.schema, text) => Vec::new(),
            body => {
                let parsed = reader::parse_suspect(text, body.and_then(|body| self.fast.clean_parts(body.schema)));
                let mut found = Findings::within(ROOM);
                self.validate_parsed(operation, side, text, &parsed, &mut found);
                found.close(text.len())
            }
        }
    }

    /// The same for a source that is parsed already; offsets of earlier findings count from its start, too.
    pub(crate) fn validate_parsed(
        &self,
        operation: &OperationInfo,
        side: Side,
        text: &[u8],
        parsed: &Parsed,
        found: &mut Findings,
    ) {
        let Some(body) = operation.body(side) else {
            if let Some(finding) = undocumented(operation, side, text) {
                found.push(finding);
            }
            return;
        };
        flaws(text, parsed, Some(body.schema), found);
        let values = match parsed.values {
            few if few <= LIMITS.payload_values => few,
            // What is clean does not count, and has to be known for that.
            _ => reader::parse_suspect(text, FastPath::OPEN.clean_parts(body.schema)).values,
        };
        if parsed.root.is_some() && values > LIMITS.payload_values {
            let seen = format!("{values}, of which at most {} are validated", LIMITS.payload_values);
            found.push(Finding::new(Code::TooLarge, Severity::Error, "", "a payload with fewer values", seen));
        } else if let Some(root) = &parsed.root {
            self.validate_node(operation, side, body, root, found);
            integers::check(body.outline, text, root, found);
            ask_the_type(body, text, root, found);
        }
        if let Some(schema) = self.schemas.get(body.schema) {
            schema.name_tables(&mut found.list);
        }
        found.list.sort_by(|one, other| {
            (one.offset, one.code, &one.pointer).cmp(&(other.offset, other.code, &other.pointer))
        });
    }

    fn validate_node(&self, operation: &OperationInfo, side: Side, body: &BodyInfo, root: &Node, found: &mut Findings) {
        let flaws = found.list.len();
        let value = root.to_value();
        self.validate_into(operation, side, &value, found);
        let (flaws, findings) = found.list.split_at_mut(flaws);
        let mut locator = Locator::new(root);
        for finding in findings.iter_mut() {
            let place = locator.locate(&finding.pointer);
            finding.offset = if finding.code == Code::UnknownField { place.key } else { place.value };
        }
        let Some(schema) = self.schemas.get(body.schema).filter(|_| side != Side::Request) else { return };
        for flaw in flaws.iter_mut().filter(|flaw| flaw.code == Code::DuplicateKey) {
            // A reader skips an unknown field, or puts it into a map, where the last value counts.
            if !schema.is_field(&value, &flaw.pointer) {
                flaw.severity = Severity::Drift;
            }
        }
    }
}

/// Adds findings for what is wrong with the text itself. `schema` is the body that it was read as, if it was.
pub(crate) fn flaws(text: &[u8], parsed: &Parsed, schema: Option<&str>, found: &mut Findings) {
    // What follows a mistake may be part of a secret.
    let secret =
        !parsed.flaws.is_empty() && !secrets::places(text, parsed, schema).is_some_and(|places| places.is_empty());
    for flaw in &parsed.flaws {
        let seen = match flaw.found.as_str() {
            "" => None,
            _ if secret => Some(Found::masked()),
            seen => Some(Found::from(seen)),
        };
        let expected = (!flaw.expected.is_empty()).then(|| Expected::from(flaw.expected));
        let finding = Finding::bare(flaw.code, Severity::Error, flaw.pointer.as_str());
        found.push(Finding { offset: flaw.at, expected, found: seen, ..finding });
    }
    if parsed.has_more_flaws {
        found.note_more();
    }
}

/// Lets the generated type decide whether a body with a duplicate key can be read. The type reads every value of the
/// key, the schema only the last one.
fn ask_the_type(body: &BodyInfo, text: &[u8], root: &Node, found: &mut Findings) {
    let is_twice = |finding: &Finding| finding.code == Code::DuplicateKey;
    let has_error = found.list.iter().any(|finding| finding.severity == Severity::Error);
    if has_error || !found.list.iter().any(is_twice) {
        return;
    }
    let Err(error) = body.decode(text) else { return };
    let (pointer, node) = root.innermost(offset_of(text, error.line(), error.column()).saturating_sub(1));
    let expected = Some("a value that fits the type of its field, also in a duplicate key".into());
    let finding = Finding::bare(Code::WrongType, Severity::Error, pointer);
    found.push(Finding { offset: node.start, expected, ..finding });
}

/// What is found in a body where none is documented.
fn undocumented(operation: &OperationInfo, side: Side, text: &[u8]) -> Option<Finding> {
    let a_body = |severity, expected| Some(Finding::new(Code::UnknownPayload, severity, "", expected, "a body"));
    match side {
        Side::Request => a_body(Severity::Error, "a request without a body"),
        Side::Response(status) if operation.response(status).is_none() => {
            let documented = operation.responses.iter().map(|response| response.status.to_string());
            let expected = format!("one of the documented statuses {}", documented.collect::<Vec<_>>().join(", "));
            Some(Finding::new(Code::UndocumentedStatus, Severity::Drift, "", expected, status.to_string()))
        }
        Side::Response(_) if text.trim_ascii().is_empty() => None,
        Side::Response(_) => a_body(Severity::Drift, "a response without a body"),
    }
}

/// The place of a line and a column, both counted from 1.
fn offset_of(text: &[u8], line: usize, column: usize) -> usize {
    let ends = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    let start = if line <= 1 { 0 } else { ends.take(line - 1).last().unwrap_or(0) };
    (start + column).min(text.len())
}
