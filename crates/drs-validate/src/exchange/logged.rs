//! A call out of a log, whose bodies are in different places of it.

use std::borrow::Cow;

use crate::exchange::{Content, Exchange, Status};
use crate::finding::Finding;
use crate::finding::list::{Findings, ROOM};
use crate::input::{Form, LogCall, LogPiece, without_prefixes};
use crate::json::places::Places;
use crate::json::reader;
use crate::json::source::Source;
use crate::json::tree::Kind;
use crate::options::Options;
use crate::payload;
use crate::record::{Body, RecordReport};
use crate::schema::builder::Builder;
use crate::{Side, Validator};

impl Validator {
    /// Validates a call of a log.
    pub(crate) fn validate_logged(&self, text: &[u8], call: &LogCall, options: &Options) -> RecordReport {
        let Some((method, url)) = &call.call else {
            let pieces = [&call.request, &call.response].into_iter().flatten();
            return pieces.map(|piece| self.alone(text, piece, options)).fold(RecordReport::default(), merged);
        };
        let mut around = Vec::new();
        let mut content = |piece: &Option<LogPiece>, part: &str| match piece {
            Some(piece) => {
                let (source, flaws) = source(text, piece, part);
                around.extend(flaws);
                (Content::Text(source.into()), part.to_owned())
            }
            None => (Content::NotRecorded(0), part.to_owned()),
        };
        // A call without any body is one that the log only begins.
        let is_answered = call.status.is_some() || call.response.is_some();
        let request = content(&call.request, "/request");
        let response = content(&call.response, "/response");
        let exchange = Exchange {
            method: Some(method),
            url: Ok(url),
            status: call.status.map_or(Status::Missing, Status::Known),
            request,
            response: if is_answered { response } else { (Content::Lost, response.1) },
        };
        let mut report = self.validate_call(exchange.call());
        if report.skipped == 0 {
            report.around.extend(around);
        }
        report
    }

    /// Validates a body of which nobody knows the call.
    fn alone(&self, text: &[u8], piece: &LogPiece, options: &Options) -> RecordReport {
        let (source, around) = source(text, piece, "");
        let parsed = reader::parse(&source.text);
        let known = match &parsed.root {
            Some(root) => self.identify(&source.text, &parsed, root, options),
            None => return RecordReport { skipped: 1, is_exchange: true, ..RecordReport::default() },
        };
        let payload = match known {
            Ok((known, fits_more)) => {
                let part = if known.side == Side::Request { "/request" } else { "/response" };
                let body = Body { known, part: part.to_owned(), source };
                let payload = self.payload(body, Findings::within(ROOM));
                crate::record::ValidatedPayload { fits_more, ..payload }
            }
            Err(_) => return RecordReport { skipped: 1, is_exchange: true, ..RecordReport::default() },
        };
        RecordReport { payloads: vec![payload], around, is_exchange: true, ..RecordReport::default() }
    }
}

fn merged(mut all: RecordReport, part: RecordReport) -> RecordReport {
    all.add(part);
    all
}

/// The text of a body in the text of a log, and what is wrong with the string that holds it.
fn source<'a>(text: &'a [u8], piece: &LogPiece, part: &str) -> (Source<'a>, Vec<Finding>) {
    let range = piece.range.clone();
    let raw = &text[range.clone()];
    let mut around = Vec::new();
    let (text, places) = match piece.form {
        Form::Plain => (Cow::Borrowed(raw), Places::At(range.start)),
        Form::Prefixed => {
            let (plain, pairs) = without_prefixes(raw);
            (Cow::Owned(plain), Places::Escaped(pairs, range.start))
        }
        Form::Escaped => {
            let quoted = [b"\"", raw, b"\""].concat();
            let parsed = reader::parse(&quoted);
            let mut flaws = Findings::within(ROOM);
            payload::flaws(&quoted, &parsed, None, &mut Builder::of_text(&mut flaws));
            let moved = |found: Finding| Finding {
                offset: (range.start + found.offset).saturating_sub(1),
                pointer: part.to_owned(),
                ..found
            };
            around.extend(flaws.close(quoted.len()).into_iter().map(moved));
            let plain = match parsed.root.map(|node| node.kind) {
                Some(Kind::String(plain)) => plain.into_bytes(),
                _ => Vec::new(),
            };
            (Cow::Owned(plain), Places::of_text(raw, range.start))
        }
    };
    (Source { text, places, range, broken: None }, around)
}
