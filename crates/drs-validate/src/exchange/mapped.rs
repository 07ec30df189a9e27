//! Exchanges by pointers: what the mapping of a program says of its records.

use std::ops::ControlFlow;
use std::sync::{Arc, LazyLock};

use crate::Validator;
use crate::exchange::forms::{has_text, is_base64, status};
use crate::exchange::{Content, Exchange, Status, forms};
use crate::finding::Code;
use crate::finding::list::{Findings, ROOM};
use crate::input::{self, Piece};
use crate::json::places::Places;
use crate::json::reader::{self, Parsed};
use crate::json::source::Source;
use crate::json::tree::Node;
use crate::mapping::{self, Capture, Mapping, Pointers, find};
use crate::options::Options;
use crate::payload;
use crate::record::{Body, RecordReport, ValidatedPayload, unknown, visible, whole};
use crate::schema::builder::Builder;

/// The exchange in a value; `None` when it has no URL, so that it is a record of something else.
pub(crate) fn read<'a>(record: &'a [u8], root: &'a Node, capture: &Capture) -> Option<Exchange<'a>> {
    let text = |pointers: &Pointers| find(root, pointers).and_then(|(node, _)| node.text());
    let url = text(&capture.url)?;
    let content = |pointers: &Pointers| match find(root, pointers) {
        _ if pointers.is_empty() => (Content::NotGiven(root.start), String::new()),
        Some((node, at)) if has_text(Some(node)) => {
            (Content::Text(Source::of(record, node, is_base64(root)).into()), at)
        }
        Some((node, at)) => (Content::NotRecorded(node.start), at),
        None => (Content::NotRecorded(root.start), String::new()),
    };
    let status = match find(root, &capture.status) {
        Some((node, at)) => status(Some(node), &at),
        None => Status::Missing,
    };
    Some(Exchange {
        method: text(&capture.method),
        url: Ok(url),
        status,
        request: content(&capture.request),
        response: content(&capture.response),
    })
}

/// The exchange in a record of a program that needs no preset, because no other has its names.
pub(crate) fn known<'a>(record: &'a [u8], root: &'a Node) -> Option<Exchange<'a>> {
    static CAPTURES: LazyLock<Vec<Capture>> =
        LazyLock::new(|| ["ecs", "axios"].into_iter().filter_map(|name| Mapping::preset(name)?.capture).collect());
    CAPTURES.iter().find_map(|capture| {
        let has_body = [&capture.request, &capture.response].into_iter().any(|body| find(root, body).is_some());
        read(record, root, capture).filter(|_| has_body)
    })
}

impl Validator {
    /// Validates a record of a program whose mapping is known.
    pub(crate) fn validate_mapped(
        &self,
        text: &[u8],
        parsed: &Parsed,
        options: &Options,
        mapping: &Mapping,
    ) -> RecordReport {
        let other = || RecordReport { skipped: 1, is_exchange: true, ..RecordReport::default() };
        let Some(root) = &parsed.root else {
            let payloads = vec![unknown(text, parsed, None)];
            return RecordReport { payloads, ..RecordReport::default() };
        };
        let Some(pointer) = &mapping.body else {
            return self.validate_parts(text, parsed, root, &Arc::new(Places::At(0)), options);
        };
        let inside = mapping::at(root, pointer);
        inside
            .and_then(|node| self.validate_string(text, parsed, node, &Arc::new(Places::At(0)), options))
            .unwrap_or_else(other)
    }

    /// Validates the records in a string of a record; `None` when it has no JSON.
    fn validate_string(
        &self,
        text: &[u8],
        parsed: &Parsed,
        node: &Node,
        outer: &Arc<Places>,
        options: &Options,
    ) -> Option<RecordReport> {
        let Source { text: inner, places, range, .. } = Source::of(text, node, false);
        if !matches!(inner.trim_ascii_start().first(), Some(b'{' | b'[')) {
            return None;
        }
        let mut all = RecordReport::default();
        let mut around = Findings::within(ROOM);
        payload::flaws(text, parsed, None, &mut Builder::of_text(&mut around));
        around.list.retain(|finding| !range.contains(&finding.offset));
        all.around = around.close(text.len());
        if !all.around.is_empty() && matches!(**outer, Places::At(0)) {
            all.visible = visible(text, parsed, None, outer, 0..text.len());
        }
        for finding in &mut all.around {
            finding.offset = outer.original(finding.offset);
        }
        let places = Arc::new(places.through(outer));
        let _ = input::pieces(&inner, 0..inner.len(), &options.arrays(), &mut |piece| {
            if let Piece::Record { range, is_entry, .. } = piece {
                let text = &inner[range.clone()];
                let outer = Arc::new(Places::At(range.start).through(&places));
                all.add(self.validate_inner(text, &outer, options, is_entry));
            }
            ControlFlow::Continue(())
        });
        Some(all)
    }

