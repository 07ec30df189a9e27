//! The verdict on the text of one payload: every finding, its place, and how bad it is.

use drs_types::OperationInfo;
use drs_types::operation::BodyInfo;

use crate::fast_path::{FastPath, Verdict};
use crate::finding::difference::{Difference, Expected, Found};
use crate::finding::list::{Findings, ROOM};
use crate::finding::{Code, Finding, Severity};
use crate::json::reader::{self, Parsed};
use crate::json::tree::{Locate, Locator, Node};
use crate::limits::LIMITS;
use crate::schema::builder::Builder;
use crate::schema::{self, integers};
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
        let Verdict::Suspect(clean) = self.fast.read(operation.body(side), text) else { return Vec::new() };
        let mut found = Findings::within(ROOM);
        self.validate_parsed(operation, side, text, &reader::parse_around(text, &clean), &mut found);
        found.close(text.len())
    }

    /// The same for a source that is parsed already; offsets of earlier findings count from its start, too.
    pub(crate) fn validate_parsed<G>(
        &self,
        operation: &OperationInfo,
        side: Side,
        text: &[u8],
        parsed: &Parsed<Node<G>>,
        found: &mut Findings,
    ) {
        let Some(body) = operation.body(side) else {
            if let Some(finding) = undocumented(operation, side, text) {
                found.push(finding);
            }
            return;
        };
        let values = match parsed.values {
            few if few <= LIMITS.payload_values => few,
            // What is clean does not count, and has to be known for that.
            _ => match FastPath::OPEN.read(Some(body), text) {
                Verdict::Clean => 0,
                Verdict::Suspect(clean) => reader::parse_around(text, &clean).values,
            },
        };
        let root = parsed.root.as_ref();
        let is_too_large = root.is_some() && values > LIMITS.payload_values;
        let root = root.filter(|_| !is_too_large);
        let value = root.map(Node::to_checked);
        let mut locator = root.map(Locator::new);
        let locator = locator.as_mut().map(|locator| locator as &mut dyn Locate);
        let builder = &mut Builder::new(found, side, self.schemas.get(body.schema), value.as_ref(), locator);
        flaws(text, parsed, Some(body.schema), builder);
        if is_too_large {
            let seen = format!("{values}, of which at most {} are validated", LIMITS.payload_values);
            builder.add(Difference::new(Code::TooLarge, "", "a payload with fewer values", seen));
        }
        if let (Some(root), Some(value)) = (root, &value) {
            schema::check(operation, side, value, builder);
            integers::check(body.outline, text, root, builder);
            ask_the_type(body, text, root, builder);
        }
        found.list.sort_by(|one, other| {
            (one.offset, one.code, &one.pointer).cmp(&(other.offset, other.code, &other.pointer))
        });
    }
}

/// Adds findings for what is wrong with the text itself. `schema` is the body that it was read as, if it was.
pub(crate) fn flaws<G>(text: &[u8], parsed: &Parsed<Node<G>>, schema: Option<&str>, builder: &mut Builder<'_>) {
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
        let difference = Difference::bare(flaw.code, flaw.pointer.as_str());
        builder.add(Difference { at: Some(flaw.at), expected, found: seen, ..difference });
    }
    if parsed.has_more_flaws {
        builder.found().note_more();
    }
}

/// Lets the generated type decide whether a body with a duplicate key can be read. The type reads every value of the
/// key, the schema only the last one.
fn ask_the_type<G>(body: &BodyInfo, text: &[u8], root: &Node<G>, builder: &mut Builder<'_>) {
    let is_twice = |finding: &Finding| finding.code == Code::DuplicateKey;
    let found = &builder.found().list;
    let has_error = found.iter().any(|finding| finding.severity == Severity::Error);
    if has_error || !found.iter().any(is_twice) {
        return;
    }
    let Err(error) = body.decode(text) else { return };
    let (pointer, node) = root.innermost(offset_of(text, error.line(), error.column()).saturating_sub(1));
    let expected = Some("a value that fits the type of its field, also in a duplicate key".into());
    let difference = Difference { at: Some(node.start), expected, ..Difference::bare(Code::WrongType, pointer) };
    builder.add_as(Severity::Error, difference);
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
