//! Payloads out of one record: a payload itself, a capture `{method, url, status, request, response}`, or a HAR.

use std::borrow::Cow;
use std::ops::{ControlFlow, Range};

use serde_json::Value;

use crate::fast_path;
use crate::fast_path::Shape;
use crate::finding::difference::{Found, short};
use crate::finding::list::{Findings, ROOM};
use crate::finding::{Code, Finding, Severity};
use crate::identify::rank;
use crate::identify::{self, BodyKind};
use crate::input::looks;
use crate::json::key;
use crate::json::places::Places;
use crate::json::reader::{self, Parsed};
use crate::json::tree::Node;
use crate::payload;
use crate::{Validator, secrets};

/// What the caller knows of the records.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// What every payload is; without it, each is recognised by URL or by shape.
    pub body_kind: Option<BodyKind>,
    /// A JSON Pointer to the record's own key, to find a record again.
    pub key: Option<String>,
}

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
}

/// The calls of a record that is not a payload itself.
#[derive(Debug)]
pub(crate) struct Calls<'a> {
    pub(crate) nodes: Vec<&'a Node>,
    pub(crate) is_har: bool,
}

impl<'a> Calls<'a> {
    /// The calls of a HAR or a capture; `None` when a record is neither.
    fn of(root: &'a Node) -> Option<Self> {
        let entries = root.get("log").and_then(|log| log.get("entries"));
        let nodes = match entries {
            Some(entries) => entries.items().iter().collect(),
            // An exchange without bodies has a status.
            None if root.get("url").is_some()
                && ["request", "response", "status"].iter().any(|name| root.get(name).is_some()) =>
            {
                vec![root]
            }
            None => return None,
        };
        Some(Self { nodes, is_har: entries.is_some() })
    }
}

/// A payload in a record, not validated yet.
#[derive(Debug)]
pub(crate) struct Body<'a> {
    pub(crate) known: BodyKind,
    pub(crate) part: String,
    pub(crate) text: Cow<'a, [u8]>,
    pub(crate) places: Places,
    /// Its place in the record.
    pub(crate) range: Range<usize>,
    /// Why it cannot be decoded.
    pub(crate) broken: Option<Finding>,
}

/// Takes what came of a part of a record, and may end the work.
pub(crate) type Each<'a> = &'a mut dyn FnMut(RecordReport) -> ControlFlow<()>;

/// A part of a record that may be shown, and the secrets in it.
pub(crate) type Visible = (Range<usize>, Vec<Range<usize>>);

impl Options {
    /// Every payload is this; nothing is guessed.
    #[must_use]
    pub fn body_kind(mut self, known: BodyKind) -> Self {
        self.body_kind = Some(known);
        self
    }

    /// The place of the record's own key.
    #[must_use]
    pub fn key(mut self, pointer: impl Into<String>) -> Self {
        self.key = Some(pointer.into());
        self
    }
}

impl RecordReport {
    /// Adds what came of another part of the record.
    fn add(&mut self, part: Self) {
        let Self { payloads, around, skipped, unrecorded, key, visible } = part;
        self.payloads.extend(payloads);
        self.around.extend(around);
        self.skipped += skipped;
        self.unrecorded += unrecorded;
        self.key = self.key.take().or(key);
        self.visible = self.visible.take().or(visible);
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
        let _ = self.validate_suspect(text, options, &mut |part| {
            all.add(part);
            ControlFlow::Continue(())
        });
        all
    }

    /// The same for a record that is not clean at first sight, exchange by exchange: all findings of a HAR at once could
    /// fill the memory. `each` may end the work.
    pub(crate) fn validate_suspect(&self, text: &[u8], options: &Options, each: Each<'_>) -> ControlFlow<()> {
        let mut parsed = match options.body_kind {
            Some(known) => reader::parse_suspect(text, self.shape_of(known)),
            None => reader::parse_suspect(text, self.fast.then_some(&fast_path::CAPTURE)),
        };
        if let Some(finding) = looks::not_json(text, &parsed) {
            let payload = ValidatedPayload {
                body_kind: None,
                part: String::new(),
                fits_more: 0,
                findings: vec![finding],
                visible: None,
            };
            return each(RecordReport { payloads: vec![payload], ..RecordReport::default() });
        }
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
        let unnamed = parsed.root.as_ref().filter(|_| options.body_kind.is_none());
        if let Some(calls) = unnamed.and_then(Calls::of) {
            return self.validate_calls(text, &parsed, &calls, &mut give);
        }
        if options.body_kind.is_none() && self.fast && parsed.root.as_ref().is_none_or(Node::has_skipped) {
            // It is not a capture, or a broken one: then everything in it counts.
            parsed = reader::parse(text);
        }
        let known = match &parsed.root {
            Some(root) => self.identify(text, &parsed, root, options),
            None => options.body_kind.map(|known| (known, 0)).ok_or(None),
        };
        let payload = match known {
            Ok((known, fits_more)) => {
                // Now that it is known, its clean parts can be skipped.
                let parsed = Some(&parsed).filter(|_| options.body_kind.is_some() || !self.fast);
                ValidatedPayload { fits_more, ..self.payload(whole(known, text), parsed, Findings::within(ROOM)) }
            }
            Err(finding) => unknown(text, &parsed, finding),
        };
        give(RecordReport { payloads: vec![payload], ..RecordReport::default() })
    }

