//! The work on the records of a block, one after the other.

use std::ops::{ControlFlow, Range};

use crate::Validator;
use crate::fast_path::exchange::{Clean, Inside, Memory, Plan};
use crate::fast_path::{self, Candidate, Decoded};
use crate::finding::list::ROOM;
use crate::finding::{Code, Finding, Severity};
use crate::frame::around_items;
use crate::identify::{self, BodyKind};
use crate::input::{self, Block, Cursor, ENTRIES, Part, PartKind, Piece};
use crate::options::Options;
use crate::record::{RecordReport, ValidatedPayload, more_than_one};
use crate::stream::Report;

impl Validator {
    /// The same in several reports, when one would take too much memory.
    pub(crate) fn validate_in_parts(
        &self,
        block: &Block,
        options: &Options,
        each: &mut dyn FnMut(Report) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let arrays = options.arrays();
        let plan = options.mapping.as_ref().and_then(|mapping| Plan::of(mapping, &arrays));
        let mut work = InBlock {
            validator: self,
            options,
            text: &block.text,
            cursor: block.cursor(),
            report: Report { bytes: block.length, ..Report::default() },
            clean: Vec::new(),
            last: None,
            called: Vec::new(),
            memory: Memory::default(),
            inner: Decoded::default(),
            plan: plan.as_ref(),
            arrays: &arrays,
            each,
        };
        for part in block.parts() {
            let name = |index| format!("{}/{index}", block.base);
            match &part.kind {
                PartKind::TooLarge => {
                    work.report.records += 1;
                    let payloads = vec![too_large(block.limit)];
                    work.add(&part.range, &String::new, RecordReport { payloads, ..RecordReport::default() })?;
                }
                PartKind::Call(call) => {
                    if options.mapping.is_none() && work.clean_exchange(&Candidate::Logged(&block.text, call)) {
                        continue;
                    }
                    work.report.records += 1;
                    #[cfg(feature = "har")]
                    let validated = self.validate_logged(&block.text, call, options);
                    #[cfg(not(feature = "har"))]
                    let validated =
                        crate::record::without_har(call.call.as_ref().map_or("a body", |_| "a call of a log"));
                    work.add(&(0..block.text.len()), &String::new, validated)?;
                }
                PartKind::Record => {
                    let name = || part.index.map(name).unwrap_or_default();
                    work.record(part.range.clone(), &name, block.base == ENTRIES)?;
                }
                PartKind::Frame { .. } => work.frame(&part)?,
            }
        }
        work.close()
    }

    /// What a record is, when it is one payload without a single finding. `None` says nothing.
    fn clean_payload(&self, text: &[u8], options: &Options, last: Option<BodyKind>) -> Option<BodyKind> {
        match options.body_kind {
            Some(known) => self.is_clean(known, text).then_some(known),
            None => {
                let last = last.and_then(|last| last.operation.body(last.side)).map(|body| body.schema);
                let schema = self.fast.first_clean_body(text, last)?;
                identify::body(schema).map(|body| body.known)
            }
        }
    }
}

/// The work on the records of a block.
struct InBlock<'a> {
    validator: &'a Validator,
    options: &'a Options,
    text: &'a [u8],
    cursor: Cursor<'a>,
    report: Report,
    /// The kinds of clean payloads, and their number.
    clean: Vec<(BodyKind, u64)>,
    /// What the payload before was.
    last: Option<BodyKind>,
    /// The bodies of clean exchanges, and their number.
    called: Vec<(BodyKind, u64)>,
    memory: Memory,
    /// A record out of a string.
    inner: Decoded,
    /// The way along the mapping, when the quick reading knows one.
    plan: Option<&'a Plan<'a>>,
    arrays: &'a [String],
    each: &'a mut dyn FnMut(Report) -> ControlFlow<()>,
}

