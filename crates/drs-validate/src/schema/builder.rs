//! From a difference to its finding: how bad it is, what of it may be shown, where it stands, and which table it is about.

use drs_types::pointer;
use drs_types::redacted::is_secret;
use serde_json::Value;

use crate::Side;
use crate::finding::difference::{Difference, Found};
use crate::finding::list::Findings;
use crate::finding::{Code, Finding, Severity};
use crate::json::tree::Locate;
use crate::schema::compiled::Schema;

/// Builds the findings of one body.
pub(crate) struct Builder<'a> {
    found: &'a mut Findings,
    side: Side,
    /// That of the body; `None` when nothing says what the text is.
    schema: Option<&'a Schema>,
    /// The body; `None` when it cannot be read.
    value: Option<&'a Value>,
    /// Finds a place by its pointer; `None` when only the value is known.
    locator: Option<&'a mut dyn Locate>,
}

impl<'a> Builder<'a> {
    /// For the text of a body.
    pub(crate) fn new(
        found: &'a mut Findings,
        side: Side,
        schema: Option<&'a Schema>,
        value: Option<&'a Value>,
        locator: Option<&'a mut dyn Locate>,
    ) -> Self {
        Self { found, side, schema, value, locator }
    }

    /// For a text of which nothing says what it is.
    pub(crate) fn of_text(found: &'a mut Findings) -> Self {
        Self::new(found, Side::Request, None, None, None)
    }

    /// The schema of the body.
    pub(crate) fn schema(&self) -> Option<&'a Schema> {
        self.schema
    }

    /// What was found so far.
    pub(crate) fn found(&mut self) -> &mut Findings {
        self.found
    }

    /// Adds the finding of a difference.
    pub(crate) fn add(&mut self, difference: Difference) {
        let severity = self.severity(difference.code, &difference.pointer);
        self.add_as(severity, difference);
    }

    /// The same when it is known how bad it is.
    pub(crate) fn add_as(&mut self, severity: Severity, difference: Difference) {
        let is_secret = self.is_secret(&difference);
        let Difference { code, pointer, expected, found, rule, at } = difference;
        let located = self.locator.as_mut().filter(|_| at.is_none()).map(|locator| locator.locate(&pointer));
        let located = located.map(|place| if code == Code::UnknownField { place.key } else { place.value });
        let offset = at.or(located).unwrap_or_default();
        let found = if is_secret { Some(Found::masked()) } else { found };
        let table = self.schema.and_then(|schema| schema.table(&pointer)).map(str::to_owned);
        self.found.push(Finding { code, severity, offset, pointer, expected, found, rule, table });
    }

    /// How bad a difference is.
    ///
    /// The service refuses a request that breaks the schema. A response can still be read, unless a value has another type;
    /// and null in the place of a field counts as a field that is missing. What the documentation says in words is drift.
    fn severity(&self, code: Code, pointer: &str) -> Severity {
        let is_response = self.side != Side::Request;
        match code {
            // A reader skips an unknown field, or puts it into a map, where the last value counts.
            Code::DuplicateKey if is_response && self.is_field(pointer) == Some(false) => Severity::Drift,
            Code::SyntaxError
            | Code::UnexpectedEnd
            | Code::TrailingCharacters
            | Code::InvalidUtf8
            | Code::ByteOrderMark
            | Code::DuplicateKey
            | Code::NestingTooDeep
            | Code::NumberRange
            | Code::UnpairedSurrogate
            | Code::TooLarge => Severity::Error,
            Code::IntegerForm
            | Code::WrongCount
            | Code::DuplicateId
            | Code::NotAnswered
            | Code::NotRequested
            | Code::MissingReason
            | Code::UnknownForm => Severity::Drift,
            Code::WrongType if !self.is_null_field(pointer) => Severity::Error,
            _ if is_response => Severity::Drift,
            _ => Severity::Error,
        }
    }

    fn is_field(&self, pointer: &str) -> Option<bool> {
        Some(self.schema?.is_field(self.value?, pointer))
    }

    fn is_null_field(&self, pointer: &str) -> bool {
        let value = self.value.and_then(|value| value.pointer(pointer));
        value == Some(&Value::Null) && self.is_field(pointer) == Some(true)
    }

    /// Whether a difference is about a value that may not be shown.
    fn is_secret(&self, difference: &Difference) -> bool {
        let of_password = |schema: &Schema| difference.rule.as_ref().is_some_and(|rule| schema.is_of_password(rule));
        self.schema.is_some_and(of_password)
            || (difference.code == Code::UnknownField && is_secret(&pointer::last(&difference.pointer)))
    }
}
