//! A few characters of the source around a finding, without control characters and secrets.

use std::ops::Range;

use serde::Serialize;

use drs_types::Redacted;
use drs_types::text::printable;

/// So many characters are shown before and after the place.
const AROUND: usize = 50;

/// A part of a source line.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Excerpt {
    /// The text; cut ends carry an ellipsis, secrets are masked, invisible characters are shown as their codes.
    pub text: String,
    /// How many characters of the text come before the place of the finding.
    pub before: usize,
    /// How many characters the finding is about; at least 1.
    pub width: usize,
}

/// The text around a place, within the bounds of what may be shown and of its line. Secrets come in their order.
pub(crate) fn excerpt(text: &[u8], at: usize, within: &Range<usize>, secrets: &[Range<usize>]) -> Option<Excerpt> {
    if at > text.len() || !(within.start..=within.end).contains(&at) {
        return None;
    }
    // More bytes than any excerpt needs, so that a line of a gigabyte costs no more than a short one.
    let bounds = within.start.max(at.saturating_sub(8 * AROUND))..within.end.min(at + 8 * AROUND).max(at);
    let near = line_around(text, at, &bounds);
    let cut = near.start == bounds.start && bounds.start > within.start;
    let mut before = shown(text, near.start..at, secrets);
    let mut after = shown(text, at..near.end, secrets);
    let width = token(&after).min(AROUND);
    if before.len() > AROUND || cut {
        before.drain(..before.len().saturating_sub(AROUND));
        before.insert(0, '…');
    }
    if after.len() > AROUND || (near.end == bounds.end && bounds.end < within.end) {
        after.truncate(AROUND);
        after.push('…');
    }
    Some(Excerpt { before: before.len(), width, text: before.into_iter().chain(after).collect() })
}

/// The part of the line around a place that lies within these bounds.
fn line_around(text: &[u8], at: usize, bounds: &Range<usize>) -> Range<usize> {
    let start = memchr::memrchr(b'\n', &text[bounds.start..at]).map_or(bounds.start, |end| bounds.start + end + 1);
    let end = memchr::memchr(b'\n', &text[at..bounds.end]).map_or(bounds.end, |length| at + length);
    let end = if text[start..end].ends_with(b"\r") && end > at { end - 1 } else { end };
    start..end
}

/// The characters of a range as they may be shown.
fn shown(text: &[u8], range: Range<usize>, secrets: &[Range<usize>]) -> Vec<char> {
    let mut out = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let next = secrets.get(secrets.partition_point(|secret| secret.end <= at));
        if let Some(secret) = next.filter(|secret| secret.start <= at) {
            // Before the place, the start of a secret that leads up to it; after it, the whole of it.
            out.extend(Redacted::MASK.chars());
            at = secret.end;
            continue;
        }
        let next = next.map_or(range.end, |secret| secret.start);
        let piece = &text[at..next.min(range.end)];
        out.extend(printable(&String::from_utf8_lossy(piece).replace('\t', " ")).chars());
        at += piece.len();
    }
    out
}

/// How many characters the first value or name has.
fn token(text: &[char]) -> usize {
    // A string within a string starts with `\"`, one within that with `\\\"`.
    let escapes = text.iter().take_while(|character| **character == '\\').count();
    let length = match text.get(escapes) {
        Some('"') => string(text, escapes),
        Some(character) if escapes == 0 && (character.is_alphanumeric() || *character == '-') => {
            text.iter().take_while(|character| character.is_alphanumeric() || "+-.".contains(**character)).count()
        }
        _ => 1,
    };
    length.max(1)
}

/// How many characters a string has whose quotation marks have so many backslashes.
fn string(text: &[char], escapes: usize) -> usize {
    let mut backslashes = 0;
    for (at, character) in text.iter().enumerate().skip(escapes + 1) {
        match character {
            '\\' => backslashes += 1,
            // A quotation mark of the content has twice as many and one.
            '"' if backslashes >= escapes && (backslashes - escapes).is_multiple_of(2 * (escapes + 1)) => {
                return at + 1;
            }
            _ => backslashes = 0,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_points_at_its_place_and_ends_with_its_line() {
        let text = b"{\n  \"a\": -12.5,\n  \"b\": 1}";
        let found = excerpt(text, 9, &(0..text.len()), &[]).unwrap();
        assert_eq!((found.text.as_str(), found.before, found.width), ("  \"a\": -12.5,", 7, 5));
    }

    #[test]
    fn a_string_is_pointed_at_whole_at_every_level_of_escapes() {
        for (text, expected) in [
            (r#""a\"b\\","c""#, r#""a\"b\\""#),
            (r#"\"1\",\"2\""#, r#"\"1\""#),
            (r#"\"a\\\"b\",\"2\""#, r#"\"a\\\"b\""#),
            (r#"\\\"1\\\",\\\"2\\\""#, r#"\\\"1\\\""#),
        ] {
            let text: Vec<char> = text.chars().collect();
            assert_eq!(text[..token(&text)].iter().collect::<String>(), expected);
        }
    }

    #[test]
    fn a_long_line_is_cut_and_a_secret_is_masked() {
        let text = format!("{}{{\"p\": \"hunter2\", \"x\\u001b\": 1{}", "ä".repeat(100), "b".repeat(100));
        let at = text.find("\"x").unwrap();
        let secret = text.find("\"hunter2").unwrap();
        let found =
            excerpt(text.as_bytes(), at, &(0..text.len()), std::slice::from_ref(&(secret..secret + 9))).unwrap();
        assert!(!found.text.contains("hunter") && found.text.contains(Redacted::MASK), "{}", found.text);
        assert!(found.text.starts_with('…') && found.text.ends_with('…'));
        let pointed: String = found.text.chars().skip(found.before).take(found.width).collect();
        assert_eq!(pointed, "\"x\\u001b\"");
    }

    #[test]
    fn any_place_of_any_bytes_can_be_asked_for() {
        let text = b"\xff\xe4\n\x1b[2J\r\n\xf0\x9f";
        for at in 0..text.len() + 2 {
            let found = excerpt(text, at, &(0..text.len()), &[]);
            assert!(found.is_none_or(|found| !found.text.contains('\u{1b}')));
        }
    }
}
