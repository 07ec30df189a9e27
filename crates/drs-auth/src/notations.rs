//! The notations in which a secret may appear: JSON, URLs, HTML and base64.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::limits::LIMITS;

/// Returns the base64 of a secret at every offset in an encoded text, without the characters at its ends that also
/// encode other bytes.
pub(crate) fn in_base64(secret: &str) -> Vec<String> {
    let made = (0..3).flat_map(|before: usize| {
        let bytes: Vec<u8> = std::iter::repeat_n(0, before).chain(secret.bytes()).collect();
        let (first, end) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
        [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)].map(|text| text[first..end].to_owned())
    });
    let mut made: Vec<String> = made.collect();
    made.dedup();
    made
}

/// Returns a secret as it is, and as writers of JSON write it: with and without escapes of what is not ASCII.
pub(crate) fn in_json(secret: &str) -> Vec<String> {
    let quoted = Value::from(secret).to_string();
    let escaped = quoted[1..quoted.len() - 1].to_owned();
    let mut ascii = String::with_capacity(escaped.len());
    for character in escaped.chars() {
        if character.is_ascii() {
            ascii.push(character);
        } else {
            ascii.extend(character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    let mut written = vec![secret.to_owned(), ascii, escaped];
    written.sort();
    written.dedup();
    written
}

/// The first bytes of a character in the notations of JSON, URLs and HTML.
pub(crate) const NOTATIONS: [u8; 4] = *b"\\%&+";

/// Returns the number of bytes at the start of a string that are this secret, each character in any notation.
pub(crate) fn matched(text: &str, secret: &str) -> Option<usize> {
    let first = secret.chars().next()?;
    if !text.starts_with(first) && !text.bytes().next().is_some_and(|byte| NOTATIONS.contains(&byte)) {
        return None;
    }
    let mut ends = vec![0];
    for character in secret.chars() {
        let mut next = Vec::new();
        for end in ends {
            for length in notations(&text[end..], character) {
                if !next.contains(&(end + length)) {
                    next.push(end + length);
                }
            }
        }
        if next.is_empty() {
            return None;
        }
        ends = next;
    }
    ends.into_iter().max()
}

/// Returns the lengths of all notations of a character at the start of a string.
fn notations(text: &str, character: char) -> impl Iterator<Item = usize> {
    let literal = text.starts_with(character).then(|| character.len_utf8());
    let special = match text.as_bytes().first() {
        Some(b'\\') => json(text, character),
        Some(b'%') => percent(text, character),
        Some(b'&') => entity(text, character),
        Some(b'+') if character == ' ' => Some(1),
        _ => None,
    };
    literal.into_iter().chain(special)
}

/// Matches `\"`, `\\`, `\n`, `\u0022`, and these inside nested JSON, with more backslashes.
fn json(text: &str, character: char) -> Option<usize> {
    let slashes = text.bytes().take(LIMITS.backslashes).take_while(|byte| *byte == b'\\').count();
    if character == '\\' && slashes > 1 {
        return [4, 2].into_iter().find(|length| *length <= slashes);
    }
    let rest = &text[slashes..];
    let short = match rest.chars().next()? {
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        other => other,
    };
    if short == character && !character.is_alphanumeric() {
        return Some(slashes + rest.chars().next().map_or(0, char::len_utf8));
    }
    let mut units = [0; 2];
    let mut length = slashes;
    for (index, unit) in character.encode_utf16(&mut units).iter().enumerate() {
        if index > 0 {
            length += text.get(length..)?.bytes().take(LIMITS.backslashes).take_while(|byte| *byte == b'\\').count();
        }
        let digits = text.get(length..)?.strip_prefix('u')?.get(..4)?;
        if u16::from_str_radix(digits, 16).ok()? != *unit {
            return None;
        }
        length += 5;
    }
    Some(length)
}

/// Matches `%22`, and inside a nested URL `%2522`.
fn percent(text: &str, character: char) -> Option<usize> {
    let mut bytes = [0; 4];
    let mut length = 0;
    for byte in character.encode_utf8(&mut bytes).bytes() {
        let rest = text.get(length..)?.strip_prefix('%')?;
        let again = if rest.starts_with("25") && byte != b'%' { 2 } else { 0 };
        if u8::from_str_radix(rest.get(again..again + 2)?, 16).ok()? != byte {
            return None;
        }
        length += again + 3;
    }
    Some(length)
}

/// Matches `&quot;`, `&#34;` or `&#x22;`.
fn entity(text: &str, character: char) -> Option<usize> {
    let end = text.bytes().take(LIMITS.entity).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let code = match name.strip_prefix('#') {
        Some(code) => match code.strip_prefix(['x', 'X']) {
            Some(code) => u32::from_str_radix(code, 16).ok(),
            None => code.parse().ok(),
        },
        None => [("quot", '"'), ("amp", '&'), ("lt", '<'), ("gt", '>'), ("apos", '\''), ("nbsp", '\u{a0}')]
            .into_iter()
            .find_map(|(known, meant)| (known == name).then_some(meant as u32)),
    };
    (code? == character as u32).then_some(name.len() + 2)
}
