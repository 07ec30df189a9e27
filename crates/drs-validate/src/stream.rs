//! All records of a stream, validated in its order, on one thread or several.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::{Mutex, mpsc};

use serde::Serialize;
use serde_json::Value;

use crate::Validator;
use crate::fast_path;
use crate::finding::excerpt::{Excerpt, excerpt};
use crate::finding::list::{self, ROOM};
use crate::finding::{Code, Finding, Severity};
use crate::identify::{self, BodyKind};
use crate::input::{Block, Blocks, Encoding, Record};
use crate::record::{Options, RecordReport, ValidatedPayload, Visible, more_than_one};

/// What came of the records of a block, or of a part of them.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// How many bytes of the stream the block has.
    pub bytes: u64,
    /// How many records it has.
    pub records: u64,
    /// How many payloads there are of each kind, by a name such as `batch_check_results.response`; under an empty name,
    /// those that could not be validated.
    pub payloads: BTreeMap<String, u64>,
    /// How many more documented bodies the first payload under a name fits as well, when its shape said what it is.
    pub fits_more: BTreeMap<String, u64>,
    /// Calls of a HAR or a capture that do not call this API.
    pub skipped: u64,
    /// Bodies that calls of a HAR have, but the HAR does not.
    pub unrecorded: u64,
    /// The payloads that have findings, in the order of the stream.
    pub suspects: Vec<PayloadReport>,
    /// How many bytes the findings take, about.
    held: usize,
}

/// A payload with findings.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PayloadReport {
    /// What it was validated as; `None` when it could not be validated.
    pub body_kind: Option<BodyKind>,
    /// The record's own key, where [`Options::key`] leads to one.
    pub key: Option<Value>,
    /// The place of the payload in its record, as a JSON Pointer; empty when it is the record.
    pub part: String,
    /// What was found, in the order of the stream.
    pub findings: Vec<Diagnostic>,
}

/// A finding and its place in the stream.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Diagnostic {
    /// The line, counted from 1.
    pub line: u64,
    /// The column in characters, counted from 1.
    pub column: u64,
    /// The place in bytes, counted from 0.
    pub offset: u64,
    /// What was found. Its own offset counts from the start of the record.
    #[serde(skip)]
    pub finding: Finding,
    /// The source around the place; `None` where it is encoded, or holds secrets that cannot be told apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<Excerpt>,
}

/// The reports on a stream, block after block, each made when it is asked for.
#[derive(Debug)]
pub struct Reports<'a, R> {
    validator: &'a Validator,
    blocks: Blocks<R>,
    options: Options,
}

impl<R: Read> Iterator for Reports<'_, R> {
    type Item = io::Result<Report>;

    fn next(&mut self) -> Option<Self::Item> {
        let block = self.blocks.next()?;
        Some(block.map(|block| self.validator.validate_block(&block, &self.options)))
    }
}