    /// What a payload is, and how many more documented bodies it fits as well.
    fn identify(
        &self,
        text: &[u8],
        parsed: &Parsed,
        root: &Node,
        options: &Options,
    ) -> Result<(BodyKind, usize), Option<Box<Finding>>> {
        if let Some(known) = options.body_kind {
            return Ok((known, 0));
        }
        let error = |code, expected: &str, found: Found| {
            Err(Some(Finding::new(code, Severity::Error, "", expected, found).into()))
        };
        let candidates = rank::by_shape(root);
        let Some(first) = candidates.first().copied() else {
            let expected = "a documented body, a capture with url, request and response, or a HAR";
            return error(Code::UnknownPayload, expected, Found::value_of(&root.to_value()));
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
                let error = suspect.iter().find(|(_, worst)| *worst == Some(Severity::Error));
                Ok((error.map_or(*first, |(known, _)| *known), more))
            }
            _ => {
                let expected = "a payload that matches one documented body; name it with --as";
                let found = format!("one that matches {}, but not {}", few(&clean), few(&suspect));
                error(Code::AmbiguousPayload, expected, found.into())
            }
        }
    }

    /// The gravest finding of a payload when it is read as this body.
    fn worst(&self, known: BodyKind, text: &[u8], parsed: &Parsed) -> Option<Severity> {
        if is_easily_clean(known, text) {
            return None;
        }
        let mut found = Findings::within(ROOM);
        self.validate_parsed(known.operation, known.side, text, parsed, &mut found);
        found.close(0).into_iter().map(|finding| finding.severity).max()
    }

    /// Validates a body, of which something may be known already.
    pub(crate) fn payload(&self, body: Body<'_>, parsed: Option<&Parsed>, mut found: Findings) -> ValidatedPayload {
        let Body { known, part, text, places, range, broken } = body;
        let payload =
            |findings, visible| ValidatedPayload { body_kind: Some(known), part, fits_more: 0, findings, visible };
        if let Some(finding) = broken {
            found.push(finding);
            return payload(found.close(range.start), None);
        }
        if parsed.is_none() && found.list.is_empty() && self.is_clean(known, &text) {
            return payload(found.close(range.start), None);
        }
        let fresh;
        let parsed = match parsed {
            Some(parsed) => parsed,
            None => {
                fresh = reader::parse_suspect(&text, self.shape_of(known));
                &fresh
            }
        };
        self.validate_parsed(known.operation, known.side, &text, parsed, &mut found);
        let mut findings = found.close(text.len());
        let encoded = matches!(places, Places::Inside(_));
        let schema = known.operation.body(known.side).map(|body| body.schema);
        let visible =
            if findings.is_empty() || encoded { None } else { visible(&text, parsed, schema, &places, range) };
        for finding in &mut findings {
            finding.offset = places.original(finding.offset);
        }
        payload(findings, visible)
    }

    /// The parts of a body that the full reading may skip.
    pub(crate) fn shape_of(&self, known: BodyKind) -> Option<&'static Shape> {
        known.operation.body(known.side).and_then(|body| self.shape(body.schema))
    }

    /// Whether a body certainly has no finding.
    pub(crate) fn is_clean(&self, known: BodyKind, text: &[u8]) -> bool {
        self.fast && is_easily_clean(known, text)
    }
}

#[cfg(not(feature = "har"))]
impl Validator {
    /// Says that this build does not read captures and HAR.
    #[allow(clippy::unused_self, reason = "the feature has a method of this form")]
    fn validate_calls(&self, _: &[u8], _: &Parsed, calls: &Calls<'_>, each: Each<'_>) -> ControlFlow<()> {
        let expected = "a payload by itself, since drs-validate was built without its feature `har`";
        let found = match (calls.is_har, calls.nodes.len() as u64) {
            (true, number) => format!("a HAR of {}", drs_types::text::count(number, "entry")),
            (false, _) => "a capture".to_owned(),
        };
        let finding = Finding::new(Code::UnknownPayload, Severity::Error, "", expected, found);
        each(RecordReport { around: vec![finding], ..RecordReport::default() })
    }
}

/// A payload that nothing can be told of but what is wrong with its text, and why.
fn unknown(text: &[u8], parsed: &Parsed, reason: Option<Box<Finding>>) -> ValidatedPayload {
    let mut found = Findings::within(ROOM);
    payload::flaws(text, parsed, None, &mut found);
    if let Some(reason) = reason {
        found.push(*reason);
    }
    let visible = visible(text, parsed, None, &Places::At(0), 0..text.len());
    ValidatedPayload { body_kind: None, part: String::new(), fits_more: 0, findings: found.close(text.len()), visible }
}

/// What may be shown of a payload; nothing when it mentions secrets that cannot be told apart from the rest.
pub(crate) fn visible(
    text: &[u8],
    parsed: &Parsed,
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

fn is_easily_clean(known: BodyKind, text: &[u8]) -> bool {
    known.operation.body(known.side).is_some_and(|body| fast_path::is_clean(body.schema, text))
}

fn whole(known: BodyKind, text: &[u8]) -> Body<'_> {
    let range = 0..text.len();
    Body { known, part: String::new(), text: Cow::Borrowed(text), places: Places::At(0), range, broken: None }
}
