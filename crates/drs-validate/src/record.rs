//! Payloads out of one record: a payload itself, or those of an exchange.

use std::borrow::Cow;
use std::ops::{ControlFlow, Range};
#[cfg(feature = "har")]
use std::sync::Arc;

use serde_json::Value;

use crate::fast_path::Verdict;
use crate::finding::difference::{Found, short};
use crate::finding::list::{Findings, ROOM};
use crate::finding::{Code, Finding, Severity};
use crate::frame::around_items;
use crate::identify::{self, BodyKind, rank};
use crate::input::{self, Piece, looks};
use crate::json::key;
use crate::json::places::Places;
use crate::json::reader::{self, Parsed};
use crate::json::source::Source;
use crate::json::tree::Node;
use crate::options::Options;
use crate::schema::builder::Builder;
use crate::{Validator, payload, secrets};

/// What a record holds.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct RecordReport {
    /// The payloads, validated.
    pub payloads: Vec<ValidatedPayload>,
    /// What is wrong with the capture or the HAR around its payloads.
    pub around: Vec<Finding>,
    /// Calls of a HAR or a capture that do not call this API.
    pub skipped: usize,
    /// Bodies that calls of a HAR have, but the HAR does not.
    pub unrecorded: usize,
    /// The record's own key, where [`Options::key`] leads to one and there are findings.
    pub key: Option<Value>,
    /// Whether it is an exchange.
    pub(crate) is_exchange: bool,
    /// The part of the record that may be shown, and the secrets in it.
    pub(crate) visible: Option<Visible>,
}

/// A validated payload.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ValidatedPayload {
    /// What it was validated as; `None` when it could not be validated.
    pub body_kind: Option<BodyKind>,
    /// Its place in the record, as a JSON Pointer; empty when it is the record.
    pub part: String,
    /// How many more documented bodies it fits as well, when its shape says what it is.
    pub fits_more: usize,
    /// Everything that is not documented. Offsets count from the start of the record.
    pub findings: Vec<Finding>,
    /// The part of the record that may be shown, and the secrets in it.
    pub(crate) visible: Option<Visible>,
    /// Whether nothing says that it is of this API.
    pub(crate) is_other: bool,
}

/// A payload in a record, not validated yet.
#[derive(Debug)]
pub(crate) struct Body<'a> {
    pub(crate) known: BodyKind,
    pub(crate) part: String,
    pub(crate) source: Source<'a>,
}

/// The severity of the gravest finding, and the place of the first.
#[derive(Debug)]
struct Worst {
    severity: Severity,
    offset: usize,
    pointer: String,
}

/// Takes what came of a part of a record, and may end the work.
pub(crate) type Each<'a> = &'a mut dyn FnMut(RecordReport) -> ControlFlow<()>;

/// A part of a record that may be shown, and the secrets in it.
pub(crate) type Visible = (Range<usize>, Vec<Range<usize>>);

impl RecordReport {
    /// Adds what came of another part of the record.
    pub(crate) fn add(&mut self, part: Self) {
        let Self { payloads, around, skipped, unrecorded, key, is_exchange, visible } = part;
        self.is_exchange |= is_exchange;
        self.payloads.extend(payloads);
        self.around.extend(around);
        self.skipped += skipped;
        self.unrecorded += unrecorded;
        self.key = self.key.take().or(key);
        self.visible = self.visible.take().or(visible);
    }

    /// The same in a text that starts so many bytes earlier, at this place of an array.
    fn moved(mut self, by: usize, name: &str) -> Self {
        let place = |finding: &mut Finding| finding.offset += by;
        for finding in &mut self.around {
            place(finding);
            finding.pointer.insert_str(0, name);
        }
        for payload in &mut self.payloads {
            payload.findings.iter_mut().for_each(place);
            payload.part.insert_str(0, name);
        }
        self
    }