impl Validator {
    /// Validates a stream as far as its reports are asked for. Memory does not grow with the stream.
    ///
    /// ```
    /// use drs_validate::{Blocks, Format, Options, Validator};
    ///
    /// let stream = "{\"mode\": \"target\"}\n{\"mode\": \"both\"}\n";
    /// let blocks = Blocks::new(stream.as_bytes(), Format::Auto, 1000);
    /// for report in Validator::new().validate_blocks(blocks, Options::default()) {
    ///     let report = report?;
    ///     assert_eq!((report.records, report.suspects.len()), (2, 1));
    ///     assert_eq!(report.suspects[0].findings[0].line, 2);
    /// }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn validate_blocks<R: Read>(&self, blocks: Blocks<R>, options: Options) -> Reports<'_, R> {
        Reports { validator: self, blocks, options }
    }

    /// The same on several threads; `each` gets the reports in the order of the stream, and may end the work. A block with
    /// very many findings has several reports.
    pub fn validate_stream<R: Read + Send>(
        &self,
        blocks: Blocks<R>,
        options: &Options,
        threads: NonZeroUsize,
        mut each: impl FnMut(io::Result<Report>) -> ControlFlow<()>,
    ) {
        if threads.get() == 1 {
            let _ = { blocks }.try_for_each(|block| match block {
                Ok(block) => self.validate_in_parts(&block, options, &mut |part| each(Ok(part))),
                Err(error) => each(Err(error)),
            });
            return;
        }
        // A free thread reads the next block and takes its place in the order. There are few places, so that no thread
        // gets far ahead of the caller.
        let (order, places) = mpsc::sync_channel(4 * threads.get());
        let blocks = Mutex::new(blocks);
        let next = |order: &mpsc::SyncSender<_>| {
            let mut blocks = blocks.lock().ok()?;
            let block = blocks.next()?;
            let (place, report) = mpsc::sync_channel(1);
            order.send(report).ok()?;
            Some((block, place))
        };
        let work = |order| {
            while let Some((block, place)) = next(&order) {
                let _ = match block {
                    Ok(block) => self.validate_in_parts(&block, options, &mut |part| match place.send(Ok(part)) {
                        Ok(()) => ControlFlow::Continue(()),
                        Err(_) => ControlFlow::Break(()),
                    }),
                    Err(error) => place.send(Err(error)).map_or(ControlFlow::Break(()), ControlFlow::Continue),
                };
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..threads.get() {
                let order = order.clone();
                scope.spawn(|| work(order));
            }
            drop(order);
            for parts in places {
                let mut parts = parts.into_iter().peekable();
                let lost = parts.peek().is_none().then(|| Err(io::Error::other("a worker has ended without a report")));
                if parts.chain(lost).try_for_each(&mut each).is_break() {
                    break;
                }
            }
        });
    }

    /// Validates all records of a block.
    #[must_use]
    pub fn validate_block(&self, block: &Block, options: &Options) -> Report {
        let mut all = Report::default();
        let _ = self.validate_in_parts(block, options, &mut |part| {
            all.append(part);
            ControlFlow::Continue(())
        });
        all
    }

    /// The same in several reports, when one would take too much memory.
    fn validate_in_parts(
        &self,
        block: &Block,
        options: &Options,
        each: &mut dyn FnMut(Report) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut report = Report { bytes: block.length, ..Report::default() };
        let mut clean: Vec<(BodyKind, &[u8], u64)> = Vec::new();
        let mut last = None;
        for record in block.records() {
            report.records += 1;
            if let Some(known) = self.clean_record(record.text, options, last) {
                last = Some(known);
                match clean.iter_mut().find(|(counted, ..)| counted == &known) {
                    Some((.., count)) => *count += 1,
                    None => clean.push((known, record.text, 1)),
                }
                continue;
            }
            let mut place = InRecord::start(record, block.encoding, report.suspects.len());
            let mut take = |validated| {
                report.add(&mut place, validated);
                if report.held <= ROOM {
                    return ControlFlow::Continue(());
                }
                place.first_suspect = 0;
                each(std::mem::take(&mut report))
            };
            if record.too_large {
                take(RecordReport { payloads: vec![too_large(block.limit)], ..RecordReport::default() })?;
            } else {
                self.validate_suspect(record.text, options, &mut take)?;
            }
        }
        for (known, first, count) in clean {
            *report.payloads.entry(known.name()).or_default() += count;
            if options.body_kind.is_none() {
                report.note_more(&known.name(), more_than_one(fast_path::clean_bodies(first)));
            }
        }
        each(report)
    }

    /// What a record is, when it is one payload without a single finding. `None` says nothing.
    fn clean_record(&self, text: &[u8], options: &Options, last: Option<BodyKind>) -> Option<BodyKind> {
        if !self.fast {
            return None;
        }
        match options.body_kind {
            Some(known) => self.is_clean(known, text).then_some(known),
            None => {
                let last = last.and_then(|last| last.operation.body(last.side)).map(|body| body.schema);
                let schema = fast_path::first_clean_body(text, last)?;
                identify::body(schema).map(|body| body.known)
            }
        }
    }
}

