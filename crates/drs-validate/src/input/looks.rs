//! What an input that is not JSON looks like, so that one message can say it and what is read instead.

use crate::finding::{Code, Finding, Severity};
use crate::json::reader::Parsed;
use crate::json::tree::{Kind, Node};

/// What is read, in the words of a finding.
const READ: &str = if cfg!(feature = "compression") {
    "JSON, NDJSON or a HAR, as it is or compressed with gzip, zlib or zstd"
} else {
    "JSON, NDJSON or a HAR that is not compressed"
};

/// The magic numbers of binary files, and at which byte each is.
const MAGIC: &[(usize, &[u8], &str)] = &[
    (0, b"PK\x03\x04", "a ZIP archive"),
    (0, b"PK\x05\x06", "an empty ZIP archive"),
    (0, b"PK\x07\x08", "a ZIP archive"),
    (0, b"\xfd7zXZ\0", "data compressed with xz"),
    (0, b"BZh", "data compressed with bzip2"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (0, b"\x1f\x8b", "data compressed with gzip a second time"),
    (0, b"\x1f\x9d", "data compressed with compress"),
    (0, b"\x28\xb5\x2f\xfd", "data compressed with zstd a second time"),
    (0, b"\x04\x22\x4d\x18", "data compressed with lz4"),
    (0, b"\x02\x21\x4c\x18", "data compressed with lz4"),
    (0, b"\xff\x06\0\0sNaPpY", "data compressed with snappy"),
    (0, b"LZIP", "data compressed with lzip"),
    (0, b"\x5d\0\0", "data compressed with lzma"),
    (0, b"\x89LZO", "data compressed with lzop"),
    (257, b"ustar", "a tar archive"),
    (0, b"PAR1", "a Parquet file"),
    (0, b"PARE", "an encrypted Parquet file"),
    (0, b"Obj\x01", "an Avro file"),
    (0, b"ORC", "an ORC file"),
    (0, b"ARROW1", "an Arrow file"),
    (0, b"SQLite format 3\0", "an SQLite database"),
    (0, b"\x89HDF", "an HDF5 file"),
    (0, b"%PDF-", "a PDF document"),
    (0, b"\xd0\xcf\x11\xe0", "an Office document"),
    (0, b"\x89PNG", "a PNG image"),
    (0, b"GIF8", "a GIF image"),
    (0, b"\xff\xd8\xff", "a JPEG image"),
    (8, b"WEBP", "a WebP image"),
    (8, b"\x4d\x3c\x2b\x1a", "a packet capture (pcapng)"),
    (8, b"\x1a\x2b\x3c\x4d", "a packet capture (pcapng)"),
    (0, b"\xd4\xc3\xb2\xa1", "a packet capture (pcap)"),
    (0, b"\xa1\xb2\xc3\xd4", "a packet capture (pcap)"),
    (0, b"\x4d\x3c\xb2\xa1", "a packet capture (pcap)"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ", "a program"),
    (0, b"\0asm", "a program"),
];

/// The one finding of an input that is not JSON from its first character on; `None` when it may be JSON with
/// mistakes in it.
pub(crate) fn not_json<G>(text: &[u8], parsed: &Parsed<Node<G>>) -> Option<Finding> {
    let flaw = parsed.flaws.last()?;
    let is_value = parsed.root.as_ref().is_some_and(|root| matches!(root.kind, Kind::Object(_) | Kind::Gap(_)));
    if is_value || !matches!(flaw.code, Code::SyntaxError | Code::TrailingCharacters | Code::InvalidUtf8) {
        return None;
    }
    let kind = if flaw.code == Code::InvalidUtf8 { binary(text)? } else { looks_like(text)? };
    Some(Finding::new(Code::SyntaxError, Severity::Error, "", READ, format!("what looks like {kind}")))
}

/// What a stream that starts like this looks like; `None` when it may be JSON.
pub(crate) fn looks_like(start: &[u8]) -> Option<&'static str> {
    binary(start).or_else(|| textual(start.trim_ascii_start()))
}

/// The format of a binary stream that starts like this.
pub(crate) fn binary(start: &[u8]) -> Option<&'static str> {
    let fits = |(at, magic, _): &&(usize, &[u8], &str)| {
        // JSON may have any letters there, but no zero before them.
        start.get(*at..).is_some_and(|rest| rest.starts_with(magic)) && (*at == 0 || is_binary(start))
    };
    MAGIC.iter().find(fits).map(|(.., name)| *name)
}

