//! Text: decoding from bytes, safe display, and numbers with a noun.

use std::borrow::Cow;
use std::fmt;

/// Whether a character is invisible or controls a terminal: control characters, Unicode's default ignorable characters
/// (zero width, byte order mark, direction marks, tags, …), and line separators.
///
/// ```
/// use drs_types::text::is_invisible;
///
/// assert!(['\u{1b}', '\n', '\u{9b}', '\u{200b}', '\u{feff}', '\u{202e}', '\u{e0041}'].into_iter().all(is_invisible));
/// assert!(!['a', ' ', 'é', '表', '🙂'].into_iter().any(is_invisible));
/// ```
#[must_use]
pub fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Replaces every invisible character by its code, such as `\u{1b}`.
///
/// ```
/// assert_eq!(drs_types::text::printable("a\u{1b}[2J\u{200b}"), "a\\u{1b}[2J\\u{200b}");
/// ```
#[must_use]
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if is_invisible(character) {
            out.extend(character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    out
}

/// The error of bytes that are not text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct NotText {
    /// The offset of the first invalid byte.
    pub at: usize,
    /// The reason.
    pub reason: &'static str,
}

impl fmt::Display for NotText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.reason, self.at)
    }
}

impl std::error::Error for NotText {}

/// Decodes bytes as text: UTF-8, with or without a byte order mark, or UTF-16 with one. The mark is not part of the
/// text.
///
/// ```
/// use drs_types::text::decode;
///
/// assert_eq!(decode(b"\xef\xbb\xbfa").unwrap(), "a");
/// assert_eq!(decode(b"\xff\xfea\0").unwrap(), "a");
/// assert_eq!(decode(b"a\xff").unwrap_err().to_string(), "invalid UTF-8 at byte 1");
/// ```
///
/// # Errors
/// The bytes are not text.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, NotText> {
    let in_16 = |pairs: &[u8], unit: fn([u8; 2]) -> u16| {
        if !pairs.len().is_multiple_of(2) {
            return Err(NotText { at: bytes.len() - 1, reason: "incomplete code unit of UTF-16" });
        }
        let units = pairs.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        let mut at = 2;
        let text = char::decode_utf16(units).map(|character| {
            let character = character.map_err(|_| NotText { at, reason: "unpaired surrogate of UTF-16" })?;
            at += 2 * character.len_utf16();
            Ok(character)
        });
        text.collect::<Result<String, NotText>>().map(Cow::Owned)
    };
    match bytes {
        [0xff, 0xfe, pairs @ ..] => in_16(pairs, u16::from_le_bytes),
        [0xfe, 0xff, pairs @ ..] => in_16(pairs, u16::from_be_bytes),
        _ => {
            let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            std::str::from_utf8(text).map(Cow::Borrowed).map_err(|error| NotText {
                at: bytes.len() - text.len() + error.valid_up_to(),
                reason: "invalid UTF-8",
            })
        }
    }
}

/// Returns a number with its noun, such as `1 record`, `2 records` and `3 entries`.
#[must_use]
pub fn count(number: u64, noun: &str) -> String {
    match (number, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        (_, None) => format!("{number} {noun}s"),
    }
}

/// Joins alternatives in words, such as `a`, `a or b` and `a, b or c`.
///
/// ```
/// use drs_types::text::one_of;
///
/// assert_eq!([one_of(["a"]), one_of(["a", "b"]), one_of(["a", "b", "c"])], ["a", "a or b", "a, b or c"]);
/// ```
#[must_use]
pub fn one_of(names: impl IntoIterator<Item = impl fmt::Display>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| name.to_string()).collect();
    match names.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        names => names.concat(),
    }
}

/// Finds the known name that is most similar to an unknown one, without regard to case; `None` when none is similar.
///
/// ```
/// use drs_types::text::nearest;
///
/// assert_eq!(nearest("show_job", ["list_jobs", "show_jobs"]), Some("show_jobs"));
/// assert_eq!(nearest("SHOW_JOB", ["list_jobs", "show_jobs"]), Some("show_jobs"));
/// assert_eq!(nearest("precheck", ["list_jobs", "show_jobs"]), None);
/// ```
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// The similarity from which a name is a likely typing error.
    const SIMILAR: f64 = 0.75;
    let name = name.to_lowercase();
    let similarity = |known: &'a str| (strsim::jaro_winkler(&known.to_lowercase(), &name), known);
    let best = known.into_iter().map(similarity).max_by(|(one, _), (other, _)| one.total_cmp(other));
    best.filter(|(similarity, _)| *similarity >= SIMILAR).map(|(_, known)| known)
}