    /// Validates the body that a record without a URL has under the name of a request or a response; `None` when nothing
    /// identifies it.
    pub(crate) fn validate_wrapped(&self, text: &[u8], parsed: &Parsed, options: &Options) -> Option<RecordReport> {
        let root = parsed.root.as_ref()?;
        let (at, node) = forms::wrapped(root)?;
        let plain = Options { mapping: None, ..options.clone() };
        let mut all = self.validate_string(text, parsed, node, &Arc::new(Places::At(0)), &plain)?;
        let is_ours = !all.payloads.is_empty() || all.unrecorded > 0;
        let are_known = is_ours && all.payloads.iter().all(|payload| payload.body_kind.is_some());
        for payload in &mut all.payloads {
            payload.part.insert_str(0, &at);
        }
        are_known.then_some(all)
    }

    /// Validates a record in a string.
    fn validate_inner(&self, text: &[u8], outer: &Arc<Places>, options: &Options, is_entry: bool) -> RecordReport {
        let parsed = reader::parse(text);
        let read = |root| forms::read(text, root, is_entry, options.attached.as_ref());
        // The string may hold a record of the same program, whose own string is the record.
        let pointer = options.mapping.as_ref().and_then(|mapping| mapping.body.as_deref());
        let deeper = parsed.root.as_ref().zip(pointer).and_then(|(root, pointer)| mapping::at(root, pointer));
        // An empty pointer leads to the record itself.
        let deeper = deeper.filter(|node| node.text().is_some() || pointer != Some(""));
        if let Some(all) = deeper.and_then(|node| self.validate_string(text, &parsed, node, outer, options)) {
            return all;
        }
        let has_capture = options.mapping.as_ref().is_some_and(|mapping| mapping.capture.is_some());
        match &parsed.root {
            Some(root) if has_capture => return self.validate_parts(text, &parsed, root, outer, options),
            _ => {}
        }
        if let Some(exchange) = parsed.root.as_ref().and_then(read) {
            return self.validate_exchange(text, &parsed, outer, exchange);
        }
        let known = parsed.root.as_ref().map(|root| self.identify(text, &parsed, root, options));
        let payload = match known {
            Some(Ok((known, fits_more))) => {
                let body = whole(known, text);
                let body = Body { source: body.source.through(outer), ..body };
                ValidatedPayload { fits_more, ..self.payload(body, Findings::within(ROOM)) }
            }
            // A line of JSON that is something else.
            Some(Err(finding)) if finding.as_ref().is_none_or(|found| found.code == Code::UnknownPayload) => {
                return RecordReport { skipped: 1, is_exchange: true, ..RecordReport::default() };
            }
            Some(Err(finding)) => unknown(text, &parsed, finding).through(outer),
            None => unknown(text, &parsed, None).through(outer),
        };
        RecordReport { payloads: vec![payload], ..RecordReport::default() }
    }

    /// Validates the exchanges that the mapping finds in a value.
    fn validate_parts(
        &self,
        text: &[u8],
        parsed: &Parsed,
        root: &Node,
        outer: &Arc<Places>,
        options: &Options,
    ) -> RecordReport {
        let other = RecordReport { skipped: 1, is_exchange: true, ..RecordReport::default() };
        let Some(mapping) = &options.mapping else { return other };
        let Some(capture) = &mapping.capture else {
            return self.validate_inner(text, outer, &Options { mapping: None, ..options.clone() }, false);
        };
        let mut nodes = Vec::new();
        match &mapping.each {
            Some(name) => mapping::each(root, name, &mut nodes),
            None => nodes.push(root),
        }
        let exchanges = nodes.into_iter().filter_map(|node| read(text, node, capture));
        let reports = exchanges.map(|exchange| self.validate_exchange(text, parsed, outer, exchange));
        let all = reports.reduce(|mut all, part| {
            // What is wrong around the bodies was found with the first of them.
            all.add(RecordReport { around: Vec::new(), ..part });
            all
        });
        all.unwrap_or(other)
    }
}

impl ValidatedPayload {
    /// The same in a text that has places of its own.
    fn through(mut self, outer: &Places) -> Self {
        for finding in &mut self.findings {
            finding.offset = outer.original(finding.offset);
        }
        Self { visible: None, ..self }
    }
}