    fn is_suspect(&self) -> bool {
        !self.around.is_empty() || self.payloads.iter().any(|payload| !payload.findings.is_empty())
    }
}

impl Validator {
    /// Validates all payloads of a record.
    #[must_use]
    pub fn validate_record(&self, text: &[u8], options: &Options) -> RecordReport {
        let mut all = RecordReport::default();
        let _ = input::pieces(text, 0..text.len(), &options.arrays(), &mut |piece| {
            match piece {
                Piece::Frame(part) => around_items(text, &part).into_iter().for_each(|part| all.add(part)),
                Piece::Record { range, name, is_entry } => {
                    let _ = self.validate_one(&text[range.clone()], options, is_entry, &mut |part| {
                        all.add(part.moved(range.start, &name));
                        ControlFlow::Continue(())
                    });
                }
            }
            ControlFlow::Continue(())
        });
        all
    }

    /// The same for a record that holds no others, and is not clean at first sight.
    pub(crate) fn validate_one(
        &self,
        text: &[u8],
        options: &Options,
        is_entry: bool,
        each: Each<'_>,
    ) -> ControlFlow<()> {
        let mut give = |mut part: RecordReport| {
            let pointer = options.key.as_deref().filter(|_| part.is_suspect());
            part.key = pointer.and_then(|pointer| key::find(text, pointer)).map(|key| match key {
                // Every finding has it.
                Value::Array(_) | Value::Object(_) => Value::String(Found::value_of(&key).to_string()),
                Value::String(text) => Value::String(short(text)),
                plain => plain,
            });
            each(part)
        };
        let of_one = |payload| RecordReport { payloads: vec![payload], ..RecordReport::default() };
        if let Some(known) = options.body_kind {
            let payload = match self.fast.read(known.operation.body(known.side), text) {
                Verdict::Clean => ValidatedPayload::clean(known, String::new()),
                Verdict::Suspect(clean) => {
                    let parsed = reader::parse_around(text, &clean);
                    let payload = looks::not_json(text, &parsed).map(not_json);
                    payload.unwrap_or_else(|| self.suspect(whole(known, text), &parsed, Findings::within(ROOM)))
                }
            };
            return give(of_one(payload));
        }
        let parsed = reader::parse(text);
        if let Some(finding) = looks::not_json(text, &parsed) {
            return give(of_one(not_json(finding)));
        }
        #[cfg(feature = "har")]
        {
            if let Some(mapping) = &options.mapping {
                return give(self.validate_mapped(text, &parsed, options, mapping));
            }
            let read = |root| crate::exchange::forms::read(text, root, is_entry, options.attached.as_ref());
            if let Some(exchange) = parsed.root.as_ref().and_then(read) {
                return give(self.validate_exchange(text, &parsed, &Arc::new(Places::At(0)), exchange));
            }
        }
        #[cfg(not(feature = "har"))]
        if is_entry || parsed.root.as_ref().is_some_and(|root| root.get("url").is_some()) {
            return give(without_har(if is_entry { "an entry of a HAR" } else { "a capture" }));
        }
        let known = match &parsed.root {
            Some(root) if options.only_calls => Err(Some(unidentified(root, "a call of this API"))),
            Some(root) => self.identify(text, &parsed, root, options),
            None => Err(None),
        };
        let payload = match known {
            // Now that it is known, its clean objects can be skipped.
            Ok((known, fits_more)) => {
                ValidatedPayload { fits_more, ..self.payload(whole(known, text), Findings::within(ROOM)) }
            }
            Err(finding) => {
                #[cfg(feature = "har")]
                if !options.only_calls
                    && let Some(report) = self.validate_wrapped(text, &parsed, options)
                {
                    return give(report);
                }
                unknown(text, &parsed, finding)
            }
        };
        give(of_one(payload))
    }

