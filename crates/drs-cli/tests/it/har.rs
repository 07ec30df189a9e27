//! HAR of real programs, recorded from `drs serve` with `tests/record-har/record.mjs`.

use std::fs;
use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{drs, run};

/// Reads a recording, byte for byte.
fn recorded(name: &str) -> String {
    fs::read_to_string(format!("{}/tests/recorded/{name}.har", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// Returns the output of a run for a HAR, and its exit code.
fn validate(har: &str, arguments: &[&str]) -> (i32, String) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("recorded.har"), har).unwrap();
    let mut command = drs(&["validate", "recorded.har"]);
    let shown = run(command.args(arguments).current_dir(folder.path()));
    (shown.code, shown.stdout + &shown.stderr)
}

#[test]
fn a_har_of_a_browser_is_clean_and_its_page_is_skipped() {
    let (code, shown) = validate(&recorded("browser"), &["--fail-on", "drift"]);
    insta::assert_snapshot!(shown, @r"
           4  batch_check_results.request: 0 findings
           4  batch_check_results.response: 0 findings
           1  record of another call
    5 records in 1 input, 20.59 KiB: 0 errors, 0 drift
    ");
    assert_eq!(code, 0);
}

#[test]
fn a_har_of_a_proxy_is_clean_and_its_page_and_icon_are_skipped() {
    let (code, shown) = validate(&recorded("proxy"), &["--fail-on", "drift"]);
    insta::assert_snapshot!(shown, @r"
           4  batch_check_results.request: 0 findings
           4  batch_check_results.response: 0 findings
           2  records of other calls
    6 records in 1 input, 39.69 KiB: 0 errors, 0 drift
    ");
    assert_eq!(code, 0);
}

/// The recordings are validated: with a mistake in them, they are not clean.
#[test]
fn a_mistake_in_a_recorded_body_has_its_location_in_the_file() {
    let changes = [
        (r#"\"process\" : \"100%\""#, r#"\"process\" : 77777777"#, "77777777", "DRS-V011"),
        (r#"{\"jobs\":[\""#, r#"{\"jobs\":[\"\",\""#, r#"\"\","#, "DRS-V017"),
        (r#"{\"error_code\":\"DRS.M00100\""#, r#"{\"error_code\":[]"#, "[]", "DRS-V011"),
    ];
    for name in ["browser", "proxy"] {
        for (old, new, found, code) in changes {
            let har = recorded(name);
            assert!(har.contains(old), "{name}: {old}");
            let har = har.replacen(old, new, 1);
            let (exit, shown) = validate(&har, &["--output", "ndjson"]);
            let findings: Vec<Value> = shown.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            let first = findings.iter().find(|finding| finding["code"] == code).unwrap_or_else(|| panic!("{shown}"));
            let offset = usize::try_from(first["offset"].as_u64().unwrap()).unwrap();
            assert!(har[offset..].starts_with(found), "{name}: {first}");
            assert_eq!(exit, 1, "{name}: {new}");
        }
    }
}

const RESPONSE: &str = "batch_check_results.response";
const URL: &str = "https://drs.example/v3/p/jobs/batch-precheck-result";

/// Returns the codes of the findings and the summary for a HAR of one call with this response.
fn with_response(response: &Value) -> (Vec<String>, Value) {
    let entry = json!({ "request": { "method": "POST", "url": URL, "bodySize": -1 }, "response": response });
    let har = json!({ "log": { "version": "1.2", "entries": [entry] } }).to_string();
    let (_, shown) = validate(&har, &["--output", "json", "--allow-empty"]);
    let document: Value = serde_json::from_str(&shown).unwrap();
    let codes = document["findings"].as_array().unwrap().iter();
    (codes.map(|finding| finding["code"].as_str().unwrap().to_owned()).collect(), document["summary"].clone())
}

#[test]
fn base64_is_read_in_every_form() {
    let text = json!({ "count": "1", "results": [{ "error_msg": "~~~???>>>ÿÿÿ" }] }).to_string();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    for bytes in [text.as_bytes(), &gzip] {
        let plain = STANDARD.encode(bytes);
        let url = URL_SAFE.encode(bytes);
        let lines = |end: &str| {
            let lines: Vec<&str> = plain.as_bytes().chunks(76).map(|line| str::from_utf8(line).unwrap()).collect();
            lines.join(end) + end
        };
        let chunks: Vec<String> = bytes.chunks(10).map(|chunk| STANDARD.encode(chunk)).collect();
        for written in [
            json!(plain),
            json!(url),
            json!(plain.trim_end_matches('=')),
            json!(url.trim_end_matches('=')),
            json!(lines("\n")),
            json!(lines("\r\n")),
            json!(format!(" {plain}\t")),
            json!(json!([plain]).to_string()),
            json!(json!(chunks).to_string()),
            json!(chunks),
        ] {
            let response = json!({ "status": 200, "content": { "text": written, "encoding": "base64" } });
            assert_eq!(with_response(&response).0, ["DRS-V011"], "{written}");
        }
    }
}

#[test]
fn invalid_base64_is_validated_as_plain_text() {
    let content = |text: &str| json!({ "status": 200, "content": { "text": text, "encoding": "base64" } });
    assert_eq!(with_response(&content(r#"{"count":"1"}"#)).0, ["DRS-V011"]);
    assert_eq!(with_response(&content(r#"{"count":0,"results":[]}"#)).0, [""; 0]);
    assert_eq!(with_response(&content(r#"["{}"]"#)).0, ["DRS-V011"]);
    for text in ["<html>Bad Gateway</html>", "eyJjb3Vud", "eyJj!"] {
        assert_eq!(with_response(&content(text)).0, ["DRS-V001"], "{text}");
    }
}

#[test]
fn a_response_with_status_0_is_validated_when_it_has_a_text() {
    let status_0 = |text: &str| json!({ "status": 0, "content": { "size": text.len(), "text": text } });
    let (codes, summary) = with_response(&status_0(r#"{"count":"1"}"#));
    assert_eq!((codes, &summary["payloads"]), (vec!["DRS-V011".to_owned()], &json!({ RESPONSE: 1 })));
    assert_eq!(with_response(&status_0(r#"{"count":0,"results":[]}"#)).1["payloads"], json!({ RESPONSE: 1 }));
    assert_eq!(with_response(&status_0(r#"{"error_code":7}"#)).0, ["DRS-V011"]);
    let packed = STANDARD.encode(r#"{"count":"1"}"#);
    let (codes, _) = with_response(&json!({ "status": 0, "content": { "text": packed, "encoding": "base64" } }));
    assert_eq!(codes, ["DRS-V011"]);
    let (codes, summary) = with_response(&status_0(""));
    assert_eq!((codes, &summary["payloads"], &summary["unrecorded"]), (vec![], &json!({}), &json!(1)));
}

#[test]
fn a_missing_response_counts_as_not_recorded() {
    for response in [Value::Null, json!({ "status": 200, "content": { "size": 9 } })] {
        let (codes, summary) = with_response(&response);
        // The request is not recorded either.
        assert_eq!((codes, &summary["unrecorded"]), (vec![], &json!(2)), "{response}");
    }
    let har = json!({ "log": { "entries": [{ "request": { "method": "POST", "url": URL, "bodySize": -1 } }] } });
    let (code, shown) = validate(&har.to_string(), &["--output", "json", "--allow-empty"]);
    let document: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!((code, &document["summary"]["unrecorded"]), (0, &json!(2)));
}