/// Whether a stream that starts like this is certainly binary: its first bytes have a zero, or a magic number.
pub(crate) fn is_binary(start: &[u8]) -> bool {
    const FIRST: usize = 64;
    let is_magic = |(at, magic, _): &(usize, &[u8], &str)| *at == 0 && start.starts_with(magic);
    start.iter().take(FIRST).any(|byte| *byte == 0) || MAGIC.iter().any(is_magic)
}

fn textual(start: &[u8]) -> Option<&'static str> {
    const NEAR: usize = 4096;
    let near = &start[..start.len().min(NEAR)];
    let text = String::from_utf8_lossy(near);
    let mut lines = text.lines();
    let line = lines.next().unwrap_or_default().trim_end();
    let next = lines.find(|line| !line.trim().is_empty()).unwrap_or_default();
    Some(match near.first()? {
        b'[' if is_bracketed(line) => "a text log",
        b'[' if is_section(line) => "an INI file",
        b'"' if is_quoted(line) => "a text log",
        // JSON with a mistake in it, a part of it, or a sequence of JSON documents.
        b'{' | b'[' | b'"' | b'}' | b']' | b',' | b':' | 0x1e => return None,
        _ if near.contains(&0) => "binary data",
        b'<' if is_syslog(line) => "a text log",
        b'<' if is_html(&text) => "HTML",
        b'<' => "XML",
        b'/' if line.starts_with("//") || line.starts_with("/*") => "JSON with comments, or JavaScript",
        _ if is_http(line) => "an HTTP message",
        _ if line.starts_with("curl ") => "a command line of curl",
        _ if is_log_line(line) => "a text log",
        _ if line == "---" || line.starts_with("%YAML") || (is_yaml(line) && is_yaml(next)) => "YAML",
        _ if is_javascript(line) => "JavaScript",
        _ if is_table(line, next, ',') || is_table(line, next, ';') => "a CSV table",
        _ if is_table(line, next, '\t') => "a table with tabs",
        _ if is_base64(near) => "base64",
        _ if text.contains(char::REPLACEMENT_CHARACTER) => "binary data",
        _ => "text",
    })
}

/// `[2024-01-26 15:20:00] …`, `[INFO] …`, `[123] …`: the part in brackets is not JSON, or text follows it.
fn is_bracketed(line: &str) -> bool {
    let Some((inside, after)) = line[1..].split_once(']') else { return false };
    let is_plain = !inside.is_empty() && !inside.contains(['"', '{', '[']);
    is_plain && after.trim_start().starts_with(|next: char| next.is_alphanumeric() || "[(-:<*#{/".contains(next))
}

fn is_section(line: &str) -> bool {
    let name = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or_default();
    name.starts_with(char::is_alphabetic) && !matches!(name, "true" | "false" | "null") && !name.contains(['"', ','])
}

/// `"GET / HTTP/1.1" 200`: text follows the string.
fn is_quoted(line: &str) -> bool {
    let Some((inside, after)) = line[1..].split_once('"') else { return false };
    !inside.contains('\\')
        && after.starts_with(' ')
        && after.trim_start().starts_with(|next: char| next.is_alphanumeric() || "[(-".contains(next))
}

fn is_syslog(line: &str) -> bool {
    line[1..].split_once('>').is_some_and(|(priority, _)| !priority.is_empty() && is_number(priority))
}

fn is_html(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["<!doctype html", "<html", "<head", "<body"].iter().any(|tag| text.contains(tag))
}

fn is_http(line: &str) -> bool {
    line.starts_with("HTTP/") || line.contains(" HTTP/1.") || line.ends_with(" HTTP/2")
}

/// Whether a line starts as those of logs do: with a time, an address, a level, or `name=value` pairs.
fn is_log_line(line: &str) -> bool {
    const LEVELS: [&str; 9] = ["TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "FATAL", "CRITICAL"];
    const NAMES: [&str; 19] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Mon", "Tue", "Wed", "Thu",
        "Fri", "Sat", "Sun",
    ];
    let mut words = line.split_ascii_whitespace();
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let parts: Vec<&str> = first.split(|character: char| !character.is_ascii_alphanumeric()).collect();
    let numbers = parts.iter().take_while(|part| is_number(part)).count();
    let is_time = numbers >= 2 && first.contains([':', '-', '/', '.']) && !second.is_empty();
    let is_date =
        NAMES.contains(&first.trim_end_matches(',')) && second.starts_with(|next: char| next.is_ascii_digit());
    let level = first.trim_end_matches([':', ']', ',']);
    let is_level = LEVELS.iter().any(|known| level.eq_ignore_ascii_case(known)) && !second.is_empty();
    let are_pairs = is_pair(first) && is_pair(second);
    let is_klog = matches!(first.as_bytes(), [b'I' | b'W' | b'E' | b'F', rest @ ..] if rest.len() == 4 && rest.iter().all(u8::is_ascii_digit));
    // As `docker compose logs` marks lines.
    let is_marked = second == "|";
    is_time || is_date || is_level || are_pairs || is_klog || is_marked
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_pair(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| !name.is_empty() && name.bytes().all(is_of_name))
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.-".contains(&byte)
}