impl InBlock<'_> {
    /// Validates a record, or each record in it.
    fn record(&mut self, range: Range<usize>, name: &dyn Fn() -> String, is_entry: bool) -> ControlFlow<()> {
        if self.clean(range.clone(), is_entry) {
            return ControlFlow::Continue(());
        }
        let (text, arrays) = (self.text, self.arrays);
        input::pieces(text, range.clone(), arrays, &mut |piece| match piece {
            Piece::Frame(part) => self.frame(&part),
            Piece::Record { range: inner, name: below, is_entry: is_inner } => {
                if inner != range && self.clean(inner.clone(), is_inner) {
                    return ControlFlow::Continue(());
                }
                self.report.records += 1;
                let (validator, options) = (self.validator, self.options);
                let name = || format!("{}{below}", name());
                validator.validate_one(&text[inner.clone()], options, is_entry || is_inner, &mut |validated| {
                    self.add(&inner, &name, validated)
                })
            }
        })
    }

    /// Counts a record without a single finding.
    fn clean(&mut self, range: Range<usize>, is_entry: bool) -> bool {
        let text = &self.text[range];
        // A body that is known is no record of a program.
        match (self.options.mapping.as_ref().filter(|_| self.options.body_kind.is_none()), self.plan) {
            (None, _) => self.clean_by_names(text, is_entry),
            (Some(_), None) => false,
            (Some(_), Some(plan)) if plan.is_inside() => self.clean_inside(text, plan),
            (Some(_), Some(plan)) if plan.has_ways() => self.clean_exchange(&Candidate::Mapped(text, plan)),
            (Some(_), Some(plan)) => !plan.may_hold_arrays(text) && self.clean_by_names(text, is_entry),
        }
    }

    /// The same for a record that says by its names what it is.
    fn clean_by_names(&mut self, text: &[u8], is_entry: bool) -> bool {
        let may_be_payload = !is_entry && !self.options.only_calls;
        self.clean_exchange(&Candidate::Record { text, is_entry }) || (may_be_payload && self.clean_payload(text))
    }

    /// Counts a record in a string of another one.
    fn clean_inside(&mut self, text: &[u8], plan: &Plan<'_>) -> bool {
        let mut inner = std::mem::take(&mut self.inner);
        let is_clean = match self.validator.fast.inside(text, plan, &mut inner) {
            None => false,
            Some(Inside::Nothing) => self.count(Clean::Foreign),
            Some(Inside::Record) if plan.has_ways() => self.clean_exchange(&Candidate::Mapped(inner.text(), plan)),
            Some(Inside::Record) => self.clean_by_names(inner.text(), false),
        };
        self.inner = inner;
        is_clean
    }

    /// Counts a payload without a single finding.
    fn clean_payload(&mut self, text: &[u8]) -> bool {
        let Some(known) = self.validator.clean_payload(text, self.options, self.last) else { return false };
        self.report.records += 1;
        self.last = Some(known);
        match self.clean.iter_mut().find(|(counted, _)| *counted == known) {
            Some((_, count)) => *count += 1,
            None => {
                self.clean.push((known, 1));
                if self.options.body_kind.is_none() {
                    self.report.note_more(&known.name(), more_than_one(fast_path::clean_bodies(text)));
                }
            }
        }
        true
    }

    /// Counts an exchange without a single finding.
    fn clean_exchange(&mut self, candidate: &Candidate<'_>) -> bool {
        if !cfg!(feature = "har") || self.options.body_kind.is_some() {
            return false;
        }
        let clean = self.validator.fast.exchange(candidate, &mut self.memory);
        clean.is_some_and(|clean| self.count(clean))
    }

    fn count(&mut self, clean: Clean) -> bool {
        match clean {
            Clean::Foreign if self.options.strict => return false,
            Clean::Foreign => self.report.skipped += 1,
            Clean::Call { request, response } => {
                for kind in [request, response].into_iter().flatten() {
                    match self.called.iter_mut().find(|(counted, _)| *counted == kind) {
                        Some((_, count)) => *count += 1,
                        None => self.called.push((kind, 1)),
                    }
                }
            }
        }
        self.report.records += 1;
        self.report.has_exchanges = true;
        true
    }

    /// Validates what is around the items of an array.
    fn frame(&mut self, part: &Part) -> ControlFlow<()> {
        for validated in around_items(self.text, part) {
            self.add(&(0..self.text.len()), &String::new, validated)?;
        }
        ControlFlow::Continue(())
    }

    /// Adds what came of a part of a record, and gives the report away when it is large.
    fn add(&mut self, range: &Range<usize>, name: &dyn Fn() -> String, validated: RecordReport) -> ControlFlow<()> {
        let validated = if self.options.strict { strictly(validated) } else { validated };
        self.report.add(self.text, &mut self.cursor, range, name, validated);
        if self.report.held <= ROOM {
            return ControlFlow::Continue(());
        }
        (self.each)(std::mem::take(&mut self.report))
    }

    fn close(self) -> ControlFlow<()> {
        let Self { mut report, clean, called, each, .. } = self;
        for (known, count) in clean.into_iter().chain(called) {
            *report.payloads.entry(known.name()).or_default() += count;
        }
        each(report)
    }
}

/// Makes an error of a call of another API.
fn strictly(mut validated: RecordReport) -> RecordReport {
    if std::mem::take(&mut validated.skipped) > 0 {
        let finding = Finding::new(Code::UnknownPayload, Severity::Error, "", "a call of this API", "another one");
        validated.around.push(finding);
    }
    validated
}

fn too_large(limit: usize) -> ValidatedPayload {
    let limit = if limit >= 1 << 20 { format!("{} MiB", limit >> 20) } else { format!("{limit} bytes") };
    let expected = format!("at most {limit} in one record");
    let finding = Finding::new(Code::TooLarge, Severity::Error, "", expected, "more");
    ValidatedPayload::unidentified(vec![finding])
}
