//! Counts over many payloads: how often each rule was broken, and where the service has left its documentation.

use std::collections::BTreeMap;

use drs_types::outline::Type;
use drs_types::pointer;
use serde::Serialize;
use serde_json::{Value, json};

use crate::finding::difference::Found;
use crate::finding::{Code, Finding, Severity};
use crate::stream::{Diagnostic, Report};

/// Drift that differs in more ways than this is only counted.
const MOST_ROWS: usize = 1000;

/// A place with a longer pointer has no row; no documented one comes near.
const LONGEST: usize = 1000;

/// What came of many payloads.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// How many bytes were read, after decompression.
    pub bytes: u64,
    /// How many records there were.
    pub records: u64,
    /// How many payloads there were of each kind; under an empty name, those that could not be validated.
    pub payloads: BTreeMap<String, u64>,
    /// How many more documented bodies the first payload of a kind fits as well, when its shape said what it is.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fits_more: BTreeMap<String, u64>,
    /// Calls of a HAR or a capture that do not call this API.
    pub skipped: u64,
    /// Bodies that calls of a HAR have, but the HAR does not.
    pub unrecorded: u64,
    /// How many findings are errors.
    pub errors: u64,
    /// How many findings are drift.
    pub drifts: u64,
    /// How many findings there are of each code.
    pub codes: BTreeMap<Code, u64>,
    /// How many findings there are in each kind of payload.
    pub findings: BTreeMap<String, u64>,
    /// Where the service has left its documentation, most frequent first.
    pub drift: Vec<Drift>,
    /// Drift that no row has, because there are too many, or because its pointer is too long.
    pub drift_left_out: u64,
    #[serde(skip)]
    rows: BTreeMap<(String, Code, String, String), usize>,
}

/// One way in which responses differ from the documentation.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Drift {
    /// The kind of payload, such as `batch_check_results.response`.
    pub payload: String,
    /// The rule that is broken.
    pub code: Code,
    /// Where, as a JSON Pointer with `*` for any index of an array.
    pub pointer: String,
    /// What was found first.
    pub found: String,
    #[serde(skip)]
    json_type: Option<Type>,
    /// How often.
    pub count: u64,
    /// Where it was found first.
    pub first: Location,
    /// The change of the schema that would document it, as a JSON Patch on the bundle of all definitions; empty when
    /// someone has to think about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub proposal: Vec<Value>,
    /// Why no change is proposed for a field or a value that the documentation does not have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_proposal: Option<&'static str>,
}

/// A place in a source.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Location {
    /// The name of the source.
    pub source: String,
    /// The line, counted from 1.
    pub line: u64,
    /// The column in characters, counted from 1.
    pub column: u64,
}

impl Summary {
    /// Adds what came of a part of a source.
    pub fn add(&mut self, source: &str, report: &Report) {
        self.bytes += report.bytes;
        self.records += report.records;
        self.skipped += report.skipped;
        self.unrecorded += report.unrecorded;
        for (name, count) in &report.payloads {
            *self.payloads.entry(name.clone()).or_default() += count;
        }
        for (name, more) in &report.fits_more {
            self.fits_more.entry(name.clone()).or_insert(*more);
        }
        for suspect in &report.suspects {
            let name = suspect.body_kind.map(|known| known.name()).unwrap_or_default();
            *self.findings.entry(name.clone()).or_default() += suspect.findings.len() as u64;
            for located in &suspect.findings {
                *self.codes.entry(located.finding.code).or_default() += 1;
                if located.finding.severity == Severity::Error {
                    self.errors += 1;
                } else {
                    self.drifts += 1;
                    self.drifted(&name, source, located);
                }
            }
        }
    }