fn is_yaml(line: &str) -> bool {
    let line = line.trim_start().trim_start_matches("- ");
    line.starts_with('-')
        || line.split_once(':').is_some_and(|(name, value)| {
            !name.is_empty() && name.bytes().all(is_of_name) && (value.is_empty() || value.starts_with(' '))
        })
}

fn is_javascript(line: &str) -> bool {
    const STARTS: [&str; 7] = ["var ", "let ", "const ", "function", "export ", "import ", "window."];
    let name = line.split(|next: char| !(next.is_alphanumeric() || "_$.".contains(next))).next().unwrap_or_default();
    let after = line[name.len()..].trim_start();
    STARTS.iter().any(|start| line.starts_with(start))
        || (!name.is_empty() && (after.starts_with("({") || after.starts_with("([") || after.starts_with("= {")))
}

fn is_table(line: &str, next: &str, between: char) -> bool {
    let columns = |line: &str| line.matches(between).count();
    columns(line) > 0 && (columns(line) == columns(next) || (next.is_empty() && columns(line) > 1))
}

fn is_base64(text: &[u8]) -> bool {
    const SHORTEST: usize = 24;
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_=\r\n".contains(byte);
    text.len() >= SHORTEST && text.trim_ascii_end().iter().all(is_letter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::difference::Found;
    use crate::json::reader;

    #[test]
    fn an_input_that_is_not_json_is_named() {
        for (text, kind) in [
            ("2024/01/26 15:20:00 [error] 1#0: *1 upstream timed out\n", Some("a text log")),
            ("[2024-01-26 15:20:00] INFO started", Some("a text log")),
            ("[123] started", Some("a text log")),
            ("10.0.0.1 - - [26/Jan/2024:15:20:00 +0000] \"POST / HTTP/2\" 200\n", Some("a text log")),
            ("Jan 26 15:20:00 host app: started", Some("a text log")),
            ("level=info msg=started", Some("a text log")),
            ("INFO started", Some("a text log")),
            ("\"GET / HTTP/1.1\" 200 12", Some("a text log")),
            ("web-1  | {\"count\":1}", Some("a text log")),
            ("<34>1 2024-01-26T15:20:00Z host app", Some("a text log")),
            ("<!DOCTYPE html>\n<title>x</title>", Some("HTML")),
            ("<?xml version=\"1.0\"?><a/>", Some("XML")),
            ("---\ncount: 1\n", Some("YAML")),
            ("count: 1\nresults:\n", Some("YAML")),
            ("id,status\n1,2\n", Some("a CSV table")),
            ("id\tstatus\n1\t2\n", Some("a table with tabs")),
            ("HTTP/1.1 200 OK\r\n\r\n{}", Some("an HTTP message")),
            ("callback({\"count\":1})", Some("JavaScript")),
            ("[section]\na = b", Some("an INI file")),
            ("eyJjb3VudCI6MSwicmVzdWx0cyI6W119", Some("base64")),
            ("hello world", Some("text")),
            ("\u{1}\u{0}\u{2}", Some("binary data")),
            ("{\"a\":1,}", None),
            ("{a:1}", None),
            ("\"a\": 1,", None),
            ("\"a\" }", None),
            ("[1,]", None),
            ("[{\"a\":1}] x", None),
            ("},", None),
            ("tru", None),
            ("42", None),
        ] {
            let found = not_json(text.as_bytes(), &reader::parse(text.as_bytes()))
                .and_then(|finding| finding.found)
                .map(|found| found.to_string());
            assert_eq!(found, kind.map(|kind| format!("what looks like {kind}")), "{text}");
        }
        let bytes = b"PAR1\x15\x04\x15\x10";
        let found = not_json(bytes, &reader::parse(bytes)).and_then(|finding| finding.found);
        assert_eq!(found.as_ref().map(Found::as_str), Some("what looks like a Parquet file"));
    }
}
