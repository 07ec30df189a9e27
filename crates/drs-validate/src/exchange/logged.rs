//! A call out of a log, whose bodies are in different places of it.

use std::borrow::Cow;

use crate::exchange::{Content, Exchange, Status};
use crate::finding::list::{Findings, ROOM};
use crate::input::{Form, LogCall, LogPiece, without_prefixes};
use crate::json::places::Places;
use crate::json::reader;
use crate::json::source::Source;
use crate::json::tree::Kind;
use crate::options::Options;
use crate::record::{Body, RecordReport};
use crate::{Side, Validator};

impl Validator {
    /// Validates a call of a log.
    pub(crate) fn validate_logged(&self, text: &[u8], call: &LogCall, options: &Options) -> RecordReport {
        let content = |piece: &Option<LogPiece>| match piece {
            Some(piece) => Content::Text(source(text, piece).into()),
            None => Content::NotRecorded(0),
        };
        let Some((method, url)) = &call.call else {
            let pieces = [&call.request, &call.response].into_iter().flatten();
            return pieces.map(|piece| self.alone(source(text, piece), options)).fold(RecordReport::default(), merged);
        };
        // A call without any body is one that the log only begins.
        let is_answered = call.status.is_some() || call.response.is_some();
        let exchange = Exchange {
            method: Some(method),
            url: Ok(url),
            status: call.status.map_or(Status::Missing, Status::Known),
            request: (content(&call.request), "/request".to_owned()),
            response: (if is_answered { content(&call.response) } else { Content::Lost }, "/response".to_owned()),
        };
        self.validate_call(exchange.call())
    }

    /// Validates a body of which nobody knows the call.
    fn alone(&self, source: Source<'_>, options: &Options) -> RecordReport {
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
        RecordReport { payloads: vec![payload], is_exchange: true, ..RecordReport::default() }
    }
}

fn merged(mut all: RecordReport, part: RecordReport) -> RecordReport {
    all.add(part);
    all
}

/// The text of a body in the text of a log.
fn source<'a>(text: &'a [u8], piece: &LogPiece) -> Source<'a> {
    let range = piece.range.clone();
    let raw = &text[range.clone()];
    let (text, places) = match piece.form {
        Form::Plain => (Cow::Borrowed(raw), Places::At(range.start)),
        Form::Prefixed => {
            let (plain, pairs) = without_prefixes(raw);
            (Cow::Owned(plain), Places::Escaped(pairs, range.start))
        }
        Form::Escaped => {
            let quoted = [b"\"", raw, b"\""].concat();
            let plain = match reader::parse(&quoted).root.map(|node| node.kind) {
                Some(Kind::String(plain)) => plain.into_bytes(),
                _ => Vec::new(),
            };
            (Cow::Owned(plain), Places::of_text(raw, range.start))
        }
    };
    Source { text, places, range, broken: None }
}