impl Report {
    /// Adds what came of a part of a record.
    fn add(&mut self, place: &mut InRecord<'_>, validated: RecordReport) {
        self.skipped += validated.skipped as u64;
        self.unrecorded += validated.unrecorded as u64;
        let InRecord { record, cursor, first_suspect } = place;
        let mut held = 0;
        let mut suspect = |body_kind, part, findings: Vec<Finding>, visible: Option<Visible>| {
            held += findings.iter().map(list::size).sum::<usize>();
            let located = findings.into_iter().map(|finding| {
                cursor.go_to(finding.offset);
                let Cursor { line, column, offset, .. } = *cursor;
                let excerpt =
                    visible.as_ref().and_then(|(range, secrets)| excerpt(record.text, finding.offset, range, secrets));
                Diagnostic { line, column, offset, finding, excerpt }
            });
            PayloadReport { body_kind, key: validated.key.clone(), part, findings: located.collect() }
        };
        if !validated.around.is_empty() {
            // What is wrong with the record itself comes before what is wrong in its payloads.
            self.suspects.insert(*first_suspect, suspect(None, String::new(), validated.around, validated.visible));
        }
        for payload in validated.payloads {
            let name = payload.body_kind.map(|known| known.name()).unwrap_or_default();
            self.note_more(&name, payload.fits_more);
            *self.payloads.entry(name).or_default() += 1;
            if !payload.findings.is_empty() {
                self.suspects.push(suspect(payload.body_kind, payload.part, payload.findings, payload.visible));
            }
        }
        self.held += held;
    }

    fn note_more(&mut self, name: &str, more: usize) {
        if more > 0 {
            self.fits_more.entry(name.to_owned()).or_insert(more as u64);
        }
    }

    /// Adds the rest of a report.
    fn append(&mut self, part: Self) {
        let Self { bytes, records, payloads, fits_more, skipped, unrecorded, suspects, held } = part;
        self.bytes += bytes;
        self.records += records;
        for (name, count) in payloads {
            *self.payloads.entry(name).or_default() += count;
        }
        for (name, more) in fits_more {
            self.fits_more.entry(name).or_insert(more);
        }
        self.skipped += skipped;
        self.unrecorded += unrecorded;
        self.suspects.extend(suspects);
        self.held += held;
    }
}

/// A record whose parts are added one after the other.
struct InRecord<'a> {
    record: Record<'a>,
    cursor: Cursor<'a>,
    /// Where its suspects start in the report.
    first_suspect: usize,
}

impl<'a> InRecord<'a> {
    fn start(record: Record<'a>, encoding: Encoding, first_suspect: usize) -> Self {
        let cursor = Cursor { text: record.text, encoding, at: 0, line: record.line, column: 1, offset: record.offset };
        Self { record, cursor, first_suspect }
    }
}

fn too_large(limit: usize) -> ValidatedPayload {
    let limit = if limit >= 1 << 20 { format!("{} MiB", limit >> 20) } else { format!("{limit} bytes") };
    let expected = format!("at most {limit} in one record");
    let finding = Finding::new(Code::TooLarge, Severity::Error, "", expected, "more");
    ValidatedPayload { body_kind: None, part: String::new(), fits_more: 0, findings: vec![finding], visible: None }
}

/// Counts lines, columns and bytes of the stream on the way from one place to the next.
struct Cursor<'a> {
    text: &'a [u8],
    encoding: Encoding,
    at: usize,
    line: u64,
    column: u64,
    offset: u64,
}

impl Cursor<'_> {
    fn go_to(&mut self, offset: usize) {
        let offset = offset.min(self.text.len());
        let passed = &self.text[self.at.min(offset)..self.at.max(offset)];
        let lines = memchr::memchr_iter(b'\n', passed).count() as u64;
        let bytes = self.encoding.length_of(passed);
        if offset < self.at {
            self.offset -= bytes;
            self.line -= lines;
            // The start of the line before is not kept.
            let start = |text: &[u8]| memchr::memrchr(b'\n', text).map_or(0, |end| end + 1);
            self.column = match lines {
                0 => self.column - characters(passed),
                _ => 1 + characters(&self.text[start(&self.text[..offset])..offset]),
            };
        } else {
            self.offset += bytes;
            self.line += lines;
            self.column = match memchr::memrchr(b'\n', passed) {
                Some(end) => 1 + characters(&passed[end + 1..]),
                None => self.column + characters(passed),
            };
        }
        self.at = offset;
    }
}

fn characters(text: &[u8]) -> u64 {
    text.iter().filter(|byte| **byte & 0xc0 != 0x80).count() as u64
}
