//! Code spans and prose in Markdown.

use std::fmt::{self, Write};

use askama::filters::Escaper;
use drs_types::text::printable;

/// Writes each value of a template as a code span.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Code;

impl Escaper for Code {
    fn write_escaped_str<W: Write>(&self, mut out: W, value: &str) -> fmt::Result {
        out.write_str(&code(value))
    }
}

/// Returns a value as a code span.
pub(super) fn code(value: &str) -> String {
    if value.trim().is_empty() {
        return "(blank)".to_owned();
    }
    let value = printable(value);
    let longest = value.split(|character| character != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    // A space beside a backtick is not part of the value, and neither are spaces at both ends.
    let is_padded = value.starts_with('`') || value.ends_with('`') || (value.starts_with(' ') && value.ends_with(' '));
    let pad = if is_padded { " " } else { "" };
    format!("{fence}{pad}{value}{pad}{fence}")
}

/// Returns a sentence, which may have values in it, so that nothing in it is markup, a link or a mention. What is between
/// backticks becomes code.
pub(super) fn prose(sentence: &str) -> String {
    let sentence = printable(sentence);
    let parts: Vec<&str> = sentence.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return plain(&sentence);
    }
    let parts = parts.iter().enumerate().map(|(index, part)| match index % 2 {
        0 => plain(part),
        _ if part.is_empty() => "\\`\\`".to_owned(),
        _ => code(part),
    });
    parts.collect()
}

fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, character) in text.char_indices() {
        match character {
            // A backslash does not prevent a mention of a person or an issue.
            '@' | '#' => out.extend(["`", character.encode_utf8(&mut [0; 4]), "`"]),
            '.' if text[..index].to_ascii_lowercase().ends_with("www") => out.push_str("\\."),
            ':' if text[index..].starts_with("://") => out.push_str("\\:"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '$' | '{' | '}' | '^' | '!' => {
                out.extend(['\\', character]);
            }
            '-' | '+' | '=' if index == 0 => out.extend(['\\', character]),
            plain => out.push(plain),
        }
    }
    out
}