    /// What a payload is, and how many more documented bodies it fits as well.
    pub(crate) fn identify(
        &self,
        text: &[u8],
        parsed: &Parsed,
        root: &Node,
        options: &Options,
    ) -> Result<(BodyKind, usize), Option<Box<Finding>>> {
        if let Some(known) = options.body_kind {
            return Ok((known, 0));
        }
        let candidates = rank::by_shape(root);
        let Some(first) = candidates.first().copied() else {
            let expected = "a documented body, a capture with url, request and response, or a HAR";
            return Err(Some(unidentified(root, expected)));
        };
        let bodies = candidates.iter().filter_map(|known| known.operation.body(known.side));
        let more = more_than_one(bodies.map(|body| body.schema));
        if candidates.len() == 1 {
            return Ok((first, more));
        }
        let validated = candidates.into_iter().map(|known| (known, self.worst(known, text, parsed)));
        let (clean, suspect): (Vec<_>, Vec<_>) = validated.partition(|(_, worst)| worst.is_none());
        match (clean.first(), suspect.first()) {
            (Some((first, _)), None) => Ok((*first, more)),
            (None, Some((first, _))) => {
                // Of several the gravest counts: no doubt is an excuse.
                let is_error =
                    |worst: &Option<Worst>| worst.as_ref().is_some_and(|worst| worst.severity == Severity::Error);
                let error = suspect.iter().find(|(_, worst)| is_error(worst));
                Ok((error.map_or(*first, |(known, _)| *known), more))
            }
            _ => {
                let expected = "a payload that matches one documented body; name it with --as";
                let found = format!("one that matches {}, but not {}", few(&clean), few(&suspect));
                // The place shows what the bodies differ in.
                let first = suspect.into_iter().find_map(|(_, worst)| worst);
                let (offset, pointer) = first.map(|worst| (worst.offset, worst.pointer)).unwrap_or_default();
                let finding = Finding::new(Code::AmbiguousPayload, Severity::Error, pointer, expected, found);
                Err(Some(Finding { offset, ..finding }.into()))
            }
        }
    }

    /// What is wrong with a payload when it is read as this body.
    fn worst(&self, known: BodyKind, text: &[u8], parsed: &Parsed) -> Option<Worst> {
        if self.is_clean(known, text) {
            return None;
        }
        let mut found = Findings::within(ROOM);
        self.validate_parsed(known.operation, known.side, text, parsed, &mut found);
        let findings = found.close(0);
        let severity = findings.iter().map(|finding| finding.severity).max()?;
        let first = findings.into_iter().min_by_key(|finding| finding.offset)?;
        Some(Worst { severity, offset: first.offset, pointer: first.pointer })
    }

    /// Validates a body, in which something may be found already.
    pub(crate) fn payload(&self, body: Body<'_>, mut found: Findings) -> ValidatedPayload {
        let Body { known, source: Source { text, range, broken, .. }, .. } = &body;
        if let Some(finding) = broken {
            found.push((**finding).clone());
            let findings = found.close(range.start);
            return ValidatedPayload { findings, ..ValidatedPayload::clean(*known, body.part) };
        }
        let clean = match self.fast.read(known.operation.body(known.side), text) {
            Verdict::Clean if found.list.is_empty() => return ValidatedPayload::clean(*known, body.part),
            Verdict::Clean => Vec::new(),
            Verdict::Suspect(clean) => clean,
        };
        let parsed = reader::parse_around(text, &clean);
        self.suspect(body, &parsed, found)
    }

    /// The same for a body that is not certainly clean.
    fn suspect<G>(&self, body: Body<'_>, parsed: &Parsed<Node<G>>, mut found: Findings) -> ValidatedPayload {
        let Body { known, part, source: Source { text, places, range, .. } } = body;
        self.validate_parsed(known.operation, known.side, &text, parsed, &mut found);
        let mut findings = found.close(text.len());
        let encoded = places.are_encoded();
        let schema = known.operation.body(known.side).map(|body| body.schema);
        let visible =
            if findings.is_empty() || encoded { None } else { visible(&text, parsed, schema, &places, range) };
        for finding in &mut findings {
            finding.offset = places.original(finding.offset);
        }
        ValidatedPayload { findings, visible, ..ValidatedPayload::clean(known, part) }
    }

