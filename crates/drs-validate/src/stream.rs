//! All records of a stream, validated in its order, on one thread or several.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::ops::{ControlFlow, Range};
use std::sync::{Mutex, mpsc};

use serde::Serialize;
use serde_json::Value;

use crate::Validator;
use crate::finding::Finding;
use crate::finding::excerpt::{Excerpt, excerpt};
use crate::finding::list;
use crate::identify::BodyKind;
use crate::input::{Block, Blocks, Cursor, Position};
use crate::mixed::Mixed;
use crate::options::Options;
use crate::record::{RecordReport, Visible};

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
    /// Records that nothing identifies, each with its place among the suspects.
    pub(crate) others: Vec<(usize, PayloadReport)>,
    /// Whether there are exchanges among the records.
    pub(crate) has_exchanges: bool,
    /// How many bytes the findings take, about.
    pub(crate) held: usize,
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
    /// `None` at the end.
    mixed: Option<Mixed>,
}

impl<R: Read> Iterator for Reports<'_, R> {
    type Item = io::Result<Report>;

    fn next(&mut self) -> Option<Self::Item> {
        let Some(block) = self.blocks.next() else { return self.mixed.take()?.end().map(Ok) };
        Some(block.map(|block| {
            let mut report = self.validator.validate_all(&block, &self.options);
            self.mixed.iter_mut().for_each(|mixed| mixed.settle(&mut report));
            report
        }))
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
        let mixed = Some(Mixed::new(&options));
        Reports {
            validator: self,
            blocks: blocks.in_arrays(options.arrays()).in_pairs(options.pairing()),
            options,
            mixed,
        }
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
        let mut mixed = Mixed::new(options);
        let mut is_over = false;
        self.validate_parts_of(blocks, options, threads, |report| {
            let settled = report.map(|mut report| {
                mixed.settle(&mut report);
                report
            });
            let flow = each(settled);
            is_over |= flow.is_break();
            flow
        });
        if let Some(report) = mixed.end().filter(|_| !is_over) {
            let _ = each(Ok(report));
        }
    }

    fn validate_parts_of<R: Read + Send>(
        &self,
        blocks: Blocks<R>,
        options: &Options,
        threads: NonZeroUsize,
        mut each: impl FnMut(io::Result<Report>) -> ControlFlow<()>,
    ) {
        let blocks = blocks.in_arrays(options.arrays()).in_pairs(options.pairing());
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
        let mut mixed = Mixed::new(options);
        let mut all = self.validate_all(block, options);
        mixed.settle(&mut all);
        mixed.end().into_iter().for_each(|rest| all.append(rest));
        all
    }

    /// The same without a decision on the records that nothing identifies.
    fn validate_all(&self, block: &Block, options: &Options) -> Report {
        let mut all = Report::default();
        let _ = self.validate_in_parts(block, options, &mut |part| {
            all.append(part);
            ControlFlow::Continue(())
        });
        all
    }
}

impl Report {
    /// Adds what came of a part of a record that is there in the text of its block.
    pub(crate) fn add(
        &mut self,
        text: &[u8],
        cursor: &mut Cursor<'_>,
        range: &Range<usize>,
        name: &dyn Fn() -> String,
        validated: RecordReport,
    ) {
        self.has_exchanges |= validated.is_exchange;
        self.skipped += validated.skipped as u64;
        self.unrecorded += validated.unrecorded as u64;
        let record = &text[range.clone()];
        let mut held = 0;
        let mut suspect = |body_kind, part, findings: Vec<Finding>, visible: Option<Visible>| {
            held += findings.iter().map(list::size).sum::<usize>();
            let located = findings.into_iter().map(|finding| {
                let Position { line, column, offset } = cursor.go_to(range.start + finding.offset);
                let excerpt =
                    visible.as_ref().and_then(|(range, secrets)| excerpt(record, finding.offset, range, secrets));
                Diagnostic { line, column, offset, finding, excerpt }
            });
            PayloadReport { body_kind, key: validated.key.clone(), part, findings: located.collect() }
        };
        if !validated.around.is_empty() {
            let in_array = |finding: Finding| Finding { pointer: format!("{}{}", name(), finding.pointer), ..finding };
            let around = validated.around.into_iter().map(in_array).collect();
            self.suspects.push(suspect(None, String::new(), around, validated.visible));
        }
        for payload in validated.payloads {
            if payload.is_other {
                let other = suspect(None, format!("{}{}", name(), payload.part), payload.findings, payload.visible);
                self.others.push((self.suspects.len(), other));
                continue;
            }
            let known = payload.body_kind.map(|known| known.name()).unwrap_or_default();
            self.note_more(&known, payload.fits_more);
            *self.payloads.entry(known).or_default() += 1;
            if !payload.findings.is_empty() {
                let part = format!("{}{}", name(), payload.part);
                self.suspects.push(suspect(payload.body_kind, part, payload.findings, payload.visible));
            }
        }
        self.held += held;
    }

    pub(crate) fn note_more(&mut self, name: &str, more: usize) {
        if more > 0 {
            self.fits_more.entry(name.to_owned()).or_insert(more as u64);
        }
    }

    /// Adds the rest of a report.
    fn append(&mut self, part: Self) {
        let Self { bytes, records, payloads, fits_more, skipped, unrecorded, suspects, others, has_exchanges, held } =
            part;
        self.others.extend(others.into_iter().map(|(place, other)| (place + self.suspects.len(), other)));
        self.has_exchanges |= has_exchanges;
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
