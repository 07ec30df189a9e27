//! The inputs of `drs validate`: all kinds of arguments, all encodings, and input that is not JSON.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{Run, drs, run};

fn validated(folder: &Path, arguments: &[&str]) -> Run {
    run(drs(&["validate"]).args(arguments).current_dir(folder))
}

/// Returns the findings for a file with these bytes, without `file`.
fn findings(bytes: &[u8], name: &str, arguments: &[&str]) -> Vec<Value> {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(name), bytes).unwrap();
    let shown = validated(folder.path(), &[&[name, "--output", "ndjson"], arguments].concat());
    shown.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

const RESPONSE: [&str; 2] = ["--as", "batch_check_results.response"];

/// Captures with a wrong type in the first and in the last line, after characters of all lengths.
fn captures() -> String {
    let line = |count: &str, result: &str| {
        format!("{{\"count\":{count},\"results\":[{{\"error_msg\":\"aé€😀\",\"result\":{result}}}]}}")
    };
    [line("\"1\"", "\"1\""), line("1", "true"), line("\"x\"", "\"x\"")].join("\r\n")
}

type Encoded = (&'static str, Vec<u8>, fn(&str) -> usize);

/// Encodes a text in every encoding with a byte order mark, plain and compressed, with the length of a prefix in the
/// encoding.
fn encoded(text: &str) -> Vec<Encoded> {
    let wide =
        |bytes: fn(u16) -> [u8; 2]| "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(bytes).collect();
    let (utf8, le, be): (Vec<u8>, Vec<u8>, Vec<u8>) =
        (format!("\u{feff}{text}").into(), wide(u16::to_le_bytes), wide(u16::to_be_bytes));
    let in_utf8: fn(&str) -> usize = |text| 3 + text.len();
    let in_utf16: fn(&str) -> usize = |text| 2 + 2 * text.encode_utf16().count();
    [("utf8", utf8, in_utf8), ("utf16le", le, in_utf16), ("utf16be", be, in_utf16)]
        .into_iter()
        .flat_map(|(name, bytes, length)| {
            [(name, gzip(&bytes), length), (name, zstd(&bytes), length), (name, bytes, length)]
        })
        .collect()
}

#[test]
fn a_byte_order_mark_at_the_start_is_not_a_finding_and_locations_are_those_of_the_file() {
    let text = captures();
    let locations: Vec<(usize, u64, u64)> = [("\"1\"", 1), ("\"x\"", 3)]
        .into_iter()
        .flat_map(|(value, line)| {
            let starts: Vec<usize> = text.match_indices(value).map(|(at, _)| at).collect();
            starts.into_iter().map(move |at| (at, line))
        })
        .map(|(at, line)| {
            let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
            (at, line, text[start..at].chars().count() as u64 + 1)
        })
        .collect();
    assert_eq!(locations.len(), 4);
    for (name, bytes, length) in encoded(&text) {
        for format in [&[][..], &["--format", "ndjson"], &["--no-fast-path"]] {
            let found = findings(&bytes, "captures.ndjson", &[&RESPONSE[..], format].concat());
            let found: Vec<Value> = found.into_iter().filter(|finding| finding["code"] == "DRS-V011").collect();
            let expected: Vec<Value> =
                locations.iter().map(|(at, line, column)| json!([length(&text[..*at]), line, column])).collect();
            let found: Vec<Value> =
                found.iter().map(|finding| json!([finding["offset"], finding["line"], finding["column"]])).collect();
            assert_eq!(found, expected, "{name} {format:?}");
        }
    }
}

#[test]
fn a_clean_document_with_a_byte_order_mark_is_clean() {
    let text = "{\n  \"count\": 0,\n  \"results\": []\n}\n";
    let har = json!({ "log": { "entries": [{
        "request": { "method": "POST", "url": "/v3/p/jobs/batch-precheck-result", "bodySize": -1 },
        "response": { "status": 200, "content": { "text": "{\"count\":0,\"results\":[]}" } },
    }] } });
    for (name, bytes, _) in encoded(text) {
        assert_eq!(findings(&bytes, "one.json", &RESPONSE), Vec::<Value>::new(), "{name}");
        assert_eq!(findings(&bytes, "one.json", &[&RESPONSE[..], &["--format", "json"]].concat()), Vec::<Value>::new());
    }
    for (name, bytes, _) in encoded(&har.to_string()) {
        assert_eq!(findings(&bytes, "one.har", &[]), Vec::<Value>::new(), "{name}");
    }
}

#[test]
fn a_byte_order_mark_elsewhere_is_a_finding() {
    let found = findings("{\"count\":1}\n\u{feff}{\"count\":1}\n".as_bytes(), "two.ndjson", &RESPONSE);
    assert_eq!((found.len(), &found[0]["code"], &found[0]["line"]), (1, &json!("DRS-V005"), &json!(2)));
    let capture = json!({ "url": "/v3/p/jobs/batch-precheck-result", "response": "\u{feff}{\"count\":1}" });
    assert_eq!(findings(capture.to_string().as_bytes(), "one.json", &[])[0]["code"], "DRS-V005");
}

#[test]
fn a_pipe_with_a_byte_order_mark_is_validated_like_a_file() {
    for (name, bytes, _) in encoded("{\"count\":\"1\"}\n{\"count\":2}\n") {
        let output = drs(&["validate", "--output", "ndjson"]).args(RESPONSE).write_stdin(bytes).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!((output.status.code(), text.lines().count()), (Some(1), 1), "{name}: {text}");
    }
}

#[test]
fn an_incomplete_character_of_utf_16_is_a_finding() {
    let mut bytes: Vec<u8> = "\u{feff}{\"count\":1,\"x\":\"".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let at = bytes.len();
    bytes.extend([0x00, 0xd8]);
    bytes.extend("\"}".encode_utf16().flat_map(u16::to_le_bytes));
    let found = findings(&bytes, "one.json", &RESPONSE);
    let found = found.iter().find(|finding| finding["code"] == "DRS-V004").unwrap();
    assert_eq!(found["offset"], at);
}

#[test]
fn input_that_is_not_json_gets_one_message_that_names_its_format() {
    let log =
        "2024/01/26 15:20:00 [error] 1#0: *1 upstream timed out, request: \"POST /v3/p/jobs HTTP/2\"\n".repeat(50);
    let tar = [&b"captures/one.json"[..], &[0; 240], b"ustar\0", &[0; 300]].concat();
    let table = "id,status\n1,2\n3,4\n".to_owned();
    let page = "<!DOCTYPE html>\n<html>\n<title>502 Bad Gateway</title>\n</html>\n".to_owned();
    for (bytes, kind) in [
        (log.as_bytes(), "a text log"),
        (table.as_bytes(), "a CSV table"),
        (page.as_bytes(), "HTML"),
        (b"<?xml version=\"1.0\"?>\n<a/>\n", "XML"),
        (b"---\ncount: 1\nresults: []\n", "YAML"),
        (b"[INFO] started\n[INFO] stopped\n", "a text log"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"count\":1}\n", "an HTTP message"),
        (b"PK\x03\x04\x14\0\0\0\x08\0\n\n\n{}\n{}\n", "a ZIP archive"),
        (b"\xfd7zXZ\0\0\x04\n{}\n{}\n", "data compressed with xz"),
        (b"BZh91AY&SY\n{}\n", "data compressed with bzip2"),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "a 7z archive"),
        (b"PAR1\x15\x04\n{}\n{}\n", "a Parquet file"),
        (b"%PDF-1.7\n%\xe2\xe3\n", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG image"),
        (&tar, "a tar archive"),
        (b"\x01\x02\0\x03\n\n", "binary data"),
        (b"hello\nworld\n", "text"),
    ] {
        for (bytes, around) in [(bytes.to_vec(), "plain"), (gzip(bytes), "gzip"), (zstd(bytes), "zstd")] {
            for arguments in [&[][..], &["--format", "json"], &RESPONSE] {
                let found = findings(&bytes, "input.json", arguments);
                let [finding] = found.as_slice() else { panic!("{kind} in {around}: {found:#?}") };
                assert_eq!((&finding["code"], &finding["offset"]), (&json!("DRS-V001"), &json!(0)), "{kind}");
                assert_eq!(finding["found"], format!("what looks like {kind}"));
                assert!(finding["expected"].as_str().unwrap().contains("NDJSON"), "{finding}");
            }
        }
    }
    let zip = findings(b"PK\x03\x04\n{}\n{}\n", "input.ndjson", &["--format", "ndjson"]);
    assert_eq!((zip.len(), &zip[0]["found"]), (1, &json!("what looks like a ZIP archive")));
}

#[test]
fn invalid_json_gets_the_location_of_the_mistake() {
    for (text, code, offset) in
        [("{\"count\":1,}", "DRS-V001", 11), ("{'count':1}", "DRS-V001", 1), ("{\"count\":1} x", "DRS-V003", 12)]
    {
        let found = findings(text.as_bytes(), "one.json", &RESPONSE);
        assert_eq!((&found[0]["code"], &found[0]["offset"]), (&json!(code), &json!(offset)), "{text}");
    }
}

#[test]
fn a_pattern_without_a_match_is_reported_next_to_one_with_a_match() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("clean.json"), "{\"mode\":\"target\"}").unwrap();
    for format in ["text", "json", "ndjson", "sarif", "junit", "github"] {
        for arguments in [&["*.json", "*.har"][..], &["*.har", "clean.json"], &["*.har"]] {
            let shown = validated(folder.path(), &[arguments, &["--output", format]].concat());
            assert_eq!(shown.code, 2, "{arguments:?}");
            let message = "*.har cannot be read: no file matches this pattern";
            assert!(shown.stderr.contains(message), "{arguments:?}: {}", shown.stderr);
        }
    }
    let shown = validated(folder.path(), &["*.json", "*.har"]);
    assert!(shown.stdout.contains("1 record in 1 input"), "{}", shown.stdout);
    assert_eq!(validated(folder.path(), &["*.json", "*.har", "--allow-empty"]).code, 0);
    fs::write(folder.path().join("[a]*.json"), "{\"mode\":\"target\"}").unwrap();
    assert_eq!(validated(folder.path(), &["[a]*.json"]).code, 0, "the name of a file is not a pattern");
}

#[test]
fn a_path_that_is_not_utf_8_is_read_and_named() {
    let folder = TempDir::new().unwrap();
    let name = OsStr::from_bytes(b"caf\xe9.json");
    fs::write(folder.path().join(name), "{\"mode\":\"sideways\"}").unwrap();
    for format in ["text", "json", "ndjson", "sarif", "junit", "github"] {
        let validated =
            |argument: &OsStr| run(drs(&["validate", "--output", format]).arg(argument).current_dir(folder.path()));
        for argument in [name, OsStr::new(".")] {
            let shown = validated(argument);
            assert_eq!((shown.code, shown.stderr.as_str()), (1, ""), "{format}");
            let named = if format == "sarif" { "caf%E9.json" } else { "caf\u{fffd}.json" };
            assert!(shown.stdout.contains(named), "{format}: {}", shown.stdout);
        }
        assert_eq!(validated(OsStr::from_bytes(b"no\xff.json")).code, 2);
        assert_eq!(validated(OsStr::from_bytes(b"no\xff*.json")).code, 2);
    }
}