    /// The drift, most frequent first.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.drift.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.pointer.cmp(&other.pointer)));
        self.rows.clear();
        self
    }

    fn drifted(&mut self, payload: &str, source: &str, located: &Diagnostic) {
        let finding = &located.finding;
        let pointer = finding.place();
        // Every unlisted value has a row; for a pattern, one example is enough.
        let own = matches!(finding.code, Code::UnlistedValue | Code::UndocumentedStatus);
        let found = finding.found.as_ref().map_or("nothing", Found::as_str);
        let value = if own { found.to_owned() } else { String::new() };
        let key = (payload.to_owned(), finding.code, pointer, value);
        if let Some(row) = self.rows.get(&key).and_then(|index| self.drift.get_mut(*index)) {
            row.count += 1;
            if finding.code == Code::UnknownField && row.json_type != finding.found.as_ref().and_then(Found::json_type)
            {
                row.proposal.clear();
                row.no_proposal = Some(MIXED);
            }
            return;
        }
        if self.drift.len() == MOST_ROWS || key.2.len() > LONGEST {
            self.drift_left_out += 1;
            return;
        }
        let (proposal, no_proposal) = match proposal(finding) {
            Ok(proposal) => (proposal, None),
            Err(reason) => (Vec::new(), reason),
        };
        self.drift.push(Drift {
            payload: key.0.clone(),
            code: finding.code,
            pointer: key.2.clone(),
            found: found.to_owned(),
            json_type: finding.found.as_ref().and_then(Found::json_type),
            count: 1,
            first: Location { source: source.to_owned(), line: located.line, column: located.column },
            proposal,
            no_proposal,
        });
        self.rows.insert(key, self.drift.len() - 1);
    }
}

/// Said of a field whose values have several types.
const MIXED: &str = "its values have different JSON types";

