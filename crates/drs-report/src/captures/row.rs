//! A finding as JSON has it.

use drs_validate::{Code, Diagnostic, Found, PayloadReport, Severity};
use serde::Serialize;
use serde_json::Value;

/// A finding in JSON.
#[derive(Serialize)]
pub(super) struct Row<'a> {
    source: &'a str,
    #[serde(flatten)]
    located: &'a Diagnostic,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a Value>,
    payload: Option<String>,
    part: &'a str,
    #[serde(flatten)]
    finding: Rule<'a>,
}

#[derive(Serialize)]
struct Rule<'a> {
    code: Code,
    title: &'static str,
    severity: Severity,
    pointer: &'a str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema_pointer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    table: Option<&'a str>,
}

/// Converts the findings of a payload to JSON.
pub(super) fn rows<'a>(source: &'a str, suspect: &'a PayloadReport) -> impl Iterator<Item = Row<'a>> {
    suspect.findings.iter().map(move |located| {
        let finding = &located.finding;
        Row {
            source,
            located,
            key: suspect.key.as_ref(),
            payload: suspect.body_kind.map(|known| known.name()),
            part: &suspect.part,
            finding: Rule {
                code: finding.code,
                title: finding.code.title(),
                severity: finding.severity,
                pointer: &finding.pointer,
                message: finding.message(),
                expected: finding.expected.as_ref().map(ToString::to_string),
                found: finding.found.as_ref().map(Found::as_str),
                schema_pointer: finding.rule.as_ref().map(ToString::to_string),
                table: finding.table.as_deref(),
            },
        }
    })
}
