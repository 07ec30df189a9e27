//! Formats that import does not read, known by their beginning or by a line.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::rst;

static MARKDOWN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?m)\A\s*#{1,6} |^```|^\|[ :|-]*-[ :|-]*\|\s*$").expect("a constant pattern"));

/// The name of another format; `None` for what may be a page.
pub(super) fn other(bytes: &[u8]) -> Option<&'static str> {
    const BEGINNINGS: [(&str, &str); 10] = [
        ("{\\rtf", "RTF"),
        ("{", "JSON"),
        ("[", "JSON"),
        ("<?xml", "XML"),
        ("<", "HTML"),
        ("%PDF", "PDF"),
        ("PK\u{3}\u{4}", "a ZIP archive, such as a Word document"),
        ("openapi:", "YAML"),
        ("swagger:", "YAML"),
        ("---\n", "YAML"),
    ];
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let known = BEGINNINGS.iter().find(|(beginning, _)| start.starts_with(beginning.as_bytes()));
    if let Some((_, format)) = known {
        return Some(format);
    }
    let is_rst = std::str::from_utf8(bytes).is_ok_and(rst::is_rst);
    (!is_rst && MARKDOWN.is_match(bytes)).then_some("Markdown")
}