    /// Whether a body certainly has no finding.
    pub(crate) fn is_clean(&self, known: BodyKind, text: &[u8]) -> bool {
        self.fast.is_clean(known.operation.body(known.side), text)
    }
}

impl ValidatedPayload {
    /// One without findings.
    fn clean(known: BodyKind, part: String) -> Self {
        Self { body_kind: Some(known), part, ..Self::unidentified(Vec::new()) }
    }

    /// A record that could not be validated.
    pub(crate) fn unidentified(findings: Vec<Finding>) -> Self {
        Self { body_kind: None, part: String::new(), fits_more: 0, findings, visible: None, is_other: false }
    }
}

/// A record that is not JSON.
fn not_json(finding: Finding) -> ValidatedPayload {
    ValidatedPayload { is_other: true, ..ValidatedPayload::unidentified(vec![finding]) }
}

/// Says that this build does not read captures and HAR.
#[cfg(not(feature = "har"))]
pub(crate) fn without_har(found: &str) -> RecordReport {
    let expected = "a payload by itself, since drs-validate was built without its feature `har`";
    let finding = Finding::new(Code::UnknownPayload, Severity::Error, "", expected, found);
    RecordReport { around: vec![finding], ..RecordReport::default() }
}

/// Says that a record is nothing that is validated.
fn unidentified(root: &Node, expected: &str) -> Box<Finding> {
    let found = Found::value_of(&root.to_value());
    Finding::new(Code::UnknownPayload, Severity::Error, "", expected, found).into()
}

/// A payload that nothing can be told of but what is wrong with its text, and why.
pub(crate) fn unknown(text: &[u8], parsed: &Parsed, reason: Option<Box<Finding>>) -> ValidatedPayload {
    let mut found = Findings::within(ROOM);
    payload::flaws(text, parsed, None, &mut Builder::of_text(&mut found));
    let is_other = found.list.is_empty() && reason.as_ref().is_some_and(|found| found.code == Code::UnknownPayload);
    if let Some(reason) = reason {
        found.push(*reason);
    }
    let visible = visible(text, parsed, None, &Places::At(0), 0..text.len());
    ValidatedPayload { visible, is_other, ..ValidatedPayload::unidentified(found.close(text.len())) }
}

/// What may be shown of a payload; nothing when it mentions secrets that cannot be told apart from the rest.
pub(crate) fn visible<G>(
    text: &[u8],
    parsed: &Parsed<Node<G>>,
    schema: Option<&str>,
    places: &Places,
    range: Range<usize>,
) -> Option<Visible> {
    let original = |secret: Range<usize>| places.original(secret.start)..places.original(secret.end);
    Some((range, secrets::places(text, parsed, schema)?.into_iter().map(original).collect()))
}

/// How many operations have one of these bodies, without the first.
pub(crate) fn more_than_one(bodies: impl Iterator<Item = &'static str>) -> usize {
    bodies.filter_map(identify::body).map(|body| body.operations).sum::<usize>().saturating_sub(1)
}

/// The names of the first few bodies, and how many more there are.
fn few<T>(bodies: &[(BodyKind, T)]) -> String {
    const FEW: usize = 3;
    let names: Vec<String> = bodies.iter().take(FEW).map(|(known, _)| known.name()).collect();
    match bodies.len().saturating_sub(FEW) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

pub(crate) fn whole(known: BodyKind, text: &[u8]) -> Body<'_> {
    let range = 0..text.len();
    let source = Source { text: Cow::Borrowed(text), places: Places::At(0), range, broken: None };
    Body { known, part: String::new(), source }
}
