//! A call out of a log, whose bodies are in different places of it.

use drs_types::Side;
use memchr::memchr_iter;

use super::Clean;
use super::call::{Call, Memory};
use crate::fast_path::scanner::Scanner;
use crate::input::{Form, LogCall, LogPiece, contents};

/// What a call of a log is, when it certainly has no finding. `None` says nothing.
pub(crate) fn logged(text: &[u8], found: &LogCall, memory: &mut Memory) -> Option<Clean> {
    let mut call = Call::new(memory);
    let (method, url) = found.call.as_ref()?;
    call.method = Some(method.as_bytes());
    call.url = Some(url.as_bytes());
    call.status = found.status;
    // The status is known, so that the response is recognised, too.
    for (piece, side) in [(&found.request, Side::Request), (&found.response, Side::Response(0))] {
        let Some(LogPiece { range, form }) = piece else { continue };
        let raw = &text[range.clone()];
        simdutf8::basic::from_utf8(raw).ok()?;
        let mut scanner = Scanner::starting(&text[..range.end], range.start);
        match form {
            Form::Escaped => call.unquoted(&mut scanner, side)?,
            Form::Prefixed if may_have_prefixes(raw) => {
                call.pieces(contents(raw).map(|content| &raw[content]), side)?;
                continue;
            }
            Form::Plain | Form::Prefixed => call.value(&mut scanner, side)?,
        }
        if !scanner.is_at_end() {
            return None;
        }
    }
    call.decide(text, false)
}

/// Whether a line after the first may have a prefix, which starts with a date.
fn may_have_prefixes(raw: &[u8]) -> bool {
    memchr_iter(b'\n', raw).any(|end| raw.get(end + 1).is_some_and(u8::is_ascii_digit))
}