/// The change of the schema that would make the finding go away; else why one value is not enough, if there is
/// more to say than that someone has to think about it.
fn proposal(finding: &Finding) -> Result<Vec<Value>, Option<&'static str>> {
    let (Some(rule), Some(found)) = (&finding.rule, &finding.found) else { return Err(None) };
    // In the file of its version, a definition has no version before its name.
    let definition = rule.definition.rsplit('.').next().unwrap_or_default();
    let at = format!("/$defs/{definition}");
    match finding.code {
        Code::UnknownField => {
            let kind = match found.json_type() {
                Some(Type::Object) => return Err(Some("an object: its fields have to be known")),
                Some(Type::Array) => return Err(Some("an array: its items have to be known")),
                Some(Type::Null) => return Err(Some("null has no type")),
                Some(kind) => kind.name(),
                None => return Err(Some("its value is a secret")),
            };
            let path = pointer::join(&format!("{at}/properties"), &pointer::last(&finding.pointer));
            let value = json!({ "type": kind, "description": "TODO: say what it is." });
            Ok(vec![json!({ "op": "add", "path": path, "value": value })])
        }
        Code::UnlistedValue => match found.value().and_then(Value::as_str) {
            Some(value) if rule.path == "enum" => {
                let path = format!("{at}/x-drs/values/{}", pointer::escape(value));
                Ok(vec![
                    json!({ "op": "add", "path": format!("{at}/enum/-"), "value": value }),
                    json!({ "op": "add", "path": path, "value": "TODO: say what it means." }),
                ])
            }
            Some(_) => Err(None),
            None => Err(Some("the value is not shown in full")),
        },
        _ => Err(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::list::{Findings, ROOM};
    use crate::generated::DEFINITIONS;
    use crate::schema::builder::Builder;
    use crate::schema::compiled::Schema;
    use crate::schema::definitions::Definition;
    use crate::{Blocks, Format, Options, Side, Validator};

    /// Adds a value to a document, as JSON Patch says.
    fn add(document: &mut Value, operation: &Value) {
        let (parent, name) = operation["path"].as_str().unwrap().rsplit_once('/').unwrap();
        match document.pointer_mut(parent).unwrap() {
            Value::Array(list) if name == "-" => list.push(operation["value"].clone()),
            parent => parent[&*pointer::unescape(name)] = operation["value"].clone(),
        }
    }

    #[test]
    fn what_was_drift_is_documented_once_the_proposals_are_taken() {
        let unknown = r#""flag":true,"number":1,"rate":1.5,"text":"x","a/b":"""#;
        let text = format!(r#"{{"results":[{{"job_direction":"side/ways",{unknown}}}]}}"#);
        let options = Options::default().body_kind("batch_check_results.response".parse().unwrap());
        let mut summary = Summary::default();
        for report in Validator::new().validate_blocks(Blocks::new(text.as_bytes(), Format::Json, 1000), options) {
            summary.add("captured.json", &report.unwrap());
        }
        assert_eq!(summary.drift.len(), 6);

        let value = |definition: &Definition| -> Value { serde_json::from_str(definition.text()).unwrap() };
        let definitions: BTreeMap<_, _> = DEFINITIONS.iter().map(|one| (one.name, value(one))).collect();
        let mut document = json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": definitions });
        for operation in summary.drift.iter().flat_map(|drift| &drift.proposal) {
            add(&mut document, operation);
        }
        let mut found = Findings::within(ROOM);
        let body = serde_json::from_str(&text).unwrap();
        let schema = Schema::of("BatchCheckResultsResponse", document);
        schema.check(&body, &mut Builder::new(&mut found, Side::Response(200), Some(&schema), Some(&body), None));
        assert_eq!(found.list, []);
    }

    #[test]
    fn for_objects_arrays_null_secrets_and_mixed_values_nothing_is_proposed_and_the_reason_is_given() {
        let lines = r#"{"results":[{"map":{"a":1},"list":[],"none":null,"password":7,"mixed":1,"rate":1,"plain":1}]}
            {"results":[{"map":{"a":1},"list":[1],"none":null,"password":7,"mixed":"x","rate":1.5,"plain":2}]}"#;
        let options = Options::default().body_kind("batch_check_results.response".parse().unwrap());
        let mut summary = Summary::default();
        for report in Validator::new().validate_blocks(Blocks::new(lines.as_bytes(), Format::Ndjson, 1000), options) {
            summary.add("captured.json", &report.unwrap());
        }
        let told = summary.sorted().drift.into_iter().map(|row| {
            (row.pointer.trim_start_matches("/results/*/").to_owned(), row.count, row.proposal.len(), row.no_proposal)
        });
        let nothing = |name: &str, reason| (name.to_owned(), 2, 0, Some(reason));
        let expected = [
            nothing("list", "an array: its items have to be known"),
            nothing("map", "an object: its fields have to be known"),
            nothing("mixed", MIXED),
            nothing("none", "null has no type"),
            nothing("password", "its value is a secret"),
            ("plain".to_owned(), 2, 1, None),
            nothing("rate", MIXED),
        ];
        assert_eq!(told.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_summary_does_not_grow_with_what_it_counts() {
        let name = "x".repeat(LONGEST);
        let lines: String =
            (0..MOST_ROWS + 100).map(|number| format!("{{\"count\":1,\"x{number}\":1,\"{name}\":1}}\n")).collect();
        let options = Options::default().body_kind("batch_check_results.response".parse().unwrap());
        let mut summary = Summary::default();
        for report in Validator::new().validate_blocks(Blocks::new(lines.as_bytes(), Format::Ndjson, 10_000), options) {
            summary.add("captured.json", &report.unwrap());
        }
        assert_eq!((summary.drift.len(), summary.drift_left_out), (MOST_ROWS, 1200));
        assert_eq!(summary.drifts, 2200);
    }

    #[test]
    fn drift_is_counted_by_its_kind_and_the_first_place_is_kept() {
        let stream =
            "{\"results\":[{\"x\":1},{\"x\":2}]}\n{\"results\":[{\"process\":\"a\"},{\"process\":\"b\"},{\"x\":3}]}\n";
        let options = Options::default().body_kind("batch_check_results.response".parse().unwrap());
        let mut summary = Summary::default();
        for report in Validator::new().validate_blocks(Blocks::new(stream.as_bytes(), Format::Ndjson, 1000), options) {
            summary.add("captured.json", &report.unwrap());
        }
        let rows: Vec<_> =
            summary.sorted().drift.into_iter().map(|row| (row.pointer, row.count, row.first.line)).collect();
        assert_eq!(rows, [("/results/*/x".to_owned(), 3, 1), ("/results/*/process".to_owned(), 2, 2)]);
    }
}
